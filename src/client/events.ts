// What is a listener told?

import type {State, StateName} from '../core/index.ts'
import type {HistoryEntry, Pattern, Report} from './report.ts'

/** What a message listener is given, as the runtime delivers it. */
export type MessageData = any

type Named<Name extends StateName> = Extract<State, {name: Name}>

/** Events and what their listeners are given. */
export interface ClientEvents {
  /** Every change of state, and every new delay. */
  state: (state: State) => void
  /** Connected, for the first time or again. The send buffer is flushed after the listeners: what they send goes first. */
  open: (state: Named<'open'>) => void
  /** The data, and the runtime's own event. Copied nowhere. */
  message: (data: MessageData, event: {readonly data: MessageData}) => void
  /** A connection or an attempt ended. */
  close: (entry: HistoryEntry) => void
  /** Another attempt is due at `retryAt`. */
  retry: (state: Named<'backoff'>) => void
  /** Waiting for the network, for the page to be back, or for others: see `why`. */
  suspended: (state: Named<'suspended'>) => void
  /** The end that the caller or the server wished for. */
  closed: (state: Named<'closed'>) => void
  /** The end that code or configuration must answer for. */
  failed: (state: Named<'failed'>) => void
  report: (report: Report) => void
  /** An extension has found what several ends have in common. Where nobody listens, a `console.warn` line says so. */
  diagnosis: (pattern: Pattern, entry: HistoryEntry) => void
}
