// Does the dialect say what Azure's documents say?

import {azureWebPubsub} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  azureWebPubsub,
  [
    // webPubSubClient.js: of the codes it looks at 1008 only; after all others it recovers the connection, or makes a new one
    [1000, 'Normal Closure', 'retry'],
    // "Websocket connection closed with status code 1008. The status code means the connectionId has been removed from the service."
    [1008, 'Connection removed', 'refresh', {fault: 'policy'}],
  ],
  [1001, 1006, 1007, 1011, 1013, 4000],
)
