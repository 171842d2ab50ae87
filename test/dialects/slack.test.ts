// What Slack says: @slack/socket-mode 3.1.0: "Slack is recycling the pod handling the connection (or otherwise requires the client to
// reconnect)", and after any close it opens another connection.

import {slack} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(slack, [[1000, 'Closed', 'retry', {fault: 'server'}]], [1001, 1006, 1007, 1008, 1013, 4000])

const moved = {name: 'Disconnect', action: 'retry', fault: 'server'} as const

announces(
  slack,
  [
    // [slackapi/node-slack-sdk#2254]
    ['{"type":"disconnect","reason":"warning","debug_info":{"host":"applink-2"}}', {after: 0, verdict: moved}],
    ['{"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"applink-2"}}', {after: 0, verdict: moved}],
    // [slackapi/node-slack-sdk#1654]: not at once
    ['{"type":"disconnect","reason":"too_many_websockets"}', {verdict: {action: 'retry', fault: 'policy'}}],
    ['{"type":"disconnect","reason":"something_new"}', {verdict: moved}],
    ['{"type":"disconnect","reason":{"toString":1}}', {verdict: moved}],
  ],
  ['{"type":"events_api","payload":{"type":"disconnect","reason":"warning"}}', '{"type":["disconnect"]}', '{"reason":"disconnect"}', '["disconnect"]'],
)
