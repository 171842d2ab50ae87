// What does a library see of a client, if it knows nothing but the standard?

import {Client} from '../client/client.ts'
import type {MessageData} from '../client/events.ts'
import {checkOptions, checkProtocols, toURLs, type Address, type AttemptContext, type Options} from '../client/options.ts'
import type {HistoryEntry} from '../client/report.ts'
import type {SendResult} from '../client/outbox.ts'
import type {Session} from '../client/session.ts'
import {socketClass} from '../client/socket-class.ts'
import {byteLength, isResting, kindOf, type SendData, type State} from '../core/index.ts'
import {check, must} from '../core/check.ts'
import {isClosecallError} from '../core/errors.ts'
import {nativeWebSocket} from '../platform/websocket.ts'
import {closeEvent, errorEvent, messageEvent, type ReconnectingWebSocketEvents} from './events.ts'
import {exception} from './exceptions.ts'
import {MessageListeners} from './message-listeners.ts'

/** What `connect()` takes, and what only a WebSocket needs. */
export interface ReconnectingWebSocketOptions extends Options {
  /** `true`: CLOSED until `open()` is called. Default `false`. */
  startClosed?: boolean

  /**
   * For a library that greets the server anew in each `onopen`: whether this message is the answer that makes its session. Until it comes,
   * what was sent while there was no connection waits; what is sent from `open` on leaves at once. Without an answer within
   * `connectTimeout` that attempt failed. Default: what waits leaves right after `open`, and after what its listeners send.
   *
   * @example flushWhen: (data) => JSON.parse(data).type === 'connection_ack'
   */
  flushWhen?: (data: MessageData) => boolean

  /** How bytes arrive. Default `'blob'`, as the standard says. */
  binaryType?: BinaryType
}

type Protocols = string | readonly string[] | undefined
type EventName = keyof ReconnectingWebSocketEvents
type Handler<Name extends EventName> = ((this: ReconnectingWebSocket, event: ReconnectingWebSocketEvents[Name]) => any) | null

/** How the standard's own type has it. */
type StandardHandler<Event> = ((this: WebSocket, event: Event) => any) | null

/** A bare engine has none: importing this must do no harm there, and constructing says what is missing. */
const Target: typeof EventTarget = globalThis.EventTarget ?? Object

/**
 * A `WebSocket` that is kept connected: the standard's interface, and behind it the client of `connect()`, with a verdict for every close.
 *
 * `readyState` is CONNECTING while it retries and CLOSED only at the end. `open` is told on each connection; `error` (if it was not clean)
 * and `close` for each that is lost or never came about, with its true code; `event.final` says whether that is the end. What is sent while
 * there is no connection is kept and sent on the next; see `buffer`.
 *
 * With `reconnect: false` it is one socket, with evidence and diagnosis, for libraries that open the next one themselves.
 *
 * @see https://websockets.spec.whatwg.org/#the-websocket-interface
 * @example
 * const socket = new ReconnectingWebSocket('wss://api.example.com/live', 'chat.v2')
 * socket.onmessage = ({data}) => console.log(data)
 * socket.onclose = ({code, final, explanation}) => final && console.log(code, explanation)
 * socket.send('hello')
 */
export class ReconnectingWebSocket extends Target implements WebSocket {
  // Getters: a static field could be written, and a static block would stay in bundles that need none of this.
  static get CONNECTING(): 0 {
    return 0
  }

  static get OPEN(): 1 {
    return 1
  }

  static get CLOSING(): 2 {
    return 2
  }

  static get CLOSED(): 3 {
    return 3
  }

  readonly #client: Client<MessageData, any>
  readonly #listeners: MessageListeners
  readonly #handlers: {[Name in EventName]?: {value: any; listener: EventListener | undefined}} = {}
  /** Whether values may be sent that are no messages yet. */
  readonly #encodes: boolean
  readonly #buffer: Options['buffer']
  readonly #transport: Options['WebSocket']
  readonly #url: string
  #readyState: 0 | 1 | 2 | 3
  #protocol = ''
  #extensions = ''
  /** Bytes that were sent when it was too late. */
  #discarded = 0
  /** The last end that was told of. */
  #end: State | undefined
  /** The connection, while a library makes its session on it. */
  #session: Session<MessageData, any> | undefined

