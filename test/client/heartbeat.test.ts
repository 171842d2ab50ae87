// Does the client notice that nobody is there any more, and nothing else?

import {describe, expect, it} from 'vitest'
import {accepts, fakeNetwork, goesSilent, neverDeliversClose, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, long, setUp, settled, takeUncaught, tellPage, watchTheWorld} from './fixture.ts'

watchTheWorld()

const heartbeat = {interval: 30_000, timeout: 10_000, message: 'ping'}

/** Answers each ping so many ms later. */
const answers =
  (clock: () => {setTimeout(callback: () => void, delay: number): unknown}, delay: number): Behaviour =>
  (server) => {
    server.accept()
    server.onmessage = ({data}) => {
      if (data === 'ping') clock().setTimeout(() => server.send('pong'), delay)
    }
  }

const withAnswers = (delay: number, options: object = {}) => {
  const setup = setUp(answers(() => setup.clock, delay), {heartbeat: {...heartbeat, isReply: (data: unknown) => data === 'pong'}, ...options})
  return settled(setup)
}

describe('with a message [CC-90]', () => {
  it('an idle link is asked every interval, and lives', async () => {
    const {client, clock, network, messages} = await withAnswers(40)
    await clock.advance(100_000)
    expect(network.last.sent.map(({data}) => data)).toEqual(['ping', 'ping', 'ping'])
    expect(network.sockets).toHaveLength(1)
    expect(client.stats).toMatchObject({roundTripTime: 40, sent: 3, received: 3})
    // What answers is kept from the listeners. [CC-95]
    expect(messages).toEqual([])
    client.close()
  })

  it('a half-open link is noticed within interval + timeout, and replaced at once [CC-91]', async () => {
    const setup = await settled(setUp(sequence(goesSilent(), accepts()), {heartbeat}))
    await setup.clock.advance(39_999)
    expect(setup.client.state.name).toBe('open')
    await setup.clock.advance(1)
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'heartbeat', opened: true, age: 40_000}, explanation: '1006 Abnormal Closure: no sign of life in time; trying again'}])
    expect(setup.delays).toEqual([0])
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'open', attempt: 1})
    expect(setup.network.live).toEqual([setup.network.last])
    const [left] = setup.network.sockets
    expect([left!.onopen, left!.onmessage, left!.onclose]).toEqual([null, null, null])
    setup.client.close()
    await setup.clock.advance(2000)
    expectRest(setup)
  })

  it('a server that is silent again and again is backed off from [CC-91]', async () => {
    const setup = await settled(setUp(goesSilent(), {heartbeat, stableAfter: 60_000}))
    await setup.clock.advance(200_000)
    expect(setup.delays.slice(0, 3)).toEqual([0, 2000, 4000])
    setup.client.close()
  })

  it('any message is a sign of life: a busy link is not asked [CC-92]', async () => {
    const setup = await settled(setUp(accepts(), {heartbeat}))
    for (let times = 0; times < 20; times++) {
      setup.network.last.server.send('news')
      await setup.clock.advance(10_000)
    }
    expect(setup.network.sockets).toHaveLength(1)
    expect(setup.network.last.sent).toEqual([])
    setup.client.close()
  })

  it('sets no timer for a message [CC-92]', async () => {
    const setup = await settled(setUp(accepts(), {heartbeat}))
    const {nextAt} = setup.clock
    let timers = 0
    const {setTimeout} = setup.clock
    setup.clock.setTimeout = (...given) => (timers++, setTimeout(...given))
    for (let times = 0; times < 100; times++) {
      setup.network.last.server.send('news')
      setup.client.send('mine')
    }
    await settled(setup)
    expect(setup.messages).toHaveLength(100)
    expect([timers, setup.clock.nextAt]).toEqual([0, nextAt])
    setup.client.close()
  })

  it('asks with what a function makes, which may fail', async () => {
    let made = 0
    const broken = new Error('out of questions')
    const message = (): string => {
      if (++made > 1) throw broken
      return `question ${made}`
    }
    const setup = await settled(setUp(goesSilent(), {heartbeat: {interval: 1000, timeout: 500, message}}))
    await setup.clock.advance(1000)
    expect(setup.network.last.sent).toMatchObject([{data: 'question 1'}])
    await setup.clock.advance(1500)
    // The second connection could not be asked, and was given up for its silence.
    expect(takeUncaught()).toEqual([broken])
    setup.client.close()
  })

  it('asks nothing of a connection that is over, and is asked nothing at rest', async () => {
    const setup = await settled(setUp(accepts(), {heartbeat}))
    setup.client.close()
    await setup.clock.advance(long)
    expect(setup.network.last.sent).toEqual([])
    expectRest(setup)
  })

  it('measures the answer to the last question only [CC-95]', async () => {
    const setup = await withAnswers(2500)
    await setup.clock.advance(31_000)
    tellPage('visibilitychange')
    await setup.clock.advance(1500)
    // Asked at 30 s and, on the wake, at 31 s: the answer at 32.5 s is to the first, and can't be told from one to the second.
    expect(setup.client.stats.roundTripTime).toBe(1500)
    await setup.clock.advance(1000)
    expect(setup.client.stats.roundTripTime).toBe(1500)
    setup.client.close()
  })
})

