// Does any Standard Schema decide which messages are told, at once or later, and never stop the client?

import {type} from 'arktype'
import * as v from 'valibot'
import {describe, expect, it} from 'vitest'
import {z} from 'zod'
import type {Invalid, Schema} from '../../src/index.ts'
import {json} from '../../src/codecs/index.ts'
import {sequence, accepts} from '../../src/testing/index.ts'
import {setUp, settled, warned, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

interface Listening extends Setup {
  invalid: Invalid[]
  hear(...messages: unknown[]): Promise<void>
}

const start = async (schema: Schema, options: SetupOptions = {}): Promise<Listening> => {
  const setup = setUp(undefined, {codec: json, schema, ...options})
  const invalid: Invalid[] = []
  setup.client.on('invalid', (value) => invalid.push(value))
  await settled(setup)
  return {
    ...setup,
    invalid,
    hear: async (...messages) => {
      for (const message of messages) setup.network.last.server.send(JSON.stringify(message))
      await settled(setup)
    },
  }
}

/** A schema of one's own, as a library makes it. */
const standard = (validate: (value: any) => any): Schema => ({'~standard': {version: 1, vendor: 'test', validate}})

const later = <T>(value: T): Promise<T> => Promise.resolve(value)

describe.each<[string, Schema]>([
  ['zod', z.object({n: z.number()})],
  ['valibot', v.object({n: v.number()})],
  ['arktype', type({n: 'number'})],
  ['zod, later', z.object({n: z.number().refine((n) => later(n > 0))})],
  ['valibot, later', v.objectAsync({n: v.pipeAsync(v.number(), v.checkAsync((n) => later(n > 0)))})],
])('a schema of %s', (_, schema) => {
  it('lets through what it allows, in order, and tells of the rest by `invalid` [CC-185]', async () => {
    const {client, messages, invalid, states, hear} = await start(schema)
    await hear({n: 1}, {n: 'x'}, {n: 2}, null, 5, [], {n: 3})
    expect(messages).toEqual([{n: 1}, {n: 2}, {n: 3}])
    expect(invalid.map(({reason, data}) => [reason, data])).toEqual([['unexpected', '{"n":"x"}'], ['unexpected', 'null'], ['unexpected', '5'], ['unexpected', '[]']])
    for (const {issues} of invalid) expect(issues![0]!.message).toMatch(/./)
    expect(Array.from(invalid[0]!.issues![0]!.path!, (key) => (typeof key === 'object' ? key.key : key))).toEqual(['n'])
    expect(states).toEqual(['open'])
    client.close()
  })
})

it.each<[string, Schema, unknown]>([
  ['zod', z.string().transform((text) => text.length), 5],
  ['valibot', v.pipe(v.string(), v.transform((text) => text.length)), 5],
  ['arktype', type('string').pipe((text) => text.length), 5],
])('%s: listeners are given the output [CC-185]', async (_, schema, output) => {
  const {client, messages, hear} = await start(schema)
  await hear('hello')
  expect(messages).toEqual([output])
  client.close()
})

it('works without a codec, on what the runtime delivers [CC-185]', async () => {
  const setup = await start(z.string().max(3), {codec: undefined as never})
  for (const data of ['abc', 'abcd', Uint8Array.of(1)]) setup.network.last.server.send(data)
  await settled(setup)
  expect(setup.messages).toEqual(['abc'])
  expect(setup.invalid.map(({data}) => data)).toEqual(['abcd', Uint8Array.of(1).buffer])
  setup.client.close()
})

it('takes a schema that is a function, as those of arktype are [CC-185]', async () => {
  const schema = type('number')
  expect(typeof schema).toBe('function')
  const {client, messages, hear} = await start(schema)
  await hear(1)
  expect(messages).toEqual([1])
  client.close()
})

it('one that takes its time for some messages keeps the order of all [CC-185]', async () => {
  const waiting: (() => void)[] = []
  const {client, messages, hear, clock} = await start(standard((value) => (value % 2 ? {value} : new Promise((resolve) => waiting.push(() => resolve({value}))))))
  await hear(1, 2, 3, 4, 5)
  expect(messages).toEqual([1])
  waiting[1]!()
  await clock.advance(0)
  expect(messages).toEqual([1])
  waiting[0]!()
  await clock.advance(0)
  expect(messages).toEqual([1, 2, 3, 4, 5])
  client.close()
})

describe('one that misbehaves: the message is told by `invalid`, and the client goes on [CC-185]', () => {
  it.each<[string, (value: unknown) => unknown]>([
    ['throws', () => JSON.parse('{')],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['gives nothing', () => undefined],
    ['gives a text', () => 'x'],
    ['gives issues that are no list', () => ({issues: true})],
    ['gives neither a value nor issues', () => ({})],
    ['gives nothing later', () => later(undefined)],
    ['gives neither later', () => later({})],
    ['gives issues that are no list later', () => later({issues: true})],
  ])('%s', async (_, misbehave) => {
    const {client, messages, invalid, hear} = await start(standard((value) => (value === 'fine' ? {value} : misbehave(value))))
    await hear('bad', 'fine')
    expect(messages).toEqual(['fine'])
    expect(invalid).toEqual([{reason: 'unexpected', data: '"bad"', error: expect.any(Error)}])
    client.close()
  })
})

it('tells at most 16 issues of one message [CC-185]', async () => {
  const {client, invalid, hear} = await start(z.array(z.string()))
  await hear(Array.from({length: 10_000}, (_, n) => n))
  expect(invalid[0]!.issues).toHaveLength(16)
  client.close()
})

it('that may be undefined is told so [CC-185]', async () => {
  const {client, messages, hear} = await start(standard(() => ({value: undefined})))
  await hear(1)
  expect(messages).toEqual([undefined])
  client.close()
})

it('at most 10,000 wait for one that takes its time; what comes meanwhile is told by `invalid`, and the rest in order [CC-185]', async () => {
  const waiting: (() => void)[] = []
  const {client, messages, invalid, hear} = await start(standard((value) => (value === 'fine' ? {value} : new Promise((resolve) => waiting.push(() => resolve({value}))))))
  const numbers = Array.from({length: 10_000}, (_, n) => n)
  await hear(...numbers, 'one', 'two')
  expect(waiting).toHaveLength(10_000)
  expect(invalid).toEqual(['"one"', '"two"'].map((data) => ({reason: 'unexpected', data, error: expect.objectContaining({name: 'ClosecallError', code: 'OVERFLOW'})})))
  const all = new Promise<void>((resolve) => client.on('message', () => messages.length === 10_000 && resolve()))
  for (let n = waiting.length; n--; ) waiting[n]!()
  await all
  expect(messages).toEqual(numbers)
  await hear('fine')
  expect(messages.at(-1)).toBe('fine')
  client.close()
})

it('is one warning where nobody listens, without what the message says [CC-185]', async () => {
  const setup = await settled(setUp(undefined, {codec: json, schema: z.number()}))
  for (let n = 0; n < 100; n++) setup.network.last.server.send('"secret"')
  await settled(setup)
  expect(warned).toHaveBeenCalledOnce()
  expect(warned.mock.calls[0]![0]).not.toContain('secret')
  setup.client.close()
})

it('counts what it refuses as received [CC-185]', async () => {
  const {client, hear} = await start(z.number())
  await hear('x', 1)
  expect(client.stats.received).toBe(2)
  client.close()
})

it('a session waits for what is allowed [CC-185]', async () => {
  const setup = setUp((server) => {
    server.accept()
    server.send('"x"')
    server.send('7')
  }, {codec: json, schema: z.number(), onOpen: async (session) => setup.client.send(`got ${await session.receive()}`)})
  await settled(setup)
  expect(setup.network.last.sent.map(({data}) => data)).toEqual(['"got 7"'])
  setup.client.close()
})

it('judges on each connection anew: one that never answers holds back only its own [CC-185]', async () => {
  const setup = setUp(sequence((server) => {
    server.accept()
    server.send('"for ever"')
    server.send('1')
  }, accepts()), {codec: json, schema: standard((value) => (value === 'for ever' ? new Promise(() => {}) : {value}))})
  await settled(setup)
  expect(setup.messages).toEqual([])
  setup.network.last.server.drop()
  await setup.clock.advance(5000)
  setup.network.last.server.send('2')
  await settled(setup)
  expect(setup.messages).toEqual([2])
  setup.client.close()
})
