// Does a shedder give out no more than the server can take, and does a herd come back by it as fast as it could?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseRetryHint} from '../../src/core/index.ts'
import {createShedder, httpRetryAfter, rawRetryAfter, type Shedder, type ShedderOptions} from '../../src/server/index.ts'
import {comeBack, type Herd} from './herd.ts'

/** A shedder on a clock of the test. */
const shedding = (options: Partial<ShedderOptions> = {}) => {
  const clock = {now: 1_000_000}
  return {clock, shedder: createShedder({capacity: 10, now: () => clock.now, ...options})}
}

/** How many of so many that come now are taken. */
const taken = (shedder: Shedder, count: number): number => Array.from({length: count}, () => shedder.admit()).filter((shed) => !shed).length

it('never asks for more than a timer can count [CC-256] [CC-261]', () => {
  const {shedder} = shedding({capacity: 1, horizon: 2_147_483_647, backlog: 2_147_483_647})
  for (const shed of [shedder.shed(), shedder.restart(2_147_483_647), shedder.restart(2_147_483_647)]) expect(shed.hint.after).toBe(2_147_483_647)
})

it.each([7000, 300_000, 1_000_000])('keeps a pace of %i a second, whatever the clock counts from [CC-256]', (capacity) => {
  const shedder = createShedder({capacity, now: () => 1.8e12})
  for (let times = 0; times < 100_000; times++) shedder.shed()
  expect(shedder.backlog).toBeCloseTo((100_000 * 1000) / capacity, 6)
})

describe('admit()', () => {
  it('takes a burst, and then as many as can be taken [CC-255]', () => {
    const {clock, shedder} = shedding()
    expect(taken(shedder, 5)).toBe(5)
    const counts = Array.from({length: 10}, () => ((clock.now += 100), taken(shedder, 1)))
    expect(counts).toEqual(Array.from({length: 10}, () => 1))
    expect(shedder.backlog).toBe(0)
  })

  it('gives each of the others a slot of its own, at the pace of the server [CC-255] [CC-256]', () => {
    const {shedder} = shedding()
    taken(shedder, 5)
    expect([1, 2, 3].map(() => shedder.admit())).toEqual([
      {code: 1013, reason: 'retry-after=1.5;spread=0', hint: {after: 1500, spread: 0}},
      {code: 1013, reason: 'retry-after=1.6;spread=0', hint: {after: 1600, spread: 0}},
      {code: 1013, reason: 'retry-after=1.7;spread=0', hint: {after: 1700, spread: 0}},
    ])
    expect(shedder.backlog).toBe(1800)
  })

  it('takes whoever comes before the first slot is due, as far as the server can [CC-257]', () => {
    const {clock, shedder} = shedding()
    expect(taken(shedder, 25)).toBe(5)
    clock.now += 1000
    expect(taken(shedder, 25)).toBe(5)
  })

  it.each([0, 80, 400])('takes all that come %i ms after their slots [CC-257]', (late) => {
    const {clock, shedder} = shedding()
    taken(shedder, 5)
    const start = clock.now
    const slots = Array.from({length: 100}, () => start + shedder.admit()!.hint.after!)
    for (const slot of slots) {
      clock.now = slot + late
      expect(shedder.admit()).toBeUndefined()
    }
  })

  it('takes those that come a little early or late, in any order [CC-257]', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 450}), {minLength: 1, maxLength: 100}), fc.integer({min: 1, max: 1000}), (delays, capacity) => {
        const {clock, shedder} = shedding({capacity, burst: capacity / 2 + 1})
        const start = clock.now
        const arrivals = delays.map((late) => start + shedder.shed().hint.after! + late).sort((a, b) => a - b)
        for (const time of arrivals) {
          clock.now = time
          if (shedder.admit()) return false
        }
        return true
      }),
    )
  })

  it.each([false, true])('takes the last ones, too, that come late and together; others given slots meanwhile: %s [CC-257]', (others) => {
    const {clock, shedder} = shedding()
    for (let i = 0; i < 20; i++) shedder.shed()
    clock.now += 2200
    if (others) shedder.restart(5000)
    expect(taken(shedder, 8)).toBe(8)
    clock.now += 1000
    // By then they would be too late, unless others are waited for still.
    expect(taken(shedder, 12)).toBe(others ? 10 : 5)
  })

  it('gives away what nobody came for [CC-258]', () => {
    const {clock, shedder} = shedding()
    for (let i = 0; i < 100; i++) shedder.shed()
    // Half of the slots have passed unused.
    clock.now += 5000
    expect(taken(shedder, 100)).toBe(10)
    expect(shedder.admit()).toMatchObject({hint: {after: 5000 + 90 * 100}})
    clock.now += 1000
    expect(taken(shedder, 100)).toBe(10)
  })
})

