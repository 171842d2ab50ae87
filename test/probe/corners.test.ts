// Does the probe ask once, end in time, and leave nothing, where others are asked, too?

import {beforeEach, expect, it, vi, type Mock} from 'vitest'
import {probe} from '../../src/probe/index.ts'
import {fakeClock, refuses} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, tellPage, watchTheWorld} from '../client/fixture.ts'

watchTheWorld()
const health = 'https://example.test/health'
let fetched: Mock<(url: string, init: any) => any>
const answer = (status: number, headers: Record<string, string> = {}): Response => Object.defineProperty(new Response(null, {headers}), 'status', {value: status})
const fetching = (how: (url: string, init: any) => any): void => {
  fetched = vi.fn<(url: string, init: any) => any>(how)
  vi.stubGlobal('fetch', fetched)
}
beforeEach(() => fetching(async () => answer(200)))

it('a URL with a password and no user is refused at once, as one with a user is [CC-82] [CC-107]', () => {
  expect(() => probe('https://:secret@example.test/health')).toThrow('`url` must be')
})

it('nothing is asked when the url function itself closes the client [CC-5] [CC-107]', async () => {
  fetching((_, {signal}) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
  const setup = setUp(refuses(), {extensions: [probe(() => (setup.client.close(), health))]})
  await settled(setup)
  expect(setup.client.state.name).toBe('closed')
  expectRest(setup)
})

it('a second probe is not asked where the first has told the status [CC-58] [CC-107]', async () => {
  fetching(async (url) => (url.endsWith('/1') ? answer(403) : answer(503, {'retry-after': '600'})))
  const setup = await settled(setUp(refuses(), {extensions: [probe(`${health}/1`), probe(`${health}/2`)], onReport: () => {}}))
  expect(setup.closes[0]!.close.status).toBe(403)
  expect(fetched).toHaveBeenCalledTimes(1)
  setup.client.close()
})

it('keeps what the probe learned where the runtime said much [CC-107]', async () => {
  const setup = await settled(setUp(refuses(undefined, {message: 'x'.repeat(300)}), {extensions: [probe(health)]}))
  expect(setup.closes[0]!.close.error).toContain('plain request')
  setup.client.close()
})

it('an attempt that failed and is looked into when the page is frozen is told all the same [CC-58]', async () => {
  fetching(() => new Promise(() => {}))
  const setup = await settled(setUp(refuses(), {extensions: [probe(health)]}))
  tellPage('freeze')
  await settled(setup)
  expect(setup.client.state.name).toBe('suspended')
  expect(setup.closes).toHaveLength(1)
  setup.client.close()
})

it.each(['toString', 'constructor', 'valueOf'])('an option called %s does not exist [CC-82]', (name) => {
  expect(() => probe(health, {[name]: {}} as never)).toThrow('an option that exists')
})

it('ends its own request, and its timer, when the headers are there, whoever else is still asked [CC-107]', async () => {
  const fetched = vi.fn<(url: string, init: {signal: AbortSignal}) => Promise<Response>>(async () => new Response(null, {status: 200}))
  vi.stubGlobal('fetch', fetched)
  const clock = fakeClock()
  const close = {code: 1006, reason: '', wasClean: false, opened: false, age: 0, origin: 'event'} as const
  await probe('https://example.test/health')({clock, random: () => 0}).investigate!(close, 'wss://example.test/', new AbortController().signal)
  expect(fetched.mock.calls[0]![1].signal.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})
