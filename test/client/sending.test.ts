// What becomes of each message?

import {describe, expect, it} from 'vitest'
import type {SendResult} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, goesSilent, neverAnswers, refuses, sequence, type FakeNetwork} from '../../src/testing/index.ts'
import {everyWay, setUp, settled, takeUncaught, warned, watchTheWorld, ways, type Way} from './fixture.ts'

watchTheWorld()

const sentOn = (network: FakeNetwork): unknown[] => network.sockets.flatMap(({sent}) => sent.map(({data}) => data))

const numbered = (count: number): string[] => Array.from({length: count}, (_, index) => String(index))

describe('send() [CC-70]', () => {
  const expected: Record<Way, SendResult> = {
    idle: 'buffered',
    'connecting, waiting for the url function': 'buffered',
    'connecting, waiting for the server': 'buffered',
    open: 'sent',
    backoff: 'buffered',
    suspended: 'buffered',
    closing: 'refused',
    closed: 'refused',
    failed: 'refused',
  }
  it.each(everyWay)('says what became of the message, and never throws for a state: %s', async (way) => {
    const {client, network} = await ways[way]()
    expect(client.send('x')).toBe(expected[way])
    expect(client.takeUnsent()).toEqual(expected[way] === 'buffered' ? [{data: 'x', binary: false}] : [])
    expect(sentOn(network)).toEqual(expected[way] === 'sent' ? ['x'] : [])
    client.close()
  })

  it('keeps the order of what was kept, over refused and lost connections', async () => {
    const setup = setUp(sequence(refuses(), neverAnswers(), accepts()))
    const {client, clock, network} = setup
    for (let n = 0; n < 30; n++) {
      expect(client.send(String(n))).toBe(client.state.name === 'open' ? 'sent' : 'buffered')
      await clock.advance(1000)
    }
    expect(client.state.name).toBe('open')
    expect(sentOn(network)).toEqual(numbered(30))
    client.close()
  })

  it('takes strings, buffers, views and blobs, and keeps their kind', async () => {
    const {client, clock, network} = setUp()
    const blob = new Blob(['abc'])
    const bytes = Uint8Array.of(1, 2, 3)
    const all = ['text', bytes.buffer, bytes.subarray(1), new DataView(bytes.buffer), blob] as const
    for (const data of all) expect(client.send(data)).toBe('buffered')
    await clock.advance(0)
    for (const data of all) expect(client.send(data)).toBe('sent')
    const frames = [
      {data: 'text', binary: false},
      {data: bytes, binary: true},
      {data: Uint8Array.of(2, 3), binary: true},
      {data: bytes, binary: true},
      {data: blob, binary: true},
    ]
    expect(network.last.sent).toEqual([...frames, ...frames])
    client.close()
  })

  it.each([undefined, null, 5, 5n, {}, [], Symbol('s'), () => {}, new Date(0), Object.create(null)])('throws at once for what no WebSocket can send: %o', (data) => {
    const {client} = setUp()
    expect(() => client.send(data as string)).toThrow(/^closecall: `data` must be .+, got ./)
    expect(client.takeUnsent()).toEqual([])
    client.close()
  })

  it('does not show what it was given, which may be secret', () => {
    const {client} = setUp()
    expect(() => client.send({token: 'secret'} as never)).toThrow(expect.objectContaining({message: expect.not.stringContaining('secret')}))
    client.close()
  })

  it('sends bytes in a text frame where the class can [CC-74]', async () => {
    const {client, clock, network} = setUp(accepts(), {kind: 'ws'})
    const bytes = new TextEncoder().encode('grüß')
    client.send(bytes, {binary: false})
    await clock.advance(0)
    client.send(bytes, {binary: false})
    client.send(bytes, {binary: true})
    client.send('text', {binary: false})
    expect(network.last.sent.map(({binary}) => binary)).toEqual([false, false, true, false])
    expect(network.last.sent[0]!.data).toEqual(bytes)
    client.close()
  })

  it('throws where it can\'t, before anything is sent', async () => {
    const {client, clock, network} = setUp()
    expect(() => client.send(Uint8Array.of(1), {binary: false})).toThrow(/^closecall: `binary` must be true.*, got false$/)
    await clock.advance(0)
    expect(() => client.send(Uint8Array.of(1), {binary: false})).toThrow('`binary`')
    expect(client.send('text', {binary: false})).toBe('sent')
    expect(sentOn(network)).toEqual(['text'])
    client.close()
  })

  it('lets what the socket throws reach the caller, and goes on', async () => {
    const {client, clock, network} = setUp()
    await clock.advance(0)
    const {last} = network
    last.send = () => {
      throw new Error('of the runtime')
    }
    expect(() => client.send('x')).toThrow('of the runtime')
    delete (last as Partial<typeof last>).send
    expect(client.send('y')).toBe('sent')
    expect(client.stats.sent).toBe(1)
    client.close()
  })
})

