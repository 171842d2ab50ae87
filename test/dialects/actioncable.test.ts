// Does the dialect say what Action Cable and AnyCable say?

import {expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {actioncable} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// connection.js close(): the monitor goes on, unless a message said `reconnect: false`
followsItsSource(actioncable, [[1000, 'Closed', 'retry']], [1001, 1006, 1007, 1013, 4000])

announces(
  actioncable,
  [
    // base.rb handle_open: close(reason: …[:unauthorized], reconnect: false)
    ['{"type":"disconnect","reason":"unauthorized","reconnect":false}', {verdict: {action: 'stop', fault: 'policy', name: 'Unauthorized'}}],
    // base.rb: close(reason: …[:invalid_request]), where reconnect is true by default
    ['{"type":"disconnect","reason":"invalid_request","reconnect":true}', {verdict: {action: 'retry'}}],
    // server/base.rb restart; anycable node.go disconnectAll
    ['{"type":"disconnect","reason":"server_restart","reconnect":true}', {verdict: {action: 'retry', backoff: 'spread', name: 'Server restart'}}],
    // internal_channel.rb: close(reason: …[:remote], reconnect: message.fetch("reconnect", true))
    ['{"type":"disconnect","reason":"remote","reconnect":true}', {verdict: {action: 'retry', name: 'Disconnect'}}],
    ['{"type":"disconnect","reason":"remote","reconnect":false}', {verdict: {action: 'end', fault: 'none'}}],
    // anycable session.go maybeDisconnectIdle
    ['{"type":"disconnect","reason":"idle_timeout","reconnect":false}', {verdict: {action: 'stop', name: 'Disconnect'}}],
    // @anycable/core: a new token, once
    ['{"type":"disconnect","reason":"token_expired","reconnect":false}', {verdict: {action: 'refresh'}}],
    ['{"type":"disconnect","reason":"constructor","reconnect":true}', {verdict: {action: 'retry', name: 'Disconnect'}}],
  ],
  [
    '{"type":"disconnect","reason":"server_restart","reconnect":"true"}',
    '{"type":"disconnect"}',
    '{"type":"ping","message":1700000000}',
    '{"identifier":"{\\"channel\\":\\"Chat\\"}","message":{"type":"disconnect","reason":"remote","reconnect":false}}',
  ],
)

it('decides instead of the 1000 that follows [CC-144]', () => {
  const after = (message: string): string => classify({code: 1000}, {dialect: actioncable, announced: actioncable.hint!(message)!.verdict}).action
  expect(after('{"type":"disconnect","reason":"server_restart","reconnect":true}')).toBe('retry')
  expect(after('{"type":"disconnect","reason":"unauthorized","reconnect":false}')).toBe('stop')
})
