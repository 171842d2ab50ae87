// Something happened: what is the state now, and what must be done? The table at the end is the whole of it.

import {backoff, defaultBackoff, longestDelay, type Backoff} from './backoff.ts'
import {changed, classify, normalizeCode} from './classify.ts'
import type {Close, CloseOrigin} from './close.ts'
import type {Action, Verdict} from './close-codes.ts'
import type {InBandHint} from './dialect.ts'
import {nextEndpoint, speaksOfEndpoint, type Memory, type Streak} from './endpoints.ts'
import {firstBeat, look, nextLook, tolerance, type Beat, type HeartbeatRules} from './heartbeat.ts'
import {parseRetryHint, type RetryHint} from './retry-hint.ts'

/** What the machine needs to know of the caller's wishes. Plain data but for the functions, which must not throw. */
export interface Policy {
  backoff: RetryPolicy
  /** Open so long, and past failures are forgotten, ms. */
  stableAfter: number
  /** Limit of one attempt, from asking for the address to `open`, ms. */
  connectTimeout: number
  /** Limit of the closing handshake, ms. */
  closeTimeout: number
  /** Absent: nobody is asked for a sign of life. */
  heartbeat?: HeartbeatRules | undefined
  /** How often to look whether an open socket is closing and does not say so, ms. Absent: this runtime always says so. */
  pollInterval?: number | undefined
  /** Whether a page that may come back from the bfcache closes its connection when it goes there. */
  closeOnPageHide: boolean
  /** Whether there is a function to ask for new credentials or a new address. */
  refreshable: boolean
  /** Whether there is somebody to ask why a connection never opened. */
  investigates: boolean
  /** Whether the caller has something to do on each connection before anything else goes out. */
  setsUp: boolean
  /** Whether another connection follows one that is lost; if not, that is the end. */
  reconnects: boolean
  classify: (close: Close, context: ClassifyContext) => Verdict
}

export interface RetryPolicy extends Backoff {
  /** Retries without a stable connection between them before the client fails. Default: no limit. */
  maxAttempts: number
  /** Bounds of the first delay after a 1012, ms. Default 5–30 s, as its registration asks. */
  restartSpread: readonly [number, number]
  /** The longest pause, and the widest spread, that a server's hint can ask for, ms. Default 600 000. */
  maxHint: number
}

/** What went before, since the last stable connection. */
export interface ClassifyContext {
  /** Retries made. */
  attempt: number
  streak: Streak
  /** What a message of the server said of this close. */
  announced?: Partial<Verdict> | undefined
}

// Without a spread: bundlers keep that for who takes only `classify`.
export const defaultRetryPolicy: RetryPolicy = /* @__PURE__ */ Object.assign({maxAttempts: Infinity, restartSpread: [5000, 30_000], maxHint: 600_000} as const, defaultBackoff)

export const defaultPolicy: Policy = {
  backoff: defaultRetryPolicy,
  stableAfter: 10_000,
  connectTimeout: 10_000,
  closeTimeout: 2000,
  closeOnPageHide: true,
  refreshable: false,
  investigates: false,
  setsUp: false,
  reconnects: true,
  classify: (close) => classify(close),
}

/** What an `error` event tells. */
export type Failure = Pick<Close, 'status' | 'retryAfter' | 'error'>

/**
 * Where the client stands. A field is there only in the states where it is true. Times are milliseconds since 1970.
 *
 * `epoch` grows whenever older questions lose their meaning; answers from an older epoch are dropped.
 * `attempt` counts the retries since the last stable connection: 0 for the first connection.
 */
