// A connection never opened: does an HTTP request tell why, and harm nothing?

import {beforeEach, describe, expect, expectTypeOf, it, vi, type Mock} from 'vitest'
import {isClosecallError, type Extension} from '../../src/index.ts'
import {probe, type ProbeOptions} from '../../src/probe/index.ts'
import {accepts, acceptsThenCloses, errorsWithoutClose, neverAnswers, refuses, sequence, throwsOnConstruct, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, long, offline, setUp, settled, takeUncaught, url, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const health = 'https://example.test/health'

type Answer = () => Response | Promise<Response>

/** `Response` refuses to be made with 0: what an opaque answer says. */
const answer = (status: number, headers: Record<string, string> = {}): Response => Object.defineProperty(new Response(null, {headers}), 'status', {value: status})

type Fetch = (url: string, init: RequestInit & {signal: AbortSignal}) => Promise<Response>

let fetched: Mock<Fetch>

/** `fetch` answers so, once after another, the last one for good. */
const fetching = (...answers: Answer[]): void => {
  fetched = vi.fn<Fetch>(async () => (answers.length > 1 ? answers.shift()! : answers[0]!)())
  vi.stubGlobal('fetch', fetched)
}

/** As `fetch` does: it rejects when it is aborted, and not before. */
const fetchingInVain = (): void => {
  fetched = vi.fn<Fetch>((_, {signal}) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))))
  vi.stubGlobal('fetch', fetched)
}

beforeEach(() => fetching(() => answer(200)))

const probing = (behaviour: Behaviour = refuses(), options: SetupOptions & {probe?: ProbeOptions; at?: Parameters<typeof probe>[0]} = {}): Promise<Setup> => {
  const {probe: how, at = health, ...rest} = options
  return settled(setUp(behaviour, {extensions: [probe(at, how)], ...rest}))
}

const lastOf = ({closes}: Setup) => closes.at(-1)!.close

