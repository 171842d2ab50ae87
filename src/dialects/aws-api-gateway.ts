// What does Amazon API Gateway mean by its close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

const quotas = 'Amazon API Gateway Developer Guide, "Quotas for configuring and running a WebSocket API"'

/** Applications behind it can't choose a code. */
export const awsApiGateway: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'aws-api-gateway',
  title: 'Amazon API Gateway WebSocket APIs',
  source: 'Amazon API Gateway Developer Guide, "Overview of WebSocket APIs", "WebSocket API status codes" (docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-overview.html)',
  rules: {
    // In no hurry, since Firefox says it, too, to a page that is being left.
    1001: {name: 'Going Away', meaning: 'the connection was idle for 10 minutes, or is 2 hours old', action: 'retry', fault: 'none', backoff: 'unhurried'},
    1003: {name: 'Unsupported Data', meaning: 'API Gateway takes no binary messages', action: 'stop', fault: 'sender'},
    1008: {name: 'Too many requests', meaning: 'this client sent too many messages', action: 'retry', fault: 'sender'},
    1009: {name: 'Message Too Big', meaning: 'a frame has more than 32 KB, or a message more than 128 KB', action: 'stop', fault: 'sender', source: quotas},
    1011: {name: 'Internal Error', meaning: 'API Gateway met an internal error', action: 'retry', fault: 'server'},
    1012: {name: 'Service Restart', meaning: 'the service restarts', action: 'retry', fault: 'server', backoff: 'spread', rotate: true},
  },
})
