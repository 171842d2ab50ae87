// What Hocuspocus says: npm @hocuspocus/common 4.8.0 src/CloseEvents.ts.

import {hocuspocus} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  hocuspocus,
  [
    // "asks that the requester reset its document view, and is not returning any content"
    [4205, 'Reset Connection', 'retry', {fault: 'server', backoff: 'prompt'}],
    // "authentication is required and has failed or has not yet been provided"
    [4401, 'Unauthorized', 'refresh', {fault: 'policy'}],
    // "the server is refusing action"
    [4403, 'Forbidden', 'stop', {fault: 'policy'}],
    // "The server timed out waiting for the request."
    [4408, 'Connection Timeout', 'retry', {fault: 'network'}],
  ],
  // 1009 is there, too, and means what it does in the table.
  [1000, 1006, 1007, 1009, 1013, 4000, 4400, 4404, 4429],
)
