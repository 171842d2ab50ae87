// Does `drained()` mean that there is room, and are bounds and outcomes kept where acknowledgements are awaited?

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {describe, expect, it, vi} from 'vitest'
import {acknowledged} from '../../src/delivery/index.ts'
import {SendBuffer, type Entry} from '../../src/core/index.ts'
import {defaultBufferLimits} from '../../src/core/send-buffer.ts'
import {accepts, fakeClock, goesSilent, neverAnswers, sequence, stalls} from '../../src/testing/index.ts'
import {setUp, settled, takeUncaught, watchTheWorld} from './fixture.ts'

watchTheWorld()

const delivery = () => acknowledged<string, string>({id: (data) => data, ack: (incoming) => (incoming.startsWith('ack ') ? incoming.slice(4) : undefined)})

describe('drained()', () => {
  it('resolves where there is no send buffer and nothing is under way [CC-188]', async () => {
    const setup = await settled(setUp(accepts(), {buffer: false}))
    let drained = false
    void setup.client.drained().then(() => (drained = true))
    await setup.clock.advance(1000)
    expect(drained).toBe(true)
    setup.client.close()
  })

  it('waits after a refusal, although no more than highWaterMark bytes wait [CC-188]', async () => {
    const setup = setUp(neverAnswers(), {buffer: {maxBytes: 10}})
    const {client, clock} = setup
    expect([client.send('12345678'), client.send('abc')]).toEqual(['buffered', 'refused'])
    let drained = false
    client.drained().then(() => (drained = true), () => {})
    await clock.advance(0)
    expect(drained).toBe(false)
    client.close()
  })
})

it.each([
  ['an empty one, without a send buffer', false, ''],
  ['one that is dropped as the newest', {maxBytes: 10, overflow: 'drop-newest'}, 'abc'],
] as const)('drained() waits after a refusal: %s [CC-188]', async (_, buffer, refused) => {
  const setup = setUp(neverAnswers(), {buffer})
  const {client, clock} = setup
  if (buffer) client.send('12345678')
  expect(client.send(refused)).toBe('refused')
  let drained = false
  client.drained().then(() => (drained = true), () => {})
  await clock.advance(0)
  expect(drained).toBe(false)
  client.close()
})

describe('drained() and `drain`', () => {
  it('wait for the send buffer to fall to highWaterMark, also where it has room [CC-188]', async () => {
    const {client, clock} = setUp(neverAnswers(), {highWaterMark: 5})
    client.send('12345', {ttl: 1000})
    let drained = 0
    await client.drained()
    client.send('6')
    void client.drained().then(() => drained++)
    await clock.advance(500)
    expect(drained).toBe(0)
    await clock.advance(1000)
    expect(drained).toBe(1)
    client.close()
  })

  it('come also where nobody asked, once the runtime has passed on what send() handed over; then nothing is left running [CC-5] [CC-188]', async () => {
    const {client, clock, network} = await settled(setUp(stalls(), {highWaterMark: 1000, kind: 'node', heartbeat: false}))
    await clock.advance(60_000)
    let drains = 0
    client.on('drain', () => drains++)
    for (let n = 0; n < 20; n++) client.send('x'.repeat(100))
    await clock.advance(1000)
    expect(drains).toBe(0)
    network.last.server.stalled = false
    await clock.advance(100)
    expect(drains).toBe(1)
    await clock.advance(60_000)
    // The one timer looks after the state, and nothing was to be learnt by a ping.
    expect([clock.pending, network.last.pings]).toEqual([1, 0])
    client.close()
  })
})

