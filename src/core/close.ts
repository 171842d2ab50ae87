// What is known of the end of a connection, or of an attempt to make one?

/**
 * How the client came to know of a close.
 *
 * - `event`: the runtime's `close` event; code and reason are the peer's, or 1006.
 * - `error`: an `error` event that no `close` event followed.
 * - `connect-timeout`, `close-timeout`: the peer did not answer in time.
 * - `provider`: the `url`, `protocols` or `credentials` function threw, rejected, gave what can't be used, or did not answer in time.
 * - `setup`: the `onOpen` function threw, rejected, or was not done in time.
 * - `constructor`: the runtime refused to construct the socket.
 * - `heartbeat`: there was no sign of life in time.
 * - `stalled`: the socket was closing, without our doing, and no `close` event came.
 * - `page`: the page went into the bfcache.
 * - `reconnect`: the caller's `reconnect()` left this connection for another.
 */
export type CloseOrigin = 'event' | 'error' | 'connect-timeout' | 'close-timeout' | 'provider' | 'setup' | 'constructor' | 'heartbeat' | 'stalled' | 'page' | 'reconnect'

/** What is known of a close, and nothing that is guessed. */
export interface Close {
  /** 1–65535. 1006 where the peer sent none. */
  code: number
  /** At most 123 UTF-16 units. Written by the server: hostile input, for developers, never for end users. [RFC 6455 §5.5.1] */
  reason: string
  /** As the runtime said. Tells little: 1012 and 1013 arrive clean, a 1007 may not. */
  wasClean: boolean
  /** Whether the connection had been open. */
  opened: boolean
  /** Milliseconds it had been open; 0 when it never was. */
  age: number
  origin: CloseOrigin
  /** HTTP status of a refused handshake, where the runtime lets it be seen. */
  status?: number
  /** `Retry-After` of a refused handshake in ms, where the transport can see it. */
  retryAfter?: number
  /** The runtime's own words for a failure, shortened, without URL queries. */
  error?: string
}