describe('shed() and restart()', () => {
  it('give an open connection a slot, from now on or from when somebody listens again [CC-256]', () => {
    const {shedder} = shedding({capacity: 3})
    expect([shedder.shed(), shedder.shed(), shedder.restart(), shedder.restart(5000), shedder.restart(5000), shedder.shed()].map(({code, reason}) => [code, reason])).toEqual([
      [1013, 'retry-after=0;spread=0'],
      [1013, 'retry-after=0.333;spread=0'],
      [1012, 'retry-after=0.667;spread=0'],
      [1012, 'retry-after=5;spread=0'],
      [1012, 'retry-after=5.333;spread=0'],
      [1013, 'retry-after=5.667;spread=0'],
    ])
  })

  it('say 4913 and 4912 where that is wished [CC-154]', () => {
    const {shedder} = shedding({alias: true})
    expect([shedder.shed().code, shedder.restart().code]).toEqual([4913, 4912])
  })

  it('give what HTTP refusals are made of [CC-155] [CC-256]', () => {
    const {shedder} = shedding()
    taken(shedder, 5)
    expect(httpRetryAfter(shedder.admit()!.hint).headers).toEqual({'Retry-After': '2'})
    expect(rawRetryAfter(shedder.admit()!.hint)).toContain('Retry-After: 2\r\n')
  })
})

describe('the horizon', () => {
  it('bounds how far ahead slots are given; the others come at any moment of it [CC-259]', () => {
    const {clock, shedder} = shedding({horizon: 10_000})
    const hints = Array.from({length: 200}, () => shedder.shed().hint)
    expect(hints.slice(0, 101).every(({spread}) => spread === 0)).toBe(true)
    expect(hints.slice(101)).toEqual(hints.slice(101).map(() => ({after: 0, spread: 10_000})))
    clock.now += 1000
    expect(Array.from({length: 11}, () => shedder.shed().hint.spread)).toEqual([...Array.from({length: 10}, () => 0), 10_000])
  })

  it('is by default what clients take, whatever the clients do that ignore it [CC-259]', () => {
    const {shedder} = shedding({capacity: 1})
    let longest = 0
    for (let i = 0; i < 10_000; i++) {
      const {after = 0, spread = 0} = shedder.admit()?.hint ?? {}
      longest = Math.max(longest, after + spread)
    }
    expect(shedder.backlog).toBeLessThanOrEqual(602_500)
    expect(longest).toBeLessThanOrEqual(601_500)
  })
})

describe('a server whose capacity changes', () => {
  it('takes fewer, or more, from then on, and keeps the slots that it gave [CC-260]', () => {
    const {clock, shedder} = shedding()
    for (let i = 0; i < 100; i++) shedder.shed()
    shedder.capacity = 5
    expect(shedder.capacity).toBe(5)
    expect(shedder.backlog).toBe(10_000)
    expect([shedder.shed(), shedder.shed()].map(({hint}) => hint.after)).toEqual([10_000, 10_200])
    clock.now += 5000
    // The level sank at the new pace: the burst is half a second of it, and as many more where others are waited for.
    expect(taken(shedder, 50)).toBe(5)
    clock.now += 1000
    expect(taken(shedder, 50)).toBe(5)
    shedder.capacity = 20
    clock.now += 500
    expect(taken(shedder, 50)).toBe(20)
  })

  it.each([0, -1, NaN, Infinity, '10', undefined])('refuses %s as a capacity by one sentence, and keeps the old one [CC-261]', (value: any) => {
    const {shedder} = shedding()
    expect(() => (shedder.capacity = value)).toThrow(/^closecall: `capacity` must be 0.001..1000000, got /)
    expect(shedder.capacity).toBe(10)
  })
})

describe('the process after it', () => {
  it('begins where the one before it stopped [CC-260]', () => {
    const before = shedding()
    for (let i = 0; i < 100; i++) before.shedder.restart(2000)
    const after = shedding({backlog: before.shedder.backlog - 2000})
    expect(after.shedder.backlog).toBe(10_000)
    for (let i = 0; i < 100; i++) {
      expect(after.shedder.admit()).toBeUndefined()
      after.clock.now += 100
    }
  })

  it('expects those that were told by the one before it, and nobody otherwise [CC-260]', () => {
    expect(taken(shedding({backlog: 5000}).shedder, 20)).toBe(10)
    expect(taken(shedding().shedder, 20)).toBe(5)
  })
})

