// What does Metered's realtime messaging mean by its codes, and by its message before it closes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Its `going_away` message says how long to stay away. */
export const metered: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'metered',
  title: 'Metered Realtime Messaging',
  source: 'www.metered.ca/docs/realtime-messaging/protocol/close-codes; npm @metered-ca/realtime 1.2.0 dist/index.mjs (TERMINAL_CLOSE_CODES, going_away)',
  rules: {
    1008: {name: 'Policy Violation', meaning: 'something sent violates the protocol; the reason tells what', action: 'stop', fault: 'sender'},
    4001: {name: 'Invalid Token', meaning: 'the token could not be verified: its secret or key id is wrong', action: 'stop', fault: 'policy'},
    4002: {name: 'Token Expired', meaning: 'the token expired', action: 'refresh', fault: 'policy'},
    4003: {name: 'Channel Not Authorized', meaning: 'the key does not allow this channel', action: 'stop', fault: 'policy'},
    4010: {name: 'Over Concurrent Limit', meaning: 'the plan allows no more connections', action: 'retry', fault: 'policy'},
    4011: {name: 'Over Message Rate', meaning: 'messages were sent too fast', action: 'retry', fault: 'sender'},
    4012: {name: 'Account Suspended', meaning: 'the account is suspended', action: 'stop', fault: 'policy'},
    4020: {name: 'Admin Disconnect', meaning: 'the backend disconnected this peer on purpose', action: 'stop', fault: 'policy'},
  },
  messages: {
    about: /"going_away"/,
    read: ({type, retryAfterMs}) =>
      type === 'going_away' ? {after: retryAfterMs, verdict: {name: 'Going Away', action: 'retry', fault: 'server', explanation: 'the server restarts'}} : undefined,
  },
})
