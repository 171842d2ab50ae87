// Is the time right where the machine slept, or somebody set its clock?

import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import type {Clock} from '../../src/platform/clock.ts'

let wall: number
let monotonic: number
let clock: Clock

beforeEach(async () => {
  wall = 1_700_000_000_000
  monotonic = 5000
  vi.spyOn(Date, 'now').mockImplementation(() => wall)
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic)
  // It remembers what the clocks said: each test has its own.
  vi.resetModules()
  clock = (await import('../../src/platform/clock.ts')).systemClock
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const pass = (monotonically: number, onTheWall = monotonically): number => {
  monotonic += monotonically
  wall += onTheWall
  return clock.now()
}

it('is that of the wall, in whole milliseconds [CC-94]', () => {
  monotonic = 5000.7
  expect(clock.now()).toBe(1_700_000_000_000)
  expect(pass(1500.2, 1500)).toBe(1_700_000_001_500)
})

it('goes on where the wall clock is set back: no wait is stretched', () => {
  const start = clock.now()
  expect(pass(100, -3_600_000) - start).toBe(100)
  expect(pass(100) - start).toBe(200)
})

it('counts the time that the machine slept, though the monotonic clock stood still', () => {
  const start = clock.now()
  expect(pass(10, 3_600_000) - start).toBe(3_600_000)
  expect(pass(10) - start).toBe(3_600_010)
})

it('is not moved by the small steps of a clock that is being corrected', () => {
  const start = clock.now()
  expect(pass(1000, 1400) - start).toBe(1000)
  expect(pass(1000, 700) - start).toBe(2000)
})

it('is that of the wall where there is no other', () => {
  vi.stubGlobal('performance', undefined)
  expect(clock.now()).toBe(wall)
  expect(pass(0, 250)).toBe(wall)
})

it('sets and clears the timers of the runtime', async () => {
  let ran = 0
  const timer = clock.setTimeout(() => ran++, 0)
  clock.clearTimeout(timer)
  await new Promise<void>((resolve) => clock.setTimeout(resolve, 1))
  expect(ran).toBe(0)
})
