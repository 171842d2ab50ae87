// Is what is simulated possible, complete, and the same each time?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {delayPolicy, simulate, transitionPolicy, type DelayFunction, type HintFunction, type Outage, type SimulateOptions, type Simulation, type Told} from '../../src/simulator/index.ts'

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/** Capped, so that attempts are not too many. */
const around: DelayFunction = (attempt, random) => Math.min(4000, 200 * 2 ** Math.min(attempt, 10)) * (0.5 + random)

const outages: fc.Arbitrary<Outage> = fc.oneof(
  fc.constant<Outage>({kind: 'shed'}),
  fc.record({kind: fc.constantFrom('restart' as const, 'cut' as const), duration: fc.integer({min: 0, max: 20_000})}),
  fc.record({kind: fc.constant('brownout' as const), capacity: fc.double({min: 0.01, max: 1, noNaN: true}), duration: fc.integer({min: 0, max: 40_000})}),
  fc.record({kind: fc.constant('flapping' as const), up: fc.integer({min: 0, max: 9000}), down: fc.integer({min: 0, max: 5000}), times: fc.integer({min: 1, max: 5})}),
)

const policies: fc.Arbitrary<NonNullable<SimulateOptions['policy']>> = fc.oneof(
  fc.constantFrom(transitionPolicy(), transitionPolicy({backoff: {jitter: 'decorrelated'}, connectTimeout: 500}), transitionPolicy({backoff: {maxAttempts: 3}})),
  fc.constantFrom<DelayFunction>(around, () => 1000, (attempt) => (attempt < 3 ? 500 : undefined), (_, random, __, {hint}) => (hint?.after ?? 100) + random * (hint?.spread ?? 1000)),
  fc.constantFrom('open' as const, 0, 3000).map((resets) => delayPolicy(around, {resets})),
)

const herds: fc.Arbitrary<SimulateOptions> = fc.record({
  clients: fc.integer({min: 1, max: 200}),
  seed: fc.maxSafeInteger(),
  outage: outages,
  policy: policies,
  server: fc.record({
    capacity: fc.double({min: 1, max: 200, noNaN: true}),
    queue: fc.constantFrom(0, 0.1, 1, 20),
    refusalCost: fc.constantFrom(0, 0.1, 2),
    sheds: fc.constantFrom('close' as const, 'refuse' as const),
    hint: fc.constantFrom(undefined, {spread: 3000}, {after: 500, spread: 0}, ((now, waiting) => ({after: now % 1000, spread: 100 * waiting})) as HintFunction),
  }),
  network: fc.record({roundTrip: fc.constantFrom(0, 80, 900), news: fc.constantFrom(0, 100, 3000)}),
  limit: fc.constant({time: 60_000, attempts: 100}),
  step: fc.constantFrom(50, 100, 1000),
})

/** What holds for whatever is simulated. */
const expectPossible = ({clients, server, outage = {kind: 'shed'}, network, step = 100}: SimulateOptions, result: Simulation): void => {
  const {attempts, back, bound, fairness, gaveUp, outcomes, peak, series, stopped, times, up, waiting} = result
  const there = Math.round(back * clients)
  // Each client is back, gave up, or is still waited for, and that only if it was stopped.
  expect(there + gaveUp + waiting).toBe(clients)
  if (!stopped) expect(waiting).toBe(0)
  // Each attempt came to something, or is under way.
  const done = outcomes.accepted + outcomes.shed + outcomes.failed
  expect(done).toBeLessThanOrEqual(attempts.total)
  expect(attempts.total - done).toBeLessThanOrEqual(stopped ? clients : 0)
  expect(attempts.mean).toBeCloseTo(attempts.total / clients, 9)
  expect(attempts.worst).toBeGreaterThanOrEqual(attempts.mean)
  expect(outcomes.accepted).toBeGreaterThanOrEqual(there)
  if (outage.kind !== 'flapping') expect(outcomes.accepted).toBe(there)
  // The series tells the same.
  const {arrivals, accepted, shed, connected} = series
  expect(new Set([arrivals, accepted, shed, connected].map(({length}) => length)).size).toBe(1)
  expect(total(accepted)).toBe(outcomes.accepted)
  expect(total(shed)).toBe(outcomes.shed)
  expect(connected.at(-1)).toBe(there)
  for (const count of connected) expect(count).toBeGreaterThanOrEqual(0)
  expect(total(arrivals)).toBeLessThanOrEqual(attempts.total)
  // What never has to wait for anybody else has arrived before it is answered.
  if (!stopped) expect(total(arrivals)).toBeGreaterThanOrEqual(outcomes.accepted + outcomes.shed)
  // The server is not faster than it is: it may have begun with what the step before left.
  const perStep = (server!.capacity! * step) / 1000
  for (const count of accepted) expect(count).toBeLessThanOrEqual(perStep + 1)
  expect(peak.tenth).toBeGreaterThanOrEqual(peak.second - 1e-9)
  // Nor is anybody back before they can be.
  const ordered = [times.half, times.most, times.nearly, times.all]
  expect(ordered).toEqual([...ordered].sort((a, b) => a - b))
  expect(times.all).toBeGreaterThanOrEqual(bound - 1e-6)
  expect(times.half).toBeGreaterThanOrEqual((Math.ceil(clients / 2) / server!.capacity!) * 1000 - 1e-6)
  expect(times.half).toBeGreaterThanOrEqual(network!.roundTrip! / 2)
  expect(times.all < Infinity).toBe(there === clients)
  expect(bound).toBeGreaterThanOrEqual((clients / server!.capacity!) * 1000 - 1e-6)
  expect(up).toBeGreaterThanOrEqual(0)
  expect(fairness).toBeGreaterThan(0)
  expect(fairness).toBeLessThanOrEqual(1 + 1e-9)
}

