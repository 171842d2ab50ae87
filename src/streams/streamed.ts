// What of a client do the streams use?

import type {InboxOptions} from '../client/messages.ts'
import type {Outcome, State} from '../core/index.ts'

/** A client, or what does as one. */
export interface Streamed<In = any, Out = any> {
  readonly state: State
  on(name: 'state', listener: (state: State) => void): () => void
  deliver(data: Out): Promise<Outcome> & {cancel(): void}
  drained(): Promise<void>
  messages(options: InboxOptions): AsyncIterator<In, undefined>
  close(): void
}
