// Does the default keep what it was chosen for? closecall's own machine, with default options.

import {describe, expect, it} from 'vitest'
import {createShedder} from '../../src/server/index.ts'
import {simulate, type HintFunction} from '../../src/simulator/index.ts'

const clients = 10_000
const capacity = clients / 60

/** What a server with a shedder says: at the moment of the loss, where it goes, for `away` ms; afterwards to whom it has no room for. */
const slots = (away?: number): HintFunction => {
  let time = 0
  const shedder = createShedder({capacity, now: () => time})
  return (now) => {
    time = now
    return (now === 0 && away !== undefined ? shedder.restart(away) : shedder.shed()).hint
  }
}

const seeds = [1, 2, 3]

describe.each(seeds)('a herd that a server of N/60 a second sheds with 1013, seed %d', (seed) => {
  it('without a hint: 99 % are back within 1.33 of the bound, with at most 5 attempts each [CC-251]', () => {
    const {attempts, back, bound, times} = simulate({clients, seed})
    expect(back).toBe(1)
    expect(bound).toBeCloseTo(60_000, 6)
    expect(times.nearly).toBeLessThanOrEqual(1.33 * bound)
    expect(attempts.mean).toBeLessThanOrEqual(5)
  })

  it.each([60, 150, 300])('comes through where a refusal costs a tenth of an accept, N/C = %d s [CC-251]', (seconds) => {
    const {back, stopped, waiting} = simulate({clients, seed, server: {capacity: clients / seconds, refusalCost: 0.1}})
    expect({back, stopped, waiting}).toEqual({back: 1, stopped: undefined, waiting: 0})
  })

  it('with one spread for all: all are back within 1.17 of the bound, with at most 1.3 attempts each [CC-251]', () => {
    const {attempts, bound, times} = simulate({clients, seed, server: {hint: {spread: 60_000}}})
    expect(times.all).toBeLessThanOrEqual(1.17 * bound)
    expect(attempts.mean).toBeLessThanOrEqual(1.3)
  })

  it('with a slot for each: all are back within 1.05 of the bound, with at most 1.05 attempts each, and no second sees more than 1.5 of the capacity [CC-251]', () => {
    const {attempts, bound, peak, times} = simulate({clients, seed, server: {hint: slots()}})
    expect(times.all).toBeLessThanOrEqual(1.05 * bound)
    expect(attempts.mean).toBeLessThanOrEqual(1.05)
    expect(peak.second).toBeLessThanOrEqual(1.5)
  })
})

describe.each(seeds)('a server that restarts for 5 s, seed %d', (seed) => {
  it('gives each a slot after that: as if it had been up [CC-251]', () => {
    const {attempts, bound, peak, times} = simulate({clients, seed, outage: {kind: 'restart', duration: 5000}, server: {hint: slots(5000)}})
    expect(times.all).toBeLessThanOrEqual(1.05 * bound)
    expect(attempts.mean).toBeLessThanOrEqual(1.05)
    expect(peak.second).toBeLessThanOrEqual(1.5)
  })
})

describe('a client that is alone', () => {
  it.each([
    [2, 1500],
    [10, 5500],
    [60, 16_000],
  ])('after %d s without a network: half are back within %d ms [CC-251]', (seconds, most) => {
    const {times} = simulate({clients, server: {capacity: 1e9}, outage: {kind: 'cut', duration: seconds * 1000}})
    expect(times.half).toBeLessThanOrEqual(most)
  })
})
