// The shell: it stamps what happens, lets the machine decide, and does as told. What a user holds.

import {EventEmitter} from 'eventemitter3'
import {
  classify,
  deadlineOf,
  describe,
  EvidenceRing,
  firstIllFormedByte,
  initialState,
  isResting,
  kindOf,
  SendBuffer,
  transition,
  type Close,
  type Dialect,
  type Effect,
  type Event,
  type Failure,
  type Finding,
  type FrameKind,
  type Message,
  type Policy,
  type RetryHint,
  type SendData,
  type Stamp,
  type State,
  type StateName,
  type Verdict,
} from '../core/index.ts'
import {checkVerdict} from '../core/check.ts'
import {changed} from '../core/classify.ts'
import {ClosecallError, isClosecallError} from '../core/errors.ts'
import {bytesOf} from '../core/evidence.ts'
import {hintIn} from '../core/machine.ts'
import {complain, reportError, warn} from '../platform/console.ts'
import {abandon, failureOf, nativeWebSocket, pollInterval, sendsTextBytes, wordsOf, type WebSocketClass, type WebSocketLike} from '../platform/websocket.ts'
import type {ClientEvents, MessageData} from './events.ts'
import type {ExtensionHooks} from './extension.ts'
import {lint} from './lint.ts'
import {messagesOf} from './messages.ts'
import {checkClose, checkData, checkHint, checkListener, checkOptions, checkProtocols, toURLs, type Address, type HeartbeatOptions, type Options, type Settings} from './options.ts'
import {makeReport, type HistoryEntry, type Report, type Stats} from './report.ts'

/** What became of a message: handed to the socket; kept for the next connection; or not taken, and the caller's to keep. */
export type SendResult = 'sent' | 'buffered' | 'refused'

export interface SendOptions {
  /** `false` sends bytes in a text frame, where the WebSocket class can (`ws`). Strings always go in text frames. */
  binary?: boolean
}

/** Entries that `history` keeps. */
const historyLength = 16

type DistributiveOmit<T, K extends keyof any> = T extends unknown ? Omit<T, K> : never
type Happening = DistributiveOmit<Event, keyof Stamp>

/** A connection that is kept, or ended for a reason that can be told. Made by {@link connect}. */
export class Client implements AsyncIterable<MessageData>, AsyncDisposable {
  readonly #address: Address
  readonly #settings: Settings
  readonly #policy: Policy
  readonly #emitter = new EventEmitter()
  readonly #buffer: SendBuffer
  readonly #ring: EvidenceRing
  readonly #history: HistoryEntry[] = []
  readonly #mailbox: Happening[] = []
  readonly #warned: Finding[] = []
  readonly #hooks: readonly ExtensionHooks[]
  /** The caller wants silence to be the end, whether or not the server can be asked. */
  readonly #watchful: boolean
  #state: State = initialState
  #socket: WebSocketLike | undefined
  #timer: unknown
  #stopWatching: (() => void) | undefined
  #credentials: unknown
  #url = ''
  /** Addresses to choose from, as far as is known. */
  #endpoints = 1
  /** The time in this turn of the event loop; 0 when not asked yet. Asking on every message would cost more than all else. */
  #turn = 0
  readonly #endTurn = (): void => void (this.#turn = 0)
  #connections = 0
  #retries = 0
  #received = 0
  #pongs = 0
  #askedAt: number | undefined
  #roundTripTime: number | undefined
  #investigation: AbortController | undefined

