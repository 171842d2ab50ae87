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
    const own: Record<string, unknown> = {...snapshot}
    shown = own as never
    const connection = {send: view.send}
    // Own and enumerable, so that a spread has them, too.
    for (const name of Object.keys(snapshot) as (keyof Snapshot)[]) {
      const get = (): unknown => {
        // What nobody read was not kept up to date. From now on it stays, for this object, as it is read first.
        if (!read.has(name)) own[name] = view.snapshot[name]
        read.add(name)
        return own[name]
      }
      Object.defineProperty(connection, name, {get, enumerable: true})
    }
    return connection as Connection<In, Out>
  }
  let connection = connectionOf(view.snapshot)
  return () => {
    const {snapshot} = view
    if ([...read].some((name) => snapshot[name] !== shown[name])) connection = connectionOf(snapshot)
    return connection
  }
}
