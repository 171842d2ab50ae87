// Does every call do the right thing in every state, and whatever the runtime does?

import {describe, expect, it, vi} from 'vitest'
import {
  accepts,
  acceptsThenCloses,
  closesSynchronously,
  closesTwice,
  deliversWhileClosing,
  drops,
  errorsAfterClose,
  errorsWithoutClose,
  goesSilent,
  neverAnswers,
  neverDeliversClose,
  refuses,
  sequence,
  throwsOnConstruct,
} from '../../src/testing/index.ts'
import {complained, everyWay, expectRest, globalListeners, long, offline, online, reportsOf, setUp, settled, takeUncaught, url, watchTheWorld, ways, watchedSignals} from './fixture.ts'

watchTheWorld()

describe('the way through the states [CC-1]', () => {
  it('connects by itself, opens, and stays', async () => {
    const setup = setUp()
    expect(setup.client.state).toMatchObject({name: 'connecting', attempt: 0, deadline: 10_000})
    await setup.clock.advance(long)
    expect(setup.states).toEqual(['open'])
    expect(setup.client.state).toMatchObject({name: 'open', attempt: 0, since: 0})
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('waits for open() with autoOpen: false', async () => {
    const setup = setUp(accepts(), {autoOpen: false})
    await setup.clock.advance(long)
    expect(setup.client.state).toEqual({name: 'idle', epoch: 0})
    expectRest(setup)
    expect(setup.network.sockets).toEqual([])
    setup.client.open()
    await settled(setup)
    expect(setup.states).toEqual(['connecting', 'open'])
    setup.client.close()
  })

  it('never opens a socket inside connect(): listeners come in time', async () => {
    const setup = setUp()
    expect(setup.network.sockets).toEqual([])
    const heard: string[] = []
    setup.client.on('open', ({name}) => heard.push(name))
    await settled(setup)
    expect(heard).toEqual(['open'])
    setup.client.close()
  })

  it('comes back after a cut, and tells each step', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    await setup.clock.advance(1000)
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    expect(setup.closes).toMatchObject([{at: 0, close: {code: 1006, opened: true, age: 0, origin: 'event', wasClean: false}, verdict: {action: 'retry'}}])
    setup.client.close()
  })

  it('gives each listener the state that it is in', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    const {client} = setup
    client.on('state', (state) => expect(client.state).toBe(state))
    client.on('retry', (state) => expect(state).toMatchObject({name: 'backoff', attempt: 1, delay: 1000, retryAt: 1000, last: {code: 1006}, verdict: {action: 'retry'}}))
    client.on('open', (state) => expect(state.name).toBe('open'))
    client.on('closed', (state) => expect(state).toMatchObject({name: 'closed', last: {code: 4000, reason: 'done', opened: true}, verdict: {action: 'end', fault: 'none'}}))
    expect.assertions(6 + 1 + 2 + 1)
    await setup.clock.advance(1000)
    client.close(4000, 'done')
    await settled(setup)
  })

  it('epochs only ever grow [CC-4]', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    const epochs: number[] = [setup.client.state.epoch]
    setup.client.on('state', ({epoch}) => epochs.push(epoch))
    await setup.clock.advance(1000)
    setup.client.reconnect()
    await settled(setup)
    setup.client.close()
    await settled(setup)
    setup.client.open()
    await settled(setup)
    setup.client.close()
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
    expect(epochs.at(-1)).toBeGreaterThan(4)
  })

  it('knows url, protocol and extensions of the connection', async () => {
    const setup = setUp(accepts({protocol: 'b', extensions: 'permessage-deflate'}), {url: 'https://example.test/live?token=1', protocols: ['a', 'b']})
    expect([setup.client.url, setup.client.protocol, setup.client.extensions]).toEqual(['', '', ''])
    await settled(setup)
    expect([setup.client.url, setup.client.protocol, setup.client.extensions]).toEqual(['wss://example.test/live?token=1', 'b', 'permessage-deflate'])
    expect(setup.network.last.protocols).toEqual(['a', 'b'])
    expect(setup.network.last.binaryType).toBe('arraybuffer')
    setup.client.close()
  })

  it.each(['closed', 'backoff', 'failed'] as const)('knows nothing of a connection that is over: %s [CC-5]', async (name) => {
    const setup = setUp(accepts({protocol: 'b', extensions: 'permessage-deflate'}), {protocols: ['a', 'b']})
    setup.client.on('report', () => {})
    await settled(setup)
    Object.assign(setup.network.last, {bufferedAmount: 5})
    expect(setup.client.bufferedAmount).toBe(5)
    if (name === 'closed') setup.client.close()
    else setup.network.last.server.close(name === 'failed' ? 1007 : 1013)
    await settled(setup)
    expect(setup.client.state.name).toBe(name)
    expect([setup.client.protocol, setup.client.extensions, setup.client.bufferedAmount]).toEqual(['', '', 0])
    setup.client.close()
  })
})

