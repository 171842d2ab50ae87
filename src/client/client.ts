// The shell: it stamps what happens, lets the machine decide, and does as told. What a user holds.

import {
  deadlineOf,
  describe,
  isResting,
  transition,
  type Close,
  type CloseOrigin,
  type Effect,
  type Failure,
  type Message,
  type RetryHint,
  type SendData,
  type State,
} from '../core/index.ts'
import {ClosecallError, isClosecallError} from '../core/errors.ts'
import {hintIn} from '../core/machine.ts'
import {complain, reportError, warn} from '../platform/console.ts'
import {abandon, closeWith, failureOf, listenForPongs, wordsOf, type WebSocketLike} from '../platform/websocket.ts'
import type {Codec, Schema} from './codec.ts'
import type {ClientEvents, MessageData} from './events.ts'
import {guard} from './guard.ts'
import {Line, type DropIn, type Happening} from './line.ts'
import {messagesOf, type InboxOptions} from './messages.ts'
import {
  checkBinaryType,
  checkClose,
  checkData,
  checkHint,
  checkListener,
  checkOptions,
  checkProtocols,
  toURLs,
  type Address,
  type AttemptContext,
  type Options,
  type SendOptions,
  type Settings,
} from './options.ts'
import {Outbox, type Receipt, type SendResult} from './outbox.ts'
import {dialectOf, Wishes} from './policy.ts'
import {Receiver} from './receiver.ts'
import {makeReport, type HistoryEntry, type Stats} from './report.ts'
import {sessionOf} from './session.ts'
import {socketClass} from './socket-class.ts'
import {takes, until} from './waiting.ts'
import {Writer} from './writer.ts'

/** Entries that `history` keeps. */
const historyLength = 16

const none: readonly never[] = []
const noDropIn: DropIn = {}

/** On its own: a function keeps alive all that those made beside it use. */
const reporting =
  (listener: (a: never, b: never) => unknown) =>
  (a: any, b: any): void => {
    try {
      listener(a as never, b as never)
    } catch (error) {
      reportError(error)
    }
  }

/** A connection that is kept, or ended for a reason that can be told. Made by {@link connect}. */
export class Client<In = MessageData, Out = SendData> implements AsyncIterable<In>, AsyncDisposable {
  /** Absolute URLs, or who knows them. */
  readonly #address: string | string[] | Extract<Address, Function>
  readonly #settings: Settings
  readonly #policy: Wishes
  readonly #line: Line
  readonly #writer: Writer
  readonly #outbox: Outbox
  readonly #receiver: Receiver
  #history: readonly HistoryEntry[] = none
  #timer: unknown
  #stopWatching: (() => void) | undefined
  #credentials: unknown
  #url = ''
  /** Addresses to choose from, as far as is known. */
  #endpoints: number
  #connections = 0
  #retries = 0
  #investigation: AbortController | undefined
  #endSession: ((reason: string) => void) | undefined

  /** @param dropIn of `closecall/websocket`, and nobody else's */
  constructor(address: Address, options: Options<In, Out> = {}, dropIn: DropIn = noDropIn) {
    const settings = checkOptions(options)
    const {clock, credentials, extensions, protocols, random, signal, autoOpen} = settings
    const urls = typeof address === 'function' ? [] : toURLs(address)
    // One is the rule, and needs no list.
    this.#address = typeof address === 'function' ? address : urls.length > 1 ? urls : urls[0]!
    this.#endpoints = urls.length || 1
    this.#settings = settings
    const hooks = extensions.length ? extensions.map((extend) => guard(() => extend({clock, random})) ?? {}) : none
    this.#line = new Line(dropIn, this.#teller())
    this.#policy = new Wishes(settings, hooks, this.#line, !!credentials || typeof address === 'function' || typeof protocols === 'function')
    this.#writer = new Writer(settings)
    this.#outbox = new Outbox(settings, this.#writer, this.#line)
    this.#receiver = new Receiver(settings, this.#line)
    if (signal?.aborted) this.close()
    else if (autoOpen) this.open()
  }

