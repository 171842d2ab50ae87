// What Deepgram says: "received 1011 (internal error) Deepgram did not receive audio data or a text message within the timeout window.
// See https://dpgr.am/net0001" [deepgram/deepgram-python-sdk#319]

import {deepgram} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  deepgram,
  [[1011, 'NET-0001', 'retry', {reason: 'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001', fault: 'sender', report: true}]],
  // Other reasons of 1011, and 1008, are the table's.
  [1000, 1005, 1006, 1007, 1008, 1011, 4000],
)
