// Is every value that JSON has a form for sent and received, and everything else refused without harm?

import {runInNewContext} from 'node:vm'
import {describe, expect, it} from 'vitest'
import type {Invalid} from '../../src/index.ts'
import {json} from '../../src/codecs/index.ts'
import {setUp, settled, takeUncaught, warned, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const cycle: {self?: unknown} = {}
cycle.self = cycle

const refused = [undefined, () => {}, Symbol('s'), cycle, 5n, {deep: [1n]}, {toJSON: () => JSON.parse('{')}, {toJSON: () => undefined}]

describe('json', () => {
  it.each([null, true, 0, -1.5, '', 'grüß 𝄞', [], [1, [2]], {a: {b: null}}])('writes and reads %j [CC-184]', (value) => {
    const text = json.encode(value)
    expect(text).toBe(JSON.stringify(value))
    expect(json.decode(text)).toEqual(value)
    const bytes = bytesOf(text as string)
    expect(json.decode(bytes.buffer)).toEqual(value)
    // A part of a larger buffer, as Node's small ones are.
    expect(json.decode(bytesOf(`[${text as string}`).subarray(1))).toEqual(value)
    expect(json.decode(new DataView(bytes.buffer))).toEqual(value)
  })

  it.each(refused)('refuses to write %o [CC-184]', (value) => {
    expect(() => json.encode(value as never)).toThrow(/JSON|BigInt/)
  })

  it.each(['', '{', 'undefined', '{"a":1}{', "{'a':1}"])('throws at %j, as text and as bytes [CC-184]', (text) => {
    expect(() => json.decode(text)).toThrow(SyntaxError)
    expect(() => json.decode(bytesOf(text))).toThrow(SyntaxError)
  })

  it('reads bytes of another realm, as test environments have them [CC-184]', () => {
    expect(json.decode(runInNewContext('new Uint8Array([123, 125]).buffer'))).toEqual({})
  })

  it('throws at bytes that are no UTF-8 [CC-184]', () => {
    expect(() => json.decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError)
  })

  it.each([new Blob(['{}']), undefined, null, 5, {}])('says of what it can\'t read at once what to set: %o [CC-184]', (data) => {
    expect(() => json.decode(data)).toThrow(/^a Blob can't be decoded at once: `binaryType` must be 'arraybuffer'$/)
  })

  it('gives no prototype to what the server says [CC-184]', () => {
    const value = json.decode('{"__proto__": {"polluted": true}}') as {polluted?: boolean}
    expect([value.polluted, ({} as {polluted?: boolean}).polluted]).toEqual([undefined, undefined])
  })
})

const start = async (options: SetupOptions = {}): Promise<Setup & {invalid: Invalid[]}> => {
  const setup = setUp(undefined, {codec: json, ...options})
  const invalid: Invalid[] = []
  setup.client.on('invalid', (value) => invalid.push(value))
  return {...(await settled(setup)), invalid}
}

describe('a client with json', () => {
  it('sends text frames, while open and before, and gives back what was not sent as it was given [CC-184]', async () => {
    const setup = setUp(undefined, {codec: json})
    const {client, network} = setup
    expect(client.send({n: 1} as never)).toBe('buffered')
    await settled(setup)
    expect(client.send({n: 2} as never)).toBe('sent')
    expect(network.last.sent).toEqual([{data: '{"n":1}', binary: false}, {data: '{"n":2}', binary: false}])
    network.last.server.drop()
    const value = {n: 3}
    client.once('close', () => client.send(value as never))
    await settled(setup)
    const [unsent] = client.takeUnsent()
    expect(unsent!.data).toBe(value)
    client.close()
  })

  it.each(refused)('refuses %o, by one sentence, and sends nothing [CC-184]', async (value) => {
    const {client, network} = await start()
    const error = expect.objectContaining({code: 'INVALID', message: 'closecall: `data` must be something that the codec can encode', cause: expect.any(Error)})
    expect(() => client.send(value as never)).toThrow(error)
    await expect(client.deliver(value as never)).rejects.toEqual(error)
    expect(network.last.sent).toEqual([])
    expect(client.send('fine')).toBe('sent')
    client.close()
  })

  it('tells listeners what was parsed, of text and of bytes, and the runtime\'s event [CC-184]', async () => {
    const setup = await start()
    const events: unknown[] = []
    setup.client.on('message', (_, event) => events.push(event.data))
    setup.network.last.server.send('{"n":1}')
    setup.network.last.server.send(bytesOf('{"n":2}'))
    await settled(setup)
    expect(setup.messages).toEqual([{n: 1}, {n: 2}])
    expect(events).toEqual(['{"n":1}', bytesOf('{"n":2}').buffer])
    setup.client.close()
  })

  it('tells by `invalid` what can\'t be parsed, and goes on [CC-184]', async () => {
    const setup = await start()
    for (const data of ['{', Uint8Array.of(0xff), '"fine"']) setup.network.last.server.send(data)
    await settled(setup)
    expect(setup.messages).toEqual(['fine'])
    expect(setup.invalid).toEqual([
      {reason: 'undecodable', data: '{', error: expect.any(SyntaxError)},
      {reason: 'undecodable', data: Uint8Array.of(0xff).buffer, error: expect.any(TypeError)},
    ])
    expect(setup.states).toEqual(['open'])
    setup.client.close()
  })

  it('tells of a Blob that it can\'t be read [CC-184]', async () => {
    const setup = await start({binaryType: 'blob'})
    setup.network.last.server.send(bytesOf('{}'))
    await settled(setup)
    expect(setup.messages).toEqual([])
    expect(setup.invalid).toMatchObject([{reason: 'undecodable', error: {message: expect.stringContaining('`binaryType`')}}])
    setup.client.close()
  })

  it('a hundred messages that can\'t be read are one warning where nobody listens, without their contents [CC-184]', async () => {
    const setup = await settled(setUp(undefined, {codec: json}))
    for (let n = 0; n < 100; n++) setup.network.last.server.send('{secret')
    await settled(setup)
    expect(warned).toHaveBeenCalledOnce()
    expect(warned.mock.calls[0]![0]).not.toContain('secret')
    setup.client.close()
  })

  it('a listener of `invalid` that throws harms nobody [CC-184]', async () => {
    const setup = await start()
    setup.client.on('invalid', () => JSON.parse('{'))
    for (const data of ['{', '1']) setup.network.last.server.send(data)
    await settled(setup)
    expect(setup.messages).toEqual([1])
    expect(takeUncaught()).toHaveLength(1)
    setup.client.close()
  })

  it('a session sends and receives values [CC-184]', async () => {
    const received: unknown[] = []
    const setup = setUp((server) => {
      server.accept()
      server.onmessage = ({data}) => server.send(data as string)
    }, {
      codec: json,
      onOpen: async (session) => {
        session.send({hello: 1})
        received.push(await session.receive())
      },
    })
    await settled(setup)
    expect(received).toEqual([{hello: 1}])
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})
