// How is a socket opened from Node, and what does a refusal tell? The only file that knows `ws`.

import {WebSocket, type ClientOptions} from 'ws'
import {fill, must} from '../core/check.ts'
import {parseRetryAfter} from '../core/index.ts'
import {systemClock} from '../platform/clock.ts'
import type {WebSocketClass} from '../platform/websocket.ts'

/** HTTP fields by name. A list is sent as several lines of that name. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>

/** What a handshake from Node can have more than one from a page. */
export interface TransportOptions {
  /** Sent with the handshake. A function is asked for every socket, must answer at once, and may answer undefined. Default: none. */
  headers?: HeaderFields | (() => HeaderFields | undefined)
  /** An `http.Agent` or `https.Agent`, e.g. one that goes through a proxy. Default: a TCP connection of its own. */
  agent?: object
  /** More options of the `ws` client, handed on as they are: TLS, `perMessageDeflate`, `maxPayload` …; `headers` and `agent` above go before. */
  ws?: object
}

/**
 * A `WebSocket` class over `ws`, for the `WebSocket` option of `connect`, or for whatever takes a class.
 *
 * It has protocol pings, `ping()` and `onpong`; a refused handshake is an `error` event whose `error` tells `status` and
 * `retryAfter` (ms), then `close` with 1006. No body of a refusal is read. Redirects are refusals.
 *
 * @throws one sentence for an option that can't be used; so does the class, for what a `headers` function gives
 * @example connect(url, {WebSocket: webSocketClass({headers: {'user-agent': 'sensor/2'}})})
 */
export const webSocketClass = (options: TransportOptions = {}): WebSocketClass => {
  if (typeof options?.headers !== 'function') checkHeaders(options?.headers)
  const {headers, agent, ws}: TransportOptions = fill('options', {}, rules, options)
  return class extends WebSocket {
    onpong: (() => void) | null = null

    constructor(url: string | URL, protocols?: string | string[]) {
      const fields = typeof headers === 'function' ? checkHeaders(headers()) : headers
      super(url, protocols, {...ws, ...(fields && {headers: fields}), ...(agent && {agent})} as ClientOptions)
      let refusal = {}
      // HACK(ws): an error that nobody listens to becomes an uncaught one. First to hear it, we add what we know.
      this.on('error', (error) => Object.assign(error, refusal))
      this.on('unexpected-response', (_request, {statusCode: status, headers}) => {
        const retryAfter = parseRetryAfter(headers['retry-after'] ?? '', systemClock.now())?.after
        refusal = {message: `Unexpected server response: ${status}`, status, retryAfter}
        // Destroys request and response, then tells `error` and `close`.
        this.terminate()
      })
      this.on('pong', () => this.onpong?.())
    }
  }
}

const rules = {headers: 'an object or a function', agent: 'an object', ws: 'an object'}

/** Node would say so too, but only when the socket is opened. Values are secrets: they are not shown. */
const checkHeaders = (headers: unknown): HeaderFields | undefined => {
  if (headers === undefined) return undefined
  // A promise, a list and a `Headers` have no fields of their own, and would lose what they were to send.
  must(Object.prototype.toString.call(headers) === '[object Object]', 'headers', 'a plain object or a function that returns one', typeof headers)
  for (const [name, value] of Object.entries(headers as object)) {
    // [RFC 9110 §5.5, §5.6.2]
    must(/^[\w!#$%&'*+.^`|~-]+$/.test(name), 'headers', 'named by tokens', typeof name)
    must([value].flat().every((each) => typeof each === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(each)), `headers.${name}`, 'a string, or a list of them, that fits an HTTP field', typeof value)
  }
  return headers as HeaderFields
}
