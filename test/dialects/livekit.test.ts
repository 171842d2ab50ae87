// What LiveKit says: LeaveRequest of @livekit/protocol 1.52.1, what livekit-client 2.23.0 does in RTCEngine.ts onLeave and onClose, and
// "closes signal connection to notify client to resume/reconnect" [livekit/livekit pkg/rtc/participant_signal.go].

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