export type State =
  | {name: 'idle'; epoch: number}
  /**
   * `since`: the socket is open, and the caller sets the connection up before anything else goes out.
   * `unexplained`: it failed, and somebody is asked why. `late`: its timer came too late to judge, so it has a moment more.
   */
  | ({name: 'connecting'; deadline: number; refresh: boolean; since?: number; hint?: InBandHint; failure?: Failure; unexplained?: CloseReport; late?: boolean} & Progress & Partial<Ended>)
  /**
   * `stableAt`: then past failures are forgotten. `lookAt`: then the other end's life is looked at.
   * `failure`: an error came, or the socket is `stalled` in its closing, and the close event has until `deadline`.
   */
  | ({name: 'open'; since: number; stableAt?: number; lookAt?: number; beat?: Beat; failure?: Failure; stalled?: boolean; deadline?: number; hint?: InBandHint} & Progress)
  | ({name: 'backoff'; delay: number; retryAt: number} & Held & Ended)
  /**
   * Waits for something else than a delay.
   *
   * - `offline`: for the network. It tries at `retryAt` all the same: the signal may be wrong.
   * - `page`: for a page that is frozen, in the bfcache or being unloaded. Nothing happens before it is back.
   * - `overload`: an extension, or a hint before any end, asked to wait, until `retryAt`.
   */
  | ({name: 'suspended'; why: 'offline' | 'page' | 'overload'; retryAt?: number} & Held)
  | {name: 'closing'; epoch: number; since: number; deadline: number}
  /** An end that somebody wished: the caller, or the server with a verdict of `end`. */
  | ({name: 'closed'; epoch: number} & Partial<Ended>)
  /** An end that code or configuration must answer for. */
  | ({name: 'failed'; epoch: number; why: FailureCause} & Ended)

/** What is held against the server, at the address that is tried and at others. */
interface Standing extends Omit<ClassifyContext, 'announced'> {
  /** Which address, where there are several: 0 first. */
  endpoint: number
  /** Failures there, without a stable connection between them. */
  failures: number
  /** The other addresses that failed. */
  elsewhere: readonly Memory[]
}

interface Progress extends Standing {
  epoch: number
}

interface Ended {
  last: Close
  verdict: Verdict
}

/** What a wait keeps in mind. */
interface Held extends Progress, Partial<Ended> {
  /** Whether credentials are asked for first. */
  refresh: boolean
  /** Signals bring the retry forward to this time at most: a server that asked for a pause gets it. */
  earliest: number
}

/** `verdict`: retrying can't help. `strikes`: the verdict's budget is spent. `attempts`: `maxAttempts` are spent. */
export type FailureCause = 'verdict' | 'strikes' | 'attempts'

export type StateName = State['name']

/** A runtime's close event, or what the shell found instead of one. */
export interface CloseReport extends Failure {
  code?: unknown
  reason?: unknown
  wasClean?: unknown
  origin?: CloseOrigin
}

/**
 * Everything that can happen. The shell stamps each event with the time, a random number and what it sees,
 * so that a list of events replays exactly.
 *
 * - `wake`: the page is visible, resumed or back from the bfcache, or something else suggests that we were away
 * - `freeze`: no timer will run and no socket should be opened: the page is being frozen or unloaded
 * - `pagehide`: the page goes into the bfcache, and may come back
 */
export type Event = Stamp &
  (
    | {type: 'open' | 'online' | 'offline' | 'wake' | 'freeze' | 'pagehide'}
    /** With what to close the connection that is left. */
    | {type: 'reconnect'; code?: number; reason?: string}
    | {type: 'close'; code: number; reason: string}
    | {type: 'hint'; hint: InBandHint}
    | {type: 'deadline'; epoch: number}
    /** `asks`: whether the heartbeat can ask the server for a sign of life; absent: no heartbeat. */
    | {type: 'opened'; epoch: number; asks?: boolean}
    /** The caller has set the connection up; `asks` as above. */
    | {type: 'ready'; epoch: number; asks?: boolean}
    | {type: 'error'; epoch: number; failure: Failure}
    | {type: 'closed'; epoch: number; close: CloseReport}
    /** Not yet, says an extension; ask again after `delay` ms. */
    | {type: 'postponed'; epoch: number; delay: number}
    /** What could be learned about a connection that never opened. */
    | {type: 'explained'; epoch: number; failure: Failure}
  )

export interface Stamp {
  now: number
  /** From 0 up to, not including, 1. */
  random: number
  online: boolean
  /** The page is frozen, in the bfcache or being unloaded: no socket may be opened. */
  frozen?: boolean
  /** Signs of life from the server so far: messages and pongs. */
  signs?: number
  /** Of the socket; -1: there is none. */
  readyState?: number
  /** Addresses to choose from. Absent: one. */
  endpoints?: number
}

