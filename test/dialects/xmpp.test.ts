// What XMPP says: RFC 7395 §3.6.1 for <close/>, RFC 6120 §4.9.3 for stream errors.

import type {InBandHint} from '../../src/core/index.ts'
import {xmpp} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(xmpp, [], [1000, 1001, 1002, 1006, 1007, 1008, 1013, 4000])

const error = (condition: string, verdict: InBandHint['verdict']): readonly [string, InBandHint] => [
  `<error xmlns="http://etherx.jabber.org/streams"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/><text xmlns="urn:ietf:params:xml:ns:xmpp-streams">bye</text></error>`,
  {verdict},
]
const malformed = {action: 'stop', fault: 'sender', report: true} as const

announces(
  xmpp,
  [
    // "If the server (or a connection manager) wishes to instruct the client to move to a different WebSocket endpoint … the server MAY send
    // a <close/> element and set the "see-other-uri" attribute"
    ['<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" see-other-uri="wss://otherendpoint.example/xmpp-bind" />', {verdict: {action: 'refresh', fault: 'policy'}}],
    ["<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>", {verdict: {action: 'end', fault: 'policy'}}],
    // "The server is being shut down and all active streams are being closed."
    error('system-shutdown', {action: 'retry', fault: 'server', backoff: 'spread'}),
    error('reset', {action: 'retry', fault: 'server', backoff: 'prompt'}),
    // "The server lacks the system resources necessary to service the stream."
    error('resource-constraint', {action: 'retry', fault: 'server'}),
    error('internal-server-error', {action: 'retry', fault: 'server'}),
    error('remote-connection-failed', {action: 'retry', fault: 'server'}),
    error('connection-timeout', {action: 'retry', fault: 'network', backoff: 'prompt'}),
    // "a new stream has been initiated that conflicts with the existing stream"
    error('conflict', {action: 'end', fault: 'policy'}),
    // "The entity has attempted to send data before the stream has been authenticated"
    error('not-authorized', {action: 'refresh', fault: 'policy'}),
    error('see-other-host', {action: 'refresh', fault: 'policy'}),
    error('policy-violation', {action: 'stop', fault: 'policy', report: false}),
    error('host-gone', {action: 'stop', fault: 'policy'}),
    error('host-unknown', {action: 'stop', fault: 'policy'}),
    ...[
      'bad-format',
      'bad-namespace-prefix',
      'improper-addressing',
      'invalid-from',
      'invalid-namespace',
      'invalid-xml',
      'not-well-formed',
      'restricted-xml',
      'unsupported-encoding',
      'unsupported-feature',
      'unsupported-stanza-type',
      'unsupported-version',
    ].map((condition) => error(condition, malformed)),
  ],
  [
    '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />',
    '<closed see-other-uri="wss://elsewhere.example/"/>',
    '<message><body>&lt;close see-other-uri=</body></message>',
    '<message><close see-other-uri="wss://elsewhere.example/"/></message>',
    error('undefined-condition', {})[0],
    error('constructor', {})[0],
    error('__proto__', {})[0],
    '<error/>',
    `<error ${' '.repeat(8000)}`,
    `<close ${'see-other-uri '.repeat(500)}`,
  ],
)
