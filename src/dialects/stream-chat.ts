// What does Stream Chat mean by its codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Here 1000 is the refusal. */
export const streamChat: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'stream-chat',
  title: 'Stream Chat',
  source: 'npm stream-chat 9.53.0 src/connection.ts onclose()',
  rules: {
    // "this is a permanent error raised by stream.. usually caused by invalid auth details". Other ones are what may help; its own client
    // asks for them where it is told that a token expired.
    1000: {name: 'Rejected', meaning: 'Stream refused the connection, mostly for its credentials', action: 'refresh', fault: 'policy'},
  },
})