export type EventType = Event['type']

/** What the shell must do, in this order. */
export type Effect =
  /** Ask for the address, then open a socket; answer with the state's epoch. */
  | {type: 'connect'}
  /** Let the caller set the connection up; answer with `ready`, or with `closed`. */
  | {type: 'setUp'}
  /** Ask the server for a sign of life. */
  | {type: 'ask'}
  /** End a socket that is stuck in its closing, where that can be done; its close event is still welcome. */
  | {type: 'terminate'}
  /** Find out why a connection never opened; answer with `explained`. */
  | {type: 'investigate'; close: Close}
  /** Start the closing handshake; no more messages in either direction. */
  | {type: 'disconnect'; code: number; reason: string}
  /** A connection or an attempt ended: note it, and make a report if there is a cause to. */
  | ({type: 'settle'; report: FailureCause | undefined} & Ended)
  /** Let go of the socket, or of the question for its address, whatever it does. Without a code, 1000 is said. */
  | {type: 'abandon'; code?: number; reason?: string}

export interface Step {
  state: State
  effects: readonly Effect[]
}

type In<Name extends StateName> = Extract<State, {name: Name}>
type Of<Type extends EventType> = Event & {type: Type}
type Handler<S, E> = (state: S, event: E, policy: Policy) => Step

export const initialState: State = {name: 'idle', epoch: 0}

/** Nothing is under way, and nothing will happen by itself: no socket, no timer, no listener. */
export const isResting = ({name}: State): boolean => name === 'idle' || name === 'closed' || name === 'failed'

/** When the state wants a `deadline` event; never in a resting state. The shell keeps one timer, for this. */
export const deadlineOf = (state: State): number | undefined => {
  const {retryAt, deadline, stableAt = Infinity, lookAt = Infinity} = state as {[time in 'retryAt' | 'deadline' | 'stableAt' | 'lookAt']?: number}
  const next = retryAt ?? deadline ?? Math.min(stableAt, lookAt)
  return next < Infinity ? next : undefined
}

/** After an `error` event the `close` event has so long to follow, ms: at most 30 were measured, and Node 22 sends none. */
const errorGrace = 100

/** The least pause where the verdict is not to hurry, on average, ms. */
const unhurried = 500

/** The longest pause where the verdict is to come back at once, ms. */
export const promptly = 250

/** Longest pause after a signal that we are back, ms: `online` comes before the network does, and to everybody at once. */
const wakeSpread = 1000

/** Nothing is held against the server. */
const beginning: Standing = {attempt: 0, streak: {strikes: 0}, failures: 0, endpoint: 0, elsewhere: []}

const step = (state: State, ...effects: Effect[]): Step => ({state, effects})

const abandon: Effect = {type: 'abandon'}

/** A stable connection: nothing is held against its address, and none is in a row with what was before. */
const forgiven = <S extends Standing>(standing: S): S => ({...standing, ...beginning, endpoint: standing.endpoint, elsewhere: standing.elsewhere.map((memory) => ({...memory, streak: beginning.streak, spent: false}))})

const standingOf = ({attempt, streak, failures, endpoint, elsewhere}: Standing): Standing => ({attempt, streak, failures, endpoint, elsewhere})

/** What was waited after. */
const endOf = ({last, verdict}: Partial<Ended>): Partial<Ended> => (last && verdict ? {last, verdict} : {})

/** @param before what is left to do about an older connection */
const dial = ({epoch}: State, event: Event, {connectTimeout}: Policy, standing: Standing & Partial<Ended>, refresh: boolean, ...before: Effect[]): Step => {
  const {now} = event
  const next: State = {name: 'connecting', deadline: now + connectTimeout, epoch: epoch + 1, refresh, ...standingOf(standing), ...endOf(standing)}
  return event.frozen ? step(asleep({earliest: now, ...next}), ...before) : step(next, ...before, {type: 'connect'})
}

