// How does a client become a pair of WHATWG streams?

import {check, fill, must, type Rules} from '../core/check.ts'
import {inboxRules, type InboxOptions} from '../client/messages.ts'
import {incoming} from './readable.ts'
import {outgoing} from './writable.ts'
import type {Streamed} from './streamed.ts'

export type {Streamed} from './streamed.ts'

/** See {@link streams}. `maxMessages` and `overflow` bound what waits for a reader. */
export interface StreamsOptions extends InboxOptions {
  /** `true`: the client stays open when the writable end is closed or aborted. Default `false`. */
  preventClose?: boolean
}

export interface Streams<In = any, Out = any> {
  /** Incoming messages from now on. */
  readonly readable: ReadableStream<In>
  /** Each chunk is one message. */
  readonly writable: WritableStream<Out>
}

const rules: Rules = {preventClose: 'a boolean', ...inboxRules}

/**
 * Makes streams of a client, over all its reconnections.
 *
 * **`writable`** sends each chunk as one message, by `deliver()`. It takes the next one when no more than `highWaterMark` bytes are under way and the
 * send buffer has room; a chunk for which there is none waits, while the client is down as well, and is never dropped for that. `close()`
 * resolves when every chunk has left (with `delivery`: is acknowledged) and the client is closed. `abort()` takes back what can still be
 * taken back, and closes the client. It errors when the client fails or is closed, when a chunk can't be sent, and when one is given up (`ttl`,
 * `drop-oldest`, 1009): a stream has no gaps that nobody knows of. But for one: what was on its way when a connection broke is in doubt, which
 * `drop` tells, unless the client has `delivery`.
 *
 * **`readable`** has every message since this call. A WebSocket can't be told to wait, so those that are not read yet are kept: at most
 * `maxMessages`; what happens to one more, `overflow` says. It closes when the client is closed, and errors when it fails, after what was
 * received before. `cancel()` stops listening and closes nothing: cancel it at once if nobody will read it.
 *
 * @throws {ClosecallError} one sentence for an option that can't be used, or where the runtime has no streams (`INVALID`)
 * @example
 * import {streams} from 'closecall/streams'
 * const {readable, writable} = streams(client)
 * await file.stream().pipeTo(writable)
 */
export const streams = <In = any, Out = any>(client: Streamed<In, Out>, options: StreamsOptions = {}): Streams<In, Out> => {
  check(client, 'client', 'an object')
  must(typeof client.deliver === 'function' && typeof client.messages === 'function', 'client', 'a Client', client)
  const {preventClose, ...inbox} = fill<StreamsOptions>('options', {preventClose: false}, rules, options)
  for (const name of ['ReadableStream', 'WritableStream'] as const) must(typeof globalThis[name] === 'function', name, 'in this runtime', typeof globalThis[name])
  return {readable: incoming(client, inbox), writable: outgoing(client, !preventClose)}
}
