// What Kraken says: "websocket: close 1013: Market data unavailable" [aopoltorzhicky/go_kraken#33]; "Use exponential backoff with jitter"
// [docs.kraken.com, guides/websockets/reconnection].

import {kraken} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  kraken,
  [[1013, 'Market data unavailable', 'retry', {reason: 'Market data unavailable', fault: 'server', backoff: 'exponential'}]],
  [1000, 1001, 1006, 1007, 1013, 4000],
)
