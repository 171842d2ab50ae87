// What Metered says: www.metered.ca/docs/realtime-messaging/protocol/close-codes, and @metered-ca/realtime 1.2.0 TERMINAL_CLOSE_CODES.

import {metered} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  metered,
  [
    // "Inspect the close reason; fix the violation."
    [1008, 'Policy Violation', 'stop', {fault: 'sender', report: true}],
    // "credentials are wrong; reconnect won't fix"
    [4001, 'Invalid Token', 'stop', {fault: 'policy'}],
    // "Mint a fresh token from your backend; reconnect."
    [4002, 'Token Expired', 'refresh', {fault: 'policy'}],
    // "Fix the key's patterns on the dashboard, or pick a different channel."
    [4003, 'Channel Not Authorized', 'stop', {fault: 'policy'}],
    // "Wait and retry, or enable overages / upgrade the plan."
    [4010, 'Over Concurrent Limit', 'retry', {fault: 'policy'}],
    // "Throttle on the client."
    [4011, 'Over Message Rate', 'retry', {fault: 'sender', report: true}],
    // "Reconnect attempts will keep failing until the account is reactivated."
    [4012, 'Account Suspended', 'stop', {fault: 'policy'}],
    // "backend kicked this peer intentionally"
    [4020, 'Admin Disconnect', 'stop', {fault: 'policy'}],
  ],
  // 1001 and 1009 mean what they do in the table; 4000 is the client's own.
  [1000, 1001, 1006, 1007, 1009, 1013, 4000, 4004, 4013, 4021],
)

const verdict = {name: 'Going Away', action: 'retry', fault: 'server'} as const

announces(
  metered,
  [
    // "Comes after a going_away JSON message with retryAfterMs. Wait the suggested interval, reconnect. Not an error."
    ['{"type":"going_away","retryAfterMs":1000}', {after: 1000, verdict}],
    ['{"type":"going_away","retryAfterMs":0}', {after: 0, verdict}],
    ['{"type":"going_away"}', {verdict}],
    ['{"type":"going_away","retryAfterMs":"1000"}', {verdict}],
    ['{"type":"going_away","retryAfterMs":-1}', {verdict}],
    ['{"type":"going_away","retryAfterMs":1e308}', {verdict}],
    ['{"type":"going_away","retryAfterMs":null}', {verdict}],
  ],
  ['{"type":"message","data":{"type":"going_away","retryAfterMs":1}}', '{"type":["going_away"]}', '["going_away"]'],
)
