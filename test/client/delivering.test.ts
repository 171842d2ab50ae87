// Does whoever sends know what became of it, whatever the connection does?

import {describe, expect, it, vi} from 'vitest'
import {acknowledged} from '../../src/delivery/index.ts'
import type {Client, Dropped, Outcome, Receipt, Session} from '../../src/index.ts'
import {accepts, acceptsThenCloses, fakeClock, goesSilent, neverAnswers, refuses, sequence, stalls, type FakeNetwork} from '../../src/testing/index.ts'
import {expectRest, reportsOf, setUp, settled, takeUncaught, warned, watchTheWorld, type Setup, type SetupOptions} from './fixture.ts'

watchTheWorld()

const sentOn = (network: FakeNetwork): unknown[] => network.sockets.flatMap(({sent}) => sent.map(({data}) => data))

const numbered = (count: number): string[] => Array.from({length: count}, (_, index) => String(index))

const dropsOf = (client: Client<any, any>): Dropped[] => {
  const drops: Dropped[] = []
  client.on('drop', (dropped) => drops.push(dropped))
  return drops
}

/** What became of a promise so far. */
const watch = <T>(promise: Promise<T>): {value?: T; error?: any} => {
  const seen: {value?: T; error?: any} = {}
  promise.then(
    (value) => (seen.value = value),
    (error: unknown) => (seen.error = error),
  )
  return seen
}

const sure = {inDoubt: false, writes: 0}

/** The server says `ack` and what it has. */
const delivery = (window?: number) => acknowledged<string, string>({id: (data) => data, ack: (incoming) => (incoming.startsWith('ack ') ? incoming.slice(4) : undefined), ...(window && {window})})

/** The runtime counts what did not leave, and says so after the end. */
const honest = ({network}: Setup): void => {
  vi.stubGlobal('WebSocket', network.WebSocket)
  vi.stubGlobal('Bun', {})
}

/** Fills what is counted for the headers of frames, so that what follows is certain. */
const padding = 'p'.repeat(1000)

