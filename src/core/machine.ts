// Something happened: what is the state now, and what must be done? The table at the end is the whole of it.

import {backoff, defaultBackoff, type Backoff} from './backoff.ts'
import {classify, normalizeCode, type Close, type CloseOrigin} from './classify.ts'
import type {Verdict} from './close-codes.ts'
import {parseRetryHint, type RetryHint} from './retry-hint.ts'

/** What the machine needs to know of the caller's wishes. Plain data but for two functions, which must not throw. */
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

/** What has gone on before, for a `classify` function. */
export interface ClassifyContext {
  /** Retries since the last stable connection. */
  attempt: number
  /** Closes in a row with one code before this one, and that code. */
  streak: Streak
}

/** Closes of one kind in a row, without a stable connection between them. */
export interface Streak {
  /** Close code or handshake status; `'refresh'` for every close that asks for credentials. */
  key?: number | 'refresh'
  strikes: number
  /** The last delay, for decorrelated jitter, ms. */
  delay?: number
}

export const defaultPolicy: Policy = {
  backoff: {...defaultBackoff, maxAttempts: Infinity, restartSpread: [5000, 30_000], maxHint: 600_000},
  stableAfter: 10_000,
  connectTimeout: 10_000,
  closeTimeout: 2000,
  refreshable: false,
  classify: (close) => classify(close),
}

/** After an `error` event the `close` event has so long to follow, ms; at most 30 were measured, and Node 22 sends none. */
const errorGrace = 100

/** Upper bound of the pause after `online`, which fires before the network is ready, ms. */
const wakeSpread = 1000

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
  | ({name: 'connecting'; deadline: number; failure?: Failure; refresh: boolean} & Progress)
  | ({name: 'open'; since: number; deadline?: number; failure?: Failure; hint?: RetryHint} & Progress)
  | ({name: 'backoff'; delay: number; retryAt: number; refresh: boolean} & Progress & Ended)
  /** Waits for the network rather than for a delay; `retryAt` is the slow probe, since `offline` may be wrong. */
  | ({name: 'suspended'; reason: 'offline'; retryAt: number; refresh: boolean} & Progress & Ended)
  | {name: 'closing'; epoch: number; since: number; deadline: number}
  /** An end that somebody wished: the caller, or the server with a verdict of `end`. */
  | ({name: 'closed'; epoch: number} & Partial<Ended>)
  /** An end that code or configuration must answer for. */
  | ({name: 'failed'; epoch: number; why: FailureCause} & Ended)

interface Progress {
  epoch: number
  attempt: number
  streak: Streak
}

