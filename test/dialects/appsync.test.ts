// What AppSync says: aws-amplify api-graphql 4.10.1, src/Providers/constants.ts and AWSWebSocketProvider/index.ts.

import {appsync} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(appsync, [], [1000, 1001, 1006, 1007, 1013, 3001, 4000])

announces(
  appsync,
  [
    // "Connection failed: {errors: [{errorType: UnauthorizedException, message: Permission denied}]}" [aws-amplify/amplify-js#5601]
    ['{"payload":{"errors":[{"errorType":"UnauthorizedException","message":"Permission denied"}]},"type":"connection_error"}', {verdict: {action: 'refresh', fault: 'policy'}}],
    // NON_RETRYABLE_CODES = [400, 401, 403]; the type says more than the code.
    ['{"type":"connection_error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":400}]}}', {verdict: {action: 'refresh', fault: 'policy'}}],
    ['{"type":"connection_error","payload":{"errors":[{"errorCode":401}]}}', {verdict: {action: 'refresh', fault: 'policy'}}],
    ['{"type":"connection_error","payload":{"errors":[{"errorCode":403}]}}', {verdict: {action: 'stop', fault: 'policy'}}],
    ['{"type":"connection_error","payload":{"errors":[{"errorCode":400}]}}', {verdict: {action: 'stop', fault: 'sender', report: true}}],
    // Events: `const {errors: [{errorType = '', errorCode = 0} = {}] = []} = data`
    ['{"type":"connection_error","errors":[{"errorType":"BadRequestException"}]}', {verdict: {action: 'stop', fault: 'sender', report: true}}],
  ],
  [
    '{"type":"connection_error"}',
    '{"type":"connection_error","errors":"UnauthorizedException"}',
    '{"type":"connection_error","errors":[]}',
    '{"type":"connection_error","errors":[{"errorType":"constructor","errorCode":"toString"}]}',
    '{"type":"connection_error","errors":[{"errorType":"LimitExceededError","errorCode":429}]}',
    '{"type":"connection_error","errors":[{"errorCode":"401"}]}',
    '{"type":"data","payload":{"errors":[{"errorCode":401,"message":"connection_error"}]},"note":"connection_error"}',
    '{"type":"connection_ack","payload":{"connectionTimeoutMs":300000}}',
  ],
)
