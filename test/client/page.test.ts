// What does the client make of a page that is hidden, frozen, left, or back?

import {describe, expect, it} from 'vitest'
import {accepts, acceptsThenCloses, drops, neverAnswers, refuses, sequence} from '../../src/testing/index.ts'
import {everyWay, expectRest, globalListeners, long, offline, online, setUp, settled, tellPage, watchedSignals, watchTheWorld, ways, type Setup} from './fixture.ts'

watchTheWorld()

const cached = {persisted: true}

describe('a page that goes into the bfcache [CC-97]', () => {
  it('closes its connection, so that it may, and has no timer there', async () => {
    const setup = await ways.open()
    tellPage('pagehide', cached)
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page', last: {code: 1006, origin: 'page', opened: true}})
    expect(setup.closes).toMatchObject([{explanation: '1006 Abnormal Closure: the page was left; trying again', verdict: {action: 'retry', fault: 'none'}}])
    expect(setup.network.sockets[0]!.closeFrame).toEqual({code: 1000, reason: ''})
    expect(setup.network.live).toEqual([])
    expect(setup.clock.pending).toBe(0)
    setup.client.close()
  })

  it('connects again when it is back, within a second, and brings what was sent meanwhile', async () => {
    const setup = await ways.open()
    tellPage('pagehide', cached)
    expect(setup.client.send('x')).toBe('buffered')
    await setup.clock.jump(long)
    expect(setup.network.sockets).toHaveLength(1)
    tellPage('pageshow', cached)
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 500, attempt: 0})
    await setup.clock.advance(500)
    expect(setup.client.state.name).toBe('open')
    expect(setup.network.last.sent).toEqual([{data: 'x', binary: false}])
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
  })

  it('keeps it with onPageHide: \'keep\'', async () => {
    const setup = await settled(setUp(accepts(), {onPageHide: 'keep'}))
    tellPage('pagehide', cached)
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    tellPage('pageshow', cached)
    await settled(setup)
    expect(setup.network.sockets).toHaveLength(1)
    // What Chromium does to it then.
    setup.network.last.server.drop()
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})

describe('a page that is frozen [CC-97]', () => {
  it('keeps its connection; what happened meanwhile is told when it is back', async () => {
    const setup = await ways.open()
    tellPage('freeze')
    await setup.clock.jump(60_000)
    expect(setup.client.state.name).toBe('open')
    tellPage('resume')
    // A 1013 that arrived meanwhile, as Chromium tells it.
    setup.network.last.server.error()
    setup.network.last.server.drop()
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code: 1006}}])
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('waits with a retry that fell due, and makes it within a second of being back', async () => {
    const setup = await ways.backoff()
    setup.network.behaviour = accepts()
    tellPage('freeze')
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page'})
    expect(setup.clock.pending).toBe(0)
    await setup.clock.jump(60_000)
    tellPage('resume')
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 500})
    await setup.clock.advance(500)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('that is back early waits for what is left of the delay', async () => {
    const setup = await settled(setUp(drops()))
    tellPage('freeze')
    await setup.clock.jump(200)
    tellPage('resume')
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 800, retryAt: 1000})
    setup.client.close()
  })

  it('… or for what the server asked for', async () => {
    const setup = await settled(setUp(acceptsThenCloses(1013, 'retry-after=20')))
    tellPage('freeze')
    await setup.clock.jump(5000)
    tellPage('resume')
    expect(setup.client.state).toMatchObject({name: 'backoff', retryAt: 20_500})
    setup.client.close()
  })

  it('gives up an attempt, and makes it again', async () => {
    const setup = await settled(setUp(sequence(neverAnswers(), accepts())))
    tellPage('freeze')
    await settled(setup)
    expect(setup.network.live).toEqual([])
    expect(setup.closes).toEqual([])
    tellPage('resume')
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'open', attempt: 0})
    setup.client.close()
  })

  it('and has no network when it is back, waits for that', async () => {
    const setup = await ways.backoff()
    tellPage('freeze')
    offline()
    tellPage('resume')
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'offline'})
    online()
    expect(setup.client.state).toMatchObject({name: 'backoff'})
    setup.client.close()
  })
})

