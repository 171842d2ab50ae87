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

  it('goes on with the options that it was given, whatever becomes of the object', async () => {
    const network = fakeNetwork(accepts())
    const options = {clock, WebSocket: network.WebSocket, binaryType: 'arraybuffer' as BinaryType}
    const Class = withOptions(options)
    options.binaryType = 'blob'
    const socket = new Class(url)
    expect(socket.binaryType).toBe('arraybuffer')
    socket.close()
  })

  it('leaves further arguments alone, such as the options of `ws`', async () => {
    const network = fakeNetwork(accepts())
    const Class = withOptions({clock, WebSocket: network.WebSocket}) as new (...given: unknown[]) => ReconnectingWebSocket
    const socket = new Class(url, undefined, {headers: {}})
    await clock.advance(0)
    expect([socket.readyState, network.last.protocols]).toEqual([1, []])
    socket.close()
  })

  it.each<[unknown, RegExp]>([
    [{startClosed: 'yes'}, /^closecall: `startClosed` must be a boolean/],
    [{flushWhen: 'ack'}, /^closecall: `flushWhen` must be a function/],
    [{autoOpen: 'no'}, /^closecall: `autoOpen` must be a boolean/],
    [{flushWhen: () => true, onOpen: 'x'}, /^closecall: `onOpen` must be a function/],
    [{flushWhen: () => true, delivery: () => {}}, /^closecall: `flushWhen` must be left out where there is `delivery`/],
    [{protocols: 5}, /^closecall: `protocols` must be a string/],
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
