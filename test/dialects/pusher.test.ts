// Does the dialect say what the Pusher Channels Protocol says?

import {expect, it} from 'vitest'
import {backoff} from '../../src/core/index.ts'
import {pusher} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// "Error Codes"
followsItsSource(
  pusher,
  [
    // pusher-js connection_manager.ts: after any code below 4000 but 1002–1004, `closed` → retryIn(1000)
    [1000, 'Closed', 'retry', {backoff: 'exponential'}],
    // "4000-4099 … attempting to reconnect using the same parameters will not succeed."
    [4000, 'SSL required', 'stop', {fault: 'policy'}],
    [4001, 'Application does not exist', 'stop'],
    [4002, 'Not unchanged', 'stop'],
    [4003, 'Application disabled', 'stop'],
    [4004, 'Over connection quota', 'stop'],
    [4005, 'Path not found', 'stop'],
    [4006, 'Invalid version string format', 'stop'],
    [4007, 'Unsupported protocol version', 'stop'],
    [4008, 'No protocol version supplied', 'stop'],
    [4009, 'Connection is unauthorized', 'stop'],
    [4099, 'Not unchanged', 'stop'],
    // "4100-4199 … the client may reconnect after 1s or more."
    [4100, 'Over capacity', 'retry', {backoff: {initialDelay: 2000, factor: 2, maxDelay: 30_000, jitter: 0.5}, fault: 'server'}],
    [4199, 'After backing off', 'retry'],
    // "4200-4299 … the client may reconnect immediately."
    [4200, 'Immediately', 'retry', {backoff: 'prompt'}],
    [4201, 'Pong reply not received', 'retry', {backoff: 'prompt', fault: 'network'}],
    [4202, 'Closed after inactivity', 'retry', {backoff: 'prompt'}],
    [4299, 'Immediately', 'retry', {backoff: 'prompt'}],
    // "4300-4399 Any other type of error."; pusher-js: `// unknown error` → "refused"
    [4301, 'Other error', 'stop'],
    [4399, 'Other error', 'stop'],
  ],
  [1002, 1003, 1004, 1006, 1007, 1013, 3999, 4400, 4999],
)

// Laravel Reverb: Factory::connection(), Server::open(): the message, and then the end of TCP
announces(
  pusher,
  [
    ['{"event":"pusher:error","data":"{\\"code\\":4001,\\"message\\":\\"Application does not exist\\"}"}', {verdict: {action: 'stop', fault: 'policy', name: 'Application does not exist'}}],
    ['{"event":"pusher:error","data":"{\\"code\\":4004,\\"message\\":\\"Application is over connection quota\\"}"}', {verdict: {action: 'stop', name: 'Over connection quota'}}],
    // As older servers wrote it, and pusher-js reads it.
    ['{"event":"pusher:error","data":{"code":4008,"message":"No protocol version supplied"}}', {verdict: {action: 'stop', name: 'No protocol version supplied'}}],
  ],
  [
    // Of a channel, a message or the client's speed: the connection goes on.
    '{"event":"pusher:error","data":"{\\"code\\":4009,\\"message\\":\\"Connection is unauthorized\\"}"}',
    '{"event":"pusher:error","data":"{\\"code\\":4200,\\"message\\":\\"Invalid message format\\"}"}',
    '{"event":"pusher:error","data":"{\\"code\\":4301,\\"message\\":\\"Rate limit exceeded\\"}"}',
    '{"event":"pusher:error","data":{"code":"constructor"}}',
    '{"event":"pusher:error","data":null}',
    '{"event":"chat","data":{"code":4001,"text":"pusher:error"},"channel":"\\"pusher:error\\""}',
  ],
)

it.each([4100, 4150, 4199])('waits at least a second after %i, whatever the chance [CC-140]', (code) => {
  const {initialDelay, factor, maxDelay, jitter} = pusher.judge({code})!.backoff as Required<Parameters<typeof backoff>[2] & object>
  for (const attempt of [0, 1, 9]) for (const random of [0, 0.5, 0.999]) expect(backoff(attempt, random, {initialDelay, factor, maxDelay, jitter})).toBeGreaterThanOrEqual(1000)
})