describe('close() [CC-81]', () => {
  it.each(everyWay)('ends it for good: %s', async (way) => {
    const setup = await ways[way]()
    setup.client.on('report', () => {})
    const sockets = setup.network.sockets.length
    setup.client.close()
    setup.client.close()
    await setup.clock.advance(long)
    online()
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe(way === 'failed' ? 'failed' : 'closed')
    expect(setup.states.filter((name) => name === 'closed').length).toBeLessThan(2)
    expect(setup.network.sockets).toHaveLength(sockets)
    expectRest(setup)
  })

  it('sends the code and the reason, and tells the close', async () => {
    const setup = await ways.open()
    setup.client.close(4001, 'done')
    expect(setup.client.state).toMatchObject({name: 'closing', deadline: 2000})
    expect(setup.network.last.closeFrame).toEqual({code: 4001, reason: 'done'})
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code: 4001, reason: 'done', wasClean: true, origin: 'event'}, verdict: {action: 'end', fault: 'none', report: false}}])
    expectRest(setup)
  })

  it('sends 1000 by default', async () => {
    const setup = await ways.open()
    setup.client.close()
    expect(setup.network.last.closeFrame).toEqual({code: 1000, reason: ''})
  })

  it('a close with 1007 that answers ours is reported, and the end as wished', async () => {
    const setup = setUp(goesSilent())
    await settled(setup)
    setup.client.close()
    const reports = reportsOf(setup)
    setup.network.last.server.close(1007, 'crossed on the wire')
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'closed', last: {code: 1007}})
    expect(reports).toMatchObject([{failed: false, why: 'verdict', close: {code: 1007}}])
    expectRest(setup)
  })

  it('waits 2 s for a mute peer, no longer', async () => {
    const setup = await ways.closing()
    await setup.clock.advance(1999)
    expect(setup.client.state.name).toBe('closing')
    await setup.clock.advance(1)
    expect(setup.client.state).toMatchObject({name: 'closed', last: {code: 1006, origin: 'close-timeout', opened: true}})
    expect(setup.closes).toHaveLength(1)
    expectRest(setup)
  })

  it('waits as long as closeTimeout says', async () => {
    const setup = setUp(neverDeliversClose(), {closeTimeout: 50})
    await settled(setup)
    setup.client.close()
    await setup.clock.advance(50)
    expect(setup.client.state.name).toBe('closed')
    expectRest(setup)
  })

  it('destroys the connection of a mute peer, where the class can', async () => {
    const setup = setUp(goesSilent(), {kind: 'ws'})
    await settled(setup)
    setup.client.close()
    await setup.clock.advance(2000)
    expect(setup.network.last.readyState).toBe(3)
  })

  it('hears no message afterwards, though the runtime delivers it', async () => {
    const setup = setUp(deliversWhileClosing(goesSilent()))
    await settled(setup)
    setup.network.last.server.send('in time')
    await settled(setup)
    setup.client.close()
    setup.network.last.server.send('late')
    await setup.clock.advance(long)
    expect(setup.messages).toEqual(['in time'])
  })

  it.each([
    ['as the standard says', neverAnswers()],
    ['with its events inside close()', closesSynchronously()],
    ['without a close event', errorsWithoutClose(neverAnswers())],
    ['twice', closesTwice(neverAnswers())],
  ])('while connecting: %s', async (_name, behaviour) => {
    const setup = setUp(behaviour)
    await settled(setup)
    setup.client.close()
    expect(setup.client.state.name).toBe('closed')
    await setup.clock.advance(long)
    expect(setup.states).toEqual(['closed'])
    expectRest(setup)
  })

  it('the server\'s late accept opens nothing', async () => {
    const setup = setUp(neverAnswers())
    await settled(setup)
    setup.client.close()
    setup.network.last.server.accept()
    setup.network.last.server.emit('open')
    setup.network.last.server.emit('message', {data: 'x'})
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.messages).toEqual([])
  })
})