describe('a clock', () => {
  it('that is set back takes nothing from anybody [CC-260]', () => {
    const {clock, shedder} = shedding()
    for (let i = 0; i < 100; i++) shedder.shed()
    clock.now -= 3_600_000
    expect(shedder.backlog).toBe(10_000)
    clock.now += 4000
    expect(shedder.backlog).toBe(6000)
    expect(taken(shedder, 50)).toBe(10)
  })

  it('that leaps ahead makes it forget, and no more [CC-260]', () => {
    const {clock, shedder} = shedding()
    for (let i = 0; i < 100; i++) shedder.shed()
    clock.now += 3_600_000
    expect(shedder.backlog).toBe(0)
    expect(taken(shedder, 50)).toBe(5)
  })

  it.each([NaN, Infinity, undefined, 'soon'])('that says %s is refused by one sentence [CC-261]', (reading: any) => {
    expect(() => createShedder({capacity: 1, now: () => reading})).toThrow('closecall: `now` must be a function that returns a number, got ')
  })
})

describe('whatever happens', () => {
  const steps = fc.array(
    fc.oneof(
      {weight: 6, arbitrary: fc.constant(['admit'] as const)},
      {weight: 3, arbitrary: fc.constant(['shed'] as const)},
      {weight: 2, arbitrary: fc.tuple(fc.constant('restart' as const), fc.integer({min: 0, max: 20_000}))},
      {weight: 4, arbitrary: fc.tuple(fc.constant('pass' as const), fc.integer({min: -500, max: 3000}))},
      {weight: 1, arbitrary: fc.tuple(fc.constant('capacity' as const), fc.double({min: 0.001, max: 2000, noNaN: true}))},
    ),
    {maxLength: 400},
  )
  const options = fc.record({capacity: fc.double({min: 0.001, max: 2000, noNaN: true}), burst: fc.double({min: 1, max: 500, noNaN: true}), horizon: fc.integer({min: 1, max: 100_000})}, {requiredKeys: ['capacity']})

  it('slots follow one another at the pace of the server, within the horizon, and are what a client reads [CC-256] [CC-259]', () => {
    fc.assert(
      fc.property(options, steps, (given, script) => {
        const {clock, shedder} = shedding(given)
        const horizon = given.horizon ?? 600_000
        let time = 0
        let previous = -Infinity
        let pace = 1000 / given.capacity
        for (const [name, value = 0] of script) {
          if (name === 'pass') {
            clock.now += value
            time += Math.max(0, value)
          } else if (name === 'capacity') shedder.capacity = value
          else {
            const shed = name === 'restart' ? shedder.restart(value) : shedder[name]()
            if (!shed) continue
            const least = name === 'restart' ? value : name === 'admit' ? 1500 : 0
            const {after = NaN, spread = NaN} = shed.hint
            expect(after).toBeGreaterThanOrEqual(least)
            expect(after).toBeLessThanOrEqual(least + horizon)
            expect([0, horizon]).toContain(spread)
            const read = parseRetryHint(shed.reason)!
            expect(Math.abs(read.after - after)).toBeLessThan(0.51)
            // In seconds, and back.
            expect(read.spread).toBeCloseTo(spread, 6)
            if (spread) continue
            expect(time + after - previous).toBeGreaterThan(pace * 0.999_999 - 0.001)
            previous = time + after
            pace = 1000 / shedder.capacity
          }
        }
      }),
    )
  })

  it('no more are taken than the server can take, and a burst or two [CC-255]', () => {
    fc.assert(
      fc.property(options, steps, (given, script) => {
        const {clock, shedder} = shedding(given)
        let capacity = given.capacity
        let most = 2 * (given.burst ?? Math.max(1, capacity / 2))
        let burst = most
        let count = 0
        for (const [name, value = 0] of script) {
          if (name === 'pass') {
            clock.now += value
            most += (Math.max(0, value) * capacity) / 1000
          } else if (name === 'capacity') {
            shedder.capacity = capacity = value
            const wider = 2 * (given.burst ?? Math.max(1, capacity / 2))
            most += Math.max(0, wider - burst)
            burst = Math.max(burst, wider)
          } else if (name === 'admit') count += shedder.admit() ? 0 : 1
          else shedder[name](value)
        }
        expect(count).toBeLessThanOrEqual(most + 0.001)
      }),
    )
  })
})

