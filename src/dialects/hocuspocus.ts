// What does Hocuspocus mean by its codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Yjs documents over WebSocket. */
export const hocuspocus: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'hocuspocus',
  title: 'Hocuspocus',
  source: 'npm @hocuspocus/common 4.8.0 src/CloseEvents.ts',
  rules: {
    4205: {name: 'Reset Connection', meaning: 'the server wants the document to be loaded anew', action: 'retry', fault: 'server', backoff: 'prompt'},
    4401: {name: 'Unauthorized', meaning: 'credentials are missing or were refused', action: 'refresh', fault: 'policy'},
    4403: {name: 'Forbidden', meaning: 'the server refuses what it was asked for', action: 'stop', fault: 'policy'},
    4408: {name: 'Connection Timeout', meaning: 'the server waited too long for a message', action: 'retry', fault: 'network'},
  },
})
