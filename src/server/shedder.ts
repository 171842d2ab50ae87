// Who is taken now, and when do the others come back, so that a herd returns at the pace that the server can take?

import {longestDelay} from '../core/backoff.ts'
import {check, duration, fill, must} from '../core/check.ts'
import {serviceRestart, tryAgainLater, type CloseFrame, type ReturnHint} from './close-frame.ts'

export interface ShedderOptions {
  /** Connections that this process can take in a second, with all that its clients ask for when they come: 0.001–1 000 000. Measure it. May be changed later. */
  capacity: number
  /**
   * How many may come at once where nobody is waited for, 1–1 000 000. As many again may come early, late, or without a slot of their own while
   * others have theirs. Default: half a second of `capacity`, at least 1.
   */
  burst?: number
  /**
   * How far ahead slots are given, 1–2 147 483 647 ms. Who finds them all given is told to come at any moment of that time, and is seen to then.
   * All your clients divided by `capacity` is enough, and bounds what those that ignore their slots can do to others. Default 600 000: clients take no more.
   */
  horizon?: number
  /** What is promised already from now on, ms: the `backlog` of the process before this one, less the time since. Default 0. */
  backlog?: number
  /** Sends 4912 and 4913 instead of 1012 and 1013, see `CloseOptions`. Default false. */
  alias?: boolean
  /** The time, ms. If it goes back, what was promised stays promised; if it leaps ahead, it is forgotten. Default `Date.now`. */
  now?: () => number
}

/** A close frame with a slot, and the slot by itself: for `httpRetryAfter` and `rawRetryAfter`. */
export interface Shed extends CloseFrame {
  hint: ReturnHint
}

export interface Shedder {
  /**
   * Somebody wants to connect. Call it once for each, before anything is done for it.
   *
   * @returns undefined: take it. Otherwise close it with this: 1013 and its slot, at least 1.5 s ahead, since clients come no sooner the second time
   */
  admit: () => Shed | undefined
  /** 1013 and a slot, for a connection that has to go though it was taken: memory is short, or the room is full. */
  shed: () => Shed
  /**
   * 1012 and a slot, for each connection that is open when the server goes.
   *
   * @param after how long nobody is wanted, ms: until the next process listens. Default 0
   * @throws one sentence for an `after` that can't be used
   */
  restart: (after?: number) => Shed
  /** Connections a second. Set it when the server can take less, or more again: it holds for whom comes from now on, and slots that were given stay. */
  capacity: number
  /** How far ahead slots are given at present, ms; 0: nobody is waited for. */
  readonly backlog: number
}

const amount = '1..1000000'

const rules = {capacity: '0.001..1000000', burst: amount, horizon: duration, backlog: '0..2147483647', alias: 'a boolean', now: 'a function'}

/** From the second retry in a row clients come no sooner than half to one and a half of their `initialDelay`, whatever the hint. [CC-42] */
const soonest = 1500

/**
 * Takes at most `capacity` connections a second, and gives each of the others a slot of its own: one after another at that pace, behind
 * all that were given before. So a herd of any size comes back as fast as the server can take it, each client with one attempt.
 *
 * It knows numbers, not clients: no table, no timer. A client that comes at its slot and one that comes without are alike to it, so who
 * ignores a slot can cost one other client one more attempt, and each attempt takes another slot at the end, up to `horizon`. What
 * nobody came for is there for the next that come, up to twice `burst`.
 *
 * @throws one sentence for an option that can't be used
 * @see ITU-T I.371, Annex A, the generic cell rate algorithm in its two forms: slots are given by virtual scheduling, and connections
 * taken by the continuous-state leaky bucket
 * @example
 * const shedder = createShedder({capacity: 200})
 * sockets.on('connection', (socket) => {
 *   const shed = shedder.admit()
 *   if (shed) return socket.close(shed.code, shed.reason) // 1013, 'retry-after=42.195;spread=0'
 *   welcome(socket)
 * })
 */
export function createShedder(options: ShedderOptions): Shedder {
  const {burst, horizon, backlog, alias, now} = fill('options', {horizon: 600_000, backlog: 0, alias: false, now: Date.now} as Filled, rules, options)
  let {capacity} = options
  check(capacity, 'capacity', rules.capacity)

  let made: number | undefined
  let reading = -Infinity
  let behind = 0
  /** Since the shedder was made: a number since 1970 is too coarse for a million slots a second. */
  const time = (): number => {
    const next = now()
    must(Number.isFinite(next), 'now', 'a function that returns a number', next)
    if (next < reading) behind += reading - next
    reading = next
    made ??= next
    return next - made + behind
  }

  /** Connections taken that the server is still busy with, at `at`. */
  let level = 0
  let at = time()
  /** The first slot that is free: all from `due` to there are given. */
  let free = at + backlog
  let due = backlog ? at : Infinity

  const pass = (): void => {
    const t = time()
    level = Math.max(0, level - ((t - at) * capacity) / 1000)
    at = t
  }

  const room = (): number => burst ?? Math.max(1, capacity / 2)

  /** Whether clients that have a slot may be on their way: they find more room, since they may come early, or late. */
  const expecting = (): boolean => at >= due && at < free + (room() / capacity) * 1000

  const slot = (after: number): ReturnHint => {
    pass()
    if (free < at && !expecting()) due = Infinity
    const next = Math.max(free, at + after)
    // All are given. Some of those that have one won't come, and time frees others at the end.
    if (next - at > after + horizon) return {after, spread: horizon}
    due = Math.min(due, next)
    free = next + 1000 / capacity
    return {after: Math.min(next - at, longestDelay), spread: 0}
  }

  const shed = (after: number, frame: typeof tryAgainLater): Shed => {
    const hint = slot(after)
    return {...frame({...hint, alias}), hint}
  }

  return {
    admit() {
      pass()
      // What was subtracted in parts may be short of a whole by the last bit.
      if (level + 1 > (expecting() ? 2 : 1) * room() + 1e-6) return shed(soonest, tryAgainLater)
      level++
      return undefined
    },
    shed: () => shed(0, tryAgainLater),
    restart(after = 0) {
      check(after, 'after', rules.backlog)
      return shed(after, serviceRestart)
    },
    get capacity() {
      return capacity
    },
    set capacity(value) {
      check(value, 'capacity', rules.capacity)
      pass()
      capacity = value
    },
    get backlog() {
      pass()
      return Math.max(0, free - at)
    },
  }
}

type Filled = ShedderOptions & Required<Pick<ShedderOptions, 'horizon' | 'backlog' | 'alias' | 'now'>>
