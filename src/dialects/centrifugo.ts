// What do Centrifugo, and servers made with Centrifuge, mean by their close codes?

import {defineDialect, type DefinedDialect, type DialectRule} from './define.ts'

// Protocol 1 writes its advice into the close reason, whatever the code: {"reason":"…","reconnect":true}.
const advice = 'centrifugal/centrifuge disconnect.go CloseText()'
const stays: DialectRule = {
  name: 'No reconnect',
  meaning: 'the server said in its reason not to come back',
  action: 'stop',
  fault: 'policy',
  reason: /^\{.*"reconnect": ?false\}$/s,
  source: advice,
}
const returns: DialectRule = {
  name: 'Reconnect',
  meaning: 'the server said in its reason to come back',
  action: 'retry',
  fault: 'server',
  reason: /^\{.*"reconnect": ?true\}$/s,
  source: advice,
}

// centrifuge-js stops after 1009, as the table does.

/**
 * 3000 and 3008 do not mean here what they are registered for. After 3005 and 3014 the connection token is no longer valid: `credentials`,
 * or the `url` function, are asked for a new one.
 */
export const centrifugo: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'centrifugo',
  title: 'Centrifugo',
  source: 'centrifugal/centrifugal.dev docs/server/codes.md, centrifugal/centrifuge disconnect.go',
  subprotocols: ['centrifuge-json', 'centrifuge-protobuf'],
  rules: {
    1000: {name: 'transport closed', meaning: 'the connection was closed, and not by the protocol', action: 'retry', source: 'centrifugal/centrifuge-swift interpretCloseCode(), centrifugal/centrifuge-java Client.java onClosed()'},
    3000: {name: 'connection closed', meaning: 'the connection ended without any advice from the server', action: 'retry', fault: 'network'},
    3001: {name: 'shutdown', meaning: 'the node is going to shut down', action: 'retry', fault: 'server'},
    3004: {name: 'internal server error', meaning: 'the server met an internal error', action: 'retry', fault: 'server'},
    3005: {name: 'connection expired', meaning: 'the connection token has expired', action: 'refresh', fault: 'policy'},
    // Not the connection's token, which is what `credentials` would renew.
    3006: {name: 'subscription expired', meaning: 'a subscription has expired', action: 'retry', fault: 'policy'},
    3008: {name: 'slow', meaning: 'the client can not read messages fast enough', action: 'retry'},
    3009: {name: 'write error', meaning: 'the server could not write to the connection', action: 'retry', fault: 'network'},
    3010: {name: 'insufficient state', meaning: 'messages were missed, and are restored on reconnect', action: 'retry', fault: 'server'},
    3011: {name: 'force reconnect', meaning: 'the server wants the client to reconnect', action: 'retry', fault: 'none'},
    3012: {name: 'no pong', meaning: 'the server pinged and got no answer', action: 'retry', fault: 'network'},
    3013: {name: 'too many requests', meaning: 'too many commands were sent', action: 'retry', fault: 'sender'},
    3014: {
      name: 'state invalidated',
      meaning: 'the token and what was cached are no longer valid',
      action: 'refresh',
      fault: 'policy',
      source: 'centrifuge 5.8 (npm) disconnectedCodes.stateInvalidated',
    },
    3500: {name: 'invalid token', meaning: 'the token is invalid', action: 'stop', fault: 'policy'},
    3501: {name: 'bad request', meaning: 'protocol frames were malformed, or commands in the wrong order', action: 'stop', fault: 'sender'},
    3502: {name: 'stale', meaning: 'the client did not authenticate in time', action: 'stop'},
    3503: {name: 'force disconnect', meaning: 'the server wants the client not to come back', action: 'stop', fault: 'policy'},
    3504: {name: 'connection limit', meaning: 'there are too many connections, of this user or by another rule', action: 'stop', fault: 'policy'},
    3505: {name: 'channel limit', meaning: 'the connection has too many channels', action: 'stop', fault: 'policy'},
    3506: {name: 'inappropriate protocol', meaning: 'a channel carries binary data that a JSON client can not take', action: 'stop'},
    3507: {name: 'permission denied', meaning: 'the client may not use this server', action: 'stop', fault: 'policy'},
    3508: {name: 'not available', meaning: 'the server does not handle what was asked for', action: 'stop', fault: 'policy'},
    3509: {name: 'too many errors', meaning: 'the client made too many errors', action: 'stop', fault: 'sender'},
    '3000-3499': [stays, {name: 'Non-terminal', meaning: 'the client should reconnect', action: 'retry', fault: 'server'}],
    '3500-3999': [returns, {name: 'Terminal', meaning: 'the client should not reconnect', action: 'stop', fault: 'policy'}],
    '4000-4499': [stays, {name: 'Application, non-terminal', meaning: 'the application wants the client to reconnect', action: 'retry', fault: 'server'}],
    '4500-4999': [returns, {name: 'Application, terminal', meaning: 'the application wants the client not to reconnect', action: 'stop', fault: 'policy'}],
  },
})
