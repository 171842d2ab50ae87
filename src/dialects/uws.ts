// What do servers made with µWebSockets mean by a close?

import {defineDialect, type DefinedDialect} from './define.ts'

/** µWebSockets, µWebSockets.js, and what is built on them. */
export const uws: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'uws',
  title: 'µWebSockets',
  source: 'uNetworking/uWebSockets src/WebSocketContext.h',
  rules: {
    1000: {name: 'Maximum lifetime', meaning: 'the connection reached the maxLifetime of the server, which expects the client back', action: 'retry', fault: 'none', backoff: 'prompt', reason: /^please reconnect$/i},
    // Its 1007 and 1009 look like this, too.
    1006: {
      name: 'Abnormal Closure',
      meaning: 'the connection was lost, or dropped: µWebSockets sends no close frame for bad UTF-8, bad compression, too long a message or silence',
      action: 'retry',
      fault: 'network',
    },
  },
})
