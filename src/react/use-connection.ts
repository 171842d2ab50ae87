// How does a component hold a connection?

import {useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore} from 'react'
import type {Codec, Schema} from '../client/codec.ts'
import type {MessageData} from '../client/events.ts'
import {keyOf, View, type ConnectionOptions, type MaybeAddress} from '../client/view.ts'
import type {SendData} from '../core/index.ts'
import {isPage} from '../platform/page.ts'
import {tracked, type Connection} from './tracked.ts'

export type {Connection} from './tracked.ts'

/** Functions that are called as the latest render gave them. */
const handlers = ['url', 'onMessage', 'onReport', 'onOpen', 'credentials', 'classify']

const hold = (): [View, () => Connection] => {
  const view = new View()
  return [view, tracked(view)]
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
  const [[view, connection]] = useState(hold)
  const latest = useRef<Record<string, any>>({})
  const key = keyOf(url)
  // Made before the effects of children, which may send at once. React 18 warns of it on a server, where it would do nothing.
  const useMounted = isPage() ? useLayoutEffect : useEffect
  useMounted(() => void (latest.current = {...options, url}))
  useMounted(() => {
    const kept = {...latest.current}
    for (const name of handlers) if (typeof kept[name] === 'function') kept[name] = (...args: unknown[]) => latest.current[name]?.(...args)
    const {url: address, autoOpen = true, ...rest} = kept
    view.start(address, {...rest, autoOpen: autoOpen === true ? false : autoOpen})
    return () => view.stop()
  }, [key])
  // Opened in an effect of its own: StrictMode undoes a mount right after these, in the same task, but long after layout effects.
  useEffect(() => {
    const {client, state} = view.snapshot
    if (latest.current.autoOpen !== false && state.name === 'idle') client?.open()
  }, [key])
  // On a server, and when its work is taken over, nothing is connected yet: it is the same.
  return useSyncExternalStore(view.subscribe, connection, connection)
}
