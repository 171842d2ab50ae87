// Does the dialect say what µWebSockets does?

import {expect, it} from 'vitest'
import {uws} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  uws,
  [
    // us_socket_context_on_long_timeout: end(1000, "please reconnect")
    [1000, 'Maximum lifetime', 'retry', {backoff: 'prompt', reason: 'please reconnect'}],
    // forceClose: us_socket_close, without a close frame
    [1006, 'Abnormal Closure', 'retry', {fault: 'network'}],
  ],
  [1000, 1001, 1007, 1009, 1013, 4000],
)

it('says nothing of a 1000 for another reason [CC-142]', () => {
  expect(uws.judge({code: 1000, reason: 'do not please reconnect'})).toBeUndefined()
})