describe('a herd', () => {
  it('loses nobody, invents nothing, and is never faster than the server [CC-246] [CC-247]', () => {
    fc.assert(fc.property(herds, (herd) => expectPossible(herd, simulate(herd))), {numRuns: 200})
  })

  it('is the same each time, and another with another seed [CC-240]', () => {
    fc.assert(
      fc.property(herds, (herd) => {
        expect(simulate(herd)).toEqual(simulate(herd))
      }),
      {numRuns: 20},
    )
    const series = [1, 2, 2 ** 40].map((seed) => simulate({clients: 500, seed}).series.arrivals.join())
    expect(new Set(series).size).toBe(3)
  })

  it('is the same in every engine: these are its figures [CC-240]', () => {
    const {attempts, outcomes, times} = simulate({clients: 1000, seed: 42})
    expect({attempts: attempts.total, ...outcomes, nearly: Math.round(times.nearly)}).toMatchInlineSnapshot(`
      {
        "accepted": 1000,
        "attempts": 4649,
        "failed": 0,
        "nearly": 79564,
        "shed": 3649,
      }
    `)
  })

  it('does not depend on its size, if the server grows with it [CC-240]', () => {
    const [small, large] = [2000, 20_000].map((clients) => simulate({clients}))
    expect(large!.attempts.mean / small!.attempts.mean).toBeCloseTo(1, 1)
    expect(large!.times.nearly / small!.times.nearly).toBeCloseTo(1, 1)
  })

  it('may be one client, or a million [CC-240]', () => {
    expect(simulate({clients: 1, server: {capacity: 10}})).toMatchObject({back: 1, attempts: {total: 1, mean: 1, worst: 1}, fairness: 1})
    // Most of them give up, which is soon done.
    const {back, gaveUp} = simulate({clients: 1_000_000, policy: (_, random) => (random < 0.02 ? 1_000_000 * random : undefined)})
    expect(back).toBeCloseTo(0.02, 3)
    expect(gaveUp).toBe(1_000_000 * (1 - back))
  })
})

