// Is a dead link noticed in time, and a live one left in peace?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {firstBeat, look, nextLook, tolerance, type Beat, type HeartbeatRules} from '../../src/core/heartbeat.ts'

const rules: HeartbeatRules = {interval: 30_000, timeout: 10_000}

interface Link {
  /** When the server says something by itself. */
  messages: number[]
  /** How long it takes to answer; undefined: it doesn't. */
  answersIn?: number
  /** From then on nothing arrives. */
  dead?: number
  asks?: boolean
  rules?: HeartbeatRules
  /** Each timer is so much late. */
  late?: number
}

/** Looks at the link as the machine does, until the end of it or of the time. */
const watch = ({messages, answersIn, dead = Infinity, asks = true, rules: given = rules, late = 0}: Link, until = 600_000): {asked: number[]; end: number | undefined} => {
  const signs = [...messages]
  const asked: number[] = []
  let beat: Beat = firstBeat(asks, 0, 0, given)
  for (let looks = 0; looks < 10_000; looks++) {
    const now = nextLook(beat, given) + late
    if (now > until) return {asked, end: undefined}
    const arrived = signs.filter((at) => at <= now && at < dead).length
    const seen = look(beat, now, arrived, given, false)
    if (!seen) return {asked, end: now}
    beat = seen.beat
    if (!seen.ask) continue
    asked.push(now)
    if (answersIn !== undefined) signs.push(now + answersIn)
  }
  throw new Error('a hot loop')
}

const every = (interval: number, until = 600_000): number[] => Array.from({length: Math.floor(until / interval)}, (_, i) => (i + 1) * interval)

describe('an idle link [CC-90]', () => {
  it('is asked every interval, from the last answer on', () => {
    expect(watch({messages: [], answersIn: 50}, 125_000).asked).toEqual([30_000, 60_000, 90_000, 120_000])
  })

  it('that does not answer is given up after the timeout', () => {
    expect(watch({messages: []})).toEqual({asked: [30_000], end: 40_000})
  })

  it('is asked the sooner the longer ago the last message may have been', () => {
    // It came between the looks at 0 and 15 s.
    expect(watch({messages: [14_000], answersIn: 50}, 59_000).asked).toEqual([30_000])
  })
})

describe('a busy link [CC-92]', () => {
  it.each([1, 100, 5000, 15_000])('with a message every %i ms is never asked', (interval) => {
    expect(watch({messages: every(interval)})).toEqual({asked: [], end: undefined})
  })

  it('is asked as soon as it falls silent, and lives on', () => {
    const {asked, end} = watch({messages: every(1000, 100_000), answersIn: 20}, 135_000)
    expect(asked).toEqual([120_000])
    expect(end).toBeUndefined()
  })
})

describe('a half-open link [CC-90]', () => {
  it('is noticed within interval + timeout, whenever it dies', () => {
    fc.assert(
      fc.property(
        fc.record({interval: fc.integer({min: 500, max: 100_000}), timeout: fc.integer({min: 1, max: 100_000})}),
        fc.integer({min: 1, max: 20}),
        fc.array(fc.nat(500_000), {maxLength: 60}),
        (given, share, messages) => {
          const lastHeard = 600_000 / share
          const heard = messages.filter((at) => at < lastHeard)
          // It answers until it dies.
          const {end} = watch({messages: heard, answersIn: 0, dead: lastHeard, rules: given}, 1_200_000)
          expect(end).toBeDefined()
          expect(end! - lastHeard).toBeLessThanOrEqual(given.interval + given.timeout)
        },
      ),
    )
  })

  it('where the server can not be asked is noticed within twice that, and no message within it is missed [CC-93]', () => {
    expect(watch({messages: [], asks: false})).toEqual({asked: [], end: 40_000})
    expect(watch({messages: every(39_000), asks: false}).end).toBeUndefined()
    fc.assert(
      fc.property(fc.integer({min: 1, max: 500_000}), (dead) => {
        const {end} = watch({messages: every(7000), dead, asks: false})
        expect(end! - dead).toBeLessThanOrEqual(80_000)
      }),
    )
  })
})

describe('a timer that comes late [CC-94]', () => {
  it('judges nothing: the server is asked once more, for a quick answer', () => {
    const asked = look(firstBeat(true, 0, 0, rules), 30_000, 0, rules, false)!.beat
    const late = look(asked, 40_000 + tolerance + 1, 0, rules, false)!
    expect(late).toMatchObject({ask: true, beat: {answerBy: 40_000 + tolerance + 1 + 3000}})
    expect(look(late.beat, 44_001, 0, rules, false)).toBeUndefined()
  })

  it('as late as may be, does so once: a dead link is given up all the same', () => {
    const asked = look(firstBeat(true, 0, 0, rules), 30_000, 0, rules, false)!.beat
    const late = look(asked, 100_000, 0, rules, false)!
    expect(look(late.beat, 200_000, 0, rules, false)).toBeUndefined()
  })

  it('asks again where the server may only be listened to', () => {
    const late = look(firstBeat(false, 0, 0, rules), 100_000, 0, rules, false)!
    expect(late).toEqual({ask: false, beat: expect.objectContaining({answerBy: 110_000, again: true})})
    expect(look(late.beat, 110_000, 0, rules, false)).toBeUndefined()
  })

  it('never ends a link that answers, however late all of them are', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 100_000}), fc.integer({min: 0, max: 2999}), (late, answersIn) => {
        expect(watch({messages: [], answersIn, late}).end).toBeUndefined()
      }),
    )
  })
})

describe('on a wake [CC-96]', () => {
  const first = firstBeat(true, 0, 0, rules)

  it('the server is asked at once, for an answer within 3 s', () => {
    expect(look(first, 5000, 0, rules, true)).toMatchObject({ask: true, beat: {answerBy: 8000}})
  })

  it('… or within the timeout, where that is shorter', () => {
    expect(look(first, 5000, 0, {interval: 30_000, timeout: 500}, true)).toMatchObject({ask: true, beat: {answerBy: 5500}})
  })

  it('an answer that is due sooner gets as long: it may wait to be read', () => {
    const asked = look(first, 30_000, 0, rules, false)!.beat
    expect(look(asked, 39_000, 0, rules, true)).toMatchObject({ask: true, beat: {answerBy: 42_000}})
  })

  it('nothing is judged, however long ago the answer was due', () => {
    const asked = look(first, 30_000, 0, rules, false)!.beat
    expect(look(asked, 3_600_000, 0, rules, true)).toMatchObject({ask: true, beat: {answerBy: 3_603_000}})
  })

  it('and one after the other puts the end off no further than the first', () => {
    const once = look(first, 5000, 0, rules, true)!.beat
    const twice = look(once, 7000, 0, rules, true)!.beat
    expect(twice.answerBy).toBe(8000)
    expect(look(twice, 8000, 0, rules, false)).toBeUndefined()
  })
})
