// Is a class with options what a library takes for a WebSocket class?

import {describe, expect, it} from 'vitest'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork} from '../../src/testing/index.ts'
import {ReconnectingWebSocket, withOptions} from '../../src/websocket/index.ts'
import {long, url, watchTheWorld} from '../client/fixture.ts'

watchTheWorld()

describe('withOptions() [CC-199]', () => {
  const clock = fakeClock()

  it('has the constants, the interface and the options', async () => {
    const network = fakeNetwork(acceptsThenCloses(1013))
    const Class = withOptions({clock, WebSocket: network.WebSocket, reconnect: false, binaryType: 'arraybuffer'})
    expect([Class.CONNECTING, Class.OPEN, Class.CLOSING, Class.CLOSED]).toEqual([0, 1, 2, 3])
    const socket = new Class(url, ['a', 'b'])
    expect(socket).toBeInstanceOf(ReconnectingWebSocket)
    expect(socket).toBeInstanceOf(Class)
    expect([socket.OPEN, socket.binaryType, `${socket}`]).toEqual([1, 'arraybuffer', '[object WebSocket]'])
    await clock.advance(long)
    expect(network.sockets.map(({protocols}) => protocols)).toEqual([['a', 'b']])
    expect(socket.readyState).toBe(3)
  })

  it('leaves further arguments alone, such as the options of `ws`', async () => {
    const network = fakeNetwork(accepts())
    const Class = withOptions({clock, WebSocket: network.WebSocket}) as new (...given: unknown[]) => ReconnectingWebSocket
    const socket = new Class(url, undefined, {headers: {}})
    await clock.advance(0)
    expect([socket.readyState, network.last.protocols]).toEqual([1, []])
    socket.close()
  })

  it.each([
    [{startClosed: 'yes'}, /^closecall: `startClosed` must be a boolean/],
    [{flushWhen: 'ack'}, /^closecall: `flushWhen` must be a function/],
    [{reconnect: 'no'}, /^closecall: `reconnect` must be a boolean/],
    [{backoff: {initialDelay: 0}}, /^closecall: `initialDelay` must be /],
    [{WebSocket: ReconnectingWebSocket}, /^closecall: `WebSocket` must be a class that does not reconnect by itself/],
    [{WebSocket: withOptions({})}, /^closecall: `WebSocket` must be a class that does not reconnect by itself/],
    [{onMessage: () => {}}, /^closecall: `onMessage` must be an option that exists/],
    ['options', /^closecall: `options` must be an object/],
  ])('answers %o at once by one sentence', (options, sentence) => {
    expect(() => withOptions(options as object)).toThrow(sentence)
    expect(() => new ReconnectingWebSocket(url, [], options as object)).toThrow(sentence)
  })
})