describe('with protocol pings [CC-93] [CC-95]', () => {
  it('there is a heartbeat without being asked for, and it measures', async () => {
    const setup = await settled(setUp(accepts(), {kind: 'node'}))
    await setup.clock.advance(65_000)
    expect(setup.network.last.pings).toBe(2)
    expect(setup.network.last.sent).toEqual([])
    expect(setup.client.stats).toMatchObject({roundTripTime: 0, sent: 0, received: 0})
    setup.client.close()
  })

  it('a server that does not answer is given up', async () => {
    const setup = await settled(setUp(goesSilent(), {kind: 'node'}))
    await setup.clock.advance(40_000)
    expect(setup.closes).toMatchObject([{close: {origin: 'heartbeat', age: 40_000}}])
    setup.client.close()
  })

  it('a message goes before a ping, where one is given', async () => {
    const setup = await settled(setUp(accepts(), {kind: 'node', heartbeat}))
    await setup.clock.advance(30_000)
    expect(setup.network.last.pings).toBe(0)
    expect(setup.network.last.sent).toMatchObject([{data: 'ping'}])
    setup.client.close()
  })
})

describe('an answer', () => {
  it('is to a question of the same connection [CC-95]', async () => {
    const setup = await settled(setUp(goesSilent(), {kind: 'node'}))
    await setup.clock.advance(40_000)
    expect(setup.network.sockets.map(({pings}) => pings)).toEqual([1, 0])
    // Nobody asked on this one.
    setup.network.last.onpong!()
    expect(setup.client.stats.roundTripTime).toBeUndefined()
    setup.client.close()
  })

  it('that comes late, on a connection that was left, is none: ws itself tells it to whoever listened [CC-95]', async () => {
    const pongs: (() => void)[] = []
    const network = fakeNetwork(goesSilent(), {kind: 'ws'})
    const setup = setUp(goesSilent(), {
      heartbeat,
      WebSocket: class extends network.WebSocket {
        override ping(): void {}
        on(_: 'pong', listener: () => void): void {
          pongs.push(listener)
        }
      },
    })
    // The first is given up after 40 s, and the second asked after another 30.
    await setup.clock.advance(75_000)
    expect([network.sockets.length, pongs.length]).toEqual([2, 2])
    pongs[0]!()
    expect(setup.client.stats.roundTripTime).toBeUndefined()
    pongs[1]!()
    expect(setup.client.stats.roundTripTime).toBe(5000)
    setup.client.close()
  })
})

it('a question that can\'t be sent is the caller\'s error, and nothing is sent [CC-83] [CC-90]', async () => {
  const setup = await settled(setUp(accepts(), {heartbeat: {...heartbeat, message: () => ({}) as string}}))
  await setup.clock.advance(30_000)
  expect(takeUncaught()).toMatchObject([{name: 'ClosecallError', code: 'INVALID'}])
  expect(setup.network.last.sent).toEqual([])
  setup.client.close()
})

