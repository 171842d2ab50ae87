// What is simulated, and can it be?

import {backoffRules, check, checkBackoff, checkVerdict, checkVerdicts, duration, fill, must, pause, type Rules} from '../core/check.ts'
import {changed} from '../core/classify.ts'
import {classify, defaultPolicy, type ClassifyContext, type Close, type Policy, type RetryPolicy, type Verdict, type VerdictOverrides} from '../core/index.ts'
import {planOf, type Outage, type Plan} from './outages.ts'

/** When clients are to come back: at a moment drawn from `[after, after + spread)`, ms from now. As `ReturnHint` of `closecall/server`. */
export interface Hint {
  after?: number
  spread?: number
}

/** @param now ms since the connections were lost @param waiting accepts that the server has still to do */
export type HintFunction = (now: number, waiting: number) => Hint | undefined

export interface ServerOptions {
  /** Connections that it accepts per second. Default `clients / 60`, at least 1. */
  capacity?: number
  /** Who would wait for longer than this is refused, seconds. Default 1. */
  queue?: number
  /** What a refusal takes of the server's time, in accepts. The client is told at once, but who is accepted waits for longer. Default 0. */
  refusalCost?: number
  /** `close`: it accepts the connection and closes it with 1013. `refuse`: the handshake fails, and nothing is said. Default `'close'`. */
  sheds?: 'close' | 'refuse'
  /** What it says with 1012 and 1013: always the same, or what a function says to each client; a shedder's slots fit there. Default: nothing. */
  hint?: Hint | HintFunction
}

/** What a delay can depend on besides. */
export interface Told {
  /** Close code: 1013, 1012, or 1006 where nothing was said. */
  code: number
  /** What the server said with it. */
  hint: Hint | undefined
  /** Whether there was a connection, if only to be told to go away. */
  opened: boolean
  /** A number from 0 up to, not including, 1 that the client keeps: what is drawn once per page. */
  lot: number
}

/**
 * The delay before a retry.
 *
 * @param attempt retries since the client last forgot them, 0 first
 * @param random from 0 up to, not including, 1; another one each time
 * @param previous the delay before, 0 for the first
 * @returns milliseconds, 0 to 2³¹ − 1; undefined to give up
 */
export type DelayFunction = (attempt: number, random: number, previous: number, told: Told) => number | undefined

/** A client that is a formula. */
export interface DelayPolicy {
  delay: DelayFunction
  /** When past attempts are forgotten: `'open'`: when a connection opens, also one that is closed right away; or once it was open for so many ms. */
  resets: 'open' | number
}

/** A client that is closecall's own state machine. */
export interface TransitionPolicy {
  machine: Policy
  /** What a delay depends on besides what was heard and chance: `alone` on nothing, `remembered` on the one before, `any` on whatever the caller's `classify` looks at. */
  delays: 'alone' | 'remembered' | 'any'
}

/** The options of `connect()` that decide when a client comes back. */
export interface TransitionOptions {
  /** @see Backoff and RetryPolicy of `closecall/core` */
  backoff?: Partial<RetryPolicy>
  /** Open so long, and past failures are forgotten, ms. Default 10 000. */
  stableAfter?: number
  /** Limit of one attempt, ms. Default 10 000. */
  connectTimeout?: number
  verdicts?: VerdictOverrides
  classify?: (close: Close, context: ClassifyContext, suggested: Verdict) => Partial<Verdict> | undefined
}

export interface SimulateOptions {
  /** 1 to 1 000 000. */
  clients: number
  /** Any whole number. The same seed gives the same result, in every engine. Default 1. */
  seed?: number
  server?: ServerOptions
  /** Default `{kind: 'shed'}`. */
  outage?: Outage
  network?: {
    /** From an attempt to its answer, where nobody has to wait, ms. Default 80. */
    roundTrip?: number
    /** Within so long everybody hears of a loss, ms. Default 100. */
    news?: number
  }
  /** Of every client. Default `transitionPolicy()`. */
  policy?: TransitionPolicy | DelayPolicy | DelayFunction | undefined
  /** Then it is stopped. */
  limit?: {
    /** Ms after the loss. Default 1 800 000. */
    time?: number
    /** Per client, on average. Default 1000. */
    attempts?: number
  }
  /** Of `series`, ms. Default 100. */
  step?: number
}

export interface ServerSettings {
  capacity: number
  queue: number
  refusalCost: number
  sheds: 'close' | 'refuse'
  hint?: Hint | HintFunction
}

export interface Settings {
  clients: number
  seed: number
  server: ServerSettings
  plan: Plan
  network: {roundTrip: number; news: number}
  policy: TransitionPolicy | DelayPolicy
  limit: {time: number; attempts: number}
  step: number
}

const hintRules: Readonly<Record<'after' | 'spread', string>> = {after: pause, spread: pause}