describe('the send buffer [CC-71] [CC-72] [CC-73]', () => {
  it('holds 1024 messages, then refuses', async () => {
    const {client, clock, network} = setUp()
    for (const data of numbered(1024)) expect(client.send(data)).toBe('buffered')
    expect(client.send('one too many')).toBe('refused')
    await clock.advance(0)
    expect(sentOn(network)).toEqual(numbered(1024))
    client.close()
  })

  it('holds 1 MiB in UTF-8, then refuses, also what is too big alone', async () => {
    const {client} = setUp()
    expect(client.send('é'.repeat(524_289))).toBe('refused')
    expect(client.send('é'.repeat(524_288))).toBe('buffered')
    expect(client.bufferedAmount).toBe(1_048_576)
    expect(client.send('a')).toBe('refused')
    expect(client.send('')).toBe('buffered')
    client.close()
  })

  it('is as large as asked', () => {
    const {client} = setUp(accepts(), {buffer: {maxMessages: 2, maxBytes: 5}})
    expect(['abc', 'abc', 'ab', ''].map((data) => client.send(data))).toEqual(['buffered', 'refused', 'buffered', 'refused'])
    client.close()
  })

  it('is not there with buffer: false', async () => {
    const {client, clock} = setUp(accepts(), {buffer: false})
    expect(client.send('x')).toBe('refused')
    await clock.advance(0)
    expect(client.send('x')).toBe('sent')
    client.close()
  })

  it('has room again once it is flushed', async () => {
    const {client, clock, network} = setUp(sequence(drops(), accepts()), {buffer: {maxMessages: 1}})
    client.send('a')
    await clock.advance(0)
    expect(client.send('b')).toBe('buffered')
    await clock.advance(1000)
    expect(sentOn(network)).toEqual(['a', 'b'])
    expect(client.bufferedAmount).toBe(0)
    client.close()
  })

  it('gives back what was never sent, oldest first, once', async () => {
    const {client, clock} = setUp(refuses())
    const bytes = Uint8Array.of(1)
    client.send('a')
    client.send(bytes)
    await clock.advance(0)
    client.close()
    expect(client.stats).toMatchObject({unsent: 2, unsentBytes: 2})
    expect(client.takeUnsent()).toEqual([expect.objectContaining({data: 'a', binary: false}), expect.objectContaining({data: bytes, binary: true})])
    expect(client.takeUnsent()).toEqual([])
    expect(client.stats).toMatchObject({unsent: 0, unsentBytes: 0})
  })

  it('survives a failure, and leaves with the next open()', async () => {
    const {client, clock, network} = setUp(sequence((server) => server.refuse({status: 404}), accepts()))
    client.on('report', () => {})
    client.send('a')
    await clock.advance(0)
    expect(client.state.name).toBe('failed')
    client.open()
    await clock.advance(0)
    expect(sentOn(network)).toEqual(['a'])
    client.close()
  })

  it('is not emptied into a socket that is closing', async () => {
    const {client, clock, network} = setUp(goesSilent())
    client.on('open', () => network.last.close())
    client.send('a')
    await clock.advance(0)
    expect(sentOn(network)).toEqual([])
    client.close()
    expect(client.takeUnsent()).toMatchObject([{data: 'a'}])
  })

  it('flushes 20,000 messages without recursion, in order', async () => {
    const {client, clock, network} = setUp(accepts(), {buffer: {maxMessages: 20_000}})
    for (const data of numbered(20_000)) client.send(data)
    await clock.advance(0)
    expect(sentOn(network)).toEqual(numbered(20_000))
    expect(client.stats).toMatchObject({sent: 20_000, unsent: 0})
    client.close()
  })

  it('holds 100,000 messages under a raised limit, over a lost connection', async () => {
    const {client, clock, network} = setUp(sequence(refuses(), accepts()), {buffer: {maxMessages: Infinity, maxBytes: Infinity}})
    for (const data of numbered(50_000)) client.send(data)
    await clock.advance(0)
    for (const data of numbered(100_000).slice(50_000)) client.send(data)
    expect(client.stats.unsent).toBe(100_000)
    await clock.advance(1000)
    expect(sentOn(network)).toEqual(numbered(100_000))
    client.close()
  })

  it('keeps, in order, what a connection would not take because it was ending', async () => {
    const setup = setUp(sequence((server) => {
      const {socket} = server
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        if (data !== 'b') return send(data)
        Object.assign(socket, {readyState: 2})
        throw new Error('of the runtime')
      }
      server.accept()
      server.drop()
    }, accepts()))
    for (const data of ['a', 'b', 'c']) setup.client.send(data)
    await settled(setup)
    expect(sentOn(setup.network)).toEqual(['a'])
    expect(setup.client.stats.unsent).toBe(2)
    await setup.clock.advance(1000)
    expect(sentOn(setup.network)).toEqual(['a', 'b', 'c'])
    expect(takeUncaught()).toEqual([])
    setup.client.close()
  })

  it('goes on after a message that the socket will not take: its error is seen, the others leave', async () => {
    const {client, clock, network} = setUp((server) => {
      const {socket} = server
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        if (data === 'b') throw new Error('of the runtime')
        send(data)
      }
      server.accept()
    })
    for (const data of ['a', 'b', 'c']) client.send(data)
    await clock.advance(0)
    expect(sentOn(network)).toEqual(['a', 'c'])
    expect(takeUncaught()).toMatchObject([{message: 'of the runtime'}])
    expect(client.state.name).toBe('open')
    client.close()
  })
})