/** A new beginning. Credentials are asked for again: the caller may have mended them. */
const start: Handler<State, Event> = (state, event, policy) => dial(state, event, policy, beginning, true, abandon)

const retry: Handler<In<'backoff' | 'suspended'>, Event> = (state, event, policy) => dial(state, event, policy, state, state.refresh)

/** Leaves a connection for another at once. What failed before still counts, but for one that was to be the last: that is a new beginning. */
const replace: Handler<In<'connecting' | 'open' | 'closing'>, Of<'open' | 'reconnect'>> = (state, event, policy) => {
  const isLast = state.name === 'closing'
  const leave: Effect = event.type === 'reconnect' && event.code ? {type: 'abandon', code: event.code, reason: event.reason} : abandon
  return dial(state, event, policy, isLast ? beginning : state, isLast, settle(wished(state, event, {origin: 'reconnect'}, 'retry')), leave)
}

/** One that is being set up is open, and can be left; any other attempt is what is wanted. */
const renew: Handler<In<'connecting'>, Of<'reconnect'>> = (state, event, policy) => (state.since === undefined ? step(state) : replace(state, event, policy))

const opened: Handler<In<'connecting'>, Of<'opened'>> = (state, event, policy) => {
  // Its socket was let go of when it failed.
  if (state.unexplained || state.since !== undefined) return step(state)
  return policy.setsUp ? step({...state, since: event.now}, {type: 'setUp'}) : begin(state, event, policy)
}

const ready: Handler<In<'connecting'>, Of<'ready'>> = (state, event, policy) => (state.since === undefined ? step(state) : begin(state, event, policy))

const begin: Handler<In<'connecting'>, Of<'opened' | 'ready'>> = (state, {now, asks, signs = 0}, policy) => {
  const {heartbeat, stableAfter} = policy
  const {epoch, hint, failure, deadline, attempt, streak, failures, endpoint, elsewhere} = state
  const beat = heartbeat && asks !== undefined && firstBeat(asks, now, signs, heartbeat)
  const more = {...(hint && {hint}), ...(failure && {failure, deadline}), ...(beat && {beat})}
  return step({name: 'open', epoch, since: now, stableAt: now + stableAfter, attempt, streak, failures, endpoint, elsewhere, ...watch(beat || undefined, now, policy), ...more})
}

/** When to look at the other end's life again. */
const watch = (beat: Beat | undefined, now: number, {heartbeat, pollInterval = Infinity}: Policy): {lookAt: number} | undefined => {
  const lookAt = Math.min(beat ? nextLook(beat, heartbeat!) : Infinity, now + pollInterval)
  return lookAt < Infinity ? {lookAt} : undefined
}

/** The connection is failing: its close event is due, but some runtimes never send it. */
const failing: Handler<In<'connecting' | 'open'>, Of<'error'>> = (state, {now, failure}) =>
  step(state.failure ? state : {...state, failure, deadline: now + errorGrace})

/** The timer of an open connection. */
const due: Handler<In<'open'>, Of<'deadline'>> = (state, event, policy) => {
  if (state.failure) return lose(state, event, policy, {origin: state.stalled ? 'stalled' : 'error'})
  const {stableAt = Infinity, ...rest} = state
  // Open long enough to forget past failures. A timer may come a little early: a new object has it set again. One look more does no harm.
  return examine(event.now < stableAt ? {...state} : forgiven(rest), event, policy, false)
}

/** Does the connection still live? */
const examine = (state: In<'open'>, event: Event, policy: Policy, woken: boolean): Step => {
  const {now, signs = 0, readyState = 1} = event
  // HACK(nodejs/undici): a close frame without the end of TCP leaves its WebSocket CLOSING for ever; `ws` and Bun wait for half a minute.
  if (readyState > 1) return step({...state, failure: {}, stalled: true, deadline: now + policy.closeTimeout}, {type: 'terminate'})
  if (!state.beat) {
    const next = watch(undefined, now, policy)
    return step(next ? {...state, ...next} : state)
  }
  const seen = look(state.beat, now, signs, policy.heartbeat!, woken)
  if (!seen) return lose(state, event, policy, {origin: 'heartbeat'})
  return step({...state, beat: seen.beat, ...watch(seen.beat, now, policy)}, ...(seen.ask ? [ask] : []))
}

