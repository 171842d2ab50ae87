// What does a WAMP router mean by the message before it closes?

import {announcedBy, type Announcement} from './announcement.ts'
import {defineDialect, type DefinedDialect} from './define.ts'

/** By reason of a GOODBYE or an ABORT. */
const reasons: Readonly<Record<string, Announcement>> = {
  'wamp.close.system_shutdown': ['System shutdown', 'retry', 'server', 'the router shuts down', 'spread'],
  'wamp.close.close_realm': ['Close realm', 'end', 'none', 'the router left the realm'],
  'wamp.error.protocol_violation': ['Protocol violation', 'stop', 'sender', 'a message was invalid in WAMP'],
  'wamp.error.invalid_uri': ['Invalid URI', 'stop', 'sender', 'a URI in a message was invalid'],
  'wamp.error.no_such_realm': ['No such realm', 'stop', 'policy', 'the realm does not exist'],
  'wamp.error.no_such_role': ['No such role', 'stop', 'policy', 'the role does not exist'],
  'wamp.error.not_authorized': ['Not authorized', 'stop', 'policy', 'this peer may not join the realm'],
  'wamp.error.authorization_failed': ['Authorization failed', 'retry', 'server', 'the router could not find out what this peer may do'],
  'wamp.error.authentication_denied': ['Authentication denied', 'refresh', 'policy', 'the credentials were refused'],
  'wamp.error.authentication_failed': ['Authentication failed', 'retry', 'server', 'the router could not check the credentials'],
}

/** The second version, where it is JSON: the binary kinds are not looked into. */
export const wamp: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'wamp',
  title: 'WAMP',
  source: 'wamp-proto/wamp-proto rfc/text/basic/uri_reference.md (Session Close, Authorization), rfc/text/advanced/ap_48_uris.md (Authentication)',
  subprotocols: ['wamp.2.json'],
  rules: {},
  messages: {
    // [3, details, reason] is an ABORT, [6, details, reason] a GOODBYE.
    about: /^\s*\[\s*[36]\s*,/,
    read: (message) => {
      const verdict = Array.isArray(message) && (message[0] === 3 || message[0] === 6) && announcedBy(reasons, message[2])
      return verdict ? {verdict} : undefined
    },
  },
})
