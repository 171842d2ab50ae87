// What does Cloudflare mean by its closes, whatever service it stands before?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Proxy, Workers and Durable Objects. */
export const cloudflare: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'cloudflare',
  title: 'Cloudflare',
  source: 'cloudflare/cloudflare-docs src/content/docs/network/websockets.mdx; huobiapi/API_Docs#128 (1001); capnproto/capnproto#2738 (1013)',
  rules: {
    // The reason tells it from a page that is being left, of which Firefox says 1001, too.
    1001: {name: 'Proxy restarting', meaning: 'Cloudflare restarts the server that the connection ran through', action: 'retry', fault: 'server', reason: /^cloudflare websocket proxy restarting/i},
    1013: {name: 'Overloaded', meaning: 'the Worker or Durable Object has more work than it can take', action: 'retry', fault: 'server', rotate: true},
  },
})
