// What does the drop-in tell of the connections that come and go beneath it?

import {getEventListeners} from 'node:events'
import {fileURLToPath} from 'node:url'
import {runInNewContext, runInThisContext} from 'node:vm'
import {build} from 'esbuild'
import {describe, expect, it, vi} from 'vitest'
import {isClosecallError, type Report} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, fakeNetwork, goesSilent, neverAnswers, neverDeliversClose, refuses, sequence} from '../../src/testing/index.ts'
import {ReconnectingWebSocket, type ReconnectingCloseEvent} from '../../src/websocket/index.ts'
import {complained, expectRest, long, offline, online, takeUncaught, tellPage, url, warned, watchTheWorld} from '../client/fixture.ts'
import {setUp, settled, texts} from './fixture.ts'

watchTheWorld()

const open = () => settled(setUp())

const closes = (socket: ReconnectingWebSocket): ReconnectingCloseEvent[] => {
  const events: ReconnectingCloseEvent[] = []
  socket.addEventListener('close', (event) => events.push(event))
  return events
}

describe('events', () => {
  it('tells each connection, and each loss with its true code, and one end [CC-192] [CC-195]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1013, 'busy'), refuses(), drops(), accepts()))
    expect(setup.socket.readyState).toBe(0)
    await setup.clock.advance(1000)
    await setup.clock.advance(2000)
    await setup.clock.advance(4000)
    setup.network.last.server.send('hi')
    await settled(setup)
    setup.socket.close(4000, 'bye')
    expect(setup.socket.readyState).toBe(2)
    await settled(setup)
    expect(setup.told).toEqual([
      'open in 1',
      'close 1013 busy clean in 0',
      'error in 0',
      'close 1006 in 0',
      'open in 1',
      'error in 0',
      'close 1006 in 0',
      'open in 1',
      'message hi in 1',
      'close 4000 bye clean final in 3',
    ])
    expectRest(setup)
  })

  it('says in the event what comes of it, and why [CC-195]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1013, 'busy'), acceptsThenCloses(1007, 'bad')), {onReport: () => {}})
    const events = closes(setup.socket)
    await setup.clock.advance(1000)
    expect(events).toMatchObject([
      {final: false, code: 1013, verdict: {action: 'retry', fault: 'server'}, explanation: '1013 Try Again Later ("busy"): the server could not go on; trying again'},
      {final: true, code: 1007, verdict: {action: 'stop', fault: 'sender'}, explanation: expect.stringContaining('not trying again')},
    ])
    expect(setup.socket.readyState).toBe(3)
    await setup.clock.advance(long)
    expect(setup.network.sockets).toHaveLength(2)
    expect(events).toHaveLength(2)
  })

  it('says so in the error before it, too [CC-195]', async () => {
    const setup = setUp(drops())
    const told: unknown[] = []
    setup.socket.onerror = ({final, verdict, explanation}) => told.push([final, verdict?.action, explanation])
    await settled(setup)
    expect(told).toEqual([[false, 'retry', '1006 Abnormal Closure: the connection was lost; trying again']])
    setup.socket.close()
  })

  it('close() right after open() within the event of the end [CC-192] [CC-194]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1000), accepts()))
    setup.socket.addEventListener('close', () => {
      setup.socket.open()
      setup.socket.close()
    }, {once: true})
    await setup.clock.advance(long)
    expect([setup.socket.readyState, setup.network.live.length]).toEqual([3, 0])
    expect(setup.told).toEqual(['open in 1', 'close 1000 clean final in 3', 'error in 3', 'close 1006 final in 3'])
    expectRest(setup)
  })

  it('is not opened for who closes as it opens [CC-192]', async () => {
    const setup = setUp()
    setup.socket.client.on('state', ({name}) => void (name === 'open' && setup.socket.close()))
    const off = setup.socket.client.on('open', () => expect(setup.socket.readyState).toBe(2))
    await settled(setup)
    off()
    expect(setup.told.at(-1)).toBe('close 1005 clean final in 3')
  })

  it('reports a 1007 with its evidence, as the client does [CC-195]', async () => {
    const reports: Report[] = []
    const setup = setUp(sequence((server) => {
      server.accept()
      server.onmessage = () => server.close(1007, 'not UTF-8')
    }), {onReport: (report) => reports.push(report)})
    await settled(setup)
    setup.socket.send('x')
    await settled(setup)
    expect(reports).toMatchObject([{cause: 'damaged-in-transit', frames: [{kind: 'string', length: 1}]}])
    expect(setup.told).toEqual(['open in 1', 'close 1007 not UTF-8 clean final in 3'])
  })

  it.each([
    ['the server says 1000', sequence(acceptsThenCloses(1000)), ['open in 1', 'close 1000 clean final in 3']],
    ['the server says 1007', sequence(acceptsThenCloses(1007)), ['open in 1', 'close 1007 clean final in 3']],
  ] as const)('the end is told once, also when %s [CC-195]', async (_, behaviour, told) => {
    const setup = setUp(behaviour, {onReport: () => {}})
    await setup.clock.advance(long)
    setup.socket.close()
    await setup.clock.advance(long)
    expect(setup.told).toEqual(told)
    expectRest(setup)
  })

  it.each([
    ['before the server has answered', neverAnswers()],
    ['while it waits to try again', refuses()],
  ] as const)('close() %s: error and close (1006), after it has returned [CC-194]', async (_, behaviour) => {
    const setup = await settled(setUp(behaviour))
    const before = setup.told.length
    setup.socket.close()
    expect(setup.socket.readyState).toBe(2)
    expect(setup.told).toHaveLength(before)
    const events = closes(setup.socket)
    await settled(setup)
    expect(setup.told.slice(before)).toEqual(['error in 3', 'close 1006 final in 3'])
    expect(events[0]).not.toHaveProperty('verdict')
    expect(setup.socket.readyState).toBe(3)
    await setup.clock.advance(long)
    expect(setup.told.slice(before)).toHaveLength(2)
    expectRest(setup)
  })

  it('close() within a close event that is not the end [CC-194]', async () => {
    const setup = setUp(acceptsThenCloses(1013))
    setup.socket.onclose = ({final}) => {
      if (final) return
      setup.socket.close()
      expect(setup.socket.readyState).toBe(2)
    }
    await settled(setup)
    expect(setup.told).toEqual(['open in 1', 'close 1013 clean in 0', 'error in 3', 'close 1006 final in 3'])
  })

  it('a peer that answers no close is not waited for longer than closeTimeout [CC-195]', async () => {
    const setup = await settled(setUp(goesSilent()))
    setup.socket.close()
    await setup.clock.advance(2000)
    expect(setup.told).toEqual(['open in 1', 'error in 3', 'close 1006 final in 3'])
  })

  it('a listener that throws is reported and disturbs no other [CC-195]', async () => {
    const setup = setUp()
    const order: string[] = []
    setup.socket.addEventListener('message', () => {
      throw new Error('mine')
    })
    setup.socket.addEventListener('message', () => order.push('second'))
    await settled(setup)
    setup.network.last.server.send('x')
    await settled(setup)
    expect(order).toEqual(['second'])
    expect(takeUncaught()).toMatchObject([{message: 'mine'}])
    setup.socket.close()
    await settled(setup)
    expect(setup.told.at(-1)).toBe('close 1005 clean final in 3')
  })

  it('waits, CONNECTING, for the network and for the page [CC-192]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1013), accepts()))
    await settled(setup)
    offline()
    expect(setup.socket.client.state.name).toBe('suspended')
    expect(setup.socket.readyState).toBe(0)
    online()
    await setup.clock.advance(1000)
    expect(setup.socket.readyState).toBe(1)
    tellPage('pagehide', {persisted: true})
    expect(setup.socket.readyState).toBe(0)
    expect(setup.told.slice(-2)).toEqual(['error in 0', 'close 1006 in 0'])
    tellPage('pageshow')
    await setup.clock.advance(1000)
    expect(setup.told.at(-1)).toBe('open in 1')
    setup.socket.close()
  })
})