describe('a server', () => {
  /** All at the same time, each once. */
  const rush = (server: SimulateOptions['server'], clients = 100): Simulation => simulate({clients, server, network: {roundTrip: 0, news: 0}, policy: (attempt) => (attempt ? undefined : 1000)})

  it('accepts what its queue has room for, one after the other, and sheds the rest [CC-243]', () => {
    const {outcomes, times, peak, series} = rush({capacity: 10, queue: 2})
    // The one in service, and those who wait for no longer than two seconds.
    expect(outcomes).toEqual({accepted: 21, shed: 79, failed: 0})
    expect(times.half).toBe(Infinity)
    expect(peak).toEqual({second: 10, tenth: 100})
    expect(series.accepted.slice(10)).toEqual([0, ...Array.from({length: 21}, () => 1)])
    expect(rush({capacity: 10, queue: 0}).outcomes.accepted).toBe(1)
    expect(rush({capacity: 10, queue: 20}).outcomes.accepted).toBe(100)
  })

  it('takes the time for refusals from those who wait, and beyond twice the queue the kernel refuses [CC-243]', () => {
    const free = rush({capacity: 10, queue: 1}, 1000)
    const costly = rush({capacity: 10, queue: 1, refusalCost: 0.5}, 1000)
    expect(free.outcomes).toEqual({accepted: 11, shed: 989, failed: 0})
    // From 11 to beyond 20, by halves.
    expect(costly.outcomes).toEqual({accepted: 11, shed: 19, failed: 970})
    const later = (refusalCost: number): number => simulate({clients: 100, network: {roundTrip: 0, news: 0}, server: {capacity: 10, refusalCost}, policy: (attempt) => [1000, 1500][attempt]}).outcomes.accepted
    expect(later(0)).toBeGreaterThan(later(0.5))
  })

  it('closes with 1013, or lets the handshake fail [CC-243]', () => {
    const told = (sheds: 'close' | 'refuse'): Told[] => {
      const all: Told[] = []
      simulate({clients: 10, server: {capacity: 1, queue: 0, sheds}, outage: {kind: 'cut', duration: 0}, policy: (_, random, __, {lot: _lot, ...said}) => (all.push({...said, lot: 0}), 20_000 * random)})
      return all
    }
    expect(told('close').slice(10)).toContainEqual({code: 1013, hint: undefined, opened: true, lot: 0})
    expect(told('refuse').slice(10)).toContainEqual({code: 1006, hint: undefined, opened: false, lot: 0})
    expect(told('close').slice(0, 10).every(({code, opened}) => code === 1006 && opened)).toBe(true)
  })

  it('says the same to all, or something else to each, in reasons that closecall reads [CC-244]', () => {
    const capacity = 50
    const asked: [now: number, waiting: number][] = []
    let next = 0
    const slot: HintFunction = (now, waiting) => {
      asked.push([now, waiting])
      next = Math.max(next + 1000 / capacity, now)
      return {after: next - now, spread: 0}
    }
    const spread = simulate({clients: 500, server: {capacity, hint: {spread: 10_000}}})
    const slots = simulate({clients: 500, server: {capacity, hint: slot}})
    const none = simulate({clients: 500, server: {capacity, hint: () => undefined}})
    expect(spread.times.all).toBeLessThan(1.2 * spread.bound)
    expect(slots.times.all).toBeLessThan(1.05 * slots.bound)
    expect(slots.attempts.total).toBe(500)
    expect(none.attempts.mean).toBeGreaterThan(2)
    expect(asked.slice(0, 500).every(([now, waiting]) => now === 0 && waiting === 0)).toBe(true)
  })

  it('says when with 1012, too, and nothing where there was no time to [CC-244]', () => {
    const hint = {after: 40_000, spread: 0}
    for (const kind of ['restart', 'cut'] as const) {
      const {times, attempts} = simulate({clients: 10, server: {capacity: 1000, hint}, outage: {kind, duration: 30_000}})
      if (kind === 'cut') {
        expect(attempts.mean).toBeGreaterThan(4)
        continue
      }
      expect(attempts.mean).toBe(1)
      expect(times.half).toBeGreaterThan(10_080)
      expect(times.all).toBeLessThan(10_200)
    }
  })

  it('bounds the delay of a formula that heeds it [CC-244]', () => {
    const {attempts} = simulate({clients: 500, server: {capacity: 50, hint: {spread: 10_000}}, policy: (_, random, __, {hint}) => (hint ? hint.spread! * random : 100)})
    expect(attempts.mean).toBeLessThan(1.2)
  })
})

