// How are incoming messages read as a stream?

import type {InboxOptions} from '../client/messages.ts'
import type {Streamed} from './streamed.ts'

/** The iterator's inbox is the only queue: nothing is taken out of it before somebody reads. */
const queueless = {highWaterMark: 0}

export const incoming = <In>(client: Streamed<In>, inbox: InboxOptions): ReadableStream<In> => {
  const messages = client.messages(inbox)
  return new ReadableStream<In>(
    {
      pull: async (controller) => {
        const {done, value} = await messages.next()
        if (!done) controller.enqueue(value)
        // Throws where `cancel()` was first, and nobody hears it.
        else controller.close()
      },
      cancel: async () => void (await messages.return!()),
    },
    queueless,
  )
}
