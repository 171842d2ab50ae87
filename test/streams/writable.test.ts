// Does every chunk leave, in order and at the pace of the client, or is the stream told why not?

import {describe, expect, it, vi} from 'vitest'
import {acknowledged} from '../../src/delivery/index.ts'
import {streams, type StreamsOptions} from '../../src/streams/index.ts'
import {accepts, acceptsThenCloses, drops, goesSilent, neverAnswers, refuses, sequence, type Behaviour, type FakeNetwork, type FakeSocket} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const sentOn = (network: FakeNetwork): unknown[] => network.sockets.flatMap(({sent}) => sent.map(({data}) => data))

interface Writing extends Setup {
  writer: WritableStreamDefaultWriter<any>
}

const start = async (behaviour: Behaviour = accepts(), options: SetupOptions = {}, how?: StreamsOptions): Promise<Writing> => {
  const setup = setUp(behaviour, options)
  const {readable, writable} = streams(setup.client, how)
  await readable.cancel()
  return {...(await settled(setup)), writer: writable.getWriter()}
}

/** What became of a promise so far. */
const watch = (promise: Promise<unknown>): {came?: string; error?: any} => {
  const seen: {came?: string; error?: any} = {}
  promise.then(
    () => (seen.came = 'resolved'),
    (error: unknown) => Object.assign(seen, {came: 'rejected', error}),
  )
  return seen
}

/** The runtime says that it has not passed on so many bytes. */
const holding = (socket: FakeSocket, bytes: () => number): void => void Object.defineProperty(socket, 'bufferedAmount', {get: bytes, set: () => {}})

const numbered = (count: number): string[] => Array.from({length: count}, (_, index) => `${index}`)