describe('drained() is not told too early', () => {
  it('it waits for the window where there is no send buffer, instead of resolving again and again [CC-188]', async () => {
    const {client, clock, network} = await settled(setUp(accepts(), {buffer: false, delivery: acknowledged<string, string>({id: (data) => data, ack: (incoming) => incoming, window: 1})}))
    expect([client.send('a'), client.send('b')]).toEqual(['sent', 'refused'])
    const results: string[] = []
    void client.drained().then(() => results.push(client.send('b')))
    await clock.advance(1000)
    expect(results).toEqual([])
    network.last.server.send('a')
    await clock.advance(100)
    expect(results).toEqual(['sent'])
    client.close()
  })

  it('`drain` comes after the refusal that it answers [CC-188]', async () => {
    const {client, clock} = await settled(setUp(accepts(), {buffer: {maxMessages: 1}, delivery: acknowledged<string, string>({id: (data) => data, ack: () => undefined, window: 1})}))
    const first = client.deliver('a')
    client.send('b')
    const order: string[] = []
    client.on('drain', () => order.push('drain'))
    first.cancel()
    // Its place was taken by the one that waited.
    for (const data of ['c', 'd']) order.push(client.send(data))
    await clock.advance(1000)
    expect(order).toEqual(['drain', 'buffered', 'refused'])
    client.close()
  })

  it('`drain` comes when there is room for the largest that was refused [CC-188]', async () => {
    const {client, clock} = setUp(neverAnswers(), {buffer: {maxBytes: 10}})
    let drains = 0
    client.on('drain', () => drains++)
    client.send('12345', {ttl: 2000})
    client.send('6789', {ttl: 1000})
    expect([client.send('x'.repeat(8)), client.send('yy')]).toEqual(['refused', 'refused'])
    await clock.advance(1500)
    expect([client.stats.unsent, drains]).toEqual([1, 0])
    await clock.advance(1000)
    expect([client.stats.unsent, drains]).toEqual([0, 1])
    // And then all is as if nothing had been refused.
    client.send('12345')
    let drained = false
    void client.drained().then(() => (drained = true))
    await clock.advance(0)
    expect(drained).toBe(true)
    client.close()
  })

  it('where room is made while a message is refused, `drain` comes all the same [CC-188]', async () => {
    const {client, clock} = await settled(setUp(neverAnswers(), {buffer: {maxMessages: 2, maxBytes: 10}}))
    const order: string[] = []
    client.send('12345', {ttl: 10})
    client.send('67', {ttl: 500})
    client.on('drop', () => client.takeUnsent())
    client.on('drain', () => order.push('drain'))
    clock.jump(100)
    // What has expired is not enough, but who is told of it takes the rest.
    order.push(client.send('x'.repeat(9)))
    expect([order, client.stats.unsent]).toEqual([['drain', 'refused'], 0])
    client.takeUnsent()
    expect(order).toEqual(['drain', 'refused', 'drain'])
    client.close()
  })

  it('nobody is told anything while a message is on its way to the socket [CC-175] [CC-188]', async () => {
    for (const how of ['send', 'deliver'] as const) {
      const {client, clock, network} = await settled(setUp(stalls(), {highWaterMark: 1000}))
      const socket = network.last
      client.send('x'.repeat(2000))
      void client.drained().catch(() => {})
      const handed: string[] = []
      const {send} = socket
      socket.send = (data: any) => (handed.push(data), send.call(socket, data))
      let current = ''
      let drains = 0
      client.on('drain', () => {
        drains++
        expect(handed).toContain(current)
      })
      for (let n = 0; n < 20; n++) {
        // When it is asked next, it has passed on everything.
        if (n === 6) Object.assign(socket, {bufferedAmount: 0})
        client[how]((current = `${n}`))
      }
      await clock.advance(1000)
      expect(drains).toBe(1)
      client.close()
    }
  })
})

describe('the look at what has left', () => {
  it('is not put off by what comes meanwhile [CC-177]', async () => {
    const {client, clock, network} = await settled(setUp(stalls(), {buffer: {maxMessages: 5000}}))
    for (let n = 0; n < 2000; n++) void client.deliver(`${n}`)
    await clock.advance(5000)
    expect(client.stats).toMatchObject({sent: 1500, unsent: 500})
    network.last.server.stalled = false
    for (let n = 0; n < 20; n++) {
      client.send('x')
      await clock.advance(10)
    }
    expect(network.last.sent.length).toBe(2020)
    client.close()
  })

  it('that is not wanted any more is none [CC-5]', async () => {
    const tasks: (() => void)[] = []
    const {client, clock, network} = await settled(setUp(sequence(accepts(), stalls()), {clock: Object.assign(fakeClock(), {immediately: (task: () => void) => void tasks.push(task)})}))
    void client.deliver('a')
    network.last.server.drop()
    await clock.advance(2000)
    void client.deliver('b')
    expect([client.state.name, tasks.length]).toEqual(['open', 2])
    tasks.shift()!()
    expect(tasks.length).toBe(1)
    tasks.shift()!()
    expect(tasks.length).toBe(1)
    client.close()
  })

  it('is no further off than a timer reaches [CC-171]', async () => {
    const clock = fakeClock()
    const {setTimeout} = clock
    const delays: number[] = []
    clock.setTimeout = (callback, delay) => (delays.push(delay), setTimeout(callback, delay))
    const {client} = setUp(neverAnswers(), {clock})
    client.send('a', {ttl: 1e11})
    expect(Math.max(...delays)).toBe(2 ** 31 - 1)
    client.close()
  })
})

