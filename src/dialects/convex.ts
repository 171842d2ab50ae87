// What does Convex mean by its codes and reasons?

import {defineDialect, type DefinedDialect, type DialectRule} from './define.ts'

// The shortest pause is the error's, its growth and its end are the same for all.
const shortPause = {initialDelay: 1000, factor: 2, maxDelay: 16_000}
const longPause = {initialDelay: 3000, factor: 2, maxDelay: 16_000}

/** Errors are told by name at the start of the reason. */
const errors: readonly DialectRule[] = [
  {
    name: 'Unavailable',
    meaning: 'the deployment is being restarted or pushed to',
    action: 'retry',
    fault: 'server',
    backoff: shortPause,
    reason: /^(InternalServerError|(VectorIndexes|SearchIndexes|TableSummaries)Unavailable)/,
  },
  {
    name: 'Overloaded',
    meaning: 'the deployment has more work than it can take',
    action: 'retry',
    fault: 'server',
    backoff: longPause,
    reason:
      /^(SubscriptionsWorkerFullError|TooManyConcurrentRequests|CommitterFullError|AwsTooManyRequestsException|ExecuteFullError|SystemTimeoutError|ExpiredInQueue|(Vector|Search)IndexTooLarge|TooManyWritesInTimePeriod)/,
  },
]

/** A connection to it has no end of its own: also after 1000 its clients come back. */
export const convex: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'convex',
  title: 'Convex',
  source: 'npm convex 1.48.0 src/browser/sync/web_socket_manager.ts (serverDisconnectErrors), src/browser/sync/client.ts; get-convex/convex-backend crates/errors/src/lib.rs close_frame() (1000, 1011, 1013)',
  rules: {
    1000: {name: 'Closed', meaning: 'the deployment ended the session; a new one begins', action: 'retry', backoff: shortPause},
    1011: errors,
    1013: errors,
    4040: {name: 'Not found', meaning: 'the deployment is not there, perhaps while it is being pushed to', action: 'retry', fault: 'server', backoff: shortPause},
  },
  messages: {
    about: /"FatalError"/,
    read: ({type}) => (type === 'FatalError' ? {verdict: {name: 'FatalError', action: 'stop', fault: 'sender', report: true, explanation: 'the deployment could not use what was sent'}} : undefined),
  },
})
