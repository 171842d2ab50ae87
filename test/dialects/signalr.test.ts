// Does the dialect say what the SignalR hub protocol says?

import {expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {signalr} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

// WebSocketsServerTransport.cs: error != null ? InternalServerError : NormalClosure
followsItsSource(
  signalr,
  [
    [1000, 'Normal Closure', 'retry'],
    [1011, 'Internal Error', 'retry', {fault: 'server'}],
  ],
  [1001, 1006, 1007, 1013, 4000],
)

const separator = '\u001E'

// "Close Message Encoding"; allowReconnect: "If true, clients with automatic reconnects enabled should attempt to reconnect … Otherwise, they should not."
announces(
  signalr,
  [
    [`{"type":7}${separator}`, {verdict: {action: 'end', fault: 'none'}}],
    [`{"type":7,"error":"Connection closed because of an error!"}${separator}`, {verdict: {action: 'stop', fault: 'server'}}],
    [`{"type":7,"error":"Connection closed because of an error!","allowReconnect":true}${separator}`, {verdict: {action: 'retry', backoff: 'prompt'}}],
    [`{"type":6}${separator}{"type":7,"allowReconnect":true}${separator}`, {verdict: {action: 'retry'}}],
    [`{"type":7,"allowReconnect":"true"}${separator}`, {verdict: {action: 'end'}}],
  ],
  [
    `{"type":6}${separator}`,
    `{"type":1,"target":"Send","arguments":[{"type":7},"\\"type\\":7"]}${separator}`,
    `{"type":77}${separator}`,
  ],
)

it('never says in the words of the server why it closed [CC-144]', () => {
  expect(JSON.stringify(signalr.hint!(`{"type":7,"error":"secret"}${separator}`))).not.toContain('secret')
})

it('ends after a 1000 that was announced as the end, and comes back after a bare one [CC-144]', () => {
  const announced = signalr.hint!(`{"type":7}${separator}`)!.verdict
  expect(classify({code: 1000}, {dialect: signalr, announced}).action).toBe('end')
  expect(classify({code: 1000}, {dialect: signalr}).action).toBe('retry')
})
