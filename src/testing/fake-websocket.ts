// What does a WebSocket do when there is no network, and a test plays the server?

import {byteLength, type BlobLike, type SendData} from '../core/index.ts'
import type {WebSocketLike} from '../platform/websocket.ts'
import {accepts} from './behaviours.ts'

/** A frame as it left: strings with every lone surrogate replaced, bytes copied, as runtimes do. */
export interface FakeFrame {
  data: string | Uint8Array | BlobLike
  /** Whether it left in a binary frame. */
  binary: boolean
}

/** What a server does with one new connection: it is called inside `new WebSocket()`, and what it orders happens afterwards, in that order. */
export type Behaviour = (server: FakeServer) => void

export interface AcceptOptions {
  /** Default: the first subprotocol that was offered, or `''`. */
  protocol?: string
  /** Default `''`. */
  extensions?: string
}

export interface Refusal {
  /** HTTP status, put on the error event as a transport does that can see it. Default: not to be seen, as in browsers. */
  status?: number
  /** `Retry-After` in ms, put on the error event. */
  retryAfter?: number
  /** What the error event says. */
  message?: string
}

/**
 * Where runtimes differ from the standard, each as measured. All are off until a behaviour of that name turns one on.
 */
export interface Lies {
  /** A failed handshake gives `error` and never `close`; the socket stays CONNECTING. [Node 22] */
  errorsWithoutClose: boolean
  /** Every `close` event comes twice. */
  closesTwice: boolean
  /** `close()` while CONNECTING fires `error` and `close` before it returns, and leaves the socket CLOSING. [Node 24, 26] */
  closesSynchronously: boolean
  /** An `error` event follows every `close` that the server began. [workerd] */
  errorsAfterClose: boolean
  /** After the server's close frame, or the client's, the socket is CLOSING for ever, without an event. [Node 22, 24, 26, where the server leaves TCP open] */
  neverDeliversClose: boolean
  /** Messages still arrive after `close()`. [ws, Deno, workerd] */
  deliversWhileClosing: boolean
  /** The socket is CLOSED when its constructor returns, and an `error` event is all that comes; nothing, if the server is silent. [Chromium, where a CSP forbids the address] */
  closedFromTheStart: boolean
  /** Puts off every `close` event. [A minute in Chromium, where nobody answers `close()`] */
  putsOffClose: ((fire: () => void) => void) | undefined
}

/** The server's end of one socket. What it orders reaches the client in order, each in a microtask of its own, never at once. */
export interface FakeServer {
  /** The client's end. */
  readonly socket: FakeSocket
  /** Whether the client's close frame, and its pings, stay unanswered. Default `false`. */
  silent: boolean
  /** Whether the network takes nothing: what is sent stays in `bufferedAmount`, and leaves when this is `false` again. Default `false`. */
  stalled: boolean
  readonly lies: Lies
  /** Called with every frame that arrives. Default: nobody looks; `socket.sent` has them in any case. */
  onmessage: ((frame: FakeFrame) => void) | undefined
  /** Answers the handshake. */
  accept(options?: AcceptOptions): void
  /** Ends the handshake: `error`, then `close` with 1006. */
  refuse(refusal?: Refusal): void
  /** Sends a message: a string, or bytes, which arrive as `binaryType` says. */
  send(data: string | Uint8Array): void
  /**
   * Sends a close frame: the client gets `close` with any code, illegal ones, too.
   *
   * @param code default: a close frame without one, which the client reads as 1005
   * @param options `wasClean`: default `true`, but for 1006
   */
  close(code?: number, reason?: string, options?: {wasClean?: boolean}): void
  /** Cuts the line: `close` with 1006, and no `error`, as in Chromium. */
  drop(): void
  /** An `error` event alone, and nothing after it. */
  error(message?: string): void
  /** Any event as it is given, in any state: for what a runtime does that has no name here. */
  emit(type: 'open' | 'message' | 'error' | 'close', fields?: object): void
}

