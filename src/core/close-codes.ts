// Which close codes are there, and what does closecall do about each? Policy is data: a new rule is a new row here.

import type {Backoff, JitterRule} from './backoff.ts'

/** What happens next: open another socket, do so with fresh credentials, give up because code or configuration is wrong, or rest because the work is done. */
export type Action = 'retry' | 'refresh' | 'stop' | 'end'

/** Who has to act before the close can stop happening. `none`: nobody. `sender`: this program, for what it sent was refused. `policy`: whoever may grant what the server does not allow. */
export type Fault = 'none' | 'sender' | 'server' | 'network' | 'policy' | 'unknown'

/** What a close means and what the client does about it. Plain data: it can be logged, stored and compared. */
export interface Verdict {
  /** Registered name of the code, or of its range: `'Try Again Later'`. */
  name: string
  action: Action
  fault: Fault
  /** What it means, in a few words, for a log: `'the server could not go on'`. `closecall/catalog` says more. */
  explanation: string
  /**
   * How the delay before a retry is found. `spread`: the first is drawn from `backoff.restartSpread`, later ones are exponential.
   * `unhurried`: exponential, but no sooner than 250–750 ms, however short the caller's backoff. `prompt`: the first within 250 ms,
   * later ones are exponential. Numbers: exponential with these instead of the caller's; no function, for a verdict is data.
   */
  backoff: 'exponential' | 'spread' | 'unhurried' | 'prompt' | Readonly<Partial<Backoff & {jitter: JitterRule}>>
  /** Whether another address is tried next, where there are several. Absent: only if this one never opened. */
  rotate?: boolean
  /** So many closes in a row with this code, without a stable connection between them, and the client stops. Absent: no limit. Not for `refresh`, which is tried once. */
  budget?: number
  /** Every such close makes a report, also where the client goes on. A client that fails always makes one. */
  report: boolean
  /** Name of the dialect that says so, as far as one does. */
  dialect?: string
}

/** `[name, action, fault, budget, backoff, rotate]`, a budget of 0 for none. The fault of the sender is always reported. */
export type Row = readonly [string, Action, Fault, number?, Verdict['backoff']?, boolean?]

/**
 * The registered close codes, by the names of their registration.
 *
 * @see RFC 6455 §7.4.1 for 1000–1011 and 1015
 * @see hybi archive msg09670 for 1012 and 1013, msg10748 for 1014; 3000, 3003 and 3008 are first-come registrations
 */
export const closeCodes: Readonly<Record<number, Row>> = {
  1000: ['Normal Closure', 'end', 'none'],
  // Firefox says it to a page that is being left, some milliseconds before `pagehide`: that page must open no other socket.
  1001: ['Going Away', 'retry', 'server', 0, 'unhurried'],
  1002: ['Protocol error', 'retry', 'unknown', 3],
  1003: ['Unsupported Data', 'stop', 'sender'],
  1004: ['Reserved', 'retry', 'unknown', 3],
  1005: ['No Status Rcvd', 'retry', 'unknown'],
  1006: ['Abnormal Closure', 'retry', 'network'],
  1007: ['Invalid frame payload data', 'stop', 'sender'],
  1008: ['Policy Violation', 'refresh', 'policy'],
  1009: ['Message Too Big', 'stop', 'sender'],
  1010: ['Mandatory Ext.', 'stop', 'sender'],
  1011: ['Internal Error', 'retry', 'server'],
  // The registration asks for "a randomized delay of 5 - 30s". [hybi msg09670]
  1012: ['Service Restart', 'retry', 'server', 0, 'spread', true],
  1013: ['Try Again Later', 'retry', 'server', 0, 'exponential', true],
  1014: ['Bad Gateway', 'retry', 'server'],
  1015: ['TLS handshake', 'retry', 'network', 3],
  3000: ['Unauthorized', 'refresh', 'policy'],
  3003: ['Forbidden', 'stop', 'policy'],
  3008: ['Timeout', 'retry', 'unknown'],
}

/** `[last code, row]` in rising order: what to do about a code without a row of its own. Browsers pass illegal codes on as clean closes (measured: 999, 5000). */
export const closeCodeRanges: readonly (readonly [number, Row])[] = [
  [999, ['Illegal code', 'retry', 'unknown', 3]],
  [2999, ['Unassigned code', 'retry', 'unknown', 3]],
  [3999, ['Library code', 'retry', 'unknown', 5]],
  [4999, ['Private code', 'retry', 'unknown', 5]],
  [65_535, ['Illegal code', 'retry', 'unknown', 3]],
]

/** HTTP statuses of a refused handshake. Few runtimes let them be seen. */
export const handshakeStatuses: Readonly<Record<number, Row>> = {
  401: ['Unauthorized', 'refresh', 'policy'],
  407: ['Unauthorized', 'refresh', 'policy'],
  408: ['Timeout', 'retry', 'server'],
  425: ['Too Early', 'retry', 'server'],
  429: ['Too Many Requests', 'retry', 'server'],
}

