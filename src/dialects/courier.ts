// What does Courier mean by its messages? It has no close codes of its own, and its `Retry-After` in a reason is understood anyway.

import {defineDialect, type DefinedDialect} from './define.ts'
import {fromSeconds} from './durations.ts'

/** Inbox. */
export const courier: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'courier',
  title: 'Courier',
  source: 'npm @trycourier/courier-js 3.4.0 dist/index.mjs CourierSocket.connect(), parseCloseEvent()',
  rules: {},
  messages: {
    about: /"reconnect"/,
    read: ({event, retryAfter}) =>
      event === 'reconnect' ?
        {after: fromSeconds(retryAfter), verdict: {name: 'Reconnect', action: 'retry', fault: 'server', explanation: 'Courier wants the client to come back later'}}
      : undefined,
  },
})
