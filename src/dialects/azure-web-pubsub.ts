// What does Azure Web PubSub mean by a close?

import {defineDialect, type DefinedDialect} from './define.ts'

/**
 * A dropped connection of a reliable subprotocol is recovered with its `connectionId` and `reconnectionToken` in the address, for up to a
 * minute: give `url` as a function.
 */
export const azureWebPubsub: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'azure-web-pubsub',
  title: 'Azure Web PubSub',
  source: 'MicrosoftDocs/azure-docs articles/azure-web-pubsub/howto-develop-reliable-clients.md "Reconnection"',
  subprotocols: ['json.reliable.webpubsub.azure.v1', 'protobuf.reliable.webpubsub.azure.v1', 'json.webpubsub.azure.v1', 'protobuf.webpubsub.azure.v1'],
  rules: {
    // Its client comes back after every code; from any but 1008 it recovers first.
    1000: {name: 'Normal Closure', meaning: 'the service ended the connection, and takes the client back', action: 'retry', fault: 'server', source: '@azure/web-pubsub-client 1.0 (npm) webPubSubClient.js'},
    1008: {name: 'Connection removed', meaning: 'the service no longer knows this connection, which can not be recovered: a new one is needed', action: 'refresh', fault: 'policy'},
  },
  // The message of a "disconnected" event is for people, and does not say whether to come back: the code decides.
})
