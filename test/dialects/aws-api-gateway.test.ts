// Does the dialect say what Amazon's documents say?

import {awsApiGateway} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

// "WebSocket API status codes": "API Gateway returns this status code when …"
followsItsSource(
  awsApiGateway,
  [
    // "the client is idle for 10 minutes or reaches the maximum 2 hour connection lifetime"
    [1001, 'Going Away', 'retry', {fault: 'none', backoff: 'unhurried'}],
    // "an endpoint receives a binary media type. Binary media types aren't supported for WebSocket APIs."
    [1003, 'Unsupported Data', 'stop', {fault: 'sender', report: true}],
    // "an endpoint receives too many requests from a particular client"
    [1008, 'Too many requests', 'retry', {fault: 'sender'}],
    // "an endpoint receives a message that is too big for it to process"
    [1009, 'Message Too Big', 'stop', {fault: 'sender'}],
    // "there is an internal server error"
    [1011, 'Internal Error', 'retry', {fault: 'server'}],
    // "the service restarts"
    [1012, 'Service Restart', 'retry', {backoff: 'spread'}],
  ],
  [1000, 1005, 1006, 1007, 1013, 3000, 4000],
)
