// What does SocketCluster mean by its close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// Its client waits 10–20 s, then half as long again each time, 60 s at most.
const slowly = {initialDelay: 15_000, factor: 1.5, maxDelay: 45_000, jitter: 1 / 3}

/** SocketCluster 15 and later, and Asyngular. Its client comes back so slowly after 1006, too; here that is the table's. */
export const socketcluster: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'socketcluster',
  title: 'SocketCluster',
  source: 'socketcluster-client 20 (npm) lib/clientsocket.js _destroy(), sc-errors 3 (npm) socketProtocolErrorStatuses',
  rules: {
    1005: {name: 'No status', meaning: 'the connection was closed without a code', action: 'retry', backoff: 'prompt'},
    4000: {name: 'Server ping timed out', meaning: 'no ping of the server came in time', action: 'retry', fault: 'network', backoff: 'prompt'},
    4001: {name: 'Client pong timed out', meaning: 'a ping of the server was not answered in time', action: 'retry', fault: 'network', backoff: 'prompt'},
    4002: {name: 'Auth token not signed', meaning: 'the server failed to sign an auth token', action: 'retry', fault: 'server', backoff: slowly},
    4003: {name: 'Handshake failed', meaning: 'the handshake could not be completed', action: 'retry', backoff: slowly},
    4004: {name: 'Auth token not saved', meaning: 'the client failed to save an auth token', action: 'retry', backoff: slowly},
    4005: {name: 'Handshake timed out', meaning: 'no #handshake came from the client in time', action: 'retry', backoff: slowly},
    4006: {name: 'Broker failed', meaning: 'the server could not bind the socket to its message broker', action: 'retry', fault: 'server', backoff: slowly},
    4007: {name: 'Connecting timed out', meaning: 'the connection was not established in time', action: 'retry', fault: 'network', backoff: slowly},
    4008: {name: 'Handshake rejected', meaning: 'the server rejected the handshake', action: 'retry', fault: 'policy', backoff: slowly},
    4009: {name: 'Message before handshake', meaning: 'a message came before the handshake', action: 'retry', fault: 'sender', backoff: slowly},
    '4500-4999': {name: 'Permanent', meaning: 'the client should not come back', action: 'stop', fault: 'policy'},
  },
})