const ask: Effect = {type: 'ask'}

/** We may have been away: an open socket is neither trusted nor torn down, but asked. */
const checkLife: Handler<In<'open'>, Event> = (state, event, policy) => (state.failure ? step(state) : examine(state, event, policy, true))

/** Nothing came of it, or it is over. */
const lost: Handler<In<'connecting' | 'open'>, Of<'closed'>> = (state, event, policy) => lose(state, event, policy, event.close)

const timedOut: Handler<In<'connecting'>, Of<'deadline'>> = (state, event, policy) => {
  const {failure, unexplained, late, deadline} = state
  // Frozen or asleep meanwhile: what happened to the socket is only now being told.
  if (!late && event.now > deadline + tolerance) return step({...state, late: true, deadline: event.now + errorGrace})
  if (state.since !== undefined && !failure) return lose(state, event, policy, {origin: 'setup', error: 'onOpen took longer than `connectTimeout`'})
  return lose(state, event, policy, unexplained ?? {origin: failure ? 'error' : event.readyState === -1 ? 'provider' : 'connect-timeout'})
}

const explained: Handler<In<'connecting'>, Of<'explained'>> = (state, event, policy) =>
  state.unexplained ? lose(state, event, policy, {...state.unexplained, ...event.failure}) : step(state)

/** A connection or an attempt ended that nobody meant to end: its verdict says what now. */
const lose = (state: In<'connecting' | 'open'>, event: Event, policy: Policy, report: CloseReport): Step => {
  const last = closeOf(state, event, report)
  const {now, random, online, endpoints = 1} = event
  const {origin} = last
  if (!last.opened && policy.investigates && online && !event.frozen && state.name === 'connecting' && !state.unexplained && isMute(last))
    return step({...state, unexplained: report, deadline: now + policy.connectTimeout}, abandon, {type: 'investigate', close: last})

  // Timers of a hidden or frozen page come late: what counts is how long the connection was really open.
  const standing = standingOf(state.name === 'open' && last.age >= policy.stableAfter ? forgiven(state) : state)
  const {attempt, streak, failures, endpoint, elsewhere} = standing
  const verdict = policy.classify(last, {attempt, streak: {...streak}, announced: state.hint?.verdict})
  const ended = {last, verdict}
  const told = settle(ended)
  const epoch = state.epoch + 1
  if (verdict.action === 'end' || (!policy.reconnects && verdict.action !== 'stop')) return step({name: 'closed', epoch, ...ended}, told, abandon)

  const strike = struck(streak, ended)
  const why = spent(verdict, strike.strikes, attempt, policy)
  const hint = hintIn(last, state)
  const delay = delayAfter(ended, strike, hint, standing, random, policy.backoff)
  const retryAt = now + delay
  const here: Memory = {endpoint, failures: failures + 1, streak: {...strike, delay}, retryAt, earliest: hint || verdict.fault === 'server' ? retryAt : now, spent: !!why}
  // What is wrong with one address for good need not be with another.
  const rotates = speaksOfEndpoint(last, verdict) && (!why || (why === 'strikes' && verdict.action === 'retry'))
  const next = rotates ? nextEndpoint(here, elsewhere, endpoints, now) : here
  if (next.spent) return step({name: 'failed', epoch, why: why!, ...ended}, settle(ended, why), abandon)

  // Credentials that were asked for and did not come are still wanted.
  const wanting = 'refresh' in state && state.refresh && (origin === 'provider' || origin === 'connect-timeout')
  const waiting = {
    epoch,
    attempt: attempt + 1,
    elsewhere: [here, ...elsewhere].filter((memory) => memory.endpoint !== next.endpoint),
    refresh: strike.key === 'refresh' || wanting,
    ...next,
    ...ended,
  }
  const pause = next === here ? delay : Math.max(next.retryAt - now, random * wakeSpread)
  return step(hold(waiting, pause, event, policy), told, abandon)
}

