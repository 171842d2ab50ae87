// What NATS says: nats-io/nats-server server/websocket.go wsEnqueueCloseMessage() for the codes, server/monitor.go String() for the reasons.

import {nats} from '../../src/dialects/index.ts'
import {followsItsSource, type Row} from './table.ts'

const each = (code: number, reasons: readonly string[], name: string, action: Row[2], more: Row[3] = {}): Row[] => reasons.map((reason) => [code, name, action, {reason, ...more}])

followsItsSource(
  nats,
  [
    // case ParseError, ProtocolViolation, BadClientProtocolVersion: wsCloseStatusProtocolError
    ...each(1002, ['Parse Error', 'Protocol Violation', 'Bad Client Protocol Version'], 'Protocol Violation', 'stop', {fault: 'sender', report: true}),
    // case AuthenticationTimeout, …, Revocation: wsCloseStatusPolicyViolation
    ...each(1008, ['Slow Consumer (Pending Bytes)', 'Slow Consumer (Write Deadline)'], 'Slow Consumer', 'retry'),
    ...each(1008, ['Maximum Connections Exceeded', 'Maximum Account Connections Exceeded'], 'Maximum Connections Exceeded', 'retry', {fault: 'policy'}),
    ...each(1008, ['Maximum Control Line Exceeded', 'Maximum Subscriptions Exceeded'], 'Limit Exceeded', 'stop', {fault: 'sender'}),
    ...each(1008, ['Authentication Timeout', 'Authentication Failure', 'Authentication Expired', 'Credentials Revoked', 'Missing Account'], 'Authentication Failure', 'refresh', {fault: 'policy'}),
  ],
  // 1002 and 1008 without a reason that is known, and all others, are the table's.
  [1000, 1001, 1002, 1006, 1007, 1008, 1009, 1011, 1013, 4000],
)
