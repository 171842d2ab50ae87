// What may be done with a connection before anybody else uses it?

import {ClosecallError} from '../core/errors.ts'
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

/** What the client lends for it. */
interface Line<In, Out> {
  write(data: Out, options?: {binary?: boolean}): void
  /** @returns the function that unsubscribes */
  listen(listener: (data: In) => void): () => void
}

type Facts = Pick<Session, 'url' | 'protocol' | 'attempt' | 'credentials' | 'signal'>

export const sessionOf = <In, Out>(facts: Facts, {write, listen}: Line<In, Out>): Session<In, Out> => {
  const {signal} = facts
  // Older polyfills of AbortSignal know no reason.
  const reason = (): unknown => signal.reason ?? new ClosecallError('CLOSED', 'the connection is over')
  const check = (): void => {
    if (signal.aborted) throw reason()
  }
  return {
    ...facts,
    send(data, options) {
      check()
      write(data, options)
    },
    receive(accepts) {
      const received = new Promise<In>((resolve, reject) => {
        check()
        const end = (settle: () => void): void => {
          off()
          signal.removeEventListener('abort', stop)
          settle()
        }
        const stop = (): void => end(() => reject(reason()))
        const off = listen((data) => {
          try {
            if (!accepts || accepts(data)) end(() => resolve(data))
          } catch (error) {
            end(() => reject(error))
          }
        })
        signal.addEventListener('abort', stop)
      })
      // Who stopped waiting for it need not handle its end.
      received.catch(() => {})
      return received
    },
  }
}
