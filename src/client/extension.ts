// What can be added to a client, as a value from a subpath or of one's own? This is the whole contract.

import type {Close, Failure, FrameEvidence, RetryHint, State} from '../core/index.ts'
import type {Clock} from '../platform/clock.ts'
import type {HistoryEntry, Pattern} from './report.ts'

/**
 * Something that not every page needs. Called once for each client; what it returns is asked from then on.
 *
 * @example const log: Extension = () => ({settled: ({explanation}) => console.info(explanation)})
 */
export type Extension = (host: ExtensionHost) => ExtensionHooks

/** What an extension may use. */
export interface ExtensionHost {
  readonly clock: Clock
  /** Like `Math.random`. */
  readonly random: () => number
}

/**
 * What an extension is asked, and told. All of it is optional, and an exception in any of it is reported as an uncaught error
 * and counts as no answer. Several are asked in the order of the `extensions` option: the first delay is waited for, later
 * findings go before earlier ones.
 */
export interface ExtensionHooks {
  /**
   * Before each attempt, once its URL is known.
   *
   * @returns how long to wait before asking again, ms; 0 or nothing: go ahead
   */
  admit?: (url: string) => number | void

  /** A connection is open. */
  opened?: (url: string) => void

  /** A message arrived, a heartbeat's reply included. On the hot path: make it quick. */
  received?: () => void

  /**
   * An attempt failed before it was open, and the runtime did not say why. The client waits for the answer, but no longer than
   * `connectTimeout`.
   *
   * @param signal aborted when the answer is not wanted any more
   * @returns what could be learned, e.g. an HTTP status, which is then judged as if the handshake had shown it
   */
  investigate?: (close: Close, url: string, signal: AbortSignal) => Promise<Failure | void>

  /**
   * A connection or an attempt ended, and the client has decided what to do.
   *
   * @returns the pattern that this end completes, if it does; it goes into the history and to `on('diagnosis')`
   */
  settled?: (entry: HistoryEntry, end: End) => Pattern | void
}

/** What is known of an end beyond its history entry. */
export interface End {
  /** Query and all: don't show it. */
  url: string
  /** Which of the addresses it was, 0 first. */
  endpoint: number
  /** What the client does now. */
  state: State
  /** When the server said to come back, as far as it did: in the reason, in `Retry-After`, or in a message of its own. */
  hint: RetryHint | undefined
  /** When something was sent last on this connection, a heartbeat included, ms since 1970. */
  sentAt: number | undefined
  /** What was sent last on this connection, examined; oldest first. */
  frames: () => FrameEvidence[]
}
