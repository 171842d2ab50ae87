// Does a client keep what is not acknowledged, and lose or repeat nothing by it?

import {describe, expect, it} from 'vitest'
import type {Dropped, Invalid, Outcome} from '../../src/index.ts'
import {acknowledged, type AcknowledgedOptions} from '../../src/delivery/index.ts'
import {accepts, sequence, type Behaviour, type FakeNetwork} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, warned, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

/** A message is its own id, but for `note`; the server answers `ack a,b`, and `told N` is message number N of its own. */
const dialect: AcknowledgedOptions<string, string> = {
  id: (data) => (data === 'note' ? undefined : data),
  ack: (incoming) => (incoming.startsWith('ack ') ? incoming.slice(4).split(',') : undefined),
}

interface Delivered extends Setup {
  invalid: Invalid[]
  drops: Dropped[]
  /** What each `deliver()` resolved with, by message. */
  outcomes: Record<string, Outcome>
  deliver(...messages: string[]): void
  /** The newest connection's server says so. */
  answer(...messages: string[]): Promise<void>
  drop(): Promise<void>
}

const start = async (options: Partial<AcknowledgedOptions<string, string>> = {}, rest: SetupOptions = {}, behaviour: Behaviour = accepts()): Promise<Delivered> => {
  const setup = setUp(behaviour, {delivery: acknowledged({...dialect, ...options}), ...rest})
  const {client, clock, network} = setup
  const invalid: Invalid[] = []
  const drops: Dropped[] = []
  const outcomes: Record<string, Outcome> = {}
  client.on('invalid', (value) => invalid.push(value))
  client.on('drop', (value) => drops.push(value))
  await settled(setup)
  return {
    ...setup,
    invalid,
    drops,
    outcomes,
    deliver: (...messages) => {
      for (const message of messages) void client.deliver(message).then((outcome) => (outcomes[message] = outcome))
    },
    answer: async (...messages) => {
      for (const message of messages) network.last.server.send(message)
      await clock.advance(0)
    },
    drop: async () => {
      network.last.server.drop()
      await clock.advance(5000)
    },
  }
}

/** What left on each connection. */
const sentOn = ({sockets}: FakeNetwork): unknown[][] => sockets.map(({sent}) => sent.map(({data}) => data))

