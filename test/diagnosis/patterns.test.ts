// Is a pattern found where there is one, and none where there is only chance?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {FrameEvidence} from '../../src/index.ts'
import {continues, findPattern} from '../../src/diagnosis/patterns.ts'
import {isSameMessage, suspectOf, type Session} from '../../src/diagnosis/sessions.ts'

const rules = {sessions: 3, tolerance: 0.05}

const session = (facts: Partial<Session> = {}): Session => ({address: 'wss://a.test/', givenUp: false, code: 1006, name: 'Abnormal Closure', age: 1_000_000, silence: 0, messages: 9, ...facts})

/** Of connections in this order, each `[age, silence]` in seconds. */
const limitOf = (...times: [number, number][]): [string?, number?] => {
  const {name, limit} = findPattern(times.map(([age, silence]) => session({age: age * 1000, silence: silence * 1000})), rules) ?? {}
  return name === undefined ? [] : [name, limit]
}

/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator, its lower bits dropped. */
const chance = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}

describe('a limit [CC-110]', () => {
  it.each<[string, [number, number][], string, number]>([
    ['on idle connections', [[75, 60], [300, 60.2], [1000, 61]], 'idle-limit', 60_000],
    ['on idle connections, of a load balancer', [[5000, 351], [400, 350], [9000, 352]], 'idle-limit', 350_000],
    ['on lifetimes', [[7200, 12], [7201, 900], [7203, 3]], 'lifetime-limit', 7_200_000],
    ['on lifetimes, where the connections are busy', [[60, 0.1], [60, 0.2], [60.3, 0]], 'lifetime-limit', 60_000],
    ['on one of both, where nothing was said at all', [[60, 60], [60.1, 60.1], [60, 60]], 'idle-or-lifetime-limit', 60_000],
    ['on one of both, after some words at the beginning', [[62, 60], [62.5, 60], [62.5, 60]], 'idle-or-lifetime-limit', 60_000],
    ['on lifetimes, where a heartbeat of 30 s leaves 15 s of silence', [[75, 15], [75, 15], [75, 15]], 'lifetime-limit', 75_000],
  ])('%s is named', (_name, times, name, limit) => {
    expect(limitOf(...times)).toEqual([name, limit])
  })

  it.each<[string, [number, number][]]>([
    ['two connections', [[60, 60], [60, 60]]],
    ['times that differ', [[60, 20], [70, 30], [80, 40]]],
    ['a third that differs a little too much', [[60, 1], [60, 30], [64, 50]]],
    ['ends within 5 s, which are no limit', [[4.9, 4.9], [4.9, 4.9], [4.9, 4.9]]],
    ['a short silence on busy connections', [[60, 0.5], [600, 0.5], [6000, 0.5]]],
    ['three of four, not in a row', [[60, 10], [60, 30], [900, 5], [60, 50]]],
  ])('is not named after %s', (_name, times) => {
    expect(limitOf(...times)).toEqual([])
  })

  it('is told in units that people use, with an interval below it', () => {
    const words = (ms: number, age = ms): string => {
      const {explanation, advice} = findPattern([age, age * 2, age * 3].map((each) => session({age: each, silence: ms})), rules)!
      return `${explanation} ${advice}`
    }
    expect(words(60_012, 90_000)).toBe(
      '3 connections in a row ended after the same silence, about 60 s: the server, or something on the way to it, ends what is idle. ' +
        'Set `heartbeat.interval` below it, to 30000 for instance, with a `heartbeat.message` where there are no protocol pings, as in browsers.',
    )
    expect(findPattern([1, 2, 3].map(() => session({age: 66_000, silence: 60_000})), rules)!.explanation).toContain('the same age, about 66 s, after the same silence, about 60 s:')
    expect(words(350_000)).toContain('about 350 s')
    expect(words(1_800_400)).toContain('about 30 min')
    expect(words(7_190_000)).toContain('about 2 h')
  })

  it('holds for the number of connections and the tolerance that were asked for', () => {
    const row = [60, 64, 68, 72].map((age) => session({age: age * 1000}))
    expect(findPattern(row, {sessions: 4, tolerance: 0.2})).toMatchObject({name: 'lifetime-limit', limit: 60_000})
    expect(findPattern(row.slice(1), {sessions: 4, tolerance: 0.2})).toBeUndefined()
    expect(findPattern(row, {sessions: 4, tolerance: 0.1})).toBeUndefined()
    expect(findPattern([60, 60, 60].map((age) => session({age: age * 1000})), {sessions: 2, tolerance: 0})).toMatchObject({explanation: expect.stringMatching(/^2 connections/)})
  })

  it('is the shortest that was seen, and the interval to set is well below the true one', () => {
    const limits = fc.integer({min: 5000, max: 7_200_000})
    fc.assert(
      fc.property(limits, fc.array(fc.double({min: 1, max: 1.05, noNaN: true}), {minLength: 3, maxLength: 3}), (limit, late) => {
        const times = late.map((share) => limit * share)
        const pattern = findPattern(times.map((silence, index) => session({silence, age: silence + 1e7 * 2 ** index})), rules)!
        expect(pattern).toMatchObject({name: 'idle-limit', limit: Math.min(...times)})
        const interval = Number(/to (\d+) for/.exec(pattern.advice)![1])
        expect(interval >= limit / 3 && interval <= limit * 0.53).toBe(true)
      }),
    )
  })

  const hour = 3_600_000
  it.each<[string, (random: () => number) => number, number]>([
    ['even up to an hour', (random) => random() * hour, hour],
    ['even up to a minute', (random) => random() * 60_000, hour],
    ['of every order from 5 s to two hours', (random) => 5000 * 1440 ** random(), hour],
    ['as of a link that fails once a minute', (random) => -60_000 * Math.log(1 - random()), hour],
    ['as of a link that fails every ten minutes', (random) => -600_000 * Math.log(1 - random()), hour],
    ['even up to an hour, on a link with a message every 30 s', (random) => random() * hour, 30_000],
    ['even up to an hour, on a link with a message every 10 s', (random) => random() * hour, 10_000],
    ['even up to an hour, on a link with a message every second', (random) => random() * hour, 1000],
  ])('is found by chance in fewer than one of 100 ends: ages %s', (_name, draw, longestSilence) => {
    const random = chance(1)
    const ends = 20_000
    let found = 0
    let row: Session[] = []
    for (let end = 0; end < ends; end++) {
      const age = draw(random)
      row = [...row.slice(-2), session({age, silence: random() * Math.min(age, longestSilence)})]
      if (findPattern(row, rules)) found++
    }
    expect(found).toBeLessThan(ends / 100)
  })
})

