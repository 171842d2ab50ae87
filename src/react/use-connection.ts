// How does a component hold a connection?

import {useEffect, useLayoutEffect, useState, useSyncExternalStore} from 'react'
import type {Codec, Schema} from '../client/codec.ts'
import type {MessageData} from '../client/events.ts'
import {keyOf, View, type ConnectionOptions, type MaybeAddress} from '../client/view.ts'
import type {SendData} from '../core/index.ts'
import {isPage} from '../platform/page.ts'
import {tracked, type Connection} from './tracked.ts'

export type {Connection} from './tracked.ts'

/** Handlers that are called as the latest render gave them. */
const handlers = ['onMessage', 'onReport', 'onOpen', 'credentials', 'classify'] as const

interface Given {
  url: MaybeAddress
  options: ConnectionOptions
}

const hold = () => {
  const view = new View()
  const snapshot = tracked(view)
  let given: Given
  const first = snapshot()
  return {
    snapshot,
    subscribe: view.subscribe,
    /** On the server, and for the first render over what it made: nothing is connected. */
    onServer: () => first,
    render(now: Given): void {
      given = now
    },
    connect(): () => void {
      const {url, options} = given
      const kept: Record<string, unknown> = {...options}
      for (const name of handlers) if (kept[name]) kept[name] = (...args: unknown[]) => (given.options[name] as ((...args: unknown[]) => unknown) | undefined)?.(...args)
      view.start(typeof url === 'function' ? (context) => (given.url as typeof url)(context) : url, kept)
      return () => view.stop()
    },
  }
}

/**
 * Connects when the component is mounted, closes when it is unmounted, and renders again when something changes that was read of what it
 * returns: a component that does not read `lastMessage` is not rendered for messages, nor for the countdown without `retryIn`.
 *
 * **The URL**: another one closes the connection and opens a new one; null or undefined closes it. A function is asked on every attempt, as
 * the latest render gave it, and never counts as another URL.
 *
 * **The options** may be written inline. `onMessage`, `onReport`, `onOpen`, `credentials` and `classify` are called as the latest render gave
 * them, if there was one when it connected. All others are read when it connects: on mount, and when the URL changes.
 *
 * **Messages**: `onMessage` hears each, also those that come faster than React renders; so does `client.on('message', …)` in an effect.
 *
 * On a server nothing is opened: the state is `idle`. In StrictMode no socket is opened for the mount that is undone.
 *
 * @throws {ClosecallError} on mount, to the nearest error boundary, what `connect` throws: for an option that can't be used (`INVALID`), or
 * where there is no WebSocket (`NO_WEBSOCKET`)
 * @example
 * const {state, retryIn, lastMessage, send} = useConnection('wss://api.example.com/live')
 */
export function useConnection<In, Out = SendData>(url: MaybeAddress, options: ConnectionOptions<In, Out> & {schema: Schema<In>}): Connection<In, Out>
export function useConnection<In, Out>(url: MaybeAddress, options: ConnectionOptions<In, Out> & {codec: Codec<In, Out>}): Connection<In, Out>
export function useConnection<In = MessageData, Out = SendData>(url: MaybeAddress, options?: ConnectionOptions<In, Out>): Connection<In, Out>
export function useConnection(url: MaybeAddress, options: ConnectionOptions = {}): Connection {
  const [held] = useState(hold)
  // Before the effects of children, which may send at once. React 18 warns of it on a server, where it would do nothing.
  const useMounted = isPage() ? useLayoutEffect : useEffect
  useMounted(() => held.render({url, options}))
  useMounted(held.connect, [keyOf(url)])
  return useSyncExternalStore(held.subscribe, held.snapshot, held.onServer)
}
