// What does Slack's Socket Mode mean by a close, and by its message before it?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Each connection needs an address of its own from `apps.connections.open`: give `url` a function. */
export const slack: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'slack',
  title: 'Slack Socket Mode',
  source: 'npm @slack/socket-mode 3.1.0 dist/src/SocketModeClient.js (onWebSocketMessage, on close); slackapi/node-slack-sdk#2254, #1654',
  rules: {
    1000: {name: 'Closed', meaning: 'Slack ends each connection after some hours, and wants another', action: 'retry', fault: 'server'},
  },
  messages: {
    about: /"disconnect"/,
    read: ({type, reason}) => {
      if (type !== 'disconnect') return undefined
      if (reason === 'too_many_websockets')
        return {verdict: {name: 'Too many WebSockets', action: 'retry', fault: 'policy', explanation: 'the app has all the connections that it may have'}}
      const verdict = {name: 'Disconnect', action: 'retry', fault: 'server', explanation: 'Slack moves the app to another server'} as const
      return reason === 'warning' || reason === 'refresh_requested' ? {after: 0, verdict} : {verdict}
    },
  },
})
