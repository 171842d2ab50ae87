// What OpenAI says: npm openai 6.49.0 src/internal/ws.ts isRecoverableClose(), and closes that were reported.

import {openaiRealtime} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  openaiRealtime,
  [
    // [pollen-robotics/reachy_mini_conversation_app#134]
    [1001, 'Session expired', 'retry', {reason: 'Your session hit the maximum duration of 60 minutes.', fault: 'none', backoff: 'prompt'}],
    // case 1002: return false; // Protocol error
    [1002, 'Protocol error', 'stop', {fault: 'sender'}],
    // case 1008: return false; // Policy violation
    [1008, 'Policy Violation', 'stop', {fault: 'policy'}],
    // "received 3000 (registered) invalid_request_error.invalid_api_key" [twilio-samples/speech-assistant-openai-realtime-api-python#4]
    [3000, 'Invalid API key', 'refresh', {reason: 'invalid_request_error.invalid_api_key', fault: 'policy'}],
  ],
  // What it lists besides agrees with the table: 1000, 1003, 1007, 1009, 1010 no; 1001, 1005, 1006, 1011, 1012, 1013, 1015 yes.
  [1000, 1001, 1003, 1005, 1006, 1007, 1009, 1011, 1012, 1013, 1014, 3000, 4000],
)

announces(
  openaiRealtime,
  [
    // [livekit/agents#1073]
    [
      '{"type":"error","event_id":"event_ASrZ7rjANnmB9VU5pR7YR","error":{"type":"invalid_request_error","code":"session_expired","message":"Your session hit the maximum duration of 15 minutes.","param":null,"event_id":null}}',
      {after: 0, verdict: {name: 'Session expired', action: 'retry', fault: 'none'}},
    ],
  ],
  [
    '{"type":"error","error":{"code":"rate_limit_exceeded","message":"session_expired","x":"session_expired"}}',
    '{"type":"error","error":null,"x":"session_expired"}',
    '{"type":"error","error":"session_expired"}',
    '{"type":"response.text.delta","error":{"code":"session_expired"}}',
  ],
)
