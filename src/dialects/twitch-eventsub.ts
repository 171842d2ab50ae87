// What does Twitch's EventSub mean by its close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// Twitch tells what each code means; whether to come back is inferred from that.

/** Reconnect to the `reconnect_url` of a `session_reconnect` before its 30 s are over, and to the service's own address in every other case. */
export const twitchEventsub: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'twitch-eventsub',
  title: 'Twitch EventSub WebSocket',
  source: 'Twitch, Getting Events Using WebSockets, "Close message" and "Reconnect message" (dev.twitch.tv/docs/eventsub/handling-websocket-events)',
  rules: {
    4000: {name: 'Internal server error', meaning: 'the server has a problem, like HTTP 500', action: 'retry', fault: 'server'},
    4001: {name: 'Client sent inbound traffic', meaning: 'something was sent, where only pongs are allowed', action: 'stop', fault: 'sender'},
    4002: {name: 'Client failed ping-pong', meaning: 'a ping was not answered', action: 'retry', fault: 'network', backoff: 'prompt'},
    // The request for a subscription may have failed for a moment, and the next one needs another session.
    4003: {name: 'Connection unused', meaning: 'nothing was subscribed to within 10 s', action: 'retry', fault: 'policy', source: '@twurple/eventsub-ws EventSubWsSocket.ts'},
    4004: {name: 'Reconnect grace time expired', meaning: 'the client did not move to the reconnect URL within 30 s: a new session is needed', action: 'retry', backoff: 'prompt'},
    4005: {name: 'Network timeout', meaning: 'the network timed out for a moment', action: 'retry', fault: 'network'},
    4006: {name: 'Network error', meaning: 'the network failed for a moment', action: 'retry', fault: 'network'},
    4007: {name: 'Invalid reconnect', meaning: 'the reconnect URL is invalid: a new session is needed', action: 'retry'},
  },
  messages: {
    about: /"session_reconnect"/,
    read: ({metadata}) => (metadata.message_type === 'session_reconnect' ? {after: 0} : undefined),
  },
})
