// closecall/websocket: the client behind the standard interface, for whatever takes a WebSocket class. Every export by name.

export {fromReconnectingWebSocket, type PeerOptions} from './peer-options.ts'
export {ReconnectingWebSocket, type ReconnectingWebSocketOptions} from './reconnecting-websocket.ts'
export type {Consequence, ReconnectingCloseEvent, ReconnectingErrorEvent, ReconnectingWebSocketEvents} from './events.ts'
export {withOptions, type ReconnectingWebSocketClass} from './with-options.ts'