describe('a chunk', () => {
  it('leaves as a message, in its order [CC-186]', async () => {
    const {client, clock, network, writer} = await start()
    for (const chunk of ['a', 'b', Uint8Array.of(1)]) void writer.write(chunk)
    await clock.advance(0)
    expect(sentOn(network)).toEqual(['a', 'b', Uint8Array.of(1)])
    client.close()
  })

  it('waits in the send buffer while the client is down [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()))
    await writer.write('a')
    expect(client.stats.unsent).toBe(1)
    await clock.advance(5000)
    expect(sentOn(network)).toEqual(['a'])
    client.close()
  })

  it.each([1, 3, 10])('waits for room where the buffer holds %i messages, and none is lost [CC-186]', async (maxMessages) => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {buffer: {maxMessages}})
    const chunks = numbered(50)
    const written = watch(Promise.all(chunks.map((chunk) => writer.write(chunk))))
    await clock.advance(10)
    await clock.advance(10)
    expect(client.stats.unsent).toBe(maxMessages)
    expect(written.came).toBeUndefined()
    await clock.advance(60_000)
    expect(written.came).toBe('resolved')
    expect(sentOn(network)).toEqual(chunks)
    client.close()
  })

  it('waits for room where bytes are short, although less than highWaterMark waits [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {buffer: {maxBytes: 10}})
    let asked = 0
    const {drained} = client
    client.drained = () => (asked++, drained.call(client))
    const chunks = ['12345678', 'abcdefgh', '', 'x', 'y'.repeat(10)]
    const written = Promise.all(chunks.map((chunk) => writer.write(chunk)))
    await clock.advance(500)
    expect(client.stats).toMatchObject({unsent: 1, unsentBytes: 8})
    // No hot loop.
    expect(asked).toBeLessThan(10)
    await clock.advance(5000)
    await clock.advance(5000)
    await written
    expect(sentOn(network)).toEqual(chunks)
    client.close()
  })

  it('that is larger than the whole buffer waits for a connection [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {buffer: {maxBytes: 10}})
    const large = 'x'.repeat(1000)
    const written = Promise.all([writer.write('a'), writer.write(large), writer.write('b')])
    await clock.advance(500)
    expect(client.stats.unsent).toBe(1)
    await clock.advance(5000)
    await written
    expect(sentOn(network)).toEqual(['a', large, 'b'])
    client.close()
  })

  it('for which others take the room first waits again [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), refuses(), accepts()), {buffer: {maxMessages: 1}})
    client.send('before')
    void writer.write('mine')
    await clock.advance(0)
    expect(client.takeUnsent()).toMatchObject([{data: 'before'}])
    expect(client.send('between')).toBe('buffered')
    await clock.advance(20_000)
    expect(sentOn(network)).toEqual(['between', 'mine'])
    client.close()
  })

  it('waits with `drop-newest` as well, and with `drop-oldest` what it displaces is not its own [CC-186]', async () => {
    for (const overflow of ['drop-newest', 'drop-oldest'] as const) {
      const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {buffer: {maxMessages: 2, overflow}})
      const chunks = numbered(10)
      const written = Promise.all(chunks.map((chunk) => writer.write(chunk)))
      await clock.advance(20_000)
      await written
      expect(sentOn(network)).toEqual(chunks)
      client.close()
    }
  })

  it.each<[string, SetupOptions['buffer'], string]>([
    ['without a send buffer', false, 'abc'],
    ['without a send buffer, empty', false, ''],
    ['that is dropped as the newest', {maxBytes: 10, overflow: 'drop-newest'}, 'abcdef'],
  ])('is tried no more often than there may be room: %s [CC-186]', async (_, buffer, chunk) => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {buffer})
    const {deliver} = client
    let tries = 0
    client.deliver = (...given) => {
      // Otherwise this would never end.
      if (tries++ > 100) client.close()
      return deliver.apply(client, given)
    }
    const written = Promise.all([chunk, chunk, chunk].map((each) => writer.write(each)))
    await clock.advance(500)
    expect(tries).toBeLessThan(5)
    await clock.advance(5000)
    await written
    expect(sentOn(network)).toEqual([chunk, chunk, chunk])
    expect(tries).toBeLessThan(10)
    client.close()
  })

  it('waits where the runtime holds too much [CC-186]', async () => {
    const {client, clock, network, writer} = await start()
    let held = 100_000
    holding(network.last, () => held)
    const written = watch(writer.write('a'))
    await clock.advance(1000)
    expect([written.came, sentOn(network)]).toEqual([undefined, []])
    held = 0
    await clock.advance(1000)
    expect([written.came, sentOn(network)]).toEqual(['resolved', ['a']])
    client.close()
  })

  it('is sent again where the connection broke before it left [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence((server) => {
      server.accept()
      // With the header of its frame.
      holding(server.socket, () => 16)
    }, accepts()))
    // A runtime that says so.
    vi.stubGlobal('WebSocket', network.WebSocket)
    vi.stubGlobal('Bun', {})
    for (const chunk of ['aaaa', 'bb']) void writer.write(chunk)
    await clock.advance(0)
    network.last.server.drop()
    await clock.advance(5000)
    expect(network.sockets.map(({sent}) => sent.map(({data}) => data))).toEqual([['aaaa', 'bb'], ['bb']])
    client.close()
  })

  it('is at the pace of acknowledgements where there is `delivery` [CC-186]', async () => {
    const {client, clock, network, writer} = await start(accepts(), {buffer: {maxMessages: 1}, delivery: acknowledged({id: (data) => data, ack: (incoming) => incoming, window: 1})})
    const written = watch(Promise.all(['a', 'b', 'c'].map((chunk) => writer.write(chunk))))
    await clock.advance(0)
    expect([written.came, sentOn(network)]).toEqual([undefined, ['a']])
    network.last.server.send('a')
    await clock.advance(0)
    expect([written.came, sentOn(network)]).toEqual(['resolved', ['a', 'b']])
    client.close()
  })
})

it('asks for no more than one chunk ahead [CC-186]', async () => {
  const {client, clock, writer} = await start(neverAnswers(), {buffer: {maxMessages: 2}})
  expect(writer.desiredSize).toBe(1)
  for (const chunk of numbered(4)) void writer.write(chunk).catch(() => {})
  const ready = watch(writer.ready)
  await clock.advance(0)
  expect([ready.came, writer.desiredSize]).toEqual([undefined, -1])
  client.close()
})

