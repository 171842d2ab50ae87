// A flush is cut in its middle: do the server and the outcomes tell the same?

import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {expect, it, onTestFinished} from 'vitest'
import {WebSocketServer} from 'ws'
import type {Outcome} from '../../src/index.ts'
import type {Client} from '../../src/index.ts'
import {connect} from '../../src/node/index.ts'
import {proxyTo} from '../helpers/proxy.ts'
import {state} from './harness.ts'

const total = 100_000

/** Bytes of one message, and of its frame: a header of two bytes, and a mask of four. */
const size = 20
const onTheWire = size + 6

interface Meeting {
  client: Client
  /** What the server got, by connection. */
  arrived: number[][]
}

/** A client that is not open yet, a server, and between them a line that is cut, once, after so many bytes of what the client says. */
const meet = async (after: number): Promise<Meeting> => {
  const arrived: number[][] = []
  const server = new WebSocketServer({port: 0, host: '127.0.0.1'})
  await once(server, 'listening')
  const proxy = await proxyTo((server.address() as AddressInfo).port)
  server.on('connection', (socket) => {
    const numbers: number[] = []
    if (!arrived.length) proxy.apply({name: 'cut', after, way: 'up'})
    arrived.push(numbers)
    socket.on('error', () => {})
    socket.on('message', (data) => numbers.push(Number(data)))
  })
  const client = connect(proxy.url, {autoOpen: false, backoff: {initialDelay: 20, maxDelay: 50}, buffer: {maxMessages: total, maxBytes: total * size}, onReport: () => {}})
  onTestFinished(async () => {
    client.close()
    await proxy.close()
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  return {client, arrived}
}

const messages = Array.from({length: total}, (_, number) => `${number}`.padStart(size))

/** @param doubtful what the client said that the server may have, or not */
const agree = (arrived: readonly number[][], doubtful: ReadonlySet<number>): void => {
  expect(arrived).toHaveLength(2)
  const all = arrived.flat()
  expect(all.findIndex((number, i) => i > 0 && number <= all[i - 1]!)).toBe(-1)
  const there = new Set(all)
  expect(messages.map((_, number) => number).filter((number) => !there.has(number) && !doubtful.has(number))).toEqual([])
  expect(doubtful.size).toBeGreaterThan(0)
  expect(doubtful.size).toBeLessThanOrEqual(total / 50)
  // Whatever comes after the break is in no doubt.
  expect(arrived[1]!.filter((number) => doubtful.has(number))).toEqual([])
  expect(arrived[1]!.at(-1)).toBe(total - 1)
}

it.each([0.1, 0.5, 0.9])('what is not at the server is in doubt, at most 2 %, and nothing is there twice [CC-177]: cut at %d of 100,000 messages', {timeout: 60_000}, async (part) => {
  const {client, arrived} = await meet(Math.floor(part * total * onTheWire))
  const receipts = messages.map((data) => client.deliver(data))
  client.open()
  const outcomes: Outcome[] = await Promise.all(receipts)
  const doubtful = new Set(outcomes.flatMap(({inDoubt}, number) => (inDoubt ? [number] : [])))
  agree(arrived, doubtful)
  expect(new Set(outcomes.map(({status, writes}) => `${status} ${writes}`))).toEqual(new Set(['written 1']))
  expect(client.stats).toMatchObject({connections: 2, sent: total, unsent: 0, unsentBytes: 0})
})

it('`drop` tells the same of what send() was given [CC-177]', {timeout: 60_000}, async () => {
  const {client, arrived} = await meet(Math.floor(0.3 * total * onTheWire))
  const doubtful = new Set<number>()
  client.on('drop', ({data, outcome: {status, inDoubt}}) => {
    expect([status, inDoubt]).toEqual(['written', true])
    doubtful.add(Number(data))
  })
  expect(new Set(messages.map((data) => client.send(data)))).toEqual(new Set(['buffered']))
  client.open()
  await state(client, 'backoff')
  // The last of them leaves with the rest, and the server answers.
  await client.deliver(`${total}`)
  agree([arrived[0]!, arrived[1]!.filter((number) => number < total)], doubtful)
  expect(arrived[1]!.at(-1)).toBe(total)
})
