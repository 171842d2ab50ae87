// The shell: it stamps what happens, lets the machine decide, and does as told. What a user holds.

import {EventEmitter} from 'eventemitter3'
import {
  byteLength,
  classify,
  deadlineOf,
  describe,
  initialState,
  isResting,
  messageOf,
  transition,
  type Close,
  type Dialect,
  type Effect,
  type Entry,
  type Event,
  type Failure,
  type Message,
  type Outcome,
  type OutcomeCause,
  type Policy,
  type RetryHint,
  type SendData,
  type Source,
  type Stamp,
  type State,
  type StateName,
  type Verdict,
  type Wishes,
} from '../core/index.ts'
import {checkVerdict} from '../core/check.ts'
import {changed} from '../core/classify.ts'
import {ClosecallError, isClosecallError} from '../core/errors.ts'
import {hintIn} from '../core/machine.ts'
import {complain, reportError, warn} from '../platform/console.ts'
import {abandon, failureOf, framing, listenForPongs, nativeWebSocket, pollInterval, sendsTextBytes, unsentBytes, wordsOf, type WebSocketClass, type WebSocketLike} from '../platform/websocket.ts'
import type {Codec, Schema} from './codec.ts'
import type {ClientEvents, Invalid, MessageData} from './events.ts'
import type {ExtensionHooks} from './extension.ts'
import {messagesOf, type InboxOptions} from './messages.ts'
import {
  checkClose,
  checkData,
  checkHint,
  checkId,
  checkListener,
  checkOptions,
  checkProtocols,
  checkSendOptions,
  toURLs,
  type Address,
  type HeartbeatOptions,
  type Options,
  type SendOptions,
  type Settings,
} from './options.ts'
import {Outbox} from './outbox.ts'
import {readerOf} from './reader.ts'
import {makeReport, type HistoryEntry, type Report, type Stats} from './report.ts'
import {sessionOf} from './session.ts'
import {Writer, type Frame} from './writer.ts'

/** What became of a message: handed to the socket; kept for the next connection; or not taken, and the caller's to keep. */
export type SendResult = 'sent' | 'buffered' | 'refused'

/** What became of a message, once that is known; never rejects but for what can't be sent. */
export interface Receipt extends Promise<Outcome> {
  /** Takes the message back, if that is not too late: the outcome says. */
  cancel(): void
}

/** Nobody has seen it. */
const untouched = {inDoubt: false, writes: 0}

/** What a message is told that is not taken. Making room for others is the caller's policy, and a loss. */
const refusal = (why: OutcomeCause): Outcome => ({status: why === 'overflow' ? 'dropped' : 'unsent', why, ...untouched})

/** Entries that `history` keeps. */
const historyLength = 16

type DistributiveOmit<T, K extends keyof any> = T extends unknown ? Omit<T, K> : never
type Happening = DistributiveOmit<Event, keyof Stamp>

/** A connection that is kept, or ended for a reason that can be told. Made by {@link connect}. */
export class Client<In = MessageData, Out = SendData> implements AsyncIterable<In>, AsyncDisposable {
  readonly #address: Address
  readonly #settings: Settings
  readonly #policy: Policy
  readonly #emitter = new EventEmitter()
  readonly #outbox: Outbox
  readonly #writer: Writer
  readonly #history: HistoryEntry[] = []
  readonly #mailbox: Happening[] = []
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
  #connections = 0
  #retries = 0
  #received = 0
  #pongs = 0
  #askedAt: number | undefined
  #roundTripTime: number | undefined
  #investigation: AbortController | undefined
  #session: AbortController | undefined
  #toldInvalid = false