describe('what is not acknowledged', () => {
  it('is sent again on the next connection, in order, before what waited, and nothing else is [CC-180]', async () => {
    const {client, network, answer, drop} = await start()
    for (const data of ['a', 'note', 'b', 'c']) expect(client.send(data)).toBe('sent')
    await answer('ack b')
    client.once('close', () => expect(client.send('d')).toBe('buffered'))
    await drop()
    expect(sentOn(network)).toEqual([['a', 'note', 'b', 'c'], ['a', 'c', 'd']])
    await drop()
    expect(sentOn(network)[2]).toEqual(['a', 'c', 'd'])
    await answer('ack a', 'ack c,d')
    await drop()
    expect(sentOn(network)[3]).toEqual([])
    client.close()
  })

  it('is not sent again on the same connection, however long it takes [CC-180]', async () => {
    const {client, clock, network} = await start()
    client.send('a')
    await clock.advance(600_000)
    expect(sentOn(network)).toEqual([['a']])
    client.close()
  })

  it('is told as acknowledged once it is, with the number of times it was written [CC-180]', async () => {
    const {client, outcomes, deliver, answer, drop} = await start()
    deliver('a', 'b')
    await answer('ack b')
    expect(outcomes).toEqual({b: {status: 'acknowledged', inDoubt: false, writes: 1}})
    await drop()
    await answer('ack a')
    expect(outcomes.a).toEqual({status: 'acknowledged', inDoubt: false, writes: 2})
    client.close()
  })

  it('is written and in doubt when the client closes, and what had not left is unsent [CC-180]', async () => {
    const setup = await start({window: 2})
    const {client, drops, outcomes, deliver, answer} = setup
    deliver('a', 'b', 'c')
    await answer('ack b', 'told')
    client.send('d')
    client.close()
    await settled(setup)
    expect(outcomes).toEqual({
      a: {status: 'written', inDoubt: true, writes: 1},
      b: {status: 'acknowledged', inDoubt: false, writes: 1},
      c: {status: 'written', inDoubt: true, writes: 1},
    })
    expect(drops.map(({data}) => data)).toEqual(['a', 'c'])
    expect(client.takeUnsent()).toEqual([{data: 'd', binary: false}])
    expectRest(setup)
  })

  it('is not handed back by takeUnsent(): the server may have it [CC-180]', async () => {
    const {client, network, drop} = await start({window: 1})
    client.send('a')
    client.send('b')
    expect(client.takeUnsent()).toEqual([{data: 'b', binary: false}])
    await drop()
    expect(sentOn(network)).toEqual([['a'], ['a']])
    client.close()
  })

  it('may still be cancelled: it is not sent again, and in doubt [CC-180]', async () => {
    const {client, network, drop, answer, invalid} = await start()
    const receipt = client.deliver('a')
    receipt.cancel()
    expect(await receipt).toEqual({status: 'cancelled', inDoubt: true, writes: 1})
    await answer('ack a')
    expect(invalid).toEqual([])
    await drop()
    expect(sentOn(network)).toEqual([['a'], []])
    client.close()
  })

  it('survives close() and open() only where it had not left [CC-180]', async () => {
    const setup = await start({window: 1})
    const {client, clock, network} = setup
    client.send('a')
    client.send('b')
    client.close()
    await settled(setup)
    client.open()
    await clock.advance(0)
    expect(sentOn(network)).toEqual([['a'], ['b']])
    client.close()
  })

  /** Bytes that are no UTF-8, in a text frame. */
  const poison = Uint8Array.of(0xff) as never
  const poisonable: [Partial<AcknowledgedOptions<string, string>>, SetupOptions] = [{id: (data) => (typeof data === 'string' ? data : 'poison')}, {kind: 'ws', lint: 'off', onReport: () => {}}]

  it('but the message for which a server closed with 1007 is in doubt, and its name is free again [CC-180]', async () => {
    const {client, clock, network, outcomes, deliver, answer} = await start(...poisonable)
    deliver('fine')
    const poisoned = client.deliver(poison, {binary: false})
    network.last.server.close(1007)
    await clock.advance(0)
    expect(client.state.name).toBe('failed')
    expect(outcomes).toEqual({fine: {status: 'written', inDoubt: true, writes: 1}})
    expect(await poisoned).toEqual({status: 'dropped', why: 'at-fault', inDoubt: false, writes: 1})
    client.open()
    await clock.advance(0)
    expect(sentOn(network)[1]).toEqual([])
    deliver('fine')
    await answer('ack fine')
    expect(outcomes.fine!.status).toBe('acknowledged')
    client.close()
  })

  it('and is not poison is sent again where 1007 is retried [CC-180]', async () => {
    const [options, rest] = poisonable
    const {client, clock, network, deliver} = await start(options, {...rest, verdicts: {1007: 'retry'}})
    deliver('a')
    const poisoned = client.deliver(poison, {binary: false})
    deliver('b')
    network.last.server.close(1007)
    await clock.advance(5000)
    expect(sentOn(network)[1]).toEqual(['a', 'b'])
    expect(await poisoned).toMatchObject({status: 'dropped', why: 'at-fault'})
    client.close()
  })
})

