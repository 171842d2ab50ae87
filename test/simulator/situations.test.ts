// Are clients that share what transition() said the same as clients that each ask it?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {backoff, type Jitter, type VerdictOverrides} from '../../src/core/index.ts'
import {simulate, transitionPolicy, type Outage, type SimulateOptions, type TransitionOptions} from '../../src/simulator/index.ts'
import {piecewise} from '../../src/simulator/situations.ts'

/** The same policy, with each client asking for itself, as one with a `classify` of the caller's does. */
const asking = (options: TransitionOptions) => ({...transitionPolicy(options), delays: 'any' as const})

const outages: fc.Arbitrary<Outage> = fc.oneof(
  fc.constant<Outage>({kind: 'shed'}),
  fc.record({kind: fc.constant('restart' as const), duration: fc.integer({min: 0, max: 20_000})}),
  fc.record({kind: fc.constant('cut' as const), duration: fc.integer({min: 0, max: 40_000})}),
  fc.record({kind: fc.constant('brownout' as const), capacity: fc.double({min: 0.01, max: 1, noNaN: true}), duration: fc.integer({min: 0, max: 40_000})}),
  fc.record({kind: fc.constant('flapping' as const), up: fc.integer({min: 0, max: 20_000}), down: fc.integer({min: 0, max: 5000}), times: fc.integer({min: 1, max: 5})}),
)

const policies: fc.Arbitrary<TransitionOptions> = fc.record(
  {
    backoff: fc.record(
      {
        initialDelay: fc.integer({min: 1, max: 2000}),
        maxDelay: fc.integer({min: 2000, max: 60_000}),
        factor: fc.constantFrom(1, 1.5, 2),
        jitter: fc.constantFrom<Jitter>('full', 'equal', 'none', 'decorrelated', 0, 0.3, 1),
        maxAttempts: fc.constantFrom(0, 2, Infinity),
        maxHint: fc.constantFrom(1000, 600_000),
      },
      {requiredKeys: []},
    ),
    stableAfter: fc.integer({min: 1000, max: 20_000}),
    connectTimeout: fc.integer({min: 200, max: 10_000}),
    verdicts: fc.constantFrom<VerdictOverrides[]>({1013: 'stop' as const}, {1006: {budget: 3}}, {1012: {backoff: 'exponential' as const}}, {1013: {backoff: {jitter: 'decorrelated' as const}}}, {1006: {backoff: 'unhurried' as const}}),
  },
  {requiredKeys: []},
)

describe('clients in the same situation', () => {
  it('do what each would have done, in every outage, with every policy [CC-241]', () => {
    fc.assert(
      fc.property(fc.integer(), outages, policies, fc.constantFrom(0, 0.2), fc.constantFrom(undefined, {spread: 5000}, {after: 700}, {after: 100, spread: 0}), fc.boolean(), fc.constantFrom(0.2, 3, 20), (seed, outage, options, refusalCost, hint, varies, queue) => {
        const herd: SimulateOptions = {clients: 60, seed, outage, limit: {time: 120_000, attempts: 50}, server: {capacity: 5, queue, refusalCost, hint: varies && hint ? () => hint : hint}}
        const shared = simulate({...herd, policy: transitionPolicy(options)})
        const each = simulate({...herd, policy: asking(options)})
        const {times, fairness, ...counted} = shared
        expect(counted).toEqual({...each, times: undefined, fairness: undefined})
        expect(fairness).toBeCloseTo(each.fairness, 9)
        for (const share of ['half', 'most', 'nearly', 'all'] as const) {
          if (times[share] === Infinity) expect(each.times[share]).toBe(Infinity)
          else expect(times[share]).toBeCloseTo(each.times[share], 3)
        }
      }),
      {numRuns: 60},
    )
  })

  it('ask the jitter function of the caller for each client, with the delay before [CC-241]', () => {
    const given: [nominal: number, attempt: number, previous: number][] = []
    const jitter: Jitter = (nominal, random, attempt, previous) => {
      given.push([nominal, attempt, previous])
      return Math.round(nominal * (0.5 + random))
    }
    simulate({clients: 20, server: {capacity: 1}, policy: transitionPolicy({backoff: {jitter}})})
    expect(given.filter(([, attempt]) => attempt === 0)).toHaveLength(20)
    for (const [nominal, attempt, previous] of given) {
      expect(nominal).toBe(Math.min(30_000, 1000 * 2 ** attempt))
      if (attempt) expect(Math.abs(previous / Math.min(30_000, 1000 * 2 ** (attempt - 1)) - 1)).toBeLessThanOrEqual(0.5)
    }
  })

  it('are judged by the `classify` of the caller, who sees each close [CC-241]', () => {
    const seen: number[] = []
    const {gaveUp, back} = simulate({
      clients: 50,
      server: {capacity: 10},
      policy: transitionPolicy({
        classify: ({code, age}, {attempt}) => {
          if (!attempt) seen.push(age)
          return code === 1013 && attempt === 1 ? {action: 'stop'} : undefined
        },
      }),
    })
    expect(seen.length).toBe(50)
    expect(new Set(seen).size).toBeGreaterThan(40)
    expect(gaveUp).toBeGreaterThan(0)
    expect(gaveUp + back * 50).toBeCloseTo(50)
  })
})

describe('a delay as a table', () => {
  const jitters = ['full', 'equal', 'none', 0, 0.5, 1] as const

  it('is the delay, whatever the rule, bends included [CC-241]', () => {
    fc.assert(
      fc.property(fc.constantFrom(...jitters), fc.nat(20), fc.integer({min: 0, max: 5000}), fc.double({min: 0, max: 1, noNaN: true}), (jitter, attempt, least, random) => {
        const delay = (chance: number): number => Math.max(least * (0.5 + chance), backoff(attempt, chance, {initialDelay: 1000, factor: 2, maxDelay: 30_000, jitter}))
        expect(piecewise(delay)(random)).toBeCloseTo(delay(random), 1)
      }),
    )
  })

  it('asks a straight one a few times [CC-241]', () => {
    let times = 0
    const delay = piecewise((random) => (times++, 3 + random))
    expect(delay(0.25)).toBeCloseTo(3.25, 12)
    expect(times).toBeLessThanOrEqual(17)
  })
})
