// 1013 and every other reason to come back: when, how often, and what may a server say about it?

import {describe, expect, it} from 'vitest'
import type {Options} from '../../src/index.ts'
import {closesAfter, closesWith, drops, echoes, nobodyListens, refuses, sequence, type Behaviour} from '../helpers/servers.ts'
import {connecting, fasterClock, once, serving, state} from './harness.ts'

/** The defaults, with a clock that runs 50 times as fast. A loaded machine must not make a short connection look stable, or a handshake late. */
const defaults = (): Options => ({backoff: {}, clock: fasterClock(50), stableAfter: 3_600_000, connectTimeout: 3_600_000})

describe('1013 again and again', () => {
  it('comes back after about 1, 2, 4 and 8 s [CC-8] [CC-30] [CC-35]', async () => {
    const server = await serving(sequence(closesWith(1013), closesWith(1013), closesWith(1013), closesWith(1013), echoes()))
    const client = connecting(server, defaults())
    for (const [attempt, nominal] of [1000, 2000, 4000, 8000].entries()) {
      const retry = await once(client, 'retry')
      expect(retry).toMatchObject({attempt: attempt + 1, last: {code: 1013}, verdict: {action: 'retry', fault: 'server'}})
      expect(retry.delay).toBeGreaterThanOrEqual(nominal * 0.5)
      expect(retry.delay).toBeLessThan(nominal * 1.5)
    }
    await state(client, 'open')
    expect(server.connections.length).toBe(5)
    expect(client.reports).toEqual([])
  })

  it('draws every delay afresh [CC-31]', async () => {
    const server = await serving(closesWith(1013))
    const delays = new Set<number>()
    for (let i = 0; i < 8; i++) {
      const client = connecting(server, defaults())
      delays.add((await once(client, 'retry')).delay)
      client.close()
    }
    expect(delays.size).toBe(8)
  })

  it('starts from 1 s again after a connection that was stable [CC-33]', async () => {
    const server = await serving(sequence(closesWith(1013), closesWith(1013), closesAfter(1, 1013), echoes()))
    const client = connecting(server, {backoff: {initialDelay: 5, maxDelay: 20, jitter: 'none'}, stableAfter: 1000})
    // The third connection stays until the client speaks: the state changes once more when it has proven stable.
    let stable = false
    client.on('open', ({attempt, stableAt}) => (stable ||= attempt === 0 && stableAt === undefined))
    await server.until(() => server.connections.length === 3)
    await expect.poll(() => client.state).toMatchObject({name: 'open', attempt: 0})
    client.send('done')
    expect(await once(client, 'retry')).toMatchObject({attempt: 1, delay: 5})
  })
})

describe('hints in the reason', () => {
  it.each([
    ['retry-after=3;spread=0', 3000, 3000],
    ['retry-after=3', 3000, 4000],
    ['retry-after=0.25;spread=2', 250, 2250],
    ['spread=7', 0, 7000],
    ['{"retryAfter":4}', 4000, 5000],
    ['{"retry_after_ms":1500}', 1500, 2500],
    ['{"__proto__":{"retryAfter":2}}', 2000, 3000],
    ['overloaded, Retry-After: 12, sorry', 12_000, 13_000],
    ['retry-after=1000000000', 600_000, 601_000],
    ['retry-after=1000000000;spread=1000000000', 600_000, 1_200_000],
    [`retry-after=${'9'.repeat(110)}`, 600_000, 601_000],
  ])('%s: waits from %i to %i ms [CC-40] [CC-42]', async (reason, from, to) => {
    const server = await serving(closesWith(1013, reason))
    const client = connecting(server, {backoff: {}})
    const {delay} = await once(client, 'retry')
    expect(delay).toBeGreaterThanOrEqual(from)
    expect(delay).toBeLessThanOrEqual(to)
  })

  it('the application hands on a hint from a message of its own [CC-43]', async () => {
    const server = await serving(closesAfter(1, 1013))
    const client = connecting(server, {backoff: {}})
    await client.ready
    client.hint({after: 77_000, spread: 0})
    client.send('go')
    expect((await once(client, 'retry')).delay).toBe(77_000)
  })
})

