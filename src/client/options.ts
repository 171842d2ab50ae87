// What may the caller choose, what holds otherwise, and what is refused at once?

import {
  byteLength,
  defaultPolicy,
  kindOf,
  type BufferLimits,
  type ClassifyContext,
  type Close,
  type EvidenceOptions,
  type FrameKind,
  type Jitter,
  type RetryHint,
  type RetryPolicy,
  type Verdict,
  type VerdictOverrides,
} from '../core/index.ts'
import {longestDelay} from '../core/backoff.ts'
import {defaultEvidence} from '../core/evidence.ts'
import {defaultBufferLimits} from '../core/send-buffer.ts'
import {systemClock, type Clock} from '../platform/clock.ts'
import {baseURL, type WebSocketClass} from '../platform/websocket.ts'
import {ClosecallError} from './errors.ts'
import type {Report} from './report.ts'

/** What a `url` or `protocols` function is given. */
export interface AttemptContext {
  /** Retries since the last stable connection; 0 for the first. */
  attempt: number
  /** What the `credentials` option gave last. */
  credentials: unknown
}

type Provided<T> = T | ((context: AttemptContext) => T | Promise<T>)

/** Where to connect: `ws:`, `wss:`, `http:`, `https:`, or relative to the page. A function is asked again on every attempt. */
export type Address = Provided<string | URL>

export interface Options {
  /** Subprotocols to offer. A function is asked again on every attempt. Default: none. */
  protocols?: Provided<string | string[] | undefined>

  /**
   * The class to open sockets with. Default: `globalThis.WebSocket`, read when connecting.
   * Node has one from version 22 on; for Node 20 give that of `ws`.
   */
  WebSocket?: WebSocketClass

  /** When to try again. A wrong number is answered at once by an error. */
  backoff?: {
    /** Nominal delay of the first retry, ms, 1 or more. Default 1000. */
    initialDelay?: number
    /** Growth from one retry to the next, 1–100. Default 2. */
    factor?: number
    /** Ceiling of the nominal delay, ms, at least `initialDelay`. Default 30 000. */
    maxDelay?: number
    /** Default 0.5: half to one and a half times the nominal delay. */
    jitter?: Jitter
    /** Retries without a stable connection between them before the client fails. Default: no limit. */
    maxAttempts?: number
    /** Bounds of the first delay after a 1012, ms. Default `[5000, 30000]`, as its registration asks. */
    restartSpread?: readonly [number, number]
    /** The longest pause that a server's hint can ask for, ms. Default 600 000. */
    maxHint?: number
  }

  /** Open so long, and past failures are forgotten, ms. Default 10 000. An accept-then-close server is backed off from all the same. */
  stableAfter?: number

  /**
   * Limit of one attempt, ms: from asking `credentials`, `url` and `protocols` to `open`. Default 10 000.
   * Not much less: Firefox holds back sockets to a host that failed, and that time counts, too.
   */
  connectTimeout?: number

  /** Limit of the closing handshake after `close()`, ms. Default 2000; the runtimes' own are 5 s to never. */
  closeTimeout?: number

  /**
   * Asked at `open()`, and again when a verdict says `refresh` (1008, 3000, HTTP 401 and 407); what it gives is handed to the
   * `url` and `protocols` functions. If it throws, rejects or takes longer than `connectTimeout`, that was a failed attempt.
   */
  credentials?: () => unknown

  /**
   * What to do otherwise than the table says, by close code, range, or handshake status.
   *
   * @example {4001: 'refresh', '4400-4499': 'stop', 1011: {budget: 5}}
   */
  verdicts?: VerdictOverrides

  /** Has the last word on every close. Returning undefined accepts the suggestion, and so does throwing; the error is reported as uncaught. */
  classify?: (close: Close, context: ClassifyContext, suggested: Verdict) => Verdict | undefined

  /** What a 1000 from the server means. Default `'end'`. */
  onNormalClosure?: 'end' | 'retry'

  /** Messages that wait for a connection. `false`: `send()` refuses what can't leave at once. Default: up to 1024 messages and 1 MiB. */
  buffer?: Partial<BufferLimits> | false

  /** Gets every report instead of the console. */
  onReport?: (report: Report) => void

  /** What reports may know about messages. Default: the last 8, without their contents. */
  evidence?: Partial<EvidenceOptions>

  /**
   * Looks over outgoing messages: lone surrogates, U+FFFD, bytes kept in a string, text bytes that are not UTF-8.
   * `'warn'` (default): one `console.warn` for each kind of finding. `'throw'`: `send()` throws instead of sending.
   */
  lint?: 'warn' | 'throw' | 'off'

  /** How bytes arrive. Default `'arraybuffer'`, the only form that every runtime has. */
  binaryType?: 'arraybuffer' | 'blob'

  /** Aborting it is calling `close()`. */
  signal?: AbortSignal

  /** `false`: wait for `open()`. Default `true`. */
  autoOpen?: boolean

  /** For tests. */
  clock?: Clock

  /** For tests: like `Math.random`. */
  random?: () => number
}

const {backoff, stableAfter, connectTimeout, closeTimeout} = defaultPolicy

const defaults = {
  backoff,
  stableAfter,
  connectTimeout,
  closeTimeout,
  buffer: defaultBufferLimits,
  evidence: defaultEvidence,
  lint: 'warn',
  binaryType: 'arraybuffer',
  autoOpen: true,
  clock: systemClock,
  random: Math.random,
} as const

/** Options with every default filled in. */
export interface Settings extends Options {
  backoff: RetryPolicy
  buffer: BufferLimits
  evidence: EvidenceOptions
  stableAfter: number
  connectTimeout: number
  closeTimeout: number
  clock: Clock
  random: () => number
}

