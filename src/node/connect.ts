// What does a client get from Node that it can't have in a page?

import {check, must} from '../core/check.ts'
import {Client} from '../client/client.ts'
import type {MessageData} from '../client/events.ts'
import type {Address, AttemptContext, Options} from '../client/options.ts'
import type {SendData} from '../core/index.ts'
import {webSocketClass, type HeaderFields, type TransportOptions} from './transport.ts'

export interface NodeOptions<Credentials = any, In = any, Out = any> extends Omit<Options<In, Out>, 'WebSocket' | 'credentials'>, Omit<TransportOptions, 'headers'> {
  /**
   * Asked at `open()`, at `reconnect()` out of a rest, when a verdict says `refresh` (1008, 3000, HTTP 401 and 407), and again after
   * an attempt that got none or was not open in time. What it gives is handed to `headers`, and to the `url` and `protocols` functions.
   */
  credentials?: (context: AttemptContext) => Credentials | Promise<Credentials>
  /**
   * Sent with the handshake. A function is asked on every attempt, with what `credentials` gave last, must answer at once, and may
   * answer undefined. Default: none.
   */
  headers?: HeaderFields | ((credentials: Credentials) => HeaderFields | undefined)
  /** `closecall/node` brings its own. */
  WebSocket?: never
}

/**
 * Like `connect` of `closecall`, over `ws`: with headers and an agent, with protocol pings for the heartbeat, and with the status and
 * the `Retry-After` of a refused handshake.
 *
 * @param url as for `connect` of `closecall`
 * @throws {ClosecallError} at once for an option that can't be used (`INVALID`)
 * @example
 * const client = connect('wss://api.example.com/live', {
 *   credentials: () => fetchToken(),
 *   headers: (token) => ({authorization: `Bearer ${token}`}),
 * })
 */
export const connect = <Credentials, In = MessageData, Out = SendData>(url: Address, options: NodeOptions<Credentials, In, Out> = {}): Client<In, Out> => {
  check(options, 'options', 'an object')
  const {headers, agent, ws, credentials, WebSocket, ...others} = options
  must(WebSocket === undefined, 'WebSocket', 'left out: `closecall/node` brings its own', typeof WebSocket)
  const asked = remembering(credentials)
  return new Client(url, {
    ...others,
    credentials: asked.ask,
    WebSocket: webSocketClass({headers: typeof headers === 'function' ? () => headers(asked.last as Credentials) : headers, agent, ws}),
  })
}

/** Keeps what `ask` gave last, as the client does. */
const remembering = <T>(ask: ((context: AttemptContext) => T | Promise<T>) | undefined): {ask: typeof ask; last?: T} => {
  // Nothing to ask, or nothing that can be asked: that is for the client to say.
  if (typeof ask !== 'function') return {ask}
  let questions = 0
  const asked: {ask: typeof ask; last?: T} = {
    async ask(context) {
      const question = ++questions
      const answer = await ask(context)
      // One that came too late is dropped by the client, too.
      if (question === questions) asked.last = answer
      return answer
    },
  }
  return asked
}
