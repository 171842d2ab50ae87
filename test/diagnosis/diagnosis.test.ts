// Does a client tell what its ends have in common: in its history, to listeners, and in words?

import {describe, expect, it, vi} from 'vitest'
import {diagnosis, type DiagnosisOptions} from '../../src/diagnosis/index.ts'
import {isClosecallError, type Pattern} from '../../src/index.ts'
import {accepts, acceptsThenCloses, goesSilent, neverAnswers, refuses, sequence, throwsOnConstruct, type Behaviour} from '../../src/testing/index.ts'
import {long, setUp, settled, url, warned, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

interface Diagnosed extends Setup {
  told: Pattern[]
}

const setUpWith = async (behaviour: Behaviour, given?: DiagnosisOptions, options: SetupOptions = {}): Promise<Diagnosed> => {
  const setup = await settled(setUp(behaviour, {extensions: [diagnosis(given)], ...options}))
  const told: Pattern[] = []
  setup.client.on('diagnosis', (pattern, entry) => {
    expect(entry.pattern).toBe(pattern)
    told.push(pattern)
  })
  return {...setup, told}
}

/** By entry, oldest first: what pattern each end completed. */
const patternsIn = ({client}: Setup): (string | undefined)[] => client.history.map(({pattern}) => pattern?.name)

/** One connection: so long with a message each second, then so long in silence; then the line is cut, and another is made. */
const live = async ({client, clock, network}: Setup, busy: number, idle: number, end: () => void = () => network.last.server.drop()): Promise<void> => {
  for (let second = 0; second < busy; second++) {
    await clock.advance(1000)
    if (second % 2) client.send(`${second}`)
    else network.last.server.send(`${second}`)
  }
  await clock.advance(idle * 1000)
  end()
  await clock.advance(0)
  if (client.state.name === 'backoff') await clock.advance(client.state.delay)
}

describe('limits [CC-110]', () => {
  it('an idle limit is told by the third end, with the interval to set', async () => {
    const setup = await setUpWith(accepts())
    for (const busy of [0, 20, 40]) await live(setup, busy, 60)
    expect(patternsIn(setup)).toEqual([undefined, undefined, 'idle-limit'])
    expect(setup.told).toMatchObject([{name: 'idle-limit', limit: 60_000, advice: expect.stringContaining('`heartbeat.interval` below it, to 30000')}])
    expect(setup.client.history[2]!.verdict.fault).toBe('network')
    expect(warned).not.toHaveBeenCalled()
    setup.client.close()
  })

  it('a lifetime limit is told, whatever was sent', async () => {
    const setup = await setUpWith(accepts())
    for (const busy of [0, 20, 40]) await live(setup, busy, 60 - busy, () => setup.network.last.server.close(1001))
    expect(setup.told).toMatchObject([{name: 'lifetime-limit', limit: 60_000}])
    setup.client.close()
  })

  it('where nothing is ever said it may be either', async () => {
    const setup = await setUpWith(accepts())
    for (let i = 0; i < 3; i++) await live(setup, 0, 60)
    expect(setup.told).toMatchObject([{name: 'idle-or-lifetime-limit', limit: 60_000}])
    setup.client.close()
  })

  it('measures silence from the last message in either direction, whichever way the end is known', async () => {
    const {clock, client, network, told} = await setUpWith(accepts())
    for (const end of [() => network.last.server.error(), () => network.last.server.drop(), () => network.last.server.close(1001)]) {
      await clock.advance(50_000 * network.sockets.length)
      if (network.sockets.length === 2) network.last.server.send('x')
      else client.send('x')
      await clock.advance(60_000)
      end()
      await clock.advance(1500)
    }
    expect(client.history.map(({close}) => close.origin)).toEqual(['error', 'event', 'event'])
    expect(told).toMatchObject([{name: 'idle-limit', limit: 60_000}])
    client.close()
  })

  it('counts what a heartbeat asks as said: its rhythm is no idle limit', async () => {
    const setup = await setUpWith((server) => {
      server.onmessage = () => server.send('pong')
      server.accept()
    }, {}, {heartbeat: {interval: 30_000, message: 'ping'}})
    for (let i = 0; i < 3; i++) await live(setup, 0, 75)
    expect(setup.told).toMatchObject([{name: 'lifetime-limit', limit: 75_000}])
    setup.client.close()
  })

  it.each<[string, Behaviour, SetupOptions, (setup: Setup) => void]>([
    ['the caller closes', accepts(), {}, ({client}) => (client.once('closed', () => client.open()), client.close())],
    ['the caller reconnects', accepts(), {}, ({client}) => client.reconnect()],
    ['the server says that all is done', accepts(), {}, ({client, network}) => (client.once('closed', () => client.open()), network.last.server.close(1000))],
    ['the heartbeat has its own time', goesSilent(), {heartbeat: {interval: 50_000, timeout: 10_000, message: 'ping'}}, () => {}],
    ['the server names our fault', accepts(), {verdicts: {1009: {action: 'retry'}}, onReport: () => {}}, ({network}) => network.last.server.close(1009)],
  ])('is not named where %s', async (_name, behaviour, options, end) => {
    const setup = await setUpWith(behaviour, {}, options)
    for (let i = 0; i < 5; i++) await live(setup, 0, 60, () => end(setup))
    expect(setup.closes.length).toBeGreaterThan(3)
    expect(setup.told.filter(({name}) => name.endsWith('limit'))).toEqual([])
    setup.client.close()
  })

  it('is looked for at each address, whatever its query says', async () => {
    let attempts = 0
    const setup = await setUpWith(accepts(), {}, {url: () => `wss://${'ab'[attempts++ % 2]}.test/live?token=${attempts}`})
    for (let i = 0; i < 3; i++) {
      await live(setup, i * 20, 60)
      await live(setup, i, 200 * (i + 1))
    }
    expect(patternsIn(setup)).toEqual([undefined, undefined, undefined, undefined, 'idle-limit', undefined])
    setup.client.close()
  })

  it('is not looked for further back than 32 connections', async () => {
    let attempts = 0
    let others = 0
    const setup = await setUpWith(accepts(), {}, {url: () => `wss://example.test/${attempts++ < 2 || others > 39 ? 'live' : others++}`})
    for (let i = 0; i < 42; i++) await live(setup, 0, 60)
    expect(setup.client.url).toBe(url)
    for (let i = 0; i < 2; i++) await live(setup, 0, 60)
    expect(setup.told).toEqual([])
    await live(setup, 0, 60)
    expect(setup.told).toHaveLength(1)
    setup.client.close()
  })

  it('reads the clock once for messages that come together', async () => {
    const setup = await setUpWith(accepts(), {}, {})
    const read = vi.spyOn(setup.clock, 'now')
    const {socket} = setup.network.last.server
    for (let i = 0; i < 1000; i++) socket.onmessage!({data: 'x'})
    expect(read).toHaveBeenCalledTimes(1)
    await settled(setup)
    socket.onmessage!({data: 'x'})
    expect(read).toHaveBeenCalledTimes(2)
    setup.client.close()
  })
})

describe('rejected after open [CC-111]', () => {
  it.each([1006, 1011, 1013, 4001])('is told after three closes with %i, and where nobody listens, on the console', async (code) => {
    const setup = await settled(setUp(acceptsThenCloses(code, '\u001b[2J<b>no'), {extensions: [diagnosis()]}))
    await setup.clock.advance(10_000)
    expect(patternsIn(setup).slice(0, 3)).toEqual([undefined, undefined, 'rejected-after-open'])
    expect(warned).toHaveBeenCalledTimes(1)
    const [line] = warned.mock.calls[0]!
    expect(line).toMatch(new RegExp(`^closecall: 3 connections in a row were accepted, and ended within 2 s, with ${code} .*\\.$`))
    expect(line).not.toContain('<b>')
    setup.client.close()
  })

  it('is told though there was a conversation on an earlier connection', async () => {
    const setup = await setUpWith(accepts())
    setup.network.behaviour = acceptsThenCloses(4001)
    await live(setup, 10, 0)
    await setup.clock.advance(10_000)
    expect(setup.told).toMatchObject([{name: 'rejected-after-open'}])
    setup.client.close()
  })

  it('is not told of refused handshakes', async () => {
    const setup = await setUpWith(refuses())
    await setup.clock.advance(long)
    expect(setup.told).toEqual([])
    setup.client.close()
  })
})

describe('a suspect send [CC-112]', () => {
  const poison = 'secret\ud800'
  const dropsOnPoison: Behaviour = (server) => {
    server.onmessage = ({data}) => data === 'secret\ufffd' && server.drop()
    server.accept()
  }

  it('is told by the second 1006 right after the same message, without its contents', async () => {
    const setup = await setUpWith(dropsOnPoison)
    for (let i = 0; i < 2; i++) {
      setup.client.send(`fine ${i}`)
      setup.client.send(poison)
      await settled(setup)
      await setup.clock.advance(4000)
    }
    expect(setup.told).toMatchObject([{name: 'suspect-send', sequence: 4}])
    expect(setup.told[0]!.explanation).toContain('message 4 (string, length 7, lone-surrogate)')
    expect(JSON.stringify(setup.told)).not.toContain('secret')
    setup.client.close()
  })

  it('is not told where the evidence is not kept', async () => {
    const setup = await setUpWith(dropsOnPoison, {}, {evidence: {frames: 0}})
    for (let i = 0; i < 2; i++) {
      setup.client.send(poison)
      await setup.clock.advance(4000)
    }
    expect(setup.closes).toHaveLength(2)
    expect(setup.told).toEqual([])
    setup.client.close()
  })

  it('is not a heartbeat that finds the link cut', async () => {
    const dropsLate: Behaviour = (server) => {
      server.onmessage = () => server.drop()
      server.accept()
    }
    const setup = await setUpWith(dropsLate, {}, {heartbeat: {interval: 30_000, message: 'ping'}})
    await setup.clock.advance(200_000)
    expect(setup.closes.length).toBeGreaterThan(3)
    expect(setup.told.map(({name}) => name)).not.toContain('suspect-send')
    setup.client.close()
  })
})

describe('held by the browser [CC-113]', () => {
  it('a connect timeout in Firefox after failures is not blamed on the server', async () => {
    const setup = await setUpWith(sequence(refuses(), refuses(), neverAnswers()), {userAgent: firefox})
    await setup.clock.advance(14_000)
    expect(patternsIn(setup)).toEqual([undefined, undefined, 'held-by-browser'])
    const [pattern] = setup.told
    expect(pattern!.explanation).toContain('after 2 that failed: Firefox holds back')
    expect(pattern!.advice).toContain('`connectTimeout`')
    expect(setup.client.history[2]).toMatchObject({close: {origin: 'connect-timeout'}, verdict: {action: 'retry', fault: 'network'}})
    setup.client.close()
  })

  it('is what the runtime says of itself, where no other is given', async () => {
    vi.stubGlobal('navigator', {onLine: true, userAgent: firefox})
    const setup = await setUpWith(sequence(refuses(), neverAnswers()))
    await setup.clock.advance(20_000)
    expect(setup.told).toMatchObject([{name: 'held-by-browser'}])
    setup.client.close()
  })

  it('is told once, until a connection opens', async () => {
    const outage = [refuses(), neverAnswers(), refuses(), neverAnswers()] as const
    const setup = await setUpWith(sequence(...outage, accepts()), {userAgent: firefox})
    await setup.clock.advance(60_000)
    expect(setup.client.state.name).toBe('open')
    expect(patternsIn(setup)).toEqual([undefined, 'held-by-browser', undefined, undefined])
    setup.network.behaviour = sequence(...outage)
    setup.network.last.server.drop()
    await setup.clock.advance(30_000)
    expect(patternsIn(setup).slice(4, 7)).toEqual([undefined, undefined, 'held-by-browser'])
    setup.client.close()
  })

  it.each<[string, Behaviour, DiagnosisOptions, SetupOptions?]>([
    ['in another browser', sequence(refuses(), neverAnswers()), {userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36'}],
    ['in a runtime that does not say what it is', sequence(refuses(), neverAnswers()), {userAgent: ''}],
    ['without a failure before', neverAnswers(), {userAgent: firefox}],
    ['after a connection that opened', sequence(refuses(), acceptsThenCloses(4001), neverAnswers()), {userAgent: firefox}],
    ['where the constructor threw', sequence(throwsOnConstruct(new Error('no')), neverAnswers()), {userAgent: firefox}],
    ['a minute after the failure', sequence(refuses(), neverAnswers()), {userAgent: firefox}, {backoff: {initialDelay: 60_000, maxDelay: 60_000}}],
  ])('is not told %s', async (_name, behaviour, given, options) => {
    const setup = await setUpWith(behaviour, given, options)
    await setup.clock.advance(long)
    expect(setup.closes.some(({close}) => close.origin === 'connect-timeout')).toBe(true)
    expect(setup.told).toEqual([])
    setup.client.close()
  })

  it('is not told where the address did not come in time: no socket was made', async () => {
    let attempts = 0
    const setup = await setUpWith(refuses(), {userAgent: firefox}, {url: () => (attempts++ ? new Promise<string>(() => {}) : url)})
    await setup.clock.advance(60_000)
    expect(setup.closes.map(({close}) => close.origin)).toContain('provider')
    expect(setup.told).toEqual([])
    setup.client.close()
  })
})

describe('a pattern is told [CC-114]', () => {
  it('by the end that completes it, and again only after another broke it, or when it changed', async () => {
    const setup = await setUpWith(accepts())
    const ends = async (...idle: number[]): Promise<void> => {
      for (const seconds of idle) await live(setup, (setup.closes.length * 7) % 40, seconds)
    }
    await ends(60, 60, 60, 61, 60)
    expect(setup.told).toHaveLength(1)
    await ends(300)
    await ends(60, 60)
    expect(setup.told).toHaveLength(1)
    await ends(60)
    expect(setup.told).toHaveLength(2)
    await ends(90, 90, 90, 90)
    expect(setup.told.map(({limit}) => limit)).toEqual([60_000, 60_000, 90_000])
    setup.client.close()
  })

  it('again, when the limit has crept away from the one that was told', async () => {
    const setup = await setUpWith(accepts())
    let busy = 0
    for (const idle of [60, 60, 60, 62, 62, 62, 64, 64, 64]) await live(setup, (busy += 10), idle)
    expect(setup.told.map(({limit}) => limit)).toEqual([60_000, 64_000])
    setup.client.close()
  })

  it('whatever happens between the connections that have it in common', async () => {
    const setup = await setUpWith(accepts())
    for (const busy of [0, 20, 40, 10]) {
      await live(setup, busy, 60)
      setup.network.behaviour = refuses()
      setup.client.reconnect()
      await setup.clock.advance(200_000)
      setup.network.behaviour = accepts()
      await setup.clock.advance(60_000)
      expect(setup.client.state.name).toBe('open')
      setup.client.reconnect()
      await settled(setup)
    }
    expect(setup.told.map(({name}) => name)).toEqual(['idle-limit'])
    setup.client.close()
  })

  it('by each client for itself, though they share the value', async () => {
    const extension = diagnosis()
    const setups = await Promise.all([1, 2].map(() => setUpWith(accepts(), {}, {extensions: [extension]})))
    for (const setup of setups) for (const busy of [0, 20]) await live(setup, busy, 60)
    expect(setups.flatMap(({told}) => told)).toEqual([])
    await live(setups[0]!, 40, 60)
    expect(setups.map(({told}) => told.length)).toEqual([1, 0])
    for (const {client} of setups) client.close()
  })
})

describe('options', () => {
  it.each<[object, string]>([
    [{sessions: 1}, '`diagnosis.sessions` must be 2..16, got 1'],
    [{sessions: 2.5}, '`diagnosis.sessions` must be a whole number, got 2.5'],
    [{tolerance: '5%'}, '`diagnosis.tolerance` must be 0..0.5, got "5%"'],
    [{userAgent: 5}, '`diagnosis.userAgent` must be a string, got 5'],
    [{session: 3}, '`diagnosis.session` must be an option that exists, got "number"'],
    [null as never, '`diagnosis` must be an object, got null'],
  ])('%j is answered at once by a sentence [CC-82]', (given, sentence) => {
    expect(() => diagnosis(given)).toThrow(sentence)
    expect(() => diagnosis(given)).toThrow(expect.toSatisfy(isClosecallError))
  })

  it('say how many connections must agree, and how well [CC-110]', async () => {
    const setup = await setUpWith(accepts(), {sessions: 2, tolerance: 0.2})
    await live(setup, 0, 60)
    await live(setup, 40, 70)
    expect(setup.told).toMatchObject([{name: 'idle-limit', limit: 60_000}])
    setup.client.close()
  })
})
