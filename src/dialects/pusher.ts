// What do Pusher Channels, soketi and Laravel Reverb mean by their close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// "The back-off time SHOULD be at least 1 second in duration and MAY be exponential": 1–3 s at first, 15–45 s at last.
const backOff = {initialDelay: 2000, factor: 2, maxDelay: 30_000, jitter: 0.5}

// pusher-js backs off after 1002–1004, too; here they are the table's, since they are not Pusher's: 1003 says that binary frames were sent.

/** Protocol 7. Codes without a row of their own are judged by their range, as the protocol asks. */
export const pusher: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'pusher',
  title: 'Pusher Channels',
  source: 'Pusher Channels Protocol, "Connection closure" and "Error Codes" (pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol)',
  rules: {
    // pusher-js comes back a second after every close below 4000.
    1000: {name: 'Closed', meaning: 'the connection was closed, and not by the protocol', action: 'retry', source: 'pusher/pusher-js src/core/connection/connection_manager.ts buildConnectionCallbacks()'},
    4000: {name: 'SSL required', meaning: 'the application takes wss:// only', action: 'stop', fault: 'policy'},
    4001: {name: 'Application does not exist', meaning: 'there is no application with this key', action: 'stop', fault: 'policy'},
    4003: {name: 'Application disabled', meaning: 'the application is switched off', action: 'stop', fault: 'policy'},
    4004: {name: 'Over connection quota', meaning: 'the application has all the connections that its plan allows', action: 'stop', fault: 'policy'},
    4005: {name: 'Path not found', meaning: 'the path of the address is wrong', action: 'stop', fault: 'policy'},
    4006: {name: 'Invalid version string format', meaning: 'the version in the address has the wrong format', action: 'stop', fault: 'policy'},
    4007: {name: 'Unsupported protocol version', meaning: 'the server does not speak this protocol version', action: 'stop', fault: 'policy'},
    4008: {name: 'No protocol version supplied', meaning: 'the address names no protocol version', action: 'stop', fault: 'policy'},
    4009: {name: 'Connection is unauthorized', meaning: 'the connection is not authorized', action: 'stop', fault: 'policy'},
    4100: {name: 'Over capacity', meaning: 'the server is full for now', action: 'retry', fault: 'server', backoff: backOff},
    4201: {name: 'Pong reply not received', meaning: 'the server pinged and got no answer', action: 'retry', fault: 'network', backoff: 'prompt'},
    4202: {name: 'Closed after inactivity', meaning: 'the client was inactive for a day, and does not answer pings', action: 'retry', fault: 'none', backoff: 'prompt'},
    '4000-4099': {name: 'Not unchanged', meaning: 'connecting again with the same parameters will not succeed', action: 'stop', fault: 'policy'},
    '4100-4199': {name: 'After backing off', meaning: 'the client may come back after a second or more', action: 'retry', fault: 'server', backoff: backOff},
    // soketi and Reverb say 4200 for malformed messages, too: only the first retry is prompt.
    '4200-4299': {name: 'Immediately', meaning: 'the client may come back at once', action: 'retry', fault: 'server', backoff: 'prompt'},
    '4300-4399': {
      name: 'Other error',
      meaning: 'an error of another kind, after which pusher-js does not come back',
      action: 'stop',
      source: 'pusher/pusher-js src/core/connection/protocol/protocol.ts getCloseAction()',
    },
  },
  messages: {
    about: /"pusher:error"/,
    // So Reverb refuses, and then ends TCP without a close frame. [laravel/reverb Factory::connection(), Server::open()]
    // Other errors, 4009 among them, are those of a channel or a message: the connection goes on.
    read: ({event, data}) => {
      const {code} = typeof data === 'string' ? JSON.parse(data) : data
      const verdict = event === 'pusher:error' && code >= 4000 && code < 4009 && pusher.judge({code})
      return verdict ? {verdict} : undefined
    },
  },
})
