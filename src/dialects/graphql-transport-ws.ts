// What do servers and clients of graphql-transport-ws mean by their close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// Its own client stops after every code 1000–1999 but 1000, 1001, 1005, 1006 and 1012–1014. Where the table stops, too, there is no row here; 1004,
// 1015 and unassigned codes, which no server sends, are left to the table.
const client = 'enisdenjo/graphql-ws src/client.ts shouldRetryConnectOrThrow(), isFatalInternalCloseCode()'

/** GraphQL over WebSocket, as graphql-ws speaks it. Not the older `graphql-ws` subprotocol of subscriptions-transport-ws. */
export const graphqlTransportWs: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'graphql-transport-ws',
  title: 'GraphQL over WebSocket',
  source: 'enisdenjo/graphql-ws PROTOCOL.md, src/common.ts CloseCode, src/client.ts shouldRetryConnectOrThrow()',
  subprotocols: ['graphql-transport-ws'],
  rules: {
    1002: {name: 'Protocol error', meaning: 'frames broke the WebSocket protocol, which graphql-ws takes for final', action: 'stop', source: client},
    1008: {name: 'Policy Violation', meaning: 'not allowed, which graphql-ws takes for final', action: 'stop', fault: 'policy', source: client},
    1011: {name: 'Internal Error', meaning: 'the server met an error that graphql-ws takes for final', action: 'stop', fault: 'server', source: client},
    4004: {name: 'BadResponse', meaning: 'the client could not read what the server sent', action: 'stop', fault: 'server'},
    4005: {name: 'InternalClientError', meaning: 'the client failed before it could connect', action: 'stop'},
    4400: {name: 'BadRequest', meaning: 'a message was not one of the protocol', action: 'stop', fault: 'sender'},
    4401: {name: 'Unauthorized', meaning: 'an operation was sent before the server acknowledged the connection', action: 'stop', fault: 'sender'},
    4403: {name: 'Forbidden', meaning: 'the server refused connection_init, and may grant it later', action: 'retry', fault: 'policy'},
    4406: {name: 'SubprotocolNotAcceptable', meaning: 'the server does not speak the subprotocol asked for', action: 'stop', fault: 'policy'},
    4408: {name: 'ConnectionInitialisationTimeout', meaning: 'connection_init did not come in time', action: 'retry'},
    4409: {name: 'SubscriberAlreadyExists', meaning: 'the id of an operation is in use', action: 'stop', fault: 'sender'},
    // No rate limit, in spite of its likeness to HTTP 429.
    4429: {name: 'TooManyInitialisationRequests', meaning: 'connection_init was sent more than once', action: 'stop', fault: 'sender'},
    4499: {name: 'Terminated', meaning: 'the client dropped a connection that seemed frozen', action: 'retry', fault: 'network', source: 'enisdenjo/graphql-ws src/client.ts TerminatedCloseEvent'},
    4500: {name: 'InternalServerError', meaning: 'the server failed at an operation', action: 'stop', fault: 'server'},
    4504: {name: 'ConnectionAcknowledgementTimeout', meaning: 'connection_ack did not come in time', action: 'retry', fault: 'server'},
  },
})
