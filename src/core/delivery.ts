// How does a server say which messages it has?

/** Numbers and texts that read the same are the same. */
export type MessageId = string | number

/**
 * Makes a client keep messages until the server has acknowledged them, and send them again, in order, after a reconnect.
 * The `delivery` option is a function, called once by each client, that makes one: what it remembers is that client's alone.
 * `acknowledged()` of `closecall/delivery` returns such a function; this is the whole contract.
 */
export interface Delivery<In = any, Out = any> {
  /** Most messages that are under way without an acknowledgement; the others wait in the send buffer. */
  readonly window: number

  /** What the acknowledgement will call this message; undefined: none will come. */
  id(data: Out): MessageId | undefined

  /** Which messages this incoming one acknowledges. It reaches the listeners all the same. */
  acked(data: In): readonly MessageId[]

  /** Whether an acknowledgement that nobody waits for is no surprise. Absent: it always is, and is told as `invalid`. */
  knows?(id: MessageId): boolean

  /** Whether this incoming message is a duplicate, which no listener is told. */
  seen?(data: In): boolean
}
