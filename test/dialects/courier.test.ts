// What Courier says: npm @trycourier/courier-js 3.4.0 CourierSocket: `json.event === "reconnect"`, then `retryConnection(json.retryAfter * 1e3)`.

import {describe, expect, it} from 'vitest'
import {parseRetryHint} from '../../src/core/index.ts'
import {courier} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(courier, [], [1000, 1001, 1006, 1007, 1013, 4000])

const verdict = {name: 'Reconnect', action: 'retry', fault: 'server'} as const

announces(
  courier,
  [
    ['{"event":"reconnect","retryAfter":10,"code":1001,"message":"Going away"}', {after: 10_000, verdict}],
    ['{"event":"reconnect","retryAfter":"2.5"}', {after: 2500, verdict}],
    ['{"event":"reconnect","retryAfter":0}', {after: 0, verdict}],
    // No time that can be used: the client's own.
    ['{"event":"reconnect"}', {verdict}],
    ['{"event":"reconnect","retryAfter":-5}', {verdict}],
    ['{"event":"reconnect","retryAfter":1e300}', {verdict}],
    ['{"event":"reconnect","retryAfter":"soon"}', {verdict}],
    ['{"event":"reconnect","retryAfter":{"valueOf":5}}', {verdict}],
  ],
  ['{"event":"message","data":"reconnect","x":"reconnect"}', '{"event":["reconnect"]}', '["reconnect"]'],
)

describe('courier', () => {
  it('needs no rule for its reason, {"Retry-After": "10"} in seconds [CC-144]', () => {
    expect(parseRetryHint('{"Retry-After": "10"}')).toEqual({after: 10_000})
  })
})
