// What does a Socket.IO server mean by a close?

import {defineDialect, type DefinedDialect} from './define.ts'

/**
 * Socket.IO, protocol 5, on Engine.IO, protocol 4, for its main namespace. Engine.IO alone needs no dialect: it closes without a code, or
 * with the codes of its WebSocket server, which mean what they are registered for.
 */
export const socketIo: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'socket-io',
  title: 'Socket.IO',
  source: 'socket.io-client 4.8 (npm) socket.js onpacket(), socketio/socket.io-protocol Readme.md, socketio/engine.io-protocol README.md',
  rules: {
    1005: {name: 'Closed by the server', meaning: 'Engine.IO closed without a code, as it does on shutdown and when a ping was not answered', action: 'retry', source: 'measured: engine.io 6.6'},
  },
  messages: {
    // Engine.IO's "message" is 4; in it Socket.IO's CONNECT is 0, DISCONNECT 1, CONNECT_ERROR 4. Other namespaces follow with a slash.
    about: /^4(?:[04]\{|[01]$)/,
    parse: (text) => text.slice(0, 2),
    read: (packet) =>
      packet === '41' ? {verdict: {action: 'end', fault: 'none', name: 'io server disconnect', explanation: 'the server disconnected this client, which does not come back by itself'}}
      : packet === '44' ? {verdict: {action: 'stop', fault: 'policy', name: 'connect_error', explanation: 'the server refused this client'}}
      // Connected, maybe again on the same connection: what was said before no longer holds.
      : packet === '40' ? {verdict: {}}
      : undefined,
  },
})
