// Do streams carry everything to a real server and back?

import {expect, it} from 'vitest'
import {streams} from '../../src/streams/index.ts'
import {drops, echoes, refuses, sequence} from '../helpers/servers.ts'
import {connecting, serving, state} from '../integration/harness.ts'

it('20,000 chunks, written while the server was away, arrive in order and come back, at the pace of the connection [CC-186] [CC-187]', async () => {
  const count = 20_000
  const server = await serving(sequence(drops(), refuses(503), echoes()))
  const client = connecting(server)
  const {readable, writable} = streams<string, string>(client, {preventClose: true, maxMessages: count})
  await state(client, 'backoff')
  let next = 0
  let ahead = 0
  const source = new ReadableStream<string>({
    pull: (controller) => {
      controller.enqueue(`${next++}`)
      ahead = Math.max(ahead, next - server.connections.at(-1)!.messages.length)
      if (next === count) controller.close()
    },
  })
  const echoed: string[] = []
  const sink = new WritableStream<string>({write: (chunk) => void echoed.push(chunk)})
  await Promise.all([
    source.pipeTo(writable).then(() => server.until(() => server.connections.at(-1)!.messages.length === count)).then(() => client.close()),
    readable.pipeTo(sink),
  ])
  const arrived = server.connections.at(-1)!.messages.map(({data}) => data.toString())
  expect(arrived).toEqual(Array.from({length: count}, (_, n) => `${n}`))
  // What had come back when the client closed.
  expect(echoed).toEqual(arrived.slice(0, echoed.length))
  // The send buffer, three chunks on their way, and what the servers' end has not read.
  expect(ahead).toBeLessThan(count / 2)
})

it('close() of the writer is after the last chunk, and the server sees a clean end [CC-186]', async () => {
  const server = await serving(echoes())
  const client = connecting(server)
  const writer = streams(client).writable.getWriter()
  for (let n = 0; n < 5000; n++) void writer.write(`${n}`)
  await writer.close()
  expect(client.state.name).toBe('closed')
  const [{messages, closeCode}] = server.connections as [(typeof server.connections)[0]]
  expect([messages.length, closeCode]).toEqual([5000, 1000])
})
