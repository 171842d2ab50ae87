// What do the others learn from a client that was told?

import {expect, it} from 'vitest'
import {overload} from '../../src/overload/index.ts'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork, type Behaviour} from '../../src/testing/index.ts'
import {setUp, watchTheWorld, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const page = (behaviour: Behaviour = accepts()) => {
  const clock = fakeClock({now: 1_800_000_000_000})
  const network = fakeNetwork(behaviour)
  const extensions = [overload()]
  const add = (options?: SetupOptions) => setUp(undefined, {clock, WebSocket: network.WebSocket, extensions, ...options}).client
  const waitOf = ({state}: ReturnType<typeof add>): number => ('retryAt' in state ? state.retryAt! - clock.now() : 0)
  return {clock, network, add, waitOf}
}

it('the pause of a 1013 lasts until the latest moment, though each is told for the first time [CC-115]', async () => {
  const {clock, network, add, waitOf} = page()
  const clients = [add({random: () => 0}), add({random: () => 0.999})]
  await clock.advance(0)
  for (const {server} of network.live) server.close(1013)
  await clock.advance(0)
  const late = add({random: () => 0})
  await clock.advance(0)
  expect(waitOf(late)).toBeGreaterThanOrEqual(1499)
  for (const client of [...clients, late]) client.close()
})

it('the pause grows across clients that are told once each [CC-117]', async () => {
  const {clock, add, waitOf} = page(acceptsThenCloses(1013))
  const clients: ReturnType<typeof add>[] = []
  for (let round = 0; round < 3; round++) {
    for (const client of clients) client.close()
    const client = add()
    clients.push(client)
    await clock.advance(0)
    await clock.advance(Math.ceil(waitOf(client)))
    await clock.advance(1)
  }
  const late = add({random: () => 0})
  await clock.advance(0)
  expect(waitOf(late)).toBeGreaterThan(2000)
  for (const client of [...clients, late]) client.close()
})

it('a client that stopped waits like any other when it is opened again [CC-117]', async () => {
  const {clock, network, add, waitOf} = page()
  const clients = [add({verdicts: {1013: 'stop'}, onReport: () => {}}), add({verdicts: {1013: 'stop'}, onReport: () => {}})]
  await clock.advance(0)
  for (const {server} of network.live) server.close(1013)
  await clock.advance(0)
  for (const client of clients) client.open()
  await clock.advance(0)
  for (const client of clients) expect(waitOf(client)).toBeGreaterThanOrEqual(1000)
  for (const client of clients) client.close()
})

it.each([
  ['1012', 1012, '', 5000, 33_000],
  ['1012 with a hint', 1012, 'retry-after=2', 2000, 4000],
  ['1013', 1013, '', 500, 4500],
])('what a one-shot socket was told holds for the one that a library makes in its place: %s [CC-89] [CC-117]', async (_, code, reason, least, most) => {
  for (const random of [0, 0.5, 0.999]) {
    const {clock, add, waitOf} = page(acceptsThenCloses(code, reason))
    const first = add({reconnect: false, random: () => random})
    await clock.advance(0)
    expect(first.state.name).toBe('closed')
    const next = add({reconnect: false, random: () => random})
    await clock.advance(0)
    expect(next.state).toMatchObject({name: 'suspended', why: 'overload'})
    expect(waitOf(next)).toBeGreaterThanOrEqual(least)
    expect(waitOf(next)).toBeLessThan(most)
    next.close()
  }
})

it('a client that is told while offline makes others wait as long as it was told, not until it looks for the network [CC-115]', async () => {
  const {clock, network, add, waitOf} = page()
  let online = true
  const client = add({environment: {get online() { return online }, frozen: false, subscribe: () => () => {}}})
  await clock.advance(0)
  online = false
  network.last.server.close(1013)
  await clock.advance(0)
  expect(client.state).toMatchObject({name: 'suspended', why: 'offline'})
  const other = add()
  await clock.advance(0)
  expect(waitOf(other)).toBeLessThanOrEqual(4000)
  client.close()
  other.close()
})