  /** Where things stand. Plain data, never changed afterwards. */
  get state(): State {
    return this.#line.state
  }

  /** URL of the last attempt, query and all; `''` before the first. */
  get url(): string {
    return this.#url
  }

  /** Subprotocol that the server chose, or `''`. */
  get protocol(): string {
    return this.#line.socket?.protocol ?? ''
  }

  /** Extensions that were negotiated, or `''`. */
  get extensions(): string {
    return this.#line.socket?.extensions ?? ''
  }

  /** How bytes arrive, on this connection and on those to come. */
  get binaryType(): 'arraybuffer' | 'blob' {
    return this.#settings.binaryType!
  }

  set binaryType(type: 'arraybuffer' | 'blob') {
    checkBinaryType(type)
    this.#settings.binaryType = type
    const socket = this.#line.socket
    if (socket) guard(() => (socket.binaryType = type))
  }

  /** Bytes in the send buffer, and those that the runtime has not passed on. */
  get bufferedAmount(): number {
    return this.#outbox.bytes + (this.#line.socket?.bufferedAmount ?? 0)
  }

  /** What happened since the client was made, in numbers, and what waits now. Nothing resets them. */
  get stats(): Stats {
    const {received, roundTripTime} = this.#receiver
    const {size, bytes, tooBig} = this.#outbox
    return {
      connections: this.#connections,
      retries: this.#retries,
      sent: this.#writer.ring.sent,
      received,
      ...(roundTripTime !== undefined && {roundTripTime}),
      unsent: size,
      unsentBytes: bytes,
      ...(tooBig < Infinity && {tooBig}),
    }
  }

