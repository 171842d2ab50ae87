// Does a herd of real clients come back by its slots, to a real server in a process of its own? The server is the program of docs/servers.md.

import {once} from 'node:events'
import {expect, it, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import {connect} from '../../src/index.ts'
import {sheddingServer} from './peers.ts'

/** Each takes a file descriptor here, and one in the server's process. */
const count = 2000

/** So many a second that the test is short, and so few that a machine which has other things to do can take them, too. */
const pace = 300

/** So long that the next process has begun to listen. */
const away = 6000

interface Watched {
  /** The server took it: what it sent came back. */
  back: boolean
  /** Code and reason of each close, and what the client made of it: another attempt follows each. */
  told: {code: number; reason: string; delay: number}[]
}

/** So many clients that want to connect in the same moment. */
const herd = (url: string): Watched[] =>
  Array.from({length: count}, () => {
    const watched: Watched = {back: false, told: []}
    const client = connect(url, {WebSocket, connectTimeout: 60_000})
    onTestFinished(() => client.close())
    client.on('open', () => void client.send('here'))
    client.on('message', () => (watched.back = true))
    client.on('retry', ({last: {code, reason}, delay}) => {
      watched.back = false
      watched.told.push({code, reason, delay})
    })
    return watched
  })

const backed = async (clients: Watched[]): Promise<void> => {
  await expect.poll(() => clients.filter(({back}) => back).length, {timeout: 60_000, interval: 100}).toBe(count)
}

const slotOf = (reason: string): number => Number(/^retry-after=([\d.]+);spread=0$/.exec(reason)?.[1]) * 1000

/** Attempts and refusals are counted, not timed: a slot that is met late is met. */
it(`${count} clients come, are told their slots, are closed with others by a process that goes, and come back to the next [CC-262]`, async () => {
  const first = await sheddingServer({pace, away})
  const clients = herd(first.url)
  await backed(clients)
  // All came at once: as many were taken as can be, and the others came once more, at their slots.
  const refusals = clients.flatMap(({told}) => told)
  expect(refusals.length).toBeGreaterThan(0)
  expect(refusals.length).toBeLessThan(count * 1.1)
  expect(refusals.filter(({code, reason, delay}) => code !== 1013 || delay !== slotOf(reason))).toEqual([])
  expect(Math.max(...clients.map(({told}) => told.length))).toBeLessThanOrEqual(4)

  for (const client of clients) client.told = []
  const gone = once(first.program.child, 'exit')
  const said = first.line()
  first.program.child.kill('SIGTERM')
  await gone
  await sheddingServer({pace, away}, first.port, await said)
  await expect.poll(() => clients.filter(({told}) => told.length).length, {timeout: 10_000}).toBe(count)
  await backed(clients)
  // Each had a slot of its own, one after the other.
  const farewells = clients.map(({told}) => told[0]!)
  expect(farewells.filter(({code, reason, delay}) => code !== 1012 || delay !== slotOf(reason))).toEqual([])
  const slots = farewells.map(({reason}) => slotOf(reason)).sort((a, b) => a - b)
  expect(slots[0]).toBeGreaterThanOrEqual(away)
  expect(slots.at(-1)! - slots[0]!).toBeGreaterThanOrEqual((0.9 * count * 1000) / pace)
  expect(new Set(slots).size).toBeGreaterThan(count / 2)
  // One attempt follows each close.
  expect(clients.flatMap(({told}) => told).length / count).toBeLessThanOrEqual(1.1)
  expect(Math.max(...clients.map(({told}) => told.length))).toBeLessThanOrEqual(4)
}, 120_000)
