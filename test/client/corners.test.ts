// Does the client stay right where several things happen at once, or where what it is given is odd?

import {describe, expect, it, vi} from 'vitest'
import {pageEnvironment} from '../../src/platform/environment.ts'
import type {Failure} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, errorsWithoutClose, goesSilent, neverAnswers, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {long, offline, online, reportsOf, setUp, settled, takeUncaught, tellPage, watchTheWorld, ways, type Setup, type SetupOptions} from './fixture.ts'

watchTheWorld()

const urls = ['wss://a.test/', 'wss://b.test/']
const setUpAt = (hosts: Record<string, Behaviour>, options: SetupOptions = {}): Setup => setUp((server) => (hosts[new URL(server.socket.url).host[0]!] ?? accepts())(server), {url: urls, ...options})
const tried = ({network}: Setup): string => network.sockets.map(({url}) => new URL(url).host[0]).join('')

describe('several addresses', () => {
  it('strikes at one address are not in a row when a stable connection to another lies between [CC-19]', async () => {
    const b = () => setup.network.last.server
    const forbidden: Behaviour = () => {
      throw new Error('mixed content')
    }
    const setup = setUpAt({a: forbidden, b: accepts()})
    reportsOf(setup)
    for (let day = 0; day < 5; day++) {
      await setup.clock.advance(long)
      expect([day, setup.client.state.name]).toEqual([day, 'open'])
      b().close(1012)
      await settled(setup)
    }
    setup.client.close()
  })

  it('online does not bring forward the address that asked for a pause [CC-55] [CC-101]', async () => {
    // a: 1013 with a pause of a minute; b: refused, again and again, without a word of its own.
    const setup = setUpAt({a: acceptsThenCloses(1013, 'retry-after=60;spread=0'), b: refuses()}, {backoff: {initialDelay: 30_000}})
    await setup.clock.advance(40_000)
    expect(tried(setup)).toBe('abb')
    expect(setup.client.state).toMatchObject({endpoint: 0, retryAt: 60_000})
    offline()
    online()
    await setup.clock.advance(1000)
    expect(tried(setup)).toBe('abb')
    setup.client.close()
  })

  it('online brings forward the address whose wait is only our backoff [CC-55]', async () => {
    // a refuses: 30 s, 60 s; b is full and says so.
    const setup = setUpAt({a: refuses(), b: acceptsThenCloses(1013, 'retry-after=300;spread=0')}, {backoff: {initialDelay: 20_000}})
    await setup.clock.advance(600)
    expect(tried(setup)).toBe('ab')
    expect(setup.client.state).toMatchObject({endpoint: 0, retryAt: 20_000})
    offline()
    online()
    await setup.clock.advance(1000)
    expect(tried(setup)).toBe('aba')
    setup.client.close()
  })

  it('a url function that does not answer says nothing about an address [CC-50] [CC-58] [CC-100]', async () => {
    const asked: string[] = []
    const investigate = async (_: unknown, url: string): Promise<Failure | undefined> => void asked.push(url)
    const setup = await settled(setUp(refuses(), {url: () => new Promise(() => {}), extensions: [() => ({investigate})]}))
    await setup.clock.advance(10_000)
    expect(asked).toEqual([])
    setup.client.close()
  })
})

describe('waits without an earlier end', () => {
  it('a hint in suspended is the least that is waited [CC-43]', async () => {
    const setup = await settled(setUp(neverAnswers()))
    tellPage('freeze')
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page'})
    setup.client.hint({after: 20_000, spread: 0})
    tellPage('resume')
    await setup.clock.advance(19_000)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('a freeze does not shorten what an extension asked to wait [CC-103]', async () => {
    let asked = 0
    const setup = await settled(setUp(accepts(), {extensions: [() => ({admit: () => (asked++ ? 0 : 60_000)})]}))
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'overload', retryAt: 60_000})
    tellPage('freeze')
    await setup.clock.jump(1000)
    tellPage('resume')
    await setup.clock.advance(1000)
    expect([asked, setup.network.sockets.length]).toEqual([1, 0])
    await setup.clock.advance(60_000)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('a retry after an overload wait waits for the network, too [CC-55]', async () => {
    let asked = 0
    const setup = await settled(setUp(sequence(drops(), refuses()), {extensions: [() => ({admit: () => (asked++ === 1 ? 5000 : 0)})]}))
    await setup.clock.advance(1000)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'overload', attempt: 1})
    offline()
    await setup.clock.advance(5000)
    expect(setup.network.sockets).toHaveLength(1)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'offline'})
    setup.client.close()
  })

  it('an interrupted retry is made within a second of the wake, drawn evenly, not at once [CC-96]', async () => {
    const setup = await settled(setUp(sequence(drops(), neverAnswers())))
    await setup.clock.advance(1000)
    expect(setup.client.state).toMatchObject({name: 'connecting', attempt: 1})
    tellPage('freeze')
    tellPage('resume')
    await settled(setup)
    expect(setup.network.sockets).toHaveLength(2)
    setup.client.close()
  })
})

describe('a freeze', () => {
  it('in the middle of an investigation does not forget that the attempt failed [CC-4] [CC-58]', async () => {
    const setup = await settled(setUp(refuses(), {extensions: [() => ({investigate: () => new Promise(() => {})})]}))
    tellPage('freeze')
    await settled(setup)
    expect(setup.closes).toHaveLength(1)
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'page', attempt: 1})
    setup.client.close()
  })

  it('right after an error does not forget that the attempt failed [CC-53]', async () => {
    const setup = await settled(setUp(errorsWithoutClose()))
    tellPage('freeze')
    await settled(setup)
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
  })
})

