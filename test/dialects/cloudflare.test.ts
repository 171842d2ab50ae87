// What Cloudflare says: "When Cloudflare releases new code to its global network, we may restart servers, which terminates WebSockets
// connections." [cloudflare-docs network/websockets.mdx]

import {cloudflare} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  cloudflare,
  [
    // "close 1001 (going away): CloudFlare WebSocket proxy restarting" [huobiapi/API_Docs#128]
    [1001, 'Proxy restarting', 'retry', {reason: 'CloudFlare WebSocket proxy restarting', fault: 'server'}],
    // "Report WebSocket overloads with close 1013" [capnproto/capnproto#2738]
    [1013, 'Overloaded', 'retry', {fault: 'server'}],
  ],
  // 1001 without that reason may be the page that is left.
  [1000, 1001, 1006, 1007, 1011, 1012, 4000],
)
