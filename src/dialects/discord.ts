// What does Discord's gateway mean by its close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// Reconnecting is the documents' own column "Reconnect"; how soon, and what is resumed, is discord.js's. Each new session costs one of
// 1000 a day, after which the bot's token is reset: what the program does wrong is not repeated for ever.
const again = 5

/**
 * The gateway. Voice has other codes. 4000–4002 and 4008 may be resumed where the program does so; a client that is to resume must close
 * with another code than 1000 and 1001.
 */
export const discord: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'discord',
  title: 'Discord Gateway',
  source: 'discord/discord-api-docs developers/topics/opcodes-and-status-codes.mdx, developers/events/gateway.mdx, developers/events/gateway-events.mdx',
  rules: {
    1000: {name: 'Normal', meaning: 'Discord ended this connection and expects a new session', action: 'retry', fault: 'none', source: 'discordjs/discord.js packages/ws/src/ws/WebSocketShard.ts'},
    4000: {name: 'Unknown error', meaning: 'Discord does not know what went wrong', action: 'retry', fault: 'server'},
    4001: {name: 'Unknown opcode', meaning: 'an opcode, or the payload of one, was invalid', action: 'retry', fault: 'sender', budget: again},
    4002: {name: 'Decode error', meaning: 'a payload was invalid', action: 'retry', fault: 'sender', budget: again},
    4003: {name: 'Not authenticated', meaning: 'something was sent before Identify, or the session has been invalidated', action: 'retry', backoff: 'prompt', budget: again},
    4004: {name: 'Authentication failed', meaning: 'the token sent with Identify is wrong', action: 'stop', fault: 'policy'},
    4005: {name: 'Already authenticated', meaning: 'Identify was sent more than once', action: 'retry', fault: 'sender', backoff: 'prompt', budget: again},
    4007: {name: 'Invalid seq', meaning: 'the sequence number sent with Resume is invalid: a new session is needed', action: 'retry', backoff: 'prompt'},
    4008: {name: 'Rate limited', meaning: 'payloads were sent too quickly', action: 'retry', fault: 'sender'},
    4009: {name: 'Session timed out', meaning: 'the session is too old: a new one is needed', action: 'retry', backoff: 'prompt'},
    4010: {name: 'Invalid shard', meaning: 'the shard sent with Identify is invalid', action: 'stop', fault: 'sender'},
    4011: {name: 'Sharding required', meaning: 'the session would have too many guilds without sharding', action: 'stop', fault: 'policy'},
    4012: {name: 'Invalid API version', meaning: 'the gateway has no such version', action: 'stop', fault: 'policy'},
    4013: {name: 'Invalid intent(s)', meaning: 'an intent sent with Identify does not exist', action: 'stop', fault: 'sender'},
    4014: {name: 'Disallowed intent(s)', meaning: 'an intent is not enabled, or not approved, for this app', action: 'stop', fault: 'policy'},
  },
  messages: {
    about: /"op": ?[79]\b/,
    read: ({op, d}) =>
      op === 7 ? {after: 0, verdict: {action: 'retry', fault: 'none', name: 'Reconnect', explanation: 'Discord moves this session to another host'}}
      // The session of a `true` may be resumed on this connection.
      : op === 9 && d === false ? {verdict: {action: 'retry', name: 'Invalid Session', explanation: 'the session can not be resumed: a new one is needed'}}
      : undefined,
  },
})
