// Does a fake socket do what the standard says, and lie only when told to?

import {describe, expect, it} from 'vitest'
import {
  accepts,
  acceptsThenCloses,
  closedFromTheStart,
  closesLate,
  closesSynchronously,
  closesTwice,
  deliversWhileClosing,
  drops,
  errorsAfterClose,
  errorsWithoutClose,
  fakeClock,
  fakeNetwork,
  goesSilent,
  neverAnswers,
  neverDeliversClose,
  refuses,
  sequence,
  throwsOnConstruct,
  type Behaviour,
  type FakeNetworkOptions,
  type FakeSocket,
} from '../../src/testing/index.ts'

const {advance} = fakeClock()
const settle = (): Promise<void> => advance(0)

/** A socket and what it was heard to say, in the words of the runtimes' table: `open`, `message x`, `error`, `close 1000 clean`. */
const open = (behaviour?: Behaviour, options?: FakeNetworkOptions & {protocols?: string[]}) => {
  const network = fakeNetwork(behaviour, options)
  const socket = new network.WebSocket('wss://example.test/', options?.protocols)
  return {network, socket, server: socket.server, heard: listen(socket)}
}

const listen = (socket: FakeSocket): string[] => {
  const heard: string[] = []
  socket.onopen = () => heard.push('open')
  socket.onmessage = ({data}: MessageEvent) => heard.push(`message ${data}`)
  socket.onerror = () => heard.push('error')
  socket.onclose = ({code, reason, wasClean}: CloseEvent) => heard.push(`close ${code} ${wasClean ? 'clean' : 'unclean'}${reason && ` ${reason}`}`)
  return heard
}

const thrown = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return 'nothing was thrown'
}

