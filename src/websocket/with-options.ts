// How is a class made for a library that makes the sockets by itself?

import {checkCount, checkDropIn, ReconnectingWebSocket, type ReconnectingWebSocketOptions} from './reconnecting-websocket.ts'

/** What libraries expect of a WebSocket class. More arguments, such as the options of `ws`, are left alone. */
export type ReconnectingWebSocketClass = Omit<typeof ReconnectingWebSocket, 'prototype'> & {
  new (url: string | URL, protocols?: string | readonly string[], ...others: unknown[]): ReconnectingWebSocket
  readonly prototype: ReconnectingWebSocket
}

/**
 * A class whose sockets all have these options, for a library that takes a class and calls `new Class(url, protocols)`.
 *
 * Whether `reconnect: false` belongs among them depends on the library: one that opens a new socket after each close needs it, and would
 * otherwise leave sockets behind that come back without it. Budgets of verdicts count on one socket: with one each, none is ever spent.
 *
 * Further arguments are left alone. For the headers that a library would pass in Node, give `webSocketClass({headers})` of `closecall/node`
 * as `WebSocket`.
 *
 * @throws {ClosecallError} at once for an option that can't be used (`INVALID`)
 * @example
 * import {createClient} from 'graphql-ws'
 * createClient({url, webSocketImpl: withOptions({reconnect: false})})
 */
export const withOptions = (options: ReconnectingWebSocketOptions): ReconnectingWebSocketClass => {
  checkDropIn(options)
  const chosen = {...options}
  return class WebSocket extends ReconnectingWebSocket {
    constructor(url: string | URL, protocols?: string | readonly string[]) {
      checkCount(arguments.length)
      super(url, protocols, chosen)
    }
  }
}
