// How does a component hold a connection, by `$connection` or by runes?

import {createSubscriber} from 'svelte/reactivity'
import type {Codec, Schema} from '../client/codec.ts'
import type {MessageData} from '../client/events.ts'
import type {SendOptions} from '../client/options.ts'
import type {SendResult} from '../client/outbox.ts'
import {View, type ConnectionOptions, type MaybeAddress, type Snapshot} from '../client/view.ts'
import type {SendData} from '../core/index.ts'
import {isPage} from '../platform/page.ts'

/** What {@link connection} returns. Its properties are reactive where Svelte tracks them: in templates, in `$derived`, in `$effect`. */
export interface Connection<In = any, Out = any> extends Snapshot<In, Out> {
  /** The contract of a store: told the snapshot at once, and whenever it changes, with every message. @returns the function that unsubscribes */
  subscribe(run: (snapshot: Snapshot<In, Out>) => void): () => void
  /** As that of the client. `'refused'` where there is none: while nobody looks, on a server, without a URL. */
  readonly send: (data: Out, options?: SendOptions) => SendResult
}

/**
 * A connection as a store, and as an object with reactive properties: `$live.state` or `live.state`, whichever you like.
 *
 * It is open for as long as somebody looks: it connects for the first subscriber, and for the first template or effect that reads a property;
 * it closes after the last. Who takes over in the same turn keeps it. So it may be made by a component or shared in a module, and for another
 * URL it is made anew: `const live = $derived(connection(url))`. Without a URL (null or undefined) nothing is opened.
 *
 * By property, a template is updated only for what it reads; `$live` changes with every message. Several messages may come before a template is
 * updated: `onMessage` hears each.
 *
 * On a server nothing is opened, and the state is `idle`.
 *
 * @throws {ClosecallError} when it connects, what `connect` throws: for an option that can't be used (`INVALID`), or where there is no
 * WebSocket (`NO_WEBSOCKET`)
 * @example
 * const live = connection('wss://api.example.com/live')
 */
export function connection<In, Out = SendData>(url: MaybeAddress, options: ConnectionOptions<In, Out> & {schema: Schema<In>}): Connection<In, Out>
export function connection<In, Out>(url: MaybeAddress, options: ConnectionOptions<In, Out> & {codec: Codec<In, Out>}): Connection<In, Out>
export function connection<In = MessageData, Out = SendData>(url: MaybeAddress, options?: ConnectionOptions<In, Out>): Connection<In, Out>
export function connection(url: MaybeAddress, options: ConnectionOptions = {}): Connection {
  const view = new View()
  let lookers = 0
  const look = (listener: () => void): (() => void) => {
    if (!lookers && isPage()) view.start(url, options)
    lookers++
    const unsubscribe = view.subscribe(listener)
    let looks = true
    return () => {
      if (!looks) return
      looks = false
      unsubscribe()
      // One page may be left for another that looks, too.
      queueMicrotask(() => {
        if (!--lookers) view.stop()
      })
    }
  }
  const reading = <Name extends keyof Snapshot>(name: Name): (() => Snapshot[Name]) => {
    const track = createSubscriber((update) => {
      let shown: unknown
      const stop = look(() => {
        const now = view.snapshot[name]
        if (now === shown) return
        shown = now
        update()
      })
      shown = view.snapshot[name]
      return stop
    })
    return () => {
      track()
      return view.snapshot[name]
    }
  }
  const [state, retryIn, lastMessage, client] = [reading('state'), reading('retryIn'), reading('lastMessage'), reading('client')]
  return {
    get state() {
      return state()
    },
    get retryIn() {
      return retryIn()
    },
    get lastMessage() {
      return lastMessage()
    },
    get client() {
      return client()
    },
    send: view.send,
    subscribe(run) {
      const tell = (): void => run(view.snapshot)
      const stop = look(tell)
      tell()
      return stop
    },
  }
}