describe('the stream errors', () => {
  it('when the client fails, whether or not a chunk waits [CC-186]', async () => {
    for (const chunks of [[], numbered(5)]) {
      const {client, clock, network, writer} = await start(accepts(), {buffer: {maxMessages: 1}, onReport: () => {}})
      const closed = watch(writer.closed)
      network.last.server.drop()
      network.behaviour = acceptsThenCloses(1007)
      client.once('close', () => {
        for (const chunk of chunks) void writer.write(chunk).catch(() => {})
      })
      await clock.advance(10_000)
      expect(client.state.name).toBe('failed')
      expect(closed.error).toMatchObject({name: 'ClosecallError', code: 'FAILED', close: {code: 1007}})
      await expect(writer.write('more')).rejects.toBe(closed.error)
      expectRest({clock, network})
    }
  })

  it('when somebody else closes the client, and what had not left can be taken [CC-186]', async () => {
    const {client, clock, network, writer} = await start(neverAnswers(), {buffer: {maxMessages: 1}})
    const [first, second, closed] = [writer.write('a'), writer.write('b'), writer.closed].map(watch)
    await clock.advance(0)
    client.close()
    await clock.advance(0)
    expect([first!.came, second!.came, closed!.came]).toEqual(['resolved', 'rejected', 'rejected'])
    expect(second!.error).toMatchObject({code: 'CLOSED'})
    expect(client.takeUnsent()).toMatchObject([{data: 'a'}])
    expectRest({clock, network})
  })

  it('when the client begins to close, however long that takes [CC-186]', async () => {
    const {client, clock, writer} = await start(goesSilent())
    const closed = watch(writer.closed)
    client.close()
    await clock.advance(0)
    expect([client.state.name, closed.error]).toMatchObject(['closing', {code: 'CLOSED'}])
  })

  it('although another chunk waits for room that others have taken [CC-186]', async () => {
    const setup = await start(neverAnswers(), {buffer: {maxMessages: 1, overflow: 'drop-oldest'}})
    const {client, writer} = setup
    const [first, second] = ['a', 'b'].map((chunk) => watch(writer.write(chunk)))
    await settled(setup)
    expect([first!.came, second!.came]).toEqual(['resolved', undefined])
    client.send('of others')
    await settled(setup)
    expect(second!.error).toMatchObject({code: 'INVALID', cause: {status: 'dropped', why: 'overflow'}})
    client.close()
  })

  it('with the first error, where several come at once [CC-186]', async () => {
    const {client, clock, writer} = await start(neverAnswers(), {buffer: {maxMessages: 2, ttl: 1000}})
    const [, , third, closed] = [...numbered(3).map((chunk) => writer.write(chunk)), writer.closed].map(watch)
    await clock.advance(2000)
    expect(closed!.error).toMatchObject({code: 'INVALID', cause: {status: 'expired'}})
    expect(third!.error).toBe(closed!.error)
    client.close()
  })

  it('at the first chunk, where the client is closed already [CC-186]', async () => {
    const setup = setUp()
    setup.client.close()
    await settled(setup)
    const writer = streams(setup.client).writable.getWriter()
    await expect(writer.write('a')).rejects.toMatchObject({code: 'CLOSED'})
    await expect(writer.closed).rejects.toMatchObject({code: 'CLOSED'})
    expectRest(setup)
  })

  it.each([undefined, 5, {}])('at a chunk that can\'t be sent: %o [CC-186]', async (chunk) => {
    const {client, writer} = await start()
    await expect(writer.write(chunk)).rejects.toMatchObject({code: 'INVALID', message: expect.stringContaining('`data`')})
    expect(client.state.name).toBe('open')
    client.close()
  })

  it.each<[string, (writer: WritableStreamDefaultWriter<any>, client: Setup['client']) => unknown, boolean?]>([
    ['a chunk that can\'t be sent', (writer) => writer.write(5)],
    ['abort()', (writer) => writer.abort()],
    ['close()', (writer) => writer.close()],
    ['close() with `preventClose`', (writer) => writer.close(), true],
    ['the client\'s end', (_, client) => client.close()],
  ])('and listens to the client no more: after %s [CC-186]', async (_, end, preventClose = false) => {
    const setup = await settled(setUp())
    const {client} = setup
    const {on} = client
    const listening = new Set<object>()
    client.on = (...given) => {
      const off = on.apply(client, given)
      listening.add(off)
      return () => {
        listening.delete(off)
        off()
      }
    }
    const {readable, writable} = streams(client, {preventClose})
    await readable.cancel()
    expect(listening.size).toBe(1)
    const writer = writable.getWriter()
    void writer.closed.catch(() => {})
    await Promise.resolve(end(writer, client)).catch(() => {})
    await settled(setup)
    expect(listening.size).toBe(0)
    client.close()
  })

  it('at a chunk of a size for which a server closed with 1009, and not before [CC-186]', async () => {
    const {client, clock, network, writer} = await start(accepts(), {verdicts: {1009: 'retry'}, onReport: () => {}})
    client.send('x'.repeat(100))
    network.last.server.close(1009)
    await clock.advance(5000)
    expect(client.stats.tooBig).toBe(100)
    await writer.write('small')
    await expect(writer.write('y'.repeat(100))).rejects.toMatchObject({code: 'INVALID', message: 'closecall: a chunk was given up: too-big', cause: {status: 'unsent', why: 'too-big'}})
    expect(sentOn(network).at(-1)).toBe('small')
    client.close()
  })

  it.each<[string, SetupOptions, (client: Setup['client']) => void, object]>([
    ['expired', {buffer: {ttl: 1000}}, () => {}, {status: 'expired'}],
    ['displaced by others', {buffer: {maxMessages: 1, overflow: 'drop-oldest'}}, (client) => client.send('another'), {status: 'dropped', why: 'overflow'}],
  ])('when one was %s [CC-186]', async (_, options, act, cause) => {
    const {client, clock, writer} = await start(neverAnswers(), options)
    const closed = watch(writer.closed)
    await writer.write('a')
    act(client)
    await clock.advance(2000)
    expect(closed.error).toMatchObject({code: 'INVALID', cause})
    client.close()
  })

  it('not at what takeUnsent() has [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()))
    await writer.write('a')
    expect(client.takeUnsent()).toMatchObject([{data: 'a'}])
    await writer.write('b')
    await clock.advance(5000)
    expect(sentOn(network)).toEqual(['b'])
    client.close()
  })
})

