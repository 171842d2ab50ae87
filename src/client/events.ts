// What is a listener told?

import type {Message, Outcome, State, StateName} from '../core/index.ts'
import type {SchemaIssue} from './codec.ts'
import type {HistoryEntry, Pattern, Report} from './report.ts'

/** What a message listener is given, as the runtime delivers it. */
export type MessageData = any

type Named<Name extends StateName> = Extract<State, {name: Name}>

/** A message that did not simply leave. */
export interface Dropped<Out = any> extends Message<Out> {
  outcome: Outcome
  /** How many, where nothing but their number is known: the runtime held more of what `send()` handed over than is remembered. */
  messages?: number
}

/** An incoming message that is not what was expected. It reaches no `message` listener, unless it is only strange to `delivery` or `isReply`. */
export interface Invalid {
  /**
   * - `undecodable`: the codec threw
   * - `unexpected`: the schema does not allow it, or `delivery` or `isReply` can't read it
   * - `unknown-ack`: it acknowledges what nobody sent
   */
  reason: 'undecodable' | 'unexpected' | 'unknown-ack'
  /** As the runtime delivered it. Written by the server: hostile input. */
  data: MessageData
  /** What the schema says, at most 16 issues. */
  issues?: readonly SchemaIssue[]
  /** What the codec, the schema, `delivery` or `isReply` threw; an `OVERFLOW` where 10 000 messages wait for a slow schema, which is not asked about more. */
  error?: unknown
}

/** Events and what their listeners are given. */
export interface ClientEvents<In = MessageData, Out = any> {
  /** Every change of state, and every new delay. */
  state: (state: State) => void
  /** Connected, for the first time or again, and set up. The send buffer is flushed after the listeners: what they send goes first. */
  open: (state: Named<'open'>) => void
  /** The data, decoded where there is a codec, and the runtime's own event. Copied nowhere. */
  message: (data: In, event: {readonly data: MessageData}) => void
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
  /**
   * A message that had been taken is given up, or is in doubt, since its connection broke or the server answers no ping; or one was refused
   * for its size, or dropped by `buffer.overflow`. With the data as it was given to `send()` or `deliver()`; undefined where it is not kept.
   * What the caller cancelled or took is told to nobody else.
   */
  drop: (dropped: Dropped<Out>) => void
  /** No more than `highWaterMark` bytes are under way any more, and the send buffer has room. */
  drain: () => void
  /** A message could not be decoded or read, or is not allowed by the schema. Where nobody listens, a `console.warn` line says so once. */
  invalid: (invalid: Invalid) => void
  /** An extension has found what several ends have in common. Where nobody listens, a `console.warn` line says so. */
  diagnosis: (pattern: Pattern, entry: HistoryEntry) => void
}
