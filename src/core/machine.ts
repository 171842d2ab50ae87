// Something happened: what is the state now, and what must be done? The table at the end is the whole of it.

import {backoff, defaultBackoff, longestDelay, type Backoff} from './backoff.ts'
import {classify, normalizeCode, type Close, type CloseOrigin} from './classify.ts'
import type {Action, Verdict} from './close-codes.ts'
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
  /** Whether there is a function to ask for new credentials or a new address. */
  refreshable: boolean
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
}

/** Closes of one kind in a row. */
export interface Streak {
  /** Close code or handshake status; `'refresh'` for every close that asks for credentials, `'constructor'` where no socket could be made. */
  key?: number | 'refresh' | 'constructor'
  strikes: number
  /** The last delay, for decorrelated jitter, ms. */
  delay?: number
}

export const defaultRetryPolicy: RetryPolicy = {...defaultBackoff, maxAttempts: Infinity, restartSpread: [5000, 30_000], maxHint: 600_000}

export const defaultPolicy: Policy = {
  backoff: defaultRetryPolicy,
  stableAfter: 10_000,
  connectTimeout: 10_000,
  closeTimeout: 2000,
  refreshable: false,
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
  | ({name: 'connecting'; deadline: number; refresh: boolean; failure?: Failure} & Progress)
  | ({name: 'open'; since: number; deadline?: number; failure?: Failure; hint?: RetryHint} & Progress)
  | ({name: 'backoff'} & Waiting)
  /** Waits for the network. A slow probe goes on all the same, at `retryAt`: the signal may be wrong. */
  | ({name: 'suspended'} & Waiting)
  | {name: 'closing'; epoch: number; since: number; deadline: number}
  /** An end that somebody wished: the caller, or the server with a verdict of `end`. */
  | ({name: 'closed'; epoch: number} & Partial<Ended>)
  /** An end that code or configuration must answer for. */
  | ({name: 'failed'; epoch: number; why: FailureCause} & Ended)

interface Progress extends ClassifyContext {
  epoch: number
}

interface Ended {
  last: Close
  verdict: Verdict
}

interface Waiting extends Progress, Ended {
  delay: number
  retryAt: number
  /** Whether credentials are asked for first. */
  refresh: boolean
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
 * Everything that can happen. The shell stamps each event with the time, a random number and whether there is a network,
 * so that a list of events replays exactly.
 */
export type Event = Stamp &
  (
    | {type: 'open' | 'reconnect' | 'online' | 'offline'}
    | {type: 'close'; code: number; reason: string}
    | {type: 'hint'; hint: RetryHint}
    | {type: 'opened' | 'deadline'; epoch: number}
    | {type: 'error'; epoch: number; failure: Failure}
    | {type: 'closed'; epoch: number; close: CloseReport}
  )

export interface Stamp {
  now: number
  /** From 0 up to, not including, 1. */
  random: number
  online: boolean
}

export type EventType = Event['type']

/** What the shell must do, in this order. */
export type Effect =
  /** Ask for the address, then open a socket; answer with the state's epoch. */
  | {type: 'connect'; attempt: number; refresh: boolean}
  /** Start the closing handshake; no more messages in either direction. */
  | {type: 'disconnect'; code: number; reason: string}
  /** A connection or an attempt ended: note it, and make a report if there is a cause to. */
  | ({type: 'settle'; report: FailureCause | undefined} & Ended)
  /** Let go of the socket, or of the question for its address, whatever it does. */
  | {type: 'abandon'}

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
export const deadlineOf = (state: State): number | undefined => ('retryAt' in state ? state.retryAt : 'deadline' in state ? state.deadline : undefined)

/** After an `error` event the `close` event has so long to follow, ms: at most 30 were measured, and Node 22 sends none. */
const errorGrace = 100

/** Longest pause after `online`, ms: the signal comes before the network does, and to everybody at once. */
const wakeSpread = 1000

/** Nothing is held against the server. */
const unblemished: ClassifyContext = {attempt: 0, streak: {strikes: 0}}

const step = (state: State, ...effects: Effect[]): Step => ({state, effects})

const abandon: Effect = {type: 'abandon'}

/** @param before what is left to do about an older connection */
const dial = (epoch: number, {now}: Event, {connectTimeout}: Policy, {attempt, streak}: ClassifyContext, refresh: boolean, ...before: Effect[]): Step =>
  step(
    {name: 'connecting', epoch: epoch + 1, attempt, streak, refresh, deadline: now + connectTimeout},
    ...before,
    {type: 'connect', attempt, refresh},
  )

/** A new beginning. Credentials are asked for again: the caller may have mended them. */
const start: Handler<State, Event> = ({epoch}, event, policy) => dial(epoch, event, policy, unblemished, true, abandon)

const retry: Handler<In<'backoff' | 'suspended'>, Event> = (state, event, policy) => dial(state.epoch, event, policy, state, state.refresh)

/** Does not wait for the end of the closing handshake. */
const reopen: Handler<In<'closing'>, Event> = (state, event, policy) =>
  dial(state.epoch, event, policy, unblemished, true, settle(wished(closeOf(state, event, {origin: 'reconnect'}), 'retry')), abandon)

/** Leaves a live connection for another at once. What failed before still counts. */
const replace: Handler<In<'open'>, Of<'reconnect'>> = (state, event, policy) =>
  dial(state.epoch, event, policy, state, false, settle(wished(closeOf(state, event, {origin: 'reconnect'}), 'retry')), abandon)

const opened: Handler<In<'connecting'>, Of<'opened'>> = ({epoch, attempt, streak}, {now}, {stableAfter}) =>
  step({name: 'open', epoch, attempt, streak, since: now, deadline: now + stableAfter})

/** The connection is failing: its close event is due, but some runtimes never send it. */
const failing: Handler<In<'connecting' | 'open'>, Of<'error'>> = (state, {now, failure}) =>
  step(state.failure ? state : {...state, failure, deadline: now + errorGrace})

/** Open long enough to forget past failures; or no close event came after an error. */
const matured: Handler<In<'open'>, Of<'deadline'>> = (state, event, policy) => {
  if (state.failure) return lost(state, event, policy)
  const {deadline: _, ...rest} = state
  return step({...rest, ...unblemished})
}

/** A connection or an attempt ended that nobody meant to end: its verdict says what now. */
const lost: Handler<In<'connecting' | 'open'>, Of<'closed' | 'deadline'>> = (state, event, policy) => {
  const last = closeOf(state, event, 'close' in event ? event.close : {origin: state.failure ? 'error' : 'connect-timeout'})
  // Timers of a hidden or frozen page come late: what counts is how long the connection was really open.
  const {attempt, streak} = last.age >= policy.stableAfter ? unblemished : state
  const verdict = policy.classify(last, {attempt, streak: {...streak}})
  const ended = {last, verdict}
  const told = settle(ended, verdict.report ? 'verdict' : undefined)
  const epoch = state.epoch + 1
  if (verdict.action === 'end') return step({name: 'closed', epoch, ...ended}, told, abandon)

  const {key, strikes} = struck(streak, ended)
  const why = spent(verdict, strikes, attempt, policy)
  if (why) return step({name: 'failed', epoch, why, ...ended}, settle(ended, why), abandon)

  const {random, online} = event
  const rules = policy.backoff
  const [least, most] = rules.restartSpread
  const hint = parseRetryHint(last.reason) ?? (last.retryAfter !== undefined ? {after: last.retryAfter} : 'hint' in state ? state.hint : undefined)
  const delay =
    key === 'refresh' ? 0
    : hint ? hinted(hint, attempt, random, rules)
    : verdict.backoff === 'spread' && strikes === 1 ? least + random * (most - least)
    : backoff(attempt, random, rules, streak.delay)
  // Credentials that were asked for and did not come are still wanted.
  const wanting = 'refresh' in state && state.refresh && (last.origin === 'provider' || last.origin === 'connect-timeout')
  const waiting = {epoch, attempt: attempt + 1, streak: {key, strikes, delay}, refresh: key === 'refresh' || wanting, ...ended}
  return step(online ? wait('backoff', waiting, delay, event) : offline(waiting, event, policy), told, abandon)
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

const settle = (ended: Ended, report?: FailureCause): Effect => ({type: 'settle', report, ...ended})

type BeforeDelay = Omit<Waiting, 'delay' | 'retryAt'>

const wait = (name: 'backoff' | 'suspended', waiting: BeforeDelay, wanted: number, {now}: Stamp): State => {
  const delay = Math.min(wanted, longestDelay)
  return {...waiting, name, delay, retryAt: now + delay}
}

/**
 * A server's wish, within the caller's bounds. From the second retry in a row on no sooner than a first backoff: a server
 * that says 0 each time is not met in a hot loop.
 */
const hinted = ({after, spread = 1000}: RetryHint, attempt: number, random: number, {maxHint, initialDelay}: RetryPolicy): number =>
  Math.max(Math.min(after, maxHint) + random * Math.min(spread, maxHint), attempt && initialDelay * (0.5 + random))

const offline = (waiting: BeforeDelay, event: Stamp, {backoff: {maxDelay}}: Policy): State =>
  wait('suspended', waiting, maxDelay * (1 + event.random), event)

const suspend: Handler<In<'backoff'>, Of<'offline'>> = (state, event, policy) => step(offline(state, event, policy))

const wake: Handler<In<'suspended'>, Of<'online'>> = (state, event) => step(wait('backoff', state, event.random * wakeSpread, event))

/** The application passes on what the server said in a message of its own, before the close. */
const remember: Handler<In<'open'>, Of<'hint'>> = (state, {hint}) => step({...state, hint})

const postpone: Handler<In<'backoff'>, Of<'hint'>> = (state, event, {backoff: rules}) =>
  step(wait('backoff', state, hinted(event.hint, state.attempt - 1, event.random, rules), event))

const startClosing: Handler<In<'open'>, Of<'close'>> = ({epoch, since}, {now, code, reason}, {closeTimeout}) =>
  step({name: 'closing', epoch, since, deadline: now + closeTimeout}, {type: 'disconnect', code, reason})

const finishClosing: Handler<In<'closing'>, Of<'closed' | 'deadline'>> = (state, event) => {
  const ended = wished(closeOf(state, event, 'close' in event ? event.close : {origin: 'close-timeout'}))
  return step({name: 'closed', epoch: state.epoch + 1, ...ended}, settle(ended), abandon)
}

/** Ends what was not open yet, or is not any more. */
const giveUp: Handler<In<'idle' | 'connecting' | 'backoff' | 'suspended'>, Of<'close'>> = (state) =>
  step({name: 'closed', epoch: state.epoch + 1, ...('last' in state && {last: state.last, verdict: state.verdict})}, abandon)

/** A close that the caller asked for needs no judgement, only a name. */
const wished = (last: Close, action: Action = 'end'): Ended => ({last, verdict: {...classify(last), action, fault: 'none', report: false}})

const closeOf = (state: In<'connecting' | 'open' | 'closing'>, {now}: Stamp, {code, reason, wasClean, origin = 'event', ...failure}: CloseReport): Close => {
  const opened = 'since' in state
  const {error, ...refusal} = {...('failure' in state && state.failure), ...failure}
  return {
    // Nothing can be done before it began: some fakes and wrappers say 1000 where they mean that nobody answered.
    code: code === 1000 && !opened ? 1006 : normalizeCode(code),
    reason: String(reason ?? '').slice(0, 123),
    wasClean: wasClean === true,
    opened,
    age: opened ? Math.max(0, now - state.since) : 0,
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
  connecting: {opened, error: failing, closed: lost, deadline: lost, close: giveUp},
  open: {error: failing, closed: lost, deadline: matured, hint: remember, close: startClosing, reconnect: replace},
  backoff: {deadline: retry, reconnect: retry, hint: postpone, offline: suspend, close: giveUp},
  suspended: {deadline: retry, reconnect: retry, online: wake, close: giveUp},
  closing: {closed: finishClosing, deadline: finishClosing, open: reopen, reconnect: reopen},
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
