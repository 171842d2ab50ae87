// Is the drop-in what the DOM's types call a WebSocket? Checked by the compiler when the suite type-checks its tests.

import {describe, expectTypeOf, it} from 'vitest'
import type {createClient} from 'graphql-ws'
import type {connect, Options, Verdict} from '../../src/index.ts'
import {fromReconnectingWebSocket, ReconnectingWebSocket, withOptions, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'

describe('the types of the drop-in', () => {
  it('are those of a WebSocket, and of its class [CC-190]', () => {
    expectTypeOf<ReconnectingWebSocket>().toExtend<WebSocket>()
    expectTypeOf(withOptions).returns.toExtend<new (url: string | URL, protocols?: string | string[]) => WebSocket>()
    expectTypeOf(withOptions).returns.toExtend<typeof WebSocket>()
    expectTypeOf(withOptions).returns.toExtend<NonNullable<Parameters<typeof createClient>[0]['webSocketImpl']>>()
    expectTypeOf<ReconnectingWebSocketOptions>().toExtend<Options>()
    expectTypeOf(fromReconnectingWebSocket).returns.toExtend<ReconnectingWebSocketOptions>()
  })

  it('know what handlers and listeners are given [CC-195]', () => {
    void ((socket: ReconnectingWebSocket) => {
      socket.onclose = (event) => {
        expectTypeOf(event.final).toBeBoolean()
        expectTypeOf(event.verdict).toEqualTypeOf<Verdict | undefined>()
      }
      socket.addEventListener('close', function ({code, final}) {
        expectTypeOf(this).toEqualTypeOf<ReconnectingWebSocket>()
        expectTypeOf([code, final]).toEqualTypeOf<(number | boolean)[]>()
      }, {once: true})
      socket.addEventListener('message', {handleEvent: ({origin}) => expectTypeOf(origin).toBeString()})
      socket.addEventListener('anything', (event) => expectTypeOf(event).toEqualTypeOf<Event>())
      socket.onmessage = null
      // @ts-expect-error no handler is a number
      socket.onopen = 5
      // @ts-expect-error it can't be set
      socket.readyState = 1
      expectTypeOf(socket.client.state).toEqualTypeOf<ReturnType<typeof connect>['state']>()
    })
  })

  it('take functions for url and protocols [CC-191]', () => {
    void (() => new ReconnectingWebSocket(async ({attempt}) => `wss://example.com/${attempt}`, () => ['a'], {startClosed: true, flushWhen: (data) => data === 'ack'}))
    // @ts-expect-error no such option
    void (() => withOptions({maxRetries: 3}))
  })
})
