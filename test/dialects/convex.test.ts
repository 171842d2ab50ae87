// What Convex says: npm convex 1.48.0 src/browser/sync/web_socket_manager.ts, serverDisconnectErrors and nextBackoff().

import {convex} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource, type Row} from './table.ts'

// "A known error, e.g. during a restart or push", "feature_temporarily_unavailable() that typically indicate a deploy just happened": {timeout: 1000}
const unavailable = ['InternalServerError', 'VectorIndexesUnavailable', 'SearchIndexesUnavailable', 'TableSummariesUnavailable']
// "ErrorMetadata::overloaded() messages that we realy should back off": {timeout: 3000}
const overloaded = [
  'SubscriptionsWorkerFullError',
  'TooManyConcurrentRequests',
  'CommitterFullError',
  'AwsTooManyRequestsException',
  'ExecuteFullError',
  'SystemTimeoutError',
  'ExpiredInQueue',
  'VectorIndexTooLarge',
  'SearchIndexTooLarge',
  'TooManyWritesInTimePeriod',
]

// "startsWith so more info could be at the end"; initialBackoff * 2 ** retries, at most maxBackoff = 16000
const rows: Row[] = [1011, 1013].flatMap((code) => [
  ...unavailable.map((reason): Row => [code, 'Unavailable', 'retry', {reason: `${reason}: more`, fault: 'server', backoff: {initialDelay: 1000, factor: 2, maxDelay: 16_000}}]),
  ...overloaded.map((reason): Row => [code, 'Overloaded', 'retry', {reason, fault: 'server', backoff: {initialDelay: 3000, factor: 2, maxDelay: 16_000}}]),
])

followsItsSource(
  convex,
  [
    ...rows,
    // close_frame(): NotFound, PaginationLimit, Forbidden, ClientDisconnect are Normal; the client comes back after any close.
    [1000, 'Closed', 'retry', {backoff: {initialDelay: 1000, factor: 2, maxDelay: 16_000}}],
    // "Note that we want to retry on a 404, as it can be transient during a push."
    [4040, 'Not found', 'retry', {fault: 'server'}],
  ],
  // 1011 and 1013 without a name that is known are the table's.
  [1001, 1006, 1007, 1008, 1011, 1013, 4000, 4041],
)

announces(
  convex,
  // case "FatalError": void this.webSocketManager.terminate(); throw error
  [['{"type":"FatalError","error":"failed to parse"}', {verdict: {action: 'stop', fault: 'sender', report: true}}]],
  ['{"type":"AuthError","error":"FatalError","x":"FatalError"}', '{"type":["FatalError"]}', '{"error":"FatalError"}'],
)
