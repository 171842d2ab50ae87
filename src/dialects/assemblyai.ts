// What does AssemblyAI's streaming speech-to-text mean by its codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Codes from 4000 on are those of the older realtime API. */
export const assemblyai: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'assemblyai',
  title: 'AssemblyAI streaming',
  source: 'npm assemblyai 4.41.5 src/utils/errors/streaming.ts, src/utils/errors/realtime.ts; www.assemblyai.com/docs/streaming/common-session-errors-and-closures',
  rules: {
    3005: {name: 'Server error', meaning: 'AssemblyAI cancelled the session after an error of its own', action: 'retry', fault: 'server'},
    3006: {name: 'Input validation error', meaning: 'a message was no valid JSON or of no known type', action: 'stop', fault: 'sender'},
    3007: {name: 'Audio chunk duration violation', meaning: 'audio came in chunks outside 50–1000 ms, or faster than real time', action: 'stop', fault: 'sender'},
    3008: {name: 'Maximum session duration exceeded', meaning: 'the session reached its longest duration; a new one begins', action: 'retry', fault: 'none', backoff: 'prompt'},
    3009: {name: 'Too many concurrent sessions', meaning: 'the account has all the sessions that it may have', action: 'retry', fault: 'policy'},
    4000: {name: 'Bad sample rate', meaning: 'the sample rate must be a positive integer', action: 'stop', fault: 'sender'},
    4001: {name: 'Not authorized', meaning: 'the key or temporary token was refused', action: 'refresh', fault: 'policy'},
    4002: {name: 'Insufficient funds', meaning: 'the account has no funds', action: 'stop', fault: 'policy'},
    4003: {name: 'Free tier user', meaning: 'the feature is for paying accounts', action: 'stop', fault: 'policy'},
    4004: {name: 'Session does not exist', meaning: 'the session in the address does not exist', action: 'refresh', fault: 'policy'},
    4008: {name: 'Session expired', meaning: 'the session is over; a new one begins', action: 'retry', fault: 'none'},
    4010: {name: 'Session is closed', meaning: 'the session in the address was closed before', action: 'refresh', fault: 'policy'},
    4029: {name: 'Rate limited', meaning: 'audio was sent too fast', action: 'retry', fault: 'sender'},
    4030: {name: 'Unique session violation', meaning: 'another connection handles the session', action: 'stop', fault: 'policy'},
    4031: {name: 'Session timeout', meaning: 'the session was idle for too long; a new one begins', action: 'retry', fault: 'none'},
    4032: {name: 'Audio too short', meaning: 'the audio sent is too short', action: 'stop', fault: 'sender'},
    4033: {name: 'Audio too long', meaning: 'the audio sent is too long', action: 'stop', fault: 'sender'},
    4034: {name: 'Audio too small to transcode', meaning: 'the audio sent is too small to transcode', action: 'stop', fault: 'sender'},
    4100: {name: 'Bad JSON', meaning: 'a message was no JSON', action: 'stop', fault: 'sender'},
    4101: {name: 'Bad schema', meaning: 'a message had an invalid schema', action: 'stop', fault: 'sender'},
    4102: {name: 'Too many streams', meaning: 'the account has all the streams that it may have', action: 'retry', fault: 'policy'},
    4103: {name: 'Reconnected', meaning: 'the session goes on over another connection', action: 'end', fault: 'none'},
    4104: {name: 'Word boost parameter parsing failed', meaning: 'the word boost parameter could not be parsed', action: 'stop', fault: 'sender'},
  },
})