describe('an attempt that never opened', () => {
  it.each([
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [599, 'retry'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'retry'],
    [403, 'stop'],
  ])('is judged by a %i that the probe is answered: %s [CC-17] [CC-58] [CC-107]', async (status, action) => {
    fetching(() => answer(status))
    const setup = await probing()
    expect(setup.closes).toMatchObject([{close: {code: 1006, opened: false, status}, verdict: {action}}])
    expect(setup.client.state.name).toBe(action === 'stop' ? 'failed' : 'backoff')
  })

  it.each([
    [503, {'retry-after': '7'}, 7500],
    [429, {'Retry-After': '0'}, 500],
    [503, {'retry-after': '99999999999'}, 600_500],
    [503, {'retry-after': '9'.repeat(400)}, 1000],
    [503, {'retry-after': '1e99'}, 1000],
    [503, {'retry-after': '-1'}, 1000],
    [503, {'retry-after': 'NaN'}, 1000],
    [503, {}, 1000],
    // Not an answer that speaks of the service.
    [404, {'retry-after': '7'}, 1000],
  ])('waits as %i with %o asks [CC-42] [CC-43] [CC-107]', async (status, headers, delay) => {
    fetching(() => answer(status, headers as Record<string, string>))
    expect((await probing()).delays).toEqual([delay])
  })

  it('waits until the date in Retry-After, by the client\'s clock [CC-44] [CC-107]', async () => {
    const setup = setUp(refuses(), {extensions: [probe(health)]})
    const date = new Date(Math.ceil(setup.clock.now() / 1000) * 1000 + 20_000)
    fetching(() => answer(503, {'retry-after': date.toUTCString()}))
    await settled(setup)
    expect(setup.delays).toEqual([date.getTime() - setup.clock.now() + 500])
  })

  it.each([401, 407])('asks for credentials once on %i, and stops at the second [CC-13] [CC-107]', async (status) => {
    fetching(() => answer(status))
    const credentials = vi.fn<() => string>(() => 'token')
    const setup = await probing(refuses(), {credentials})
    expect(setup.delays).toEqual([0])
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes', last: {status}})
    expect(credentials).toHaveBeenCalledTimes(2)
    expect(fetched).toHaveBeenCalledTimes(2)
    expectRest(setup)
  })

  it.each([200, 204, 304, 301, 400, 404, 405, 410, 418, 426, 499, 600])('learns from %i only that there is an answer [CC-58] [CC-107]', async (status) => {
    fetching(() => answer(status))
    const setup = await probing()
    expect(lastOf(setup)).toMatchObject({code: 1006, error: `the server answers HTTP ${status} to a plain request`})
    expect(lastOf(setup)).not.toHaveProperty('status')
    expect(setup.delays).toEqual([1000])
  })

  it('learns as much from a redirect or an answer that can\'t be read [CC-107]', async () => {
    fetching(() => answer(0))
    expect(lastOf(await probing())).toMatchObject({error: 'the server answers a plain request'})
  })

  it('is a 1006 like any other where nothing is answered, in words without the URL [CC-58] [CC-63] [CC-107]', async () => {
    fetching(() => Promise.reject(new TypeError(`Failed to fetch ${health}?token=secret`)))
    const setup = await probing()
    expect(lastOf(setup)).toMatchObject({code: 1006, opened: false, error: 'the probe got no answer'})
    expect(setup.delays).toEqual([1000])
  })

  it('has the words of the runtime before those of the probe, as one sentence [CC-107]', async () => {
    fetching(() => Promise.reject(new TypeError()))
    const setup = await probing((server) => server.refuse({message: 'Received network error or non-101 status code.'}))
    expect(lastOf(setup)).toMatchObject({error: 'Received network error or non-101 status code; the probe got no answer'})
  })

  it('is a 1006 like any other where there is no fetch [CC-58] [CC-107]', async () => {
    vi.stubGlobal('fetch', undefined)
    const setup = await probing()
    expect(lastOf(setup)).toMatchObject({code: 1006, opened: false})
    expect(lastOf(setup)).not.toHaveProperty('error')
    expect(setup.delays).toEqual([1000])
  })

  it('keeps what the runtime said [CC-107]', async () => {
    const setup = await probing(refuses(undefined, {message: 'ECONNREFUSED'}))
    expect(lastOf(setup).error).toBe('ECONNREFUSED; the server answers HTTP 200 to a plain request')
  })

  it('is probed once, whether it failed by error, close or time [CC-52] [CC-53] [CC-58] [CC-107]', async () => {
    fetching(() => answer(503))
    const setup = await probing(sequence(errorsWithoutClose(), neverAnswers(), accepts()))
    await setup.clock.advance(100)
    expect(fetched).toHaveBeenCalledTimes(1)
    expect(setup.closes).toMatchObject([{close: {origin: 'error', status: 503}}])
    await setup.clock.advance(1000 + 10_000)
    expect(fetched).toHaveBeenCalledTimes(2)
    expect(setup.closes).toMatchObject([{}, {close: {origin: 'connect-timeout', status: 503}}])
    await setup.clock.advance(2000)
    expect(setup.client.state.name).toBe('open')
    expect(fetched).toHaveBeenCalledTimes(2)
  })

  it('is probed as often as there are attempts, not more [CC-58] [CC-107]', async () => {
    const setup = await probing()
    await setup.clock.advance(long)
    expect(setup.network.sockets.length).toBeGreaterThan(100)
    expect(fetched).toHaveBeenCalledTimes(setup.network.sockets.length)
    expect(setup.closes.length).toBe(setup.network.sockets.length)
  })
})

