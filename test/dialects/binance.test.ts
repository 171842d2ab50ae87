// What Binance says: "A serverShutdown event will be sent when the server is about to shutdown, resulting in disconnection. Please establish
// a new connection as soon as possible to prevent interruption."

import {binance} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(binance, [], [1000, 1001, 1006, 1007, 1008, 1013, 4000])

const shutdown = {after: 0, verdict: {name: 'Server shutdown', action: 'retry', fault: 'server'}} as const

announces(
  binance,
  [
    ['{"e":"serverShutdown","E":1770123456789}', shutdown],
    // Combined streams are wrapped: {"stream":"<streamName>","data":<rawPayload>}
    ['{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}', shutdown],
    // WebSocket API, connection events
    ['{"event":{"e":"serverShutdown","E":1770123456789}}', shutdown],
  ],
  ['{"e":"trade","s":"serverShutdown","x":"serverShutdown"}', '{"e":["serverShutdown"]}', '{"stream":"!serverShutdown","data":"serverShutdown"}', '["serverShutdown"]', '"serverShutdown"'],
)
