// What do Phoenix Channels mean by standard close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Phoenix has no codes of its own; its servers, Bandit and Cowboy, use the standard ones in their own way. */
export const phoenix: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'phoenix',
  title: 'Phoenix Channels',
  source: 'phoenixframework/phoenix lib/phoenix/socket.ex, phoenix 1.8.16 (npm) assets/js/phoenix/socket.js onConnClose()',
  subprotocols: ['phoenix'],
  rules: {
    // "Any other close is reconnected, whatever its code, as the server, proxies and load balancers also close with 1000."
    1000: {name: 'Normal Closure', meaning: 'Phoenix shuts down or ends an idle connection so, and expects the client back', action: 'retry'},
    // In no hurry, since Firefox says it, too, to a page that is being left.
    1001: {
      name: 'Disconnected',
      meaning: 'the server shuts down, or disconnected this user everywhere, and expects the client back',
      action: 'retry',
      fault: 'server',
      backoff: 'unhurried',
      source: 'phoenixframework/phoenix#6678',
    },
    1002: {
      name: 'Timeout',
      meaning: 'Bandit heard nothing in time, or got frames that broke the protocol',
      action: 'retry',
      budget: 3,
      source: 'mtrudel/bandit lib/bandit/websocket/connection.ex handle_timeout()',
    },
    1011: {name: 'Crash', meaning: 'the process that serves this connection crashed', action: 'retry', fault: 'server', source: 'mtrudel/bandit lib/bandit/websocket/connection.ex handle_error()'},
    1012: {name: 'Drain', meaning: 'the node is being drained for a restart', action: 'retry', fault: 'server', backoff: 'spread', rotate: true},
  },
})
