// When does the client come back?

import {describe, expect, it} from 'vitest'
import type {Jitter, Options} from '../../src/index.ts'
import {accepts, acceptsThenCloses, neverAnswers, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {long, setUp, takeUncaught, watchTheWorld} from './fixture.ts'

watchTheWorld()

const delaysOf = async (behaviour: Behaviour, options: Omit<Options, 'clock'>, retries: number): Promise<number[]> => {
  const {client, clock, delays, network} = setUp(behaviour, options)
  for (let steps = 0; steps <= 2 * retries && delays.length < retries; steps++) {
    expect(network.live.length).toBeLessThan(2)
    await clock.advance((clock.nextAt ?? clock.now()) - clock.now())
  }
  client.close()
  return delays.slice(0, retries)
}

const busy = acceptsThenCloses(1013)

describe('the delay [CC-30] [CC-31]', () => {
  it.each<[string, Options, number[]]>([
    ['doubles from 1 s to 30 s', {}, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
    ['at least half', {random: () => 0}, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
    ['starts, grows and ends as asked', {backoff: {initialDelay: 10, factor: 3, maxDelay: 100}}, [10, 30, 90, 100, 100]],
    ['a ratio of 0 is no jitter', {backoff: {jitter: 0}, random: () => 0.9}, [1000, 2000, 4000]],
    ['none', {backoff: {jitter: 'none'}, random: () => 0.9}, [1000, 2000, 4000]],
    ['full', {backoff: {jitter: 'full'}, random: () => 0.25}, [250, 500, 1000]],
    ['equal', {backoff: {jitter: 'equal'}, random: () => 0}, [500, 1000, 2000]],
    ['decorrelated, which remembers the delay before', {backoff: {jitter: 'decorrelated'}, random: () => 1 - 2 ** -53}, [3000, 9000, 27_000, 30_000, 30_000].map((delay) => expect.closeTo(delay, 3))],
    ['a function', {backoff: {jitter: (nominal, random, attempt) => nominal + random + attempt}}, [1000.5, 2001.5, 4002.5]],
    ['a function of the delay before', {backoff: {jitter: (_nominal, _random, _attempt, previous) => previous + 1}}, [1001, 1002, 1003]],
    ['one factor: always the same', {backoff: {factor: 1}}, [1000, 1000, 1000]],
  ])('%s', async (_name, options, expected) => {
    expect(await delaysOf(busy, options, expected.length)).toEqual(expected)
  })

  it('is at least about half a second after a 1001: a page that Firefox is leaving opens no other socket [CC-98]', async () => {
    const short = {backoff: {initialDelay: 1, jitter: 'none' as const}}
    expect(await delaysOf(acceptsThenCloses(1001), short, 2)).toEqual([500, 500])
    expect(await delaysOf(acceptsThenCloses(1001), {...short, random: () => 0}, 1)).toEqual([250])
    expect(await delaysOf(acceptsThenCloses(1001), {}, 3)).toEqual([1000, 2000, 4000])
    expect(await delaysOf(acceptsThenCloses(1001, 'retry-after=0;spread=0'), short, 1)).toEqual([0])
  })

  it('is drawn anew for each attempt, after the cap', async () => {
    let draws = 0
    const delays = await delaysOf(busy, {random: () => (draws++ % 7) / 7, backoff: {maxDelay: 1000}}, 20)
    expect(new Set(delays).size).toBeGreaterThan(3)
    for (const delay of delays) expect(delay >= 500 && delay < 1500).toBe(true)
  })

  it.each<Jitter>([0.5, 1, 'full', 'equal', 'decorrelated', 'none'])('stays within bounds up to attempt 2000: %s', async (jitter) => {
    const {client, clock, delays, network} = setUp(refuses(), {backoff: {jitter}, random: () => 0.999})
    while (delays.length < 2000) await clock.advance((clock.nextAt ?? clock.now()) - clock.now())
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500)
    expect(Math.max(...delays)).toBeLessThanOrEqual(60_000)
    expect(client.state).toMatchObject({name: 'backoff', attempt: 2000})
    expect(network.live).toEqual([])
    client.close()
  })

  it.each([NaN, -1, Infinity, 2 ** 31, 'soon', undefined])('a jitter function that gives %s is not listened to [CC-32]', async (bad) => {
    expect(await delaysOf(busy, {backoff: {jitter: () => bad as number}}, 3)).toEqual([1000, 2000, 4000])
  })

  it('a jitter function that throws stops nothing [CC-32]', async () => {
    const {client, clock, delays} = setUp(busy, {
      backoff: {
        jitter: () => {
          throw new Error('of jitter')
        },
      },
    })
    await clock.advance(3000)
    takeUncaught()
    expect(delays).toEqual([1000, 2000, 4000])
    client.close()
  })

  it('is the same for 1006: a 1013 often comes disguised as one', async () => {
    expect(await delaysOf(refuses(), {}, 4)).toEqual(await delaysOf(busy, {}, 4))
  })

  it('of 1012 is spread over 5 to 30 s at first, then grows as usual [CC-15]', async () => {
    expect(await delaysOf(acceptsThenCloses(1012), {}, 3)).toEqual([17_500, 2000, 4000])
    expect(await delaysOf(acceptsThenCloses(1012), {random: () => 0}, 1)).toEqual([5000])
    expect(await delaysOf(acceptsThenCloses(1012), {random: () => 0.999_999}, 1)).toEqual([expect.closeTo(30_000, 0)])
    expect(await delaysOf(acceptsThenCloses(1012), {backoff: {restartSpread: [0, 100]}}, 1)).toEqual([50])
  })

  it('is told early enough to draw a countdown [CC-35]', async () => {
    const {client, clock} = setUp(busy)
    const told: unknown[] = []
    client.on('retry', ({attempt, delay, retryAt, verdict}) => told.push([clock.now(), attempt, delay, retryAt, verdict.name]))
    await clock.advance(1000)
    expect(told).toEqual([[0, 1, 1000, 1000, 'Try Again Later'], [1000, 2, 2000, 3000, 'Try Again Later']])
    client.close()
  })

  it('is over at once on a machine that slept through it', async () => {
    const {client, clock} = setUp(sequence(busy, accepts()))
    await clock.advance(0)
    await clock.jump(long)
    expect(client.state.name).toBe('open')
    client.close()
  })
})

describe('past failures [CC-33] [CC-34]', () => {
  it('are forgotten after 10 s of open connection, not on open', async () => {
    const {client, clock, network, delays} = setUp(sequence(busy, busy, accepts()))
    await clock.advance(3000)
    expect(client.state).toMatchObject({name: 'open', attempt: 2})
    await clock.advance(9999)
    network.last.server.close(1013)
    await clock.advance(4000)
    expect(delays).toEqual([1000, 2000, 4000])
    await clock.advance(10_000)
    expect(client.state).toMatchObject({name: 'open', attempt: 0})
    network.last.server.close(1013)
    await clock.advance(0)
    expect(delays).toEqual([1000, 2000, 4000, 1000])
    client.close()
  })

  it('are forgotten as soon as stableAfter says', async () => {
    const {client, clock, network, delays} = setUp(accepts(), {stableAfter: 3000})
    for (let times = 0; times < 3; times++) {
      await clock.advance(4100)
      network.last.server.close(1013)
      await clock.advance(0)
    }
    expect(delays).toEqual([1000, 1000, 1000])
    client.close()
  })

  it.each([1000, 1008, 4000, 1013, 1006])('an accept-then-close server is no hot loop: %i', async (code) => {
    const {client, clock, network} = setUp(acceptsThenCloses(code), {verdicts: {[code]: 'retry'}, credentials: () => 'x'})
    await clock.advance(60_000)
    expect(network.sockets.length).toBeLessThan(10)
    client.close()
  })

  it('end the client after maxAttempts retries', async () => {
    const {client, clock, network} = setUp(refuses(), {backoff: {maxAttempts: 3}})
    client.on('report', () => {})
    await clock.advance(long)
    expect(client.state).toMatchObject({name: 'failed', why: 'attempts', last: {code: 1006}})
    expect(network.sockets).toHaveLength(4)
  })

  it('allow no retry with maxAttempts: 0', async () => {
    const {client, clock, network} = setUp(refuses(), {backoff: {maxAttempts: 0}})
    client.on('report', () => {})
    await clock.advance(long)
    expect(client.state).toMatchObject({name: 'failed', why: 'attempts'})
    expect(network.sockets).toHaveLength(1)
  })

  it('count hung handshakes', async () => {
    const {client, clock, delays} = setUp(neverAnswers(), {connectTimeout: 100})
    await clock.advance(100 + 1000 + 100 + 2000 + 100)
    expect(delays).toEqual([1000, 2000, 4000])
    client.close()
  })
})

describe('a hint [CC-40] to [CC-43]', () => {
  // The default spread is a second, of which chance 0.5 takes half.
  it.each<[string, number]>([
    ['retry-after=3', 3500],
    ['retry-after=1.5;spread=10', 6500],
    ['spread=10', 5000],
    ['retry-after=0;spread=0', 0],
    ['{"retryAfter":3}', 3500],
    ['{"retry_after":3}', 3500],
    ['{"retryAfterMs":1500}', 2000],
    ['{"Retry-After":"10"}', 10_500],
    ['busy, retry-after=3 please', 3500],
    ['retry-after=99999999999999999999', 600_500],
    [`retry-after=${'9'.repeat(100)}`, 600_500],
    ['retry-after=1;spread=99999999999', 301_000],
  ])('in the reason is followed, within bounds: %s', async (reason, expected) => {
    expect(await delaysOf(acceptsThenCloses(1013, reason), {}, 1)).toEqual([expected])
  })

  it.each(['', '503', 'null', '{}', '[]', '"', '{"retryAfter":null}', '{"retryAfter":-1}', '{"retryAfter":"soon"}', 'retry-after=', 'retry-after=-5', 'retry-after=1e9', 'retry-after=0x10', 'true', '{"a":'.repeat(24), '\0\uFFFF\uD800', '__proto__'])(
    'is not read into the reason %j',
    async (reason) => {
      const {client, clock, delays} = setUp(acceptsThenCloses(1013, reason))
      await clock.advance(0)
      expect(delays).toEqual([1000])
      expect(client.state).toMatchObject({last: {reason}})
      client.close()
    },
  )

  it('is followed on every code that is retried', async () => {
    expect(await delaysOf(acceptsThenCloses(4013, 'retry-after=3'), {}, 1)).toEqual([3500])
    expect(await delaysOf(acceptsThenCloses(1012, 'retry-after=3'), {}, 1)).toEqual([3500])
    expect(await delaysOf(acceptsThenCloses(1001, 'spread=4'), {}, 1)).toEqual([2000])
  })

  it('makes nothing of a close that stops', async () => {
    const {client, clock} = setUp(acceptsThenCloses(1007, 'retry-after=3'))
    client.on('report', () => {})
    await clock.advance(long)
    expect(client.state.name).toBe('failed')
  })

  it('of 0 is obeyed once, not in a loop', async () => {
    expect(await delaysOf(acceptsThenCloses(1013, 'retry-after=0;spread=0'), {}, 4)).toEqual([0, 1000, 1000, 1000])
  })

  it('is clamped to maxHint', async () => {
    expect(await delaysOf(acceptsThenCloses(1013, 'retry-after=3600;spread=0'), {backoff: {maxHint: 5000}}, 1)).toEqual([5000])
  })

  it('beyond what a timer can count is no hot loop', async () => {
    const {client, clock, network} = setUp(acceptsThenCloses(1013, `retry-after=${'9'.repeat(20)};spread=${'9'.repeat(20)}`), {backoff: {maxHint: 2 ** 31 - 1}, random: () => 0.9})
    // In a hot loop each round takes 1 ms.
    await clock.advance(100)
    expect(network.sockets).toHaveLength(1)
    client.close()
  })

  it('in Retry-After of a refused handshake is followed, where it can be seen', async () => {
    expect(await delaysOf(refuses(503, {retryAfter: 7000}), {}, 1)).toEqual([7500])
    expect(await delaysOf(refuses(429, {retryAfter: 0}), {}, 1)).toEqual([500])
  })

  it('in the reason goes before all others', async () => {
    const {client, clock, network, delays} = setUp()
    await clock.advance(0)
    client.hint({after: 9000})
    network.last.server.close(1013, 'retry-after=3')
    await clock.advance(0)
    expect(delays).toEqual([3500])
    client.close()
  })

  it('from a message of the application is kept for the close to come, once', async () => {
    const {client, clock, network, delays} = setUp()
    await clock.advance(0)
    client.hint({after: 9000, spread: 2000})
    await clock.advance(60_000)
    network.last.server.drop()
    await clock.advance(10_000)
    expect(delays).toEqual([10_000])
    network.last.server.drop()
    await clock.advance(0)
    expect(delays).toEqual([10_000, 2000])
    client.close()
  })

  it('is replaced by a later one, spread and all', async () => {
    const {client, clock, network, delays} = setUp()
    await clock.advance(0)
    client.hint({after: 9000, spread: 60_000})
    client.hint({after: 2000})
    network.last.server.close(1013)
    await clock.advance(0)
    expect(delays).toEqual([2500])
    client.close()
  })

  it('given in backoff counts from then, and is told', async () => {
    const {client, clock, delays, states} = setUp(sequence(busy, accepts()))
    await clock.advance(400)
    client.hint({after: 5000, spread: 0})
    expect(client.state).toMatchObject({name: 'backoff', attempt: 1, delay: 5000, retryAt: 5400})
    expect(delays).toEqual([1000, 5000])
    expect(client.stats.retries).toBe(0)
    await clock.advance(4999)
    expect(client.state.name).toBe('backoff')
    await clock.advance(1)
    expect(client.state.name).toBe('open')
    expect(states).toEqual(['open', 'backoff', 'backoff', 'connecting', 'open'])
    client.close()
  })

  it('can\'t start anything elsewhere', async () => {
    const {client, clock, network} = setUp(accepts(), {autoOpen: false})
    client.hint({after: 0})
    await clock.advance(long)
    expect(client.state.name).toBe('idle')
    expect(network.sockets).toEqual([])
  })

  it('of any size from the application is clamped', async () => {
    const {client, clock, delays} = setUp(busy)
    await clock.advance(0)
    client.hint({after: Infinity, spread: Infinity})
    expect(delays.at(-1)).toBe(900_000)
    client.close()
  })
})
