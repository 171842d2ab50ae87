// Where does the client go, where it has several addresses?

import {describe, expect, it} from 'vitest'
import {accepts, acceptsThenCloses, drops, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, reportsOf, setUp, settled, watchTheWorld, type Setup, type SetupOptions} from './fixture.ts'

watchTheWorld()

const urls = ['wss://a.test/', 'wss://b.test/', 'wss://c.test/']

/** A client with these addresses; what each host does is given by its letter. */
const setUpAt = (hosts: Record<string, Behaviour>, options: SetupOptions = {}): Setup => setUp((server) => (hosts[new URL(server.socket.url).host[0]!] ?? accepts())(server), {url: urls, ...options})

const tried = ({network}: Setup): string => network.sockets.map(({url}) => new URL(url).host[0]).join('')

describe('of several addresses [CC-100]', () => {
  it('the first is tried first, and kept', async () => {
    const setup = await settled(setUpAt({}))
    expect(setup.client.url).toBe('wss://a.test/')
    await setup.clock.advance(60_000)
    expect(tried(setup)).toBe('a')
    setup.client.close()
  })

  it.each<[string, Behaviour]>([
    ['1013', acceptsThenCloses(1013)],
    ['1012', acceptsThenCloses(1012)],
    ['an alias of 1013 [CC-22]', acceptsThenCloses(4913)],
    ['an alias of 1012 [CC-22]', acceptsThenCloses(4912)],
    ['a refusal', refuses()],
    ['a status', refuses(503)],
  ])('%s leads to the next one within a second', async (_, behaviour) => {
    const setup = await settled(setUpAt({a: behaviour}))
    expect(setup.client.state).toMatchObject({name: 'backoff', endpoint: 1, delay: 500, attempt: 1})
    await setup.clock.advance(500)
    expect(setup.client.state).toMatchObject({name: 'open', endpoint: 1})
    expect(tried(setup)).toBe('ab')
    setup.client.close()
  })

  it.each<[string, Behaviour]>([
    ['a cut', drops()],
    ['1011', acceptsThenCloses(1011)],
    ['4000', acceptsThenCloses(4000)],
  ])('%s is met at the same one, after its backoff', async (_, behaviour) => {
    const setup = await settled(setUpAt({a: sequence(behaviour, accepts())}))
    expect(setup.delays).toEqual([1000])
    await setup.clock.advance(1000)
    expect(tried(setup)).toBe('aa')
    setup.client.close()
  })

  it('none is tried in a hot loop: each has a backoff of its own [CC-101]', async () => {
    const setup = setUpAt({a: refuses(), b: refuses(), c: refuses()})
    await setup.clock.advance(1500)
    expect(tried(setup)).toBe('abca')
    await setup.clock.advance(58_500)
    // Alone, each is tried at 0, 1, 3, 7, 15, 31 s and no more within the minute.
    for (const host of 'abc') expect(tried(setup).split(host).length - 1).toBeLessThanOrEqual(6)
    expect(setup.client.state).toMatchObject({attempt: tried(setup).length})
    setup.client.close()
    expectRest(setup)
  })

  it('a hint is kept for the address that gave it', async () => {
    const setup = setUpAt({a: acceptsThenCloses(1013, 'retry-after=50;spread=0'), b: acceptsThenCloses(1013), c: acceptsThenCloses(1013)})
    await setup.clock.advance(49_999)
    expect(tried(setup).split('a')).toHaveLength(2)
    expect(tried(setup).length).toBeGreaterThan(5)
    setup.client.close()
  })

  it('a stable connection forgets what was held against its address, and not against the others [CC-101]', async () => {
    const setup = await settled(setUpAt({a: refuses(), b: sequence(refuses(), accepts()), c: refuses()}))
    await setup.clock.advance(1999)
    await setup.clock.advance(10_001)
    expect(setup.client.state).toMatchObject({name: 'open', endpoint: 1, failures: 0, attempt: 0, elsewhere: [{failures: 2}, {failures: 1}]})
    setup.client.close()
  })

  it('one whose budget is spent is left out, until a connection to another is stable [CC-101]', async () => {
    let asked = 0
    const forbidden: Behaviour = () => {
      asked++
      throw new Error('mixed content')
    }
    const hosts: Record<string, Behaviour> = {a: forbidden, b: refuses()}
    const setup = setUpAt(hosts, {url: urls.slice(0, 2)})
    await setup.clock.advance(120_000)
    expect(asked).toBe(3)
    hosts.b = accepts()
    await setup.clock.advance(60_000)
    expect(setup.client.state).toMatchObject({name: 'open', endpoint: 1, attempt: 0})
    setup.network.last.server.close(1013)
    await setup.clock.advance(1000)
    expect(asked).toBe(4)
    setup.client.close()
  })

  it('the last one whose budget is spent ends it [CC-101]', async () => {
    const forbidden: Behaviour = () => {
      throw new Error('mixed content')
    }
    const setup = setUpAt({a: forbidden, b: forbidden}, {url: urls.slice(0, 2)})
    const reports = reportsOf(setup)
    await setup.clock.advance(600_000)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes'})
    expect(setup.closes).toHaveLength(6)
    expect(reports).toHaveLength(1)
  })

  it('verdicts decide otherwise', async () => {
    const setup = await settled(setUpAt({a: acceptsThenCloses(1011)}, {verdicts: {1011: {rotate: true}}}))
    expect(setup.client.state).toMatchObject({endpoint: 1})
    setup.client.close()
  })

  it('a fault of ours ends it, wherever [CC-7]', async () => {
    const setup = setUpAt({a: acceptsThenCloses(1007)})
    reportsOf(setup)
    await settled(setup)
    expect(setup.client.state.name).toBe('failed')
    expect(tried(setup)).toBe('a')
  })

  it('maxAttempts counts over all [CC-34] [CC-101]', async () => {
    const setup = setUpAt({a: refuses(), b: refuses(), c: refuses()}, {backoff: {maxAttempts: 3}})
    reportsOf(setup)
    await setup.clock.advance(600_000)
    expect(tried(setup)).toBe('abca')
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'attempts'})
  })

  it('open() begins with the first again [CC-101]', async () => {
    const setup = await settled(setUpAt({a: sequence(refuses(), accepts())}))
    await setup.clock.advance(500)
    setup.client.close()
    await settled(setup)
    setup.client.open()
    await settled(setup)
    expect(tried(setup)).toBe('aba')
    setup.client.close()
  })

  it('a function may give other ones each time, also fewer', async () => {
    let times = 0
    const setup = await settled(setUpAt({a: refuses(), b: refuses()}, {url: () => (times++ ? ['wss://b.test/'] : urls.slice(0, 2))}))
    await setup.clock.advance(30_000)
    expect(tried(setup)).toMatch(/^ab+$/)
    setup.client.close()
  })

  it('each is checked at once', () => {
    expect(() => setUpAt({}, {url: ['wss://a.test/', 'ftp://b.test/']})).toThrow('`url` must be a ws: or http: URL')
    expect(() => setUpAt({}, {url: []})).toThrow('`url`')
  })
})