describe('the window', () => {
  it('holds back what comes after it until acknowledgements come, in order [CC-180]', async () => {
    const {client, network, answer} = await start({window: 2})
    expect(['a', 'b', 'c', 'd', 'e'].map((data) => client.send(data))).toEqual(['sent', 'sent', 'buffered', 'buffered', 'buffered'])
    expect(client.stats.unsent).toBe(3)
    await answer('ack b')
    expect(sentOn(network)).toEqual([['a', 'b', 'c']])
    await answer('ack a,c')
    expect(sentOn(network)).toEqual([['a', 'b', 'c', 'd', 'e']])
    client.close()
  })

  it('refuses when the send buffer behind it is full, and drained() tells of room [CC-180]', async () => {
    const {client, clock, answer} = await start({window: 1}, {buffer: {maxMessages: 2}})
    expect(['a', 'b', 'c', 'd'].map((data) => client.send(data))).toEqual(['sent', 'buffered', 'buffered', 'refused'])
    let drained = false
    const waiting = client.drained().then(() => (drained = true))
    await clock.advance(60_000)
    expect(drained).toBe(false)
    await answer('ack a')
    await waiting
    expect(client.send('d')).toBe('buffered')
    client.close()
  })

  it('holds on the next connection as well [CC-180]', async () => {
    const {client, network, answer, drop} = await start({window: 2})
    for (const data of ['a', 'b', 'c']) client.send(data)
    await drop()
    expect(sentOn(network)).toEqual([['a', 'b'], ['a', 'b']])
    await answer('ack a,b')
    expect(sentOn(network)[1]).toEqual(['a', 'b', 'c'])
    client.close()
  })

  it('lets no message pass before those that were sent on an earlier connection [CC-180]', async () => {
    const {client, network, drop, answer} = await start({window: 2})
    const names = Array.from({length: 8}, (_, n) => `${n}`)
    for (const data of names) client.send(data)
    await drop()
    await answer('ack 1')
    await drop()
    await answer('ack 0', 'ack 2', 'ack 3')
    expect(sentOn(network)).toEqual([['0', '1'], ['0', '1', '2'], ['0', '2', '3', '4', '5']])
    client.close()
  })

  it('does not hold back what no acknowledgement is expected for, but order does [CC-180]', async () => {
    const {client, network, answer} = await start({window: 1})
    expect(client.send('a')).toBe('sent')
    expect(client.send('note')).toBe('sent')
    expect(client.send('b')).toBe('buffered')
    expect(client.send('note')).toBe('buffered')
    await answer('ack a')
    expect(sentOn(network)).toEqual([['a', 'note', 'b', 'note']])
    client.close()
  })
})