describe('protocol pings', () => {
  const silent = (heartbeat: false | {interval: number; timeout: number} = false) => settled(setUp(goesSilent(), {kind: 'node', heartbeat}))

  it('that were answered late count again from then on [CC-177] [CC-178]', async () => {
    const {client, clock, network} = await silent()
    const late = client.deliver('late')
    await clock.advance(3000)
    expect(await late).toEqual({status: 'written', inDoubt: true, writes: 1})
    network.last.onpong!()
    let outcome: unknown
    void client.deliver('next').then((value) => (outcome = value))
    await clock.advance(1000)
    expect([outcome, network.last.pings]).toEqual([undefined, 2])
    network.last.onpong!()
    await clock.advance(0)
    expect(outcome).toEqual({status: 'written', inDoubt: false, writes: 1})
    client.close()
  })

  it('are not answered by pongs that nobody asked for, nor on another connection [CC-178]', async () => {
    const {client, clock, network} = await silent({interval: 1000, timeout: 5000})
    for (let n = 0; n < 3; n++) network.last.onpong!()
    await clock.advance(1000)
    const outcomes: unknown[] = []
    const deliver = async (data: string, pings: number): Promise<void> => {
      void client.deliver(data).then((outcome) => outcomes.push(outcome))
      await clock.advance(50)
      expect(network.last.pings).toBe(pings)
    }
    const pong = async (): Promise<void> => {
      network.last.onpong!()
      await clock.advance(0)
    }
    const sure = {status: 'written', inDoubt: false, writes: 1}
    await deliver('a', 2)
    // It answers the heartbeat.
    await pong()
    expect(outcomes).toEqual([])
    await pong()
    expect(outcomes).toEqual([sure])
    await deliver('b', 3)
    network.last.server.drop()
    await clock.advance(1500)
    expect(outcomes.splice(0)).toEqual([sure, {...sure, inDoubt: true}])
    await deliver('c', 1)
    await pong()
    expect(outcomes).toEqual([sure])
    client.close()
  })
})

describe('without a send buffer', () => {
  it('what is delivered while `open` is told goes out at once [CC-71] [CC-72]', async () => {
    const {client, clock, network} = setUp(accepts(), {buffer: false})
    client.on('open', () => {
      void client.deliver('first')
      client.send('second')
    })
    await clock.advance(100)
    expect(network.last.sent.map(({data}) => data)).toEqual(['first', 'second'])
    client.close()
  })
})

describe('a listener of `open`', () => {
  it('that delivers lets nothing that waits go before what others send [CC-72]', async () => {
    const {client, clock, network} = setUp(accepts())
    client.send('waited')
    client.on('open', () => void client.deliver('delivered'))
    client.on('open', () => void client.send('sent'))
    await clock.advance(100)
    network.last.server.drop()
    await clock.advance(0)
    client.send('waited, too')
    await clock.advance(2000)
    expect(network.sockets.map(({sent}) => sent.map(({data}) => data))).toEqual([['sent', 'waited', 'delivered'], ['sent', 'waited, too', 'delivered']])
    client.close()
  })
})

describe('a message that is over', () => {
  it('is let go, however many wait behind it [CC-71] [CC-172]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const {client} = setUp(neverAnswers())
    for (let n = 0; n < 500; n++) client.send('waits')
    const replaced: WeakRef<object>[] = []
    for (let n = 0; n < 200; n++) {
      const data = new ArrayBuffer(8)
      replaced.push(new WeakRef(data))
      client.send(data, {key: 'cursor'})
    }
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(replaced.filter((reference) => reference.deref()).length).toBe(1)
    client.close()
  })
})

