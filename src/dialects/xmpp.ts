// What does an XMPP server mean by the stream error before it closes?

import {announcedBy, type Announcement} from './announcement.ts'
import {defineDialect, type DefinedDialect} from './define.ts'

const malformed = 'the server could not use what was sent'

/** By condition. [RFC 6120 §4.9.3] */
const conditions: Readonly<Record<string, Announcement>> = {
  'system-shutdown': ['System shutdown', 'retry', 'server', 'the server shuts down', 'spread'],
  reset: ['Reset', 'retry', 'server', 'the stream must be negotiated anew', 'prompt'],
  'resource-constraint': ['Resource constraint', 'retry', 'server', 'the server lacks resources'],
  'internal-server-error': ['Internal server error', 'retry', 'server', 'the server could not go on'],
  'remote-connection-failed': ['Remote connection failed', 'retry', 'server', 'the server could not reach another that it needs'],
  'connection-timeout': ['Connection timeout', 'retry', 'network', 'the server heard nothing for too long', 'prompt'],
  // To come back would throw the other one out.
  conflict: ['Conflict', 'end', 'policy', 'another stream took the place of this one'],
  'not-authorized': ['Not authorized', 'refresh', 'policy', 'the stream was not authenticated'],
  'see-other-host': ['See other host', 'refresh', 'policy', 'the server names another host, which `url` must give'],
  'policy-violation': ['Policy violation', 'stop', 'policy', 'a rule of this service was violated'],
  'host-gone': ['Host gone', 'stop', 'policy', 'the server does not serve this domain any more'],
  'host-unknown': ['Host unknown', 'stop', 'policy', 'the server does not serve this domain'],
  'bad-format': ['Bad format', 'stop', 'sender', malformed],
  'bad-namespace-prefix': ['Bad namespace prefix', 'stop', 'sender', malformed],
  'improper-addressing': ['Improper addressing', 'stop', 'sender', malformed],
  'invalid-from': ['Invalid from', 'stop', 'sender', malformed],
  'invalid-namespace': ['Invalid namespace', 'stop', 'sender', malformed],
  'invalid-xml': ['Invalid XML', 'stop', 'sender', malformed],
  'not-well-formed': ['Not well-formed', 'stop', 'sender', malformed],
  'restricted-xml': ['Restricted XML', 'stop', 'sender', malformed],
  'unsupported-encoding': ['Unsupported encoding', 'stop', 'sender', malformed],
  'unsupported-feature': ['Unsupported feature', 'stop', 'sender', malformed],
  'unsupported-stanza-type': ['Unsupported stanza type', 'stop', 'sender', malformed],
  'unsupported-version': ['Unsupported version', 'stop', 'sender', malformed],
}

const condition = /<([a-z-]+)\s+xmlns=["']urn:ietf:params:xml:ns:xmpp-streams["']/

/** Each message is one element. [RFC 7395 §3.3.3] */
export const xmpp: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'xmpp',
  title: 'XMPP over WebSocket',
  source: 'RFC 7395 §3.6.1, RFC 6120 §4.9.3',
  subprotocols: ['xmpp'],
  rules: {},
  messages: {
    about: /^\s*<(close|error|stream:error)[\s/>]/,
    parse: (text) => text,
    read: (element: string) => {
      // A server's message names it: whether to follow, and how safe it must be there, is the application's to decide. [RFC 7395 §3.6.1]
      if (/^\s*<close\s([^>]*\s)?see-other-uri=/.test(element))
        return {verdict: {name: 'See other URI', action: 'refresh', fault: 'policy', explanation: 'the server names another address, which `url` must give'}}
      const verdict = announcedBy(conditions, condition.exec(element)?.[1])
      return verdict && {verdict}
    },
  },
})