describe('what can\'t be used', () => {
  it.each<[string, any, string]>([
    ['no options', undefined, '`options` must be an object, got undefined'],
    ['no capacity', {}, '`capacity` must be 0.001..1000000, got undefined'],
    ['a capacity of nothing', {capacity: 0}, '`capacity` must be 0.001..1000000, got 0'],
    ['less than nothing', {capacity: -5}, '`capacity` must be 0.001..1000000, got -5'],
    ['no number', {capacity: NaN}, '`capacity` must be 0.001..1000000, got NaN'],
    ['no end', {capacity: Infinity}, '`capacity` must be 0.001..1000000, got Infinity'],
    ['text', {capacity: '200'}, '`capacity` must be 0.001..1000000, got "200"'],
    ['no burst', {capacity: 1, burst: 0}, '`burst` must be 1..1000000, got 0'],
    ['no horizon', {capacity: 1, horizon: 0}, '`horizon` must be 1..2147483647, got 0'],
    ['a backlog that is over', {capacity: 1, backlog: -1}, '`backlog` must be 0..2147483647, got -1'],
    ['a clock that is no function', {capacity: 1, now: 5}, '`now` must be a function, got "number"'],
    ['an alias that is no boolean', {capacity: 1, alias: 4913}, '`alias` must be a boolean, got 4913'],
    ['another name', {capacity: 1, rate: 5}, '`rate` must be an option that exists, got "number"'],
  ])('%s is refused by one sentence [CC-261]', (_, options, sentence) => {
    expect(() => createShedder(options)).toThrow(`closecall: ${sentence}`)
  })

  it.each([-1, NaN, Infinity, '5'])('%s is refused as an absence by one sentence, and takes no slot [CC-261]', (after: any) => {
    const {shedder} = shedding()
    expect(() => shedder.restart(after)).toThrow(/^closecall: `after` must be 0..2147483647, got /)
    expect(shedder.backlog).toBe(0)
  })
})

describe('a herd comes back', () => {
  interface Limits {
    /** Whether a thousand will do. What comes out for ten thousand is the same to a hundredth. */
    few?: boolean
    time?: number
    attempts?: number
    second?: number
    queue?: number
  }

  const closed: Partial<Herd> = {farewell: (shedder) => shedder.shed()}
  const restarted: Partial<Herd> = {farewell: (shedder) => shedder.restart(5000), away: 5000}

  /** Whoever is told its slot before it goes comes once; whoever was cut off, once more, to be told. */
  const rows: [string, Partial<Herd>, Limits][] = [
    ['that the server closed', closed, {}],
    ['that the server closed, where a refusal costs a tenth of an accept', {...closed, refusalCost: 0.1}, {}],
    ['a tenth of which never comes', {...closed, gone: 0.1}, {}],
    ['after a restart of 5 s', restarted, {}],
    ['whose timers are up to a second late', {...closed, late: 1000}, {few: true}],
    // For 20 s half of those that come are told another slot, behind all others, at the pace of then.
    ['to a server that can take half for a third of the time', {...closed, brownOut: [20_000, 40_000]}, {few: true, time: 1.35, attempts: 1.2, queue: 1.5}],
    // More have to be taken, and each that comes without a slot may take that of another.
    ['beside newcomers, one for twenty', {...closed, newcomers: 0.05}, {few: true, time: 1.06}],
    ['beside newcomers, one for twenty, after a restart', {...restarted, newcomers: 0.05}, {few: true, time: 1.06}],
    ['a tenth of which does not hear, but retries by its own backoff', {...closed, deaf: 0.1}, {few: true, time: 1.22, attempts: 1.07, second: 5}],
    ['the same, where a refusal costs a tenth of an accept', {...closed, deaf: 0.1, refusalCost: 0.1}, {few: true, time: 1.24, attempts: 1.07, second: 5, queue: 2.2}],
    ['that was cut off', {}, {few: true, attempts: 1.98, second: 36}],
    ['that was cut off, where a refusal costs a tenth of an accept', {refusalCost: 0.1}, {few: true, time: 1.13, attempts: 1.98, second: 36, queue: 7}],
  ]

  it.each(rows)('%s [CC-262]', (_, herd, {few, time = 1.05, attempts = 1.05, second = 1.5, queue = 1.01}) => {
    for (const clients of few ? [1000] : [1000, 10_000]) {
      const capacity = clients / 60
      const newcomers = (herd.newcomers ?? 0) * capacity
      const result = comeBack({clients, capacity, ...herd, newcomers}, (now, backlog) => createShedder({capacity, now, backlog}))
      expect(result.back).toBe(1)
      expect(result.time).toBeLessThanOrEqual(time)
      // Nobody comes back faster than the server can take them: the simulation is none otherwise.
      expect(result.time).toBeGreaterThan(0.98)
      expect(result.hearing).toBeLessThanOrEqual(attempts)
      expect(result.peak.second).toBeLessThanOrEqual(second)
      // A tenth of a second of 1000 clients is 1.7 of them: one more or less is no peak.
      if (!few && clients > 1000) expect(result.peak.window).toBeLessThanOrEqual(1.5)
      expect(result.queue).toBeLessThanOrEqual(queue)
    }
  })
})