const rules: Rules = {
  clients: '1..1000000',
  seed: '-9007199254740991..9007199254740991',
  server: {capacity: '0.001..1000000000', queue: '0..3600', refusalCost: '0..1000', sheds: 'close or refuse', hint: 'an object or a function'},
  outage: 'an object',
  network: {roundTrip: '0..60000', news: '0..3600000'},
  policy: 'an object or a function',
  limit: {time: '1..86400000', attempts: '1..100000'},
  step: '1..3600000',
}

/** @throws one sentence for what can't be simulated */
export function checkSimulation(options: SimulateOptions): Settings {
  check(options, 'options', 'an object')
  must(options.clients !== undefined, 'clients', 'given', undefined)
  const {seed, step, clients, policy, outage, server, limit, network} = fill<Settings & {outage: Outage; policy: SimulateOptions['policy']}>(
    'options',
    {
      clients: 1,
      seed: 1,
      server: {capacity: Math.max(1, options.clients / 60), queue: 1, refusalCost: 0, sheds: 'close'},
      outage: {kind: 'shed'},
      plan: undefined!,
      network: {roundTrip: 80, news: 100},
      policy: undefined!,
      limit: {time: 1_800_000, attempts: 1000},
      step: 100,
    },
    rules,
    options,
  )
  must(Number.isInteger(clients), 'clients', 'a whole number', clients)
  must(Number.isInteger(seed), 'seed', 'a whole number', seed)
  must(limit.time / step <= 1_000_000, 'step', `at least a millionth of \`limit.time\` (${limit.time})`, step)
  if (typeof server.hint === 'object') checkHint(server.hint)
  return {seed, step, clients, server, limit, network, plan: planOf(outage), policy: checkPolicy(policy)}
}

export const checkHint = (hint: Hint): Hint => fill<Hint>('hint', {}, hintRules, hint, 'hint.')

const checkPolicy = (policy: SimulateOptions['policy'] = transitionPolicy()): TransitionPolicy | DelayPolicy => {
  if (typeof policy === 'function') return delayPolicy(policy)
  must('machine' in policy || 'delay' in policy, 'policy', 'a function, or made by transitionPolicy() or delayPolicy()', policy)
  if ('machine' in policy) check(policy.machine, 'policy.machine', 'an object')
  return 'machine' in policy ? policy : delayPolicy(policy.delay, policy)
}

/**
 * Clients that are any function, other libraries' formulas above all.
 *
 * @param options `resets`: when past attempts are forgotten, `'open'` or after so many ms of a connection. Default 10 000
 * @throws one sentence for what can't be used
 * @example
 * simulate({clients: 10_000, policy: delayPolicy((attempt, random) => Math.min(30_000, 1000 * 2 ** attempt) * random)})
 */
export function delayPolicy(delay: DelayFunction, {resets = 10_000}: {resets?: 'open' | number} = {}): DelayPolicy {
  check(delay, 'delay', 'a function')
  check(resets, 'resets', `open or ${pause}`)
  return {delay, resets}
}

/**
 * Clients that are closecall's own: each is a state of the `transition` that `connect()` runs on.
 *
 * @param options those of `connect()` that decide when a client comes back; what is not given is its default
 * @throws one sentence for what can't be used
 * @example
 * simulate({clients: 10_000, policy: transitionPolicy({backoff: {maxDelay: 60_000}, verdicts: {1012: {backoff: 'exponential'}}})})
 */
export function transitionPolicy(options: TransitionOptions = {}): TransitionPolicy {
  const {verdicts, classify: own, ...rest} = fill<TransitionOptions & {backoff: RetryPolicy}>('options', defaults, policyRules, options)
  checkBackoff(rest.backoff)
  const overrides = checkVerdicts(verdicts ?? {})
  const judge = (close: Close, context: ClassifyContext): Verdict => {
    const suggested = classify(close, {verdicts: overrides})
    return own ? changed(suggested, checkVerdict(own(close, context, suggested), 'classify')) : suggested
  }
  const jitters = [rest.backoff, ...Object.values(overrides).map((verdict) => Object(verdict).backoff as Partial<RetryPolicy> | undefined)].map((rules) => rules?.jitter)
  const remembers = jitters.some((jitter) => typeof jitter === 'function' || jitter === 'decorrelated')
  return {machine: {...defaultPolicy, ...rest, classify: judge}, delays: own ? 'any' : remembers ? 'remembered' : 'alone'}
}

const defaults = {backoff: defaultPolicy.backoff, stableAfter: defaultPolicy.stableAfter, connectTimeout: defaultPolicy.connectTimeout}

/** As `connect()` has them. */
const policyRules: Rules = {
  backoff: backoffRules,
  stableAfter: '1000..2147483647',
  connectTimeout: duration,
  verdicts: 'an object',
  classify: 'a function',
}
