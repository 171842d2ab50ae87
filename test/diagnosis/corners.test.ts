// Is a pattern named only where all of it holds?

import {describe, expect, it} from 'vitest'
import {diagnosis} from '../../src/diagnosis/index.ts'
import {accepts, goesSilent, neverAnswers, refuses, type Behaviour} from '../../src/testing/index.ts'
import {sessionOf} from '../../src/diagnosis/sessions.ts'
import {classify, initialState} from '../../src/core/index.ts'
import type {Extension} from '../../src/index.ts'
import {setUp, settled, url, watchTheWorld, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

const setUpWith = async (behaviour: Behaviour, options: SetupOptions = {}) => {
  const setup = await settled(setUp(behaviour, {extensions: [diagnosis({userAgent: firefox})], ...options}))
  const told: string[] = []
  setup.client.on('diagnosis', ({name}) => told.push(name))
  return {...setup, told}
}

const endsOn = (end: (server: Parameters<Behaviour>[0]) => void): Behaviour => (server) => {
  server.onmessage = () => end(server)
  server.accept()
}

it('a message is no suspect where the server said a code [CC-112]', async () => {
  const {client, clock, told} = await setUpWith(endsOn((server) => server.close(1011)))
  for (let i = 0; i < 2; i++) {
    client.send('same')
    await clock.advance(4000)
  }
  expect(client.history).toHaveLength(2)
  expect(told).toEqual([])
  client.close()
})

it.each([
  ['the open', false],
  ['an arrival', true],
])('a message is a suspect up to 25 s after %s, and not later [CC-112]', async (_, arrives) => {
  for (const [wait, expected] of [[24_000, ['suspect-send']], [26_000, []]] as const) {
    const {client, clock, network, told} = await setUpWith(endsOn((server) => server.drop()))
    for (let i = 0; i < 2; i++) {
      if (arrives) {
        await clock.advance(30_000)
        network.last.server.send('x')
      }
      await clock.advance(wait)
      client.send('same')
      await clock.advance(0)
      // Both connections are stable: the delay is a second.
      await clock.advance(1000)
    }
    expect(client.history).toHaveLength(2)
    expect(told.filter((name) => name === 'suspect-send')).toEqual(expected)
    client.close()
  }
})

it('a conversation is no rejection, however short [CC-111]', async () => {
  const talks: Behaviour = (server) => {
    server.accept()
    server.send('a')
    server.send('b')
    server.close(4001)
  }
  const {client, clock, told} = await setUpWith(talks)
  await clock.advance(20_000)
  expect(client.history.length).toBeGreaterThanOrEqual(3)
  expect(told).toEqual([])
  client.close()
})

it('a connection to one address does not end the outage of another [CC-113]', async () => {
  let attempt = 0
  const addresses = ['wss://a.test/', 'wss://b.test/', 'wss://a.test/']
  const behaviours: Behaviour[] = [refuses(), (server) => { server.accept(); server.drop() }, neverAnswers()]
  const {client, clock, told} = await setUpWith((server) => behaviours[Math.min(attempt - 1, 2)]!(server), {url: () => addresses[Math.min(attempt++, 2)]!})
  await clock.advance(15_000)
  expect(told).toEqual(['held-by-browser'])
  client.close()
})

it.each(['event', 'error', 'stalled'] as const)('an end by %s came from outside, and has the name of its verdict [CC-110] [CC-111]', (origin) => {
  const close = {code: 1011, reason: '', wasClean: false, opened: true, age: 60_000, origin}
  const entry = {at: 100_000, close, verdict: classify(close), explanation: ''}
  const end = {url: 'wss://a.test/?x', endpoint: 0, state: initialState, sentAt: undefined, hint: undefined, frames: () => []}
  expect(sessionOf(entry, end, {messages: 3, at: 90_000})).toEqual({address: 'wss://a.test/', givenUp: false, code: 1011, name: 'Internal Error', age: 60_000, silence: 10_000, messages: 3})
})

it('an attempt that was put off, or given up, is not one whose socket Firefox held back [CC-113]', async () => {
  let asked = 0
  // Another extension puts the second attempt off; when it is made, its address does not come.
  const putsOff: Extension = () => ({admit: () => (asked === 2 ? 1000 : 0)})
  const setup = await settled(setUp(refuses(), {url: () => (++asked > 2 ? new Promise<string>(() => {}) : url), extensions: [diagnosis({userAgent: firefox}), putsOff]}))
  const told: string[] = []
  setup.client.on('diagnosis', ({name}) => told.push(name))
  await setup.clock.advance(15_000)
  expect(setup.closes.map(({close}) => close.origin)).toEqual(['event', 'provider'])
  expect(told).toEqual([])
  setup.client.close()
})

it('of two extensions that each find a pattern the later has the word [CC-104]', async () => {
  const finds = (name: string): Extension => () => ({settled: () => ({name, explanation: `${name}.`, advice: 'x.'})})
  const setup = setUp(refuses(), {extensions: [finds('a'), finds('b')]})
  const told: string[] = []
  setup.client.on('diagnosis', ({name}) => told.push(name))
  await settled(setup)
  expect(told).toEqual(['b'])
  expect(setup.client.history).toMatchObject([{pattern: {name: 'b'}}])
  setup.client.close()
})

it('a link that is cut is not said to be ended by the server [CC-111]', async () => {
  const cut: Behaviour = (server) => {
    server.accept()
    server.drop()
  }
  const setup = setUp(cut, {extensions: [diagnosis()]})
  const told: string[] = []
  setup.client.on('diagnosis', ({explanation}) => told.push(explanation))
  await setup.clock.advance(10_000)
  expect(told).toHaveLength(1)
  expect(told[0]).not.toMatch(/by the server, with 1006/)
  setup.client.close()
})

class Counting {
  admitted = 0
  admit() {
    this.admitted++
  }
}
it('an extension may be an object with methods [CC-102]', async () => {
  const counting = new Counting()
  const setup = await settled(setUp(accepts(), {extensions: [() => counting as never]}))
  expect(counting.admitted).toBe(1)
  setup.client.close()
})

describe('a heartbeat that the server does not answer [CC-120]', () => {
  const heartbeat = {interval: 30_000, timeout: 10_000, message: 'ping'}

  it('is named when three connections were given up, once', async () => {
    const {client, clock, told} = await setUpWith(goesSilent(), {heartbeat})
    await clock.advance(119_000)
    expect(told).toEqual([])
    await clock.advance(200_000)
    expect(told).toEqual(['heartbeat-unanswered'])
    expect(client.history.filter(({pattern}) => pattern)).toHaveLength(1)
    client.close()
  })

  it('is not, where the server had said something', async () => {
    const {client, clock, told} = await setUpWith((server) => {
      goesSilent()(server)
      server.send('hello')
    }, {heartbeat})
    await clock.advance(600_000)
    expect(client.history.length).toBeGreaterThan(3)
    expect(told).toEqual([])
    client.close()
  })
})
