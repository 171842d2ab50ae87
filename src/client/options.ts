// What may the caller choose, what holds otherwise, and what is refused at once?

import {
  defaultPolicy,
  type Action,
  type BufferLimits,
  type ClassifyContext,
  type Close,
  type EvidenceOptions,
  type Jitter,
  type Verdict,
  type VerdictOverrides,
} from '../core/index.ts'
import {longestDelay} from '../core/backoff.ts'
import {defaultEvidence} from '../core/evidence.ts'
import {defaultBufferLimits} from '../core/send-buffer.ts'
import {systemClock, type Clock} from '../platform/clock.ts'
import {baseURL, type WebSocketClass} from '../platform/websocket.ts'
import {invalid} from './errors.ts'
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

const defaults = {
  backoff: defaultPolicy.backoff,
  stableAfter: defaultPolicy.stableAfter,
  connectTimeout: defaultPolicy.connectTimeout,
  closeTimeout: defaultPolicy.closeTimeout,
  onNormalClosure: 'end',
  buffer: defaultBufferLimits,
  evidence: defaultEvidence,
  lint: 'warn',
  binaryType: 'arraybuffer',
  autoOpen: true,
  clock: systemClock,
  random: Math.random as () => number,
} satisfies Options

type Groups = 'backoff' | 'buffer' | 'evidence'

/** Options with every default filled in. */
export type Settings = Options & Required<Pick<Options, Exclude<keyof typeof defaults, Groups>>> & Pick<typeof defaults, 'backoff' | 'evidence'> & {buffer: BufferLimits}

const functions = ['WebSocket', 'credentials', 'classify', 'onReport', 'random'] as const

const others = ['protocols', 'verdicts', 'signal', ...functions] as const

/** `[least, most]`, in whole or broken numbers. */
const numbers: Record<string, readonly [number, number]> = {
  initialDelay: [1, longestDelay],
  factor: [1, 100],
  maxAttempts: [0, Infinity],
  maxHint: [0, longestDelay],
  stableAfter: [0, longestDelay],
  connectTimeout: [1, longestDelay],
  closeTimeout: [1, longestDelay],
  maxMessages: [0, Infinity],
  maxBytes: [0, Infinity],
  frames: [0, 1000],
}

const choices: Record<string, readonly unknown[]> = {
  onNormalClosure: ['end', 'retry'],
  lint: ['warn', 'throw', 'off'],
  binaryType: ['arraybuffer', 'blob'],
  payloads: ['none', 'redacted', 'full'],
  autoOpen: [true, false],
}

const jitters: readonly unknown[] = ['full', 'equal', 'decorrelated', 'none']

const actions: readonly unknown[] = ['retry', 'refresh', 'stop', 'end'] satisfies Action[]

const check = (ok: unknown, name: string, rule: string, value: unknown): void => {
  if (!ok) throw invalid(name, rule, value)
}

const within = (value: unknown, least: number, most: number): boolean => typeof value === 'number' && value >= least && value <= most

const range = (least: number, most: number): string => `a number from ${least} to ${most}`

/** Fills in defaults, and checks names and values on the way. An option that is undefined is one that was not given. */
const fill = <T extends object>(base: T, given: object, known: readonly string[] = []): T => {
  const filled = {...base} as Record<string, unknown>
  for (const [name, value] of Object.entries(given)) {
    check(name in base || known.includes(name), name, 'left out: there is no such option', value)
    if (value !== undefined) filled[name] = value
  }
  for (const [name, value] of Object.entries(filled)) {
    const bounds = numbers[name]
    if (bounds) check(within(value, ...bounds), name, range(...bounds), value)
    if (choices[name]) check(choices[name].includes(value), name, `one of ${choices[name].join(', ')}`, value)
  }
  return filled as T
}

/** @throws a sentence that names the option, its rule and the value */
export function settle(options: Options): Settings {
  const settings = fill(defaults, options, others) as Settings
  for (const name of functions) check(!settings[name] || typeof settings[name] === 'function', name, 'a function', settings[name])

  settings.backoff = fill(defaults.backoff, settings.backoff)
  settings.evidence = fill(defaults.evidence, settings.evidence)
  settings.buffer = settings.buffer ? fill(defaults.buffer, settings.buffer) : {maxMessages: 0, maxBytes: 0}

  const {initialDelay, maxDelay, jitter, restartSpread} = settings.backoff
  check(within(maxDelay, initialDelay, longestDelay), 'maxDelay', `at least \`initialDelay\` (${initialDelay})`, maxDelay)
  check(jitter instanceof Function || jitters.includes(jitter) || within(jitter, 0, 1), 'jitter', `a ratio from 0 to 1, a function, or one of ${jitters.join(', ')}`, jitter)
  check(
    Array.isArray(restartSpread) && within(restartSpread[0], 0, longestDelay) && within(restartSpread[1], restartSpread[0], longestDelay),
    'restartSpread',
    'two numbers, the lower first',
    restartSpread,
  )
  for (const [key, verdict] of Object.entries(settings.verdicts ?? {})) {
    const [from, to = from, ...rest] = key.split('-').map(Number)
    check(from! > 0 && to! >= from! && to! < 65_536 && !rest.length, 'verdicts', 'keyed by codes or ranges such as 4000-4099', key)
    const action = (verdict as Partial<Verdict> | undefined)?.action ?? verdict
    check(actions.includes(action) || typeof verdict === 'object', `verdicts.${key}`, `a verdict or one of ${actions.join(', ')}`, verdict)
  }
  checkProtocols(settings.protocols)
  return settings
}

/** @see RFC 6455 §4.1: subprotocols are tokens, and each is named once */
export const checkProtocols = (protocols: unknown): void => {
  if (protocols === undefined || typeof protocols === 'function') return
  const list: unknown[] = [protocols].flat()
  const valid = list.every((name) => typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name))
  check(valid && new Set(list).size === list.length, 'protocols', 'one or more tokens, each once', protocols)
}

/** The absolute ws: or wss: URL that is meant. */
export const toURL = (value: unknown): string => {
  let url: URL | undefined
  try {
    url = new URL(value as string, baseURL())
  } catch {
    // Said below.
  }
  check(url && /^(ws|http)s?:$/.test(url.protocol) && !url.hash, 'url', 'a ws:, wss:, http: or https: URL without a fragment', String(value))
  url!.protocol = url!.protocol.replace('http', 'ws')
  return url!.href
}

/** What the standard lets a program close with. @see WHATWG WebSockets, `close()` */
export const checkClose = (code: unknown, reason: string, bytes: number): void => {
  check(code === 1000 || (Number.isInteger(code) && within(code, 3000, 4999)), 'code', '1000 or from 3000 to 4999', code)
  check(bytes <= 123, 'reason', 'at most 123 bytes long', reason)
}

export const checkHint = ({after, spread = 0}: {after: number; spread?: number}): void => {
  check(within(after, 0, Infinity), 'after', 'a number of milliseconds, 0 or more', after)
  check(within(spread, 0, Infinity), 'spread', 'a number of milliseconds, 0 or more', spread)
}
