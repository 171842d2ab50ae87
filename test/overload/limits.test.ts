// What is forgotten, when is it calm, and how many may come?

import {expect, it} from 'vitest'
import {overload} from '../../src/overload/index.ts'
import {admit, originAt, originsOf, restore, tell, type Budget, type Origin, type Seat} from '../../src/overload/origins.ts'
import {fakeClock} from '../../src/testing/index.ts'

const name = 'wss://example.test'
const free: Budget = {attempts: Infinity, per: 10_000}
const start = 1_800_000_000_000
const newOrigin = (): Origin => originAt(originsOf(fakeClock()), name, start)
const seatAt = (origin: Origin): Seat => ({origin, admittedAt: 0, told: 0}) as Seat
const seated = (origin: Origin): Seat => {
  const seat = seatAt(origin)
  expect(admit(seat, free, start, 0.5)).toBe(0)
  return seat
}
const after = (now: number, delay = 1000) => ({until: now + delay, attempt: 1, spread: false})

it('a round begins anew for a client that was let in before one that is forgotten [CC-117]', () => {
  const origin = newOrigin()
  const [first, old] = [seated(origin), seated(origin)]
  tell(first!, after(start), start, 0.5)
  tell(old!, after(start + 600_000), start + 600_000, 0.5)
  expect(origin).toMatchObject({rounds: 1, roundAt: start + 600_000, crowd: 1})
})

it('a shorter pause, and an earlier turn, make calm come no sooner [CC-117]', () => {
  const origin = newOrigin()
  const [long, short, late, early] = [seated(origin), seated(origin), seatAt(origin), seatAt(origin)]
  tell(long!, after(start, 60_000), start, 0.5)
  tell(short!, after(start), start, 0.5)
  expect(origin.calmAt).toBe(start + 80_000)
  admit(late!, free, start, 0.9)
  const {calmAt} = origin
  expect(calmAt).toBeGreaterThan(start + 80_000)
  admit(early!, free, start, 0.1)
  expect(origin.calmAt).toBe(calmAt)
})

it('the budget asks nobody to wait where there is room in the window [CC-118]', () => {
  const origin = newOrigin()
  const budget = {attempts: 2, per: 1000}
  for (const at of [0, 100]) expect(admit(seatAt(origin), budget, start + at, 0.9)).toBe(0)
  expect(admit(seatAt(origin), budget, start + 1000, 0.9)).toBe(0)
})

it('the budget is 30 in 10 s by default: the 31st waits for 10 to 15 s [CC-118]', () => {
  const clock = fakeClock({now: start})
  const asks = Array.from({length: 31}, () => overload()({clock, random: () => 0.5}).admit!(`${name}/live`))
  expect(asks.slice(0, 30)).toEqual(Array(30).fill(0))
  expect(asks[30]).toBe(12_500)
})

it('an origin of which only a pause was kept is forgotten, too [CC-115] [CC-119]', () => {
  const origins = originsOf(fakeClock())
  restore(origins, `{"${name}":${start + 1000}}`, start)
  originAt(origins, 'ws://other.test', start + 601_001)
  expect([...origins.keys()]).toEqual(['ws://other.test'])
})

it('turns after a pause that was kept are a second apart on average [CC-116] [CC-119]', () => {
  const origins = originsOf(fakeClock())
  restore(origins, `{"${name}":${start + 5000}}`, start)
  expect(admit(seatAt(originAt(origins, name, start)), free, start, 0.5)).toBe(5500)
})

it('a pause that was kept is taken up for an origin that is known, though there are 64 [CC-119]', () => {
  const origins = originsOf(fakeClock())
  for (let i = 0; i < 64; i++) tell(seatAt(originAt(origins, `ws://h${i}.test`, start)), after(start), start, 0.5)
  restore(origins, `{"ws://h5.test":${start + 9000}}`, start)
  expect(origins.get('ws://h5.test')!.until).toBe(start + 9000)
})

it('a store must be able to read, too [CC-82]', () => {
  expect(() => overload({store: {write() {}} as never})).toThrow('`store` must be a Store')
})

it('who has waited for ten minutes keeps its turn, though another is told to wait again and again [CC-118]', () => {
  const origin = newOrigin()
  const refused = seated(origin)
  tell(refused, after(start, 600_000), start, 0.5)
  const waiting = seatAt(origin)
  const first = admit(waiting, free, start, 0.5)
  expect(first).toBe(601_000)
  // The other came back sooner, and was told the same.
  expect(admit(refused, free, start + 600_000, 0.5)).toBe(0)
  tell(refused, after(start + 600_000, 600_000), start + 600_000, 0.5)
  expect(admit(waiting, free, start + 600_500, 0.5)).toBe(500)
  expect(admit(waiting, free, start + 601_000, 0.5)).toBe(0)
})