interface Ended {
  last: Close
  verdict: Verdict
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

/** Everything that can happen. The shell stamps each with the time, a random number and whether there is a network, so that a list of events replays exactly. */
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
  /** Let go of the socket, or of the question for its address, whatever it does. */
  | {type: 'abandon'}
  /** A connection or an attempt ended. */
  | ({type: 'record'} & Ended)
  /** Somebody must be told, with evidence. */
  | ({type: 'report'; why: FailureCause} & Ended)

export interface Step {
  state: State
  effects: readonly Effect[]
}

type In<Name extends StateName> = Extract<State, {name: Name}>
type Of<Type extends EventType> = Extract<Event, {type: Type}>
type Handler<S, E> = (state: S, event: E, policy: Policy) => Step

export const initialState: State = {name: 'idle', epoch: 0}

/** Nothing is held against the server. */
const unblemished: ClassifyContext = {attempt: 0, streak: {strikes: 0}}

/** Nothing is under way, and nothing will happen by itself: no socket, no timer, no listener. */
export const isResting = ({name}: State): boolean => name === 'idle' || name === 'closed' || name === 'failed'

/** When the state wants a `deadline` event; none in a resting state. The shell keeps one timer, for this. */
export const deadlineOf = (state: State): number | undefined =>
  'retryAt' in state ? state.retryAt : 'deadline' in state ? state.deadline : undefined

const dial = (state: State, {now}: Event, {connectTimeout}: Policy, {attempt, streak, refresh}: ClassifyContext & {refresh: boolean}): Step => ({
  state: {name: 'connecting', epoch: state.epoch + 1, attempt, streak, refresh, deadline: now + connectTimeout},
  effects: [{type: 'connect', attempt, refresh}],
})

/** A new beginning. Credentials are asked for again, since the caller may have mended them. */
const start: Handler<State, Event> = (state, event, policy) => dial(state, event, policy, {...unblemished, refresh: true})

const redial: Handler<In<'backoff' | 'suspended'>, Event> = (state, event, policy) => dial(state, event, policy, state)

/** Leaves a live connection for another at once. What failed before still counts. */
const replace: Handler<In<'open'>, Of<'reconnect'>> = (state, event, policy) => {
  const last = closeOf(state, event, {origin: 'reconnect'})
  const step = dial(state, event, policy, {...state, refresh: false})
  return {state: step.state, effects: [{type: 'record', last, verdict: wished(last)}, {type: 'abandon'}, ...step.effects]}
}

const restart: Handler<In<'closing'>, Event> = (state, event, policy) => {
  const step = start(state, event, policy)
  return {state: step.state, effects: [{type: 'abandon'}, ...step.effects]}
}

const opened: Handler<In<'connecting'>, Of<'opened'>> = ({epoch, attempt, streak}, {now}, {stableAfter}) => ({
  state: {name: 'open', epoch, attempt, streak, since: now, deadline: now + stableAfter},
  effects: [],
})

/** The connection is failing: its close event is due, but some runtimes never send it. */
const failing: Handler<In<'connecting' | 'open'>, Of<'error'>> = (state, {now, failure}) =>
  state.failure ? stay(state) : {state: {...state, failure, deadline: now + errorGrace}, effects: []}

/** Long enough open to forget past failures; or an error that no close followed. */
const settled: Handler<In<'open'>, Of<'deadline'>> = (state, event, policy) =>
  state.failure ? lost(state, event, policy) : {state: {name: 'open', epoch: state.epoch, since: state.since, ...unblemished, ...(state.hint && {hint: state.hint})}, effects: []}

const lost: Handler<In<'connecting' | 'open'>, Of<'closed' | 'deadline'>> = (state, event, policy) => {
  const last = closeOf(state, event, event.type === 'closed' ? event.close : {origin: state.failure ? 'error' : 'connect-timeout'})
  // Timers of a hidden or frozen page come late: what counts is how long the connection was really open.
  const {attempt, streak} = last.age >= policy.stableAfter ? unblemished : state
  const verdict = policy.classify(last, {attempt, streak})
  const refresh = verdict.action === 'refresh'
  const key: Streak['key'] = refresh ? 'refresh' : (last.status ?? last.code)
  const strikes = key === streak.key ? streak.strikes + 1 : 1
  const budget = refresh ? 2 : (verdict.budget ?? Infinity)
  const epoch = state.epoch + 1
  const ended = {last, verdict}
  const effects: Effect[] = [{type: 'record', ...ended}, {type: 'abandon'}]

  if (verdict.action === 'end') return {state: {name: 'closed', epoch, ...ended}, effects: reported(effects, ended)}

  const why =
    verdict.action === 'stop' || (refresh && !policy.refreshable) ? 'verdict'
    : strikes >= budget ? 'strikes'
    : attempt >= policy.backoff.maxAttempts ? 'attempts'
    : undefined
  if (why) return {state: {name: 'failed', epoch, why, ...ended}, effects: [{type: 'report', why, ...ended}, ...effects]}

  const hint = parseRetryHint(last.reason) ?? (last.retryAfter === undefined ? undefined : {after: last.retryAfter}) ?? (state as {hint?: RetryHint}).hint
  const delay =
    refresh ? 0
    : hint ? hinted(hint, attempt, event, policy)
    : verdict.backoff === 'spread' && attempt === 0 ? between(policy.backoff.restartSpread, event.random)
    : backoff(attempt, event.random, policy.backoff, streak.delay)
  const waiting = {epoch, attempt: attempt + 1, streak: {key, strikes, delay}, refresh, ...ended}
  return {
    state: event.online ? {name: 'backoff', ...waiting, delay, retryAt: event.now + delay} : offline(waiting, event, policy),
    effects: reported(effects, ended),
  }
}

const reported = (effects: Effect[], ended: Ended): Effect[] =>
  ended.verdict.report ? [{type: 'report', why: 'verdict', ...ended}, ...effects] : effects

const between = ([from, to]: readonly [number, number], random: number): number => from + random * (to - from)

/** A server's wish, within the caller's bounds. From the second retry in a row on, never sooner than the first backoff: a server that says 0 is not obeyed in a loop. */
const hinted = ({after, spread = 1000}: RetryHint, attempt: number, {random}: Stamp, {backoff: {maxHint, ...rest}}: Policy): number => {
  const delay = Math.min(after, maxHint) + random * Math.min(spread, maxHint)
  return attempt ? Math.max(delay, backoff(0, random, rest)) : delay
}

const offline = (waiting: Omit<In<'suspended'>, 'name' | 'reason' | 'retryAt'>, {now, random}: Stamp, {backoff: {maxDelay}}: Policy): In<'suspended'> => ({
  ...waiting,
  name: 'suspended',
  reason: 'offline',
  retryAt: now + maxDelay * (1 + random),
})

const suspend: Handler<In<'backoff'>, Of<'offline'>> = ({epoch, attempt, streak, refresh, last, verdict}, event, policy) => ({
  state: offline({epoch, attempt, streak, refresh, last, verdict}, event, policy),
  effects: [],
})

const wake: Handler<In<'suspended'>, Of<'online'>> = ({epoch, attempt, streak, refresh, last, verdict}, {now, random}) => {
  const delay = random * wakeSpread
  return {state: {name: 'backoff', epoch, attempt, streak, refresh, last, verdict, delay, retryAt: now + delay}, effects: []}
}

/** The application passes on what the server said in a message of its own, before the close. */
const remember: Handler<In<'open'>, Of<'hint'>> = (state, {hint}) => ({state: {...state, hint}, effects: []})

const postpone: Handler<In<'backoff'>, Of<'hint'>> = (state, event, policy) => {
  const delay = hinted(event.hint, state.attempt, event, policy)
  return {state: {...state, delay, retryAt: event.now + delay}, effects: []}
}

const leave: Handler<In<'open'>, Of<'close'>> = ({epoch, since}, {now, code, reason}, {closeTimeout}) => ({
  state: {name: 'closing', epoch, since, deadline: now + closeTimeout},
  effects: [{type: 'disconnect', code, reason}],
})

const left: Handler<In<'closing'>, Of<'closed' | 'deadline'>> = (state, event) => {
  const last = closeOf(state, event, event.type === 'closed' ? event.close : {origin: 'close-timeout'})
  const ended = {last, verdict: wished(last)}
  return {state: {name: 'closed', epoch: state.epoch + 1, ...ended}, effects: [{type: 'record', ...ended}, {type: 'abandon'}]}
}

/** Ends what was not open yet, or is not any more. */
const finish: Handler<In<'idle' | 'connecting' | 'backoff' | 'suspended'>, Of<'close'>> = (state) => ({
  state: {name: 'closed', epoch: state.epoch + 1, ...('last' in state && {last: state.last, verdict: state.verdict})},
  effects: [{type: 'abandon'}],
})

/** A close that the caller asked for needs no judgement, only a name. */
const wished = (close: Close): Verdict => ({...classify(close), action: 'end', fault: 'none', report: false})

const closeOf = (state: In<'connecting' | 'open' | 'closing'>, {now}: Stamp, close: CloseReport): Close => ({
  code: normalizeCode(close.code),
  reason: String(close.reason ?? '').slice(0, 123),
  wasClean: close.wasClean === true,
  opened: state.name !== 'connecting',
  age: state.name === 'connecting' ? 0 : Math.max(0, now - state.since),
  origin: close.origin ?? 'event',
  ...facts((state as {failure?: Failure}).failure),
  ...facts(close),
})

const facts = ({status, retryAfter, error}: Failure = {}): Failure => ({
  ...(status && {status}),
  ...(retryAfter !== undefined && {retryAfter}),
  ...(error && {error: error.slice(0, 200)}),
})

const stay = (state: State): Step => ({state, effects: []})

/**
 * The machine: in this state, on this event, that. What is not listed changes nothing.
 * `docs/spec.md` draws it; the snapshot in `test/core/machine.test.ts` spells it out.
 */
export const table: {readonly [S in StateName]: {readonly [E in EventType]?: Handler<In<S>, Of<E>>}} = {
  idle: {open: start, reconnect: start, close: finish},
  connecting: {opened, error: failing, closed: lost, deadline: lost, close: finish},
  open: {error: failing, closed: lost, deadline: settled, hint: remember, close: leave, reconnect: replace},
  backoff: {deadline: redial, reconnect: redial, hint: postpone, offline: suspend, close: finish},
  suspended: {deadline: redial, reconnect: redial, online: wake, close: finish},
  closing: {closed: left, deadline: left, open: restart, reconnect: restart},
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
  if ('epoch' in event && event.epoch !== state.epoch) return stay(state)
  const handler = table[state.name][event.type] as Handler<State, Event> | undefined
  return handler ? handler(state, event, policy) : stay(state)
}