  /**
   * @param url `ws:`, `wss:`, `http:`, `https:`, or relative to the page. A function is asked on every attempt, and may take its time
   * @param protocols subprotocols to offer; a function as well
   * @throws {DOMException} `SyntaxError` for a URL or subprotocols that the standard refuses
   * @throws {ClosecallError} for an option that can't be used (`INVALID`), or where there is no WebSocket (`NO_WEBSOCKET`)
   */
  constructor(url: Address, protocols?: Protocols | ((context: AttemptContext) => Protocols | Promise<Protocols>), options: ReconnectingWebSocketOptions = {}) {
    checkCount(arguments.length)
    must(Target !== (Object as unknown), 'EventTarget', 'in this runtime', undefined)
    super()
    checkDropIn(options)
    const {startClosed, flushWhen, binaryType, autoOpen = !startClosed, ...others} = options
    // Both are made strings before either is looked at, and what that throws is not ours.
    const given = typeof url === 'function' || Array.isArray(url) ? (url as Address) : `${url as string}`
    const wanted = protocols === undefined ? options.protocols : protocols
    const offered = typeof wanted === 'function' ? wanted : toStrings(wanted)
    const address = typeof given === 'function' ? given : standard(() => toURLs(given))
    standard(() => checkProtocols(offered))
    this.#url = typeof address === 'function' ? '' : address[0]!
    // Then a message is told as something else than what came.
    const decodes = !!(options.codec ?? options.schema ?? options.delivery)
    this.#encodes = !!options.codec
    this.#buffer = options.buffer
    const listeners = (this.#listeners = new MessageListeners(this))
    // What somebody else dispatches here.
    super.addEventListener('message', (event) => listeners.tellDispatched(event))
    const retell = (data: MessageData, event: {readonly data: MessageData; readonly origin?: string}): void => void this.dispatchEvent(messageEvent(data, event.origin ?? new URL(this.url).origin))
    // Found now: later it may be this class, in the place of the runtime's.
    const transport = options.WebSocket ?? nativeWebSocket()
    const client = (this.#client = new Client<MessageData, any>(address, {
      ...others,
      ...(transport && {WebSocket: transport}),
      protocols: offered,
      binaryType: binaryType ?? 'blob',
      autoOpen: false,
      ...(flushWhen && {
        onOpen: async (session: Session) => {
          // Not a moment later than the connection, where there is nothing to wait for: its first message may be here already.
          if (options.onOpen) await options.onOpen(session)
          await this.#letGreet(session, flushWhen)
        },
      }),
    }, {copies: true, ...(!decodes && {hear: (event) => void (listeners.tell(event as unknown as Event) || retell(event.data, event))})}))
    this.#readyState = 3
    this.#transport = transport
    client.on('open', () => this.#opened())
    if (decodes) client.on('message', retell)
    client.on('close', (entry) => this.#lost(entry))
    client.on('state', ({name}) => {
      // It may have to wait before its first attempt.
      if (name === 'connecting' || name === 'suspended') {
        this.#readyState = 0
        this.#discarded = 0
      }
      if (name === 'closing') this.#readyState = 2
    })
    client.on('closed', (state) => this.#ended(state))
    // Not one whose signal was aborted before it began.
    if (autoOpen && client.state.name === 'idle') this.#start()
  }

  get CONNECTING(): 0 {
    return 0
  }

  get OPEN(): 1 {
    return 1
  }

  get CLOSING(): 2 {
    return 2
  }

  get CLOSED(): 3 {
    return 3
  }

  /** The client beneath: its state, history, stats, reports, and what a WebSocket has no name for. */
  get client(): Client<MessageData, any> {
    return this.#client
  }

  get [Symbol.toStringTag](): string {
    return 'WebSocket'
  }

  /** CONNECTING also while it waits to try again. CLOSED before `open()`, if it was to `startClosed`, and at the end. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState
  }

  /** URL of the last attempt. Before the first that of the constructor; `''` if a function is still to give one. */
  get url(): string {
    return this.#client.url || this.#url
  }

  /** Subprotocol that the server chose, on this connection or the last; `''` before. */
  get protocol(): string {
    return this.#protocol
  }

  /** Extensions that were negotiated, on this connection or the last; `''` before. */
  get extensions(): string {
    return this.#extensions
  }

  /** Bytes that were sent and have not left: in the send buffer, in the runtime, and those that were sent when it was too late. */
  get bufferedAmount(): number {
    return this.#client.bufferedAmount + this.#discarded
  }

  /** How bytes arrive, on this connection and on those to come. As the standard says, what is neither `'blob'` nor `'arraybuffer'` changes nothing. */
  get binaryType(): BinaryType {
    return this.#client.binaryType
  }

  set binaryType(type: BinaryType) {
    const text = `${type}`
    if (text === 'blob' || text === 'arraybuffer') this.#client.binaryType = text
  }

  /** Retries since the last stable connection. */
  get retryCount(): number {
    const {state} = this.#client
    return 'attempt' in state ? state.attempt : 0
  }

  get onopen(): StandardHandler<Event> {
    return this.#handler('open') as StandardHandler<Event>
  }

  set onopen(handler: Handler<'open'>) {
    this.#handle('open', handler)
  }

  get onmessage(): StandardHandler<MessageEvent> {
    return this.#handler('message') as StandardHandler<MessageEvent>
  }

  set onmessage(handler: Handler<'message'>) {
    this.#handle('message', handler)
  }

  get onerror(): StandardHandler<Event> {
    return this.#handler('error') as StandardHandler<Event>
  }

  set onerror(handler: Handler<'error'>) {
    this.#handle('error', handler)
  }

  get onclose(): StandardHandler<CloseEvent> {
    return this.#handler('close') as StandardHandler<CloseEvent>
  }

  set onclose(handler: Handler<'close'>) {
    this.#handle('close', handler)
  }

  /**
   * Sends, or keeps for the next connection. What is no string and no bytes is made a string, as the standard says, unless there is a `codec`.
   *
   * After `close()`, and after the end, it does nothing but count in `bufferedAmount`.
   *
   * @throws {DOMException} `QuotaExceededError` if it must wait and the send buffer is full, or if the server was once told to be sent less at
   * a time (1009); `InvalidStateError` if there is no connection and `buffer` is `false`
   * @throws {ClosecallError} what `lint: 'throw'` finds (`LINT`)
   */
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    // The fewest steps for what is sent most.
    if (typeof data === 'string' && this.#readyState === 1 && !this.#session) {
      if (this.#client.send(data) === 'refused') this.#refuse(data)
      return
    }
    if (!arguments.length) throw new TypeError('closecall: `data` is required')
    if (this.#send(data) === 'refused') this.#refuse(data)
  }

  /**
   * Ends the connection, or the wait for one, for good; `open()` and `reconnect()` start again. `close` is told once more, with `final`.
   *
   * @param code 1000 or 3000–4999; without one the close frame says none, and the event 1005
   * @param reason at most 123 bytes in UTF-8
   * @throws {DOMException} `InvalidAccessError` for another code, `SyntaxError` for a longer reason
   */
  close(code?: number, reason?: string): void {
    const ending = toEnding(code, reason)
    if (this.#readyState < 2) this.#readyState = 2
    // Also in CLOSED: an open() may not have been heard yet.
    this.#client.close(...ending)
  }

  /**
   * Connects, if it is CLOSED or CLOSING. Past failures are forgotten.
   *
   * @throws {ClosecallError} where there is no WebSocket class (`NO_WEBSOCKET`)
   */
  open(): void {
    this.#start()
  }

  /**
   * Connects anew at once, in any state, unless it is about to be connected. A connection that is left is told as a `close` that is not
   * final, 1006: nobody waits for the answer.
   *
   * @param code what that one is closed with, as for `close()`
   * @throws {DOMException} as `close()`
   * @throws {ClosecallError} where there is no WebSocket class (`NO_WEBSOCKET`)
   */
  reconnect(code?: number, reason?: string): void {
    const ending = toEnding(code ?? 1000, reason)
    this.#checkTransport()
    this.#client.reconnect(...ending)
    this.#begins()
  }

  override addEventListener<Name extends EventName>(type: Name, listener: ((this: ReconnectingWebSocket, event: ReconnectingWebSocketEvents[Name]) => any) | {handleEvent(event: ReconnectingWebSocketEvents[Name]): any} | null, options?: boolean | AddEventListenerOptions): void
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void
  override addEventListener(...given: any[]): void {
    const [type, listener, options] = given
    // What is no listener at all, the runtime refuses as it does elsewhere.
    if (`${type}` === 'message' && Object(listener) === listener) this.#listeners.add(listener, options)
    else super.addEventListener(...(given as [any, any]))
  }

  override removeEventListener<Name extends EventName>(type: Name, listener: ((this: ReconnectingWebSocket, event: ReconnectingWebSocketEvents[Name]) => any) | {handleEvent(event: ReconnectingWebSocketEvents[Name]): any} | null, options?: boolean | EventListenerOptions): void
  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void
  override removeEventListener(...given: any[]): void {
    const [type, listener, options] = given
    if (`${type}` === 'message' && Object(listener) === listener) this.#listeners.remove(listener, options)
    else super.removeEventListener(...(given as [any, any]))
  }

  /** For the constructor, too: a subclass may have an `open()` of its own. */
  #start(): void {
    this.#checkTransport()
    this.#client.open()
    this.#begins()
  }

  /** @throws {ClosecallError} with the line to write for this class (`NO_WEBSOCKET`) */
  #checkTransport(): void {
    socketClass({WebSocket: this.#transport}, 'new ReconnectingWebSocket(url, protocols, {WebSocket})')
  }

  /** Within an event of its client, the client hears of it only afterwards. */
  #begins(): void {
    if (this.#readyState === 3) this.#readyState = 0
  }

  #handler(name: EventName): unknown {
    return this.#handlers[name]?.value ?? null
  }

  /** A handler keeps its place among the listeners as long as there is one. @see https://html.spec.whatwg.org/#event-handler-attributes */
  #handle(name: EventName, given: unknown): void {
    const handlers = this.#handlers
    const value: any = Object(given) === given ? given : null
    const present = handlers[name]
    if (name === 'message') {
      this.#listeners.handle(value && (typeof value === 'function' ? value : () => {}))
      handlers[name] = {value, listener: undefined}
    } else if (present && value) present.value = value
    else if (present) {
      delete handlers[name]
      super.removeEventListener(name, present.listener!)
    } else if (value) {
      const handler = {
        value,
        listener: (event: Event): void => {
          if (typeof handler.value === 'function' && handler.value.call(this, event) === false) event.preventDefault()
        },
      }
      handlers[name] = handler
      super.addEventListener(name, handler.listener)
    }
  }

  #opened(): void {
    // The library was told, and has made its session meanwhile; or it has closed meanwhile.
    if (this.#readyState) return
    this.#readyState = 1
    this.#protocol = this.#client.protocol
    this.#extensions = this.#client.extensions
    this.dispatchEvent(new Event('open'))
  }

  /** Lets the library greet the server before anything else goes out. */
  async #letGreet(session: Session<MessageData, any>, isAnswer: (data: MessageData) => boolean): Promise<void> {
    if (session.signal.aborted) return
    this.#session = session
    session.signal.addEventListener('abort', () => (this.#session = undefined))
    this.#opened()
    await session.receive(isAnswer)
  }

  #lost(entry: HistoryEntry): void {
    const {name} = this.#client.state
    const final = name === 'closed' || name === 'failed'
    this.#readyState = final ? 3 : 0
    if (final) this.#end = this.#client.state
    this.#tellEnd(entry, final)
  }

  /** Nothing was lost, if this end has not been told: there was no connection. Nor is one told that never began. */
  #ended(state: State): void {
    if (this.#readyState === 3 || state === this.#end) return
    this.#readyState = 2
    // Never within close(): who calls it may be about to listen. Not in a task of its own: a page that is left may never run it.
    queueMicrotask(() => {
      if (this.#readyState === 2) this.#readyState = 3
      this.#tellEnd(undefined, true)
    })
  }

  #tellEnd(entry: HistoryEntry | undefined, final: boolean): void {
    if (!entry?.close.wasClean) this.dispatchEvent(errorEvent(entry, final))
    this.dispatchEvent(closeEvent(entry, final))
  }

  #send(given: unknown): SendResult {
    const data = this.#encodes ? given : toData(given)
    refuseShared(data)
    // What is sent before it has begun waits for that.
    if (this.#readyState > 1 && this.#client.state.name !== 'idle') return 'refused'
    try {
      if (this.#session) {
        this.#session.send(data)
        return 'sent'
      }
    } catch (error) {
      // It is closing already: for the next one, then.
      if (!isClosecallError(error) || error.code !== 'CLOSED') throw error
    }
    return this.#client.send(data)
  }

  #refuse(given: unknown): void {
    const size = this.#encodes ? 0 : byteLength(toData(given))
    const {tooBig = Infinity} = this.#client.stats
    if (this.#readyState > 1) this.#discarded += size
    else if (isResting(this.#client.state)) throw exception('InvalidStateError', 'it is opened in a moment: send then')
    else if (size >= tooBig) throw exception('QuotaExceededError', `the server closed for a message of ${tooBig} bytes (1009)`)
    else if (this.#buffer === false) throw exception('InvalidStateError', 'there is no connection, and `buffer` is false')
    // What was to be dropped then is told by `drop`.
    else if (this.#buffer?.overflow !== 'drop-newest') throw exception('QuotaExceededError', 'the send buffer is full; see `buffer`')
  }
}

/** @throws {TypeError} for no argument at all: undefined is a URL, relative to the page */
export const checkCount = (given: number): void => {
  if (!given) throw new TypeError('closecall: `url` is required')
}

/** @throws {ClosecallError} for an option that can't be used, and for what could never work (`INVALID`) */
export const checkDropIn = (options: ReconnectingWebSocketOptions): void => {
  check(options, 'options', 'an object')
  const {startClosed = false, flushWhen, delivery, ...others} = options
  const {WebSocket = nativeWebSocket()} = others
  check(startClosed, 'startClosed', 'a boolean')
  must(flushWhen === undefined || typeof flushWhen === 'function', 'flushWhen', 'a function', typeof flushWhen)
  // What waits for its acknowledgement must not leave with the greeting.
  must(!flushWhen || !delivery, 'flushWhen', 'left out where there is `delivery`', typeof flushWhen)
  // Here, since some of them never reach the client as they are. A delivery is made for one client, which looks at it.
  checkOptions(others)
  // It may have been put in the place of the runtime's own.
  must(!(WebSocket?.prototype instanceof ReconnectingWebSocket) && (WebSocket as unknown) !== ReconnectingWebSocket, 'WebSocket', 'a class that does not reconnect by itself: this one would be made of itself', WebSocket)
}

/** What our sentence refuses, the standard does by this name. */
const standard = <T>(question: () => T): T => {
  try {
    return question()
  } catch (error) {
    throw exception('SyntaxError', (error as Error).message.replace('closecall: ', ''))
  }
}

/** @see https://webidl.spec.whatwg.org/#js-union: a string, or a sequence of them */
const toStrings = (given: unknown): string[] =>
  given === undefined ? []
  : Object(given) === given && ((given as Iterable<unknown>)[Symbol.iterator] ?? null) ? Array.from(given as Iterable<string>, (each) => `${each}`)
  : [`${given as string}`]

/** @see https://webidl.spec.whatwg.org/#js-union: what is no bytes is made a string */
const toData = (given: unknown): SendData => (kindOf(given, true) ? (given as SendData) : `${given as string}`)

/** @see https://webidl.spec.whatwg.org/#js-buffer-source-types: what a socket in OPEN sees by itself */
const refuseShared = (data: unknown): void => {
  const bytes = ArrayBuffer.isView(data) ? data.buffer : data
  if (Object.prototype.toString.call(bytes) === '[object SharedArrayBuffer]') throw new TypeError('closecall: `data` must not be shared memory')
}

/** @see https://websockets.spec.whatwg.org/#dom-websocket-close */
const toEnding = (code?: number, reason: unknown = ''): [code: number, reason: string] => {
  const given = code === undefined ? undefined : clamped(code)
  const words = `${reason as string}`
  if (given !== undefined && given !== 1000 && !(given >= 3000 && given <= 4999)) throw exception('InvalidAccessError', `\`code\` must be 1000 or 3000..4999, got ${given}`)
  const length = byteLength(words)
  if (length > 123) throw exception('SyntaxError', `\`reason\` must be at most 123 bytes, got ${length}`)
  return [given ?? (words ? 1000 : 1005), words]
}

/** @see https://webidl.spec.whatwg.org/#Clamp: the nearest, an even one where two are */
const clamped = (code: unknown): number => {
  const number = Math.min(Math.max(+(code as number) || 0, 0), 65_535)
  const rounded = Math.round(number)
  return rounded - number === 0.5 && rounded % 2 ? rounded - 1 : rounded
}
