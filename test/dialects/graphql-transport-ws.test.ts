// Does the dialect say what graphql-ws does?

import {graphqlTransportWs} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

// PROTOCOL.md, enum CloseCode of src/common.ts, and the list of src/client.ts shouldRetryConnectOrThrow() with its comments.
followsItsSource(
  graphqlTransportWs,
  [
    // isFatalInternalCloseCode: 1000–1999 but 1000, 1001, 1005, 1006, 1012, 1013, 1014
    [1002, 'Protocol error', 'stop'],
    [1008, 'Policy Violation', 'stop', {fault: 'policy'}],
    [1011, 'Internal Error', 'stop', {fault: 'server'}],
    [4004, 'BadResponse', 'stop', {fault: 'server'}],
    [4005, 'InternalClientError', 'stop'],
    // "Receiving a message of a type or format which is not specified in this document will result in an immediate socket closure with the event 4400"
    [4400, 'BadRequest', 'stop', {fault: 'sender', report: true}],
    // "Tried subscribing before connect ack"
    [4401, 'Unauthorized', 'stop', {fault: 'sender'}],
    // "CloseCode.Forbidden, might grant access out after retry"
    [4403, 'Forbidden', 'retry', {fault: 'policy', backoff: 'exponential'}],
    [4406, 'SubprotocolNotAcceptable', 'stop'],
    // "CloseCode.ConnectionInitialisationTimeout, might not time out after retry"
    [4408, 'ConnectionInitialisationTimeout', 'retry'],
    // "4409: Subscriber for <unique-operation-id> already exists"
    [4409, 'SubscriberAlreadyExists', 'stop', {fault: 'sender'}],
    // "If the server receives more than one ConnectionInit message": no rate limit
    [4429, 'TooManyInitialisationRequests', 'stop', {fault: 'sender'}],
    // "4499, // Terminated, probably because the socket froze, we want to retry"
    [4499, 'Terminated', 'retry', {fault: 'network'}],
    [4500, 'InternalServerError', 'stop', {fault: 'server'}],
    // "CloseCode.ConnectionAcknowledgementTimeout, might not time out after retry"
    [4504, 'ConnectionAcknowledgementTimeout', 'retry', {fault: 'server'}],
  ],
  [1000, 1001, 1003, 1005, 1006, 1007, 1009, 1012, 1013, 1014, 3000, 4000, 4402, 4501, 4999],
)
