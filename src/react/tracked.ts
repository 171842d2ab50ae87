// What of a connection does a component read? Only that draws it again when it changes.

import type {SendOptions} from '../client/options.ts'
import type {SendResult} from '../client/outbox.ts'
import type {Snapshot, View} from '../client/view.ts'

/** What {@link useConnection} returns: plain to destructure; another object when something changed that was read. */
export interface Connection<In = any, Out = any> extends Snapshot<In, Out> {
  /**
   * As that of the client; the same function on every render. `'refused'` where there is no client: before the component is mounted, after
   * it is unmounted, without a URL. The effects of children find one.
   */
  readonly send: (data: Out, options?: SendOptions) => SendResult
}

/** @returns the connection as it stands; the same object until something changes that was read */
export const tracked = <In, Out>(view: View<In, Out>): (() => Connection<In, Out>) => {
  const read = new Set<keyof Snapshot>()
  let shown: Snapshot<In, Out>
  const connectionOf = (snapshot: Snapshot<In, Out>): Connection<In, Out> => {
    const own = (shown = {...snapshot})
    const get = <Name extends keyof Snapshot>(name: Name): Snapshot<In, Out>[Name] => {
      // What nobody read was not kept up to date. From now on it stays, for this object, as it is read first.
      if (!read.has(name)) own[name] = view.snapshot[name]
      read.add(name)
      return own[name]
    }
    // Own and enumerable, so that a spread has them, too.
    return {
      send: view.send,
      get state() {
        return get('state')
      },
      get retryIn() {
        return get('retryIn')
      },
      get lastMessage() {
        return get('lastMessage')
      },
      get client() {
        return get('client')
      },
    }
  }
  let connection = connectionOf(view.snapshot)
  return () => {
    const {snapshot} = view
    if ([...read].some((name) => snapshot[name] !== shown[name])) connection = connectionOf(snapshot)
    return connection
  }
}