/** `[last status, row]` in rising order: what to do about a status without a row of its own. */
export const handshakeStatusRanges: readonly (readonly [number, Row])[] = [
  [299, ['Not a WebSocket', 'retry', 'unknown', 5]],
  [499, ['Refused', 'stop', 'policy']],
  [Infinity, ['Server error', 'retry', 'server']],
]

/**
 * The registered code that a code stands for: 1013 for 4913, and itself for all others but 4912–4914. Those are doubles in the private
 * range, for clients that never see 1012–1014: WebKit's libsoup reports 1006 instead, Deno does so for 1014. `closecall/server` sends
 * them where it is asked to.
 */
export const standardCode = (code: number): number => (code > 4911 && code < 4915 ? code - 3900 : code)

/** The close codes by name, for code that reads: `close.code === CloseCode.TryAgainLater`. */
export const CloseCode = {
  /** 1000: the work is done. Sent by either side. closecall ends, and says so; see `onNormalClosure`. @see RFC 6455 §7.4.1 */
  NormalClosure: 1000,
  /** 1001: a server going down or a page being left; also idle and lifetime limits. closecall retries. @see RFC 6455 §7.4.1 */
  GoingAway: 1001,
  /** 1002: bytes that are no WebSocket frames, as the closing side sees it. closecall retries, three in a row and it stops. @see RFC 6455 §7.4.1 */
  ProtocolError: 1002,
  /** 1003: a kind of message that the peer does not take, mostly bytes where it wants text. closecall stops and reports. @see RFC 6455 §7.4.1 */
  UnsupportedData: 1003,
  /** 1004: has no meaning. closecall retries, three in a row and it stops. @see RFC 6455 §7.4.1 */
  Reserved: 1004,
  /** 1005: a close frame without a code. Never sent. closecall retries. @see RFC 6455 §7.4.1 */
  NoStatusReceived: 1005,
  /** 1006: no close frame came, or no connection. Never sent. closecall retries. @see RFC 6455 §7.4.1 */
  AbnormalClosure: 1006,
  /** 1007: the peer could not read what we sent as what we said it was, most often bytes that are not UTF-8 in a text frame. closecall stops and reports. @see RFC 6455 §7.4.1 */
  InvalidPayloadData: 1007,
  /** 1008: not allowed, mostly stale credentials. closecall asks for new ones and tries once more. @see RFC 6455 §7.4.1 */
  PolicyViolation: 1008,
  /** 1009: a message over the peer's limit. closecall stops and reports. @see RFC 6455 §7.4.1 */
  MessageTooBig: 1009,
  /** 1010: the server lacks an extension that the client can't do without. Sent by clients only. closecall stops and reports. @see RFC 6455 §7.4.1 */
  MandatoryExtension: 1010,
  /** 1011: the server met something that it can't handle. closecall retries. @see RFC 6455 §7.4.1 */
  InternalError: 1011,
  /** 1012: the server restarts. closecall comes back after a delay drawn from 5–30 s. @see hybi archive msg09670 */
  ServiceRestart: 1012,
  /** 1013: the server is overloaded for now. closecall comes back after a jittered exponential backoff from 1 s, or when the server's hint says. @see hybi archive msg09670 */
  TryAgainLater: 1013,
  /** 1014: a gateway got no good answer from the server behind it. closecall retries. @see hybi archive msg10748 */
  BadGateway: 1014,
  /** 1015: the TLS handshake failed. Never sent, and hardly ever reported. closecall retries, three in a row and it stops. @see RFC 6455 §7.4.1 */
  TlsHandshake: 1015,
  /** 3000: credentials are missing or wrong, like HTTP 401. closecall asks for new ones and tries once more. @see IANA WebSocket Close Code Number Registry */
  Unauthorized: 3000,
  /** 3003: these credentials are not enough, like HTTP 403. closecall stops. @see IANA WebSocket Close Code Number Registry */
  Forbidden: 3003,
  /** 3008: something took too long, like HTTP 408. closecall retries. @see IANA WebSocket Close Code Number Registry */
  Timeout: 3008,
  /** 4912: closecall's double of 1012, for clients that are never told that one. closecall comes back after a delay drawn from 5–30 s. @see `alias` in `closecall/server` */
  ServiceRestartAlias: 4912,
  /** 4913: closecall's double of 1013, for clients that are never told that one. closecall comes back after a jittered exponential backoff from 1 s, or when the server's hint says. @see `alias` in `closecall/server` */
  TryAgainLaterAlias: 4913,
  /** 4914: closecall's double of 1014, for clients that are never told that one. closecall retries. @see `alias` in `closecall/server` */
  BadGatewayAlias: 4914,
} as const
