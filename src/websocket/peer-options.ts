// How are the options of reconnecting-websocket and partysocket said here?

import type {Extension} from '../client/extension.ts'
import {fill, must, type Rules} from '../core/check.ts'
import type {Close, Verdict} from '../core/index.ts'
import {log} from '../platform/console.ts'
import type {WebSocketClass} from '../platform/websocket.ts'
import type {ReconnectingWebSocketOptions} from './reconnecting-websocket.ts'

/** Options of reconnecting-websocket 4.4 and of partysocket 1.3, by their names. */
export interface PeerOptions {
  WebSocket?: WebSocketClass
  /** ms. */
  maxReconnectionDelay?: number
  /** ms. */
  minReconnectionDelay?: number
  reconnectionDelayGrowFactor?: number
  /** ms. */
  minUptime?: number
  /** ms. */
  connectionTimeout?: number
  maxRetries?: number
  maxEnqueuedMessages?: number
  startClosed?: boolean
  debug?: boolean
  debugLogger?: (...words: any[]) => void
  /** Of partysocket: `false` ends it. */
  shouldReconnectOnClose?: (event: CloseEvent) => boolean
}

const delay = '0..2147483647'

const rules: Rules = {
  WebSocket: 'a function',
  maxReconnectionDelay: delay,
  minReconnectionDelay: delay,
  reconnectionDelayGrowFactor: '1..100',
  minUptime: delay,
  connectionTimeout: delay,
  maxRetries: '0..Infinity',
  maxEnqueuedMessages: '0..Infinity',
  startClosed: 'a boolean',
  debug: 'a boolean',
  debugLogger: 'a function',
  shouldReconnectOnClose: 'a function',
}

/** A server that accepts and closes must not look like a good one, ms. */
const leastUptime = 1000

/**
 * Says the options of reconnecting-websocket and partysocket by the names that they have here. What is not given has the default of
 * closecall, not theirs; docs/migration.md lists both.
 *
 * - No delay is below 1 ms, no `minUptime` below 1000.
 * - Delays are jittered, here by `backoff.jitter`: theirs were drawn once for a page, or never.
 * - `maxEnqueuedMessages` bounds messages; `buffer.maxBytes` (1 MiB) is there all the same, and what does not fit is told.
 * - `shouldReconnectOnClose` decides between an end and another try, after a 1000, too. What must stop, as 1007, stops whatever it says.
 * - `debug` logs each connection and each end in a line.
 *
 * @throws {ClosecallError} one sentence for an option that there is not, or that can't be used (`INVALID`)
 * @example
 * new ReconnectingWebSocket(url, [], fromReconnectingWebSocket({maxRetries: 10, connectionTimeout: 5000}))
 */
export const fromReconnectingWebSocket = (options: PeerOptions): ReconnectingWebSocketOptions => {
  const given = fill<PeerOptions>('options', {}, rules, options)
  const {WebSocket, minReconnectionDelay, maxReconnectionDelay, reconnectionDelayGrowFactor: factor, minUptime, connectionTimeout, maxRetries: maxAttempts, maxEnqueuedMessages, startClosed, shouldReconnectOnClose} = given
  const least = minReconnectionDelay === undefined ? undefined : Math.max(1, minReconnectionDelay)
  const most = maxReconnectionDelay === undefined ? undefined : Math.max(1, maxReconnectionDelay)
  must(least === undefined || most === undefined || most >= least, 'maxReconnectionDelay', `at least \`minReconnectionDelay\` (${least})`, most)
  const write = given.debugLogger ?? log
  const backoff = {
    // One that was given bounds the default of the other.
    ...((least ?? most) !== undefined && {initialDelay: least ?? Math.min(most!, 1000), maxDelay: most ?? Math.max(least!, 30_000)}),
    ...(factor !== undefined && {factor}),
    ...(maxAttempts !== undefined && {maxAttempts}),
  }
  return {
    ...(WebSocket && {WebSocket}),
    ...(Object.keys(backoff).length && {backoff}),
    ...(minUptime !== undefined && {stableAfter: Math.max(leastUptime, minUptime)}),
    ...(connectionTimeout !== undefined && {connectTimeout: Math.max(1, connectionTimeout)}),
    ...(maxEnqueuedMessages !== undefined && {buffer: {maxMessages: maxEnqueuedMessages}}),
    ...(startClosed !== undefined && {startClosed}),
    ...(shouldReconnectOnClose && {classify: (close: Close, _: unknown, suggested: Verdict) => decided(suggested, shouldReconnectOnClose(close as unknown as CloseEvent))}),
    ...(given.debug && {extensions: [logging(write)]}),
  }
}

const decided = (suggested: Verdict, reconnects: boolean): Verdict | undefined =>
  suggested.action === 'stop' ? undefined
  : !reconnects ? {...suggested, action: 'end'}
  : suggested.action === 'end' ? {...suggested, action: 'retry'}
  : undefined

const logging =
  (write: (line: string) => void): Extension =>
  () => ({
    opened: () => write('closecall: open'),
    settled: ({explanation}) => void write(`closecall: ${explanation}`),
  })
