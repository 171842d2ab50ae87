// Does the dialect say what Liveblocks' client does?

import {expect, it} from 'vitest'
import {backoff, defaultBackoff, type Backoff} from '../../src/core/index.ts'
import {liveblocks} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

// enum WebsocketCloseCodes with its comments; "40xx: client will disconnect, 41xx: client will reauthorize, 42xx: client will retry without reauthorizing"
followsItsSource(
  liveblocks,
  [
    // "Please back off for now, but try again in a few moments"
    [1013, 'TRY_AGAIN_LATER', 'retry', {fault: 'server'}],
    // "Message wasn't understood, disconnect"
    [4000, 'INVALID_MESSAGE_FORMAT', 'stop', {fault: 'sender', report: true}],
    // "Server refused to allow connection. Re-authorizing won't help. Disconnect."
    [4001, 'NOT_ALLOWED', 'stop', {fault: 'policy'}],
    // "Unused"
    [4002, 'Disconnect', 'stop'],
    // "Room is full, disconnect"
    [4005, 'MAX_NUMBER_OF_CONCURRENT_CONNECTIONS_PER_ROOM', 'stop'],
    // "The room's ID was updated, disconnect"
    [4006, 'ROOM_ID_UPDATED', 'stop'],
    [4099, 'Disconnect', 'stop'],
    // "The server kicked the connection from the room."
    [4100, 'KICKED', 'refresh'],
    // "The auth token is expired, reauthorize to get a fresh one."
    [4109, 'TOKEN_EXPIRED', 'refresh'],
    [4199, 'Reauthorize', 'refresh'],
    [4200, 'Retry', 'retry'],
    [4299, 'Retry', 'retry'],
    // "Disconnect immediately"
    [4999, 'CLOSE_WITHOUT_RETRY', 'stop'],
  ],
  [1000, 1006, 1007, 1011, 3999, 4300, 4998],
)

it('waits about as long as the slow table of its client, spread by chance [CC-140]', () => {
  // BACKOFF_DELAYS_SLOW = [2e3, 3e4, 6e4, 3e5]
  const rule = liveblocks.judge({code: 1013})!.backoff as Partial<Backoff>
  const nominal = [0, 1, 2, 3, 9].map((attempt) => backoff(attempt, 0.5, {...defaultBackoff, ...rule}))
  expect(nominal).toEqual([2000, 11_000, 60_500, 300_000, 300_000])
})