describe('reconnect() [CC-80]', () => {
  it.each(everyWay)('connects at once: %s', async (way) => {
    const setup = await ways[way]()
    setup.client.on('report', () => {})
    const before = setup.network.sockets.length
    setup.network.behaviour = accepts()
    setup.client.reconnect()
    setup.client.reconnect()
    await settled(setup)
    expect(setup.network.live.length).toBeLessThan(2)
    if (way.startsWith('connecting')) {
      expect(setup.client.state.name).toBe('connecting')
      expect(setup.network.sockets).toHaveLength(before)
    } else {
      expect(setup.client.state.name).toBe('open')
      expect(setup.network.sockets).toHaveLength(before + 1)
    }
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('leaves the old connection at once, and says so', async () => {
    const setup = await ways.open()
    const [old] = setup.network.sockets
    setup.client.reconnect()
    expect(setup.network.live).toEqual([])
    old!.server.emit('message', {data: 'from the old one'})
    old!.server.emit('close', {code: 1007, reason: '', wasClean: true})
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {origin: 'reconnect', opened: true}}])
    expect(setup.messages).toEqual([])
    expect(setup.states).toEqual(['open', 'connecting', 'open'])
    setup.client.close()
  })

  it('does not forget out of open what failed before, and asks for no credentials [CC-51]', async () => {
    let asked = 0
    const setup = setUp(sequence(acceptsThenCloses(1013), accepts(), acceptsThenCloses(1013)), {credentials: () => ++asked})
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    setup.client.reconnect()
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'backoff', attempt: 2, delay: 2000, streak: {strikes: 2}})
    expect(asked).toBe(1)
    setup.client.close()
  })

  it('does not forget what failed before: no way around the backoff of a server that closes at once', async () => {
    const setup = setUp(acceptsThenCloses(1013))
    for (let attempt = 1; attempt < 6; attempt++) {
      await settled(setup)
      expect(setup.client.state).toMatchObject({name: 'backoff', attempt})
      setup.client.reconnect()
    }
    setup.client.close()
  })
})

describe('open() [CC-80]', () => {
  it.each(everyWay)('%s', async (way) => {
    const setup = await ways[way]()
    const {state} = setup.client
    const before = setup.network.sockets.length
    setup.network.behaviour = accepts()
    setup.client.on('report', () => {})
    setup.client.open()
    setup.client.open()
    await settled(setup)
    if (['idle', 'closing', 'closed', 'failed'].includes(way)) {
      expect(setup.client.state).toMatchObject({name: 'open', attempt: 0})
      expect(setup.network.sockets).toHaveLength(before + 1)
    } else expect(setup.client.state).toBe(state)
    expect(setup.network.live.length).toBeLessThan(2)
    setup.client.close()
    await setup.clock.advance(long)
    expectRest(setup)
  })

  it('forgets past failures', async () => {
    const setup = setUp(acceptsThenCloses(4000), {backoff: {maxAttempts: 2}})
    setup.client.on('report', () => {})
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'attempts'})
    setup.client.open()
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'backoff', attempt: 1, streak: {strikes: 1}})
    setup.client.close()
  })
})

