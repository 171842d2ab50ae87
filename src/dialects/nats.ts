// What does a NATS server mean by its codes? The reason says which of several causes it was.

import {defineDialect, type DefinedDialect} from './define.ts'

/** The core protocol; no subprotocol is negotiated. */
export const nats: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'nats',
  title: 'NATS',
  source: 'nats-io/nats-server server/websocket.go wsEnqueueCloseMessage(), server/monitor.go ClosedState.String()',
  rules: {
    1002: {name: 'Protocol Violation', meaning: 'the server could not parse what was sent', action: 'stop', fault: 'sender', reason: /^(parse error|protocol violation|bad client protocol version)/i},
    1008: [
      {name: 'Slow Consumer', meaning: 'messages were read too slowly', action: 'retry', reason: /^slow consumer/i},
      {name: 'Maximum Connections Exceeded', meaning: 'the server or account takes no more connections', action: 'retry', fault: 'policy', reason: /^maximum (account )?connections exceeded/i},
      {
        name: 'Limit Exceeded',
        meaning: 'a protocol line was too long or there were too many subscriptions',
        action: 'stop',
        fault: 'sender',
        reason: /^maximum (control line|subscriptions) exceeded/i,
      },
      {
        name: 'Authentication Failure',
        meaning: 'credentials are missing, wrong, expired or revoked',
        action: 'refresh',
        fault: 'policy',
        reason: /^(authentication (timeout|failure|expired)|credentials revoked|missing account)/i,
      },
    ],
  },
})