describe('a page that is away', () => {
  it('lets it begin when it is back: CONNECTING until then [CC-192]', async () => {
    const first = await open()
    tellPage('freeze')
    const setup = await settled(setUp())
    expect([setup.socket.readyState, setup.network.sockets.length]).toEqual([0, 0])
    tellPage('resume')
    await setup.clock.advance(1000)
    expect(setup.told).toEqual(['open in 1'])
    for (const {socket} of [first, setup]) socket.close()
  })
})

describe('messages', () => {
  it('leave no listener on a signal when theirs is gone [CC-196]', async () => {
    const setup = await open()
    const {signal} = new AbortController()
    const count = (): number => getEventListeners(signal, 'abort').length
    for (let i = 0; i < 5; i++) {
      const listener = (): void => {}
      setup.socket.addEventListener('message', listener, {signal})
      setup.socket.removeEventListener('message', listener)
      setup.socket.addEventListener('message', () => {}, {signal, once: true})
    }
    expect(count()).toBe(5)
    setup.network.last.server.send('x')
    await settled(setup)
    expect(count()).toBe(0)
    setup.socket.close()
  })

  it('are heard also where a tool has made fields into assignments, as for React Native [CC-196]', async () => {
    const {outputFiles} = await build({
      entryPoints: [fileURLToPath(new URL('../../src/websocket/index.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'made',
      target: 'es2021',
      tsconfigRaw: {compilerOptions: {useDefineForClassFields: false}},
    })
    const code = outputFiles[0]!.text
    expect(code).toContain('this.currentTarget =')
    const {ReconnectingWebSocket: Made} = runInThisContext(`${code};made`) as {ReconnectingWebSocket: typeof ReconnectingWebSocket}
    const network = fakeNetwork(accepts())
    const socket = new Made(url, [], {WebSocket: network.WebSocket})
    const heard: unknown[] = []
    socket.onmessage = ({data, target}) => heard.push([data, target === socket])
    await new Promise((resolve) => (socket.onopen = resolve))
    network.last.server.send('x')
    await new Promise((resolve) => setTimeout(resolve))
    expect(heard).toEqual([['x', true]])
    socket.close()
  })

  it('come by the runtime\'s own event, made this socket\'s [CC-196]', async () => {
    const setup = await open()
    const events: MessageEvent[] = []
    const order: string[] = []
    setup.socket.addEventListener('message', (event) => {
      events.push(event)
      order.push(`${event.target === setup.socket} ${event.currentTarget === setup.socket} ${event.composedPath()[0] === setup.socket}`)
    })
    const event = new MessageEvent('message', {data: 'x', origin: 'ws://there'})
    setup.network.last.onmessage!(event)
    expect(events).toEqual([event])
    expect(events[0]).toBe(event)
    expect(order).toEqual(['true true true'])
    expect([event.data, event.origin]).toEqual(['x', 'ws://there'])
    setup.socket.close()
  })

  it('come as a copy where the event can\'t be changed [CC-196]', async () => {
    const setup = await open()
    const events: MessageEvent[] = []
    setup.socket.onmessage = (event) => events.push(event)
    setup.network.last.onmessage!(Object.freeze(new MessageEvent('message', {data: 'x'})))
    expect(events).toMatchObject([{data: 'x', target: setup.socket}])
    expect(Object.isFrozen(events[0])).toBe(false)
    setup.socket.close()
  })

  it('are decoded where there is a codec, and then told by an event of their own [CC-196]', async () => {
    const codec = {encode: (value: unknown) => JSON.stringify(value), decode: (data: string) => JSON.parse(data)}
    const setup = await settled(setUp(accepts(), {codec}))
    const heard: unknown[] = []
    setup.socket.onmessage = ({data, target, origin}) => heard.push([data, target === setup.socket, origin])
    setup.network.last.server.send('{"a":1}')
    await settled(setup)
    expect(heard).toEqual([[{a: 1}, true, 'wss://example.test']])
    setup.socket.send({b: 2} as never)
    expect(texts(setup)).toEqual(['{"b":2}'])
    setup.socket.close()
  })

  it('reach listeners of the client beneath, too, in the same moment [CC-197]', async () => {
    const setup = await open()
    const heard: unknown[] = []
    setup.socket.addEventListener('message', ({data}) => heard.push(`socket ${data}`))
    const off = setup.socket.client.on('message', (data, {data: same}) => heard.push(`client ${data} ${same}`))
    setup.network.last.server.send('x')
    await settled(setup)
    off()
    setup.network.last.server.send('y')
    await settled(setup)
    expect(heard).toEqual(['socket x', 'client x x', 'socket y'])
    setup.socket.close()
  })

  it('stop where a listener stops them, and there only [CC-196]', async () => {
    const setup = await open()
    const heard: string[] = []
    setup.socket.addEventListener('message', ({data}) => heard.push(`first ${data}`))
    setup.socket.addEventListener('message', (event) => {
      heard.push(`second ${event.data}`)
      if (event.data === 'stop') event.stopImmediatePropagation()
      else event.stopPropagation()
    })
    setup.socket.addEventListener('message', ({data}) => heard.push(`third ${data}`))
    for (const text of ['go', 'stop', 'on']) setup.network.last.server.send(text)
    await settled(setup)
    expect(heard).toEqual(['first go', 'second go', 'third go', 'first stop', 'second stop', 'first on', 'second on', 'third on'])
    setup.socket.close()
  })
})

describe('sending', () => {
  it('keeps what is sent without a connection, over any number of attempts, and sends it in order [CC-193]', async () => {
    const setup = setUp(sequence(refuses(), acceptsThenCloses(1013), accepts()))
    setup.socket.send('a')
    await setup.clock.advance(0)
    setup.socket.send('b')
    expect(setup.socket.bufferedAmount).toBe(2)
    await setup.clock.advance(1000)
    setup.socket.send('c')
    await setup.clock.advance(long)
    expect(texts(setup)).toEqual(['a', 'b', 'c'])
    expect(setup.socket.bufferedAmount).toBe(0)
    setup.socket.close()
  })

  it('copies bytes that must wait: the caller may reuse them [CC-193]', async () => {
    const setup = setUp()
    const bytes = new Uint8Array([1, 2, 3, 4])
    setup.socket.send(bytes.subarray(1, 3))
    setup.socket.send(bytes.buffer)
    bytes.fill(9)
    await settled(setup)
    expect(texts(setup)).toEqual([new Uint8Array([2, 3]), new Uint8Array([1, 2, 3, 4])])
    setup.socket.close()
  })

  it('copies bytes of another realm, and those of an open listener that left the connection [CC-193]', async () => {
    const setup = setUp(sequence(accepts(), accepts()))
    const foreign = runInNewContext('new Uint8Array([1, 2]).buffer') as ArrayBuffer
    setup.socket.send(foreign)
    new Uint8Array(foreign).fill(9)
    const bytes = new Uint8Array([3])
    setup.socket.addEventListener('open', () => {
      setup.socket.reconnect()
      setup.socket.send(bytes)
      bytes.fill(9)
    }, {once: true})
    await settled(setup)
    expect(texts(setup)).toEqual([new Uint8Array([1, 2]), new Uint8Array([3])])
    setup.socket.close()
  })

  it('keeps what is sent before open() [CC-193]', async () => {
    const setup = setUp(accepts(), {startClosed: true})
    setup.socket.send('a')
    expect(setup.socket.bufferedAmount).toBe(1)
    setup.socket.open()
    await settled(setup)
    expect(texts(setup)).toEqual(['a'])
    setup.socket.close()
  })

  it('is told by an InvalidStateError, where open() was called a moment ago within the event of the end [CC-193]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1000), accepts()))
    let thrown: unknown
    setup.socket.addEventListener('close', () => {
      setup.socket.open()
      expect(setup.socket.readyState).toBe(0)
      try {
        setup.socket.send('too early')
      } catch (error) {
        thrown = error
      }
    }, {once: true})
    await settled(setup)
    expect(thrown).toMatchObject({name: 'InvalidStateError'})
    setup.socket.send('in time')
    await settled(setup)
    expect(texts(setup)).toEqual(['in time'])
    setup.socket.close()
  })

  it('forgets what was sent too late when it is opened again [CC-193]', async () => {
    const setup = await open()
    setup.socket.close()
    setup.socket.send('late')
    await settled(setup)
    expect(setup.socket.bufferedAmount).toBe(4)
    setup.socket.open()
    expect(setup.socket.bufferedAmount).toBe(0)
    await settled(setup)
    expect(texts(setup)).toEqual([])
    setup.socket.close()
  })

  it('says that it is the size, after a 1009 [CC-193]', async () => {
    const large = 'x'.repeat(100)
    const setup = setUp(sequence((server) => {
      server.accept()
      server.onmessage = () => server.close(1009)
    }, accepts()), {verdicts: {1009: 'retry'}, onReport: () => {}})
    setup.socket.client.on('drop', () => {})
    await settled(setup)
    setup.socket.send(large)
    await setup.clock.advance(1500)
    expect(setup.socket.readyState).toBe(1)
    expect(() => setup.socket.send(large)).toThrow(expect.objectContaining({name: 'QuotaExceededError', message: 'closecall: the server closed for a message of 100 bytes (1009)'}))
    setup.socket.send('small')
    expect(texts(setup).at(-1)).toBe('small')
    setup.socket.close()
  })

  it('answers what has no room by a QuotaExceededError, and keeps the rest [CC-193]', async () => {
    const setup = setUp(accepts(), {buffer: {maxMessages: 1}})
    setup.socket.send('a')
    expect(() => setup.socket.send('b')).toThrow(expect.objectContaining({name: 'QuotaExceededError', message: expect.stringMatching(/^closecall: the send buffer is full/)}))
    await settled(setup)
    expect(texts(setup)).toEqual(['a'])
    setup.socket.close()
  })

  it('is told by drop instead, where the caller chose to drop [CC-193]', () => {
    const setup = setUp(accepts(), {buffer: {maxMessages: 1, overflow: 'drop-newest'}})
    const dropped: unknown[] = []
    setup.socket.client.on('drop', ({data}) => dropped.push(data))
    setup.socket.send('a')
    setup.socket.send('b')
    expect(dropped).toEqual(['b'])
    setup.socket.close()
  })

  it('without a buffer, is refused as the standard refuses it [CC-193]', async () => {
    const setup = setUp(accepts(), {buffer: false})
    expect(() => setup.socket.send('a')).toThrow(expect.objectContaining({name: 'InvalidStateError'}))
    await settled(setup)
    setup.socket.send('b')
    expect(texts(setup)).toEqual(['b'])
    setup.socket.close()
  })

  it.each(['closing', 'closed', 'failed'] as const)('counts what is sent when it is too late: %s [CC-193]', async (way) => {
    const setup = await settled(setUp(way === 'failed' ? acceptsThenCloses(1007) : way === 'closing' ? goesSilent() : accepts(), {onReport: () => {}}))
    setup.socket.close()
    if (way === 'closed') await settled(setup)
    setup.socket.send('é')
    setup.socket.send(new Uint8Array(3))
    expect(setup.socket.bufferedAmount).toBe(5)
    expect(texts(setup)).toEqual([])
    setup.socket.close()
    await setup.clock.advance(long)
  })

  it('a message that is given up and that nobody hears of is told on the console, once [CC-75]', async () => {
    const setup = setUp(neverAnswers(), {buffer: {ttl: 10}})
    setup.socket.send('secret')
    setup.socket.send('too')
    await setup.clock.advance(10)
    expect(warned).toHaveBeenCalledOnce()
    expect(warned.mock.calls[0]![0]).toBe("closecall: a message to send was expired; said once, see `on('drop')`")
    setup.socket.close()
  })
})

describe('its own methods', () => {
  it('startClosed waits, CLOSED, for open() [CC-197]', async () => {
    const setup = await settled(setUp(accepts(), {startClosed: true}))
    expect([setup.socket.readyState, setup.network.sockets.length, setup.told.length]).toEqual([3, 0, 0])
    setup.socket.close()
    await settled(setup)
    expect(setup.told).toEqual([])
    setup.socket.open()
    expect(setup.socket.readyState).toBe(0)
    await settled(setup)
    expect(setup.told).toEqual(['open in 1'])
    setup.socket.close()
  })

  it('open() after the end is a new beginning, with an end of its own [CC-197]', async () => {
    const setup = await open()
    setup.socket.close()
    await settled(setup)
    setup.socket.open()
    await settled(setup)
    setup.socket.close()
    await settled(setup)
    expect(setup.told).toEqual(['open in 1', 'close 1005 clean final in 3', 'open in 1', 'close 1005 clean final in 3'])
  })

  it('reconnect() leaves a connection with the code that it is given, and tells that no end [CC-197]', async () => {
    const setup = await open()
    const [first] = setup.network.sockets
    setup.socket.reconnect(4001, 'moved')
    expect(first!.closeFrame).toEqual({code: 4001, reason: 'moved'})
    await settled(setup)
    expect(setup.told).toEqual(['open in 1', 'error in 0', 'close 1006 in 0', 'open in 1'])
    setup.socket.reconnect()
    expect(setup.network.sockets[1]!.closeFrame).toEqual({code: 1000, reason: ''})
    expect(() => setup.socket.reconnect(1001)).toThrow(expect.objectContaining({name: 'InvalidAccessError'}))
    setup.socket.close()
  })

  it('reconnect() within the end that close() began [CC-197]', async () => {
    const setup = await settled(setUp(sequence(refuses(), accepts())))
    setup.socket.close()
    setup.socket.reconnect()
    expect(setup.socket.readyState).toBe(0)
    await settled(setup)
    expect(setup.told).toEqual(['error in 0', 'close 1006 in 0', 'error in 0', 'close 1006 final in 0', 'open in 1'])
    setup.socket.close()
  })

  it('a subclass may have an open() of its own, with fields of its own [CC-199]', async () => {
    class Counted extends ReconnectingWebSocket {
      #opens = 0
      override open(): void {
        this.#opens++
        super.open()
      }
      get opens(): number {
        return this.#opens
      }
    }
    const socket = new Counted(url, [], {WebSocket: fakeNetwork(accepts()).WebSocket})
    expect([socket.readyState, socket.opens]).toEqual([0, 0])
    socket.close()
  })

  it('goes on with the class that it found, whatever takes the place of the global one [CC-199]', async () => {
    const network = fakeNetwork(sequence(acceptsThenCloses(1013), accepts()))
    vi.stubGlobal('WebSocket', network.WebSocket)
    const setup = setUp(accepts(), {WebSocket: undefined} as never)
    vi.stubGlobal('WebSocket', ReconnectingWebSocket)
    await setup.clock.advance(1500)
    expect([network.sockets.length, setup.socket.readyState]).toEqual([2, 1])
    setup.socket.close()
  })

  it('retryCount counts since the last stable connection [CC-197]', async () => {
    const setup = await settled(setUp(sequence(refuses(), refuses(), accepts())))
    expect(setup.socket.retryCount).toBe(1)
    await setup.clock.advance(3000)
    expect([setup.socket.readyState, setup.socket.retryCount]).toEqual([1, 2])
    await setup.clock.advance(10_000)
    expect(setup.socket.retryCount).toBe(0)
    setup.socket.close()
    await settled(setup)
    expect(setup.socket.retryCount).toBe(0)
  })

  it('binaryType is set at any time, and kept on the next connection [CC-192]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1013), accepts()))
    expect(setup.socket.binaryType).toBe('blob')
    setup.socket.binaryType = 'arraybuffer'
    await settled(setup)
    setup.socket.binaryType = 'nonsense' as never
    await setup.clock.advance(1000)
    expect(setup.network.sockets.map(({binaryType}) => binaryType)).toEqual(['arraybuffer', 'arraybuffer'])
    setup.socket.binaryType = 'blob'
    expect(setup.network.last.binaryType).toBe('blob')
    expect(setUp(neverAnswers(), {binaryType: 'arraybuffer', signal: AbortSignal.abort()}).socket.binaryType).toBe('arraybuffer')
    setup.socket.close()
  })

  it('protocol, extensions and url are those of the last connection [CC-192]', async () => {
    const setup = setUp(sequence((server) => {
      server.accept({protocol: 'chat', extensions: 'x'})
      server.close(1013)
    }, neverAnswers()), {protocols: ['chat'], address: async ({attempt}) => `wss://example.test/${attempt}`})
    expect([setup.socket.url, setup.socket.protocol]).toEqual(['', ''])
    await setup.clock.advance(1000)
    expect([setup.socket.url, setup.socket.protocol, setup.socket.extensions, setup.socket.readyState]).toEqual(['wss://example.test/1', 'chat', 'x', 0])
    setup.socket.close()
    expect(setup.socket.protocol).toBe('chat')
  })

  it('asks a function for url and protocols on each attempt; what it fails to give is a failed attempt [CC-191]', async () => {
    const answers = ['ftp://wrong', 'wss://example.test/b']
    const setup = setUp(accepts(), {address: () => answers.shift()!, protocols: () => ['a', 'b']})
    await setup.clock.advance(1000)
    expect(setup.told).toEqual(['error in 0', 'close 1006 in 0', 'open in 1'])
    expect(setup.network.last.protocols).toEqual(['a', 'b'])
    setup.socket.close()
  })

  it('a signal that was aborted before it began leaves it CLOSED, without a word [CC-192]', async () => {
    const setup = await settled(setUp(accepts(), {signal: AbortSignal.abort()}))
    expect([setup.socket.readyState, setup.told]).toEqual([3, []])
    expectRest(setup)
  })
})

describe('flushWhen', () => {
  const greeting = (data: unknown) => data === 'ack'

  it('lets the library greet first: what had waited leaves after the answer [CC-198]', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1013), accepts()), {flushWhen: greeting})
    const {socket} = setup
    socket.onopen = () => socket.send('hello')
    socket.addEventListener('message', ({data}) => void (data === 'ack' && socket.send('subscribe')))
    socket.send('waited')
    await setup.clock.advance(1000)
    expect(socket.readyState).toBe(1)
    expect(setup.network.last.sent.map(({data}) => data)).toEqual(['hello'])
    socket.send('at once')
    setup.network.last.server.send('other')
    await settled(setup)
    expect(texts(setup).slice(-1)).toEqual(['at once'])
    setup.network.last.server.send('ack')
    await settled(setup)
    expect(setup.network.last.sent.map(({data}) => data)).toEqual(['hello', 'at once', 'subscribe', 'waited'])
    socket.send('later')
    expect(texts(setup).at(-1)).toBe('later')
    expect(setup.told.filter((line) => line.startsWith('open'))).toHaveLength(2)
    socket.close()
  })

  it('a server that never answers it is a failed attempt, after connectTimeout [CC-198]', async () => {
    const setup = await settled(setUp(accepts(), {flushWhen: greeting}))
    await setup.clock.advance(10_000)
    expect(setup.told).toEqual(['open in 1', 'error in 0', 'close 1006 in 0'])
    expect(setup.socket.client.history).toMatchObject([{close: {origin: 'setup'}}])
    setup.socket.close()
  })

  it('a connection that ends before the answer is one that was open; what is sent then waits again [CC-198]', async () => {
    const setup = await settled(setUp(accepts(), {flushWhen: greeting}))
    setup.network.last.server.close(1013)
    await settled(setup)
    expect(setup.told).toEqual(['open in 1', 'close 1013 clean in 0'])
    setup.socket.send('kept')
    await setup.clock.advance(1000)
    setup.network.last.server.send('ack')
    await settled(setup)
    expect(setup.network.last.sent.map(({data}) => data)).toEqual(['kept'])
    setup.socket.close()
  })

  it('tells open before the first message, also one that came with the connection [CC-198]', async () => {
    const setup = await settled(setUp(sequence((server) => {
      server.accept()
      server.send('welcome')
    }), {flushWhen: greeting}))
    expect(setup.told).toEqual(['open in 1', 'message welcome in 1'])
    setup.socket.close()
  })

  it('keeps what is sent on a connection that is closing already [CC-198]', async () => {
    const setup = await settled(setUp(neverDeliversClose(), {flushWhen: greeting}))
    setup.network.last.server.close(1013)
    await settled(setup)
    expect([setup.network.last.readyState, setup.socket.readyState]).toEqual([2, 1])
    setup.socket.send('kept')
    expect([texts(setup), setup.socket.bufferedAmount]).toEqual([[], 4])
    setup.socket.close()
    await setup.clock.advance(long)
  })

  it('reconnect() leaves a connection whose answer did not come yet [CC-197] [CC-198]', async () => {
    const setup = await settled(setUp(accepts(), {flushWhen: greeting}))
    setup.socket.reconnect(4000, 'again')
    await settled(setup)
    expect(setup.network.sockets[0]!.closeFrame).toEqual({code: 4000, reason: 'again'})
    expect(setup.told).toEqual(['open in 1', 'error in 0', 'close 1006 in 0', 'open in 1'])
    setup.socket.close()
  })

  it('with onPageHide: keep, a page that goes into the bfcache keeps that, too [CC-97] [CC-198]', async () => {
    const setup = await settled(setUp(accepts(), {flushWhen: greeting, onPageHide: 'keep'}))
    tellPage('pagehide', {persisted: true})
    expect(setup.told).toEqual(['open in 1'])
    setup.socket.close()
    tellPage('pageshow')
  })

  it('comes after onOpen; one that throws fails the attempt [CC-198]', async () => {
    const order: string[] = []
    const setup = setUp(accepts(), {
      onOpen: (session) => void (session.send('first'), order.push('onOpen')),
      flushWhen: () => {
        throw new Error('mine')
      },
    })
    setup.socket.onopen = () => order.push('open')
    await settled(setup)
    expect(order).toEqual(['onOpen', 'open'])
    setup.network.last.server.send('x')
    await settled(setup)
    expect(setup.socket.client.history).toMatchObject([{close: {origin: 'setup', error: 'mine'}}])
    setup.socket.close()
  })

  it('leaves no session to a library that closes meanwhile [CC-198]', async () => {
    const setup = setUp(accepts(), {flushWhen: greeting})
    setup.socket.onopen = () => setup.socket.close(4000, 'enough')
    await settled(setup)
    expect(setup.told).toEqual(['open in 1', 'close 4000 enough clean final in 3'])
    setup.socket.send('late')
    expect(setup.socket.bufferedAmount).toBe(4)
    expectRest(setup)
  })
})

