// How are messages read one after the other?

import type {State} from '../core/index.ts'
import type {MessageData} from './events.ts'

/** What is read from: a client. */
interface Source {
  readonly state: State
  on(name: 'message' | 'state', listener: (value: any) => void): () => void
}

type Result = IteratorResult<MessageData, undefined>

const done: Result = {done: true, value: undefined}

/**
 * Messages from now on. Ends when the client is closed.
 *
 * @param stopped what `next()` rejects with, once, when the client has failed
 */
export const messagesOf = (client: Source, stopped: (state: State) => Error): AsyncIterator<MessageData, undefined> => {
  const inbox: MessageData[] = []
  const asked: ((result: Result | Promise<Result>) => void)[] = []
  /** What `next()` gets once the inbox is empty and nothing more will come. */
  let last: (() => Result | Promise<Result>) | undefined
  const end = (how: () => Result | Promise<Result>): void => {
    last ??= how
    for (const unsubscribe of subscriptions) unsubscribe()
  }
  const serve = (): void => {
    const {state} = client
    if (state.name === 'closed') end(() => done)
    if (state.name === 'failed') {
      end(() => {
        last = () => done
        return Promise.reject(stopped(state))
      })
    }
    while (asked.length && (inbox.length || last)) asked.shift()!(inbox.length ? {done: false, value: inbox.shift()} : last!())
  }
  const take = (data: MessageData): void => {
    inbox.push(data)
    serve()
  }
  const subscriptions = [client.on('message', take), client.on('state', serve)]
  return {
    next: () =>
      new Promise((resolve) => {
        asked.push(resolve)
        serve()
      }),
    return: async () => {
      inbox.length = 0
      last = () => done
      end(last)
      serve()
      return done
    },
  }
}
