// Does the dialect say what Socket.IO does?

import {socketIo} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// engine.io transports/websocket.js doClose(): this.socket.close(), without a code
followsItsSource(socketIo, [[1005, 'Closed by the server', 'retry']], [1000, 1001, 1006, 1007, 1009, 1013, 4000])

announces(
  socketIo,
  [
    // "the disconnection was initiated by the server, you need to manually reconnect"
    ['41', {verdict: {action: 'end', fault: 'none', name: 'io server disconnect'}}],
    // socket.js onpacket: CONNECT_ERROR: this.destroy()
    ['44{"message":"Not authorized","data":{"code":"E001"}}', {verdict: {action: 'stop', fault: 'policy'}}],
    ['40{"sid":"wZX3oN0bSVIhsaknAAAI"}', {verdict: {}}],
    ['40', {verdict: {}}],
  ],
  [
    // Of other namespaces the client may have several more.
    '41/admin,',
    '44/admin,{"message":"Not authorized"}',
    '40/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}',
    '42["message","41"]',
    '411',
    '2',
    '0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
  ],
)
