// What may a service say that the table of close codes does not know?

import type {Close} from './close.ts'
import type {Verdict} from './close-codes.ts'
import type {RetryHint} from './retry-hint.ts'

/** What a service means by its private codes and by its messages about a close to come. From `closecall/dialects`, or from its `defineDialect()`. */
export interface Dialect {
  /** In lower case, with hyphens: `'graphql-transport-ws'`. */
  readonly name: string
  /** For people. */
  readonly title?: string
  /** Where its rules are written. */
  readonly source?: string
  /** By which of several dialects the one that the server chose is found. */
  readonly subprotocols?: readonly string[]
  /** @returns undefined for a close that the service does not speak of: then the table's row holds */
  judge(close: Pick<Close, 'code'> & Partial<Close>): Verdict | undefined
  /**
   * What a message from the server says about the close to come.
   *
   * @param message as it arrived; anything at all, since a server sent it
   * @returns undefined for every other message
   */
  hint?(message: unknown): InBandHint | undefined
}

/** When to come back, and whether to, as a message before the close says. */
export interface InBandHint extends Partial<RetryHint> {
  /** What the close will mean, instead of what its code says. A code that stops still stops. */
  verdict?: Partial<Verdict>
}
