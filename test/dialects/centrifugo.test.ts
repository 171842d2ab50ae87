// Does the dialect say what Centrifugo's documents say?

import {centrifugo} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

// docs/server/codes.md, "Client disconnect codes"; disconnect.go, ranges and CloseText().
followsItsSource(
  centrifugo,
  [
    // Its clients take every code below 3000 but 1009 for a transport that was closed, and come back.
    [1000, 'transport closed', 'retry'],
    // "Client will reconnect after receiving such codes."
    [3000, 'connection closed', 'retry', {fault: 'network'}],
    [3001, 'shutdown', 'retry', {fault: 'server'}],
    [3004, 'internal server error', 'retry', {fault: 'server'}],
    // "DisconnectExpired issued when client connection expired."
    [3005, 'connection expired', 'refresh', {fault: 'policy'}],
    [3006, 'subscription expired', 'retry'],
    [3008, 'slow', 'retry'],
    [3009, 'write error', 'retry'],
    [3010, 'insufficient state', 'retry'],
    [3011, 'force reconnect', 'retry'],
    [3012, 'no pong', 'retry'],
    // "when client sends too many commands to a server"
    [3013, 'too many requests', 'retry', {fault: 'sender', report: true}],
    // centrifuge-js: "clear connection token (forcing a fresh one via getToken on reconnect)"
    [3014, 'state invalidated', 'refresh'],
    // "Client won't reconnect upon receiving such code."
    [3500, 'invalid token', 'stop', {fault: 'policy'}],
    // "malformed protocol frames or wrong order of commands"
    [3501, 'bad request', 'stop', {fault: 'sender'}],
    [3502, 'stale', 'stop'],
    [3503, 'force disconnect', 'stop'],
    [3504, 'connection limit', 'stop'],
    [3505, 'channel limit', 'stop'],
    [3506, 'inappropriate protocol', 'stop'],
    [3507, 'permission denied', 'stop'],
    [3508, 'not available', 'stop'],
    [3509, 'too many errors', 'stop', {fault: 'sender'}],
    // "Client should reconnect upon receiving code in range 3000-3499, 4000-4499"
    [3002, 'Non-terminal', 'retry'],
    [3499, 'Non-terminal', 'retry'],
    [4000, 'Application, non-terminal', 'retry'],
    [4499, 'Application, non-terminal', 'retry', {reason: 'come back'}],
    // "Codes in range 3500-3999 and 4500-4999 are application terminal codes"
    [3510, 'Terminal', 'stop'],
    [3999, 'Terminal', 'stop'],
    [4500, 'Application, terminal', 'stop'],
    [4999, 'Application, terminal', 'stop', {reason: '"reconnect":true'}],
    // {"reason":…,"reconnect":…} of protocol 1
    [3100, 'No reconnect', 'stop', {reason: '{"reason":"too old","reconnect":false}'}],
    [3100, 'Non-terminal', 'retry', {reason: '{"reason":"too old","reconnect":true}'}],
    [3999, 'Reconnect', 'retry', {reason: '{"reason":"elsewhere","reconnect":true}'}],
    [4001, 'No reconnect', 'stop', {reason: '{"reason":"\\"reconnect\\":true","reconnect":false}'}],
    [4501, 'Reconnect', 'retry', {reason: '{"reason":"\n","reconnect": true}'}],
  ],
  [1006, 1007, 1009, 1013, 2999],
)