describe('reasons that mean harm', () => {
  const reasons = [
    'null',
    '503',
    '{}',
    '[]',
    '"',
    '{"retryAfter":',
    '{"retryAfter":-5}',
    'retry-after=-5',
    'retry-after=NaN',
    'retry-after=Infinity',
    'retry-after=1e9',
    'retry-after=0x10',
    'retry-after=',
    '__proto__',
    '\0\x01\x07\x08\x1b[2J\x1b]0;owned\x07\r\n\u2028\u202e',
    '<img src=x onerror=alert(1)>',
    '${7*7}{{7*7}}%s%d%o%n',
    '€'.repeat(41),
    '\u{1f9e8}'.repeat(30),
    'retry-after='.repeat(10),
    `${' '.repeat(100)}retry-after=`,
    'x'.repeat(123),
  ]
  it.each(reasons)('%j costs a usual backoff and nothing else [CC-87]', async (reason) => {
    const server = await serving(closesWith(1013, reason))
    const client = connecting(server, {backoff: {}})
    const {delay, last} = await once(client, 'retry')
    expect(delay).toBeGreaterThanOrEqual(500)
    expect(delay).toBeLessThan(1500)
    expect(last.reason).toBe(reason)
    // One line, whatever the server said: a log must not be forged.
    expect(client.history[0]!.explanation).toMatch(/^1013 [^\0-\x1f]+$/)
  })
})

describe('servers that would have a loop', () => {
  /** The least time that five retries with the default backoff take: half of 1, 2, 4, 8 and 16 s. */
  const least = 15_500

  it.each<[string, () => Behaviour, Options]>([
    ['accepts and closes with 1001', () => closesWith(1001), {}],
    ['accepts and closes with 1011', () => closesWith(1011), {}],
    ['accepts and closes with 1013', () => closesWith(1013), {}],
    ['accepts and closes with 1000, where that means retry', () => closesWith(1000), {onNormalClosure: 'retry'}],
    ['accepts and drops', () => drops(), {}],
    ['accepts and sends an illegal code', () => closesWith(999), {}],
    ['refuses with 503', () => refuses(503), {}],
    ['refuses with 429 and Retry-After: 0', () => refuses(429, {'retry-after': '0'}), {}],
  ])('one that %s gets no sixth retry before 15.5 s [CC-30]', async (_, behaviour, options) => {
    const server = await serving(behaviour())
    const {clock, ...rest} = defaults()
    const start = clock!.now()
    connecting(server, {...rest, ...options, clock: clock!})
    await server.until(() => server.connections.length === 6)
    // A lower bound: timers come late, never early but for rounding.
    expect(clock!.now() - start).toBeGreaterThan(least * 0.95)
  })

  it('one that says "retry-after=0;spread=0" each time is not obeyed in a loop [CC-42]', async () => {
    const server = await serving(closesWith(1013, 'retry-after=0;spread=0'))
    const {clock, ...rest} = defaults()
    const client = connecting(server, {...rest, clock: clock!})
    const delays: number[] = []
    client.on('retry', ({delay}) => delays.push(delay))
    await server.until(() => server.connections.length === 5)
    expect(delays[0]).toBe(0)
    expect(delays.length).toBeGreaterThanOrEqual(4)
    for (const delay of delays.slice(1)) expect(delay).toBeGreaterThanOrEqual(500)
  })

  it.each([
    [1008, closesWith(1008)],
    [401, refuses(401)],
  ])('one that always says %i is asked twice [CC-13]', async (_, behaviour) => {
    const server = await serving(behaviour)
    const client = connecting(server, {credentials: () => 'token'})
    await state(client, 'failed')
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(2)
  })

  it('one that alternates 1008 and 1013 is backed off from every second time [CC-13]', async () => {
    const server = await serving((visit) => closesWith(visit.index % 2 ? 1013 : 1008)(visit))
    const client = connecting(server, {...defaults(), credentials: () => 'token'})
    const delays: number[] = []
    client.on('retry', ({delay}) => delays.push(delay))
    await server.until(() => server.connections.length === 6)
    expect(delays.slice(0, 4).map((delay) => delay >= 500)).toEqual([false, true, false, true])
  })

  it('an address that can never be had is asked for ever more slowly [CC-30]', async () => {
    const nowhere = await nobodyListens()
    const delays: number[] = []
    const {clock, ...rest} = defaults()
    const client = connecting(nowhere, {...rest, clock: clock!})
    client.on('retry', ({delay}) => delays.push(delay))
    await expect.poll(() => delays.length, {timeout: 10_000}).toBe(5)
    for (const [attempt, delay] of delays.entries()) expect(delay).toBeGreaterThanOrEqual(500 * 2 ** attempt)
  })
})
