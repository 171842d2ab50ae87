// closecall/node: the client over `ws`, for what a handshake from Node can have more. Every export by name.

export {connect, type NodeOptions} from './connect.ts'
export {webSocketClass, type HeaderFields, type TransportOptions} from './transport.ts'
