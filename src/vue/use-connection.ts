// How does a component, or any effect scope, hold a connection?

import {getCurrentInstance, onBeforeMount, onMounted, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter, type ShallowRef} from 'vue'
import type {Client} from '../client/client.ts'
import type {Codec, Schema} from '../client/codec.ts'
import type {MessageData} from '../client/events.ts'
import type {SendOptions} from '../client/options.ts'
import type {SendResult} from '../client/outbox.ts'
import {keyOf, View, type ConnectionOptions, type MaybeAddress, type Snapshot} from '../client/view.ts'
import type {SendData, State} from '../core/index.ts'

/** What {@link useConnection} returns. The refs are shallow, and not to be written to. */
export interface Connection<In = any, Out = any> {
  /** Where the client stands: `idle` where there is none. What it says of a close is the server's words; show it as text, never with `v-html`. */
  readonly state: Readonly<ShallowRef<State>>
  /**
   * Time left until the next attempt, ms; undefined where none is due. It changes once a second, as whole seconds go by, and 0 is the
   * last: show `Math.ceil(retryIn / 1000)`.
   */
  readonly retryIn: Readonly<ShallowRef<number | undefined>>
  /** Undefined before the first of this client. Watchers run once for several, and not for one that equals the last: `onMessage` hears each. */
  readonly lastMessage: Readonly<ShallowRef<In | undefined>>
  /** The client itself, for all else: `deliver()`, `on()`, `reconnect()`, `stats`. Undefined where there is none. */
  readonly client: Readonly<ShallowRef<Client<In, Out> | undefined>>
  /**
   * As that of the client. `'refused'` where there is no client: in `setup` itself, after the scope is disposed of, without a URL. The
   * `mounted` hooks find one, those of children, too.
   */
  readonly send: (data: Out, options?: SendOptions) => SendResult
}

/**
 * Connects before the component is mounted, and closes when it is unmounted, or the effect scope is disposed of. In a scope outside any
 * component it connects at once.
 *
 * **The URL** may be a ref or a getter: another one closes the connection and opens a new one; null or undefined closes it. An address that
 * is to be asked for on every attempt is a function that the getter returns; it never counts as another URL.
 *
 * **The options** are read when it connects: on mount, and when the URL changes.
 *
 * While a component is rendered on a server nothing is opened, and the state is `idle`; in the page it stays so until the component is
 * mounted, to fit what the server rendered.
 *
 * @throws {ClosecallError} when it connects, what `connect` throws: for an option that can't be used (`INVALID`), or where there is no
 * WebSocket (`NO_WEBSOCKET`)
 * @example
 * const {state, retryIn, lastMessage, send} = useConnection(() => `wss://api.example.com/rooms/${props.room}`)
 */
export function useConnection<In, Out = SendData>(url: MaybeRefOrGetter<MaybeAddress>, options: ConnectionOptions<In, Out> & {schema: Schema<In>}): Connection<In, Out>
export function useConnection<In, Out>(url: MaybeRefOrGetter<MaybeAddress>, options: ConnectionOptions<In, Out> & {codec: Codec<In, Out>}): Connection<In, Out>
export function useConnection<In = MessageData, Out = SendData>(url: MaybeRefOrGetter<MaybeAddress>, options?: ConnectionOptions<In, Out>): Connection<In, Out>
export function useConnection(url: MaybeRefOrGetter<MaybeAddress>, options: ConnectionOptions = {}): Connection {
  const view = new View()
  const {snapshot} = view
  const state = shallowRef(snapshot.state)
  const retryIn = shallowRef(snapshot.retryIn)
  const lastMessage = shallowRef(snapshot.lastMessage)
  const client = shallowRef(snapshot.client)
  const refs = {state, retryIn, lastMessage, client}
  const show = (): void => void Object.entries(view.snapshot).forEach(([name, value]) => (refs[name as keyof Snapshot].value = value))
  const connect = (): void => view.start(toValue(url), options)
  const look = (): void => {
    view.subscribe(show)
    show()
  }
  // Does nothing on a server.
  watch(() => keyOf(toValue(url)), connect)
  const instance = getCurrentInstance()
  if (instance && !instance.isMounted) {
    onBeforeMount(connect)
    onMounted(look)
  } else {
    connect()
    look()
  }
  onScopeDispose(() => view.stop())
  return {...refs, send: view.send}
}