  constructor(address: Address, options: Options<In, Out> = {}) {
    const settings = checkOptions(options)
    if (typeof address !== 'function') this.#endpoints = toURLs(address).length
    this.#address = address
    this.#settings = settings
    this.#writer = new Writer(settings, () => void this.#outbox.press())
    const {backoff, clock, random, stableAfter, connectTimeout, closeTimeout, heartbeat} = settings
    const {jitter} = backoff
    this.#outbox = new Outbox(settings, this.#writer, {
      // Until something happened that must be handled first.
      ready: () => (this.#mailbox.length < 2 && this.#state.name === 'open' && this.#socket!.readyState === 1 ? this.#socket : undefined),
      takes: () => this.#takes(),
      settled: (entry, outcome) => this.#settled(entry, outcome),
      drained: () => void this.#emitter.emit('drain'),
    })
    this.#watchful = !!options.heartbeat
    this.#hooks = settings.extensions.map((extend) => this.#guard(() => extend({clock, random})) ?? {})
    this.#policy = {
      stableAfter,
      connectTimeout,
      closeTimeout,
      heartbeat,
      backoff: typeof jitter === 'function' ? {...backoff, jitter: (...given) => this.#guard(() => jitter(...given)) ?? NaN} : backoff,
      pollInterval: pollInterval(),
      closeOnPageHide: settings.onPageHide !== 'keep',
      setsUp: !!settings.onOpen,
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
    return this.#outbox.buffer.bytes + (this.#socket?.bufferedAmount ?? 0)
  }

