// What LiveKit says: LeaveRequest of @livekit/protocol 1.52.1, what livekit-client 2.23.0 does in RTCEngine.ts onLeave and onClose, and
// "closes signal connection to notify client to resume/reconnect" [livekit/livekit pkg/rtc/participant_signal.go].

import {describe, expect, it} from 'vitest'
import {livekit} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(livekit, [[1000, 'Signal connection closed', 'retry', {fault: 'server', backoff: 'prompt'}]], [1001, 1006, 1007, 1008, 1011, 1013, 4000])

const back = {after: 0, verdict: {action: 'retry', fault: 'server'}} as const
const gone = {verdict: {action: 'end', fault: 'none'}} as const

announces(
  livekit,
  [
    // "reconnect immediately instead of waiting for next attempt"
    ['{"leave":{"canReconnect":true,"reason":"SERVER_SHUTDOWN","action":"RECONNECT"}}', back],
    ['{"leave":{"action":"RESUME"}}', back],
    ['{"leave": {"action": 1}}', back],
    ['{"leave":{"action":2}}', back],
    // {no: 0, name: "DISCONNECT"}, which JSON leaves out
    ['{"leave":{"reason":"DUPLICATE_IDENTITY"}}', gone],
    ['{"leave":{}}', gone],
    ['{"leave":{"canReconnect":true,"action":"DISCONNECT"}}', gone],
    ['{"leave":{"action":0}}', gone],
    // Before there were actions
    ['{"leave":{"canReconnect":true}}', back],
  ],
  ['{"leave":null}', '{"leave":{"action":"toString"}}', '{"leave":{"action":3}}', '{"leave":{"action":{}}}', '{"leave":{"action":null}}', '{"update":{"leave":{}}}', '{"join":{},"leave":{}}'],
)

describe('livekit, in protobuf', () => {
  it.each([
    // SignalResponse {8: LeaveRequest {1: can_reconnect, 2: reason, 3: action, 4: regions}}
    ['RECONNECT', [0x42, 2, 0x18, 2], 'retry'],
    ['RESUME after a shutdown', [0x42, 6, 8, 1, 0x10, 3, 0x18, 1], 'retry'],
    ['DISCONNECT of a duplicate', [0x42, 2, 0x10, 2], 'end'],
    ['DISCONNECT without a reason', [0x42, 0], 'end'],
    ['no action of an older server', [0x42, 2, 8, 1], 'retry'],
    ['RECONNECT with regions, in two bytes of length', [0x42, 0xc8, 1, 0x18, 2, 0x22, 0xc3, 1, ...Array<number>(195).fill(0x80)], 'retry'],
  ])('says what to do: %s [CC-144]', (_, bytes, action) => {
    const hint = livekit.hint?.(new Uint8Array(bytes))
    expect([hint?.after, hint?.verdict?.action]).toEqual([action === 'retry' ? 0 : undefined, action])
  })

  it.each([
    ['an action that is none', [0x42, 2, 0x18, 9]],
    ['a frame that ends in a field', [0x42, 2, 0x18]],
    // 1: join, 5: update, 18: pong
    ['a join', [0x0a, 2, 0x18, 2]],
    ['an update', [0x2a, 0]],
    ['a pong', [0x90, 1, 0]],
  ])('hears nothing in %s [CC-144]', (_, bytes) => {
    expect(livekit.hint?.(new Uint8Array(bytes))).toBeUndefined()
  })
})