describe('bufferedAmount', () => {
  it('counts what waits in the send buffer and what the runtime has not passed on', async () => {
    const setup = setUp()
    setup.client.send('four')
    expect(setup.client.bufferedAmount).toBe(4)
    await settled(setup)
    expect(setup.client.bufferedAmount).toBe(0)
    Object.assign(setup.network.last, {bufferedAmount: 5, readyState: 2})
    setup.client.send('abc')
    expect(setup.client.bufferedAmount).toBe(8)
    setup.client.close()
  })
})

describe('lint [CC-65]', () => {
  const latin1 = 'caf\u0082'

  it.each<[string, string]>([
    ['lone-surrogate', 'a\uD800b'],
    ['replacement-character', 'a\uFFFDb'],
    ['binary-string', latin1],
    ['escaped-surrogate', '{"a":"\\ud800"}'],
  ])('warns of each finding once: %s', async (finding, data) => {
    const {client} = await ways.open()
    for (let times = 0; times < 100; times++) client.send(data)
    expect(warned.mock.calls.filter(([line]) => line.includes(finding))).toHaveLength(1)
    expect(warned.mock.calls[0]![0]).not.toContain(data)
    client.close()
  })

  it('warns of each kind, also of one after the other', async () => {
    const {client} = await ways.open()
    for (const data of ['a\uD800b', 'a\uFFFDb', 'a\uD800b', 'a\uFFFDb']) client.send(data)
    expect(warned.mock.calls.map(([line]) => /lone-surrogate|replacement-character/.exec(line)?.[0])).toEqual(['lone-surrogate', 'replacement-character'])
    client.close()
  })

  it('throws instead of sending with throw', async () => {
    const {client, network, clock} = setUp(accepts(), {lint: 'throw', kind: 'ws'})
    for (let state = 0; state < 2; state++) {
      expect(() => client.send('a\uD800b')).toThrow(expect.objectContaining({code: 'LINT', message: 'closecall: lone-surrogate in a message to send'}))
      expect(() => client.send(Uint8Array.of(0x61, 0xff), {binary: false})).toThrow('ill-formed-utf8')
      await clock.advance(0)
    }
    expect(client.send('grüß 😀')).toBe('sent')
    expect(client.send(Uint8Array.of(0x61, 0xff))).toBe('sent')
    expect(network.last.sent).toHaveLength(2)
    client.close()
  })

  it.each<[string, string]>([
    ['lone-surrogate', 'a\uD800b'],
    ['replacement-character', 'a\uFFFDb'],
  ])('looks for it in each text with throw: %s', async (finding, data) => {
    const {client} = await settled(setUp(accepts(), {lint: 'throw'}))
    for (let times = 0; times < 1001; times++) expect(client.send('well')).toBe('sent')
    expect(() => client.send(data)).toThrow(finding)
    client.close()
  })

  it.each<[number, number]>([
    [1, 511],
    [1000, 1000],
    [1001, 1008],
  ])('after %i texts that are well, U+FFFD in all is warned of at text %i', async (well, found) => {
    const {client} = await settled(setUp())
    for (let times = 0; times < well; times++) client.send('well')
    const warnedAt: number[] = []
    for (let count = well; count < well + 512; count++) {
      client.send(count === 511 || count > 999 ? 'a\uFFFDb' : 'well')
      if (warned.mock.calls.length > warnedAt.length) warnedAt.push(count)
    }
    expect(warnedAt).toEqual([found])
    client.close()
  })

  it.each([1, 7])('counts texts alone: with %i binary messages after each, U+FFFD is found as soon', async (between) => {
    const {client} = await settled(setUp())
    for (let times = 0; times < 601; times++) client.send('well')
    for (let times = 0; times < 8; times++) {
      client.send('a\uFFFDb')
      for (let i = 0; i < between; i++) client.send(Uint8Array.of(1))
    }
    expect(warned).toHaveBeenCalledOnce()
    client.close()
  })

  it('warns of a lone surrogate in any text', async () => {
    const {client} = await settled(setUp())
    for (let times = 0; times < 1001; times++) client.send('well')
    client.send('a\uD800b')
    expect(warned).toHaveBeenCalledOnce()
    client.close()
  })

  it('looks at nothing with off', async () => {
    const {client} = setUp(accepts(), {lint: 'off'})
    client.send('a\uD800b\uFFFD')
    expect(warned).not.toHaveBeenCalled()
    client.close()
  })

  it('says nothing about text that is well', async () => {
    const {client, clock} = setUp()
    for (const data of ['', 'ascii', 'grüß', '😀', '{"a":"\\ud83d\\ude00"}', '\u2028']) client.send(data)
    await clock.advance(0)
    expect(warned).not.toHaveBeenCalled()
    client.close()
  })
})

describe('nothing is lost silently [CC-72] [CC-73]', () => {
  it('close() keeps what waits', async () => {
    const {client, clock, network} = setUp(neverAnswers())
    client.send('a')
    client.close()
    await clock.advance(0)
    expect(sentOn(network)).toEqual([])
    expect(client.takeUnsent()).toMatchObject([{data: 'a'}])
  })

  it('messages of a peer that then goes silent were sent, and are not sent twice', async () => {
    const {client, clock, network} = setUp(sequence(goesSilent(), accepts()))
    await clock.advance(0)
    client.send('a')
    client.reconnect()
    client.send('b')
    await clock.advance(0)
    expect(sentOn(network)).toEqual(['a', 'b'])
    client.close()
  })

  it('a server that opens and closes at once gets the whole buffer in between', async () => {
    const {client, clock, network} = setUp(sequence(acceptsThenCloses(1013), accepts()))
    for (const data of numbered(10)) client.send(data)
    await clock.advance(1000)
    expect(sentOn(network)).toEqual(numbered(10))
    client.close()
  })
})