describe('deliver()', () => {
  it('what stopped with the client is forgotten when it begins anew [CC-175]', async () => {
    const {client, clock, network} = setUp(neverAnswers())
    void client.deliver('a')
    client.send('b')
    client.close()
    expect(client.stats.unsent).toBe(2)
    client.open()
    expect(client.stats).toMatchObject({unsent: 1, unsentBytes: 1})
    network.behaviour = accepts()
    await clock.advance(30_000)
    expect([network.last.sent.map(({data}) => data), client.stats.unsent, client.takeUnsent()]).toEqual([['b'], 0, []])
    client.close()
  })

  const cases: [string, () => Setup, (setup: Setup) => Receipt, Outcome][] = [
    ['written, when it has left', () => setUp(), ({client}) => client.deliver('a'), {status: 'written', inDoubt: false, writes: 1}],
    ['written, when it waited for a connection', () => setUp(sequence(refuses(), accepts())), ({client}) => {
      const receipt = client.deliver('a')
      return receipt
    }, {status: 'written', inDoubt: false, writes: 1}],
    ['written and in doubt, when the connection broke', () => setUp(stalls()), ({client, network}) => {
      const receipt = client.deliver('a')
      network.last.server.drop()
      return receipt
    }, {status: 'written', inDoubt: true, writes: 1}],
    ['written and not in doubt, when the peer answered our close', () => setUp(stalls()), ({client}) => {
      const receipt = client.deliver('a')
      client.close()
      return receipt
    }, {status: 'written', inDoubt: false, writes: 1}],
    ['written and in doubt, when it did not', () => setUp(goesSilent(), {kind: 'node'}), ({client}) => {
      const receipt = client.deliver('a')
      client.close()
      return receipt
    }, {status: 'written', inDoubt: true, writes: 1}],
    ['acknowledged, when the server says so', () => setUp(accepts(), {delivery: delivery()}), ({client, network}) => {
      const receipt = client.deliver('a')
      network.last.server.send('ack a')
      return receipt
    }, {status: 'acknowledged', inDoubt: false, writes: 1}],
    ['acknowledged on a later connection', () => setUp(accepts(), {delivery: delivery()}), ({client, network}) => {
      const receipt = client.deliver('a')
      network.last.server.drop()
      network.behaviour = (server) => {
        server.accept()
        server.onmessage = () => server.send('ack a')
      }
      return receipt
    }, {status: 'acknowledged', inDoubt: false, writes: 2}],
    ['expired, when its time was over', () => setUp(neverAnswers()), ({client}) => {
      const receipt = client.deliver('a', {ttl: 500})
      return receipt
    }, {status: 'expired', ...sure}],
    ['cancelled by its receipt', () => setUp(neverAnswers()), ({client}) => {
      const receipt = client.deliver('a')
      receipt.cancel()
      return receipt
    }, {status: 'cancelled', ...sure}],
    ['cancelled and in doubt, once it was handed to the socket', () => setUp(stalls()), ({client}) => {
      const receipt = client.deliver('a')
      receipt.cancel()
      return receipt
    }, {status: 'cancelled', inDoubt: true, writes: 1}],
    ['cancelled from the start', () => setUp(), ({client}) => client.deliver('a', {signal: AbortSignal.abort()}), {status: 'cancelled', ...sure}],
    ['dropped, replaced by a newer one', () => setUp(neverAnswers()), ({client}) => {
      const receipt = client.deliver('a', {key: 'k'})
      client.send('b', {key: 'k'})
      return receipt
    }, {status: 'dropped', why: 'replaced', ...sure}],
    ['dropped, to make room', () => setUp(neverAnswers(), {buffer: {maxMessages: 1, overflow: 'drop-oldest'}}), ({client}) => {
      const receipt = client.deliver('a')
      client.send('b')
      return receipt
    }, {status: 'dropped', why: 'overflow', ...sure}],
    ['dropped, where the newest is', () => setUp(neverAnswers(), {buffer: {maxMessages: 1, overflow: 'drop-newest'}}), ({client}) => {
      client.send('b')
      return client.deliver('a')
    }, {status: 'dropped', why: 'overflow', ...sure}],
    ['unsent, where there is no room', () => setUp(neverAnswers(), {buffer: false}), ({client}) => client.deliver('a'), {status: 'unsent', why: 'full', ...sure}],
    ['unsent, when the client stops', () => setUp(neverAnswers()), ({client}) => {
      const receipt = client.deliver('a')
      client.close()
      return receipt
    }, {status: 'unsent', why: 'stopped', ...sure}],
    ['unsent, when it has stopped', () => setUp(neverAnswers()), ({client}) => {
      client.close()
      return client.deliver('a')
    }, {status: 'unsent', why: 'stopped', ...sure}],
    ['unsent, when it was taken', () => setUp(neverAnswers()), ({client}) => {
      const receipt = client.deliver('a')
      expect(client.takeUnsent()).toEqual([{data: 'a', binary: false}])
      return receipt
    }, {status: 'unsent', why: 'taken', ...sure}],
  ]
  it.each(cases)('says %s [CC-175]', async (_, start, act, outcome) => {
    const setup = await settled(start())
    const receipt = watch(act(setup))
    await setup.clock.advance(5000)
    expect(receipt).toEqual({value: outcome})
    setup.client.close()
    await setup.clock.advance(5000)
    expectRest(setup)
  })

  it('says undeliverable when the socket throws, and tells the error [CC-175]', async () => {
    const setup = await settled(setUp())
    const error = new Error('no')
    setup.network.last.send = () => {
      throw error
    }
    const drops = dropsOf(setup.client)
    const receipt = watch(setup.client.deliver('a'))
    await settled(setup)
    expect(receipt.value).toMatchObject({status: 'dropped', why: 'undeliverable', inDoubt: false})
    expect(drops).toMatchObject([{data: 'a', outcome: {why: 'undeliverable'}}])
    expect(takeUncaught()).toEqual([error])
    setup.client.close()
  })

  it('says at fault when a server closed for what the message certainly says [CC-175]', async () => {
    const setup = await settled(setUp(stalls(), {kind: 'ws', onReport: () => {}, lint: 'off'}))
    const fine = watch(setup.client.deliver('fine'))
    const faulty = watch(setup.client.deliver(Uint8Array.of(0xff), {binary: false}))
    setup.network.last.server.close(1007)
    await settled(setup)
    expect([fine.value, faulty.value]).toMatchObject([{status: 'written', inDoubt: true}, {status: 'dropped', why: 'at-fault'}])
  })

  it('blames no message for a close that another may have caused: what it was is not certain [CC-175] [CC-179]', async () => {
    const {client, clock, network} = await settled(setUp(stalls(), {verdicts: {1007: 'retry'}, onReport: () => {}}))
    const receipt = client.deliver('a')
    network.last.server.close(1007, 'no such order')
    await clock.advance(0)
    expect(client.history.at(-1)!.close.code).toBe(1007)
    expect(await receipt).toEqual({status: 'written', inDoubt: true, writes: 1})
    client.close()
  })

  it('never rejects for a network reason, and tells each message once [CC-175]', async () => {
    const setup = setUp(sequence(refuses(), stalls(), acceptsThenCloses(1011), accepts(), stalls(), acceptsThenCloses(1007)), {onReport: () => {}})
    const {client, clock, network} = setup
    const counts: number[] = []
    for (let n = 0; n < 40; n++) {
      counts.push(0)
      void client.deliver(`${n}`).then(() => counts[n]!++)
      await clock.advance(1000)
      if (n % 7 === 0) network.last.server.drop()
    }
    client.close()
    await clock.advance(5000)
    expect(counts).toEqual(counts.map(() => 1))
  })
})