describe('what is told', () => {
  it('a state listener hears that the client waits for something else now', async () => {
    const setup = await ways.open()
    const whys: string[] = []
    setup.client.on('suspended', ({why}) => whys.push(why))
    // Chromium freezes a page that it keeps, and says so.
    tellPage('pagehide', {persisted: true})
    tellPage('freeze')
    offline()
    tellPage('pageshow', {persisted: true})
    expect(setup.client.state).toMatchObject({why: 'offline'})
    expect(whys).toEqual(['page', 'offline'])
    setup.client.close()
  })

  it('an investigation that learns nothing leaves the words of the runtime', async () => {
    const setup = await settled(setUp((server) => server.refuse({message: 'connect ECONNREFUSED'}), {extensions: [() => ({investigate: async () => undefined})]}))
    expect(setup.closes).toMatchObject([{close: {error: 'connect ECONNREFUSED'}}])
    setup.client.close()
  })

  it('an investigation that is aborted, as it is told to be, is no error of the caller', async () => {
    const investigate = (_: unknown, __: string, signal: AbortSignal): Promise<undefined> => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const setup = await settled(setUp(refuses(), {extensions: [() => ({investigate})]}))
    setup.client.close()
    await settled(setup)
    expect(takeUncaught()).toEqual([])
  })

  it('a 1007 that answers close() is reported [CC-7] [CC-60]', async () => {
    const setup = await ways.open()
    const reports = reportsOf(setup)
    setup.network.last.server.silent = true
    setup.client.send('bad')
    setup.client.close()
    setup.network.last.server.close(1007, 'invalid UTF-8')
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    expect(reports).toHaveLength(1)
  })
})

describe('hostile values', () => {
  it('a verdict that can not be written leaves no socket behind [CC-5] [CC-83]', async () => {
    const setup = await settled(setUp(accepts(), {classify: (_, __, verdict) => ({...verdict, name: Symbol('x') as never})}))
    const [first] = setup.network.sockets
    first!.server.emit('close', {code: 1006})
    await settled(setup)
    takeUncaught()
    expect(first!.onmessage).toBe(null)
    await setup.clock.advance(1000)
    expect(setup.network.live).toHaveLength(1)
    setup.client.close()
    await setup.clock.advance(2000)
    expect(setup.network.live).toEqual([])
  })

  it('a close event that is null is a close', async () => {
    const setup = await ways.open()
    const {onclose} = setup.network.last
    try {
      onclose!(null)
    } catch {
      // of the handler
    }
    await settled(setup)
    expect(setup.client.state.name).toBe('backoff')
    setup.client.close()
  })

  it('a reason that is no text is a close', async () => {
    const setup = await ways.open()
    setup.network.last.onclose!({code: 1006, reason: Object.create(null)})
    await settled(setup)
    takeUncaught()
    expect(setup.client.state.name).toBe('backoff')
    setup.client.close()
  })

  it('the longest hint is no hot loop in suspended [CC-42]', async () => {
    offline()
    const setup = await settled(setUp(refuses(), {backoff: {maxHint: 2 ** 31 - 1}}))
    setup.client.hint({after: 1e12, spread: 1e12})
    await setup.clock.advance(100)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('an element with an event of that name freezes nothing: capture sees them all, bubbling or not', () => {
    let pass: (event: object) => void = () => {}
    vi.stubGlobal('addEventListener', (_: string, listener: typeof pass) => (pass = listener))
    const environment = pageEnvironment()
    const signals: string[] = []
    environment.subscribe((signal) => signals.push(signal))
    pass({type: 'freeze', target: {parentNode: {}}})
    expect([environment.frozen, signals]).toEqual([false, []])
    pass({type: 'freeze', target: {parentNode: null}})
    expect([environment.frozen, signals]).toEqual([true, ['freeze']])
  })
})

describe('the heartbeat', () => {
  const heartbeat = {interval: 30_000, timeout: 10_000, message: 'ping'}

  it('wakes that come together ask once [CC-96]', async () => {
    const setup = await settled(setUp(accepts(), {heartbeat}))
    await setup.clock.advance(12_000)
    for (const signal of ['resume', 'visibilitychange', 'pageshow', 'online'] as const) tellPage(signal)
    expect(setup.network.last.sent).toHaveLength(1)
    setup.client.close()
  })

  it('a wake shortly before the answer is due gives the answer time to be read [CC-94]', async () => {
    const setup = await settled(setUp(goesSilent(), {heartbeat}))
    await setup.clock.advance(30_000)
    expect(setup.network.last.sent).toHaveLength(1)
    tellPage('freeze')
    const {now} = setup.clock
    // Frozen: no timer runs, no event is told.
    await setup.clock.advance(9900)
    tellPage('resume')
    await setup.clock.advance(200)
    expect(setup.closes).toEqual([])
    expect(now()).toBe(40_100)
    setup.client.close()
  })
})

describe('a wake, and what must not stop it', () => {
  it('online is a wake in backoff, too: an overdue retry is made within a second [CC-96]', async () => {
    const setup = await ways.backoff()
    const {now} = setup.clock
    setup.clock.now = () => now() + 5000
    online()
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 500, retryAt: 5500})
    setup.clock.now = now
    setup.client.close()
  })

  it('a reportError that throws stops nothing [CC-83]', async () => {
    const setup = await ways.open()
    const {reportError} = globalThis
    vi.stubGlobal('reportError', () => {
      throw new Error('of a polyfill')
    })
    setup.client.once('close', () => {
      throw new Error('of a listener')
    })
    try {
      setup.network.last.onclose!({code: 1006})
    } catch {
      // of the polyfill
    }
    vi.stubGlobal('reportError', reportError)
    await setup.clock.advance(60_000)
    takeUncaught()
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})
