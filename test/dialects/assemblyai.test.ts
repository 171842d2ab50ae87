// What AssemblyAI says: npm assemblyai 4.41.5 src/utils/errors/{streaming,realtime}.ts, and its table of session errors and closures.

import {assemblyai} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  assemblyai,
  [
    // "Session Cancelled: An error occurred | Unknown server error."
    [3005, 'Server error', 'retry', {fault: 'server'}],
    // "Invalid Message Type", "Invalid JSON", "Invalid Message"
    [3006, 'Input validation error', 'stop', {fault: 'sender', report: true}],
    // "Audio chunk size less than 50ms or greater than 1000ms", "Audio sent faster than real-time"
    [3007, 'Audio chunk duration violation', 'stop', {fault: 'sender', report: true}],
    // "Session exceeded 3 hour limit (or max session duration set by temporary token)."
    [3008, 'Maximum session duration exceeded', 'retry', {fault: 'none', backoff: 'prompt'}],
    // "Real-time concurrency limit exceeded."
    [3009, 'Too many concurrent sessions', 'retry', {fault: 'policy'}],
    // NON_RETRYABLE_CLOSE_CODES: BadSampleRate, AuthFailed, InsufficientFunds, FreeTierUser, BadSchema
    [4000, 'Bad sample rate', 'stop', {fault: 'sender'}],
    [4001, 'Not authorized', 'refresh', {fault: 'policy'}],
    [4002, 'Insufficient funds', 'stop', {fault: 'policy'}],
    [4003, 'Free tier user', 'stop', {fault: 'policy'}],
    [4101, 'Bad schema', 'stop', {fault: 'sender'}],
    // "attempt to connect to nonexistent session id"
    [4004, 'Session does not exist', 'refresh', {fault: 'policy'}],
    // "Session Expired"
    [4008, 'Session expired', 'retry', {fault: 'none'}],
    // "attempt to connect to closed session"
    [4010, 'Session is closed', 'refresh', {fault: 'policy'}],
    // "Client sent audio too fast"
    [4029, 'Rate limited', 'retry', {fault: 'sender', report: true}],
    // "Session is handled by another WebSocket"
    [4030, 'Unique session violation', 'stop', {fault: 'policy'}],
    // "Session idle for too long"
    [4031, 'Session timeout', 'retry', {fault: 'none'}],
    [4032, 'Audio too short', 'stop', {fault: 'sender'}],
    [4033, 'Audio too long', 'stop', {fault: 'sender'}],
    [4034, 'Audio too small to transcode', 'stop', {fault: 'sender'}],
    [4100, 'Bad JSON', 'stop', {fault: 'sender'}],
    // "This account has exceeded the number of allowed streams"
    [4102, 'Too many streams', 'retry', {fault: 'policy'}],
    // "This session has been reconnected. This WebSocket is no longer valid"
    [4103, 'Reconnected', 'end', {fault: 'none'}],
    [4104, 'Word boost parameter parsing failed', 'stop', {fault: 'sender'}],
  ],
  // 1013 is deprecated there: "Don't use".
  [1000, 1006, 1007, 1008, 1013, 3004, 3010, 4005, 4035, 4105],
)