  constructor(address: Address, options: Options = {}) {
    const settings = checkOptions(options)
    if (typeof address !== 'function') this.#endpoints = toURLs(address).length
    this.#address = address
    this.#settings = settings
    this.#buffer = new SendBuffer(settings.buffer)
    this.#ring = new EvidenceRing(settings.evidence.frames)
    const {backoff, clock, random} = settings
    const {jitter} = backoff
    this.#watchful = !!options.heartbeat
    this.#hooks = settings.extensions.map((extend) => this.#guard(() => extend({clock, random})) ?? {})
    this.#policy = {
      ...settings,
      backoff: typeof jitter === 'function' ? {...backoff, jitter: (...given) => this.#guard(() => jitter(...given)) ?? NaN} : backoff,
      pollInterval: pollInterval(),
      closeOnPageHide: settings.onPageHide !== 'keep',
      investigates: this.#hooks.some(({investigate}) => investigate),
      refreshable: [address, settings.protocols, settings.credentials].some((value) => typeof value === 'function'),
      classify: (close, context) => {
        const own = this.#dialect()
        // What the caller's code says is checked like an option: it could stop, or come back at once, by mistake.
        const dialect = own && {name: own.name, judge: () => this.#guard(() => checkVerdict(own.judge(close), 'judge') as Verdict | undefined)}
        const suggested = classify(close, {...settings, dialect, announced: context.announced})
        return changed(suggested, this.#guard(() => checkVerdict(settings.classify?.(close, context, suggested), 'classify')))
      },
    }
    if (settings.signal?.aborted) this.close()
    else if (settings.autoOpen) this.open()
  }

  /** Where things stand. Plain data, never changed afterwards. */
  get state(): State {
    return this.#state
  }

  /** URL of the last attempt, query and all; `''` before the first. */
  get url(): string {
    return this.#url
  }

  /** Subprotocol that the server chose, or `''`. */
  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  /** Extensions that were negotiated, or `''`. */
  get extensions(): string {
    return this.#socket?.extensions ?? ''
  }

  /** Bytes in the send buffer, and those that the runtime has not passed on. */
  get bufferedAmount(): number {
    return this.#buffer.bytes + (this.#socket?.bufferedAmount ?? 0)
  }

  get stats(): Stats {
    return {
      connections: this.#connections,
      retries: this.#retries,
      sent: this.#ring.sent,
      received: this.#received,
      ...(this.#roundTripTime !== undefined && {roundTripTime: this.#roundTripTime}),
      unsent: this.#buffer.size,
      unsentBytes: this.#buffer.bytes,
    }
  }

  /** The last 16 closes, oldest first. */
  get history(): readonly HistoryEntry[] {
    return [...this.#history]
  }

  /**
   * Resolves with this client when it is open: now, or at the next `open`.
   * Rejects with a {@link ClosecallError} (`FAILED`, `CLOSED`) if it stops before. Asking again after that asks anew.
   */
  get ready(): Promise<this> {
    return this.#until('open', 'closed', 'failed').then((state) => {
      if (state.name === 'open') return this
      throw this.#stopped(state)
    })
  }

  /** Connects, unless it is connected or about to be. Past failures are forgotten. @throws where there is no WebSocket class */
  open(): void {
    this.#class()
    this.#dispatch({type: 'open'})
  }

  /** Connects anew at once, from any state; while connecting it changes nothing. @throws where there is no WebSocket class */
  reconnect(): void {
    this.#class()
    this.#dispatch({type: 'reconnect'})
  }

  /**
   * Ends the connection, or the wait for one, for good; only `open()` and `reconnect()` start again. What waits in the send
   * buffer is not sent: `takeUnsent()` has it.
   *
   * @param code 1000, the default, or 3000–4999
   * @param reason at most 123 bytes in UTF-8
   * @throws for another code or a longer reason
   */
  close(code = 1000, reason = ''): void {
    checkClose(code, reason)
    this.#dispatch({type: 'close', code, reason})
  }

  /**
   * Sends, or keeps for the next connection.
   *
   * Never throws for the state it is in: `'refused'` says that the buffer is full, or that the client is closing, closed or
   * failed. Bytes are not copied: don't change them while they are buffered.
   *
   * @throws for what a WebSocket can't send, for text bytes where the class can't, and what `lint: 'throw'` finds
   */
  send(data: SendData, options?: SendOptions): SendResult {
    const kind = typeof data === 'string' ? 'string' : checkData(data, options?.binary, options?.binary === false && sendsTextBytes(this.#class()))
    if (this.#settings.lint !== 'off') for (const finding of lint(data, kind, this.#ring.sent)) this.#lintFound(finding)
    if (this.#state.name === 'open' && this.#socket!.readyState === 1) {
      this.#write(data, kind, false)
      return 'sent'
    }
    // The runtime knows more than it told.
    if (this.#state.name === 'open') this.#dispatch({type: 'wake'})
    const {name} = this.#state
    const taken = name !== 'closing' && name !== 'closed' && name !== 'failed'
    return taken && this.#buffer.push({data, binary: kind !== 'string' && kind !== 'text bytes'}) ? 'buffered' : 'refused'
  }

  /**
   * Passes on when the server said to come back, in a message of its own: kept for the close to come, or, in `backoff` and
   * `suspended`, counted from now.
   *
   * @param hint milliseconds; clamped to `backoff.maxHint`
   */
  hint(hint: RetryHint): void {
    checkHint(hint)
    this.#dispatch({type: 'hint', hint})
  }

  /** Empties the send buffer and returns what was never sent, oldest first. */
  takeUnsent(): Message[] {
    return this.#buffer.take()
  }

  /** @returns the function that unsubscribes. A listener that throws stops nothing; its error is reported as uncaught. */
  on<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents[Name]): () => void {
    checkListener(listener)
    const guarded = (a: any, b: any): void => {
      try {
        listener(a, b as never)
      } catch (error) {
        reportError(error)
      }
    }
    this.#emitter.on(name, guarded)
    return () => {
      this.#emitter.off(name, guarded)
    }
  }

  /** Like {@link on}, for the first time only. */
  once<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents[Name]): () => void {
    checkListener(listener)
    const off = this.on(name, ((a: never, b: never) => {
      off()
      listener(a, b)
    }) as ClientEvents[Name])
    return off
  }

  /** Messages from now on, over all reconnections. Ends when the client is closed; throws when it fails. */
  [Symbol.asyncIterator](): AsyncIterator<MessageData, undefined> {
    return messagesOf(this, (state) => this.#stopped(state))
  }

  /** Closes, and waits until that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.#until('closed', 'failed')
  }

  #class(): WebSocketClass {
    const Class = this.#settings.WebSocket ?? nativeWebSocket()
    if (Class) return Class
    throw new ClosecallError('NO_WEBSOCKET', "this runtime has no WebSocket: `npm install ws`, then `import WebSocket from 'ws'` and `connect(url, {WebSocket})`")
  }

  /** Run to completion: what happens meanwhile waits its turn. */
  #dispatch(happening: Happening): void {
    if (this.#mailbox.push(happening) > 1) return
    for (let next; (next = this.#mailbox[0]); this.#mailbox.shift()) {
      const current = next
      this.#guard(() => this.#handle(current))
      // What an `open` listener sends goes first, and if it closes, nothing more goes at all.
      this.#guard(() => this.#flush())
    }
  }

  #handle(happening: Happening): void {
    const {clock, environment, random} = this.#settings
    const now = clock.now()
    const previous = this.#state
    const stamp: Stamp = {
      now,
      random: this.#guard(random) ?? 0.5,
      online: environment.online,
      frozen: environment.frozen,
      signs: this.#received + this.#pongs,
      readyState: this.#socket?.readyState ?? -1,
      endpoints: this.#endpoints,
    }
    const {state, effects} = transition(previous, {...happening, ...stamp}, this.#policy)
    if (state === previous) return

    this.#state = state
    clock.clearTimeout(this.#timer)
    const deadline = deadlineOf(state)
    if (deadline !== undefined) this.#timer = clock.setTimeout(() => this.#dispatch({type: 'deadline', epoch: state.epoch}), Math.max(0, deadline - now))
    this.#watch()
    const entered = state.name !== previous.name
    if (entered && state.name === 'open') {
      this.#connections++
      for (const hooks of this.#hooks) this.#guard(() => hooks.opened?.(this.#url))
    }
    let tell: (() => void) | undefined
    for (const effect of effects) tell = this.#run(effect, now, previous) ?? tell

    if (tell) this.#guard(tell)
    if (!entered && state.name !== 'backoff' && state.name !== 'suspended') return
    this.#emitter.emit('state', state)
    this.#emitter.emit(state.name === 'backoff' ? 'retry' : state.name, state)
  }

  /** @returns how to tell listeners, once everything is done */
  #run(effect: Effect, now: number, previous: State): (() => void) | undefined {
    switch (effect.type) {
      case 'connect':
        void this.#connect()
        return undefined
      case 'ask':
        this.#guard(() => this.#ask(now))
        return undefined
      case 'terminate':
        this.#guard(() => this.#socket!.terminate?.())
        return undefined
      case 'investigate':
        void this.#investigate(effect.close)
        return undefined
      case 'disconnect':
        this.#socket!.onmessage = null
        this.#guard(() => this.#socket!.close(effect.code, effect.reason))
        return undefined
      case 'settle':
        return this.#guard(() => this.#settle(effect, now, previous))
      case 'abandon':
        if (this.#socket) abandon(this.#socket)
        this.#socket = undefined
        this.#investigation?.abort()
        this.#askedAt = undefined
        this.#ring.clear()
        return undefined
      default:
        return effect satisfies never
    }
  }

  async #connect(): Promise<void> {
    const {epoch, attempt, refresh, endpoint} = this.#state as Extract<State, {name: 'connecting'}>
    if (attempt) this.#retries++
    const {credentials, protocols} = this.#settings
    const ask = async <T>(value: T | ((context: {attempt: number; credentials: unknown}) => T | Promise<T>)): Promise<T> =>
      typeof value === 'function' ? (value as Function)({attempt, credentials: this.#credentials}) : value
    let origin: 'provider' | 'constructor' = 'provider'
    try {
      // Not within connect(): its caller has no client yet, for a function or a listener to use.
      await undefined
      if (epoch !== this.#state.epoch) return
      if (refresh && credentials) {
        const fresh = await ask(credentials)
        if (epoch !== this.#state.epoch) return
        this.#credentials = fresh
      }
      const urls = toURLs(await ask(this.#address))
      const offered = await ask(protocols)
      checkProtocols(offered)
      if (epoch !== this.#state.epoch) return
      const url = urls[endpoint % urls.length]!
      this.#endpoints = urls.length
      this.#url = url
      for (const hooks of this.#hooks) {
        const delay = this.#guard(() => hooks.admit?.(url))
        if (!(delay! > 0)) continue
        // Counted when it began, and is none.
        if (attempt) this.#retries--
        return this.#dispatch({type: 'postponed', epoch, delay: delay!})
      }
      origin = 'constructor'
      const socket = new (this.#class())(url, offered)
      if (epoch === this.#state.epoch) this.#attach(socket, epoch)
      else abandon(socket)
    } catch (error) {
      this.#dispatch({type: 'closed', epoch, close: {origin, error: this.#guard(() => wordsOf(error as Error, isClosecallError(error)))}})
    }
  }

  #attach(socket: WebSocketLike, epoch: number): void {
    this.#socket = socket
    this.#guard(() => (socket.binaryType = this.#settings.binaryType))
    const {dialect, heartbeat} = this.#settings
    const {message, isReply}: HeartbeatOptions = heartbeat ?? {}
    const asks = message !== undefined || 'onpong' in socket
    // Where the server can't be asked, it is not expected to speak either, unless the caller said so.
    socket.onopen = () => this.#dispatch({type: 'opened', epoch, ...((asks || this.#watchful) && {asks})})
    const deliver = (event: {data: MessageData}): void => {
      this.#received++
      this.#emitter.emit('message', event.data, event)
    }
    const curious = this.#hooks.filter(({received}) => received)
    // Only who asks for more pays for more than a count and an event.
    socket.onmessage = !isReply && !curious.length && !dialect ? deliver : (
      (event) => {
        for (const hooks of curious) this.#guard(() => hooks.received!())
        if (dialect) this.#guard(() => this.#listen(event.data))
        if (!this.#guard(() => isReply?.(event.data))) return deliver(event)
        this.#received++
        this.#answered()
      }
    )
    if ('onpong' in socket)
      socket.onpong = () => {
        this.#pongs++
        this.#answered()
      }
    // HACK(Chromium): a socket that CSP forbids is CLOSED from the start; it tells an error, and others may tell nothing.
    if (socket.readyState > 1) this.#dispatch({type: 'error', epoch, failure: failureOf(undefined)})
    socket.onerror = (event) => this.#dispatch({type: 'error', epoch, failure: failureOf(event)})
    socket.onclose = (event) => this.#dispatch({type: 'closed', epoch, close: {code: event?.code, reason: event?.reason, wasClean: event?.wasClean}})
  }

  /** The service may say of a close to come when, and whether, to come back. */
  #listen(data: MessageData): void {
    const hint = this.#dialect()?.hint?.(data)
    if (!hint) return
    checkHint({after: 0, ...hint})
    this.#dispatch({type: 'hint', hint})
  }

  #dialect(): Dialect | undefined {
    const {dialect} = this.#settings
    return Array.isArray(dialect) ? dialect.find(({subprotocols}) => subprotocols!.includes(this.protocol)) : (dialect as Dialect | undefined)
  }

  #ask(now: number): void {
    const {message}: HeartbeatOptions = this.#settings.heartbeat ?? {}
    const question = typeof message === 'function' ? message() : message
    this.#askedAt = now
    this.#ring.sentAt = now
    if (question === undefined) this.#socket!.ping!()
    else this.#write(question, checkData(question, undefined, false), false)
  }

  #answered(): void {
    if (this.#askedAt === undefined) return
    this.#roundTripTime = this.#settings.clock.now() - this.#askedAt
    this.#askedAt = undefined
  }

  async #investigate(close: Close): Promise<void> {
    const {epoch} = this.#state
    const {signal} = (this.#investigation = new AbortController())
    let failure: Failure = {}
    for (const hooks of this.#hooks) {
      if (signal.aborted || failure.status) break
      try {
        failure = {...failure, ...(await hooks.investigate?.(close, this.#url, signal))}
      } catch (error) {
        // One that ends when it is told to is right.
        if (!signal.aborted) reportError(error)
      }
    }
    this.#dispatch({type: 'explained', epoch, failure: failureOf({...failure, error: {message: failure.error}})})
  }

  /** Listens to the world only while something is under way. */
  #watch(): void {
    if (isResting(this.#state) === !this.#stopWatching) return
    if (this.#stopWatching) {
      this.#stopWatching()
      this.#stopWatching = undefined
      return
    }
    const {signal} = this.#settings
    const abort = (): void => this.close()
    const stop = this.#settings.environment.subscribe((type) => this.#dispatch({type}))
    signal?.addEventListener('abort', abort)
    this.#stopWatching = () => {
      stop()
      signal?.removeEventListener('abort', abort)
    }
  }

  #settle({last, verdict, report: why}: Extract<Effect, {type: 'settle'}>, at: number, previous: State): () => void {
    const {name} = this.#state
    const explanation = describe(last, verdict, name === 'failed' ? 'stop' : verdict.action)
    const entry: HistoryEntry = {at, close: last, verdict, explanation}
    if (this.#history.push(entry) > historyLength) this.#history.shift()
    const end = {url: this.#url, endpoint: 'endpoint' in previous ? previous.endpoint : 0, state: this.#state, hint: hintIn(last, previous), sentAt: this.#ring.sentAt, frames: () => this.#ring.examine(at)}
    for (const hooks of this.#hooks) {
      const pattern = this.#guard(() => hooks.settled?.(entry, end))
      if (pattern) entry.pattern = pattern
    }
    const {pattern} = entry
    const report = why && makeReport(why, entry, name === 'failed', () => this.#ring.examine(at, this.#settings.evidence.payloads), {
      url: this.#url,
      protocol: this.protocol,
      extensions: this.extensions,
      bufferedAmount: this.#socket?.bufferedAmount ?? 0,
      ...this.stats,
    }, this.#dialect()?.source)
    return () => {
      this.#emitter.emit('close', entry)
      if (pattern && !this.#emitter.emit('diagnosis', pattern, entry)) warn(`closecall: ${pattern.explanation} ${pattern.advice}`)
      if (report) this.#report(report)
      // Some servers close with 1000 although they want us back: not to be overlooked.
      else if (name === 'closed' && previous.name === 'open' && !this.#emitter.listenerCount('closed')) warn(`closecall: ${explanation}${last.code === 1000 ? '; see `onNormalClosure`' : ''}`)
    }
  }

  #report(report: Report): void {
    const {onReport} = this.#settings
    this.#guard(() => onReport?.(report))
    if (!this.#emitter.emit('report', report) && !onReport) complain(report.error.message)
  }

  #lintFound(finding: Finding): void {
    const message = `${finding} in a message to send`
    if (this.#settings.lint === 'throw') throw new ClosecallError('LINT', message)
    if (this.#warned.includes(finding)) return
    this.#warned.push(finding)
    warn(`closecall: ${message}; said once for each kind, see \`lint\``)
  }

  #write(data: SendData, kind: FrameKind, buffered: boolean): void {
    const socket = this.#socket!
    if (kind === 'text bytes') {
      // Examined now: the caller may reuse this memory before a verdict comes.
      const offset = firstIllFormedByte(bytesOf(data as ArrayBuffer))
      socket.send(data, {binary: false})
      this.#ring.record(data, kind, buffered, this.#now(), offset)
    } else {
      socket.send(data)
      this.#ring.record(data, kind, buffered, this.#now())
    }
  }

  /** Until something else happens that must be handled first. */
  #flush(): void {
    for (let message; this.#mailbox.length === 1 && this.#state.name === 'open' && this.#socket!.readyState === 1 && (message = this.#buffer.shift()); ) {
      const {data, binary} = message
      try {
        this.#write(data, kindOf(data, binary)!, true)
      } catch (error) {
        // Kept if the connection is to blame. If the data is, no later connection will take it either: its sender is told.
        if (this.#socket!.readyState !== 1) return this.#buffer.unshift(message)
        reportError(error)
      }
    }
  }

  #now(): number {
    if (!this.#turn) {
      this.#turn = this.#settings.clock.now()
      queueMicrotask(this.#endTurn)
    }
    return this.#turn
  }

  #until(...names: StateName[]): Promise<State> {
    return new Promise((resolve) => {
      if (names.includes(this.#state.name)) return resolve(this.#state)
      const off = this.on('state', (state) => {
        if (!names.includes(state.name)) return
        off()
        resolve(state)
      })
    })
  }

  #stopped(state: State): ClosecallError {
    const ended = 'last' in state ? state : {}
    return state.name === 'failed' ? new ClosecallError('FAILED', describe(state.last, state.verdict, 'stop'), ended) : new ClosecallError('CLOSED', 'closed before it was open', ended)
  }

  /** Runs the caller's code: what it throws is the caller's to see, and nothing of ours stops. */
  #guard<T>(run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      reportError(error)
      return undefined
    }
  }
}

/**
 * Connects, and stays connected for as long as that makes sense.
 *
 * Each close gets a verdict by its code: 1007 stops and is reported with evidence, 1013 is retried after 1 s, 2 s, 4 s …,
 * every other code has its row in the table.
 *
 * @param url `ws:`, `wss:`, `http:`, `https:`, or relative to the page; or a function, asked on every attempt
 * @throws {ClosecallError} at once for an option that can't be used (`INVALID`), or where there is no WebSocket (`NO_WEBSOCKET`)
 * @example
 * const client = connect('wss://api.example.com/live')
 * client.on('message', (data) => console.log(data))
 * client.send('hello')
 */
export const connect = (url: Address, options?: Options): Client => new Client(url, options)
