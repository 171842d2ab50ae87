// Is bad input answered at once, and what does the compiler know?

import {describe, expect, expectTypeOf, it, vi} from 'vitest'
import {connect, type Client} from '../../src/index.ts'
import {streams, type Streams} from '../../src/streams/index.ts'
import {neverAnswers} from '../../src/testing/index.ts'
import {expectRest, setUp, watchTheWorld} from '../client/fixture.ts'

watchTheWorld()

describe('what can\'t be used is refused at once, by one sentence, and nothing is left behind', () => {
  it.each<[object, string]>([
    [{preventClose: 1}, '`preventClose` must be a boolean, got 1'],
    [{maxMessages: 0}, '`maxMessages` must be 1..Infinity, got 0'],
    [{overflow: 'refuse'}, '`overflow` must be fail or drop-oldest or drop-newest, got "refuse"'],
    [{highWaterMark: 5}, '`highWaterMark` must be an option that exists, got "number"'],
    [null as never, '`options` must be an object, got null'],
  ])('%o [CC-186] [CC-187]', (options, sentence) => {
    const setup = setUp(neverAnswers(), {autoOpen: false})
    expect(() => streams(setup.client, options)).toThrow(expect.objectContaining({code: 'INVALID', message: `closecall: ${sentence}`}))
    expectRest(setup)
  })

  it.each([undefined, null, 'wss://example.test', {}, {deliver: () => {}}])('a client that is %o [CC-186]', (client) => {
    expect(() => streams(client as never)).toThrow(/^closecall: `client` must be /)
  })

  it.each(['ReadableStream', 'WritableStream'])('where the runtime has no %s [CC-186] [CC-187]', (name) => {
    vi.stubGlobal(name, undefined)
    const {client} = setUp(neverAnswers())
    expect(() => streams(client)).toThrow(`closecall: \`${name}\` must be in this runtime, got "undefined"`)
    client.close()
  })
})

it('chunks are of the client\'s types [CC-186] [CC-187]', () => {
  void (() => {
    expectTypeOf(streams(connect<number, {id: string}>('wss://example.test'))).toEqualTypeOf<Streams<number, {id: string}>>()
    expectTypeOf(streams(connect('wss://example.test')).readable).toEqualTypeOf<ReadableStream<any>>()
    expectTypeOf<Client<number, string>>().toExtend<Parameters<typeof streams<number, string>>[0]>()
    // @ts-expect-error the stream takes texts
    void ((client: Client<number, string>): WritableStream<number> => streams(client).writable)
  })
})
