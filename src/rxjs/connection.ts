// How does one subscribe to a connection?

import {distinctUntilChanged, Observable, share} from 'rxjs'
import type {Client} from '../client/client.ts'
import type {Codec, Schema} from '../client/codec.ts'
import type {MessageData} from '../client/events.ts'
import type {Address, Options, SendOptions} from '../client/options.ts'
import type {SendResult} from '../client/outbox.ts'
import {View, type Snapshot} from '../client/view.ts'
import {stopped, takes} from '../client/waiting.ts'
import {ClosecallError} from '../core/errors.ts'
import type {SendData, State} from '../core/index.ts'

/** What {@link connection} returns: an observable of messages, with a way back. */
export interface Connection<In = any, Out = any> extends Observable<In> {
  /** Where the client stands, at once and whenever it changes; `idle` where there is none. Opens nothing, never ends. What it says of a close is the server's words: text, not HTML. */
  readonly state$: Observable<State>
  /**
   * Time left until the next attempt, ms, at once and whenever it changes; undefined where none is due. It changes once a second, as whole
   * seconds go by, and 0 is the last: show `Math.ceil(retryIn / 1000)`. Opens nothing, never ends.
   */
  readonly retryIn$: Observable<number | undefined>
  /** The client itself, for all else: `deliver()`, `on()`, `reconnect()`, `stats`. Undefined before the first subscriber, and after the last has left. */
  readonly client: Client<In, Out> | undefined
  /** As that of the client. `'refused'` where there is none. */
  readonly send: (data: Out, options?: SendOptions) => SendResult
  /**
   * Sends, for a source that is subscribed to with this. Nobody sees what that returns, so what is refused is thrown, and RxJS reports it.
   *
   * @throws {ClosecallError} where there is no client, or it has stopped (`CLOSED`, `FAILED`), or took no more (`OVERFLOW`); and what `send()` throws
   */
  readonly next: (data: Out) => void
  /** Closes; subscribers complete when that is done. */
  readonly complete: () => void
}

/**
 * An observable of messages, over all reconnections. It connects for the first subscriber; all share one connection; it closes when the last has
 * unsubscribed. Subscribing anew after that, or after an end, connects anew.
 *
 * It errors with a `ClosecallError` (`FAILED`, with `close` and `verdict`) when the client fails, as after a 1007, and completes when it is closed,
 * by `complete()`, by `client.close()`, or by a server that says that all is done (1000). Whatever is mended by another connection is neither:
 * `state$` tells of it. What `connect` throws comes as an error, too.
 *
 * A WebSocket can't be told to wait: each message is told as it comes.
 *
 * @example
 * const live = connection('wss://api.example.com/live')
 * live.subscribe((message) => console.log(message))
 */
export function connection<In, Out = SendData>(url: Address, options: Options<In, Out> & {schema: Schema<In>}): Connection<In, Out>
export function connection<In, Out>(url: Address, options: Options<In, Out> & {codec: Codec<In, Out>}): Connection<In, Out>
export function connection<In = MessageData, Out = SendData>(url: Address, options?: Options<In, Out>): Connection<In, Out>
export function connection(url: Address, options: Options = {}): Connection {
  const view = new View()
  const messages = new Observable<any>((subscriber) => {
    view.start(url, {...options, onMessage: (data) => subscriber.next(data)})
    const client = view.snapshot.client!
    const look = (): void => {
      const {state} = client
      if (state.name === 'closed') subscriber.complete()
      if (state.name === 'failed') subscriber.error(stopped(state))
    }
    client.on('closed', look)
    client.on('failed', look)
    look()
    return () => {
      // An end of its own stays to be seen.
      if (takes(client.state)) view.stop()
    }
  })
  const shown = <Name extends keyof Snapshot>(name: Name): Observable<Snapshot[Name]> =>
    new Observable<Snapshot[Name]>((subscriber) => {
      const tell = (): void => subscriber.next(view.snapshot[name])
      const unsubscribe = view.subscribe(tell)
      tell()
      return unsubscribe
    }).pipe(distinctUntilChanged())
  const next = (data: unknown): void => {
    if (view.send(data) !== 'refused') return
    const {client} = view.snapshot
    if (!client) throw new ClosecallError('CLOSED', 'a message was refused: nobody is subscribed, so there is no connection')
    throw takes(client.state) ? new ClosecallError('OVERFLOW', 'a message was refused: it is too big, or the send buffer is full') : stopped(client.state)
  }
  return Object.defineProperty(Object.assign(messages.pipe(share()), {state$: shown('state'), retryIn$: shown('retryIn'), send: view.send, next, complete: () => view.snapshot.client?.close()}), 'client', {
    get: () => view.snapshot.client,
  }) as Connection
}
