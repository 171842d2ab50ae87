// Each of these passes at ad42dec, and kills a mutant that the other tests let live.

import {expect, it} from 'vitest'
import {diagnosis} from '../../src/diagnosis/index.ts'
import {neverAnswers, refuses, type Behaviour} from '../../src/testing/index.ts'
import {sessionOf} from '../../src/diagnosis/sessions.ts'
import {classify, initialState} from '../../src/core/index.ts'
import {setUp, settled, watchTheWorld, type SetupOptions} from '../client/fixture.ts'

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
  expect(sessionOf(entry, end, {messages: 3, at: 90_000})).toEqual({address: 'wss://a.test/', code: 1011, name: 'Internal Error', age: 60_000, silence: 10_000, messages: 3})
})