describe('close()', () => {
  it('waits until all has left, over a reconnect, then closes the client and waits for that [CC-186]', async () => {
    const setup = await start(sequence(refuses(), accepts()))
    const {client, clock, network, states, writer} = setup
    for (const chunk of numbered(1200)) void writer.write(chunk)
    const closed = watch(writer.close())
    await clock.advance(100)
    expect([closed.came, client.state.name]).toEqual([undefined, 'backoff'])
    await clock.advance(10_000)
    expect([closed.came, client.state.name]).toEqual(['resolved', 'closed'])
    expect(sentOn(network)).toEqual(numbered(1200))
    expect(states.slice(-3)).toEqual(['open', 'closing', 'closed'])
    expectRest(setup)
  })

  it('waits for acknowledgements where there is `delivery` [CC-186]', async () => {
    const {client, clock, network, writer} = await start(accepts(), {delivery: acknowledged({id: (data) => data, ack: (incoming) => incoming})})
    void writer.write('a')
    const closed = watch(writer.close())
    await clock.advance(60_000)
    expect(closed.came).toBeUndefined()
    network.last.server.drop()
    await clock.advance(5000)
    network.last.server.send('a')
    await clock.advance(0)
    expect([closed.came, client.state.name]).toEqual(['resolved', 'closed'])
  })

  it('rejects when the client fails before [CC-186]', async () => {
    const {clock, writer} = await start(sequence(drops(), acceptsThenCloses(1007)), {onReport: () => {}, onOpen: () => new Promise(() => {})})
    void writer.write('a').catch(() => {})
    const closed = watch(writer.close())
    await clock.advance(10_000)
    expect(closed.error).toMatchObject({code: 'FAILED'})
  })

  it('does not wait for a peer that is mute longer than `closeTimeout` [CC-186]', async () => {
    const {client, clock, writer} = await start(goesSilent())
    const closed = watch(writer.close())
    await clock.advance(1999)
    expect([closed.came, client.state.name]).toEqual([undefined, 'closing'])
    await clock.advance(1)
    expect(closed.came).toBe('resolved')
  })

  it('does not wait for a client that somebody opened again [CC-186]', async () => {
    const {client, clock, writer} = await start(goesSilent())
    const closed = watch(writer.close())
    await clock.advance(0)
    expect(client.state.name).toBe('closing')
    client.open()
    await clock.advance(0)
    expect([closed.came, client.state.name]).toEqual(['resolved', 'open'])
    client.close()
    await clock.advance(5000)
  })

  it.each([true, false])('closes a client that never was open [CC-186]: autoOpen %s', async (autoOpen) => {
    const {client, writer} = await start(neverAnswers(), {autoOpen})
    await writer.close()
    expect(client.state.name).toBe('closed')
  })

  it('leaves the client open with `preventClose` [CC-186]', async () => {
    const {client, clock, network, writer} = await start(accepts(), {}, {preventClose: true})
    void writer.write('a')
    const closed = watch(writer.close())
    await clock.advance(1000)
    expect([closed.came, client.state.name, sentOn(network)]).toEqual(['resolved', 'open', ['a']])
    client.close()
  })
})

