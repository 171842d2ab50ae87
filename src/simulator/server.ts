// What does a server that can take so many connections a second say to an attempt?

import type {Plan} from './outages.ts'
import type {ServerSettings} from './options.ts'

/** `shed`: told to go away, which may cost time. `failed`: nobody answered, which costs the server none. */
export type Answer = 'accepted' | 'shed' | 'failed'

export interface Server {
  /**
   * Somebody arrives; never sooner than who arrived before.
   *
   * @returns the answer; `doneAt` says when it is given
   */
  meet: (at: number) => Answer
  doneAt: () => number
  /** Accepts that are still to be done. */
  waitingAt: (at: number) => number
  /** When so many accepts would be done that begin then. */
  finish: (at: number, accepts: number) => number
  /** It goes away, and forgets who waited. */
  reset: () => void
}

/**
 * One queue, first come first served. Who would wait for longer than `queue` is refused at once; the time that this takes is taken from
 * those who wait. Where refusals have doubled the wait, the kernel refuses, for nothing.
 */
export function serverOf({capacity, queue, refusalCost}: ServerSettings, {isUp, share, slowUntil}: Plan): Server {
  /** Accepts per ms. */
  const rate = capacity / 1000
  const room = queue * capacity
  /** Of the server's time, in accepts, as it was at `seen`. */
  let work = 0
  let seen = 0
  let done = 0

  const finish = (at: number, accepts: number): number => {
    const slowly = Math.max(0, slowUntil - at) * rate * share
    return accepts <= slowly ? at + accepts / (rate * share) : Math.max(at, slowUntil) + (accepts - slowly) / rate
  }

  const waitingAt = (at: number): number => {
    if (at < seen) return work
    const slow = Math.max(0, Math.min(at, slowUntil) - seen)
    work = Math.max(0, work - (at - seen - slow + slow * share) * rate)
    seen = at
    return work
  }

  return {
    finish,
    waitingAt,
    doneAt: () => done,
    reset: () => void (work = 0),
    meet(at) {
      done = at
      if (!isUp(at)) return 'failed'
      const waiting = waitingAt(at)
      if (waiting <= room) {
        work++
        done = finish(at, work)
        return 'accepted'
      }
      if (!refusalCost) return 'shed'
      if (waiting > 2 * room) return 'failed'
      work += refusalCost
      return 'shed'
    },
  }
}