describe('a rejection [CC-111]', () => {
  const rejected = (facts: Partial<Session> = {}): Session => session({code: 4001, name: 'Private code', age: 30, silence: 30, messages: 0, ...facts})

  it('is named with its code', () => {
    expect(findPattern([rejected(), rejected(), rejected()], rules)).toEqual({
      name: 'rejected-after-open',
      explanation: '3 connections in a row were accepted, and ended within 2 s, with 4001 Private code.',
      advice: 'Look at what the server checks once the handshake is done (credentials, the first message), and at its log.',
    })
  })

  it('is named though the server said one thing before', () => {
    expect(findPattern([rejected({messages: 1}), rejected(), rejected({messages: 1})], rules)).toMatchObject({name: 'rejected-after-open'})
  })

  it.each([
    [1012, 'restarting'],
    [1013, 'overloaded'],
    [4913, 'overloaded'],
  ])('with %i is what the server says it is: %s', (code, word) => {
    const {advice} = findPattern([1, 2, 3].map(() => rejected({code})), rules)!
    expect(advice).toContain(word)
    expect(advice).not.toContain('credentials')
  })

  it.each<[string, Session[]]>([
    ['two', [rejected(), rejected()]],
    ['one that stayed', [rejected(), rejected({age: 2000}), rejected()]],
    ['another code', [rejected(), rejected({code: 4002}), rejected()]],
    ['a conversation', [rejected(), rejected({messages: 2}), rejected()]],
  ])('is not named after %s', (_name, sessions) => {
    expect(findPattern(sessions, rules)).toBeUndefined()
  })
})

