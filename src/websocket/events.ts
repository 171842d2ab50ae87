// What is a listener of the drop-in given, where the runtime has no event to hand on?

import type {HistoryEntry} from '../client/report.ts'
import type {Verdict} from '../core/index.ts'

/** What an `error` and a `close` event say of what comes of it. */
export interface Consequence {
  /** Whether that was the end. If not, the socket is CONNECTING again. */
  readonly final: boolean
  /** What the code means, and what was done about it. Absent where nobody closed anything: `close()` was called before there was a connection. */
  readonly verdict?: Verdict
  /** One line for a log: what happened, and what the socket did about it. Holds the server's words as a JSON string; escape it for HTML. */
  readonly explanation?: string
}

export interface ReconnectingErrorEvent extends Event, Consequence {}

export interface ReconnectingCloseEvent extends CloseEvent, Consequence {}

/** The events of a socket, by name. */
export interface ReconnectingWebSocketEvents {
  open: Event
  message: MessageEvent
  error: ReconnectingErrorEvent
  close: ReconnectingCloseEvent
}

const consequenceOf = (entry: HistoryEntry | undefined, final: boolean): Consequence => ({final, ...(entry && {verdict: entry.verdict, explanation: entry.explanation})})

/** Before each close that is not clean. */
export const errorEvent = (entry: HistoryEntry | undefined, final: boolean): ReconnectingErrorEvent => Object.assign(new Event('error'), consequenceOf(entry, final))

/** @param entry absent where there was no connection to close: the standard has 1006 for that */
export const closeEvent = (entry: HistoryEntry | undefined, final: boolean): ReconnectingCloseEvent => {
  const {code = 1006, reason = '', wasClean = false} = entry?.close ?? {}
  // Node has the class from version 23 on.
  const event = globalThis.CloseEvent ? new CloseEvent('close', {code, reason, wasClean}) : Object.assign(new Event('close'), {code, reason, wasClean})
  return Object.assign(event, consequenceOf(entry, final)) as ReconnectingCloseEvent
}

/** Where the message is not what came: a codec has read it. */
export const messageEvent = (data: unknown, origin: string): MessageEvent => new MessageEvent('message', {data, origin})