describe('without either [CC-93]', () => {
  it('there is no heartbeat, unless it is asked for', async () => {
    const setup = await settled(setUp(goesSilent()))
    await setup.clock.advance(long)
    expect(setup.closes).toEqual([])
    setup.client.close()
  })

  it('the server must speak by itself', async () => {
    const setup = await settled(setUp(goesSilent(), {heartbeat: {interval: 30_000}}))
    await setup.clock.advance(40_000)
    expect(setup.closes).toMatchObject([{close: {origin: 'heartbeat'}}])
    expect(setup.network.sockets[0]!.sent).toEqual([])
    setup.client.close()
  })

  it('and false turns it off, pings or not', async () => {
    for (const kind of ['standard', 'node'] as const) {
      const setup = await settled(setUp(goesSilent(), {kind, heartbeat: false}))
      await setup.clock.advance(long)
      expect(setup.closes).toEqual([])
      expect(setup.network.last.pings).toBe(0)
      setup.client.close()
    }
  })
})

describe('time, not ticks [CC-94]', () => {
  it('a timer that was held up judges nothing: the server is asked once more', async () => {
    const setup = await withAnswers(40)
    await setup.clock.advance(29_000)
    // A laptop that slept in the moment in which the server was asked.
    await setup.clock.advance(1000)
    await setup.clock.jump(3_600_000)
    expect(setup.closes).toEqual([])
    await setup.clock.advance(100)
    expect(setup.network.sockets).toHaveLength(1)
    expect(setup.client.stats.roundTripTime).toBe(40)
    setup.client.close()
  })

  it('a link that died meanwhile is replaced soon after', async () => {
    const setup = await settled(setUp(sequence(goesSilent(), accepts()), {heartbeat}))
    await setup.clock.jump(3_600_000)
    expect(setup.closes).toEqual([])
    await setup.clock.advance(10_000)
    expect(setup.closes).toMatchObject([{close: {origin: 'heartbeat'}}])
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})

describe('on a wake [CC-96]', () => {
  it.each(['visibilitychange', 'resume', 'pageshow', 'online'] as const)('of %s an open connection is asked for a quick answer', async (signal) => {
    const setup = await settled(setUp(sequence(goesSilent(), accepts()), {heartbeat}))
    await setup.clock.advance(12_000)
    tellPage(signal)
    expect(setup.network.last.sent).toMatchObject([{data: 'ping'}])
    await setup.clock.advance(2999)
    expect(setup.closes).toEqual([])
    await setup.clock.advance(1)
    expect(setup.closes).toMatchObject([{close: {origin: 'heartbeat', age: 15_000}}])
    setup.client.close()
  })

  it('a page that is hidden is no wake', async () => {
    const setup = await settled(setUp(accepts(), {heartbeat}))
    tellPage('visibilitychange', {visible: false})
    expect(setup.network.last.sent).toEqual([])
    setup.client.close()
  })

  it('a connection that is closing already is not asked', async () => {
    const setup = await settled(setUp(neverDeliversClose(), {heartbeat}))
    setup.network.last.server.close(1013)
    await settled(setup)
    tellPage('visibilitychange')
    expect(setup.network.last.sent).toEqual([])
    setup.client.close()
  })
})

it('what `isReply` can\'t read, the server wrote: it is told by `invalid`, throws into no process, and is a message [CC-95]', async () => {
  const setup = await settled(setUp(accepts(), {heartbeat: {...heartbeat, isReply: (data: string) => JSON.parse(data).type === 'pong'}}))
  const seen: unknown[] = []
  setup.client.on('invalid', (invalid) => seen.push(invalid))
  setup.network.last.server.send('{')
  await settled(setup)
  expect(seen).toEqual([{reason: 'unexpected', data: '{', error: expect.any(SyntaxError)}])
  expect([setup.messages, setup.client.stats.received]).toEqual([['{'], 1])
  setup.client.close()
})
