// Do clients that are told together, or wake together, come back one after the other?

import {expect, it} from 'vitest'
import {overload} from '../../src/overload/index.ts'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork, type Behaviour} from '../../src/testing/index.ts'
import {setUp, watchTheWorld, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const chance = (): (() => number) => {
  let draws = 0
  return () => (++draws * 0.618_033_988_75) % 1
}

const page = (behaviour: Behaviour = accepts(), extensions = [overload()]) => {
  const clock = fakeClock({now: 1_800_000_000_000})
  const start = clock.now()
  const attempts: number[] = []
  const network = fakeNetwork((server) => {
    attempts.push(clock.now() - start)
    behaviour(server)
  })
  const random = chance()
  const add = (count: number, options?: SetupOptions) => Array.from({length: count}, () => setUp(undefined, {clock, WebSocket: network.WebSocket, random, extensions, ...options}).client)
  return {clock, network, attempts, add}
}

it('a restart whose pause was told in a message brings clients back one after the other, too [CC-43] [CC-116]', async () => {
  const {clock, network, attempts, add} = page()
  const clients = add(12)
  await clock.advance(0)
  for (const client of clients) client.hint({after: 5000})
  for (const {server} of network.live) server.close(1012)
  await clock.advance(60_000)
  expect(attempts).toHaveLength(24)
  expect(attempts.filter((at) => at > 0 && at < 6500).length).toBeLessThanOrEqual(3)
  for (const client of clients) client.close()
})

it('a client that stops for a 1013 passes on how long the server asked to wait [CC-115] [CC-117]', async () => {
  const {clock, network, add} = page(acceptsThenCloses(1013, 'retry-after=300'))
  add(1, {verdicts: {1013: 'stop'}, onReport: () => {}})
  await clock.advance(0)
  network.behaviour = accepts()
  const [other] = add(1)
  await clock.advance(0)
  const {state} = other!
  expect('retryAt' in state && state.retryAt! - clock.now()).toBeGreaterThanOrEqual(300_000)
  other!.close()
})

it('a program that calls reconnect() all the time does not keep the others out of the budget [CC-118]', async () => {
  const {clock, add} = page(accepts(), [overload({attempts: 3, per: 1000})])
  const [loop] = add(1)
  await clock.advance(0)
  for (let i = 0; i < 10; i++) {
    loop!.reconnect()
    await clock.advance(10)
  }
  const [other] = add(1)
  let waited = 0
  for (; other!.state.name !== 'open' && waited < 120_000; waited += 10) {
    loop!.reconnect()
    await clock.advance(10)
  }
  expect(waited).toBeLessThan(60_000)
  loop!.close()
  other!.close()
})

it.each<[string, string, SetupOptions]>([
  ['the server gives all the same moment', 'retry-after=5;spread=0', {}],
  ['no client draws its delay', '', {backoff: {jitter: 'none', initialDelay: 5000}}],
])('clients that are told together come back one after the other where %s [CC-116]', async (_, reason, options) => {
  const {clock, network, attempts, add} = page()
  const clients = add(12, options)
  await clock.advance(0)
  for (const {server} of network.live) server.close(1013, reason)
  await clock.advance(60_000)
  expect(attempts).toHaveLength(24)
  expect(attempts.filter((at) => at > 0 && at < 5500).length).toBeLessThanOrEqual(3)
  for (const client of clients) client.close()
})

it('clients that slept through their turns come back within a second, not in one instant [CC-96] [CC-116]', async () => {
  const base = fakeClock({now: 1_800_000_000_000})
  let slept = 0
  const clock = Object.create(base, {now: {value: () => base.now() + slept}}) as typeof base
  const wakes: ((signal: never) => void)[] = []
  const environment = {online: true, frozen: false, subscribe: (listener: (signal: never) => void) => (wakes.push(listener), () => {})}
  const network = fakeNetwork(acceptsThenCloses(1013, 'retry-after=60'))
  const random = chance()
  const extensions = [overload()]
  const add = (count: number) => Array.from({length: count}, () => setUp(undefined, {clock, WebSocket: network.WebSocket, random, extensions, environment}).client)
  const [told] = add(1)
  await base.advance(0)
  network.behaviour = accepts()
  const clients = add(20)
  await base.advance(0)
  expect(network.sockets).toHaveLength(1)
  slept = 120_000
  for (const wake of wakes) wake('wake' as never)
  await base.advance(0)
  expect(network.sockets.length).toBeLessThanOrEqual(4)
  await base.advance(2000)
  expect(network.sockets).toHaveLength(22)
  for (const client of [told!, ...clients]) client.close()
})