  /** The last 16 closes, oldest first. */
  get history(): readonly HistoryEntry[] {
    return [...this.#history]
  }

  /**
   * Resolves with this client when it is open: now, or at the next `open`.
   * Rejects with a `ClosecallError` (`FAILED`, `CLOSED`) if it stops before. Asking again after that asks anew.
   */
  get ready(): Promise<this> {
    const ready = until(this, () => this.#line.state.name === 'open').then(() => this)
    // Who only looks at it, as an inspector of objects does, need not handle its end.
    ready.catch(() => {})
    return ready
  }

  /**
   * Connects, unless it is connected or about to be. Past failures are forgotten.
   *
   * @throws {ClosecallError} where there is no WebSocket class (`NO_WEBSOCKET`)
   */
  open(): void {
    socketClass(this.#settings)
    this.#dispatch({type: 'open'})
  }

  /**
   * Connects anew at once, from any state; while connecting it changes nothing. What `send()` is given from then on is for the new connection.
   *
   * @param code what the connection that is left is closed with, as for `close()`
   * @throws {ClosecallError} where there is no WebSocket class (`NO_WEBSOCKET`), for another code or a longer reason (`INVALID`)
   */
  reconnect(code = 1000, reason = ''): void {
    checkClose(code, reason)
    socketClass(this.#settings)
    this.#dispatch({type: 'reconnect', code, reason})
  }

  /**
   * Ends the connection, or the wait for one, for good; only `open()` and `reconnect()` start again. What waits in the send
   * buffer is not sent: `takeUnsent()` has it. The state is `closing` until the server has answered, at most `closeTimeout` ms, then `closed`.
   *
   * @param code 1000, the default, or 3000–4999; or 1005: the close frame says none
   * @param reason at most 123 bytes in UTF-8
   * @throws {ClosecallError} for another code or a longer reason (`INVALID`)
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
   * or a Blob, or what a codec made, of up to 64 KiB is sent again, and anything else is told by `drop`.
   *
   * @throws {ClosecallError} for an option or an id of `delivery` that can't be used, for what the codec can't write or a WebSocket can't send,
   * for text bytes where the class can't (`INVALID`), and for what `lint: 'throw'` finds (`LINT`); and what `delivery.id` throws
   */
  send(data: Out, options?: SendOptions): SendResult {
    if (typeof data === 'string' && !options && this.#writer.direct?.readyState === 1) {
      this.#writer.writeText(data)
      return 'sent'
    }
    return this.#outbox.send(data, options)
  }

  /**
   * Sends, or keeps for the next connection, and tells what became of it.
   *
   * Unlike what `send()` hands over, the message is kept until it has left: with protocol pings (`closecall/node`) until the server has
   * answered one that was sent after it, with `delivery` until it is acknowledged, otherwise until the runtime has passed it on. Until then bytes must not be changed.
   *
   * @returns a promise of the `Outcome`. It rejects only with what `send()` throws
   * @example
   * const {status, inDoubt} = await client.deliver(order, {ttl: 30_000})
   */
  deliver(data: Out, options?: SendOptions): Receipt {
    return this.#outbox.deliver(data, options)
  }

  /**
   * Waits until no more than `highWaterMark` bytes are under way, in the send buffer and in the runtime, and the send buffer has room.
   * Resolves at once if that is so. Rejects with a `ClosecallError` (`FAILED`, `CLOSED`) if the client stops before, or has stopped.
   *
   * @example
   * for (const part of parts) {
   *   await client.drained()
   *   client.send(part)
   * }
   */
  drained(): Promise<void> {
    return until(this, () => takes(this.#line.state) && this.#outbox.hasRoom())
  }

  /**
   * Passes on when the server said to come back, in a message of its own: kept for the close to come, or, in `backoff` and
   * `suspended`, counted from now.
   *
   * @param hint milliseconds; clamped to `backoff.maxHint`
   * @throws {ClosecallError} for what is no hint (`INVALID`)
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

  /**
   * Listens, until what is returned is called. A listener that throws stops nothing; its error is reported as uncaught.
   *
   * @returns the function that unsubscribes
   * @throws {ClosecallError} for a listener that is no function (`INVALID`)
   */
  on<Name extends keyof ClientEvents>(name: Name, listener: ClientEvents<In, Out>[Name]): () => void {
    checkListener(listener)
    const guarded = reporting(listener)
    this.#line.emitter.on(name, guarded)
    return () => {
      this.#line.emitter.off(name, guarded)
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

  /**
   * Messages from now on, over all reconnections. Ends when the client is closed. Throws when it fails (`FAILED`), and, by default, when
   * 10 000 wait for a reader that is slower (`OVERFLOW`), each time after what was received before.
   *
   * @throws {ClosecallError} at once for an option that can't be used (`INVALID`)
   */
  messages(options: InboxOptions = {}): AsyncIterableIterator<In, undefined> {
    return messagesOf(this, options)
  }

  /** {@link messages}, with the defaults. */
  [Symbol.asyncIterator](): AsyncIterator<In, undefined> {
    return this.messages()
  }

  /** Closes, and waits until that is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await until(this, () => false).catch(() => {})
  }

  #teller(): Line['tell'] {
    // Some timers call back with a number.
    return (type) => this.#dispatch(typeof type === 'string' ? {type} : {type: 'deadline', epoch: this.#line.state.epoch})
  }

  /** Run to completion: what happens meanwhile waits its turn. */
  #dispatch(happening: Happening): void {
    // Nothing goes straight to the socket before this is settled.
    this.#writer.direct = undefined
    const line = this.#line
    if (line.isBusy) return void (line.mailbox ??= []).push(happening)
    line.isBusy = true
    for (let next: Happening | undefined = happening; next; next = line.mailbox?.shift()) {
      try {
        this.#handle(next)
      } catch (error) {
        reportError(error)
      }
      try {
        // What an `open` listener sends goes first, and if it closes, nothing more goes at all.
        this.#outbox.flush()
      } catch (error) {
        reportError(error)
      }
    }
    line.isBusy = false
    line.mailbox = undefined
  }

  #handle(happening: Happening): void {
    const {clock, environment, random} = this.#settings
    const now = clock.now()
    const previous = this.#line.state
    let online = true
    let frozen = false
    try {
      online = environment.online ?? true
      frozen = !!environment.frozen
    } catch (error) {
      reportError(error)
    }
    const event = {
      now,
      random: guard(random) ?? 0.5,
      online,
      frozen,
      signs: this.#receiver.signs,
      readyState: this.#line.socket?.readyState ?? -1,
      endpoints: this.#endpoints,
      // Last: V8 takes twenty times as long where a copy comes first.
      ...happening,
    }
    const {state, effects} = transition(previous, event, this.#policy)
    if (state === previous) return

    this.#line.state = state
    clock.clearTimeout(this.#timer)
    const deadline = deadlineOf(state)
    if (deadline !== undefined) this.#timer = clock.setTimeout(this.#line.tell, Math.max(0, deadline - now))
    if (isResting(previous) !== isResting(state)) guard(() => this.#watch())
    const entered = state.name !== previous.name
    if (entered && state.name === 'open') {
      this.#connections++
      for (const hooks of this.#policy.hooks) guard(() => hooks.opened?.(this.#url))
    }
    if (isResting(previous)) this.#outbox.start()
    let tell: (() => void) | undefined
    for (const effect of effects) tell = this.#run(effect, now, previous) ?? tell

    if (tell) guard(tell)
    if (isResting(state)) this.#outbox.stop()
    if (!entered && state.name !== 'backoff' && state.name !== 'suspended') return
    this.#line.emitter.emit('state', state)
    this.#line.emitter.emit(state.name === 'backoff' ? 'retry' : state.name, state)
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
        guard(() => this.#ask(now))
        return undefined
      case 'terminate':
        guard(() => this.#line.socket!.terminate?.())
        return undefined
      case 'investigate':
        void this.#investigate(effect.close)
        return undefined
      case 'disconnect':
        this.#line.socket!.onmessage = null
        this.#endSession?.('the client is closing')
        guard(() => closeWith(this.#line.socket!, effect.code, effect.reason))
        return undefined
      case 'settle':
        return guard(() => this.#settle(effect, now, previous))
      case 'abandon':
        if (this.#line.socket) abandon(this.#line.socket, effect.code, effect.reason)
        this.#line.socket = undefined
        this.#investigation?.abort()
        this.#endSession?.('the connection is over')
        this.#receiver.askedAt = undefined
        this.#writer.ring.clear()
        return undefined
      default:
        return effect satisfies never
    }
  }

  async #connect(): Promise<void> {
    const {epoch, attempt, refresh, endpoint} = this.#line.state as Extract<State, {name: 'connecting'}>
    if (attempt) this.#retries++
    const {credentials, protocols} = this.#settings
    const ask = <T>(value: (context: AttemptContext) => T | Promise<T>): T | Promise<T> => value({attempt, credentials: this.#credentials})
    let origin: 'provider' | 'constructor' = 'provider'
    try {
      // Not within connect(): its caller has no client yet, for a function or a listener to use.
      await undefined
      if (epoch !== this.#line.state.epoch) return
      if (refresh && credentials) {
        const fresh = await ask(credentials)
        if (epoch !== this.#line.state.epoch) return
        this.#credentials = fresh
      }
      const address = this.#address
      const urls = typeof address === 'function' ? toURLs(await ask(address)) : typeof address === 'string' ? [address] : address
      const offered = typeof protocols === 'function' ? await ask(protocols) : protocols
      if (offered !== protocols) checkProtocols(offered)
      if (epoch !== this.#line.state.epoch) return
      const url = urls[endpoint % urls.length]!
      this.#endpoints = urls.length
      this.#url = url
      for (const hooks of this.#policy.hooks) {
        const delay = guard(() => hooks.admit?.(url))
        if (!(delay! > 0)) continue
        // Counted when it began, and is none.
        if (attempt) this.#retries--
        return this.#dispatch({type: 'postponed', epoch, delay: delay!})
      }
      // A hook may have ended it.
      if (epoch !== this.#line.state.epoch) return
      origin = 'constructor'
      const socket = new (socketClass(this.#settings))(url, offered)
      if (epoch === this.#line.state.epoch) this.#attach(socket, epoch)
      else abandon(socket)
    } catch (error) {
      this.#fail(epoch, origin, error)
    }
  }

  #attach(socket: WebSocketLike, epoch: number): void {
    this.#line.socket = socket
    guard(() => (socket.binaryType = this.#settings.binaryType))
    socket.onopen = () => {
      socket.onopen = null
      this.#dispatch({type: 'opened', epoch, ...this.#asks(socket)})
    }
    this.#receiver.listen(socket, this.#outbox, this.#policy.hooks, this.#settings.dialect && ((data) => this.#heed(data)))
    this.#outbox.answers = listenForPongs(socket, () => {
      if (socket !== this.#line.socket) return
      this.#receiver.pong()
      guard(() => this.#outbox.pong())
    })
    // HACK(Chromium): a socket that CSP forbids is CLOSED from the start; it tells an error, and others may tell nothing.
    if (socket.readyState > 1) this.#dispatch({type: 'error', epoch, failure: failureOf(undefined)})
    socket.onerror = (event) => this.#dispatch({type: 'error', epoch, failure: failureOf(event)})
    socket.onclose = (event) => this.#dispatch({type: 'closed', epoch, close: {code: event?.code, reason: event?.reason, wasClean: event?.wasClean}})
  }

  /** Where the server can't be asked, it is not expected to speak either, unless the caller said so. */
  #asks(socket: WebSocketLike): {asks?: boolean} {
    const asks = this.#settings.heartbeat?.message !== undefined || 'onpong' in socket
    // One of the caller's own wants silence to be the end, whether or not the server can be asked.
    return asks || (this.#settings.heartbeat && Object.hasOwn(this.#settings, 'heartbeat')) ? {asks} : {}
  }

  /** Lets the caller have the connection first. */
  async #setUp(): Promise<void> {
    const {epoch, attempt} = this.#line.state as Extract<State, {name: 'connecting'}>
    const socket = this.#line.socket!
    const {session, end} = sessionOf<In, Out>({url: this.#url, protocol: this.protocol, attempt, credentials: this.#credentials}, {
      write: (data, options) => {
        const message = this.#writer.prepare(data, options?.binary)
        if (socket.readyState !== 1) throw new ClosecallError('CLOSED', 'the connection is closing')
        this.#writer.write(socket, message, 'session')
      },
      listen: (listener) => {
        // What a slow schema lets through of an earlier connection is not for this one.
        const hear = (data: In, _: unknown, from = socket): void => void (from === socket && listener(data))
        this.#line.emitter.on('message', hear)
        return () => void this.#line.emitter.off('message', hear)
      },
    })
    this.#endSession = end
    try {
      await this.#settings.onOpen!(session)
      end('onOpen is done: use the client')
      this.#dispatch({type: 'ready', epoch, ...this.#asks(socket)})
    } catch (error) {
      this.#fail(epoch, 'setup', error)
    }
  }

  /** The caller's code is why nothing came of it. */
  #fail(epoch: number, origin: CloseOrigin, error: unknown): void {
    this.#dispatch({type: 'closed', epoch, close: {origin, error: guard(() => wordsOf(error as Error, isClosecallError(error)))}})
  }

  /** The service may say of a close to come when, and whether, to come back. */
  #heed(data: MessageData): void {
    const hint = dialectOf(this.#settings, this.#line)?.hint?.(data)
    if (!hint) return
    checkHint({after: 0, ...hint})
    this.#dispatch({type: 'hint', hint})
  }

  #ask(now: number): void {
    const message = this.#settings.heartbeat?.message
    const question = typeof message === 'function' ? message() : message
    this.#receiver.askedAt = now
    this.#writer.ring.touch(now)
    if (question === undefined) return this.#outbox.ping(this.#line.socket!)
    checkData(question, undefined, false)
    this.#writer.write(this.#line.socket!, {data: question, binary: typeof question !== 'string'}, 'session')
  }

  async #investigate(close: Close): Promise<void> {
    const {epoch} = this.#line.state
    const {signal} = (this.#investigation = new AbortController())
    let failure: Failure = {}
    for (const hooks of this.#policy.hooks) {
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
    const stop = this.#stopWatching
    this.#stopWatching = undefined
    if (stop) return stop()
    if (isResting(this.#line.state)) return
    const {environment, signal} = this.#settings
    const unsubscribe = environment.subscribe(this.#line.tell)
    this.#stopWatching = signal ? this.#heedAbort(signal, unsubscribe) : unsubscribe
  }

  /** @returns the function that stops both */
  #heedAbort(signal: AbortSignal, unsubscribe: () => void): () => void {
    const abort = (): void => this.close()
    signal.addEventListener('abort', abort)
    return () => {
      signal.removeEventListener('abort', abort)
      unsubscribe()
    }
  }

  #settle({last, verdict, report: why}: Extract<Effect, {type: 'settle'}>, at: number, previous: State): () => void {
    const {name} = this.#line.state
    const {ring} = this.#writer
    const {evidence, onReport} = this.#settings
    const failed = name === 'failed'
    const explanation = describe(last, verdict, failed ? 'stop' : name === 'closed' ? 'end' : verdict.action)
    const entry: HistoryEntry = {at, close: last, verdict, explanation}
    this.#history = [...this.#history, entry].slice(-historyLength)
    const end = {url: this.#url, endpoint: 'endpoint' in previous ? previous.endpoint : 0, state: this.#line.state, hint: hintIn(last, previous), sentAt: ring.sentAt, frames: () => ring.examine(at)}
    for (const hooks of this.#policy.hooks) {
      const pattern = guard(() => hooks.settled?.(entry, end))
      if (pattern) entry.pattern = pattern
    }
    const {pattern} = entry
    const report = why && makeReport(why, entry, failed, () => ring.examine(at, evidence.payloads), {
      url: this.#url,
      protocol: this.protocol,
      extensions: this.extensions,
      bufferedAmount: this.#line.socket?.bufferedAmount ?? 0,
      ...this.stats,
    }, dialectOf(this.#settings, this.#line)?.source)
    const account = this.#outbox.account(this.#line.socket, previous.name === 'closing' && last.wasClean, report)
    return () => {
      account()
      this.#line.emitter.emit('close', entry)
      if (pattern && !this.#line.emitter.emit('diagnosis', pattern, entry)) warn(`closecall: ${pattern.explanation} ${pattern.advice}`)
      if (report) {
        guard(() => onReport?.(report))
        if (!this.#line.emitter.emit('report', report) && !onReport) complain(report.error.message)
      }
      // Some servers close with 1000 although they want us back: not to be overlooked.
      else if (name === 'closed' && this.#policy.reconnects && previous.name === 'open' && !this.#line.emitter.listenerCount('closed')) warn(`closecall: ${explanation}${last.code === 1000 ? '; see `onNormalClosure`' : ''}`)
    }
  }
}

/**
 * Connects, and stays connected for as long as that makes sense.
 *
 * Each close gets a verdict by its code: 1007 stops and is reported with evidence, 1013 is retried after 1 s, 2 s, 4 s …,
 * every other code has its row in the table.
 *
 * @param url `ws:`, `wss:`, `http:`, `https:`, or relative to the page, or a list of those: read once, now; or a function, asked on every attempt
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
