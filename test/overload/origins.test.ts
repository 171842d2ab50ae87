// How long must an attempt wait, given what is known of its origin?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {admit, keep, originAt, originOf, originsOf, restore, tell, type Budget, type Origin, type Seat} from '../../src/overload/origins.ts'
import {fakeClock} from '../../src/testing/index.ts'

const name = 'wss://example.test'
const free: Budget = {attempts: Infinity, per: 10_000}
const start = 1_800_000_000_000

const newOrigin = (): Origin => originAt(originsOf(fakeClock()), name, start)

const seatAt = (origin: Origin): Seat => ({origin, admittedAt: 0})

/** A client that was let in at the start. */
const seated = (origin: Origin): Seat => {
  const seat = seatAt(origin)
  expect(admit(seat, free, start, 0.5)).toBe(0)
  return seat
}

/** Told for the first time, with a second to wait. */
const second = (now: number): Parameters<typeof tell>[1] => ({until: now + 1000, attempt: 1, spread: false})

describe('an origin', () => {
  it.each([
    ['wss://Example.test/live?token=1', 'wss://example.test'],
    ['wss://user:secret@example.test:8443/', 'wss://example.test:8443'],
    ['wss://example.test:443/a', 'wss://example.test'],
    ['ws://example.test/', 'ws://example.test'],
    ['ws://[::1]:80/', 'ws://[::1]'],
    ['https://example.test/', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('of %s is %s [CC-115]', (url, origin) => {
    expect(originOf(url)).toBe(origin)
  })

  it('is shared by all that go by one clock, and by nobody else [CC-115]', () => {
    const [one, other] = [fakeClock(), fakeClock()]
    expect(originsOf(one)).toBe(originsOf(one))
    expect(originsOf(one)).not.toBe(originsOf(other))
  })

  it('is forgotten when 64 others were used after it [CC-115]', () => {
    const origins = originsOf(fakeClock())
    for (let i = 0; i < 64; i++) tell(seatAt(originAt(origins, `ws://host-${i}.test`, start)), second(start), start, 0.5)
    // Used once more: not the oldest any longer.
    for (const i of [1, 0]) originAt(origins, `ws://host-${i}.test`, start)
    expect(origins.size).toBe(64)
    originAt(origins, 'ws://one-more.test', start)
    expect(origins.size).toBe(64)
    expect([0, 1, 2, 3].map((i) => origins.has(`ws://host-${i}.test`))).toEqual([true, true, false, true])
  })

  it('is forgotten when nothing of it matters any more [CC-115]', () => {
    const origins = originsOf(fakeClock())
    const seat = seatAt(originAt(origins, name, start))
    admit(seat, free, start, 0.5)
    tell(seat, second(start), start, 0.5)
    originAt(origins, 'ws://other.test', start + 600_000)
    expect(origins.has(name)).toBe(true)
    originAt(origins, 'ws://other.test', start + 600_001)
    expect([...origins.keys()]).toEqual(['ws://other.test'])
  })
})

describe('a pause', () => {
  it('lasts for the told client as long as it was told, for others longer [CC-115] [CC-116]', () => {
    const origin = newOrigin()
    const [told, other] = [seated(origin), seatAt(origin)]
    tell(told, second(start), start, 0.5)
    expect(admit(told, free, start + 400, 0.5)).toBe(600)
    expect(admit(other, free, start + 400, 0.5)).toBe(600 + 1000)
    expect(admit(told, free, start + 1000, 0.5)).toBe(0)
    expect(admit(other, free, start + 1000, 0.9)).toBe(1000)
    expect(admit(other, free, start + 2000, 0.9)).toBe(0)
  })

  it('concerns nobody who comes when it is over [CC-115]', () => {
    const origin = newOrigin()
    tell(seated(origin), second(start), start, 0.5)
    expect(admit(seatAt(origin), free, start + 1000, 0.5)).toBe(0)
  })

  it('lasts until the latest moment that anybody was told, and ten minutes at most [CC-115]', () => {
    const origin = newOrigin()
    const [long, short] = [seated(origin), seated(origin)]
    tell(long, {until: start + 60_000, attempt: 1, spread: false}, start, 0.5)
    tell(short, second(start), start, 0.5)
    expect(origin.until).toBe(start + 60_000)
    tell(short, {until: start + 1e12, attempt: 1, spread: false}, start, 0.5)
    expect(origin.until).toBe(start + 600_000)
  })

  it('of a restart lasts until the first moment that was drawn; the others are spread already, and keep theirs [CC-116]', () => {
    const origin = newOrigin()
    const seats = [seated(origin), seated(origin), seated(origin)]
    for (const [i, delay] of [8000, 6000, 29_000].entries()) {
      const seat = seats[i]!
      tell(seat, {until: start + delay, attempt: 1, spread: true}, start, 0.5)
      expect(admit(seat, free, start + 100, 0.5)).toBe(delay - 100)
    }
    expect(origin.until).toBe(start + 8000)
    expect(admit(seats[1]!, free, start + 6000, 0.5)).toBe(0)
    // It is full as well: nobody keeps a turn that was drawn before that was known.
    tell(seats[1]!, {until: start + 16_000, attempt: 2, spread: false}, start + 6001, 0.5)
    expect(admit(seats[0]!, free, start + 8000, 0.5)).toBe(8000 + 2000)
    expect(admit(seats[2]!, free, start + 29_000, 0.5)).toBe(0)
  })

  it('is waited for by a told client that does not come back by itself like by any other [CC-117]', () => {
    const origin = newOrigin()
    tell(seated(origin), {until: 0, attempt: 0, spread: false}, start, 0.25)
    expect(origin.until).toBe(start + 750)
  })

  it('of ten clients that are told together is one, and their turns are a second apart on average [CC-116] [CC-117]', () => {
    const origin = newOrigin()
    const seats = Array.from({length: 10}, () => seated(origin))
    for (const [i, seat] of seats.entries()) tell(seat, {until: start + 500 + i * 100, attempt: 1, spread: false}, start, 0.5)
    expect(origin).toMatchObject({rounds: 1, until: start + 1400, crowd: 10})
    const turns = seats.map((seat, i) => admit(seat, free, start + 500 + i * 100, (i + 0.5) / 10) + 500 + i * 100)
    expect(turns.slice(0, 9)).toEqual([1900, 2900, 3900, 4900, 5900, 6900, 7900, 8900, 9900])
    expect(admit(seats[9]!, free, start + 1400, 0.5)).toBe(0)
  })

  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [5, 16_000],
    [6, 30_000],
    [60, 30_000],
  ])('of round %i is %i ms, whoever was told in the others [CC-117]', (rounds, pause) => {
    const origin = newOrigin()
    let now = start
    for (let round = 1; round <= rounds; round++) {
      now = Math.max(now, origin.until) + 1
      const seat = seatAt(origin)
      expect(admit(seat, free, now, 0.5)).toBe(0)
      now++
      tell(seat, second(now), now, 0.5)
    }
    expect(origin).toMatchObject({rounds, until: now + pause})
  })

  it('is no longer for a client that was in every round: it has waited longer each time itself [CC-115]', () => {
    const origin = newOrigin()
    const seat = seated(origin)
    let now = start
    for (const [attempt, delay] of [900, 1100, 2500, 9000].entries()) {
      tell(seat, {until: now + delay, attempt: attempt + 1, spread: false}, now, 0.99)
      expect(origin).toMatchObject({rounds: attempt + 1, until: now + delay})
      now += delay
      expect(admit(seat, free, now, 0.99)).toBe(0)
      now++
    }
  })

  it('counts as the first again when there was no bad news for 20 s after the last turn [CC-117]', () => {
    const rounds = [20_000, 20_001].map((calm) => {
      const origin = newOrigin()
      const [told, other] = [seated(origin), seatAt(origin)]
      tell(told, second(start), start, 0.5)
      const turn = start + admit(other, free, start, 0.5)
      expect(turn).toBe(start + 2000)
      expect(admit(other, free, turn, 0.5)).toBe(0)
      tell(other, second(turn), turn + calm, 0.5)
      return origin.rounds
    })
    expect(rounds).toEqual([2, 1])
  })

  it('takes a turn from a client that waits three times at most: another may be told for ever [CC-118]', () => {
    const origin = newOrigin()
    const [noisy, patient] = [seated(origin), seatAt(origin)]
    let now = start
    let turns = 0
    for (let attempt = 1; ; attempt++) {
      expect(attempt).toBeLessThan(10)
      tell(noisy, {until: now + 1000, attempt, spread: false}, now, 0.5)
      const delay = admit(patient, free, now, 0.999)
      if (!delay) break
      turns++
      // It is refused again just before the other's turn.
      now += delay
      expect(admit(noisy, free, now - 1, 0.5)).toBe(0)
    }
    expect(turns).toBe(4)
    // The next pause is for it like for any other.
    tell(noisy, second(now), now, 0.5)
    expect(admit(patient, free, now, 0.5)).toBeGreaterThan(1000)
  })
})

describe('a budget', () => {
  it.each([
    [3, 1000],
    [1, 600_000],
    [1000, 10],
  ])('of %i within %i ms lets no more through, and the next when the oldest has left the window [CC-118]', (attempts, per) => {
    const origin = newOrigin()
    for (let i = 0; i < attempts; i++) expect(admit(seatAt(origin), {attempts, per}, start, 0)).toBe(0)
    const late = seatAt(origin)
    expect(admit(late, {attempts, per}, start, 0)).toBe(Math.max(per, 10))
    expect(admit(late, {attempts, per}, start + per - 1, 0)).toBe(10)
    expect(admit(late, {attempts, per}, start + per, 0)).toBe(0)
  })

  it('spreads those who wait over half a window [CC-118]', () => {
    const origin = newOrigin()
    const budget = {attempts: 1, per: 1000}
    admit(seatAt(origin), budget, start, 0)
    expect([0, 0.5, 0.999].map((random) => admit(seatAt(origin), budget, start + 100, random))).toEqual([900, 1150, 1399.5])
  })

  it('without a limit has none, and keeps a bounded memory [CC-118]', () => {
    const origin = newOrigin()
    for (let i = 0; i < 5000; i++) expect(admit(seatAt(origin), free, start, 0.5)).toBe(0)
    expect(origin.attempts).toHaveLength(1000)
  })
})

// A page of clients on a time of its own: each asks, waits as told, and lives for a while when it is let in.

const lives = fc.record({
  /** When it first wants in. */
  from: fc.nat(5000),
  /** How its connections end, one after the other; then one that lasts. `told`: with 1013, else like any other. */
  ends: fc.array(fc.record({after: fc.nat(3000), told: fc.boolean(), spread: fc.boolean(), delay: fc.integer({min: 500, max: 20_000})}), {maxLength: 6}),
})
const pages = fc.record({
  clients: fc.array(lives, {minLength: 1, maxLength: 25}),
  attempts: fc.integer({min: 1, max: 8}),
  per: fc.integer({min: 100, max: 20_000}),
  random: fc.array(fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), {minLength: 1, maxLength: 8}),
})

