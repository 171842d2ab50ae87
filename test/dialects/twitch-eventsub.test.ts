// Does the dialect say what Twitch's documents say?

import {twitchEventsub} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// "Close message": code, reason, notes. What to do is inferred.
followsItsSource(
  twitchEventsub,
  [
    // "Indicates a problem with the server (similar to an HTTP 500 status code)."
    [4000, 'Internal server error', 'retry', {fault: 'server'}],
    // "Sending outgoing messages to the server is prohibited with the exception of pong messages."
    [4001, 'Client sent inbound traffic', 'stop', {fault: 'sender', report: true}],
    // "You must respond to ping messages with a pong message."
    [4002, 'Client failed ping-pong', 'retry', {backoff: 'prompt'}],
    // "… you must create a subscription within 10 seconds or the connection is closed."
    // The request for one may have failed for a moment; @twurple/eventsub-ws comes back after this, too.
    [4003, 'Connection unused', 'retry', {fault: 'policy', backoff: 'exponential'}],
    // "When you receive a session_reconnect message, you have 30 seconds to reconnect to the server and close the old connection."
    [4004, 'Reconnect grace time expired', 'retry', {backoff: 'prompt'}],
    // "Transient network timeout."
    [4005, 'Network timeout', 'retry', {fault: 'network'}],
    // "Transient network error."
    [4006, 'Network error', 'retry', {fault: 'network'}],
    // "The reconnect URL is invalid."
    [4007, 'Invalid reconnect', 'retry', {backoff: 'exponential'}],
  ],
  [1000, 1006, 1007, 1013, 4008, 4999],
)

announces(
  twitchEventsub,
  [
    [
      '{"metadata":{"message_id":"84c1e79a-2a4b-4c13-ba0b-4312293e9308","message_type":"session_reconnect","message_timestamp":"2022-11-18T09:10:11.634234626Z"},"payload":{"session":{"id":"AQoQexAWVYKSTIu4ec_2VAxyuhAB","status":"reconnecting","keepalive_timeout_seconds":null,"reconnect_url":"wss://eventsub.wss.twitch.tv?...","connected_at":"2022-11-16T10:11:12.634234626Z"}}}',
      {after: 0},
    ],
  ],
  [
    '{"metadata":{"message_id":"84c1e79a","message_type":"session_keepalive","message_timestamp":"2023-07-19T10:11:12.634234626Z"},"payload":{}}',
    '{"metadata":{"message_type":"notification"},"payload":{"event":{"text":"\\"session_reconnect\\"","type":"session_reconnect"}}}',
  ],
)
