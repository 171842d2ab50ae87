// What does Binance mean by its messages? It has no close codes of its own.

import {defineDialect, type DefinedDialect} from './define.ts'

/** Spot streams, raw and combined, and the WebSocket API. */
export const binance: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'binance',
  title: 'Binance spot',
  source: 'developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (General WSS information), …/websocket-api/connection-events (Server Shutdown)',
  rules: {},
  messages: {
    about: /"serverShutdown"/,
    // Raw streams send the event itself, combined ones in `data`, the API in `event`. Minutes pass before the close, but there is nothing
    // to wait for after it: a new connection goes to another server.
    read: (message) =>
      [message, message.data, message.event].some((event) => event?.e === 'serverShutdown') ?
        {after: 0, verdict: {name: 'Server shutdown', action: 'retry', fault: 'server', explanation: 'the server shuts down'}}
      : undefined,
  },
})
