// What do the clients of a page know of an origin, and how long must the next attempt wait?

import {backoff, defaultBackoff} from '../core/backoff.ts'
import type {Clock} from '../platform/clock.ts'

/** Attempts that all clients together may make. */
export interface Budget {
  attempts: number
  /** Window, ms. */
  per: number
}

/** What all clients know of one origin. Times are milliseconds since 1970. */
export interface Origin {
  /** Nobody is to connect before then. */
  until: number
  /** Rounds of overload in a row. Ends of connections that were all made before the round began are one round, however many. */
  rounds: number
  /** When the last round began. */
  roundAt: number
  /** Clients that this round concerns: the told, and those that wait for their turn. */
  crowd: number
  /** Without bad news until then, and the rounds are forgotten. */
  calmAt: number
  /** When attempts were made, oldest first. */
  attempts: number[]
}

/** What one client has to do with an origin. */
export interface Seat {
  origin: Origin
  /** When its last attempt was let through. */
  admittedAt: number
  /** The round that it is counted in. */
  countedIn?: number
  turn?: Turn
}

/** When a client that was told, or waits, may connect. */
interface Turn {
  at: number
  /** The pause that it was drawn for. */
  until: number
  /** Turns before it that newer pauses made void. */
  lost: number
  /** When the first of them was drawn. */
  since: number
}

/** The longest that clients wait for each other's sake, and that a store can ask for, ms: the longest hint by default. */
const longestPause = 600_000

/** So long after the last turn without bad news, and the rounds are forgotten, ms: an attempt takes 10 s by default, and must be seen to last. */
const calm = 20_000

/** A client that lost so many turns keeps the next, and so does one that has waited for the longest pause: another may be refused for reasons of its own for ever. */
const patience = 3

/** The least that anybody is asked to wait, ms: timers fire a little early. */
const leastWait = 10

/** Attempts that are remembered for one origin: the largest budget. */
export const mostAttempts = 1000

/** Origins that are remembered, in memory and in a store. */
const mostOrigins = 64

/** Characters of a store's text that are looked at: as many origins with the longest names. */
const longestText = 32_768

let registries: WeakMap<Clock, Map<string, Origin>> | undefined

/** What is known to all clients that go by this clock: all of the page, but for tests. Oldest use first. */
export const originsOf = (clock: Clock): Map<string, Origin> => {
  registries ??= new WeakMap()
  const origins = registries.get(clock) ?? new Map<string, Origin>()
  registries.set(clock, origins)
  return origins
}

/** Scheme, host and port; undefined for what is no WebSocket URL. */
export const originOf = (url: string): string | undefined => {
  try {
    const {protocol, host} = new URL(url)
    return /^wss?:$/.test(protocol) ? `${protocol}//${host}` : undefined
  } catch {
    return undefined
  }
}

/** What is known of this origin; it is in use from now on. */
export function originAt(origins: Map<string, Origin>, name: string, now: number): Origin {
  const origin = origins.get(name) ?? {until: 0, rounds: 0, roundAt: 0, crowd: 0, calmAt: 0, attempts: []}
  origins.delete(name)
  for (const [other, {calmAt, attempts}] of origins) {
    const over = now > Math.max(calmAt, (attempts.at(-1) ?? 0) + longestPause)
    if (over || origins.size >= mostOrigins) origins.delete(other)
  }
  origins.set(name, origin)
  return origin
}

const pauseUntil = (origin: Origin, until: number): void => {
  origin.until = Math.max(origin.until, until)
  origin.calmAt = Math.max(origin.calmAt, until + calm)
}

const giveTurn = (seat: Seat, at: number, now: number, {lost, since}: Pick<Turn, 'lost' | 'since'> = {lost: 0, since: now}): void => {
  const {origin} = seat
  seat.turn = {at, until: origin.until, lost, since}
  origin.calmAt = Math.max(origin.calmAt, at + calm)
}

const count = (seat: Seat): void => {
  const {origin} = seat
  if (seat.countedIn === origin.roundAt) return
  seat.countedIn = origin.roundAt
  origin.crowd++
}