/** When the server said to come back, if it did. */
export const hintIn = ({reason, retryAfter}: Close, state: State): RetryHint | undefined => {
  const {after = retryAfter, spread} = ('hint' in state && state.hint) || {}
  return parseRetryHint(reason) ?? (after === undefined ? undefined : {after, spread})
}

/** An attempt that reached out, and does not say why it failed. */
const isMute = ({status, origin}: Close): boolean => !status && origin !== 'provider' && origin !== 'constructor'

/** How long to leave the address alone after this close. */
const delayAfter = ({last, verdict}: Ended, {key, strikes}: Streak, hint: RetryHint | undefined, {failures, streak}: Standing, random: number, rules: RetryPolicy): number => {
  const [least, most] = rules.restartSpread
  return (
    key === 'refresh' ? 0
    : hint ? hinted(hint, failures, random, rules)
    : verdict.backoff === 'spread' && strikes === 1 ? least + random * (most - least)
    // Nothing suggests that the server is in trouble: the link is.
    : last.origin === 'heartbeat' && !failures ? 0
    : verdict.backoff === 'prompt' && !failures ? random * promptly
    : Math.max(backoff(failures, random, typeof verdict.backoff === 'object' ? {...rules, ...verdict.backoff} : rules, streak.delay), verdict.backoff === 'unhurried' ? unhurried * (0.5 + random) : 0)
  )
}

/** The strike that this close is, and how many of its kind that makes in a row. */
const struck = (streak: Streak, {last, verdict}: Ended): Streak => {
  // A socket that could not be made is no 1006 of the kind that a network makes.
  const key = verdict.action === 'refresh' ? 'refresh' : last.origin === 'constructor' ? last.origin : (last.status ?? last.code)
  return {key, strikes: key === streak.key ? streak.strikes + 1 : 1}
}

/** What forbids another attempt, if anything does. */
const spent = ({action, budget = Infinity}: Verdict, strikes: number, attempt: number, {refreshable, backoff: {maxAttempts}}: Policy): FailureCause | undefined =>
  action === 'stop' || (action === 'refresh' && !refreshable) ? 'verdict'
  : strikes >= (action === 'refresh' ? 2 : budget) ? 'strikes'
  : attempt >= maxAttempts ? 'attempts'
  : undefined

const settle = (ended: Ended, report: FailureCause | undefined = ended.verdict.report ? 'verdict' : undefined): Effect => ({type: 'settle', report, ...ended})

/** Before another attempt: a delay, unless there is something else to wait for. */
const hold = (waiting: Held & Ended, delay: number, event: Stamp, policy: Policy): State =>
  event.frozen ? asleep({...waiting, earliest: event.now + delay})
  : event.online ? wait(waiting, delay, event)
  : offline(waiting, event, policy)

const wait = (waiting: Held & Ended, delay: number, {now}: Stamp): State => ({name: 'backoff', delay, retryAt: now + delay, ...(held(waiting) as typeof waiting)})

const asleep = (waiting: Held): State => ({name: 'suspended', why: 'page', ...held(waiting)})

/** Looks for the network now and then all the same, though not before the server allows it. */
const offline = (waiting: Held, {now, random}: Stamp, {backoff: {maxDelay}}: Policy): State => ({
  name: 'suspended',
  why: 'offline',
  retryAt: Math.max(waiting.earliest, now + Math.min(maxDelay * (1 + random), longestDelay)),
  ...held(waiting),
})

const held = (waiting: Held): Held => {
  const {epoch, refresh, earliest} = waiting
  return {epoch, refresh, earliest, ...standingOf(waiting), ...endOf(waiting)}
}

/**
 * A server's wish, within the caller's bounds. From the second retry in a row on no sooner than a first backoff: a server
 * that says 0 each time is not met in a hot loop.
 */
const hinted = ({after = 0, spread = 1000}: InBandHint, failures: number, random: number, {maxHint, initialDelay}: RetryPolicy): number =>
  Math.min(longestDelay, Math.max(Math.min(after, maxHint) + random * Math.min(spread, maxHint), failures && initialDelay * (0.5 + random)))

const suspend: Handler<In<'backoff'>, Of<'offline'>> = (state, event, policy) => step(offline(state, event, policy))

