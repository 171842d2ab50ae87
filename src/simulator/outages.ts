// What happened to the server, and when is it back?

import {check, fill, must, type Rules} from '../core/check.ts'

/**
 * What everybody lost their connection by.
 *
 * - `shed`: the server is there; it closed all connections with 1013
 * - `restart`: it said 1012 and is away for `duration`; meanwhile attempts are refused after a round trip
 * - `cut`: the network is gone for `duration` (1006); meanwhile attempts fail at once
 * - `brownout`: all connections broke (1006), and the server accepts `capacity` (a share of it) until `duration` is over
 * - `flapping`: the server goes `times` times, for `down` each, with `up` between them; each time whoever is connected is lost (1006)
 */
export type Outage =
  | {kind: 'shed'}
  | {kind: 'restart'; /** ms. Default 5000. */ duration?: number}
  | {kind: 'cut'; /** ms. Default 30 000. */ duration?: number}
  | {kind: 'brownout'; /** More than 0, at most 1. Default 0.5. */ capacity?: number; /** ms. Default 60 000. */ duration?: number}
  | {kind: 'flapping'; /** ms. Default 5000. */ up?: number; /** ms. Default 5000. */ down?: number; /** 1 to 1000. Default 6. */ times?: number}

export interface Plan {
  /** What those who are connected are closed with. */
  code: number
  /** Whether the server can add a hint to that. */
  speaks: boolean
  /** When it goes, ms from the first loss, which is the first of them. */
  goes: readonly number[]
  /** Asked in the order of time. */
  isUp: (at: number) => boolean
  /** Since when it is there for good. */
  up: number
  /** An attempt fails without a round trip. */
  failsAtOnce: boolean
  /** Of the capacity, until `slowUntil`. */
  share: number
  slowUntil: number
}

const hour = '0..3600000'

const kinds: Readonly<Record<Outage['kind'], {defaults: object; rules: Rules}>> = {
  shed: {defaults: {}, rules: {}},
  restart: {defaults: {duration: 5000}, rules: {duration: hour}},
  cut: {defaults: {duration: 30_000}, rules: {duration: hour}},
  brownout: {defaults: {capacity: 0.5, duration: 60_000}, rules: {capacity: '0.001..1', duration: hour}},
  flapping: {defaults: {up: 5000, down: 5000, times: 6}, rules: {up: hour, down: hour, times: '1..1000'}},
}

/** @throws one sentence for a kind that there is not, or a number that can't be used */
export function planOf(outage: Outage): Plan {
  check(outage, 'outage', 'an object')
  const {kind} = outage
  must(typeof kind === 'string' && Object.hasOwn(kinds, kind), 'outage.kind', Object.keys(kinds).join(' or '), kind)
  const {defaults, rules} = kinds[kind]
  const {duration = 0, capacity = 1, up = 0, down = 0, times = 1} = fill<{duration?: number; capacity?: number; up?: number; down?: number; times?: number}>('outage', defaults, {...rules, kind: 'a string'}, outage, 'outage.')
  must(Number.isInteger(times), 'outage.times', 'a whole number', times)
  const away = kind === 'flapping' ? down : kind === 'brownout' ? 0 : duration
  const goes = Array.from({length: times}, (_, i) => i * (up + down))
  let last = 0
  return {
    code: kind === 'shed' ? 1013 : kind === 'restart' ? 1012 : 1006,
    speaks: kind === 'shed' || kind === 'restart',
    goes,
    isUp(at) {
      while (goes[last + 1]! <= at) last++
      return at >= goes[last]! + away
    },
    up: goes.at(-1)! + away,
    failsAtOnce: kind === 'cut',
    share: capacity,
    slowUntil: kind === 'brownout' ? duration : 0,
  }
}