describe('onOpen', () => {
  const start = (onOpen: (session: Session<any, any>) => unknown, options: SetupOptions = {}, behaviour = accepts()) => settled(setUp(behaviour, {...options, onOpen}))

  it('goes first on every connection; what is sent meanwhile waits, and follows [CC-174]', async () => {
    const releases: (() => void)[] = []
    const setup = await start((session) => {
      session.send(`auth ${session.attempt} ${session.url} ${session.credentials}`)
      return new Promise<void>((resolve) => releases.push(resolve))
    }, {credentials: () => 'token'})
    const {client, clock, network, states} = setup
    const auth = `auth 0 wss://example.test/live token`
    expect([client.state.name, client.send('early', {priority: 'high'}), sentOn(network)]).toEqual(['connecting', 'buffered', [auth]])
    releases[0]!()
    await clock.advance(0)
    expect([client.state.name, sentOn(network)]).toEqual(['open', [auth, 'early']])
    network.last.server.drop()
    await clock.advance(2000)
    client.send('late')
    releases[1]!()
    await clock.advance(0)
    expect(network.last.sent.map(({data}) => data)).toEqual(['auth 1 wss://example.test/live token', 'late'])
    expect(states.filter((name) => name === 'open')).toHaveLength(2)
    client.close()
  })

  it.each<[string, () => unknown]>([
    ['throws', () => {
      throw new Error('bad token')
    }],
    ['rejects', () => Promise.reject(new Error('bad token'))],
  ])('that %s ends the connection, and that was a failed attempt [CC-174]', async (_, onOpen) => {
    const setup = await start(onOpen)
    const {client, clock, closes, network, states} = setup
    client.send('a')
    expect(closes.map(({close}) => close)).toMatchObject([{code: 1006, origin: 'setup', error: 'bad token'}])
    expect([client.state.name, network.live]).toEqual(['backoff', []])
    await clock.advance(1000)
    expect(network.sockets).toHaveLength(2)
    await clock.advance(60_000)
    expect(states).not.toContain('open')
    expect([sentOn(network), client.stats.unsent]).toEqual([[], 1])
    client.close()
    expectRest(setup)
  })

  it('that never ends is given up after `connectTimeout`, and its session is over [CC-174]', async () => {
    const sessions: Session[] = []
    const setup = await start((session) => {
      sessions.push(session)
      return new Promise(() => {})
    }, {connectTimeout: 3000})
    const {client, clock, closes} = setup
    await clock.advance(2999)
    expect([client.state.name, sessions[0]!.signal.aborted]).toEqual(['connecting', false])
    await clock.advance(1)
    expect(closes).toMatchObject([{close: {code: 1006, origin: 'setup'}, verdict: {action: 'retry'}}])
    expect(sessions[0]!.signal.aborted).toBe(true)
    expect(() => sessions[0]!.send('late')).toThrow(expect.objectContaining({code: 'CLOSED'}))
    await clock.advance(1000)
    expect(sessions[1]!.attempt).toBe(1)
    client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('is closed meanwhile as what it is, an open connection, and its session is over [CC-81] [CC-174]', async () => {
    const sessions: Session[] = []
    const setup = await start((session) => {
      sessions.push(session)
      return new Promise(() => {})
    })
    setup.client.close(4000, 'enough')
    expect(setup.client.state.name).toBe('closing')
    expect(() => sessions[0]!.send('late')).toThrow(expect.objectContaining({code: 'CLOSED'}))
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code: 4000, reason: 'enough', wasClean: true, opened: true}, verdict: {action: 'end'}}])
    expect(setup.network.last.closeFrame).toEqual({code: 4000, reason: 'enough'})
    expectRest(setup)
  })

  it('that gives up as its session ends does not cut the closing handshake short [CC-81] [CC-174]', async () => {
    const setup = await start((session) => session.receive(), {}, goesSilent())
    setup.client.close(4000)
    await settled(setup)
    expect(setup.client.state.name).toBe('closing')
    await setup.clock.advance(2000)
    expect(setup.closes).toMatchObject([{close: {origin: 'close-timeout'}}])
    expectRest(setup)
  })

  it.each([[3000, 'refresh'], [1013, 'retry']] as const)('meanwhile a close of the server is judged by its code: %i [CC-174]', async (code, action) => {
    let asked = 0
    const setup = await start(() => new Promise(() => {}), {credentials: () => ++asked})
    setup.network.last.server.close(code)
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code, origin: 'event'}, verdict: {action}}])
    await setup.clock.advance(5000)
    expect(asked).toBe(action === 'refresh' ? 2 : 1)
    expect(setup.network.sockets.length).toBe(2)
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('meanwhile close() ends all, and nothing that it does later is heard [CC-174]', async () => {
    let release!: () => void
    let session!: Session
    const setup = await start((given) => {
      session = given
      return new Promise<void>((resolve) => (release = resolve))
    })
    const {client, clock} = setup
    const received = watch(session.receive())
    client.close()
    await clock.advance(0)
    expect([client.state.name, session.signal.aborted, received.error]).toEqual(['closed', true, expect.objectContaining({code: 'CLOSED'})])
    release()
    await clock.advance(10_000)
    expect(client.state.name).toBe('closed')
    expectRest(setup)
  })

  it('receives the next message, or the one that is meant, and listeners are told, too [CC-174]', async () => {
    const got: unknown[] = []
    const setup = await start(async (session) => {
      got.push(await session.receive())
      got.push(await session.receive((data) => data === 'WELCOME'))
    })
    const {server} = setup.network.last
    for (const data of ['hello', 'noise', 'WELCOME', 'after']) {
      expect(setup.client.state.name).toBe(data === 'after' ? 'open' : 'connecting')
      server.send(data)
      await settled(setup)
    }
    expect(got).toEqual(['hello', 'WELCOME'])
    expect(setup.messages).toEqual(['hello', 'noise', 'WELCOME', 'after'])
    setup.client.close()
  })

  it('is given what `accepts` throws, and a wait that nobody minds harms nobody [CC-174]', async () => {
    const setup = await start((session) => {
      void session.receive()
      return session.receive(() => {
        throw new Error('not that')
      })
    })
    setup.network.last.server.send('x')
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {origin: 'setup', error: 'not that'}}])
    setup.client.close()
  })

  it('done, its session is over [CC-174]', async () => {
    let session!: Session
    const setup = await start((given) => void (session = given))
    expect(setup.client.state.name).toBe('open')
    expect(session.signal.aborted).toBe(true)
    expect(() => session.send('x')).toThrow(expect.objectContaining({name: 'ClosecallError', code: 'CLOSED'}))
    await expect(session.receive()).rejects.toMatchObject({code: 'CLOSED'})
    expect(sentOn(setup.network)).toEqual([])
    setup.client.close()
  })

  it('is told at once what can\'t be sent, and what it sent is never sent again [CC-174]', async () => {
    const errors: unknown[] = []
    const setup = await start((session) => {
      try {
        session.send(5)
      } catch (error) {
        errors.push(error)
      }
      session.send(padding)
      session.send('auth')
    }, {}, sequence(stalls(), accepts()))
    honest(setup)
    expect(errors).toMatchObject([{code: 'INVALID'}])
    setup.network.last.server.drop()
    const drops = dropsOf(setup.client)
    await setup.clock.advance(5000)
    expect([sentOn(setup.network), drops]).toEqual([[padding, 'auth'], []])
    setup.client.close()
  })

  it('comes before the heartbeat [CC-174]', async () => {
    let release!: () => void
    const setup = await start(() => new Promise<void>((resolve) => (release = resolve)), {heartbeat: {message: 'ping', interval: 1000, timeout: 1000}})
    await setup.clock.advance(5000)
    expect([setup.client.state.name, sentOn(setup.network)]).toEqual(['connecting', []])
    release()
    await setup.clock.advance(999)
    expect([setup.client.state.name, sentOn(setup.network)]).toEqual(['open', []])
    await setup.clock.advance(1)
    expect(sentOn(setup.network)).toEqual(['ping'])
    setup.client.close()
  })
})