describe('a fake socket, as the standard says', () => {
  it('opens in a later turn, never inside the constructor', async () => {
    const {socket, heard} = open()
    expect(socket.readyState).toBe(0)
    expect(heard).toEqual([])
    await settle()
    expect(socket.readyState).toBe(1)
    expect(heard).toEqual(['open'])
  })

  it('knows its URL, in the form that was meant', () => {
    const {WebSocket} = fakeNetwork()
    expect(new WebSocket('https://example.test/a?b').url).toBe('wss://example.test/a?b')
    expect(new WebSocket(new URL('http://example.test')).url).toBe('ws://example.test/')
  })

  it.each(['example.test', 'ftp://example.test/', 'wss://example.test/#fragment', ''])('refuses the URL %j', (url) => {
    const {WebSocket, sockets} = fakeNetwork()
    expect(thrown(() => new WebSocket(url))).toMatchObject({name: 'SyntaxError'})
    expect(sockets).toEqual([])
  })

  it.each([[['a', 'a']], [['a b']], [['']]])('refuses the subprotocols %j', (protocols) => {
    const {WebSocket} = fakeNetwork()
    expect(thrown(() => new WebSocket('wss://example.test/', protocols))).toMatchObject({name: 'SyntaxError'})
  })

  it('gets the first subprotocol that it offered, unless the server chooses', async () => {
    const {socket} = open(accepts(), {protocols: ['a', 'b']})
    const {socket: chosen} = open(accepts({protocol: 'b', extensions: 'permessage-deflate'}), {protocols: ['a', 'b']})
    expect(socket.protocol).toBe('')
    await settle()
    expect(socket.protocols).toEqual(['a', 'b'])
    expect(socket.protocol).toBe('a')
    expect(chosen.protocol).toBe('b')
    expect(chosen.extensions).toBe('permessage-deflate')
  })

  it('has the constants, on the class and on each socket', () => {
    const {socket, network} = open()
    expect({...network.WebSocket}).toEqual({CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3})
    expect(socket).toMatchObject({CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3})
  })

  it('is an EventTarget', async () => {
    const {socket} = open()
    const heard: string[] = []
    socket.addEventListener('open', {handleEvent: ({type, target}) => heard.push(`${type} ${target === socket}`)}, {once: true})
    await settle()
    expect(heard).toEqual(['open true'])
  })

  it('sends nothing while connecting: that throws InvalidStateError', () => {
    const {socket} = open()
    expect(thrown(() => socket.send('too soon'))).toMatchObject({name: 'InvalidStateError'})
    expect(socket.sent).toEqual([])
  })

  it('sends strings in text frames, well formed, and bytes in binary ones, copied', async () => {
    const {socket} = open()
    await settle()
    const bytes = Uint8Array.of(0, 1, 2, 3)
    socket.send('a\uD800b')
    socket.send(bytes.subarray(1, 3))
    socket.send(bytes.buffer)
    bytes.fill(9)
    expect(socket.sent).toEqual([
      {data: 'a\uFFFDb', binary: false},
      {data: Uint8Array.of(1, 2), binary: true},
      {data: Uint8Array.of(0, 1, 2, 3), binary: true},
    ])
  })

  it('counts what is not passed on yet in bufferedAmount', async () => {
    const {socket, server} = open()
    const arrived: unknown[] = []
    server.onmessage = ({data}) => arrived.push(data)
    await settle()
    socket.send('é')
    expect(socket.bufferedAmount).toBe(2)
    expect(arrived).toEqual([])
    await settle()
    expect(socket.bufferedAmount).toBe(0)
    expect(arrived).toEqual(['é'])
  })

  it('discards what is sent after close(), and counts it', async () => {
    const {socket} = open()
    await settle()
    socket.close()
    socket.send('late')
    await settle()
    socket.send('later')
    expect(socket.sent).toEqual([])
    expect(socket.bufferedAmount).toBe(9)
  })

  it.each([[1001], [1007], [1013], [999], [2999], [5000], [1005]])('refuses close(%i) with InvalidAccessError, and stays open', async (code) => {
    const {socket} = open()
    await settle()
    expect(thrown(() => socket.close(code))).toMatchObject({name: 'InvalidAccessError'})
    expect(socket.readyState).toBe(1)
  })

  it('refuses a reason of more than 123 bytes with SyntaxError', async () => {
    const {socket} = open()
    await settle()
    expect(thrown(() => socket.close(1000, 'é'.repeat(62)))).toMatchObject({name: 'SyntaxError'})
    expect(socket.readyState).toBe(1)
    socket.close(1000, 'é'.repeat(61))
    expect(socket.readyState).toBe(2)
  })

  it('closes with the code that it asked for, once the server answered', async () => {
    const {socket, heard} = open()
    await settle()
    socket.close(4321, 'bye')
    socket.close(4000, 'a second close() changes nothing')
    expect(socket.readyState).toBe(2)
    expect(heard).toEqual(['open'])
    await settle()
    expect(socket.readyState).toBe(3)
    expect(heard).toEqual(['open', 'close 4321 clean bye'])
    expect(socket.closeFrame).toEqual({code: 4321, reason: 'bye'})
  })

  it('reads 1005 where no code was given, on either side', async () => {
    const {socket, heard} = open()
    await settle()
    socket.close()
    await settle()
    expect(heard).toEqual(['open', 'close 1005 clean'])
    expect(socket.closeFrame).toEqual({reason: ''})
    const other = open()
    other.server.close()
    await settle()
    expect(other.heard).toEqual(['open', 'close 1005 clean'])
  })

  it('fails, with error before close, when it is closed while connecting', async () => {
    const {socket, heard} = open(neverAnswers())
    socket.close(1000)
    expect(socket.readyState).toBe(2)
    expect(heard).toEqual([])
    await settle()
    expect(heard).toEqual(['error', 'close 1006 unclean'])
    expect(socket.closeFrame).toBeUndefined()
  })

  it('never opens after close(), though the server accepts', async () => {
    const {socket, heard} = open(accepts())
    socket.close()
    await settle()
    expect(heard).toEqual(['error', 'close 1006 unclean'])
  })

  it('hears messages in order, before the close that follows them, and none after its own close()', async () => {
    const {socket, server, heard} = open()
    server.send('a')
    server.send('b')
    server.close(1000)
    await settle()
    expect(heard).toEqual(['open', 'message a', 'message b', 'close 1000 clean'])
    const other = open()
    await settle()
    other.socket.close(1000)
    other.server.send('late')
    await settle()
    expect(other.heard).toEqual(['open', 'close 1000 clean'])
    expect(socket.readyState).toBe(3)
  })

  it('gets bytes as binaryType says', async () => {
    const {socket, server} = open()
    const arrived: unknown[] = []
    socket.onmessage = ({data}: MessageEvent) => arrived.push(data)
    await settle()
    server.send(Uint8Array.of(1, 2))
    await settle()
    socket.binaryType = 'arraybuffer'
    server.send(Uint8Array.of(3).subarray(0))
    await settle()
    expect(arrived[0]).toBeInstanceOf(Blob)
    expect(arrived[1]).toEqual(Uint8Array.of(3).buffer)
  })

  it('takes one argument to send, and two where the class is like that of ws', async () => {
    const standard = open()
    const node = open(accepts(), {kind: 'ws'})
    expect(standard.network.WebSocket.prototype.send.length).toBe(1)
    expect(standard.socket.terminate).toBeUndefined()
    expect(standard.socket.binaryType).toBe('blob')
    expect(node.network.WebSocket.prototype.send.length).toBe(2)
    expect(node.socket.binaryType).toBe('nodebuffer')
    await settle()
    node.socket.send(Uint8Array.of(0xff), {binary: false})
    node.socket.send(Uint8Array.of(1))
    node.socket.send('text')
    expect(node.socket.sent.map(({binary}) => binary)).toEqual([false, true, false])
    node.socket.terminate!()
    await settle()
    expect(node.heard).toEqual(['open', 'close 1006 unclean'])
  })

  it('lets the error of a listener go its way, and tells the others', async () => {
    const {socket, heard} = open()
    const uncaught: unknown[] = []
    // Taken from the test runner, which calls an uncaught error a failed run.
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (error) => uncaught.push(error))
    socket.addEventListener('open', () => {
      throw new Error('of a listener')
    })
    await settle()
    await new Promise(setImmediate)
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(heard).toEqual(['open'])
    expect(uncaught).toMatchObject([{message: 'of a listener'}])
  })
})