describe('an outage', () => {
  const codes = (outage: Outage): number[] => {
    const seen = new Set<number>()
    simulate({clients: 20, server: {capacity: 1000}, outage, policy: (_, random, __, {code}) => (seen.add(code), 500 + 4000 * random)})
    return [...seen].sort((a, b) => a - b)
  }

  it.each<[Outage, number[]]>([
    [{kind: 'shed'}, [1013]],
    [{kind: 'restart'}, [1006, 1012]],
    [{kind: 'restart', duration: 0}, [1012]],
    [{kind: 'cut'}, [1006]],
    [{kind: 'brownout'}, [1006]],
    [{kind: 'flapping'}, [1006]],
  ])('%j closes with %j [CC-245]', (outage, expected) => {
    expect(codes(outage)).toEqual(expected)
  })

  it('is over when the server is there for good, and times count from then [CC-245] [CC-247]', () => {
    const up = (outage: Outage): number => simulate({clients: 10, outage}).up
    expect([up({kind: 'shed'}), up({kind: 'restart'}), up({kind: 'cut', duration: 7}), up({kind: 'brownout'}), up({kind: 'flapping', up: 3000, down: 1000, times: 3})]).toEqual([0, 5000, 7, 0, 9000])
    const {times, series} = simulate({clients: 10, server: {capacity: 1000}, outage: {kind: 'cut', duration: 10_000}, policy: () => 1000})
    // All hear of it within 100 ms, and try each second.
    expect(times.all).toBeLessThanOrEqual(1180)
    expect(series.connected.findIndex((count) => count > 0)).toBeGreaterThanOrEqual(100)
  })

  it('takes a round trip to fail where a server restarts, none where there is no network [CC-245]', () => {
    const attempts = (kind: 'restart' | 'cut'): number => simulate({clients: 1, network: {roundTrip: 1000, news: 0}, server: {capacity: 1000}, outage: {kind, duration: 20_000}, policy: () => 1000}).attempts.total
    expect([attempts('restart'), attempts('cut')]).toEqual([11, 20])
  })

  it('of half the capacity takes twice as long while it lasts [CC-245]', () => {
    const bound = (duration: number): number => simulate({clients: 1000, server: {capacity: 10}, outage: {kind: 'brownout', capacity: 0.5, duration}, limit: {time: 1}}).bound
    expect([bound(0), bound(60_000), bound(1_000_000)].map(Math.round)).toEqual([100_000, 130_000, 200_000])
    const {series} = simulate({clients: 500, server: {capacity: 10}, outage: {kind: 'brownout', capacity: 0.5, duration: 20_000}, step: 1000})
    expect(Math.max(...series.accepted.slice(0, 20))).toBeLessThanOrEqual(6)
    expect(Math.max(...series.accepted.slice(20))).toBeGreaterThanOrEqual(10)
  })

  it('that comes and goes takes along who is connected, and who waits in the queue [CC-245]', () => {
    const {series, outcomes, back} = simulate({clients: 100, server: {capacity: 20, queue: 10}, network: {news: 50}, outage: {kind: 'flapping', up: 3000, down: 2000, times: 3}, policy: () => 1000})
    // Gone at 0, 5 and 10 s; there for good from 12 s on.
    expect([series.connected[19], series.connected[50], series.connected[100]]).toEqual([0, 0, 0])
    expect(series.connected[49]).toBeGreaterThan(30)
    expect(outcomes.accepted).toBeGreaterThan(150)
    expect(outcomes.failed).toBeGreaterThan(100)
    expect(back).toBe(1)
  })
})

describe('a client that is a formula', () => {
  it('is given the retries since it last forgot them, chance, the delay before, and what it was told [CC-242]', () => {
    const given: [attempt: number, previous: number, code: number, lot: number][] = []
    simulate({clients: 1, outage: {kind: 'cut', duration: 5000}, network: {news: 0}, policy: (attempt, random, previous, {code, lot}) => (given.push([attempt, previous, code, lot]), expect(random < 1 && random >= 0).toBe(true), 1500 + attempt)})
    expect(given.map(([attempt, previous, code]) => [attempt, previous, code])).toEqual([[0, 0, 1006], [1, 1500, 1006], [2, 1501, 1006], [3, 1502, 1006]])
    expect(new Set(given.map(([, , , lot]) => lot)).size).toBe(1)
  })

  it('forgets them when a connection opens, or only when it was open for long enough [CC-242]', () => {
    const attempts = (resets: 'open' | number | undefined): number => {
      let most = 0
      simulate({clients: 100, server: {capacity: 5}, policy: delayPolicy((attempt) => ((most = Math.max(most, attempt)), 1000), {resets})})
      return most
    }
    expect(attempts('open')).toBe(0)
    expect(attempts(1)).toBeGreaterThan(5)
    expect(attempts(undefined)).toBe(attempts(10_000))
    let most = 0
    const flapping = (resets: number): number => {
      most = 0
      simulate({clients: 20, server: {capacity: 1000}, outage: {kind: 'flapping', up: 8000, down: 2500, times: 4}, policy: delayPolicy((attempt) => ((most = Math.max(most, attempt)), 1000), {resets})})
      return most
    }
    expect(flapping(5000)).toBeLessThan(flapping(9000))
  })

  it('gives up by saying undefined [CC-242]', () => {
    expect(simulate({clients: 100, server: {capacity: 1}, policy: (attempt) => (attempt < 2 ? 1000 : undefined)})).toMatchObject({attempts: {worst: 2}, waiting: 0, stopped: undefined, times: {all: Infinity}})
    expect(simulate({clients: 100, policy: () => undefined})).toMatchObject({gaveUp: 100, back: 0, attempts: {total: 0, mean: 0, worst: 0}, fairness: 1, series: {connected: [0]}})
  })
})

