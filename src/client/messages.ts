// How are messages read one after the other?

import {fill, type Rules} from '../core/check.ts'
import {ClosecallError} from '../core/errors.ts'
import type {State} from '../core/index.ts'
import {Fifo} from '../core/fifo.ts'
import {stopped} from './waiting.ts'

/** How many messages an iterator keeps for a reader that is slower than the server: a WebSocket can't be told to wait. */
export interface InboxOptions {
  /** Default 10 000. */
  maxMessages?: number
  /**
   * What happens to one more. `'fail'` (default): after those that are kept, `next()` rejects with a {@link ClosecallError} (`OVERFLOW`), so
   * that no gap goes unnoticed. `'drop-oldest'` keeps up with what is new, `'drop-newest'` with what is old.
   */
  overflow?: 'fail' | 'drop-oldest' | 'drop-newest'
}

const defaults: Required<InboxOptions> = {maxMessages: 10_000, overflow: 'fail'}
export const inboxRules: Rules = {maxMessages: '1..Infinity', overflow: 'fail or drop-oldest or drop-newest'}

/** What is read from: a client. */
interface Source {
  readonly state: State
  on(name: 'message' | 'state', listener: (value: any) => void): () => void
}

/** Messages from now on. Ends when the client is closed; when it has failed, `next()` rejects once. */
export const messagesOf = <Data>(client: Source, options: InboxOptions): AsyncIterableIterator<Data, undefined> => {
  const {maxMessages, overflow} = fill('options', defaults, inboxRules, options)
  type Result = IteratorResult<Data, undefined>
  const done: Result = {done: true, value: undefined}
  let inbox = new Fifo<Data>()
  const asked = new Fifo<(result: Result | Promise<Result>) => void>()
  /** Nothing more will come. */
  let isOver = false
  /** Why, where that is to be told: once, after what is in the inbox. */
  let failure: Error | undefined
  const end = (error?: Error): void => {
    if (!isOver) failure = error
    isOver = true
    for (const unsubscribe of subscriptions) unsubscribe()
  }
  const next = (): Result | Promise<Result> => {
    if (inbox.length) return {done: false, value: inbox.shift()!}
    const error = failure
    failure = undefined
    return error ? Promise.reject(error) : done
  }
  const serve = (): void => {
    const {state} = client
    if (state.name === 'closed') end()
    if (state.name === 'failed') end(stopped(state))
    while (asked.length && (inbox.length || isOver)) asked.shift()!(next())
  }
  const take = (data: Data): void => {
    if (inbox.length >= maxMessages && overflow === 'drop-oldest') inbox.shift()
    if (inbox.length < maxMessages) inbox.push(data)
    else if (overflow === 'fail') end(new ClosecallError('OVERFLOW', `${maxMessages} messages wait, and nobody reads them`))
    serve()
  }
  const subscriptions = [client.on('message', take), client.on('state', serve)]
  const iterator: AsyncIterableIterator<Data, undefined> = {
    next: () =>
      new Promise((resolve) => {
        asked.push(resolve)
        serve()
      }),
    return: async () => {
      inbox = new Fifo()
      end()
      failure = undefined
      serve()
      return done
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