describe('a fake network', () => {
  it('lists its sockets, and those that live', async () => {
    const {network, socket} = open(sequence(drops(), neverAnswers()))
    const second = new network.WebSocket('wss://example.test/second')
    expect(network.live).toEqual([socket, second])
    await settle()
    expect(network.sockets).toEqual([socket, second])
    expect(network.live).toEqual([second])
    expect(network.last).toBe(second)
    second.close()
    expect(network.live).toEqual([])
  })

  it('says that there is no socket yet', () => {
    expect(() => fakeNetwork().last).toThrow('no socket was opened yet')
  })

  it('can change its behaviour', async () => {
    const {network} = open(refuses())
    network.behaviour = accepts()
    const heard = listen(new network.WebSocket('wss://example.test/'))
    await settle()
    expect(heard).toEqual(['open'])
  })

  it('gives a server that can do everything, in any order', async () => {
    const {socket, server, heard} = open(neverAnswers())
    server.accept()
    server.error('by the way')
    server.close(1013, 'busy', {wasClean: false})
    server.send('too late')
    server.accept()
    server.drop()
    await settle()
    expect(heard).toEqual(['open', 'error', 'close 1013 unclean busy'])
    expect(server.socket).toBe(socket)
    server.emit('close', {code: 1, reason: '', wasClean: true})
    await settle()
    expect(heard.at(-1)).toBe('close 1 clean')
  })
})