/** What a value must be: a test, and the words for it. */
type Rule = readonly [test: (value: any) => unknown, words: string]

const number = (least: number, most: number = longestDelay): Rule => [(value) => typeof value === 'number' && value >= least && value <= most, `a number from ${least} to ${most}`]
const oneOf = (...choices: unknown[]): Rule => [(value) => choices.includes(value), `one of ${choices.join(', ')}`]
const callable: Rule = [(value) => typeof value === 'function', 'a function']

const jitter = oneOf('full', 'equal', 'decorrelated', 'none')
const action = oneOf('retry', 'refresh', 'stop', 'end')

/** @see RFC 6455 §4.1: subprotocols are tokens, and each is named once */
const tokens: Rule = [
  (value) => typeof value === 'function' || ((list) => list.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name as string)) && new Set(list).size === list.length)([value].flat()),
  'tokens, each once',
]

type Rules = {readonly [name: string]: Rule | Rules}

const rules: Rules = {
  protocols: tokens,
  WebSocket: callable,
  backoff: {
    initialDelay: number(1),
    factor: number(1, 100),
    maxDelay: number(1),
    jitter: [(value) => callable[0](value) || number(0, 1)[0](value) || jitter[0](value), `a ratio from 0 to 1, a function, or ${jitter[1]}`],
    maxAttempts: number(0, Infinity),
    restartSpread: [([from, to]) => number(0)[0](from) && number(from)[0](to), 'two numbers, the lower first'],
    maxHint: number(0),
  },
  stableAfter: number(0),
  connectTimeout: number(1),
  closeTimeout: number(1),
  credentials: callable,
  verdicts: [
    (value) => Object.entries(value).every(([key, verdict]) => /^\d+(-\d+)?$/.test(key) && action[0]((verdict as Partial<Verdict>)?.action ?? (typeof verdict === 'object' ? 'retry' : verdict))),
    `codes or ranges with a verdict or ${action[1]}`,
  ],
  classify: callable,
  onNormalClosure: oneOf('end', 'retry'),
  buffer: {maxMessages: number(0, Infinity), maxBytes: number(0, Infinity)},
  onReport: callable,
  evidence: {frames: number(0, 1000), payloads: oneOf('none', 'redacted', 'full')},
  lint: oneOf('warn', 'throw', 'off'),
  binaryType: oneOf('arraybuffer', 'blob'),
  signal: [(value) => value.addEventListener, 'an AbortSignal'],
  autoOpen: oneOf(true, false),
  clock: [(value) => value.setTimeout, 'a clock'],
  random: callable,
}

const check = ([test, words]: Rule, name: string, value: unknown): void => {
  if (test(value)) return
  const shown = typeof value === 'string' ? withoutSecrets(value).slice(0, 99) : value
  throw new ClosecallError('INVALID', `\`${name}\` must be ${words}, got ${JSON.stringify(shown) ?? String(value)}`)
}

/** A URL less its user and its query. */
export const withoutSecrets = (url: string): string => url.replace(/\?.*|(?<=\/\/).*@/gs, '')

/** Checks what was given, and fills in what was not. An option that is undefined is one that was not given. */
const fill = (defaults: object, rules: Rules, given: object): object => {
  const filled = {...defaults} as Record<string, any>
  for (const [name, value] of Object.entries(given)) {
    const rule = rules[name]
    check([() => rule, 'an option that exists'], name, value)
    if (value === undefined) continue
    if (Array.isArray(rule)) check(rule as unknown as Rule, name, value)
    filled[name] = Array.isArray(rule) ? value : fill(value ? filled[name] : {maxMessages: 0, maxBytes: 0}, rule as Rules, value || {})
  }
  return filled
}

/** @throws a sentence that names the option, its rule and the value */
export function settle(options: Options): Settings {
  const settings = fill(defaults, rules, options) as Settings
  const {initialDelay, maxDelay} = settings.backoff
  check([() => maxDelay >= initialDelay, `at least \`initialDelay\` (${initialDelay})`], 'maxDelay', maxDelay)
  return settings
}

/** The absolute ws: or wss: URL that is meant. */
export const toURL = (value: unknown): string => {
  let url: URL | undefined
  try {
    url = new URL(value as string, baseURL())
    url.protocol = url.protocol.replace('http', 'ws')
  } catch {
    // Said below.
  }
  check([() => url && /^wss?:$/.test(url.protocol) && !url.hash, 'a ws:, wss:, http: or https: URL without a fragment'], 'url', String(value))
  return url!.href
}

export const checkProtocols = (protocols: unknown): void => {
  if (protocols !== undefined) check(tokens, 'protocols', protocols)
}

/** What the standard lets a program close with. @see WHATWG WebSockets, `close()` */
export const checkClose = (code: unknown, reason: unknown): void => {
  check([() => code === 1000 || (Number.isInteger(code) && number(3000, 4999)[0](code)), '1000 or from 3000 to 4999'], 'code', code)
  check([() => byteLength(String(reason)) <= 123, 'at most 123 bytes'], 'reason', reason)
}

export const checkHint = ({after, spread = 0}: RetryHint): void => {
  check(number(0, Infinity), 'after', after)
  check(number(0, Infinity), 'spread', spread)
}

export const checkListener = (listener: unknown): void => check(callable, 'listener', listener)

/** @returns what the message is, if it can be sent */
export const checkData = (data: unknown, binary: boolean | undefined, canSendTextBytes: () => boolean): FrameKind => {
  const kind = kindOf(data, binary)
  check([() => kind, 'a string, ArrayBuffer, view or Blob'], 'data', typeof data)
  check([() => kind !== 'text bytes' || canSendTextBytes(), 'true: this WebSocket class sends no bytes as text'], 'binary', binary)
  return kind!
}
