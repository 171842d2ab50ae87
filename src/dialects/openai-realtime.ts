// What do OpenAI's WebSocket APIs mean by their codes, and by the error before a session ends?

import {defineDialect, type DefinedDialect} from './define.ts'

const expired = 'the session reached its longest duration; a new one begins'

/** Realtime and Responses. */
export const openaiRealtime: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'openai-realtime',
  title: 'OpenAI Realtime',
  source: 'npm openai 6.49.0 src/internal/ws.ts isRecoverableClose(); observed: pollen-robotics/reachy_mini_conversation_app#134 (1001), twilio-samples/speech-assistant-openai-realtime-api-python#4 (3000), livekit/agents#1073 (session_expired)',
  // Its client's delays are left out: they are those of the Responses client, not the API's. So is its "all other codes: no".
  rules: {
    1001: {name: 'Session expired', meaning: expired, action: 'retry', fault: 'none', backoff: 'prompt', reason: /maximum duration/i},
    1002: {name: 'Protocol error', meaning: 'the API could not go on with what was sent', action: 'stop', fault: 'sender'},
    1008: {name: 'Policy Violation', meaning: 'the API does not allow what was asked for', action: 'stop', fault: 'policy'},
    3000: {name: 'Invalid API key', meaning: 'the API key or client secret was refused', action: 'refresh', fault: 'policy', reason: /invalid_api_key/},
  },
  messages: {
    about: /"session_expired"/,
    read: ({type, error}) =>
      type === 'error' && error.code === 'session_expired' ? {after: 0, verdict: {name: 'Session expired', action: 'retry', fault: 'none', explanation: expired}} : undefined,
  },
})