const play = ({clients, attempts, per, random}: typeof pages extends fc.Arbitrary<infer T> ? T : never): {admitted: number[]; asks: number; done: number} => {
  const origin = newOrigin()
  const budget = {attempts, per}
  let draws = 0
  const draw = (): number => random[draws++ % random.length]!
  const agenda: {at: number; what: () => void}[] = []
  const later = (at: number, what: () => void): void => {
    agenda.push({at, what})
    agenda.sort((a, b) => a.at - b.at)
  }
  const admitted: number[] = []
  let asks = 0
  let done = 0
  let now = start
  for (const {from, ends} of clients) {
    const seat = seatAt(origin)
    const left = [...ends]
    let attempt = 0
    const ask = (): void => {
      asks++
      const delay = admit(seat, budget, now, draw())
      if (delay) {
        expect(delay).toBeGreaterThanOrEqual(10)
        expect(delay).toBeLessThanOrEqual(Math.max(45_000 + 30_000, per * 1.5))
        return later(now + delay, ask)
      }
      admitted.push(now)
      const end = left.shift()
      if (!end) return void done++
      later(now + end.after, () => {
        if (end.told) tell(seat, {until: now + end.delay, attempt: ++attempt, spread: end.spread}, now, draw())
        later(now + end.delay, ask)
      })
    }
    later(start + from, ask)
  }
  for (let next; (next = agenda.shift()); ) {
    now = next.at
    next.what()
    expect(asks).toBeLessThan(20_000)
  }
  return {admitted, asks, done}
}