describe('one shot', () => {
  it.each([
    ['refused', refuses(), ['error in 3', 'close 1006 final in 3']],
    ['1013', acceptsThenCloses(1013, 'busy'), ['open in 1', 'close 1013 busy clean final in 3']],
    ['1001', acceptsThenCloses(1001), ['open in 1', 'close 1001 clean final in 3']],
    ['1012', acceptsThenCloses(1012), ['open in 1', 'close 1012 clean final in 3']],
    ['1008', acceptsThenCloses(1008), ['open in 1', 'close 1008 clean final in 3']],
    ['4000', acceptsThenCloses(4000), ['open in 1', 'close 4000 clean final in 3']],
    ['a cut line', drops(), ['open in 1', 'error in 3', 'close 1006 final in 3']],
  ] as const)('%s is the end, with its own verdict, and no word on the console [CC-89]', async (_, behaviour, told) => {
    const setup = setUp(behaviour, {reconnect: false})
    const events = closes(setup.socket)
    await setup.clock.advance(long)
    expect(setup.told).toEqual(told)
    expect(events[0]!.verdict!.action).toMatch(/retry|refresh/)
    expect(events[0]!.explanation).toMatch(/; not reconnecting$/)
    expect(setup.network.sockets).toHaveLength(1)
    expect(setup.socket.client.state.name).toBe('closed')
    expect(warned).not.toHaveBeenCalled()
    expect(complained).not.toHaveBeenCalled()
    expectRest(setup)
  })

  it('1000 is no surprise either [CC-89]', async () => {
    const setup = await settled(setUp(acceptsThenCloses(1000), {reconnect: false}))
    expect(setup.told.at(-1)).toBe('close 1000 clean final in 3')
    expect(warned).not.toHaveBeenCalled()
  })

  it('1007 fails and is reported all the same [CC-89]', async () => {
    const reports: Report[] = []
    const setup = await settled(setUp(acceptsThenCloses(1007), {reconnect: false, onReport: (report) => reports.push(report)}))
    expect(setup.socket.client.state.name).toBe('failed')
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}}])
  })

  it('a page that goes into the bfcache ends it; coming back opens nothing [CC-89]', async () => {
    const setup = await settled(setUp(accepts(), {reconnect: false}))
    tellPage('pagehide', {persisted: true})
    tellPage('pageshow')
    await setup.clock.advance(long)
    expect(setup.told).toEqual(['open in 1', 'error in 3', 'close 1006 final in 3'])
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })

  it('open() makes another [CC-89]', async () => {
    const setup = await settled(setUp(sequence(acceptsThenCloses(1013), accepts()), {reconnect: false}))
    setup.socket.open()
    await settled(setup)
    expect(setup.socket.readyState).toBe(1)
    setup.socket.close()
  })
})

describe('where there is no WebSocket', () => {
  it('says so in one sentence when it is constructed, and leaves nothing [CC-191]', () => {
    vi.stubGlobal('WebSocket', undefined)
    let error: unknown
    try {
      void new ReconnectingWebSocket(url)
    } catch (caught) {
      error = caught
    }
    expect(isClosecallError(error) && [error.code, error.message]).toEqual(['NO_WEBSOCKET', "closecall: this runtime has no WebSocket: `npm install ws`, then `import WebSocket from 'ws'` and `new ReconnectingWebSocket(url, protocols, {WebSocket})`"])
  })

  it('can\'t be its own transport [CC-199]', () => {
    vi.stubGlobal('WebSocket', ReconnectingWebSocket)
    expect(() => new ReconnectingWebSocket(url)).toThrow(/^closecall: `WebSocket` must be a class that does not reconnect by itself/)
    const {WebSocket} = fakeNetwork(accepts())
    const socket = new ReconnectingWebSocket(url, [], {WebSocket})
    expect(socket.readyState).toBe(0)
    socket.close()
  })
})
