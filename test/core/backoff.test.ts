// Are the delays those of docs/spec.md, for any attempt and any policy?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {backoff, defaultBackoff, type Jitter} from '../../src/core/index.ts'

const with_ = (jitter: Jitter) => ({...defaultBackoff, jitter})

describe('backoff', () => {
  it('starts at 1 s, doubles and stops growing at 30 s [CC-30]', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((attempt) => backoff(attempt, 0.5))).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it.each([1015, 1016, 1100, 2000, Number.MAX_SAFE_INTEGER])('is no less at attempt %i [CC-30]', (attempt) => {
    expect(backoff(attempt, 0.5)).toBe(30_000)
    expect(backoff(attempt, 0.5, {...defaultBackoff, factor: 100, initialDelay: 1})).toBe(30_000)
  })

  it.each([
    [0.5, 0, 0.5],
    [0.5, 1, 1.5],
    [0, 0.7, 1],
    [1, 0, 0],
    [1, 1, 2],
    ['full', 0, 0],
    ['full', 1, 1],
    ['equal', 0, 0.5],
    ['equal', 1, 1],
    ['none', 0.3, 1],
  ] as const)('jitter %s draws %d into %d of the nominal delay, at the cap, too [CC-31]', (jitter, random, ratio) => {
    expect(backoff(0, random, with_(jitter))).toBe(1000 * ratio)
    expect(backoff(99, random, with_(jitter))).toBe(30_000 * ratio)
  })

  it('draws decorrelated jitter from the delay before [CC-31]', () => {
    const options = with_('decorrelated')
    expect(backoff(0, 1, options)).toBe(3000)
    expect(backoff(4, 0, options, 9000)).toBe(1000)
    expect(backoff(4, 1, options, 9000)).toBe(27_000)
    expect(backoff(4, 1, options, 29_000)).toBe(30_000)
  })

  it('takes the result of a function that gives a delay, and the nominal one otherwise [CC-32]', () => {
    expect(backoff(2, 0.25, with_((nominal, random, attempt, previous) => nominal + random + attempt + previous), 7)).toBe(4000 + 0.25 + 2 + 7)
    for (const wrong of [NaN, -1, Infinity, 2 ** 31, 'soon' as never]) expect(backoff(1, 0.5, with_(() => wrong))).toBe(2000)
  })

  it('stays within its bounds, whatever the policy [CC-30] [CC-31]', () => {
    const policies = fc.record({
      initialDelay: fc.integer({min: 1, max: 60_000}),
      factor: fc.double({min: 1, max: 100, noNaN: true}),
      maxDelay: fc.integer({min: 60_000, max: 3_600_000}),
      jitter: fc.oneof(fc.double({min: 0, max: 1, noNaN: true}), fc.constantFrom<Jitter>('full', 'equal', 'decorrelated', 'none')),
    })
    fc.assert(
      fc.property(policies, fc.nat(5000), fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (options, attempt, random) => {
        const delay = backoff(attempt, random, options)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(options.maxDelay * 2)
      }),
    )
  })
})
