// Does the dialect say what SocketCluster's client does?

import {expect, it} from 'vitest'
import {backoff, type Backoff} from '../../src/core/index.ts'
import {socketcluster} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

// sc-errors socketProtocolErrorStatuses; clientsocket.js _destroy(): "Try to reconnect on …"
followsItsSource(
  socketcluster,
  [
    // "If there is a ping or pong timeout or socket closes without status, don't wait before trying to reconnect"
    [1005, 'No status', 'retry', {backoff: 'prompt'}],
    [4000, 'Server ping timed out', 'retry', {backoff: 'prompt'}],
    [4001, 'Client pong timed out', 'retry', {backoff: 'prompt'}],
    // 'Server failed to sign auth token'
    [4002, 'Auth token not signed', 'retry', {fault: 'server'}],
    // 'Failed to complete handshake'
    [4003, 'Handshake failed', 'retry'],
    // 'Client failed to save auth token'
    [4004, 'Auth token not saved', 'retry'],
    // 'Did not receive #handshake from client before timeout'
    [4005, 'Handshake timed out', 'retry'],
    // 'Failed to bind socket to message broker'
    [4006, 'Broker failed', 'retry', {fault: 'server'}],
    // 'Client connection establishment timed out'
    [4007, 'Connecting timed out', 'retry'],
    // 'Server rejected handshake from client'
    [4008, 'Handshake rejected', 'retry', {fault: 'policy'}],
    // 'Server received a message before the client handshake'
    [4009, 'Message before handshake', 'retry', {fault: 'sender'}],
    // "Codes 4500 and above will be treated as permanent disconnects."
    [4500, 'Permanent', 'stop'],
    [4999, 'Permanent', 'stop'],
  ],
  [1000, 1001, 1006, 1007, 1013, 4010, 4499],
)

it('waits 10–20 s, half as long again each time, 60 s at most [CC-140]', () => {
  const rule = socketcluster.judge({code: 4003})!.backoff as Backoff
  const least = (attempt: number): number => Math.round(backoff(attempt, 0, rule))
  const most = (attempt: number): number => Math.round(backoff(attempt, 0.999999, rule))
  expect([least(0), most(0)]).toEqual([10_000, 20_000])
  expect([least(1), most(1)]).toEqual([15_000, 30_000])
  expect([least(9), most(9)]).toEqual([30_000, 60_000])
})
