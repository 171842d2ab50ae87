// Can a codec of one's own do harm, whatever it throws or gives?

import {expect, it, vi} from 'vitest'
import type {Invalid} from '../../src/index.ts'
import {stalls} from '../../src/testing/index.ts'
import {setUp, settled, watchTheWorld} from '../client/fixture.ts'

watchTheWorld()

it.each<[string, () => unknown]>([
  ['throws', () => JSON.parse('{')],
  ['throws nothing', () => {
    throw undefined
  }],
  ['gives undefined', () => undefined],
  ['gives null', () => null],
  ['gives a number', () => 5],
  ['gives an object', () => ({})],
  ['gives a promise', () => Promise.resolve('x')],
])('what it can\'t write is refused, and nothing is sent: it %s [CC-184]', async (_, encode) => {
  const setup = await settled(setUp(undefined, {codec: {encode: (data: unknown) => (data === 'fine' ? 'fine' : (encode() as string)), decode: (data) => data}, onOpen: (session) => expect(() => session.send('bad')).toThrow(invalid)}))
  const {client, network} = setup
  expect(() => client.send('bad' as never)).toThrow(invalid)
  await expect(client.deliver('bad' as never)).rejects.toEqual(invalid)
  expect([client.send('fine'), network.last.sent.map(({data}) => data), client.stats.unsent, client.state.name]).toEqual(['sent', ['fine'], 0, 'open'])
  client.close()
  await settled(setup)
  expect(() => client.send('bad' as never)).toThrow(invalid)
})

const invalid = expect.objectContaining({name: 'ClosecallError', code: 'INVALID', message: expect.stringContaining('`data`')})

it.each<[string, unknown]>([['an error', new Error('no')], ['nothing', undefined], ['a text', 'no'], ['a trap', {get message() {
  throw new Error('trap')
}}]])('what it can\'t read is told by `invalid`, and stops nothing: it throws %s [CC-184]', async (_, error) => {
  const decode = (data: unknown): unknown => {
    if (data === 'bad') throw error
    return data
  }
  const setup = await settled(setUp(undefined, {codec: {encode: (data: string) => data, decode}}))
  const seen: Invalid[] = []
  setup.client.on('invalid', (value) => seen.push(value))
  for (const data of ['bad', 'fine']) setup.network.last.server.send(data)
  await settled(setup)
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({reason: 'undecodable', data: 'bad'})
  expect(seen[0]!.error).toBe(error)
  expect(setup.messages).toEqual(['fine'])
  setup.client.close()
})

it.each<[string, (data: unknown) => string | Uint8Array]>([
  ['text', (data) => JSON.stringify(data)],
  ['bytes', (data) => new TextEncoder().encode(JSON.stringify(data))],
])('what send() handed over and never left is given back as it was given, not as %s [CC-176] [CC-184]', async (_, encode) => {
  const setup = await settled(setUp(stalls(), {codec: {encode, decode: (data) => data}}))
  const {client, network} = setup
  vi.stubGlobal('WebSocket', network.WebSocket)
  vi.stubGlobal('Bun', {})
  const padding = 'p'.repeat(1000)
  const given = [{n: 1}, {n: 2}]
  for (const data of [padding, ...given]) expect(client.send(data as never)).toBe('sent')
  const drops: unknown[] = []
  client.on('drop', ({data}) => drops.push(data))
  network.last.server.drop()
  await settled(setup)
  const unsent = client.takeUnsent().map(({data}) => data)
  expect([...unsent, ...drops]).toEqual(given)
  client.close()
})

it('what a codec made too large to be kept is told without its data [CC-176]', async () => {
  const setup = await settled(setUp(stalls(), {codec: {encode: (data: string) => data, decode: (data) => data}}))
  const {client, network} = setup
  vi.stubGlobal('WebSocket', network.WebSocket)
  vi.stubGlobal('Bun', {})
  const drops: unknown[] = []
  client.on('drop', (dropped) => drops.push(dropped))
  // Of a text that is not kept, nobody knows that it is no longer than this.
  for (const data of ['p'.repeat(200_000), 'x'.repeat(65_537)]) client.send(data)
  network.last.server.drop()
  await settled(setup)
  expect([client.takeUnsent(), drops]).toEqual([[], [{data: undefined, binary: false, outcome: {status: 'dropped', why: 'not-kept', inDoubt: false, writes: 1}}]])
  client.close()
})
