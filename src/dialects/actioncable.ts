// What do Rails Action Cable and AnyCable mean by a close?

import type {InBandHint} from '../core/index.ts'
import {defineDialect, type DefinedDialect} from './define.ts'

/** Whether to come back is said in a message; the codes of the close that follows, mostly 1000, say nothing. */
export const actioncable: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'actioncable',
  title: 'Rails Action Cable',
  source: 'rails/rails actioncable/lib/action_cable/connection/base.rb, @rails/actioncable 8.1 (npm) src/connection.js; anycable/anycable common/common.go, node/session.go',
  subprotocols: ['actioncable-v1-json'],
  rules: {
    1000: {name: 'Closed', meaning: 'the server ended the connection without forbidding to come back', action: 'retry', fault: 'server'},
  },
  messages: {
    about: /"disconnect"/,
    read: ({type, reason, reconnect}) =>
      type !== 'disconnect' || typeof reconnect !== 'boolean' ? undefined
      : reconnect ? comeBack(reason)
      : stayAway(reason),
  },
})

const comeBack = (reason: unknown): InBandHint => {
  const restarts = reason === 'server_restart'
  const explanation = restarts ? 'the server restarts and wants its clients back' : 'the server ended the connection and wants its clients back'
  // All of its clients were told at once.
  return {verdict: {action: 'retry', fault: 'server', name: restarts ? 'Server restart' : 'Disconnect', explanation, ...(restarts && {backoff: 'spread'})}}
}

const stayAway = (reason: unknown): InBandHint => ({
  verdict:
    reason === 'unauthorized' ? {action: 'stop', fault: 'policy', name: 'Unauthorized', explanation: 'the server does not take these credentials'}
    // AnyCable's own; its client asks for a new token and tries once more.
    : reason === 'token_expired' ? {action: 'refresh', fault: 'policy', name: 'Token expired', explanation: 'the token has expired'}
    : reason === 'remote' ? {action: 'end', fault: 'none', name: 'Remote disconnect', explanation: 'the application disconnected this client for good'}
    : {action: 'stop', fault: 'policy', name: 'Disconnect', explanation: 'the server does not want this client back'},
})
