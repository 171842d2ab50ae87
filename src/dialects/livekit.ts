// What does LiveKit's signalling mean by a close, and by its message before it?

import {defineDialect, type DefinedDialect} from './define.ts'

/**
 * The LeaveRequest of a protobuf frame that begins with one: `B` is the tag of SignalResponse.leave. Its first fields are a tag and a small
 * number each, which are ASCII whatever else the frame holds.
 */
const leaveIn = (frame: string): unknown => {
  const fields: Record<number, number> = {}
  // Where the length takes two bytes, the first is no UTF-8.
  for (let at = frame[1] === '\uFFFD' ? 3 : 2; [8, 16, 24].includes(frame.charCodeAt(at)); at += 2) fields[frame.charCodeAt(at)] = frame.charCodeAt(at + 1)
  return {leave: {canReconnect: fields[8] === 1, action: fields[24]}}
}

/** In JSON as in protobuf. */
export const livekit: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'livekit',
  title: 'LiveKit signalling',
  source: 'npm livekit-client 2.23.0 src/room/RTCEngine.ts (onLeave, onClose), npm @livekit/protocol 1.52.1 src/gen/livekit_rtc_pb.js (SignalResponse, LeaveRequest); livekit/livekit pkg/rtc/participant_signal.go closeSignalConnection()',
  rules: {
    // "closes signal connection to notify client to resume/reconnect": an end for good is told by a message.
    1000: {name: 'Signal connection closed', meaning: 'the server wants the client to resume or reconnect', action: 'retry', fault: 'server', backoff: 'prompt'},
  },
  messages: {
    about: /^(B|\s*\{\s*"leave")/,
    parse: (text) => (text[0] === 'B' ? leaveIn(text) : JSON.parse(text)),
    // By name or number. JSON leaves out the first, DISCONNECT; older servers know only `canReconnect`.
    read: ({leave: {action, canReconnect}}) => {
      if (action === 'RESUME' || action === 1 || action === 'RECONNECT' || action === 2 || (action === undefined && canReconnect === true))
        return {after: 0, verdict: {name: 'Leave and reconnect', action: 'retry', fault: 'server', explanation: 'the server moves the session'}}
      if (action === undefined || action === 'DISCONNECT' || action === 0)
        return {verdict: {name: 'Leave', action: 'end', fault: 'none', explanation: 'the server ended the session'}}
      return undefined
    },
  },
})