describe('abort()', () => {
  it('ends the wait of a chunk with `preventClose`, too [CC-186]', async () => {
    const setup = await start(neverAnswers(), {buffer: {maxMessages: 1}}, {preventClose: true})
    const {client, writer} = setup
    client.send('of others')
    const writes = numbered(2).map((chunk) => watch(writer.write(chunk)))
    await settled(setup)
    const aborted = watch(writer.abort('enough'))
    await settled(setup)
    expect([aborted.came, client.state.name, client.takeUnsent()]).toMatchObject(['resolved', 'connecting', [{data: 'of others'}]])
    expect(writes).toEqual([{came: 'rejected', error: 'enough'}, {came: 'rejected', error: 'enough'}])
    client.close()
  })

  it('takes back what is open, and nothing that has its outcome [CC-186]', async () => {
    const {client, clock, network, writer} = await start(accepts(), {delivery: acknowledged({id: (data) => data, ack: (incoming) => incoming})})
    const cancelled: unknown[] = []
    const {deliver} = client
    client.deliver = (data, ...rest) => {
      const receipt = deliver.call(client, data, ...rest)
      const {cancel} = receipt
      return Object.assign(receipt, {cancel: () => (cancelled.push(data), cancel())})
    }
    for (const chunk of ['a', 'b']) await writer.write(chunk)
    network.last.server.send('a')
    await clock.advance(0)
    await writer.abort()
    expect(cancelled).toEqual(['b'])
  })

  it('takes back what had not left, and closes the client at once [CC-186]', async () => {
    const setup = await start(sequence(refuses(), accepts()), {buffer: {maxMessages: 2}})
    const {client, writer} = setup
    const reason = new Error('enough')
    const writes = numbered(5).map((chunk) => watch(writer.write(chunk)))
    await settled(setup)
    const aborted = watch(writer.abort(reason))
    await settled(setup)
    expect([aborted.came, client.state.name, client.takeUnsent()]).toEqual(['resolved', 'closed', []])
    expect(writes.map(({came}) => came)).toEqual(['resolved', 'resolved', 'rejected', 'rejected', 'rejected'])
    expect(writes[4]!.error).toBe(reason)
    expectRest(setup)
  })

  it('ends a close() that waits [CC-186]', async () => {
    const setup = await start(neverAnswers())
    const {client, writer} = setup
    void writer.write('a')
    const closed = watch(writer.close())
    await settled(setup)
    watch(writer.abort('enough'))
    await settled(setup)
    expect([closed.came, client.state.name, client.takeUnsent()]).toEqual(['rejected', 'closed', []])
    expectRest(setup)
  })

  it('leaves the client open with `preventClose` [CC-186]', async () => {
    const {client, clock, network, writer} = await start(sequence(refuses(), accepts()), {}, {preventClose: true})
    await writer.write('a')
    await writer.abort()
    await clock.advance(5000)
    expect([client.state.name, sentOn(network)]).toEqual(['open', []])
    client.close()
  })
})

it('a pipe ends as its source does [CC-186]', async () => {
  const setup = setUp()
  await settled(setup)
  const source = new ReadableStream({
    start: (controller) => {
      for (const chunk of numbered(3)) controller.enqueue(chunk)
      controller.close()
    },
  })
  const piped = watch(source.pipeTo(streams(setup.client).writable))
  await setup.clock.advance(1000)
  expect([piped.came, setup.client.state.name, sentOn(setup.network)]).toEqual(['resolved', 'closed', numbered(3)])
})