describe('drained() and `drain`', () => {
  it('wait until the runtime has passed on enough [CC-188]', async () => {
    const setup = await settled(setUp(stalls(), {highWaterMark: 100}))
    const {client, clock, network} = setup
    let drains = 0
    client.on('drain', () => drains++)
    await client.drained()
    client.send('x'.repeat(101))
    expect(client.bufferedAmount).toBe(101)
    const drained = client.drained()
    const seen = watch(drained.then(() => 'drained'))
    await clock.advance(1000)
    expect([seen.value, drains]).toEqual([undefined, 0])
    network.last.server.stalled = false
    await clock.advance(1000)
    expect([seen.value, drains, client.bufferedAmount]).toEqual(['drained', 1, 0])
    client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('wait until the send buffer has room [CC-188]', async () => {
    const setup = await settled(setUp(sequence(refuses(), accepts()), {buffer: {maxMessages: 2}}))
    const {client, clock} = setup
    let drains = 0
    client.on('drain', () => drains++)
    expect([client.send('a'), client.send('b'), client.send('c')]).toEqual(['buffered', 'buffered', 'refused'])
    const seen = watch(client.drained().then(() => 'drained'))
    await clock.advance(900)
    expect(seen.value).toBeUndefined()
    await clock.advance(1000)
    expect([seen.value, drains]).toEqual(['drained', 1])
    client.close()
  })

  it('rejects when the client stops before, and when it has stopped [CC-188]', async () => {
    for (const [behaviour, code] of [[neverAnswers(), 'CLOSED'], [sequence(refuses(), acceptsThenCloses(1007)), 'FAILED']] as const) {
      const setup = await settled(setUp(behaviour, {buffer: {maxMessages: 1}, onReport: () => {}, onOpen: () => new Promise(() => {})}))
      const {client, clock} = setup
      client.send('a')
      client.send('b')
      const seen = watch(client.drained())
      if (code === 'CLOSED') client.close()
      await clock.advance(5000)
      expect(seen.error).toMatchObject({name: 'ClosecallError', code})
      await expect(client.drained()).rejects.toMatchObject({code})
      expectRest(setup)
    }
  })
})

describe.each(['send', 'deliver'] as const)('%s() with wishes', (how) => {
  const give = (client: Client, data: string, options?: object): void => void client[how](data, options)

  it('gives up what its policy says, and tells [CC-170]', async () => {
    for (const [overflow, lost, kept] of [['drop-oldest', ['0', '1'], ['2', '3']], ['drop-newest', ['2', '3'], ['0', '1']], ['refuse', [], ['0', '1']]] as const) {
      const {client, clock, network} = await settled(setUp(sequence(refuses(), accepts()), {buffer: {maxMessages: 2, overflow}}))
      const drops = dropsOf(client)
      for (const data of numbered(4)) give(client, data)
      expect(drops).toEqual(lost.map((data) => ({data, binary: false, outcome: {status: 'dropped', why: 'overflow', ...sure}})))
      await clock.advance(5000)
      expect(sentOn(network)).toEqual(kept)
      client.close()
    }
  })

  it('lets nothing leave that is too late, and tells in time [CC-171]', async () => {
    const setup = await settled(setUp(sequence(refuses(), accepts()), {buffer: {ttl: 700}}))
    const {client, clock, network} = setup
    const drops = dropsOf(client)
    give(client, 'short')
    give(client, 'long', {ttl: 5000})
    await clock.advance(699)
    expect(drops).toEqual([])
    await clock.advance(50)
    expect(drops).toMatchObject([{data: 'short', outcome: {status: 'expired', inDoubt: false}}])
    await clock.advance(5000)
    expect(sentOn(network)).toEqual(['long'])
    client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('sends what is high first, and of a key only the newest [CC-172]', async () => {
    const {client, clock, network} = await settled(setUp(sequence(refuses(), accepts())))
    const drops = dropsOf(client)
    give(client, 'cursor 1', {key: 'cursor'})
    give(client, 'text')
    give(client, 'auth', {priority: 'high'})
    give(client, 'cursor 2', {key: 'cursor'})
    expect(drops).toMatchObject([{data: 'cursor 1', outcome: {status: 'dropped', why: 'replaced'}}])
    await clock.advance(5000)
    expect(sentOn(network)).toEqual(['auth', 'text', 'cursor 2'])
    client.close()
  })

  it('takes back what is aborted, and leaves no listener behind [CC-173]', async () => {
    const setup = await settled(setUp(sequence(refuses(), accepts())))
    const {client, clock, network} = setup
    const drops = dropsOf(client)
    const controller = new AbortController()
    const {signal} = new AbortController()
    let listeners = 0
    for (const each of [controller.signal, signal]) {
      const {addEventListener, removeEventListener} = each
      each.addEventListener = (...given: any[]) => (listeners++, addEventListener.apply(each, given as never))
      each.removeEventListener = (...given: any[]) => (listeners--, removeEventListener.apply(each, given as never))
    }
    give(client, 'never', {signal: controller.signal})
    for (const data of numbered(9)) give(client, data, {signal})
    expect(listeners).toBe(10)
    controller.abort()
    expect([listeners, client.stats.unsent, drops]).toEqual([9, 9, []])
    give(client, 'aborted already', {signal: controller.signal})
    await clock.advance(5000)
    expect(listeners).toBe(0)
    give(client, 'at once', {signal})
    await clock.advance(1000)
    expect(sentOn(network)).toEqual([...numbered(9), 'at once'])
    expect(listeners).toBe(0)
    client.close()
  })
})

describe('a flush', () => {
  const many = {buffer: {maxMessages: 5000, maxBytes: Infinity}}

  /** A clock that notes what `look` sees whenever a timer runs. */
  const watchful = (look: () => unknown) => {
    const clock = fakeClock()
    const seen: unknown[] = []
    const {setTimeout} = clock
    clock.setTimeout = (callback, delay) => setTimeout(() => (seen.push(look()), callback()), delay)
    return {clock, seen}
  }

  it('goes in chunks of 500 with a turn between, and keeps the order with what is sent meanwhile [CC-177]', async () => {
    let setup: Setup | undefined = undefined
    const results: string[] = []
    const {clock, seen} = watchful(() => {
      const {length} = setup!.network.sockets.at(-1)?.sent ?? []
      if (length && length < 2000) results.push(setup!.client.send(`late ${length}`))
      return length
    })
    setup = setUp(sequence(refuses(), accepts()), {...many, clock})
    await settled(setup)
    const {client, network} = setup as Setup
    for (const data of numbered(2000)) expect(client.send(data)).toBe('buffered')
    await clock.advance(5000)
    expect([...new Set(seen)].filter(Boolean).slice(0, 4)).toEqual([500, 1000, 1500, 2000])
    expect(results.length).toBeGreaterThan(2)
    expect(new Set(results)).toEqual(new Set(['buffered']))
    expect(sentOn(network).slice(0, 2000)).toEqual(numbered(2000))
    const late = sentOn(network).slice(2000) as string[]
    expect(late).toHaveLength(results.length)
    expect(late).toEqual([...late].sort((a, b) => Number(a.slice(5)) - Number(b.slice(5))))
    expect(client.send('now')).toBe('sent')
    client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('that is cut costs what was written, and the rest goes out on the next connection, once each [CC-177]', async () => {
    const setup = await settled(setUp(sequence(refuses(), stalls(), accepts()), many))
    const {client, clock, network} = setup
    const outcomes: Outcome[] = []
    const drops = dropsOf(client)
    for (const data of numbered(2000)) void client.deliver(data).then((outcome) => outcomes.push(outcome))
    await clock.advance(2000)
    const {length} = network.last.server.socket.sent
    expect([length, client.stats.unsent]).toEqual([0, 500])
    network.last.server.drop()
    await clock.advance(0)
    expect(outcomes).toEqual(Array(1500).fill({status: 'written', inDoubt: true, writes: 1}))
    expect(drops.map(({data}) => data)).toEqual(numbered(1500))
    await clock.advance(5000)
    expect(outcomes.slice(1500)).toEqual(Array(500).fill({status: 'written', inDoubt: false, writes: 1}))
    expect(sentOn(network)).toEqual(numbered(2000).slice(1500))
    client.close()
  })

  it('that is cut in its middle: every message arrived, or is in doubt, and none twice [CC-177]', async () => {
    const setup = await settled(setUp(sequence(refuses(), (server) => {
      server.accept()
      server.onmessage = ({data}) => {
        if (data === '700') server.drop()
      }
    }, accepts()), many))
    const {client, clock, network} = setup
    const outcomes = new Map<string, Outcome>()
    for (const data of numbered(2000)) void client.deliver(data).then((outcome) => outcomes.set(data, outcome))
    await clock.advance(10_000)
    expect(outcomes.size).toBe(2000)
    expect(sentOn(network)).toEqual(numbered(2000))
    const doubtful = [...outcomes].filter(([, {inDoubt}]) => inDoubt).map(([data]) => data)
    expect(doubtful).toContain('700')
    expect(doubtful.length).toBeLessThanOrEqual(1500)
    client.close()
  })

  it('that is cut after three chunks: all three are in doubt [CC-177]', async () => {
    const setup = await settled(setUp(sequence(refuses(), (server) => {
      server.accept()
      server.onmessage = ({data}) => {
        if (data === '1499') server.drop()
      }
    }, accepts()), many))
    const {client, clock, network} = setup
    const doubtful: string[] = []
    for (const data of numbered(2000)) void client.deliver(data).then(({inDoubt}) => inDoubt && doubtful.push(data))
    await clock.advance(10_000)
    expect(doubtful).toEqual(numbered(1500))
    expect(sentOn(network)).toEqual(numbered(2000))
    client.close()
  })

  it('with protocol pings: nothing beyond three chunks goes out before the peer has answered [CC-177]', async () => {
    const setup = await settled(setUp(sequence(refuses(), (server) => {
      server.silent = true
      server.accept()
    }), {...many, kind: 'node', heartbeat: false}))
    const {client, clock, network} = setup
    const outcomes: Outcome[] = []
    for (const data of numbered(4000)) void client.deliver(data).then((outcome) => outcomes.push(outcome))
    await clock.advance(1900)
    expect([network.last.sent.length, network.last.pings, outcomes]).toEqual([1500, 1, []])
    network.last.server.silent = false
    network.last.onpong!()
    await clock.advance(100)
    expect(outcomes.length).toBe(4000)
    expect(new Set(outcomes.map(({status, inDoubt}) => `${status} ${inDoubt}`))).toEqual(new Set(['written false']))
    expect(sentOn(network)).toEqual(numbered(4000))
    client.close()
  })

  it('a peer that answers no ping is not waited for longer than 2 s [CC-177]', async () => {
    const setup = await settled(setUp(sequence(refuses(), goesSilent()), {...many, kind: 'node', heartbeat: false}))
    const {client, clock, network} = setup
    for (const data of numbered(4000)) client.send(data)
    await clock.advance(1000)
    const openedAt = clock.now()
    expect(network.last.sent.length).toBe(1500)
    await clock.advance(openedAt + 1900 - clock.now())
    expect(network.last.sent.length).toBe(1500)
    await clock.advance(300)
    expect(sentOn(network)).toEqual(numbered(4000))
    // It should have shown that it has them.
    const doubted = client.deliver('one more')
    await clock.advance(1000)
    expect(await doubted).toEqual({status: 'written', inDoubt: true, writes: 1})
    client.close()
    await clock.advance(5000)
    expectRest(setup)
  })
})

describe('what had not left when the connection broke', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(100)) as [string, string, string]

  it('is sent again before all else where the runtime tells, and a later report says so [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), accepts()), {onReport: () => {}}))
    const {client, clock, network} = setup
    const reports = reportsOf(setup)
    honest(setup)
    for (const data of [padding, a, b]) expect(client.send(data)).toBe('sent')
    network.last.server.drop()
    await clock.advance(0)
    expect(client.send(c)).toBe('buffered')
    expect(client.stats.unsent).toBe(3)
    await clock.advance(5000)
    expect(sentOn(network)).toEqual([a, b, c])
    network.last.server.close(1007)
    await clock.advance(0)
    expect(reports[0]!.frames.map(({buffered, replayed}) => [buffered, replayed])).toEqual([[true, true], [true, true], [true, false]])
  })

  it('is said to be lost where it was bytes that send() handed over, and not where deliver() did [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), accepts())))
    const {client, clock, network} = setup
    honest(setup)
    const drops = dropsOf(client)
    const bytes = new Uint8Array(100).fill(1)
    const kept = new Uint8Array(100).fill(2)
    client.send(padding)
    client.send(bytes)
    const receipt = watch(client.deliver(kept))
    client.send(a)
    network.last.server.drop()
    await clock.advance(5000)
    expect(drops).toEqual([{data: bytes, binary: true, outcome: {status: 'dropped', why: 'not-kept', inDoubt: false, writes: 1}}])
    expect(sentOn(network)).toEqual([kept, a])
    expect(receipt.value).toEqual({status: 'written', inDoubt: false, writes: 2})
    client.close()
  })

  it('is sent again over any number of breaks, in order, and once [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), refuses(), stalls(), stalls(), accepts())))
    const {client, clock, network} = setup
    honest(setup)
    client.send(padding)
    for (const data of [a, b]) client.send(data)
    for (let n = 0; n < 4; n++) {
      network.last.server.drop()
      await clock.advance(0)
      // Something that may be in doubt: the next connection has headers to count, too.
      client.send(padding, {priority: 'high'})
      await clock.advance(9000)
    }
    await clock.advance(60_000)
    expect(sentOn(network).filter((data) => data !== padding)).toEqual([a, b])
    client.close()
  })

  it('is in doubt where the runtime does not tell, and is not sent again [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), accepts())))
    const {client, clock, network} = setup
    const receipt = watch(client.deliver(a))
    client.send(b)
    network.last.server.drop()
    await clock.advance(5000)
    expect([receipt.value, sentOn(network)]).toEqual([{status: 'written', inDoubt: true, writes: 1}, []])
    client.close()
  })

  it('can be taken when the client stops [CC-176]', async () => {
    const setup = await settled(setUp(stalls(), {onReport: () => {}}))
    const {client, network} = setup
    honest(setup)
    for (const data of [padding, a, b]) client.send(data)
    network.last.server.close(1007)
    await settled(setup)
    expect(client.state.name).toBe('failed')
    expect(client.takeUnsent()).toEqual([{data: a, binary: false}, {data: b, binary: false}])
    expectRest(setup)
  })
})