describe('an acknowledgement', () => {
  it('may come late, on the next connection, before the message is sent again [CC-181]', async () => {
    const late: Behaviour = (server) => {
      server.accept()
      server.send('ack a')
    }
    const {client, network, outcomes, deliver, invalid, drop} = await start({window: 1}, {onOpen: (session) => session.receive()}, sequence((server) => {
      server.accept()
      server.send('hello')
    }, late))
    deliver('a', 'b')
    await drop()
    expect(sentOn(network)).toEqual([['a'], ['b']])
    expect(outcomes.a).toEqual({status: 'acknowledged', inDoubt: false, writes: 1})
    expect(invalid).toEqual([])
    client.close()
  })

  it('may come twice, and out of order, and for several at once [CC-181]', async () => {
    const {client, outcomes, deliver, answer, invalid} = await start()
    deliver('a', 'b', 'c')
    await answer('ack c,a', 'ack a', 'ack c,b,b', 'ack a,b,c')
    expect(Object.values(outcomes).map(({status}) => status)).toEqual(['acknowledged', 'acknowledged', 'acknowledged'])
    expect(invalid).toEqual([])
    client.close()
  })

  it('of what nobody sent is told by `invalid`, and changes nothing [CC-181]', async () => {
    const {client, messages, outcomes, deliver, answer, invalid} = await start()
    deliver('a')
    await answer('ack x', 'ack x,y,a')
    expect(invalid).toEqual([
      {reason: 'unknown-ack', data: 'ack x'},
      {reason: 'unknown-ack', data: 'ack x,y,a'},
    ])
    expect(outcomes.a!.status).toBe('acknowledged')
    // Listeners get it as any message.
    expect(messages).toEqual(['ack x', 'ack x,y,a'])
    client.close()
  })

  it('of what still waits acknowledges nothing: it is sent all the same [CC-181]', async () => {
    const {client, network, answer} = await start({window: 1})
    client.send('a')
    client.send('b')
    await answer('ack b')
    await answer('ack a')
    expect(sentOn(network)).toEqual([['a', 'b']])
    client.close()
  })

  it('of what goes out only because of it acknowledges nothing [CC-181]', async () => {
    const {client, network, outcomes, deliver, answer} = await start({window: 1})
    deliver('a', 'b', 'c')
    await answer('ack a,b,c')
    expect([Object.keys(outcomes), sentOn(network)]).toEqual([['a'], [['a', 'b']]])
    client.close()
  })

  it('is one warning where nobody listens, however many come [CC-181]', async () => {
    const setup = setUp(accepts(), {delivery: acknowledged(dialect)})
    await settled(setup)
    for (let n = 0; n < 100; n++) setup.network.last.server.send(`ack made up ${n}`)
    await settled(setup)
    expect(warned).toHaveBeenCalledOnce()
    expect(warned.mock.calls[0]![0]).not.toContain('made up')
    setup.client.close()
  })

  it('of a hundred thousand ids is bounded, and those within bounds count [CC-181]', async () => {
    const {client, outcomes, deliver, answer, invalid} = await start({window: 1})
    deliver('a')
    await answer(`ack ${['a', ...Array.from({length: 100_000}, (_, n) => n)].join()}`)
    expect(outcomes.a!.status).toBe('acknowledged')
    expect(invalid.length).toBe(1)
    client.close()
  })

  it.each<[string, unknown]>([['an object', {}], ['a promise', Promise.resolve('a')], ['nothing', null], ['a list of others', [null, {}, ['a']]]])('that is %s is none [CC-181]', async (_, value) => {
    const {client, outcomes, messages, deliver, answer, invalid} = await start({ack: () => value as never})
    deliver('a')
    await answer('x')
    expect([outcomes, invalid, messages]).toEqual([{}, [], ['x']])
    client.close()
  })

  it('that can\'t be read is told by `invalid`, and the message is told all the same [CC-181]', async () => {
    const {client, messages, invalid, answer} = await start({ack: () => JSON.parse('{')})
    await answer('x')
    expect(messages).toEqual(['x'])
    expect(invalid).toEqual([{reason: 'unexpected', data: 'x', error: expect.any(SyntaxError)}])
    client.close()
  })

  it.each([
    ['`acked` gives no list', {acked: () => 5}],
    ['`acked` gives nothing', {acked: () => undefined}],
    ['`acked` gives what is no id', {acked: () => [Symbol('id')]}],
    ['`knows` throws', {acked: () => ['a'], knows: () => JSON.parse('{')}],
  ])('of a Delivery of one\'s own may fail, and the message is told all the same: %s [CC-181]', async (_, part) => {
    const setup = await settled(setUp(accepts(), {delivery: () => ({window: 1, id: () => undefined, ...(part as object as {acked: () => []})})}))
    const invalid: Invalid[] = []
    setup.client.on('invalid', (value) => invalid.push(value))
    setup.network.last.onmessage!({data: 'x'})
    expect(setup.messages).toEqual(['x'])
    expect(invalid).toEqual([{reason: 'unexpected', data: 'x', error: expect.any(Error)}])
    setup.client.close()
    await settled(setup)
  })

  it('wakes who awaits an answer, which may be the acknowledgement itself [CC-181]', async () => {
    const order: string[] = []
    const {client, answer} = await start()
    client.on('message', () => order.push('told'))
    void client.deliver('a').then(() => order.push('acknowledged'))
    await answer('ack a')
    expect(order.sort()).toEqual(['acknowledged', 'told'])
    client.close()
  })
})

describe('an id', () => {
  it('that is still awaited is refused, also as the other type, and the first message stays [CC-181]', async () => {
    const {client, network, answer} = await start({id: (data) => (data.startsWith('n') ? Number(data.slice(1)) : data)})
    client.send('7')
    expect(() => client.send('7')).toThrow(expect.objectContaining({code: 'INVALID'}))
    expect(() => client.send('n7')).toThrow(/^closecall: `id` must be one that is not awaited already/)
    await expect(client.deliver('7')).rejects.toMatchObject({code: 'INVALID'})
    expect(sentOn(network)).toEqual([['7']])
    await answer('ack 7')
    expect(client.send('n7')).toBe('sent')
    client.close()
  })

  it('that can\'t be one is refused, whatever the state [CC-181]', async () => {
    const {client, network} = await start({id: () => ({}) as never})
    expect(() => client.send('a')).toThrow(/^closecall: `id` must be a text/)
    client.close()
    expect(() => client.send('a')).toThrow(/^closecall: `id` must be a text/)
    expect(sentOn(network)).toEqual([[]])
  })

  it('is free again once its message is dropped, replaced or cancelled [CC-181]', async () => {
    const {client, network, answer} = await start({window: 1}, {buffer: {maxMessages: 1, overflow: 'drop-oldest'}})
    client.send('a')
    client.send('b')
    client.send('c')
    expect(client.send('b')).toBe('buffered')
    expect(client.send('c', {key: 'k'})).toBe('buffered')
    expect(client.send('d', {key: 'k'})).toBe('buffered')
    const receipt = client.deliver('c')
    receipt.cancel()
    expect(client.send('c')).toBe('buffered')
    await answer('ack a')
    expect(sentOn(network)).toEqual([['a', 'c']])
    client.close()
  })
})