describe('behaviours', () => {
  it.each<[string, Behaviour, string[]]>([
    ['accepts', accepts(), ['open']],
    ['refuses', refuses(), ['error', 'close 1006 unclean']],
    ['acceptsThenCloses', acceptsThenCloses(1013, 'busy'), ['open', 'close 1013 clean busy']],
    ['acceptsThenCloses with 1006', acceptsThenCloses(1006), ['open', 'close 1006 unclean']],
    ['acceptsThenCloses with an illegal code', acceptsThenCloses(0), ['open', 'close 0 clean']],
    ['neverAnswers', neverAnswers(), []],
    ['goesSilent', goesSilent(), ['open']],
    ['drops', drops(), ['open', 'close 1006 unclean']],
    ['errorsWithoutClose', errorsWithoutClose(), ['error']],
    ['closesTwice', closesTwice(acceptsThenCloses(1013)), ['open', 'close 1013 clean', 'close 1013 clean']],
    ['closesTwice, by default only where somebody closes', closesTwice(), ['open']],
    ['errorsAfterClose', errorsAfterClose(acceptsThenCloses(1013)), ['open', 'close 1013 clean', 'error']],
    ['neverDeliversClose', neverDeliversClose(acceptsThenCloses(1013)), ['open']],
    ['lies around lies', closesTwice(errorsAfterClose(acceptsThenCloses(1000))), ['open', 'close 1000 clean', 'close 1000 clean', 'error']],
  ])('%s', async (_name, behaviour, expected) => {
    const {heard} = open(behaviour)
    await settle()
    expect(heard).toEqual(expected)
  })

  it('refuses with a status and Retry-After that the error event shows, when told', async () => {
    const seen: unknown[] = []
    for (const behaviour of [refuses(503, {retryAfter: 7000}), refuses(), refuses(404)]) {
      const {socket} = open(behaviour)
      socket.onerror = ({status, retryAfter, message}: any) => seen.push([status, retryAfter, message])
      await settle()
    }
    expect(seen).toEqual([[503, 7000, 'Unexpected server response: 503'], [undefined, undefined, ''], [404, undefined, 'Unexpected server response: 404']])
  })

  it('goes silent: close() is never answered', async () => {
    const {socket, heard} = open(goesSilent())
    await settle()
    socket.close(1000)
    await settle()
    expect(socket.readyState).toBe(2)
    expect(heard).toEqual(['open'])
    expect(socket.closeFrame).toEqual({code: 1000, reason: ''})
  })

  it('repeats the last of a sequence', async () => {
    const {network} = open(sequence(refuses(), acceptsThenCloses(4000), accepts()))
    const heard = [1, 2, 3].map(() => listen(new network.WebSocket('wss://example.test/')))
    await settle()
    expect(heard).toEqual([['open', 'close 4000 clean'], ['open'], ['open']])
  })

  it('throws on construct, and leaves no socket', () => {
    const network = fakeNetwork(throwsOnConstruct(new Error('mixed content')))
    expect(() => new network.WebSocket('ws://example.test/')).toThrow('mixed content')
    expect(network.sockets).toEqual([])
  })

  it('closes synchronously while connecting, and stays CLOSING', async () => {
    const {socket, heard} = open(closesSynchronously())
    socket.close()
    expect(heard).toEqual(['error', 'close 1006 unclean'])
    await settle()
    expect(heard).toHaveLength(2)
    expect(socket.readyState).toBe(2)
  })

  it('never delivers a close: readyState 2, though nobody asked for it', async () => {
    const {socket} = open(neverDeliversClose(acceptsThenCloses(1013)))
    await settle()
    expect(socket.readyState).toBe(2)
    const other = open(neverDeliversClose())
    await settle()
    other.socket.close()
    await settle()
    expect(other.heard).toEqual(['open'])
  })

  it('delivers while closing', async () => {
    const {socket, server, heard} = open(deliversWhileClosing(goesSilent()))
    await settle()
    socket.close()
    server.send('late')
    await settle()
    expect(heard).toEqual(['open', 'message late'])
  })

  it('is closed from the start: an error, and never a close', async () => {
    const {socket, heard} = open(closedFromTheStart())
    expect(socket.readyState).toBe(3)
    await settle()
    expect(heard).toEqual(['error'])
    socket.close()
    await settle()
    expect(heard).toEqual(['error'])
  })

  it('closes late, by the clock that it is given', async () => {
    const clock = fakeClock()
    const {socket, heard} = open(closesLate(clock, 60_000))
    await settle()
    socket.close()
    await clock.advance(59_999)
    expect(heard).toEqual(['open'])
    await clock.advance(1)
    expect(heard).toEqual(['open', 'close 1005 clean'])
  })

  it('has protocol pings where it is that of closecall/node, which a server that went silent does not answer', async () => {
    const {socket, server} = open(accepts(), {kind: 'node'})
    let pongs = 0
    socket.onpong = () => pongs++
    expect(() => socket.ping!()).toThrow(expect.objectContaining({name: 'InvalidStateError'}))
    await settle()
    socket.ping!()
    await settle()
    expect([socket.pings, pongs]).toEqual([1, 1])
    server.silent = true
    socket.ping!()
    await settle()
    expect([socket.pings, pongs]).toEqual([2, 1])
    socket.close()
    socket.ping!()
    expect(socket.pings).toBe(2)
  })

  it.each(['standard', 'ws'] as const)('has none otherwise: %s', (kind) => {
    const {socket} = open(accepts(), {kind})
    expect('onpong' in socket || 'ping' in socket).toBe(false)
  })
})