/** A socket of a {@link FakeNetwork}. Behaves as the standard says, but for the lies that it was told to tell. */
export interface FakeSocket extends WebSocketLike, EventTarget {
  readonly readyState: 0 | 1 | 2 | 3
  readonly url: string
  /** The subprotocols that were offered. */
  readonly protocols: readonly string[]
  readonly protocol: string
  readonly extensions: string
  readonly bufferedAmount: number
  binaryType: string
  /** Every frame that left, oldest first. */
  readonly sent: readonly FakeFrame[]
  /** Protocol pings that left; 0 but for the kind `'node'`. */
  readonly pings: number
  /** The client's close frame: absent until `close()` is called while open. Without a code it is empty. */
  readonly closeFrame: {readonly code?: number; readonly reason: string} | undefined
  /** The other end. */
  readonly server: FakeServer
}

export type FakeWebSocketClass = {
  new (url: string | URL, protocols?: string | string[]): FakeSocket
  readonly prototype: FakeSocket
}

export interface FakeNetworkOptions {
  /**
   * `'standard'` (default): what browsers have. `'ws'`: `send(data, {binary})` puts bytes in text frames, `terminate()` cuts
   * the line at once, and `binaryType` is `'nodebuffer'` at first. `'node'`: that of `closecall/node`, with protocol pings, too.
   */
  kind?: 'standard' | 'ws' | 'node'
}

export interface FakeNetwork {
  /** For the `WebSocket` option of a client, or for `globalThis.WebSocket`. */
  readonly WebSocket: FakeWebSocketClass
  /** Every socket that was constructed, oldest first. */
  readonly sockets: readonly FakeSocket[]
  /** Those that are CONNECTING or OPEN: never more than one for one client. */
  readonly live: readonly FakeSocket[]
  /** The newest. @throws when there is none yet */
  readonly last: FakeSocket
  /** What happens to the sockets to come. */
  behaviour: Behaviour
}

type EventName = 'open' | 'message' | 'error' | 'close'
const eventNames: readonly EventName[] = ['open', 'message', 'error', 'close']

const fault = (name: string, message: string): DOMException => new DOMException(message, name)

/** A subprotocol is a token. [RFC 6455 §4.1] */
const token = /^[\w!#$%&'*+.^`|~-]+$/

const parse = (given: string | URL): string => {
  let url: URL
  try {
    url = new URL(given)
  } catch {
    throw fault('SyntaxError', 'the URL can\'t be parsed')
  }
  url.protocol = url.protocol.replace('http', 'ws')
  if (!/^wss?:$/.test(url.protocol) || url.hash) throw fault('SyntaxError', 'the URL must be ws: or wss:, without a fragment')
  return url.href
}

const frameOf = (data: SendData, binary: boolean): FakeFrame => {
  if (typeof data === 'string') return {data: data.replace(/\p{Surrogate}/gu, '\uFFFD'), binary: false}
  if (ArrayBuffer.isView(data)) return {data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), binary}
  if ('byteLength' in data) return {data: new Uint8Array(data).slice(), binary}
  return {data, binary}
}

/**
 * A network for tests: a WebSocket class, and a server on the other end of every socket it makes.
 *
 * A new socket meets the `behaviour`; a test that wants the server's part for itself passes `neverAnswers()` and uses
 * `network.last.server`. Events come in microtasks, never inside the call that causes them.
 *
 * @param behaviour default `accepts()`
 * @example
 * const network = fakeNetwork(sequence(refuses(503), accepts()))
 * const client = connect('wss://example.com', {WebSocket: network.WebSocket, clock})
 * await clock.advance(2000)
 * network.last.server.close(1013, 'retry-after=5')
 */