describe('1009', () => {
  it('the message at fault is not sent again, larger ones are refused, and smaller ones pass [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {verdicts: {1009: 'retry'}, delivery: delivery(), onReport: () => {}}))
    const {client, clock, network} = setup
    const drops = dropsOf(client)
    const [small, large, larger] = ['s'.repeat(10), 'l'.repeat(100), 'x'.repeat(200)]
    const outcomes = [small, large].map((data) => watch(client.deliver(data!)))
    network.last.server.close(1009)
    await clock.advance(5000)
    expect(client.stats.tooBig).toBe(100)
    expect(outcomes.map(({value}) => value)).toMatchObject([undefined, {status: 'dropped', why: 'too-big'}])
    expect(network.last.sent.map(({data}) => data)).toEqual([small])
    expect(drops).toMatchObject([{data: large, outcome: {why: 'too-big'}}])
    network.last.server.send(`ack ${small}`)
    await clock.advance(0)
    expect(outcomes[0]!.value).toEqual({status: 'acknowledged', inDoubt: false, writes: 2})

    expect(client.send(larger!)).toBe('refused')
    expect(await client.deliver(larger!)).toEqual({status: 'unsent', why: 'too-big', ...sure})
    expect(drops.slice(1)).toEqual([1, 2].map(() => ({data: larger, binary: false, outcome: {status: 'unsent', why: 'too-big', ...sure}})))
    expect(client.send('y'.repeat(99))).toBe('sent')
    client.close()
  })

  it('is learnt from send(), too, and what waits is given up [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {verdicts: {1009: 'retry'}, onReport: () => {}}))
    const {client, clock, network} = setup
    const drops = dropsOf(client)
    client.send('é'.repeat(50))
    network.last.server.close(1009)
    client.once('close', () => expect(client.send('w'.repeat(100))).toBe('refused'))
    await clock.advance(5000)
    expect(client.stats.tooBig).toBe(100)
    expect([client.send('z'.repeat(100)), client.send('é'.repeat(50)), client.send('z'.repeat(99))]).toEqual(['refused', 'refused', 'sent'])
    expect(drops.map(({outcome}) => outcome.why)).toEqual(['too-big', 'too-big', 'too-big'])
    client.close()
  })
})

