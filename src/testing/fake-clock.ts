// How does a test make time pass?

import type {Clock} from '../platform/clock.ts'

export interface FakeClockOptions {
  /** What `now()` says at first, ms since 1970. Default 0, so that deadlines read as durations. */
  now?: number
}

/** A clock that stands still until a test moves it. Its functions need no `this`. */
export interface FakeClock extends Clock {
  /** Timers that are set and have not run: 0 where a client rests. */
  readonly pending: number
  /** When the next timer is due, in the time of `now()`; undefined when none is set. */
  readonly nextAt: number | undefined

  /**
   * Lets time pass, timer by timer, each at its own moment; a timer set on the way runs too if it falls due.
   * Promises settle before, between and after: 50 turns of the microtask queue each time.
   *
   * @param ms 0 or more; 0 only settles promises and runs what is due now
   * @returns a promise that rejects with a RangeError for another number, with what a timer throws, and after 100,000 timers,
   * which only a hot loop can be
   * @example await clock.advance(1000)
   */
  advance(ms: number): Promise<void>

  /**
   * Jumps, as on a machine that slept or a page that was frozen: no timer runs on the way, all that came due run late, at the end.
   *
   * @param ms 0 or more
   */
  jump(ms: number): Promise<void>
}

interface Timer {
  at: number
  callback: () => void
}

/** Nobody sets so many for one step of a test. */
const mostTimers = 100_000

/** A chain of promises may be this long and still be done within one step of the clock. */
const settleTurns = 50

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < settleTurns; turn++) await Promise.resolve()
}

/** What `setTimeout` does with a delay that it can't count: 31 bits, nothing below 0. */
const counted = (delay: number): number => (delay > 2 ** 31 - 1 ? 1 : delay > 0 ? delay : 0)

/**
 * A {@link FakeClock}, for the `clock` option of a client. Nothing happens until `advance()` is called; a delay of more than
 * 2³¹ − 1 ms fires after 1 ms, as in every runtime.
 *
 * @example
 * const clock = fakeClock()
 * const client = connect('wss://example.com', {clock, random: () => 0.5, WebSocket: fakeNetwork(acceptsThenCloses(1013)).WebSocket})
 * await clock.advance(0)
 * client.state.name // 'backoff'
 * await clock.advance(1000)
 */
export function fakeClock({now: start = 0}: FakeClockOptions = {}): FakeClock {
  // In the order in which they were set, which decides between timers that are due together.
  const timers = new Map<number, Timer>()
  let now = start
  let last = 0

  const next = (): [number, Timer] | undefined => {
    let first: [number, Timer] | undefined
    for (const entry of timers) if (!first || entry[1].at < first[1].at) first = entry
    return first
  }

  const run = async (until: number): Promise<void> => {
    await settle()
    let runs = 0
    for (let due = next(); due && due[1].at <= until; due = next()) {
      if (++runs > mostTimers) throw new Error(`closecall: ${mostTimers} timers ran within one step of the fake clock: a hot loop`)
      const [id, {at, callback}] = due
      timers.delete(id)
      now = Math.max(now, at)
      callback()
      await settle()
    }
    now = Math.max(now, until)
  }

  const check = (ms: number): number => {
    if (ms >= 0 && ms < Infinity) return now + ms
    throw new RangeError(`closecall: \`ms\` must be a finite number, 0 or more, got ${ms}`)
  }

  return {
    now: () => now,
    setTimeout(callback, delay) {
      timers.set(++last, {at: now + counted(delay), callback})
      return last
    },
    clearTimeout(timer) {
      timers.delete(timer as number)
    },
    get pending() {
      return timers.size
    },
    get nextAt() {
      return next()?.[1].at
    },
    async advance(ms) {
      await run(check(ms))
    },
    async jump(ms) {
      now = check(ms)
      await run(now)
    },
  }
}
