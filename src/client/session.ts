// What may be done with a connection before anybody else uses it?

import type {MessageData} from './events.ts'

/** A connection that is being set up: what `onOpen` is given. Over when `onOpen` is done, or the connection lost. */
export interface Session<In = MessageData, Out = any> {
  readonly url: string
  /** Subprotocol that the server chose, or `''`. */
  readonly protocol: string
  /** Retries since the last stable connection; 0 for the first. */
  readonly attempt: number
  /** What the `credentials` option gave last. */
  readonly credentials: any
  /** Aborted when the connection is lost, or takes too long. */
  readonly signal: AbortSignal

  /**
   * Sends at once, before all that waits. It belongs to this connection: it is never sent again.
   *
   * @throws {ClosecallError} when the session is over (`CLOSED`), and for what can't be sent (`INVALID`)
   */
  send(data: Out, options?: {binary?: boolean}): void

  /**
   * The next message, or the next that is meant. Listeners are told of it, too.
   *
   * @returns a promise that rejects when the session is over (`CLOSED`), or with what `accepts` throws
   */
  receive(accepts?: (data: In) => boolean): Promise<In>
}