/** What a client was told, and what it does about it. */
export interface News {
  /** When it comes back; 0 if it doesn't. */
  until: number
  /** Its retries without a stable connection, the one to come included; 0 if none comes. */
  attempt: number
  /** It drew its delay from the wide span of a restart, as others do that are told the same. */
  spread: boolean
}

/** A client was told that the origin has too much: nobody connects for a while. */
export function tell(seat: Seat, {until, attempt, spread}: News, now: number, random: number): void {
  const {origin} = seat
  if (now > origin.calmAt) origin.rounds = 0
  const begins = !origin.rounds || seat.admittedAt > origin.roundAt
  if (begins) Object.assign(origin, {rounds: origin.rounds + 1, roundAt: now, crowd: 0})
  count(seat)
  const before = origin.until
  const own = Math.min(until, now + longestPause)
  const scattered = spread && !begins
  // A client that was in every round has waited longer each time; one that wasn't has not.
  if (!scattered) pauseUntil(origin, Math.max(own, attempt < origin.rounds ? now + backoff(origin.rounds - 1, random) : 0))
  // Its own moment is its turn, but for one that is another's already.
  if (scattered || own === origin.until) giveTurn(seat, scattered || own > before ? own : drawn(origin, random), now)
}

/** How long a client that wants to connect must wait, ms; 0: it may, and is counted. */
export function admit(seat: Seat, budget: Budget, now: number, random: number): number {
  const left = Math.max(pauseLeft(seat, now, random), 0) || budgetLeft(seat, budget, now, random)
  if (left > 0) return Math.max(left, leastWait)
  const {attempts} = seat.origin
  if (attempts.push(now) > mostAttempts) attempts.shift()
  seat.admittedAt = now
  delete seat.turn
  return 0
}

const pauseLeft = (seat: Seat, now: number, random: number): number => {
  const {origin, turn} = seat
  const {until} = origin
  if (turn && (turn.until === until || turn.lost === patience || now - turn.since >= longestPause)) return turn.at - now
  if (until <= now) return 0
  count(seat)
  const at = drawn(origin, random)
  giveTurn(seat, at, now, turn && {lost: turn.lost + 1, since: turn.since})
  return at - now
}

/** After the pause, from a span of one nominal pause per client. */
const drawn = ({until, rounds, crowd}: Origin, random: number): number => {
  const {initialDelay, factor, maxDelay} = defaultBackoff
  return until + random * Math.min(maxDelay, initialDelay * factor ** Math.max(0, rounds - 1) * crowd)
}

/** No window holds more attempts than the budget. Those that wait for the same one to leave it don't come back together; asking again draws nothing better. */
const budgetLeft = (seat: Seat, {attempts, per}: Budget, now: number, random: number): number => {
  const left = (seat.origin.attempts.at(-attempts) ?? -Infinity) + per - now
  if (left <= 0) return 0
  const wait = left + (random * per) / 2
  giveTurn(seat, now + wait, now, seat.turn)
  return wait
}

/** The pauses that are not over, as a text to keep; `''` if there is none. No path, no query. */
export function keep(origins: Map<string, Origin>, now: number): string {
  const pauses = [...origins].filter(([, {until}]) => until > now).map(([name, {until}]) => [name, Math.ceil(until)])
  return pauses.length ? JSON.stringify(Object.fromEntries(pauses)) : ''
}

/** Takes up pauses that were kept. Anybody may have written the text: what is no pause is nothing, and none is longer than ten minutes. */
export function restore(origins: Map<string, Origin>, text: unknown, now: number): void {
  if (typeof text !== 'string' || text.length > longestText) return
  for (const [name, until] of entriesOf(text).slice(0, mostOrigins)) {
    if (!(typeof until === 'number' && until > now) || originOf(name) !== name) continue
    // None of the page's own is forgotten for it.
    if (origins.has(name) || origins.size < mostOrigins) pauseUntil(originAt(origins, name, now), Math.min(until, now + longestPause))
  }
}

const entriesOf = (text: string): [string, unknown][] => {
  try {
    return Object.entries(JSON.parse(text))
  } catch {
    return []
  }
}
