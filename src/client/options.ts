// What may the caller choose, what holds otherwise, and what is refused at once?

import {
  byteLength,
  defaultPolicy,
  kindOf,
  type BufferLimits,
  type ClassifyContext,
  type Close,
  type Delivery,
  type Dialect,
  type EvidenceOptions,
  type FrameKind,
  type HeartbeatRules,
  type InBandHint,
  type Jitter,
  type RetryPolicy,
  type SendData,
  type Verdict,
  type VerdictOverrides,
} from '../core/index.ts'
import {backoffRules, check, checkBackoff, checkVerdict, checkVerdicts, duration, fill, follows, must, type Rules} from '../core/check.ts'
import {defaultEvidence} from '../core/evidence.ts'
import {defaultBufferLimits} from '../core/send-buffer.ts'
import {systemClock, type Clock} from '../platform/clock.ts'
import {systemEnvironment, type Environment} from '../platform/environment.ts'
import {baseURL, type WebSocketClass} from '../platform/websocket.ts'
import type {Codec, Schema} from './codec.ts'
import type {MessageData} from './events.ts'
import type {Extension} from './extension.ts'
import {guard} from './guard.ts'
import type {Report} from './report.ts'
import type {Session} from './session.ts'

/** How one message is sent. What can leave at once does; the others are for messages that wait. */
export interface SendOptions {
  /** `false` sends bytes in a text frame, where the WebSocket class can (`ws`). Strings always go in text frames. */
  binary?: boolean
  /** How long it may wait, ms. Default: `buffer.ttl`. */
  ttl?: number
  /** `'high'` goes before all that is not. Default `'normal'`. */
  priority?: 'high' | 'normal'
  /** A newer message with the same key stands for one that still waits: for cursor positions and the like. */
  key?: string
  /** Aborting it takes the message back, if that is not too late. */
  signal?: AbortSignal
}

/** What a `url`, `protocols` or `credentials` function is given. */
export interface AttemptContext {
  /** Retries since the last stable connection; 0 for the first. */
  attempt: number
  /** What the `credentials` option gave last. */
  credentials: unknown
}

type Provided<T> = T | ((context: AttemptContext) => T | Promise<T>)

/**
 * Where to connect: `ws:`, `wss:`, `http:`, `https:`, or relative to the page. A function is asked again on every attempt.
 *
 * Of several addresses the first is tried first. 1012, 1013 and an attempt that never opened lead to the next one that may be tried
 * soonest: each has a backoff of its own. All else stays with the address. A function should keep their number and order: what is known of
 * one is known by its place.
 */
export type Address = Provided<string | URL | readonly (string | URL)[]>

/** How to notice that nobody is at the other end any more, although no close was told. */
export interface HeartbeatOptions extends Partial<HeartbeatRules> {
  /** So long without a message from the server, and it is asked for one, ms. Default 30 000. */
  interval?: number
  /** So long without an answer, and the connection is given up and replaced, at once if no failure came before, ms. Default 10 000. */
  timeout?: number
  /**
   * What to ask with, or a function that makes it. Any message counts as the answer. It must be something that the server answers:
   * a connection where nothing comes back is given up and replaced, again and again.
   * Default: a protocol ping, where the transport has them (`closecall/node`). Where it has not, as in browsers, nothing is sent, and the
   * server must say something by itself: it is given up within twice `interval + timeout` of silence.
   */
  message?: SendData | (() => SendData)
  /** Whether a message answers `message`. Such a message measures `stats.roundTripTime`, and is kept from the listeners. */
  isReply?: (data: MessageData) => boolean
}

export interface Options<In = any, Out = any> {
  /** Subprotocols to offer. A function is asked again on every attempt. Default: none. */
  protocols?: Provided<string | readonly string[] | undefined>

  /**
   * The class to open sockets with. Default: `globalThis.WebSocket`, read when connecting.
   * Node has one from version 22 on; for Node 20 give that of `ws`, or use `closecall/node`.
   */
  WebSocket?: WebSocketClass