describe('with delivery', () => {
  it('nothing is asked and no timer runs while an acknowledgement is awaited [CC-5] [CC-180]', async () => {
    const {client, clock, network} = await settled(setUp(accepts(), {kind: 'node', heartbeat: false, delivery: delivery()}))
    client.send('a')
    await clock.advance(60_000)
    expect([network.last.pings, clock.pending]).toEqual([0, 1])
    client.close()
  })

  it('what needs no acknowledgement is looked after at once, however long another is awaited [CC-177]', async () => {
    const {client, clock} = await settled(setUp(accepts(), {delivery: acknowledged<string, string>({id: (data) => (data === 'a' ? data : undefined), ack: () => undefined})}))
    client.send('a')
    await clock.advance(10_000)
    let outcome: unknown
    void client.deliver('b').then((value) => (outcome = value))
    await clock.advance(10)
    expect(outcome).toEqual({status: 'written', inDoubt: false, writes: 1})
    client.close()
  })

  it('what was written without a send buffer to come back to is in doubt, not unsent [CC-180]', async () => {
    const setup = await settled(setUp(accepts(), {buffer: false, delivery: delivery()}))
    const {client, clock, network} = setup
    const receipt = client.deliver('a')
    network.last.server.drop()
    await clock.advance(0)
    expect(await receipt).toEqual({status: 'written', inDoubt: true, writes: 1})
    client.close()
  })

  it('an acknowledgement that comes while `onOpen` works is told at once [CC-180]', async () => {
    const setup = await settled(setUp(sequence(accepts(), (server) => {
      server.accept()
      server.send('ack a')
    }), {delivery: delivery(), onOpen: ({attempt}) => (attempt ? new Promise(() => {}) : undefined)}))
    const {client, clock, network} = setup
    let status: string | undefined
    void client.deliver('a').then((outcome) => ({status} = outcome))
    network.last.server.drop()
    await clock.advance(2000)
    expect([client.state.name, status]).toEqual(['connecting', 'acknowledged'])
    client.close()
  })

  it('a message that is never acknowledged keeps none of those that are [CC-180]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const buffer = new SendBuffer(defaultBufferLimits, 2)
    const done: WeakRef<Entry>[] = []
    for (let n = 0; n < 1000; n++) {
      buffer.push({data: new ArrayBuffer(8), binary: true}, 0, true, {id: `${n}`})
      buffer.nextTurn()
      const entry = buffer.next(0)!
      if (!n) continue
      done.push(new WeakRef(entry))
      buffer.acknowledge(`${n}`)
      buffer.takeSettled()
    }
    expect(buffer.awaits('0')).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(done.filter((reference) => reference.deref()).length).toBeLessThan(100)
  })
})

describe('with a schema that takes its time', () => {
  it('what it lets through after close() is told to nobody [CC-185]', async () => {
    const waiting: (() => void)[] = []
    const setup = await settled(setUp(accepts(), {schema: {'~standard': {version: 1, vendor: 'test', validate: (value) => new Promise((resolve) => waiting.push(() => resolve({value})))}}}))
    setup.network.last.server.send('late')
    await settled(setup)
    setup.client.close()
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    waiting[0]!()
    await settled(setup)
    expect(setup.messages).toEqual([])
  })
})

describe('a signal', () => {
  it('hears nobody whose message had its outcome while it was taken [CC-173]', async () => {
    const setup = await settled(setUp())
    const {signal} = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    setup.network.last.send = () => {
      throw new Error('of the runtime')
    }
    expect(await setup.client.deliver('a', {signal})).toMatchObject({status: 'dropped', why: 'undeliverable'})
    expect(takeUncaught()).toHaveLength(1)
    // One that is taken away before it was there would stay.
    expect(add).not.toHaveBeenCalled()
    expect(remove).toHaveBeenCalledOnce()
    setup.client.close()
  })

  it('that is aborted while its message is being taken takes it back [CC-173]', async () => {
    const setup = setUp(neverAnswers(), {buffer: {maxMessages: 1, overflow: 'drop-oldest'}})
    const {client, clock} = setup
    const abort = new AbortController()
    client.on('drop', () => abort.abort())
    client.send('a')
    const receipt = client.deliver('b', {signal: abort.signal})
    expect(client.stats.unsent).toBe(0)
    expect(await receipt).toEqual({status: 'cancelled', inDoubt: false, writes: 0})
    client.close()
    await clock.advance(0)
  })
})