describe('1009, where the largest message is not the last', () => {
  it('no limit is learnt from small messages that followed the one at fault [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {verdicts: {1009: 'retry'}, onReport: () => {}}))
    const {client, clock, network} = setup
    client.send('x'.repeat(100_000))
    for (const data of numbered(20)) client.send(data)
    network.last.server.close(1009)
    await clock.advance(5000)
    expect(client.send('hello')).toBe('sent')
    client.close()
  })

  it('bytes, and not characters, tell which one is at fault [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {verdicts: {1009: 'retry'}, onReport: () => {}}))
    const {client, clock, network} = setup
    client.send('é'.repeat(60))
    client.send('a'.repeat(100))
    network.last.server.close(1009)
    await clock.advance(5000)
    expect(client.stats.tooBig).toBe(120)
    client.close()
  })

  it('the message at fault is not sent again where no evidence is kept [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {verdicts: {1009: 'retry'}, delivery: delivery(), evidence: {frames: 0}, onReport: () => {}}))
    const {client, clock, network} = setup
    const outcome = watch(client.deliver('x'.repeat(100)))
    network.last.server.close(1009)
    await clock.advance(5000)
    expect(network.last.sent).toEqual([])
    expect(outcome.value).toMatchObject({status: 'dropped', why: 'too-big'})
    client.close()
  })

  it('`drop` tells of text bytes as they were given [CC-179]', async () => {
    const setup = await settled(setUp(accepts(), {kind: 'ws', verdicts: {1009: 'retry'}, onReport: () => {}}))
    const {client, clock, network} = setup
    client.send('x'.repeat(100))
    network.last.server.close(1009)
    await clock.advance(5000)
    const drops = dropsOf(client)
    client.send(new Uint8Array(100).fill(65), {binary: false})
    expect(drops).toMatchObject([{binary: false}])
    client.close()
  })
})

