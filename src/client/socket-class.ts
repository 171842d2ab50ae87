// What are sockets made of?

import {ClosecallError} from '../core/errors.ts'
import {nativeWebSocket, type WebSocketClass} from '../platform/websocket.ts'
import type {Settings} from './options.ts'

/**
 * @param call what to write where there is no class
 * @throws {ClosecallError} where there is no class (`NO_WEBSOCKET`)
 */
export const socketClass = ({WebSocket = nativeWebSocket()}: Pick<Settings, 'WebSocket'>, call = 'connect(url, {WebSocket})'): WebSocketClass => {
  if (WebSocket) return WebSocket
  throw new ClosecallError('NO_WEBSOCKET', `this runtime has no WebSocket: \`npm install ws\`, then \`import WebSocket from 'ws'\` and \`${call}\``)
}