  /**
   * `false`: one connection and no other, for who makes the next one by himself. Its end has its verdict, its evidence and its report as
   * ever, and the client is then `closed` where it would have tried again, `failed` where it would not; `open()` and `reconnect()` are for
   * another. Default `true`.
   */
  reconnect?: boolean

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
    /** The longest pause, and the widest spread, that a server's hint can ask for, ms. Default 600 000. */
    maxHint?: number
  }

  /** Open so long, and past failures are forgotten, ms. Default 10 000, at least 1000: a server that accepts and closes must not look like a good one. */
  stableAfter?: number

  /**
   * Limit of one attempt, ms: from asking `credentials`, `url` and `protocols` to `open`. Default 10 000.
   * Not much less: Firefox holds back sockets to a host that failed, and that time counts, too.
   */
  connectTimeout?: number

  /** Limit of the closing handshake after `close()`, ms. Default 2000; the runtimes' own are 5 s to never. What the socket could not pass on by then is lost. */
  closeTimeout?: number

  /**
   * Asked at `open()`, at `reconnect()` out of a rest, when a verdict says `refresh` (1008, 3000, HTTP 401 and 407), and again after
   * an attempt that got none or was not open in time; what it gives is handed to the `url` and `protocols` functions. If it throws, rejects or takes longer than `connectTimeout`, that was a failed attempt.
   */
  credentials?: (context: AttemptContext) => unknown

  /**
   * What to do otherwise than the table says, by close code, range, or handshake status.
   *
   * @example {4001: 'refresh', '4400-4499': 'stop', 1011: {budget: 5}}
   */
  verdicts?: VerdictOverrides

  /**
   * What the service means by its private codes, and by its messages about a close to come. From `closecall/dialects`, or its `defineDialect()`.
   * Of several, the one whose subprotocol the server chose; none where it chose none of theirs; one that has no `subprotocols` can only be
   * given alone. Default: none, since private codes mean different things to different services.
   *
   * @example
   * import {discord} from 'closecall/dialects'
   * connect(url, {dialect: discord})
   */
  dialect?: Dialect | readonly Dialect[]

  /** Has the last word on every close. Returning undefined accepts the suggestion, and so does throwing; the error is reported as uncaught. */
  classify?: (close: Close, context: ClassifyContext, suggested: Verdict) => Verdict | undefined

  /** What a 1000 from the server means. Default `'end'`. */
  onNormalClosure?: 'end' | 'retry'

  /** Default: on, with protocol pings, where the transport has them; elsewhere off. `false`: off everywhere. */
  heartbeat?: HeartbeatOptions | false

  /**
   * A page that goes into the bfcache closes its connection (1000), so that it may be kept, and connects again when it is back.
   * `'keep'`: it doesn't, and the browser may refuse to keep the page, or drop the connection. Default `'close'`.
   */
  onPageHide?: 'close' | 'keep'

  /** More than every page needs, from `closecall/diagnosis`, `closecall/overload`, `closecall/probe`, or your own; asked in this order, `overload` best last. Default: none. */
  extensions?: readonly Extension[]

  /**
   * Messages that wait for a connection. `false`: what can't leave at once is refused. Default: up to 1024 messages and 1 MiB; what does
   * not fit is refused, and what was taken waits for as long as it takes.
   */
  buffer?: Partial<BufferLimits> | false

  /**
   * Called on each connection, before anything else goes out: for authentication, for subscriptions. The state is `connecting` until what it
   * returns resolves. If it throws, rejects, or is not done within `connectTimeout`, the connection is closed, and that was a failed attempt:
   * 1006, `origin: 'setup'`, with the error's words.
   *
   * @example
   * onOpen: async (session) => {
   *   session.send(`AUTH ${session.credentials}`)
   *   await session.receive((data) => data === 'WELCOME')
   * }
   */
  onOpen?: (session: Session<In, Out>) => unknown

  /**
   * Keeps each message until the server has acknowledged it, and sends it again after a reconnect. From `closecall/delivery`. Called once
   * by each client: what was sent and received is that client's alone.
   *
   * @example delivery: acknowledged({id: (order) => order.id, ack: (message) => message?.ack})
   */
  delivery?: () => Delivery<NoInfer<In>, NoInfer<Out>>

  /** Turns values into messages and back; `json` of `closecall/codecs`, or your own. Default: strings and bytes as they are. */
  codec?: Codec<any, Out>

  /** What incoming messages must be, once decoded: a Standard Schema (zod, valibot, arktype …). What is not, is told by `invalid`. */
  schema?: Schema<In>

  /** Bytes under way, in the send buffer and in the runtime, above which `drained()` waits, and below which `drain` is told. Default 65 536. */
  highWaterMark?: number

  /** Gets every report instead of the console. */
  onReport?: (report: Report) => void

  /** What reports may know about messages. Default: the last 8, without their contents. */
  evidence?: Partial<EvidenceOptions>

  /**
   * Looks over outgoing messages: every text for lone surrogates; the first 512 and then every eighth for U+FFFD; every 512th for bytes
   * kept in a string and escaped surrogates; text bytes for what is not UTF-8.
   * `'warn'` (default): one `console.warn` for each kind of finding. `'throw'`: `send()` throws instead of sending, and looks for U+FFFD in every text.
   */
  lint?: 'warn' | 'throw' | 'off'

  /** How bytes arrive. Default `'arraybuffer'`, the only form that every runtime has. */
  binaryType?: 'arraybuffer' | 'blob'

  /** Aborting it is calling `close()`. */
  signal?: AbortSignal

  /** `false`: wait for `open()`. Default `true`. */
  autoOpen?: boolean

  /** Who tells of the network and the page. Default: the browser's events; none elsewhere. */
  environment?: Environment

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
  heartbeat: {interval: 30_000, timeout: 10_000},
  onPageHide: 'close',
  extensions: [],
  buffer: defaultBufferLimits,
  highWaterMark: 65_536,
  evidence: defaultEvidence,
  lint: 'warn',
  binaryType: 'arraybuffer',
  autoOpen: true,
  environment: systemEnvironment,
  clock: systemClock,
  random: Math.random,
} as const

