// How do the clients of a page spare a server that has too much?

import type {End, Extension} from '../client/extension.ts'
import type {HistoryEntry} from '../client/report.ts'
import {fill, must, type Rules} from '../core/check.ts'
import {standardCode} from '../core/close-codes.ts'
import {defaultRetryPolicy} from '../core/machine.ts'
import type {Store} from '../platform/storage.ts'
import {admit, keep, mostAttempts, originAt, originOf, originsOf, restore, tell, type Budget, type News, type Seat} from './origins.ts'

export interface OverloadOptions {
  /** Connection attempts that all clients of the page together may make to one origin within `per`, 1–1000, or `Infinity`. Default 30: a dozen clients may come twice, a loop is slowed down. */
  attempts?: number
  /** Window of `attempts`, ms, at most 600 000. Default 10 000. */
  per?: number
  /** Keeps what remains of a pause over a reload of the page: {@link sessionStore}, or your own. Default: nothing is kept. */
  store?: Store
}

const defaults: Budget & {store: Store | undefined} = {attempts: 30, per: 10_000, store: undefined}

const rules: Rules = {attempts: 'a number', per: '1..600000', store: 'an object'}

/** Close codes and handshake statuses that say that the origin has too much, or of this page too much. 1001, 1011 and the like may speak of one connection. */
const overloads: readonly number[] = [1012, 1013, 429, 503]

/**
 * Clients of one origin slow down together. Where one of them is closed with 1013 or 1012, or refused with 429 or 503 and the
 * status can be seen, all that are given `overload()` wait before they connect, and come back one after the other; open
 * connections are left alone. A client that waits is `suspended` (`why: 'overload'`), and `reconnect()` does not bring it forward.
 * Give it last: what it lets through is counted as an attempt.
 *
 * @param options a budget of attempts, and a store
 * @throws {ClosecallError} (`INVALID`) for an option that can't be used
 * @example connect(url, {extensions: [overload({store: sessionStore()})]})
 */
export function overload(options: OverloadOptions = {}): Extension {
  const {store, ...budget} = fill<typeof defaults>('options', defaults, rules, options)
  const {attempts} = budget
  const whole = Number.isInteger(attempts) && attempts <= mostAttempts
  must(attempts >= 1 && (whole || attempts === Infinity), 'attempts', `a whole number from 1 to ${mostAttempts}, or Infinity`, attempts)
  must(!store || (typeof store.read === 'function' && typeof store.write === 'function'), 'store', 'a Store', store)
  /** The text in the store; undefined until it was read. */
  let kept: unknown

  return ({clock, random}) => {
    const origins = originsOf(clock)
    let seat: Seat | undefined

    const seatAt = (url: string, now: number): Seat => {
      const origin = originAt(origins, originOf(url)!, now)
      if (seat?.origin !== origin) seat = {origin, admittedAt: 0}
      return seat
    }

    const load = (now: number): void => {
      if (!store || kept !== undefined) return
      kept = quietly(() => store.read()) ?? ''
      restore(origins, kept, now)
    }

    const save = (now: number): void => {
      if (!store) return
      const text = keep(origins, now)
      if (text !== kept) quietly(() => store.write((kept = text)))
    }

    return {
      admit(url) {
        const now = clock.now()
        load(now)
        const delay = admit(seatAt(url, now), budget, now, random())
        save(now)
        return delay
      },
      settled(entry, end) {
        const {close, verdict} = entry
        if (verdict.fault !== 'server' || !overloads.includes(close.status ?? standardCode(close.code))) return undefined
        const now = clock.now()
        tell(seatAt(end.url, now), newsIn(entry, end, random), now, random())
        save(now)
        return undefined
      },
    }
  }
}

const newsIn = ({at, verdict}: HistoryEntry, {state, endpoint, hint}: End, random: () => number): News => {
  // It does not come back. The server's wish holds for the others all the same, and so does a restart's for the one that a library makes in its place.
  if (!('earliest' in state)) {
    const [least, most] = defaultRetryPolicy.restartSpread
    const restart = verdict.backoff === 'spread' ? at + least + random() * (most - least) : 0
    return {until: hint ? at + hint.after : restart, attempt: 0, spread: false}
  }
  const {attempt, earliest, elsewhere} = state
  // Where there are several addresses, it may go on at another, and come back to this one later.
  const {retryAt, streak} = elsewhere.find((memory) => memory.endpoint === endpoint) ?? {...state, retryAt: earliest}
  const spread = verdict.backoff === 'spread' && streak.strikes === 1 && !hint
  return {until: retryAt, attempt, spread}
}

/** A store may be blocked or full: then nothing is kept, and that is all. */
const quietly = <T>(run: () => T): T | undefined => {
  try {
    return run()
  } catch {
    return undefined
  }
}
