// Can a codec of one's own do harm, whatever it throws or gives?

import {expect, it} from 'vitest'
import type {Invalid} from '../../src/index.ts'
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