describe('a suspect send [CC-112]', () => {
  const frame = (facts: Partial<FrameEvidence> = {}): FrameEvidence => ({sequence: 1, age: 40, kind: 'string', length: 5, buffered: false, replayed: false, findings: [], fingerprint: 'cafe0001', ...facts})
  const after = (suspect?: FrameEvidence): Session => session({age: 100, messages: 0, ...(suspect && {suspect})})

  it('is named by its number, kind, length and findings, before a rejection', () => {
    const sessions = [4, 8, 12].map((sequence) => after(frame({sequence, findings: ['lone-surrogate']})))
    expect(findPattern(sessions, rules)).toEqual({
      name: 'suspect-send',
      explanation: '2 connections in a row were lost (1006) within 2 s of sending the same message, the last time as message 12 (string, length 5, lone-surrogate).',
      advice: 'Look at what this message says, and at its size: many servers drop a connection instead of closing it with 1007, 1009 or 1011. If it is the first on each connection, look at what the server checks (credentials), too.',
      sequence: 12,
    })
    expect(findPattern(sessions.slice(0, 2), rules)).toMatchObject({name: 'suspect-send', sequence: 8})
  })

  it.each<[string, Session[]]>([
    ['once', [after(frame())]],
    ['different contents', [after(frame()), after(frame({fingerprint: 'cafe0002'}))]],
    ['different lengths', [after(frame()), after(frame({length: 6}))]],
    ['different kinds', [after(frame()), after(frame({kind: 'view'}))]],
    ['an end without it in between', [after(frame()), after(), after(frame())]],
  ])('is not named after %s', (_name, sessions) => {
    expect(findPattern(sessions, rules)?.name).not.toBe('suspect-send')
  })

  it('is the last message, right before the end', () => {
    const early = frame({sequence: 1, age: 1500, fingerprint: 'a'})
    const late = frame({sequence: 2})
    expect(suspectOf([early, late], 3000)).toBe(late)
    expect(suspectOf([frame({age: 2001})], 3000)).toBeUndefined()
    expect(suspectOf([], 3000)).toBeUndefined()
  })

  it('is not one that had left before without harm', () => {
    expect(suspectOf([frame({age: 2001}), frame({sequence: 2})], 3000)).toBeUndefined()
    expect(suspectOf([frame({age: 2001, fingerprint: 'other'}), frame({sequence: 2})], 3000)).toMatchObject({sequence: 2})
  })

  it('is not one that may have met a link that was already cut', () => {
    expect(suspectOf([frame()], 25_040)).toBeDefined()
    expect(suspectOf([frame()], 25_041)).toBeUndefined()
  })

  it('is the same by kind and length where the contents are not known', () => {
    const {fingerprint: _, ...large} = frame({length: 100_000})
    expect(isSameMessage(large, {...large, sequence: 7})).toBe(true)
    expect(isSameMessage(large, {...large, length: 100_001})).toBe(false)
  })
})

describe('a pattern goes on [CC-114]', () => {
  const pattern = {name: 'idle-limit', explanation: '', advice: '', limit: 60_000}

  it.each([
    ['the same limit', {...pattern, limit: 61_000}, true],
    ['another limit', {...pattern, limit: 100_000}, false],
    ['another name', {...pattern, name: 'lifetime-limit'}, false],
    ['nothing', undefined, false],
  ])('after %s: %s', (_name, before, expected) => {
    expect(continues(pattern, before, rules)).toBe(expected)
  })
})

describe('whatever was seen', () => {
  it('is answered with at most one pattern, in sentences, and is not changed', () => {
    const facts = fc.record({
      code: fc.constantFrom(1000, 1006, 1013, 4000),
      age: fc.oneof(fc.nat(3000), fc.nat(100_000)),
      silence: fc.nat(100_000),
      messages: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(facts, {maxLength: 8}), fc.boolean(), fc.integer({min: 2, max: 4}), fc.double({min: 0, max: 0.5, noNaN: true}), (list, givenUp, sessions, tolerance) => {
        const row = list.map((each) => Object.freeze(session({...each, givenUp})))
        const pattern = findPattern(row, {sessions, tolerance})
        if (!pattern) return
        expect(row.length).toBeGreaterThanOrEqual(sessions)
        expect(pattern.explanation).toMatch(/^\d.*\.$/)
        expect(pattern.advice).toMatch(/^[A-Z].*\.$/)
      }),
    )
  })
})
