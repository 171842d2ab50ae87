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
  readonly credentials: unknown
  /** Aborted when the session is over. */
  readonly signal: AbortSignal

  /**
   * Sends at once, before all that waits. It belongs to this connection: it is never sent again.
   *
   * @throws {ClosecallError} when the session is over (`CLOSED`), and for what can't be sent (`INVALID`, `LINT`)
   */
  send(data: Out, options?: {binary?: boolean}): void

  /**
   * The first message since the connection opened that no `receive()` was given, or the first of those that is meant: it may have come
   * before it was asked for. The newest 1000 are kept. Who waits at the same time is given the same. Listeners are told of it, too.
   *
   * @returns a promise that rejects when the session is over (`CLOSED`), or with what `accepts` throws
   */
  receive<Meant extends In>(accepts: (data: In) => data is Meant): Promise<Meant>
  receive(accepts?: (data: In) => boolean): Promise<In>
}

/** What the client lends for it. */
interface Line<In, Out> {
  write(data: Out, options?: {binary?: boolean}): void
  /** @returns the function that unsubscribes */
  listen(listener: (data: In) => void): () => void
}

type Facts = Pick<Session, 'url' | 'protocol' | 'attempt' | 'credentials'>

/** Messages that wait for a `receive()`. */
const mostKept = 1000

/** @returns the session, and how to end it: what is asked of it then is answered with this reason */
export const sessionOf = <In, Out>(facts: Facts, {write, listen}: Line<In, Out>): {session: Session<In, Out>; end: (reason: string) => void} => {
  const controller = new AbortController()
  /** Older polyfills of AbortSignal know no reason. */
  let ended: ClosecallError | undefined
  // Several may come at once, before who received the first can ask for the second.
  const kept: In[] = []
  /** Who waits: takes the message, if it is the one that is meant; and ends without. */
  const waiting = new Map<(data: In) => boolean, (reason: unknown) => void>()
  const off = listen((data) => {
    const taken = [...waiting.keys()].filter((offer) => offer(data))
    if (!taken.length && kept.push(data) > mostKept) kept.shift()
  })
  const check = (): void => {
    if (ended) throw ended
  }
  const end = (reason: string): void => {
    if (ended) return
    ended = new ClosecallError('CLOSED', reason)
    off()
    for (const reject of waiting.values()) reject(ended)
    controller.abort(ended)
  }
  const session: Session<In, Out> = {
    ...facts,
    signal: controller.signal,
    send(data, options) {
      check()
      write(data, options)
    },
    receive(accepts?: (data: In) => boolean) {
      const received = new Promise<any>((resolve, reject) => {
        check()
        const offer = (data: In): boolean => {
          try {
            if (accepts && !accepts(data)) return false
            resolve(data)
          } catch (error) {
            reject(error)
          }
          waiting.delete(offer)
          return true
        }
        const index = kept.findIndex(offer)
        if (index < 0) waiting.set(offer, reject)
        else kept.splice(index, 1)
      })
      // Who stopped waiting for it need not handle its end.
      received.catch(() => {})
      return received
    },
  }
  return {session, end}
}