  get stats(): Stats {
    return {
      connections: this.#connections,
      retries: this.#retries,
      sent: this.#writer.ring.sent,
      received: this.#received,
      ...(this.#roundTripTime !== undefined && {roundTripTime: this.#roundTripTime}),
      unsent: this.#outbox.buffer.size,
      unsentBytes: this.#outbox.buffer.bytes,
      ...(this.#outbox.buffer.tooBig < Infinity && {tooBig: this.#outbox.buffer.tooBig}),
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
   * Never throws for the state it is in: `'refused'` says that the buffer is full, that the server was once told to be sent less at a time
   * (1009), or that the client is closing, closed or failed. What is given up later, `drop` tells. Bytes are not copied: don't change them
   * while they are buffered.
   *
   * Handed to an open socket, a message is forgotten, but for this: if the connection breaks and the runtime says that it never left, a text
   * or a Blob of up to 64 KiB is sent again, and anything else is told by `drop`.
   *
   * @throws {ClosecallError} for what a WebSocket can't send, for text bytes where the class can't (`INVALID`), and what `lint: 'throw'` finds (`LINT`)
   */
  send(data: Out, options?: SendOptions): SendResult {
    if (typeof data === 'string' && !options && this.#writer.direct?.readyState === 1) {
      this.#writer.writeText(data)
      return 'sent'
    }
    const taken = this.#accept(data, options)
    return taken === 'sent' ? taken : typeof taken === 'string' ? 'refused' : taken.writes ? 'sent' : 'buffered'
  }

  /**
   * Sends, or keeps for the next connection, and tells what became of it.
   *
   * Unlike what `send()` hands over, the message is kept until it has left: with protocol pings (`closecall/node`) until the server has
   * answered one that was sent after it, with `delivery` until it is acknowledged, otherwise until the runtime has passed it on. Until then bytes must not be changed.
   *
   * @returns a promise of the {@link Outcome}. It rejects only for what can't be sent: `INVALID`, `LINT`
   * @example
   * const {status, inDoubt} = await client.deliver(order, {ttl: 30_000})
   */
  deliver(data: Out, options?: SendOptions): Receipt {
    let resolve!: (outcome: Outcome) => void
    let reject!: (error: unknown) => void
    const promise = new Promise<Outcome>((...settle) => ([resolve, reject] = settle))
    // No function here may hold `data`: who keeps a receipt need not keep the message.
    let entry: Entry | undefined
    try {
      const taken = this.#accept(data, options, resolve)
      if (typeof taken === 'object') entry = taken
      else resolve(taken === 'cancelled' ? {status: taken, ...untouched} : refusal(taken as OutcomeCause))
    } catch (error) {
      reject(error)
    }
    return Object.assign(promise, {cancel: () => void (entry && this.#outbox.cancel(entry))})
  }

  /**
   * Waits until no more than `highWaterMark` bytes are under way, in the send buffer and in the runtime, and the send buffer has room.
   * Resolves at once if that is so. Rejects with a {@link ClosecallError} (`FAILED`, `CLOSED`) if the client stops before, or has stopped.
   *
   * @example
   * for (const part of parts) {
   *   await client.drained()
   *   client.send(part)
   * }
   */
  drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const takes = this.#takes()
        if (takes ? !this.#outbox.hasRoom() : this.#state.name === 'closing') return
        for (const off of subscriptions) off()
        if (takes) resolve()
        else reject(this.#stopped(this.#state))
      }
      const subscriptions = [this.on('drain', look), this.on('state', look)]
      look()
    })
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

  /**
   * Takes what was never sent out of the send buffer: in the order in which it would have left, as it was given. Whoever waits for an
   * outcome is told `unsent`.
   */
  takeUnsent(): Message<Out>[] {
    return this.#outbox.take()
  }

  /** @returns the function that unsubscribes. A listener that throws stops nothing; its error is reported as uncaught. */
  on<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents<In, Out>[Name]): () => void {
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
  once<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents<In, Out>[Name]): () => void {
    checkListener(listener)
    const off = this.on(name, ((a: never, b: never) => {
      off()
      listener(a, b)
    }) as ClientEvents<In, Out>[Name])
    return off
  }

  /** Messages from now on, over all reconnections. Ends when the client is closed; throws when it fails, and when its reader is too slow. */
  messages(options: InboxOptions = {}): AsyncIterableIterator<In, undefined> {
    return messagesOf(this, options, (state) => this.#stopped(state))
  }

  /** {@link messages}, with the defaults. */
  [Symbol.asyncIterator](): AsyncIterator<In, undefined> {
    return this.messages()
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
      this.#guard(() => this.#outbox.flush())
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

    this.#outbox.hold()
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
    if (isResting(previous) || previous.name === 'closing') this.#outbox.buffer.start()
    let tell: (() => void) | undefined
    for (const effect of effects) tell = this.#run(effect, now, previous) ?? tell

    if (tell) this.#guard(tell)
    if (entered && (state.name === 'closed' || state.name === 'failed')) this.#outbox.stop()
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
      case 'setUp':
        void this.#setUp()
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
        this.#session?.abort(new ClosecallError('CLOSED', 'the connection is over'))
        this.#askedAt = undefined
        this.#writer.ring.clear()
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
    const {isReply}: HeartbeatOptions = heartbeat ?? {}
    socket.onopen = () => this.#dispatch({type: 'opened', epoch, ...this.#asks(socket)})
    const read = readerOf<In>(this.#settings, {
      tell: (data, event) => void this.#emitter.emit('message', data, event, socket),
      refuse: (invalid) => this.#refuse(invalid),
      acknowledge: (ids) => this.#outbox.acknowledge(ids),
      listens: () => this.#takes(),
    })
    const deliver = (event: {data: any}): void => {
      this.#received++
      if (read) read(event)
      else this.#emitter.emit('message', event.data, event)
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
    const pings = listenForPongs(socket, () => {
      if (socket !== this.#socket) return
      this.#pongs++
      this.#answered()
      this.#guard(() => this.#outbox.pong())
    })
    this.#outbox.opened(pings)
    // HACK(Chromium): a socket that CSP forbids is CLOSED from the start; it tells an error, and others may tell nothing.
    if (socket.readyState > 1) this.#dispatch({type: 'error', epoch, failure: failureOf(undefined)})
    socket.onerror = (event) => this.#dispatch({type: 'error', epoch, failure: failureOf(event)})
    socket.onclose = (event) => this.#dispatch({type: 'closed', epoch, close: {code: event?.code, reason: event?.reason, wasClean: event?.wasClean}})
  }

  /** Where the server can't be asked, it is not expected to speak either, unless the caller said so. */
  #asks(socket: WebSocketLike): {asks?: boolean} {
    const asks = this.#settings.heartbeat?.message !== undefined || 'onpong' in socket
    return asks || this.#watchful ? {asks} : {}
  }

  /** Lets the caller have the connection first. */
  async #setUp(): Promise<void> {
    const {epoch, attempt} = this.#state as Extract<State, {name: 'connecting'}>
    const socket = this.#socket!
    const over = (this.#session = new AbortController())
    const {signal} = over
    const session = sessionOf<In, Out>({url: this.#url, protocol: this.protocol, attempt, credentials: this.#credentials, signal}, {
      write: (data, options) => {
        this.#write(this.#prepare(data, options?.binary), 'session')
      },
      listen: (listener) => {
        // What a slow schema lets through of an earlier connection is not for this one.
        const hear = (data: In, _: unknown, from = socket): void => void (from === socket && listener(data))
        this.#emitter.on('message', hear)
        return () => void this.#emitter.off('message', hear)
      },
    })
    try {
      await this.#settings.onOpen!(session)
      // Not `this.#session`: by now it may be the next connection's.
      over.abort(new ClosecallError('CLOSED', 'onOpen is done: use the client'))
      this.#dispatch({type: 'ready', epoch, ...this.#asks(socket)})
    } catch (error) {
      this.#dispatch({type: 'closed', epoch, close: {origin: 'setup', error: this.#guard(() => wordsOf(error as Error, isClosecallError(error)))}})
    }
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
    this.#writer.ring.touch(now)
    if (question === undefined) this.#outbox.ping(this.#socket!)
    else this.#write({data: question, kind: checkData(question, undefined, false)}, 'session')
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
    const end = {url: this.#url, endpoint: 'endpoint' in previous ? previous.endpoint : 0, state: this.#state, hint: hintIn(last, previous), sentAt: this.#writer.ring.sentAt, frames: () => this.#writer.ring.examine(at)}
    for (const hooks of this.#hooks) {
      const pattern = this.#guard(() => hooks.settled?.(entry, end))
      if (pattern) entry.pattern = pattern
    }
    const {pattern} = entry
    const report = why && makeReport(why, entry, name === 'failed', () => this.#writer.ring.examine(at, this.#settings.evidence.payloads), {
      url: this.#url,
      protocol: this.protocol,
      extensions: this.extensions,
      bufferedAmount: this.#socket?.bufferedAmount ?? 0,
      ...this.stats,
    }, this.#dialect()?.source)
    const account = this.#account(last, previous, report)
    return () => {
      account()
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

  /** Whether this may go straight to the socket. */
  #isClear(bytes: number): boolean {
    return this.#state.name === 'open' && this.#socket!.readyState === 1 && !this.#outbox.isBusy && bytes < this.#outbox.buffer.tooBig
  }

  #takes(): boolean {
    const {name} = this.#state
    return name !== 'closing' && name !== 'closed' && name !== 'failed'
  }

  #prepare(data: Out, binary: boolean | undefined): Frame {
    return this.#writer.prepare(data, binary, () => sendsTextBytes(this.#class()))
  }

  /** Takes a message that can't go straight to the socket, or whose outcome somebody waits for. @returns why not, if it was not taken */
  #accept(data: Out, given: SendOptions | undefined, tell?: (outcome: Outcome) => void): Entry | OutcomeCause | 'sent' | 'cancelled' {
    const {codec, delivery, clock} = this.#settings
    const {binary, ttl, priority, key, signal} = checkSendOptions(given)
    const frame = this.#prepare(data, binary)
    const id = delivery?.id(data)
    // The runtime knows more than it told.
    if (this.#state.name === 'open' && this.#socket!.readyState !== 1) this.#dispatch({type: 'wake'})
    if (signal?.aborted) return 'cancelled'
    if (!this.#takes()) return 'stopped'
    if (!tell && id === undefined && this.#isClear(0) && this.#isClear(byteLength(frame.data))) {
      this.#write(frame, 'sender')
      return 'sent'
    }
    if (id !== undefined) checkId(id, this.#outbox.buffer.awaits(`${id}`))
    const abort = signal && (() => void (typeof entry === 'object' && this.#outbox.cancel(entry)))
    const wishes: Wishes | undefined = tell || id !== undefined || codec || given ? {
      priority,
      key,
      tell,
      ...(ttl && {expiresAt: clock.now() + ttl}),
      ...(id !== undefined && {id: `${id}`}),
      ...(codec && {given: data}),
      ...(abort && {done: () => signal.removeEventListener('abort', abort)}),
    } : undefined
    const isBinary = frame.kind !== 'string' && frame.kind !== 'text bytes'
    const entry = this.#outbox.push({data: frame.data, binary: isBinary}, wishes)
    if (typeof entry === 'object') {
      if (abort && (entry.state === 'waiting' || entry.state === 'flying')) signal.addEventListener('abort', abort)
    } else if (entry !== 'full') {
      this.#emitter.emit('drop', {data, binary: isBinary, outcome: refusal(entry)})
    }
    return entry
  }

  /** A message that was taken has its outcome. */
  #settled(entry: Entry, outcome: Outcome): void {
    const {wishes} = entry
    const {status, why, inDoubt} = outcome
    wishes.done?.()
    wishes.tell?.(outcome)
    const isExpected = status === 'acknowledged' || status === 'cancelled' || why === 'taken' || why === 'stopped' || (status === 'written' && !inDoubt)
    if (!isExpected) this.#emitter.emit('drop', {...messageOf(entry), outcome})
  }

  /** What became of what was under way. @returns how to tell */
  #account({origin, wasClean}: Close, previous: State, report: Report | undefined): () => void {
    const {buffer} = this.#outbox
    const {again, gone, forgotten} = this.#writer.ring.unsent(this.#socket ? unsentBytes(this.#socket) : 0, framing)
    const isTooBig = report?.cause === 'too-big'
    const largest = isTooBig ? this.#writer.ring.largest() : undefined
    const source = largest?.source ?? (report?.sequence && report.confidence === 'certain' ? this.#writer.ring.sourceOf(report.sequence) : undefined)
    const fault = typeof source === 'object' ? {entry: source, why: isTooBig ? ('too-big' as const) : ('at-fault' as const), inDoubt: report?.confidence !== 'certain'} : undefined
    return () => {
      if (largest) buffer.refuseFrom(largest.bytes)
      this.#outbox.lost({unsent: again, fault, arrived: previous.name === 'closing' && origin === 'event' && wasClean})
      const notKept = {status: 'dropped', why: 'not-kept', inDoubt: false, writes: 1}
      for (const message of gone) this.#emitter.emit('drop', {...message, outcome: notKept})
      if (forgotten) this.#emitter.emit('drop', {data: undefined, binary: false, messages: forgotten, outcome: {...notKept, inDoubt: true}})
    }
  }

  #refuse(invalid: Invalid): void {
    if (this.#emitter.emit('invalid', invalid) || this.#toldInvalid) return
    this.#toldInvalid = true
    warn(`closecall: an incoming message was ${invalid.reason}; said once, see \`on('invalid')\``)
  }

  #write(frame: Frame, source: Source): void {
    this.#writer.write(this.#socket!, frame, source)
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
    return state.name === 'failed' ? new ClosecallError('FAILED', describe(state.last, state.verdict, 'stop'), ended) : new ClosecallError('CLOSED', 'the client was closed', ended)
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
export function connect<In, Out = SendData>(url: Address, options: Options<In, Out> & {schema: Schema<In>}): Client<In, Out>
export function connect<In, Out>(url: Address, options: Options<In, Out> & {codec: Codec<In, Out>}): Client<In, Out>
export function connect<In = MessageData, Out = SendData>(url: Address, options?: Options<In, Out>): Client<In, Out>
export function connect<In, Out>(url: Address, options?: Options<In, Out>): Client<In, Out> {
  return new Client(url, options)
}