/** Options with every default filled in. */
export interface Settings extends Omit<Options, 'heartbeat' | 'delivery'> {
  backoff: RetryPolicy
  buffer: BufferLimits
  highWaterMark: number
  evidence: EvidenceOptions
  stableAfter: number
  connectTimeout: number
  closeTimeout: number
  heartbeat: (HeartbeatRules & HeartbeatOptions) | undefined
  extensions: readonly Extension[]
  delivery: Delivery | undefined
  environment: Environment
  clock: Clock
  random: () => number
}

const count = '0..Infinity'
const signal = 'an AbortSignal with addEventListener()'

const rules: Rules = {
  protocols: 'a string or an object or a function',
  WebSocket: 'a function',
  reconnect: 'a boolean',
  backoff: backoffRules,
  stableAfter: '1000..2147483647',
  connectTimeout: duration,
  closeTimeout: duration,
  credentials: 'a function',
  verdicts: 'an object',
  dialect: 'an object of closecall/dialects',
  classify: 'a function',
  onNormalClosure: 'end or retry',
  heartbeat: {interval: duration, timeout: duration, message: 'a string or an object or a function', isReply: 'a function'},
  onPageHide: 'close or keep',
  extensions: 'an object',
  buffer: {maxMessages: count, maxBytes: count, overflow: 'refuse or drop-oldest or drop-newest', ttl: '1..Infinity'},
  onOpen: 'a function',
  delivery: 'a function',
  codec: 'a Codec with encode() and decode()',
  schema: 'an object or a function',
  highWaterMark: count,
  onReport: 'a function',
  evidence: {frames: '0..1000', payloads: 'none or redacted or full'},
  lint: 'warn or throw or off',
  binaryType: 'arraybuffer or blob',
  signal,
  autoOpen: 'a boolean',
  environment: 'an Environment with subscribe()',
  clock: 'a Clock with now()',
  random: 'a function',
}

/**
 * What is given is kept on an object of its own; what is not, all clients share.
 *
 * @throws a sentence that names the option, its rule and the value
 */