describe('without a send buffer', () => {
  it('what comes back does not bar what comes next [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), accepts()), {buffer: false}))
    const {client, clock, network} = setup
    honest(setup)
    client.send(padding)
    const receipt = watch(client.deliver('a'))
    network.last.server.drop()
    await clock.advance(5000)
    expect(receipt.value).toEqual({status: 'unsent', why: 'full', inDoubt: false, writes: 1})
    expect([client.stats.unsent, client.send('b')]).toEqual([0, 'sent'])
    const next = client.deliver('c')
    await clock.advance(1000)
    expect(await next).toMatchObject({status: 'written'})
    client.close()
  })
})

describe('messages()', () => {
  const flood = async (options?: Parameters<Client['messages']>[0]) => {
    const setup = await settled(setUp())
    const messages = setup.client.messages(options)
    for (const data of numbered(5)) setup.network.last.server.send(data)
    await settled(setup)
    return {...setup, messages}
  }

  const read = async (messages: AsyncIterator<unknown>, count: number): Promise<unknown[]> => {
    const values: unknown[] = []
    while (values.length < count) values.push((await messages.next()).value)
    return values
  }

  it('fails by default, after what it kept, so that no gap goes unnoticed [CC-189]', async () => {
    const {client, messages} = await flood({maxMessages: 3})
    expect(await read(messages, 3)).toEqual(['0', '1', '2'])
    await expect(messages.next()).rejects.toMatchObject({name: 'ClosecallError', code: 'OVERFLOW'})
    expect(await messages.next()).toEqual({done: true, value: undefined})
    expect(client.state.name).toBe('open')
    client.close()
  })

  it.each([['drop-oldest', ['2', '3', '4']], ['drop-newest', ['0', '1', '2']]] as const)('keeps as many as it is told to: %s [CC-189]', async (overflow, kept) => {
    const {client, clock, network, messages} = await flood({maxMessages: 3, overflow})
    expect(await read(messages, 3)).toEqual(kept)
    const next = watch(messages.next())
    await clock.advance(0)
    expect(next).toEqual({})
    network.last.server.send('later')
    await clock.advance(0)
    expect(next.value).toEqual({done: false, value: 'later'})
    client.close()
    await clock.advance(0)
    expect(await messages.next()).toEqual({done: true, value: undefined})
  })

  it('keeps 10,000 by default, and goes on over a reconnect until close() [CC-189]', async () => {
    const setup = await settled(setUp())
    const {client, clock, network} = setup
    const messages = client[Symbol.asyncIterator]()
    for (const data of numbered(5000)) network.last.server.send(data)
    await clock.advance(0)
    network.last.server.drop()
    await clock.advance(5000)
    for (const data of numbered(5000)) network.last.server.send(data)
    await clock.advance(0)
    client.close()
    await clock.advance(0)
    expect(await read(messages, 10_000)).toEqual([...numbered(5000), ...numbered(5000)])
    expect(await messages.next()).toEqual({done: true, value: undefined})
  })

  it('throws once when the client fails, and stops listening when it is left [CC-189]', async () => {
    const setup = await settled(setUp(accepts(), {onReport: () => {}}))
    const failing = setup.client.messages()
    const left: unknown[] = []
    const reading = (async () => {
      for await (const data of setup.client) {
        left.push(data)
        break
      }
    })()
    setup.network.last.server.send('a')
    setup.network.last.server.close(1007)
    await settled(setup)
    await reading
    expect(left).toEqual(['a'])
    expect(await read(failing, 1)).toEqual(['a'])
    await expect(failing.next()).rejects.toMatchObject({code: 'FAILED', close: {code: 1007}})
    expect((await failing.next()).done).toBe(true)
  })
})

