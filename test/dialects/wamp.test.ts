// What WAMP says: wamp-proto rfc/text/basic/uri_reference.md and rfc/text/advanced/ap_48_uris.md.

import {wamp} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(wamp, [], [1000, 1001, 1002, 1006, 1007, 1011, 1013, 4000])

announces(
  wamp,
  [
    // "The Peer is shutting down completely - used as a GOODBYE (or ABORT) reason."
    ['[6,{"message":"The host is shutting down now."},"wamp.close.system_shutdown"]', {verdict: {action: 'retry', fault: 'server', backoff: 'spread'}}],
    [' [ 3 , {}, "wamp.close.system_shutdown"]', {verdict: {action: 'retry', fault: 'server', backoff: 'spread'}}],
    // "The Peer want to leave the realm - used as a GOODBYE reason."
    ['[6,{},"wamp.close.close_realm"]', {verdict: {action: 'end', fault: 'none'}}],
    // "A Peer received invalid WAMP protocol message … used as a ABORT reply reason."
    ['[3,{},"wamp.error.protocol_violation"]', {verdict: {action: 'stop', fault: 'sender', report: true}}],
    ['[3,{},"wamp.error.invalid_uri"]', {verdict: {action: 'stop', fault: 'sender', report: true}}],
    // "Peer wanted to join a non-existing realm"
    ['[3,{"message":"The realm does not exist."},"wamp.error.no_such_realm"]', {verdict: {action: 'stop', fault: 'policy', report: false}}],
    // "authenticated under a Role that does not (or no longer) exists"
    ['[3,{},"wamp.error.no_such_role"]', {verdict: {action: 'stop', fault: 'policy'}}],
    // "A join … failed, since the Peer is not authorized to perform the operation."
    ['[3,{},"wamp.error.not_authorized"]', {verdict: {action: 'stop', fault: 'policy'}}],
    // "the authorization operation itself failed"
    ['[3,{},"wamp.error.authorization_failed"]', {verdict: {action: 'retry', fault: 'server'}}],
    // "The authentication as presented by the Client is denied (e.g. "wrong password")."
    ['[3,{},"wamp.error.authentication_denied"]', {verdict: {action: 'refresh', fault: 'policy'}}],
    // "rejected due to a technical runtime failure"
    ['[3,{},"wamp.error.authentication_failed"]', {verdict: {action: 'retry', fault: 'server'}}],
  ],
  [
    // "A Peer acknowledges ending of a session - used as a GOODBYE reply reason."
    '[6,{},"wamp.close.goodbye_and_out"]',
    '[6,{},"constructor"]',
    '[6,{},"__proto__"]',
    '[6,{},["wamp.close.close_realm"]]',
    '[6,{}]',
    '[6,"wamp.close.close_realm"]',
    '[3,null,null]',
    // An EVENT and a RESULT
    '[36,5512315355,4429313566,{},["wamp.close.close_realm"]]',
    '[50,7814135,{},["wamp.close.system_shutdown"]]',
    '{"0":6,"2":"wamp.close.close_realm"}',
  ],
)