describe('a client of closecall', () => {
  it('gives up an attempt that takes longer than its time limit; the server has its work with it [CC-241]', () => {
    const {outcomes, times} = simulate({clients: 100, server: {capacity: 10, queue: 60}, policy: transitionPolicy({connectTimeout: 3000})})
    expect(outcomes.failed).toBeGreaterThan(50)
    expect(times.all).toBeGreaterThan(12_000)
    expect(simulate({clients: 100, server: {capacity: 10, queue: 60}}).outcomes.failed).toBe(0)
  })

  it('waits for 5–30 s after a 1012, and as a verdict says [CC-241]', () => {
    const first = (policy = transitionPolicy()): number => simulate({clients: 200, server: {capacity: 10_000}, outage: {kind: 'restart', duration: 0}, policy}).series.arrivals.findIndex((count) => count > 0)
    expect(first()).toBeGreaterThanOrEqual(50)
    expect(first(transitionPolicy({verdicts: {1012: {backoff: 'exponential'}}}))).toBeLessThan(10)
    expect(simulate({clients: 10, policy: transitionPolicy({verdicts: {1013: 'stop'}})})).toMatchObject({gaveUp: 10, attempts: {total: 0}})
    expect(simulate({clients: 10, server: {capacity: 0.1}, policy: transitionPolicy({backoff: {maxAttempts: 2}})}).attempts.worst).toBe(2)
  })

  it('forgets failures after `stableAfter` [CC-241]', () => {
    const flapping = (stableAfter: number): number => simulate({clients: 300, server: {capacity: 10_000}, outage: {kind: 'flapping', up: 6000, down: 1000, times: 8}, policy: transitionPolicy({stableAfter})}).times.half
    expect(flapping(1000)).toBeLessThan(flapping(60_000))
  })
})

describe('what does not come to an end', () => {
  it('is stopped by time or attempts, and says so [CC-249]', () => {
    const hammering = {clients: 100, server: {capacity: 1, refusalCost: 1}, policy: () => 100}
    expect(simulate({...hammering, limit: {attempts: 20}})).toMatchObject({stopped: 'attempts', attempts: {total: 2000}, times: {all: Infinity}})
    const {stopped, series, waiting, back} = simulate({...hammering, limit: {time: 5000}})
    expect(stopped).toBe('time')
    expect(series.arrivals.length).toBeLessThanOrEqual(51)
    expect(waiting).toBe(Math.round(100 - 100 * back))
    expect(simulate({clients: 3, server: {capacity: 0.001, queue: 0}, network: {roundTrip: 0, news: 0}, policy: () => 0})).toMatchObject({stopped: 'attempts'})
  })
})

describe('the figures', () => {
  it('are those of a hand-made herd [CC-248]', () => {
    // Ten clients, one a second, each in its slot.
    let next = 0
    const {attempts, back, bound, fairness, peak, series, times} = simulate({clients: 10, network: {roundTrip: 0, news: 0}, server: {capacity: 1}, step: 1000, policy: () => next++ * 1000})
    expect({attempts, back, bound, peak}).toEqual({attempts: {total: 10, mean: 1, worst: 1}, back: 1, bound: 10_000, peak: {second: 1, tenth: 10}})
    expect(times).toEqual({half: 5000, most: 9000, nearly: 10_000, all: 10_000})
    expect(fairness).toBeCloseTo(55 ** 2 / (10 * 385), 12)
    expect(series).toEqual({
      step: 1000,
      arrivals: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
      accepted: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      shed: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      connected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    })
  })

  it('give 0.75 for the fairness of a server that is never idle [CC-248]', () => {
    expect(simulate({clients: 10_000, server: {queue: 60}, policy: () => 0}).fairness).toBeCloseTo(0.75, 2)
  })
})

it.each([1, 2, 7])('has %i clients back, too: a server accepts one a second at least [CC-243]', (clients) => {
  const {back, attempts, bound} = simulate({clients})
  expect(back).toBe(1)
  expect(attempts.worst).toBeLessThan(10)
  expect(bound).toBeLessThanOrEqual(clients * 1000)
})