describe('whatever the runtime does [CC-4]', () => {
  it('an error and then a close are one end', async () => {
    const setup = setUp(refuses())
    await settled(setup)
    expect(setup.closes).toHaveLength(1)
    expect(setup.closes[0]).toMatchObject({close: {code: 1006, opened: false, origin: 'event'}})
    expect(setup.states).toEqual(['backoff'])
    setup.client.close()
  })

  it('an error without a close ends the attempt 100 ms later [CC-53]', async () => {
    const setup = setUp(errorsWithoutClose(refuses(503)))
    await setup.clock.advance(99)
    expect(setup.client.state).toMatchObject({name: 'connecting'})
    await setup.clock.advance(1)
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000, last: {code: 1006, origin: 'error', status: 503, opened: false}})
    expect(setup.network.live).toEqual([])
    setup.client.close()
    expectRest(setup)
  })

  it('so does an error on an open connection', async () => {
    const setup = await ways.open()
    setup.network.last.server.error('Z_DATA_ERROR')
    await setup.clock.advance(100)
    expect(setup.client.state).toMatchObject({name: 'backoff', last: {code: 1006, origin: 'error', error: 'Z_DATA_ERROR', opened: true}})
    expect(setup.network.live).toEqual([])
    setup.client.close()
    expectRest(setup)
  })

  it('two errors are one, and don\'t put off the end', async () => {
    const setup = await ways.open()
    setup.network.last.server.error('first')
    await setup.clock.advance(90)
    setup.network.last.server.error('second')
    await setup.clock.advance(10)
    expect(setup.closes).toMatchObject([{close: {error: 'first'}}])
    setup.client.close()
  })

  it('the code of the close counts, not that an error came first', async () => {
    const setup = await ways.open()
    setup.network.last.server.error('x')
    setup.network.last.server.close(1013)
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code: 1013, error: 'x', origin: 'event'}}])
    setup.client.close()
  })

  it('a close that comes twice is one', async () => {
    const setup = setUp(sequence(closesTwice(acceptsThenCloses(1013)), accepts()))
    await setup.clock.advance(1000)
    expect(setup.closes).toHaveLength(1)
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    setup.client.close()
  })

  it('an error after the close is nothing', async () => {
    const setup = setUp(sequence(errorsAfterClose(acceptsThenCloses(1013)), accepts()))
    await setup.clock.advance(1000)
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    setup.client.close()
  })

  it('a hung handshake is given up after 10 s, and tried again [CC-52]', async () => {
    const setup = setUp(sequence(neverAnswers(), accepts()))
    await setup.clock.advance(9999)
    expect(setup.client.state.name).toBe('connecting')
    await setup.clock.advance(1)
    expect(setup.client.state).toMatchObject({name: 'backoff', last: {code: 1006, origin: 'connect-timeout', opened: false, age: 0}})
    expect(setup.network.live).toEqual([])
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('one socket at a time, though every handshake hangs', async () => {
    const setup = setUp(neverAnswers())
    for (let steps = 0; steps < 30; steps++) {
      await setup.clock.advance(5000)
      expect(setup.network.live.length).toBeLessThan(2)
    }
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('a peer that is closing unasked loses nothing: what is sent waits, and reconnect() brings it', async () => {
    const setup = setUp(sequence(neverDeliversClose(acceptsThenCloses(1013)), accepts()))
    await settled(setup)
    expect(setup.network.last.readyState).toBe(2)
    expect(setup.client.send('a')).toBe('buffered')
    setup.client.reconnect()
    await settled(setup)
    expect(setup.network.last.sent).toEqual([{data: 'a', binary: false}])
    setup.client.close()
  })

  it('a runtime that constructs no socket is tried three times [CC-21]', async () => {
    const setup = setUp(throwsOnConstruct(Object.assign(new Error('An insecure connection may not be made: ws://example.test/?token=secret'), {name: 'SecurityError'})))
    const reports: unknown[] = []
    setup.client.on('report', (report) => reports.push(report))
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes', last: {origin: 'constructor', opened: false, error: expect.stringContaining('insecure')}})
    expect(JSON.stringify([setup.client.state, reports])).not.toContain('secret')
    expect(setup.delays).toEqual([1000, 2000])
    expectRest(setup)
  })

  it.each([null, undefined, 'a string', 0, Symbol('s')])('even if what it throws is %s', async (error) => {
    const setup = setUp(sequence(throwsOnConstruct(error), accepts()))
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('a close() that throws stops nothing', async () => {
    const setup = setUp()
    await settled(setup)
    setup.network.last.close = () => {
      throw new Error('of close()')
    }
    setup.client.reconnect()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('nor does a readyState that can\'t be read while the buffer is flushed; the error is seen', async () => {
    const setup = setUp(accepts())
    setup.client.once('open', () => {
      const broken = {
        configurable: true,
        get: () => {
          throw new Error('of readyState')
        },
      }
      Object.defineProperty(setup.network.last, 'readyState', broken)
    })
    await settled(setup)
    expect(takeUncaught()).toMatchObject([{message: 'of readyState'}])
    Object.defineProperty(setup.network.last, 'readyState', {value: 1, writable: true})
    setup.network.last.server.close(1013)
    await setup.clock.advance(1000)
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    setup.client.close()
  })

  it('nor does a binaryType that can\'t be set; the error is seen', async () => {
    const setup = setUp((server) => {
      Object.defineProperty(server.socket, 'binaryType', {
        set() {
          throw new Error('of binaryType')
        },
      })
      server.accept()
    })
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    expect(takeUncaught()).toMatchObject([{message: 'of binaryType'}])
    setup.client.close()
  })
})

describe('a resting client [CC-5]', () => {
  it.each(['idle', 'closed', 'failed'] as const)('has no timer, no socket and no listener: %s', async (way) => {
    expectRest(await ways[way]())
    if (way === 'failed') expect(complained).toHaveBeenCalledTimes(1)
  })

  it('listens to the world only while something is under way, once', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    expect(globalListeners()).toBe(watchedSignals.length)
    await setup.clock.advance(5000)
    setup.client.reconnect()
    await settled(setup)
    expect(globalListeners()).toBe(watchedSignals.length)
    setup.client.close()
    await settled(setup)
    expect(globalListeners()).toBe(0)
  })

  it('keeps at most one timer, whatever happens', async () => {
    const setup = setUp(sequence(neverAnswers(), refuses(), drops(), errorsWithoutClose(), accepts()))
    for (let steps = 0; steps < 40; steps++) {
      await setup.clock.advance(700)
      expect(setup.clock.pending).toBeLessThan(2)
    }
    expect(setup.client.state.name).toBe('open')
    await setup.clock.advance(20_000)
    expect(setup.clock.pending).toBe(1)
    setup.client.close()
  })

  it('has no timer at all in a page, once the connection is stable and there is no heartbeat', async () => {
    vi.stubGlobal('document', {visibilityState: 'visible'})
    const setup = setUp()
    await setup.clock.advance(9999)
    expect(setup.clock.pending).toBe(1)
    await setup.clock.advance(1)
    expect(setup.clock.pending).toBe(0)
    setup.client.close()
  })
})

describe('history and stats [CC-86]', () => {
  it('tell the last 16 closes, oldest first, each with a line', async () => {
    const setup = setUp(acceptsThenCloses(1013, 'busy'))
    for (let steps = 0; steps < 20; steps++) await setup.clock.advance(30_000)
    const {history} = setup.client
    expect(history).toHaveLength(16)
    expect(history).toEqual(setup.closes.slice(-16))
    expect(history[0]).toMatchObject({close: {code: 1013, reason: 'busy'}, verdict: {name: 'Try Again Later'}, explanation: expect.stringMatching(/^1013 Try Again Later \("busy"\).*server.*(retry|trying again)/)})
    setup.client.close()
  })

  it('are copies: nobody can change them from outside', async () => {
    const setup = await ways.backoff()
    ;(setup.client.history as unknown[]).length = 0
    expect(setup.client.history).toHaveLength(1)
    setup.client.close()
  })

  it('count connections, retries and messages', async () => {
    const setup = setUp(sequence(drops(), refuses(), accepts()), {url: () => url})
    setup.client.send('early')
    expect(setup.client.stats).toEqual({connections: 0, retries: 0, sent: 0, received: 0, unsent: 1, unsentBytes: 5})
    await setup.clock.advance(3000)
    setup.client.send('é')
    setup.network.last.server.send('x')
    await settled(setup)
    expect(setup.client.stats).toEqual({connections: 2, retries: 2, sent: 2, received: 1, unsent: 0, unsentBytes: 0})
    setup.client.close()
  })

  it('say what was really done, where the budget is spent', async () => {
    const setup = setUp(acceptsThenCloses(4000))
    setup.client.on('report', () => {})
    await setup.clock.advance(long)
    const {history} = setup.client
    expect(history.map(({verdict}) => verdict.action)).toEqual(Array(5).fill('retry'))
    expect(history.map(({explanation}) => explanation.split('; ')[1])).toEqual([...Array<string>(4).fill('trying again'), 'not trying again'])
    await expect(setup.client.ready).rejects.toMatchObject({code: 'FAILED', message: expect.stringMatching(/^closecall: 4000 .*; not trying again$/)})
  })

  it('count a retry when it connects: not the wait for it, but also one out of suspended', async () => {
    const setup = await ways.backoff()
    expect(setup.client.stats).toMatchObject({connections: 1, retries: 0})
    offline()
    online()
    offline()
    expect(setup.client.stats.retries).toBe(0)
    // The probe, one and a half times maxDelay later.
    await setup.clock.advance(45_000)
    expect(setup.client.stats).toMatchObject({connections: 2, retries: 1})
    setup.client.close()
    setup.client.open()
    await settled(setup)
    expect(setup.client.stats).toMatchObject({connections: 3, retries: 1})
    setup.client.close()
  })

  it('a state serialises', async () => {
    for (const way of everyWay) {
      const {client} = await ways[way]()
      expect(JSON.parse(JSON.stringify(client.state))).toEqual(client.state)
      client.close()
    }
  })
})