const freeze: Handler<In<'backoff' | 'suspended'>, Event> = (state) =>
  step(
    state.name === 'backoff' ? asleep({...state, earliest: state.retryAt})
    : state.why === 'page' ? state
    : asleep(state),
  )

/** An attempt under way would be lost; it is made again, if it may be. One that has failed already is over, and one that is being set up is open. */
const interrupt: Handler<In<'connecting'>, Of<'freeze' | 'pagehide'>> = (state, event, policy) => {
  const {failure, unexplained, since, epoch} = state
  if (since !== undefined && !failure) return event.type === 'freeze' ? step(state) : park(state, event, policy)
  if (failure || unexplained || !policy.reconnects) return lose(state, {...event, frozen: true}, policy, unexplained ?? {origin: failure ? 'error' : 'page'})
  return step(asleep({...state, epoch: epoch + 1, earliest: event.now}), abandon)
}

/** A page with an open connection is not kept. */
const park: Handler<In<'connecting' | 'open'>, Event> = (state, event, policy) => {
  if (!policy.closeOnPageHide) return step(state)
  if (!policy.reconnects) return lose(state, event, policy, {origin: 'page'})
  const ended = wished(state, event, {origin: 'page'}, 'retry')
  return step(asleep({...state, epoch: state.epoch + 1, refresh: false, earliest: event.now, ...ended}), settle(ended), abandon)
}

/** Quickly, but not all together. */
const wake: Handler<In<'suspended'>, Event> = (state, event, policy) => {
  const {now, random, online, frozen} = event
  const {why, earliest, last} = state
  if (frozen || (why === 'offline' && !online) || (why === 'overload' && now < earliest)) return step(state)
  if (!online) return step(offline(state, event, policy))
  const soon = Math.max(earliest, now + random * wakeSpread)
  if (why === 'overload') return step({...state, earliest: soon, retryAt: soon})
  if (last) return step(wait(state as Held & Ended, soon - now, event))
  return now < earliest ? step({...state, why: 'overload', retryAt: earliest}) : retry(state, event, policy)
}

/** The first attempt is made also without a network: the signal may be wrong. */
const resume: Handler<In<'suspended'>, Event> = (state, event, policy) =>
  state.why === 'overload' && state.attempt && !event.online ? step(offline(state, event, policy)) : retry(state, event, policy)

/** A retry that is overdue, since no timer ran meanwhile. */
const hurry: Handler<In<'backoff'>, Event> = (state, event) => step(event.now < state.retryAt ? state : wait(state, event.random * wakeSpread, event))

const postpone: Handler<In<'connecting'>, Of<'postponed'>> = (state, {now, delay}) => {
  const earliest = now + Math.min(delay, longestDelay)
  return step({name: 'suspended', why: 'overload', epoch: state.epoch + 1, refresh: false, earliest, retryAt: earliest, ...standingOf(state), ...endOf(state)}, abandon)
}

/** What the server said in a message, before the close; a connection that is set up counts as one. A pause is said anew as a whole: an older spread is not of it. */
const remember: Handler<In<'connecting' | 'open'>, Of<'hint'>> = (state, {hint}) =>
  step(state.since === undefined ? state : {...state, hint: {...(hint.after === undefined ? state.hint : {verdict: state.hint?.verdict}), ...hint}})

const heed: Handler<In<'backoff' | 'suspended'>, Of<'hint'>> = (state, event, {backoff: rules}) => {
  const delay = hinted(event.hint, Math.max(0, state.failures - 1), event.random, rules)
  const earliest = event.now + delay
  if (state.name === 'backoff') return step(wait({...state, earliest}, delay, event))
  return step({...state, earliest, ...(state.retryAt !== undefined && {retryAt: Math.max(state.retryAt, earliest)})})
}

const startClosing: Handler<In<'open'> | (In<'connecting'> & {since: number}), Of<'close'>> = ({epoch, since}, {now, code, reason}, {closeTimeout}) =>
  step({name: 'closing', epoch, since, deadline: now + closeTimeout}, {type: 'disconnect', code, reason})