describe('there is no probe', () => {
  it.each<[string, Behaviour]>([
    ['of an attempt whose status is known', refuses(503)],
    ['of a connection that was open', acceptsThenCloses(1006)],
    ['where the constructor throws', throwsOnConstruct(new Error('mixed content'))],
  ])('%s [CC-58] [CC-107]', async (_, behaviour) => {
    const setup = await probing(behaviour)
    expect(setup.closes.length).toBe(1)
    expect(fetched).not.toHaveBeenCalled()
  })

  it('where a provider fails, or while offline [CC-58] [CC-107]', async () => {
    await probing(refuses(), {url: () => Promise.reject(new Error('no'))})
    const setup = setUp(neverAnswers(), {extensions: [probe(health)]})
    await settled(setup)
    offline()
    setup.network.last.server.refuse()
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'offline'})
    expect(fetched).not.toHaveBeenCalled()
  })
})

describe('the request', () => {
  it('is a GET that follows nowhere, keeps nothing, and whose answer ends with its headers [CC-107]', async () => {
    await probing(refuses(), {probe: {init: {headers: {'x-a': 'b'}, credentials: 'include', method: 'POST', redirect: 'follow'} as object}})
    const [asked, {signal, ...init}] = fetched.mock.calls[0]!
    expect(asked).toBe(health)
    expect(init).toEqual({method: 'GET', redirect: 'manual', cache: 'no-store', headers: {'x-a': 'b'}, credentials: 'include'})
    expect(signal.aborted).toBe(true)
  })

  it('goes where a function of the WebSocket\'s URL says [CC-107]', async () => {
    const setup = await probing(refuses(), {url: [`${url}?token=x`, 'wss://other.test'], at: (given) => new URL('/health', given.replace('ws', 'http'))})
    await setup.clock.advance(5000)
    expect(fetched.mock.calls.slice(0, 2).map(([asked]) => asked)).toEqual(['https://example.test/health', 'https://other.test/health'])
  })

  it('is relative to the page [CC-107]', async () => {
    vi.stubGlobal('location', {href: 'https://page.test/app/?q'})
    await probing(refuses(), {at: '/health'})
    expect(fetched.mock.calls[0]![0]).toBe('https://page.test/health')
  })

  it('waits no longer than its time limit, and leaves no timer [CC-107]', async () => {
    fetchingInVain()
    const setup = await probing(refuses(), {probe: {timeout: 2000}})
    await setup.clock.advance(1999)
    expect(setup.client.state).toMatchObject({name: 'connecting'})
    expect(setup.closes).toEqual([])
    await setup.clock.advance(1)
    expect(fetched.mock.calls[0]![1].signal.aborted).toBe(true)
    expect(lastOf(setup)).toMatchObject({error: 'the probe got no answer'})
    // The wait for the next attempt.
    expect(setup.clock.pending).toBe(1)
  })

  it('ends with the attempt\'s own limit, where that is shorter [CC-58] [CC-107]', async () => {
    fetchingInVain()
    const setup = await probing(refuses(), {connectTimeout: 1000})
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('backoff')
    expect(setup.closes.length).toBe(1)
    expect(fetched.mock.calls[0]![1].signal.aborted).toBe(true)
    expect(setup.clock.pending).toBe(1)
  })

  it('is aborted by close(), which leaves nothing [CC-5] [CC-58] [CC-107]', async () => {
    fetchingInVain()
    const setup = await probing()
    const {signal} = fetched.mock.calls[0]![1]
    expect(signal.aborted).toBe(false)
    setup.client.close()
    expect(signal.aborted).toBe(true)
    expectRest(setup)
    await setup.clock.advance(long)
    expect(setup.states).toEqual(['closed'])
    expect(fetched).toHaveBeenCalledTimes(1)
    expectRest(setup)
  })

  it('is not begun by a second probe once the first was aborted [CC-107]', async () => {
    fetchingInVain()
    const setup = await settled(setUp(refuses(), {extensions: [probe(health), probe(health)]}))
    setup.client.close()
    await settled(setup)
    expect(fetched).toHaveBeenCalledTimes(1)
    expectRest(setup)
  })

  it('that answers after close() changes nothing [CC-4] [CC-107]', async () => {
    let late!: (response: Response) => void
    fetching(() => new Promise((resolve) => (late = resolve)))
    const setup = await probing()
    setup.client.close()
    setup.client.open()
    late(answer(403))
    await settled(setup)
    expect(setup.client.state).not.toMatchObject({name: 'failed'})
    expect(setup.closes).toEqual([])
  })
})