describe('whatever happens', () => {
  it('no window holds more attempts than the budget, and every client gets through [CC-118]', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const {admitted, done} = play(page)
        expect(done).toBe(page.clients.length)
        for (const [i, at] of admitted.entries()) {
          const before = admitted[i - page.attempts]
          if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(page.per - 1e-3)
        }
      }),
      {numRuns: 300},
    )
  })
})

describe('a text from a store', () => {
  const remaining = (text: unknown): [string, number][] => {
    const origins = originsOf(fakeClock())
    restore(origins, text, start)
    return [...origins].map(([origin, {until}]) => [origin, until - start])
  }

  it('gives back what was kept: origins, and until when, and nothing else [CC-119]', () => {
    const origins = originsOf(fakeClock())
    const url = 'wss://user:secret@example.test/room/7?token=1'
    tell(seatAt(originAt(origins, originOf(url)!, start)), {until: start + 5000.4, attempt: 1, spread: false}, start, 0.5)
    originAt(origins, 'ws://fine.test', start)
    const text = keep(origins, start)
    expect(text).toBe(`{"wss://example.test":${start + 5001}}`)
    expect(remaining(text)).toEqual([['wss://example.test', 5001]])
    expect(keep(origins, start + 5001)).toBe('')
  })

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an empty text', ''],
    ['no JSON', '{"wss://example.test":'],
    ['no text', {[name]: start + 1000}],
    ['a promise', Promise.resolve(`{"${name}":${start + 1000}}`)],
    ['a number', '5'],
    ['null', 'null'],
    ['a text in a text', '"wss://example.test"'],
    ['a list', `[${start + 1000}]`],
    ['another type of time', `{"${name}":"${start + 1000}"}`],
    ['an object for a time', `{"${name}":{"until":${start + 1000}}}`],
    ['a time that is over', `{"${name}":${start}}`],
    ['a negative time', `{"${name}":-1e300}`],
    ['no origin', `{"example.test":${start + 1000}}`],
    ['more than an origin', `{"wss://example.test/live":${start + 1000}}`],
    ['another scheme', `{"https://example.test":${start + 1000}}`],
    ['a prototype', `{"__proto__":{"${name}":${start + 1000}},"constructor":${start + 1000}}`],
    ['brackets without end', '['.repeat(30_000)],
    ['a huge text', `{"${name}":${start + 1000},"padding":"${'x'.repeat(40_000)}"}`],
  ])('with %s says nothing [CC-119]', (_name, text) => {
    expect(remaining(text)).toEqual([])
    expect(Object.prototype).not.toHaveProperty(name)
  })

  it.each(['1e999', '1e300', String(start * 1000), String(Number.MAX_SAFE_INTEGER)])('that says %s says ten minutes [CC-119]', (until) => {
    expect(remaining(`{"${name}":${until}}`)).toEqual([[name, 600_000]])
  })

  it('is understood where it is right, whatever stands beside it [CC-119]', () => {
    expect(remaining(`{"":1,"0":2,"ws://a b":${start + 9},"${name}":${start + 1000},"x":null}`)).toEqual([[name, 1000]])
  })

  it('with thousands of origins gives 64, and takes the place of none that is known [CC-119]', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({length: 1000}, (_, i) => [`ws://h${i}.test`, start + 1000])))
    expect(many.length).toBeLessThan(32_768)
    expect(remaining(many)).toHaveLength(64)
    const origins = originsOf(fakeClock())
    tell(seatAt(originAt(origins, name, start)), second(start), start, 0.5)
    restore(origins, many, start)
    expect(origins.size).toBe(64)
    expect(origins.get(name)!.until).toBe(start + 1000)
  })

  it('never shortens a pause that is known [CC-119]', () => {
    const origins = originsOf(fakeClock())
    tell(seatAt(originAt(origins, name, start)), second(start), start, 0.5)
    restore(origins, `{"${name}":${start + 500}}`, start)
    expect(origins.get(name)!.until).toBe(start + 1000)
  })

  it('of any other kind throws nothing, and asks for ten minutes at most [CC-119]', () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom(name, '__proto__', 'ws://a.test'))
    const values = fc.oneof(fc.double(), fc.jsonValue(), fc.integer({min: start - 10, max: start + 2_000_000}))
    const texts = fc.oneof(fc.string(), fc.json(), fc.array(fc.tuple(keys, values)).map((entries) => JSON.stringify(Object.fromEntries(entries))))
    fc.assert(
      fc.property(texts, (text) => {
        for (const [origin, left] of remaining(text)) {
          expect(originOf(origin)).toBe(origin)
          expect(left > 0 && left <= 600_000).toBe(true)
        }
      }),
      {numRuns: 500},
    )
  })
})
