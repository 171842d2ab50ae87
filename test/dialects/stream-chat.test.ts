// What Stream Chat says: npm stream-chat 9.53.0 src/connection.ts onclose(): "this is a permanent error raised by stream.. usually caused by
// invalid auth details".

import {streamChat} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(streamChat, [[1000, 'Rejected', 'refresh', {fault: 'policy'}]], [1001, 1006, 1007, 1008, 1013, 4000])