describe('while the page is away [CC-98]', () => {
  it.each(everyWay)('no socket is opened, whoever asks: %s', async (way) => {
    const setup = await ways[way]()
    const {length} = setup.network.sockets
    tellPage('freeze')
    // A client at rest hears nothing of the page: another one does.
    const witness = await settled(setUp())
    tellPage('freeze')
    setup.client.reconnect()
    setup.client.open()
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page'})
    expect(setup.network.sockets).toHaveLength(length)
    setup.network.behaviour = accepts()
    online()
    tellPage('resume')
    await setup.clock.advance(1000)
    const asksUrl = way.includes('url function')
    expect(setup.client.state.name).toBe(asksUrl ? 'connecting' : 'open')
    setup.client.close()
    witness.client.close()
    await setup.clock.advance(2000)
    expectRest(setup)
  })

  it('a page that is unloaded opens none, though the close came first: Firefox', async () => {
    const setup = await ways.open()
    setup.network.last.server.close(1001)
    await settled(setup)
    expect(setup.client.state.name).toBe('backoff')
    tellPage('pagehide')
    await setup.clock.advance(long)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('nor for a client that was closed, and is opened again in the same breath', async () => {
    const setup = await ways.open()
    tellPage('pagehide')
    setup.client.close()
    await settled(setup)
    setup.client.open()
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page'})
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('nor does one that still has a connection', async () => {
    const setup = await ways.open()
    tellPage('pagehide')
    setup.network.last.server.drop()
    await setup.clock.advance(long)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })
})

describe('a wake [CC-96]', () => {
  const hurried = async (): Promise<Setup> => {
    const setup = await ways.backoff()
    setup.network.behaviour = accepts()
    return setup
  }

  it.each(['visibilitychange', 'resume', 'pageshow'] as const)('of %s makes an overdue retry within a second', async (signal) => {
    const setup = await hurried()
    // The timer of a hidden tab: it is due at 1 s, and has not run at 5.
    const {now} = setup.clock
    setup.clock.now = () => now() + 5000
    tellPage(signal)
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 500, retryAt: 5500})
    setup.clock.now = now
    setup.client.close()
  })

  it('leaves one that is not due yet as it is', async () => {
    const setup = await hurried()
    const {state} = setup.client
    tellPage('visibilitychange')
    expect(setup.client.state).toBe(state)
    setup.client.close()
  })

  it.each(['idle', 'closed', 'failed'] as const)('leaves a client that rests at rest: %s', async (way) => {
    const setup = await ways[way]()
    const witness = await settled(setUp())
    const {length} = setup.network.sockets
    for (const signal of watchedSignals) tellPage(signal)
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe(way)
    expect(setup.network.sockets).toHaveLength(length)
    witness.client.close()
  })
})

describe('the listeners [CC-99]', () => {
  it('are those of one client, however many there are, and go with the last', async () => {
    const first = await ways.open()
    const second = await settled(setUp(drops()))
    const third = await settled(setUp(refuses()))
    expect(globalListeners()).toBe(watchedSignals.length)
    first.client.close()
    await first.clock.advance(0)
    second.client.close()
    expect(globalListeners()).toBe(watchedSignals.length)
    third.client.close()
    expect(globalListeners()).toBe(0)
  })

  it('are the caller\'s, where `environment` is given', async () => {
    let tell: (signal: 'offline' | 'online') => void = () => {}
    let listening = 0
    const environment = {
      online: true,
      frozen: false,
      subscribe(listener: typeof tell) {
        listening++
        tell = listener
        return () => void listening--
      },
    }
    const setup = await settled(setUp(acceptsThenCloses(1013), {environment}))
    expect([listening, globalListeners()]).toEqual([1, 0])
    environment.online = false
    tell('offline')
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'offline'})
    setup.client.close()
    expect(listening).toBe(0)
  })
})