export function checkOptions(options: Options): Settings {
  const {buffer, dialect, heartbeat, verdicts} = Object(options) as Options
  const off = heartbeat === false
  const given = off || buffer === false ? {...options, buffer: buffer === false ? {maxMessages: 0} : buffer, heartbeat: off ? undefined : heartbeat} : options
  const settings = fill<object>('options', defaults, rules, given, '', Object.create(defaults)) as Settings
  if (off) settings.heartbeat = undefined
  const {backoff, evidence, extensions, protocols, schema} = settings
  if (options.backoff) checkBackoff(backoff)
  const {jitter} = backoff
  // What is no number, as when it throws, is no delay.
  if (typeof jitter === 'function') backoff.jitter = (...asked) => guard(() => jitter(...asked)) as number
  must(Number.isInteger(evidence.frames), 'frames', 'a whole number', evidence.frames)
  must(Array.isArray(extensions) && extensions.every((each) => typeof each === 'function'), 'extensions', 'a list of functions', extensions)
  // One of a list that no subprotocol chooses would never be spoken.
  must(!dialect || [dialect].flat().every((each: Dialect | null) => typeof each?.judge === 'function' && typeof each.name === 'string' && (each === dialect || each.subprotocols)), 'dialect', 'a Dialect, or a list of those with subprotocols', dialect)
  must(!schema || schema['~standard']?.version === 1, 'schema', 'a Standard Schema', schema)
  if (options.delivery) {
    const delivery = options.delivery()
    must(typeof delivery?.id === 'function' && typeof delivery.acked === 'function' && delivery.window >= 1, 'delivery', 'a Delivery', delivery)
    settings.delivery = delivery
  }
  if (verdicts) settings.verdicts = checkVerdicts(verdicts)
  checkProtocols(protocols)
  return settings
}

const sendRules: Rules = {binary: 'a boolean', ttl: '1..Infinity', priority: 'high or normal', key: 'a string', signal}

/** @returns what was asked for, if anything was */
export const checkSendOptions = (options: SendOptions | undefined): SendOptions => (options ? fill<SendOptions>('options', {}, sendRules, options) : {})

/** An acknowledgement must mean one message. */
export const checkId = (id: unknown, isAwaited: boolean): void => {
  check(id, 'id', 'a string or a number')
  must(!isAwaited, 'id', 'one that is not awaited already', typeof id)
}

/** @see RFC 6455 §4.1: subprotocols are tokens, and each is named once */
export const checkProtocols = (protocols: unknown): void => {
  if (protocols === undefined || typeof protocols === 'function') return
  const list = [protocols].flat()
  // Tokens for authentication travel in subprotocols, too: they are counted, not shown.
  must(list.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name as string)) && new Set(list).size === list.length, 'protocols', 'tokens, each once', list.length)
}

/** The addresses that are meant, at least one, as absolute ws: or wss: URLs. */
export const toURLs = (value: unknown): string[] => (Array.isArray(value) && value.length ? value : [value]).map(toURL)

/** The absolute ws: or wss: URL that is meant. */
const toURL = (value: unknown): string => {
  let url: URL | undefined
  try {
    // A function that forgot to return would otherwise lead to `undefined` beside the page.
    if (typeof value === 'string' || (value as URL).href) url = new URL(value as string, baseURL())
    if (url?.protocol.startsWith('http')) url.protocol = url.protocol.replace('http', 'ws')
  } catch {
    // Said below.
  }
  must(url && /^wss?:$/.test(url.protocol) && !url.href.includes('#'), 'url', 'a ws: or http: URL without a fragment', (value as URL | null)?.href ?? value)
  // The caller's own, where it is the same: it need not be kept twice.
  return url!.href === value ? value : url!.href
}

/** What the standard lets a program close with; 1005 stands for its `close()` without a code. @see WHATWG WebSockets, `close()` */
export const checkClose = (code: unknown, reason: unknown): void => {
  must(Number.isInteger(code) && follows(code, '1000..1000 or 1005..1005 or 3000..4999'), 'code', '1000, 3000..4999, or 1005 for none', code)
  must(code !== 1005 || !reason, 'reason', 'left out where there is no code', reason)
  must(byteLength(String(reason)) <= 123, 'reason', 'at most 123 bytes', reason)
}

export const checkBinaryType = (type: unknown): void => check(type, 'binaryType', rules.binaryType as string)

export const checkHint = (hint: InBandHint): void => {
  check(hint, 'hint', 'an object')
  const {after, spread = 0, verdict} = hint
  check(after, 'after', count)
  check(spread, 'spread', count)
  checkVerdict(verdict, 'verdict')
}

export const checkListener = (listener: unknown): void => check(listener, 'listener', 'a function')

/** @returns what the message is, if it can be sent */
export const checkData = (data: unknown, binary: boolean | undefined, canSendTextBytes: boolean): FrameKind => {
  const kind = kindOf(data, binary)
  must(kind !== 'Blob' || binary !== false, 'binary', 'true for a Blob', binary)
  must(kind, 'data', 'a string, ArrayBuffer, view or Blob', typeof data)
  must(kind !== 'text bytes' || canSendTextBytes, 'binary', 'true: this WebSocket class sends no bytes as text', binary)
  return kind!
}