describe('the caller\'s functions', () => {
  it('decide which status an answer stands for [CC-107]', async () => {
    const status = vi.fn<(response: Response) => number | undefined>((response) => (response.headers.get('x-state') === 'full' ? 503 : undefined))
    fetching(() => answer(200, {'x-state': 'full', 'retry-after': '3'}), () => answer(503))
    const setup = await probing(refuses(), {probe: {status}})
    expect(lastOf(setup)).toMatchObject({status: 503, retryAfter: 3000})
    await setup.clock.advance(3500)
    expect(lastOf(setup)).not.toHaveProperty('status')
    expect(status).toHaveBeenCalledTimes(2)
  })

  it.each<[string, Parameters<typeof probe>[0], ProbeOptions]>([
    ['url', () => { throw new Error('mine') }, {}],
    ['status', health, {status: () => { throw new Error('mine') }}],
  ])('may throw: %s [CC-102] [CC-107]', async (_, at, how) => {
    const setup = await probing(refuses(), {at, probe: how})
    expect(takeUncaught()).toEqual([new Error('mine')])
    expect(setup.delays).toEqual([1000])
    expect(setup.clock.pending).toBe(1)
  })

  it.each<any>([undefined, 5, 'javascript:alert(1)', 'wss://example.test'])('may not give %s as a URL [CC-102] [CC-107]', async (given) => {
    vi.stubGlobal('location', {href: 'https://page.test/'})
    const setup = await probing(refuses(), {at: () => given})
    expect(takeUncaught().map((error) => (error as Error).message)).toEqual([expect.stringMatching(/^closecall: `url` must be an http: or https: URL without a user, got /)])
    expect(fetched).not.toHaveBeenCalled()
    expect(setup.delays).toEqual([1000])
  })
})

describe('what can\'t be used', () => {
  it.each<[any, any, RegExp]>([
    ['/health', {}, /`url` must be an http: or https: URL without a user, got "\/health"/],
    ['wss://example.test/?token=secret', {}, /`url` must be an http: or https: URL without a user, got "wss:\/\/example.test\/"/],
    ['https://me:secret@example.test', {}, /`url` must be an http: or https: URL without a user, got "https:\/\/example.test\/"/],
    [undefined, {}, /`url` must be/],
    [health, {timeout: 0}, /`timeout` must be 1..2147483647, got 0/],
    [health, {status: 503}, /`status` must be a function, got "number"/],
    [health, {retries: 3}, /`retries` must be an option that exists/],
    [health, null, /`options` must be an object, got null/],
  ])('probe(%o, %o) is answered at once by one sentence [CC-82] [CC-107]', (at, options, sentence) => {
    const caught = (() => {
      try {
        return void probe(at, options)
      } catch (error) {
        return error as Error
      }
    })()
    expect(caught).toSatisfy(isClosecallError)
    expect(caught!.message).toMatch(sentence)
  })

  it('is refused by the types, too', () => {
    expectTypeOf(probe).returns.toEqualTypeOf<Extension>()
    void (() => probe((webSocketURL) => new URL('/health', webSocketURL.replace('ws', 'http')), {timeout: 100, status: ({status}) => status, init: {credentials: 'include'}}))
    // @ts-expect-error always a GET
    void (() => probe('/health', {init: {method: 'POST'}}))
    // @ts-expect-error a body is read by nobody, so nothing can be waited for
    void (() => probe('/health', {status: async () => 503}))
  })
})
