// What do Colyseus rooms mean by their codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Versions 0.16–0.18. */
export const colyseus: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'colyseus',
  title: 'Colyseus',
  source: 'npm @colyseus/shared-types 0.18.3 src/Protocol.ts (CloseCode), @colyseus/sdk 0.18.4 src/Room.ts (onclose), @colyseus/core 0.18.17 src/Room.ts',
  rules: {
    4000: {name: 'CONSENTED', meaning: 'the room was left on purpose', action: 'end', fault: 'none'},
    // A seat is for one server: where the address is a function, it may have a new one reserved.
    4001: {name: 'SERVER_SHUTDOWN', meaning: 'the server shuts down, and its rooms with it', action: 'retry', fault: 'server', backoff: 'spread'},
    4002: {name: 'WITH_ERROR', meaning: 'the room closed the connection after an error', action: 'stop'},
    4003: {name: 'FAILED_TO_RECONNECT', meaning: 'the seat in the room is no longer reserved', action: 'stop', fault: 'policy'},
    4010: {name: 'MAY_TRY_RECONNECT', meaning: 'the seat in the room is kept for a while', action: 'retry', fault: 'server', backoff: 'prompt'},
  },
})