/** One that is being set up is open, and is closed as such. */
const breakOff: Handler<In<'connecting'>, Of<'close'>> = (state, event, policy) => ('since' in state ? startClosing(state as typeof state & {since: number}, event, policy) : giveUp(state, event, policy))

const finishClosing: Handler<In<'closing'>, Of<'closed' | 'deadline'>> = (state, event) => {
  // That the caller's setting up came to nothing is what closing it meant.
  if ('close' in event && event.close.origin === 'setup') return step(state)
  const ended = wished(state, event, 'close' in event ? event.close : {origin: 'close-timeout'}, 'end')
  return step({name: 'closed', epoch: state.epoch + 1, ...ended}, settle(ended), abandon)
}

/** Ends what was not open yet, or is not any more. */
const giveUp: Handler<In<'idle' | 'connecting' | 'backoff' | 'suspended'>, Of<'close'>> = (state) =>
  step({name: 'closed', epoch: state.epoch + 1, ...endOf(state as Partial<Ended>)}, abandon)

/** A close that the caller asked for needs no judgement, only a name; unless the peer answers that what we sent was at fault. */
const wished = (state: In<'connecting' | 'open' | 'closing'>, event: Event, report: CloseReport, action: Action): Ended => {
  const last = closeOf(state, event, report)
  const verdict = classify(last)
  return {last, verdict: changed(verdict, verdict.report ? {action} : {action, fault: 'none'})}
}

const closeOf = (state: In<'connecting' | 'open' | 'closing'>, {now}: Stamp, {code, reason, wasClean, origin = 'event', ...failure}: CloseReport): Close => {
  const {since} = state
  const opened = since !== undefined
  const {error, ...refusal} = {...('failure' in state && state.failure), ...failure}
  return {
    // Nothing can be done before it began: some fakes and wrappers say 1000 where they mean that nobody answered.
    code: code === 1000 && !opened ? 1006 : normalizeCode(code),
    reason: typeof reason === 'string' ? reason.slice(0, 123) : '',
    wasClean: wasClean === true,
    opened,
    age: opened ? Math.max(0, now - since) : 0,
    origin,
    ...(error && {error}),
    // Once open, a number in an error message is no refusal of the handshake.
    ...(!opened && refusal),
  }
}

/**
 * The machine: in this state, on this event, that. What is not listed changes nothing.
 * `docs/spec.md` draws it; the snapshot beside `test/core/machine.test.ts` spells it out.
 */
export const table: {readonly [S in StateName]: {readonly [E in EventType]?: Handler<In<S>, Of<E>>}} = {
  idle: {open: start, reconnect: start, close: giveUp},
  connecting: {opened, ready, error: failing, closed: lost, deadline: timedOut, hint: remember, explained, postponed: postpone, close: breakOff, reconnect: renew, freeze: interrupt, pagehide: interrupt},
  open: {error: failing, closed: lost, deadline: due, hint: remember, close: startClosing, reconnect: replace, online: checkLife, wake: checkLife, pagehide: park},
  backoff: {deadline: retry, reconnect: retry, hint: heed, offline: suspend, freeze, pagehide: freeze, online: hurry, wake: hurry, close: giveUp},
  suspended: {deadline: resume, reconnect: retry, hint: heed, online: wake, wake, freeze, pagehide: freeze, close: giveUp},
  closing: {closed: finishClosing, deadline: finishClosing, open: replace, reconnect: replace},
  closed: {open: start, reconnect: start},
  failed: {open: start, reconnect: start},
}

/**
 * Decides. Pure: the same state, event and policy always give the same step.
 *
 * @returns the next state, and what the shell must do once it has committed it; the same state object if the event changes nothing
 * @example
 * const {state, effects} = transition(initialState, {type: 'open', now: Date.now(), random: Math.random(), online: true})
 */
export function transition(state: State, event: Event, policy: Policy = defaultPolicy): Step {
  const stale = 'epoch' in event && event.epoch !== state.epoch
  const handler = stale ? undefined : (table[state.name][event.type] as Handler<State, Event> | undefined)
  return handler ? handler(state, event, policy) : step(state)
}
