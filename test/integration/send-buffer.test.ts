// Does everything that waited arrive, once and in order?

import {expect, it} from 'vitest'
import {drops, echoes, refuses, sequence} from '../helpers/servers.ts'
import {connecting, serving, state} from './harness.ts'

it('sends 20,000 messages that waited for a reconnect, in order, text and bytes as they were [CC-71] [CC-72]', async () => {
  const server = await serving(sequence(drops(), refuses(503), echoes()))
  const client = connecting(server, {buffer: {maxMessages: 20_000, maxBytes: 10_000_000}})
  const received: unknown[] = []
  client.on('message', (data) => received.push(data))
  await state(client, 'backoff')

  const results = new Set<string>()
  for (let i = 0; i < 20_000; i++) results.add(client.send(i % 2 ? `${i}` : Buffer.from(`${i}`)))
  expect([...results]).toEqual(['buffered'])
  expect(client.send('one too many')).toBe('refused')

  await server.until(() => server.connections.at(-1)!.messages.length === 20_000)
  await expect.poll(() => received.length, {timeout: 10_000}).toBe(20_000)
  expect(received.every((data, i) => (i % 2 ? data === `${i}` : data instanceof ArrayBuffer && Buffer.from(data).toString() === `${i}`))).toBe(true)
  const {messages} = server.connections.at(-1)!
  expect(messages.every(({opcode, data}, i) => opcode === (i % 2 ? 'text' : 'binary') && data.toString() === `${i}`)).toBe(true)
  expect(client.stats).toMatchObject({sent: 20_000, received: 20_000, unsent: 0, unsentBytes: 0})
})

it('lets a listener of `open` speak first [CC-72]', async () => {
  const server = await serving(sequence(drops(), echoes()))
  const client = connecting(server)
  await state(client, 'backoff')
  client.send('waited')
  client.on('open', () => client.send('hello'))
  await server.until(() => server.connections[1]?.messages.length === 2)
  expect(server.connections[1]!.messages.map(({data}) => String(data))).toEqual(['hello', 'waited'])
})

it('loses and reorders nothing that was accepted between connections [CC-72]', async () => {
  const server = await serving(sequence(drops(), drops(), drops(), echoes()))
  const client = connecting(server)
  const received: string[] = []
  client.on('message', (data) => received.push(data))
  let sent = 0
  const results: string[] = []
  const speak = (): void => {
    results.push(client.send(`${sent++}`))
  }
  speak()
  client.on('close', speak)
  client.on('retry', speak)
  await server.until(() => server.connections.length === 4)
  await state(client, 'open')
  await server.until(() => server.connections[3]!.messages.length > 0)

  expect(results).toEqual(results.map(() => 'buffered'))
  // `ws` puts everything on the wire at once, and these servers read until they drop.
  const arrived = server.connections.flatMap(({messages}) => messages.map(({data}) => String(data)))
  expect(arrived).toEqual(results.map((_, i) => `${i}`))
  await expect.poll(() => received).toEqual(server.connections[3]!.messages.map(({data}) => String(data)))
  expect(client.stats).toMatchObject({sent, unsent: 0, unsentBytes: 0})
})