describe('bad input', () => {
  it.each<[SetupOptions | object, string]>([
    [{buffer: {overflow: 'drop'}}, 'overflow'],
    [{buffer: {ttl: 0}}, 'ttl'],
    [{buffer: {maxMessages: -1}}, 'maxMessages'],
    [{buffer: {maxBytes: NaN}}, 'maxBytes'],
    [{highWaterMark: -1}, 'highWaterMark'],
    [{onOpen: 'auth'}, 'onOpen'],
    [{delivery: {}}, 'delivery'],
    [{delivery: () => ({})}, 'delivery'],
    [{delivery: () => undefined}, 'delivery'],
    [{delivery: () => ({...delivery()(), window: 0})}, 'delivery'],
    [{codec: {encode: JSON.stringify}}, 'codec'],
    [{schema: {}}, 'schema'],
  ])('%j is told in a sentence that names it [CC-170] [CC-174]', (options, name) => {
    expect(() => setUp(accepts(), options)).toThrow(expect.objectContaining({code: 'INVALID', message: expect.stringMatching(new RegExp(`^closecall: \`(\\w+\\.)*${name}\` must be .+, got `))}))
  })

  it.each<[object, string]>([
    [{ttl: 0}, 'ttl'],
    [{ttl: '5'}, 'ttl'],
    [{priority: 'low'}, 'priority'],
    [{key: 5}, 'key'],
    [{signal: {}}, 'signal'],
    [{binary: 1}, 'binary'],
    [{tll: 5}, 'tll'],
  ])('send() and deliver() take nothing with %j, and lose nothing [CC-170] [CC-171] [CC-172] [CC-173]', async (options, name) => {
    const {client} = setUp(neverAnswers())
    const invalid = expect.objectContaining({code: 'INVALID', message: expect.stringContaining(`\`${name}\``)})
    client.send('kept')
    expect(() => client.send('x', options)).toThrow(invalid)
    await expect(client.deliver('x', options)).rejects.toEqual(invalid)
    expect(client.takeUnsent()).toEqual([{data: 'kept', binary: false}])
    client.close()
  })

  it.each([{maxMessages: 0}, {overflow: 'refuse'}, {max: 5}])('messages() does not take %j [CC-189]', (options) => {
    const {client} = setUp()
    expect(() => client.messages(options as never)).toThrow(expect.objectContaining({code: 'INVALID'}))
    client.close()
  })

  it('an id that is awaited already, and what can\'t be encoded, are told to the sender and to nobody else [CC-175]', async () => {
    const setup = await settled(setUp(accepts(), {delivery: delivery()}))
    const {client, network} = setup
    client.send('a')
    expect(() => client.send('a')).toThrow(expect.objectContaining({code: 'INVALID'}))
    await expect(client.deliver('a')).rejects.toMatchObject({code: 'INVALID'})
    network.last.server.send('ack a')
    await settled(setup)
    expect(client.send('a')).toBe('sent')
    client.close()

    const other = await settled(setUp(accepts(), {codec: {encode: (value: unknown) => JSON.stringify(value), decode: (data: unknown) => data}}))
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    expect(() => other.client.send(cyclic as never)).toThrow(expect.objectContaining({code: 'INVALID', cause: expect.any(TypeError)}))
    await expect(other.client.deliver(cyclic as never)).rejects.toMatchObject({code: 'INVALID'})
    expect([sentOn(other.network), other.client.stats.unsent]).toEqual([[], 0])
    other.client.close()
  })

  it('acknowledgements of what was never sent are told by `invalid`, however many, and cost nothing [CC-175]', async () => {
    const setup = await settled(setUp(accepts(), {delivery: delivery()}))
    const {client, network} = setup
    const reasons: string[] = []
    const off = client.on('invalid', ({reason}) => reasons.push(reason))
    const receipt = watch(client.deliver('a'))
    for (const data of numbered(100)) network.last.server.send(`ack ${data}`)
    await settled(setup)
    expect(reasons).toEqual(numbered(100).map(() => 'unknown-ack'))
    off()
    for (const data of numbered(100)) network.last.server.send(`ack ${data}`)
    network.last.server.send('ack a')
    await settled(setup)
    expect(receipt.value?.status).toBe('acknowledged')
    expect(warned).toHaveBeenCalledTimes(1)
    client.close()
  })
})
