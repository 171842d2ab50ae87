// Does the dialect say what Discord's documents say?

import {describe, expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {discord} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// "Gateway Close Event Codes", column "Reconnect"; 1000 is discord.js's "Got disconnected by Discord", recover: Reconnect.
followsItsSource(
  discord,
  [
    [1000, 'Normal', 'retry'],
    // "We're not sure what went wrong. Try reconnecting?" true
    [4000, 'Unknown error', 'retry', {fault: 'server', backoff: 'exponential'}],
    // "You sent an invalid Gateway opcode or an invalid payload for an opcode. Don't do that!" true
    [4001, 'Unknown opcode', 'retry', {fault: 'sender', report: true, budget: 5}],
    // "You sent an invalid payload to Discord. Don't do that!" true
    [4002, 'Decode error', 'retry', {fault: 'sender', report: true, budget: 5}],
    // "You sent us a payload prior to identifying, or this session has been invalidated." true
    [4003, 'Not authenticated', 'retry', {budget: 5, backoff: 'prompt', report: false}],
    // "The account token sent with your identify payload is incorrect." false
    [4004, 'Authentication failed', 'stop', {fault: 'policy'}],
    // "You sent more than one identify payload. Don't do that!" true
    [4005, 'Already authenticated', 'retry', {fault: 'sender', backoff: 'prompt'}],
    // "The sequence sent when resuming the session was invalid. Reconnect and start a new session." true
    [4007, 'Invalid seq', 'retry', {backoff: 'prompt'}],
    // "Woah nelly! You're sending payloads to us too quickly. Slow it down!" true
    [4008, 'Rate limited', 'retry', {fault: 'sender', backoff: 'exponential'}],
    // "Your session timed out. Reconnect and start a new one." true
    [4009, 'Session timed out', 'retry', {backoff: 'prompt'}],
    // "You sent us an invalid shard when identifying." false
    [4010, 'Invalid shard', 'stop', {fault: 'sender'}],
    // "… you are required to shard your connection in order to connect." false
    [4011, 'Sharding required', 'stop'],
    // "You sent an invalid version for the gateway." false
    [4012, 'Invalid API version', 'stop'],
    // "You sent an invalid intent for a Gateway Intent." false
    [4013, 'Invalid intent(s)', 'stop', {fault: 'sender'}],
    // "You may have tried to specify an intent that you have not enabled or are not approved for." false
    [4014, 'Disallowed intent(s)', 'stop', {fault: 'policy'}],
  ],
  [1001, 1006, 1007, 1013, 4006, 4015, 4999],
)

announces(
  discord,
  [
    // "You should attempt to reconnect and resume immediately."
    ['{"op":7,"d":null}', {after: 0, verdict: {action: 'retry', name: 'Reconnect'}}],
    ['{"t":null,"s":null,"op":7,"d":null}', {after: 0}],
    ['{\n  "op": 7,\n  "d": null\n}', {after: 0}],
    // "If the `d` field is set to `false` (which is most of the time), your app should disconnect."
    ['{"t":null,"s":null,"op":9,"d":false}', {verdict: {action: 'retry', name: 'Invalid Session'}}],
  ],
  [
    '{"t":null,"s":null,"op":9,"d":true}',
    '{"t":"MESSAGE_CREATE","s":7,"op":0,"d":{"op":7,"content":"\\"op\\":7"}}',
    '{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}',
    '{"op":"7"}',
  ],
)

describe('after an op 7', () => {
  it('a 1000 is no end, and a 4004 still stops [CC-144]', () => {
    const announced = discord.hint!('{"op":7,"d":null}')!.verdict
    expect(classify({code: 1000}, {announced}).action).toBe('retry')
    expect(classify({code: 4004}, {dialect: discord, announced}).action).toBe('stop')
  })
})
