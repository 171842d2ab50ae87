// Which close codes are there, and what does closecall do about each? Policy is data: a new rule is a new row here.

/** What happens next: open another socket, do so with fresh credentials, give up because code or configuration is wrong, or rest because the work is done. */
export type Action = 'retry' | 'refresh' | 'stop' | 'end'

/** Who has to act before the close can stop happening. `sender` is this program: what it sent was refused. */
export type Fault = 'none' | 'sender' | 'server' | 'network' | 'policy' | 'unknown'

/** What a close means and what the client does about it. Plain data: it can be logged, stored and compared. */
export interface Verdict {
  /** Registered name of the code, or of its range: `'Try Again Later'`. */
  name: string
  action: Action
  fault: Fault
  /** How the delay before a retry is found. `spread`: the first is drawn from `backoff.restartSpread`, later ones are exponential. */
  backoff: 'exponential' | 'spread'
  /** So many closes in a row with this code, without a stable connection between them, and the client stops. Absent: no limit. */
  budget?: number
  /** Every such close makes a report, also where the client goes on. A client that fails always reports. */
  report: boolean
}

/** A row states only where it differs from {@link usual}. */
export type Row = Pick<Verdict, 'name'> & Partial<Verdict>

/** What holds unless a row says otherwise: keep trying, ever more slowly. */
export const usual: Omit<Verdict, 'name'> = {action: 'retry', fault: 'unknown', backoff: 'exponential', report: false}

/**
 * Registered close codes. Names as registered at IANA.
 *
 * @see RFC 6455 §7.4.1 for 1000–1011 and 1015
 * @see hybi archive msg09670 (1012, 1013) and msg10748 (1014); 3000, 3003 and 3008 are first-come registrations
 */
export const closeCodes: Readonly<Record<number, Row>> = {
  1000: {name: 'Normal Closure', action: 'end', fault: 'none'},
  1001: {name: 'Going Away', fault: 'server'},
  1002: {name: 'Protocol error', budget: 3},
  1003: {name: 'Unsupported Data', action: 'stop', fault: 'sender', report: true},
  1004: {name: 'Reserved', budget: 3},
  1005: {name: 'No Status Rcvd'},
  1006: {name: 'Abnormal Closure', fault: 'network'},
  1007: {name: 'Invalid frame payload data', action: 'stop', fault: 'sender', report: true},
  1008: {name: 'Policy Violation', action: 'refresh', fault: 'policy'},
  1009: {name: 'Message Too Big', action: 'stop', fault: 'sender', report: true},
  1010: {name: 'Mandatory Ext.', action: 'stop', fault: 'sender', report: true},
  1011: {name: 'Internal Error', fault: 'server'},
  // The registration asks for "a randomized delay of 5 - 30s". [hybi msg09670]
  1012: {name: 'Service Restart', fault: 'server', backoff: 'spread'},
  1013: {name: 'Try Again Later', fault: 'server'},
  1014: {name: 'Bad Gateway', fault: 'server'},
  1015: {name: 'TLS handshake', fault: 'network', budget: 3},
  3000: {name: 'Unauthorized', action: 'refresh', fault: 'policy'},
  3003: {name: 'Forbidden', action: 'stop', fault: 'policy'},
  3008: {name: 'Timeout'},
}

/** `[from, to, row]`, both ends included, the first match wins: what to do about a code that has no row of its own. */
export const closeCodeRanges: readonly (readonly [number, number, Row])[] = [
  [3000, 3999, {name: 'Library code', budget: 5}],
  [4000, 4999, {name: 'Private code', budget: 5}],
  [1016, 2999, {name: 'Unassigned', budget: 3}],
  // Illegal on the wire, but browsers pass them on as if they were clean closes (measured: 999, 5000).
  [1, 65_535, {name: 'Illegal code', budget: 3}],
]

/** HTTP statuses of a refused handshake, `[from, to, row]`, the first match wins. Few runtimes let us see them. */
export const handshakeStatuses: readonly (readonly [number, number, Row])[] = [
  [401, 401, {name: 'HTTP 401', action: 'refresh', fault: 'policy'}],
  [407, 407, {name: 'HTTP 407', action: 'refresh', fault: 'policy'}],
  [408, 408, {name: 'HTTP 408', fault: 'server'}],
  [425, 425, {name: 'HTTP 425', fault: 'server'}],
  [429, 429, {name: 'HTTP 429', fault: 'server'}],
  [300, 499, {name: 'HTTP refusal', action: 'stop', fault: 'policy'}],
  [500, 599, {name: 'HTTP server error', fault: 'server'}],
  [100, 999, {name: 'Not a WebSocket', budget: 5}],
]

/**
 * The registered codes by name, for code that reads: `close.code === CloseCode.TryAgainLater`.
 */
export const CloseCode = {
  NormalClosure: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  Reserved: 1004,
  NoStatusReceived: 1005,
  AbnormalClosure: 1006,
  /** The peer could not read what we sent as what we said it was, usually bytes that are not UTF-8 in a text frame. closecall stops and reports. */
  InvalidPayloadData: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  /** The server is overloaded for now. closecall comes back after a jittered exponential backoff from 1 s, or when the server's hint says. */
  TryAgainLater: 1013,
  BadGateway: 1014,
  TlsHandshake: 1015,
  Unauthorized: 3000,
  Forbidden: 3003,
  Timeout: 3008,
} as const
