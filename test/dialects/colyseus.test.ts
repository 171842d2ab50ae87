// What Colyseus says: @colyseus/shared-types 0.18.3 CloseCode, and what @colyseus/sdk 0.18.4 does in Room.ts onclose.

import {colyseus} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  colyseus,
  [
    [4000, 'CONSENTED', 'end', {fault: 'none'}],
    // onBeforeShutdown(): isDevMode ? MAY_TRY_RECONNECT : SERVER_SHUTDOWN
    [4001, 'SERVER_SHUTDOWN', 'retry', {fault: 'server', backoff: 'spread'}],
    [4002, 'WITH_ERROR', 'stop', {fault: 'unknown'}],
    [4003, 'FAILED_TO_RECONNECT', 'stop', {fault: 'policy'}],
    // The SDK reconnects after this one, and after 1001, 1005 and 1006, as the table does.
    [4010, 'MAY_TRY_RECONNECT', 'retry', {fault: 'server', backoff: 'prompt'}],
  ],
  [1000, 1001, 1005, 1006, 1007, 1013, 4004, 4009, 4011],
)
