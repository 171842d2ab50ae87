// What does Deepgram's streaming API mean by its codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Names its errors in the reason, by a link to their page. */
export const deepgram: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'deepgram',
  title: 'Deepgram streaming',
  source: 'deepgram/deepgram-python-sdk#319; developers.deepgram.com/docs/stt-troubleshooting-websocket-data-and-net-errors',
  rules: {
    1011: {
      name: 'NET-0001',
      meaning: 'neither audio nor a KeepAlive message was sent in time',
      action: 'retry',
      fault: 'sender',
      reason: /net-?0001|did not receive audio data or a text message/i,
    },
  },
})