describe('with dedupe', () => {
  const told = (incoming: string): string | undefined => (incoming.startsWith('told ') ? incoming : undefined)

  it('a message that comes again is told once, over all connections [CC-183]', async () => {
    const {client, messages, answer, drop} = await start({dedupe: told})
    await answer('told 1', 'told 2', 'told 1')
    await drop()
    await answer('told 1', 'told 2', 'told 3', 'hello', 'hello')
    expect(messages).toEqual(['told 1', 'told 2', 'told 3', 'hello', 'hello'])
    expect(client.stats.received).toBe(8)
    client.close()
  })

  it('neither an iterator nor a session sees a duplicate [CC-183]', async () => {
    const behaviour: Behaviour = (server) => {
      server.accept()
      server.send('told 1')
      server.send('told 2')
    }
    const received: string[] = []
    const {client, drop, answer} = await start({dedupe: told}, {onOpen: async (session) => void received.push(await session.receive())}, sequence(behaviour, (server) => {
      behaviour(server)
      server.send('told 3')
    }))
    const iterator = client.messages()
    await drop()
    await answer('told 2', 'told 4')
    expect(received).toEqual(['told 1', 'told 3'])
    expect([await iterator.next(), await iterator.next()].map(({value}) => value)).toEqual(['told 3', 'told 4'])
    client.close()
  })

  it('whose function throws, the message is told [CC-183]', async () => {
    const {client, messages, invalid, answer} = await start({dedupe: () => JSON.parse('{')})
    await answer('told 1', 'told 1')
    expect(messages).toEqual(['told 1', 'told 1'])
    expect(invalid).toEqual([1, 2].map(() => ({reason: 'unexpected', data: 'told 1', error: expect.any(SyntaxError)})))
    client.close()
  })

  it('what a duplicate acknowledges counts [CC-181] [CC-183]', async () => {
    const {messages, outcomes, client, deliver, answer} = await start({dedupe: () => 1})
    deliver('a')
    await answer('told 1', 'ack a')
    expect(outcomes.a!.status).toBe('acknowledged')
    expect(messages).toEqual(['told 1'])
    client.close()
  })

  it('a duplicate can be acknowledged again: the server may have missed the first time [CC-183]', async () => {
    const {client, network, messages, answer, drop} = await start({id: () => undefined, dedupe: {id: told, onDuplicate: (incoming) => client.send(`got ${incoming}`)}})
    client.on('message', (incoming) => client.send(`got ${incoming}`))
    await answer('told 1')
    await drop()
    await answer('told 1', 'told 2')
    expect(sentOn(network)).toEqual([['got told 1'], ['got told 1', 'got told 2']])
    expect(messages).toEqual(['told 1', 'told 2'])
    client.close()
  })

  it('one at which `onDuplicate` throws is told to listeners: somebody must hear of it [CC-183]', async () => {
    const {client, messages, invalid, answer} = await start({dedupe: {id: told, onDuplicate: () => JSON.parse('{')}})
    await answer('told 1', 'told 1')
    expect(messages).toEqual(['told 1', 'told 1'])
    expect(invalid).toMatchObject([{error: expect.any(SyntaxError)}])
    client.close()
  })

  it('of one client is none for another that has the same options [CC-183]', async () => {
    const delivery = acknowledged({...dialect, dedupe: told})
    const pages = await Promise.all([1, 2].map(() => settled(setUp(accepts(), {delivery}))))
    for (const {network} of pages) network.last.onmessage!({data: 'told 1'})
    expect(pages.map(({messages}) => messages)).toEqual([['told 1'], ['told 1']])
    for (const {client} of pages) client.close()
  })
})