export function fakeNetwork(behaviour: Behaviour = accepts(), {kind = 'standard'}: FakeNetworkOptions = {}): FakeNetwork {
  const sockets: FakeSocket[] = []

  // Made here, not at load: a runtime without EventTarget may import this file.
  class FakeWebSocket extends EventTarget implements FakeSocket {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    readyState: 0 | 1 | 2 | 3 = 0
    readonly url: string
    readonly protocols: readonly string[]
    protocol = ''
    extensions = ''
    bufferedAmount = 0
    binaryType: string = kind === 'standard' ? 'blob' : 'nodebuffer'
    readonly sent: FakeFrame[] = []
    readonly held: FakeFrame[] = []
    pings = 0
    closeFrame: {code?: number; reason: string} | undefined
    declare onopen: ((event: any) => void) | null
    declare onmessage: ((event: any) => void) | null
    declare onerror: ((event: any) => void) | null
    declare onclose: ((event: any) => void) | null
    readonly server: FakeServer = serve(this)

    constructor(url: string | URL, protocols: string | string[] = []) {
      super()
      this.url = parse(url)
      this.protocols = [protocols].flat()
      if (!this.protocols.every((name) => token.test(name)) || new Set(this.protocols).size < this.protocols.length) {
        throw fault('SyntaxError', 'subprotocols must be tokens, each once')
      }
      for (const name of eventNames) this.addEventListener(name, (event) => this[`on${name}`]?.(event))
      network.behaviour(this.server)
      sockets.push(this)
      if (!this.server.lies.closedFromTheStart) return
      this.readyState = 3
      queueMicrotask(() => this.server.silent || this.fire('error'))
    }

    send(data: SendData): void {
      this.transmit(data, true)
    }

    close(code?: number, reason = ''): void {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) throw fault('InvalidAccessError', 'the code must be 1000 or from 3000 to 4999')
      if (byteLength(reason) > 123) throw fault('SyntaxError', 'the reason must be at most 123 bytes long')
      if (this.readyState > 1) return
      const opened = this.readyState === 1
      this.readyState = 2
      const {lies} = this.server
      if (!opened && lies.closesSynchronously) {
        this.fire('error')
        this.fire('close', {code: 1006, reason: '', wasClean: false})
      } else if (!opened) queueMicrotask(() => this.end({code: 1006, reason: '', wasClean: false}, {}))
      else {
        this.closeFrame = {...(code !== undefined && {code}), reason}
        // The answer repeats the code. [RFC 6455 §5.5.1]
        if (!lies.neverDeliversClose) queueMicrotask(() => this.server.silent || this.end({code: code ?? 1005, reason, wasClean: true}))
      }
    }

    transmit(data: SendData, binary: boolean): void {
      if (this.readyState === 0) throw fault('InvalidStateError', 'the socket is still connecting')
      const bytes = byteLength(data)
      this.bufferedAmount += bytes
      // Once closing has begun, messages vanish, and are counted as if they waited.
      if (this.readyState > 1) return
      const frame = frameOf(data, binary)
      if (this.server.stalled) this.held.push(frame)
      else this.pass(frame, bytes)
    }

    /** It leaves, and arrives. */
    pass(frame: FakeFrame, bytes: number): void {
      this.sent.push(frame)
      queueMicrotask(() => {
        this.bufferedAmount -= bytes
        this.server.onmessage?.(frame)
      })
    }

    release(): void {
      if (this.readyState < 2) for (const frame of this.held.splice(0)) this.pass(frame, byteLength(frame.data))
    }

    fire(type: EventName, fields: object = {}): void {
      this.dispatchEvent(Object.assign(new Event(type), fields))
    }

    /** The last events of a socket: `error` if it failed, then `close`. */
    end(close: {code: number; reason: string; wasClean: boolean}, failure?: object): void {
      if (this.readyState === 3) return
      this.readyState = 3
      if (failure) this.fire('error', failure)
      const {closesTwice, putsOffClose = queueMicrotask} = this.server.lies
      putsOffClose(() => {
        this.fire('close', close)
        if (closesTwice) this.fire('close', close)
      })
    }
  }
  // Accessors of the prototype, as the standard has them: happy-dom would call what is the object's own a second time.
  for (const name of eventNames) {
    const handlers = new WeakMap<object, unknown>()
    Object.defineProperty(FakeWebSocket.prototype, `on${name}`, {
      get(this: object) {
        return handlers.get(this) ?? null
      },
      set(this: object, handler: unknown) {
        handlers.set(this, handler)
      },
    })
  }

  class FakeNodeSocket extends FakeWebSocket {
    override send(data: SendData, options?: {binary: boolean}): void {
      this.transmit(data, options?.binary ?? typeof data !== 'string')
    }

    terminate(): void {
      queueMicrotask(() => this.end({code: 1006, reason: '', wasClean: false}))
    }
  }

  class FakePingingSocket extends FakeNodeSocket {
    onpong: (() => void) | null = null

    ping(): void {
      if (this.readyState === 0) throw fault('InvalidStateError', 'the socket is still connecting')
      if (this.readyState > 1) return
      this.pings++
      queueMicrotask(() => this.server.silent || this.onpong?.())
    }
  }

  const serve = (socket: FakeWebSocket): FakeServer => {
    let stalled = false
    const server: FakeServer = {
      socket,
      silent: false,
      get stalled() {
        return stalled
      },
      set stalled(value) {
        stalled = value
        if (!value) socket.release()
      },
      lies: {errorsWithoutClose: false, closesTwice: false, closesSynchronously: false, errorsAfterClose: false, neverDeliversClose: false, deliversWhileClosing: false, closedFromTheStart: false, putsOffClose: undefined},
      onmessage: undefined,
      accept({protocol = socket.protocols[0] ?? '', extensions = ''} = {}) {
        queueMicrotask(() => {
          if (socket.readyState !== 0) return
          socket.readyState = 1
          socket.protocol = protocol
          socket.extensions = extensions
          socket.fire('open')
        })
      },
      refuse({status, retryAfter, message = status === undefined ? '' : `Unexpected server response: ${status}`} = {}) {
        const failure = {message, ...(status !== undefined && {status}), ...(retryAfter !== undefined && {retryAfter})}
        queueMicrotask(() => {
          if (socket.readyState !== 0) return
          if (server.lies.errorsWithoutClose) socket.fire('error', failure)
          else socket.end({code: 1006, reason: '', wasClean: false}, failure)
        })
      },
      send(data) {
        queueMicrotask(() => {
          if (socket.readyState !== 1 && !(socket.readyState === 2 && server.lies.deliversWhileClosing)) return
          const arrived = typeof data === 'string' ? data : socket.binaryType === 'blob' ? new Blob([data.slice()]) : data.slice().buffer
          socket.fire('message', {data: arrived})
        })
      },
      close(code = 1005, reason = '', {wasClean = code !== 1006} = {}) {
        queueMicrotask(() => {
          if (socket.readyState === 3) return
          if (server.lies.neverDeliversClose) {
            socket.readyState = 2
            return
          }
          socket.end({code, reason, wasClean})
          if (server.lies.errorsAfterClose) queueMicrotask(() => socket.fire('error', {message: 'Network connection lost.'}))
        })
      },
      drop() {
        queueMicrotask(() => socket.end({code: 1006, reason: '', wasClean: false}))
      },
      error(message = '') {
        queueMicrotask(() => socket.fire('error', {message}))
      },
      emit(type, fields) {
        queueMicrotask(() => socket.fire(type, fields))
      },
    }
    return server
  }

  const network: FakeNetwork = {
    WebSocket: {standard: FakeWebSocket, ws: FakeNodeSocket, node: FakePingingSocket}[kind],
    sockets,
    behaviour,
    get live() {
      return sockets.filter(({readyState}) => readyState < 2)
    },
    get last() {
      const socket = sockets.at(-1)
      if (!socket) throw new Error('closecall: no socket was opened yet')
      return socket
    },
  }
  return network
}
