// How is a socket watched and left behind, whatever the runtime? The only file that knows how runtimes differ.

import {withoutSecrets} from '../core/secrets.ts'

/** The part of a WebSocket that closecall uses. Any implementation with it will do: the browser's, `ws`, a fake. */
export interface WebSocketLike {
  readonly readyState: number
  readonly bufferedAmount?: number
  readonly protocol?: string
  readonly extensions?: string
  binaryType?: string
  onopen: ((event: any) => void) | null
  onmessage: ((event: any) => void) | null
  onerror: ((event: any) => void) | null
  onclose: ((event: any) => void) | null
  send(data: any, options?: any): void
  close(code?: number, reason?: string): void
  /** `ws` and Bun have it: destroys the connection instead of waiting for the peer. */
  terminate?(): void
  /** A transport with protocol pings has both: the heartbeat uses them. */
  ping?(): void
  onpong?: ((event?: any) => void) | null
}

/** Takes a URL and subprotocols. Typed loosely, since implementations declare it in ways of their own. */
export type WebSocketClass = new (url: any, protocols?: any) => WebSocketLike

export const nativeWebSocket = (): WebSocketClass | undefined => globalThis.WebSocket as WebSocketClass | undefined

/**
 * How often to look whether a socket is closing and does not say so, ms; undefined in pages, where browsers always say so.
 *
 * HACK(nodejs/undici): a close frame that is not followed by the end of TCP raises no event, ever; in `ws` and Bun after half a minute.
 */
export const pollInterval = (): number | undefined => (globalThis.document ? undefined : 5000)

/** What relative URLs are relative to. */
export const baseURL = (): string | undefined => globalThis.document?.baseURI ?? globalThis.location?.href

/** Whether `send(bytes, {binary: false})` puts them in a text frame: `ws` takes options, the standard interface doesn't. */
export const sendsTextBytes = (Class: WebSocketClass): boolean => Class.prototype?.send?.length > 1

/** The most bytes that a client's frame has before its payload. [RFC 6455 §5.2] */
export const framing = 14

/**
 * How many bytes, from the end of what was sent, certainly never left; 0 where nobody can say. To be asked once the
 * end of the connection was told.
 *
 * Of the messages given to the socket, newest first: those that fit into it whole, each with its payload in bytes and
 * `framing`, reached nobody. About any other nothing is said: it may have arrived, or not.
 *
 * Only a socket that closed by itself tells: as long as it is CLOSING, what it counts may still go out.
 */
export const unsentBytes = (socket: WebSocketLike): number => (socket.readyState === 3 && keepsCount(socket) && socket.bufferedAmount) || 0

/**
 * Whether `bufferedAmount` says, after the end, what did not leave. Measured: it does in Chromium, Firefox and Bun. Node's own class, `ws`
 * and Deno say 0, and workerd counts what it is still sending. Safari was not measured, and nothing tells it from WebKitGTK.
 *
 * @see https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount
 */
const keepsCount = ({constructor, extensions}: WebSocketLike): boolean => {
  const {WebSocket, Bun, InternalError, navigator} = globalThis as {
    WebSocket?: unknown
    Bun?: unknown
    /** Firefox alone has it. */
    InternalError?: unknown
    /** Chromium has it in secure contexts, and Deno has one with a brand of its own. */
    navigator?: {userAgentData?: {brands?: readonly {brand?: string}[]}}
  }
  if (constructor !== WebSocket) return false
  // Bun counts bytes on the wire: compressed, a message may be longer than we think.
  if (Bun) return !extensions
  return !!InternalError || !!navigator?.userAgentData?.brands?.some(({brand}) => brand === 'Chromium')
}

/** An error's own words, for developers, cut short. */
export const wordsOf = (error: {code?: unknown; message?: unknown} | string | null | undefined, ours = false): string => {
  const {code, message = error} = Object(error) as {code?: unknown; message?: unknown}
  const words = [ours ? undefined : code, message].find((text) => typeof text === 'string' && text)
  return withoutSecrets((words as string | undefined) ?? '').slice(0, 200)
}

/**
 * Listens for the answers to protocol pings, where the transport has them: that of `closecall/node`, and `ws` itself, an event emitter.
 *
 * @returns whether it has
 */
export const listenForPongs = (socket: WebSocketLike & {on?: (name: 'pong', listener: () => void) => void}, listener: () => void): boolean => {
  if (!socket.ping) return false
  if ('onpong' in socket) socket.onpong = listener
  else socket.on?.('pong', listener)
  return 'onpong' in socket || !!socket.on
}

interface Refusal {
  status?: number
  retryAfter?: number
}

/**
 * What an error event tells of the cause; browsers tell nothing. A transport that knows more may put `status` and
 * `retryAfter` (ms) on the event, or on its `error`.
 */
export const failureOf = (event: ({message?: unknown; error?: {code?: unknown; message?: unknown} & Refusal} & Refusal) | undefined): Refusal & {error?: string} => {
  const error = wordsOf(event?.error) || wordsOf(event)
  const {status: told, retryAfter} = event?.error?.status ? event.error : (event ?? {})
  // "Unexpected server response: 503" (ws), "Expected 101 status code: 503" (Bun), "Invalid status code: 503" (Deno), "received 503 instead" (workerd)
  const status = Number.isInteger(told) ? told : Number(/(?:response|code|received):? (?!101)(\d{3})\b/.exec(error)?.[1])
  return {...(error && {error}), ...(status && {status}), ...(Number.isFinite(retryAfter) && retryAfter! >= 0 && {retryAfter})}
}

/** Starts the closing handshake; 1005 is how a close frame without a code is called, and can't be in one. [RFC 6455 §7.4.1] */
export const closeWith = (socket: WebSocketLike, code: number, reason: string): void => {
  if (code === 1005) socket.close()
  else socket.close(code, reason)
}

/** Lets go of a socket for good: no event of it is heard again, and no answer is waited for, since a mute peer gives none for 20–60 s or ever. */
export const abandon = (socket: WebSocketLike, code = 1000, reason = ''): void => {
  socket.onopen = socket.onmessage = socket.onclose = null
  if (socket.onpong) socket.onpong = null
  // HACK(ws): without a listener its error becomes an uncaught one; it emits one when a connecting socket is closed.
  socket.onerror = () => {}
  try {
    closeWith(socket, code, reason)
  } catch {
    // It never got as far as being closable.
  }
  try {
    // HACK(ws, Bun): a closing handshake that nobody answers keeps the process alive for 30 s. The close frame is out by now.
    socket.terminate?.()
  } catch {
    // As above.
  }
}
