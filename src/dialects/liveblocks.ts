// What does Liveblocks mean by its close codes?

import {defineDialect, type DefinedDialect} from './define.ts'

// Its client's slow table is 2, 30, 60 and 300 s; this grows through 2, 11, 60 and 300.
const slowly = {initialDelay: 2000, factor: 5.5, maxDelay: 300_000}

const ranges = '@liveblocks/core 3.24 (npm) shouldDisconnect(), shouldReauth(), shouldRetryWithoutReauth()'

/** Its tokens are part of the address: give `url` as a function, or `credentials`, for 4100–4199. */
export const liveblocks: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'liveblocks',
  title: 'Liveblocks',
  source: '@liveblocks/core 3.24 (npm) enum WebsocketCloseCodes, BACKOFF_DELAYS_SLOW',
  rules: {
    1013: {name: 'TRY_AGAIN_LATER', meaning: 'the client should back off, but try again in a few moments', action: 'retry', fault: 'server', backoff: slowly, rotate: true},
    4000: {name: 'INVALID_MESSAGE_FORMAT', meaning: 'a message was not understood', action: 'stop', fault: 'sender'},
    4001: {name: 'NOT_ALLOWED', meaning: 'the server refused the connection, and new credentials will not help', action: 'stop', fault: 'policy'},
    4005: {name: 'MAX_NUMBER_OF_CONCURRENT_CONNECTIONS_PER_ROOM', meaning: 'the room is full', action: 'stop', fault: 'policy'},
    4006: {name: 'ROOM_ID_UPDATED', meaning: 'the room has another id now', action: 'stop', fault: 'policy'},
    4100: {name: 'KICKED', meaning: 'the server removed the connection from the room', action: 'refresh', fault: 'policy'},
    4109: {name: 'TOKEN_EXPIRED', meaning: 'the token has expired', action: 'refresh', fault: 'policy'},
    4999: {name: 'CLOSE_WITHOUT_RETRY', meaning: 'the client should not come back', action: 'stop'},
    '4000-4099': {name: 'Disconnect', meaning: 'the client should not come back', action: 'stop', fault: 'policy', source: ranges},
    '4100-4199': {name: 'Reauthorize', meaning: 'the client needs new credentials', action: 'refresh', fault: 'policy', source: ranges},
    '4200-4299': {name: 'Retry', meaning: 'the client may come back with the same credentials', action: 'retry', fault: 'server', backoff: slowly, source: ranges},
  },
})
