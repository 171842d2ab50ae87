// Do the clients of a page slow down together, and only those that should?

import {describe, expect, it, vi} from 'vitest'
import {isClosecallError, type Client, type Clock, type Extension, type State} from '../../src/index.ts'
import {overload, sessionStore, type OverloadOptions, type Store} from '../../src/overload/index.ts'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork, refuses, type Behaviour, type FakeClock, type FakeNetwork} from '../../src/testing/index.ts'
import {expectRest, setUp, takeUncaught, url, watchTheWorld, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

/** Evenly spread over 0 to 1, and the same in every run. */
const chance = (): (() => number) => {
  let draws = 0
  return () => (++draws * 0.618_033_988_75) % 1
}

interface Page {
  clock: FakeClock
  network: FakeNetwork
  clients: Client[]
  /** When a socket was opened, since the start of the page. */
  attempts: number[]
  /** Another client, or several. */
  add(count: number, options?: SetupOptions): Client[]
  leave(): Promise<void>
}

const page = (behaviour: Behaviour = accepts(), extensions: readonly Extension[] = [overload()], clock: FakeClock = fakeClock({now: 1_800_000_000_000})): Page => {
  const attempts: number[] = []
  const start = clock.now()
  const network = fakeNetwork((server) => {
    attempts.push(clock.now() - start)
    behaviour(server)
  })
  const random = chance()
  const {WebSocket} = network
  const clients: Client[] = []
  return {
    clock,
    network,
    clients,
    attempts,
    add(count, options) {
      const added = Array.from({length: count}, () => setUp(undefined, {clock, WebSocket, random, extensions, ...options}).client)
      clients.push(...added)
      return added
    },
    async leave() {
      for (const client of clients) client.close()
      await clock.advance(0)
      expectRest({clock, network})
    },
  }
}

/** The same time, for another page. */
const afterReload = (clock: FakeClock): FakeClock => Object.create(clock, Object.getOwnPropertyDescriptors(clock))

const within = (attempts: number[], from: number, to: number): number => attempts.filter((at) => at >= from && at < to).length

const stateOf = <Name extends State['name']>({state}: Client, name: Name): Extract<State, {name: Name}> => {
  expect(state.name).toBe(name)
  return state as Extract<State, {name: Name}>
}

const names = (clients: Client[]): string[] => clients.map(({state}) => state.name)

const fullUntil =
  (clock: Clock, end: number, full: Behaviour = acceptsThenCloses(1013)): Behaviour =>
  (server) =>
    (clock.now() < end ? full : accepts())(server)

describe('twenty clients of a server that is full for a minute', () => {
  const minute = async (extensions: Extension[]): Promise<Page> => {
    const clock = fakeClock()
    const whole = page(fullUntil(clock, 60_000), extensions, clock)
    whole.add(20)
    await clock.advance(240_000)
    return whole
  }

  it('come back twenty times a second at first, and a hundred times in the minute, each on its own', async () => {
    const {attempts, leave} = await minute([])
    expect(within(attempts, 1, 2000)).toBeGreaterThanOrEqual(20)
    expect(within(attempts, 1, 60_000)).toBeGreaterThanOrEqual(90)
    await leave()
  })

  it('come back as one with `overload()`, and then all are let in, spread [CC-115] [CC-116] [CC-117]', async () => {
    const {attempts, clients, leave} = await minute([overload()])
    expect(within(attempts, 0, 1)).toBe(20)
    expect(within(attempts, 1, 60_000)).toBeLessThanOrEqual(20)
    for (let second = 1; second < 240; second++) expect(within(attempts, second * 1000, second * 1000 + 1000)).toBeLessThanOrEqual(5)
    expect(new Set(names(clients))).toEqual(new Set(['open']))
    expect(clients.reduce((sum, {stats}) => sum + stats.connections, 0)).toBe(attempts.length)
    await leave()
  })
})

describe('a client that is told', () => {
  it.each<[string, Behaviour]>([
    ['1013', acceptsThenCloses(1013)],
    ['its alias 4913 [CC-22]', acceptsThenCloses(4913)],
    ['1012', acceptsThenCloses(1012)],
    ['429', refuses(429)],
    ['503 with Retry-After', refuses(503, {retryAfter: 5000})],
  ])('%s makes others wait at least as long as itself, and is not held back twice [CC-115]', async (_name, behaviour) => {
    const {add, clock, network, leave} = page(behaviour)
    const [told] = add(1)
    await clock.advance(0)
    const {retryAt} = stateOf(told!, 'backoff')
    network.behaviour = accepts()
    const [other] = add(1)
    await clock.advance(0)
    const waits = stateOf(other!, 'suspended')
    expect(waits).toMatchObject({why: 'overload', attempt: 0, failures: 0})
    expect(waits.retryAt).toBeGreaterThanOrEqual(retryAt)
    expect(waits.retryAt).toBeLessThanOrEqual(retryAt + 2000)
    await clock.advance(Math.ceil(retryAt - clock.now()))
    expect(told!.state.name).toBe('open')
    await clock.advance(2000)
    expect(other!.state.name).toBe('open')
    expect(other!.stats).toMatchObject({connections: 1, retries: 0})
    await leave()
  })

  it.each<[string, Behaviour, SetupOptions?]>([
    ['1001', acceptsThenCloses(1001)],
    ['1006', refuses()],
    ['1011', acceptsThenCloses(1011)],
    ['500', refuses(500)],
    ['1007', acceptsThenCloses(1007), {onReport: () => {}}],
    ['1013, where that is not the fault of the server,', acceptsThenCloses(1013), {verdicts: {1013: {action: 'stop', fault: 'policy'}}, onReport: () => {}}],
  ])('%s makes nobody wait [CC-115]', async (_name, behaviour, options) => {
    const {add, clock, network, leave} = page(behaviour)
    add(1, options)
    await clock.advance(0)
    network.behaviour = accepts()
    const [other] = add(1)
    await clock.advance(0)
    expect(other!.state.name).toBe('open')
    await leave()
  })

  it('leaves open connections alone [CC-115]', async () => {
    const {add, clock, network, leave} = page()
    const [first, second] = add(2)
    await clock.advance(0)
    network.sockets[0]!.server.close(1013, 'retry-after=60')
    await clock.advance(1000)
    expect([first!.state.name, second!.state.name]).toEqual(['backoff', 'open'])
    await leave()
  })

  it('makes those wait that lose their connection otherwise meanwhile, as long as a hint says [CC-115]', async () => {
    const {add, clock, network, leave} = page()
    const [told, other] = add(2)
    await clock.advance(0)
    network.sockets[0]!.server.close(1013, 'retry-after=60')
    network.sockets[1]!.server.drop()
    await clock.advance(5000)
    const {retryAt} = stateOf(told!, 'backoff')
    expect(stateOf(other!, 'suspended').retryAt).toBeGreaterThanOrEqual(retryAt)
    await clock.advance(65_000)
    expect(names([told!, other!])).toEqual(['open', 'open'])
    // What was postponed was no retry.
    expect(other!.stats).toMatchObject({connections: 2, retries: 1})
    await leave()
  })

  it('and stops for it makes others wait all the same [CC-117]', async () => {
    const {add, clock, network, leave} = page(acceptsThenCloses(1013))
    const [told] = add(1, {verdicts: {1013: 'stop'}, onReport: () => {}})
    await clock.advance(0)
    expect(told!.state.name).toBe('failed')
    network.behaviour = accepts()
    const [other] = add(1)
    await clock.advance(0)
    const {retryAt} = stateOf(other!, 'suspended')
    expect(retryAt! - clock.now()).toBeGreaterThanOrEqual(500)
    await leave()
  })

  it('backs off alone as it would without: 1, 2, 4 … s [CC-115]', async () => {
    const runs = [[], [overload()]].map(async (extensions) => {
      const {add, attempts, clock, leave} = page(acceptsThenCloses(1013), extensions)
      add(1, {random: () => 0.5})
      await clock.advance(100_000)
      await leave()
      return attempts
    })
    const [without, withIt] = await Promise.all(runs)
    expect(without).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000])
    expect(withIt).toEqual(without)
  })

  it('at one address goes on at another origin at once, and waits where that is the same [CC-115]', async () => {
    const firstIsFull: Behaviour = (server) => (server.socket.url.endsWith('/1') ? acceptsThenCloses(1013, 'retry-after=60') : accepts())(server)
    const {add, clock, leave} = page(firstIsFull)
    const [elsewhere] = add(1, {url: ['ws://a.test/1', 'ws://b.test/2']})
    const [same] = add(1, {url: ['ws://c.test/1', 'ws://c.test/2']})
    await clock.advance(1000)
    expect([elsewhere!.state.name, same!.state.name]).toEqual(['open', 'suspended'])
    expect(stateOf(same!, 'suspended').retryAt! - clock.now()).toBeGreaterThan(58_000)
    const [other] = add(1, {url: 'ws://a.test/1'})
    await clock.advance(0)
    expect(stateOf(other!, 'suspended').retryAt! - clock.now()).toBeGreaterThan(58_000)
    await clock.advance(62_000)
    expect(same!.url).toBe('ws://c.test/2')
    expect(same!.state.name).toBe('open')
    await leave()
  })
})

describe('a restart', () => {
  const restart = async ({clients, clock, network}: Page, reason = ''): Promise<number[]> => {
    await clock.advance(0)
    for (const {server} of network.live) server.close(1012, reason)
    await clock.advance(0)
    return clients.map((client) => stateOf(client, 'backoff').delay)
  }

  it('brings each back when its own delay of 5 to 30 s is over [CC-116] [CC-15]', async () => {
    const restarting = page()
    const {add, attempts, clock, leave} = restarting
    add(12)
    const delays = await restart(restarting)
    await clock.advance(30_000)
    expect(attempts.slice(12).map(Math.round)).toEqual(delays.map(Math.round).sort((a, b) => a - b))
    await leave()
  })

  it('with a hint, the same for all, brings them back one after the other [CC-116]', async () => {
    const restarting = page()
    const {add, attempts, clock, leave} = restarting
    add(12)
    expect(Math.max(...(await restart(restarting, 'retry-after=5')))).toBeLessThanOrEqual(6000)
    await clock.advance(30_000)
    expect(attempts).toHaveLength(24)
    expect(within(attempts, 1, 6000)).toBeLessThanOrEqual(2)
    await leave()
  })

  it('and another soon after it bring them back one after the other, too: their delays are short now [CC-116]', async () => {
    const restarting = page()
    const {add, attempts, clock, leave} = restarting
    add(12, {stableAfter: 3_600_000})
    await restart(restarting)
    await clock.advance(40_000)
    const delays = await restart(restarting)
    expect(Math.max(...delays)).toBeLessThanOrEqual(3000)
    await clock.advance(60_000)
    expect(attempts).toHaveLength(36)
    expect(within(attempts, 40_000, 43_000)).toBeLessThanOrEqual(3)
    await leave()
  })
})

describe('clients of another origin', () => {
  it.each(['wss://other.test/live', 'ws://example.test/live', 'wss://example.test:8443/live'])('at %s are not held back [CC-115]', async (other) => {
    const {add, clock, network, leave} = page(acceptsThenCloses(1013))
    add(3)
    await clock.advance(0)
    network.behaviour = accepts()
    const clients = add(3, {url: other})
    await clock.advance(0)
    expect(names(clients)).toEqual(['open', 'open', 'open'])
    await leave()
  })

  it('but of the same clock are the same at another path, with another query, and with an `overload()` of their own [CC-115]', async () => {
    const {add, clock, leave} = page(acceptsThenCloses(1013))
    add(1)
    await clock.advance(0)
    const clients = [...add(1, {url: 'https://example.test/other?token=1'}), ...add(1, {extensions: [overload()]}), ...add(1, {extensions: []})]
    await clock.advance(0)
    expect(names(clients)).toEqual(['suspended', 'suspended', 'backoff'])
    await leave()
  })
})

describe('signals and calls', () => {
  it.each(['wake', 'online', 'reconnect'])('%s does not let a client in before its turn [CC-115]', async (what) => {
    let tell: ((signal: never) => void) | undefined
    const environment = {online: true, frozen: false, subscribe: (listener: (signal: never) => void) => ((tell = listener), () => {})}
    const {add, attempts, clock, leave} = page(acceptsThenCloses(1013, 'retry-after=60'))
    add(1)
    await clock.advance(0)
    const [client] = add(1, {environment})
    await clock.advance(0)
    const {retryAt} = stateOf(client!, 'suspended')
    if (what === 'reconnect') client!.reconnect()
    else tell!(what as never)
    await clock.advance(1000)
    expect(stateOf(client!, 'suspended').retryAt).toBe(retryAt)
    expect(attempts).toEqual([0])
    await leave()
  })

  it('close() ends the wait, and leaves nothing [CC-115] [CC-5]', async () => {
    const {add, clock, leave} = page(acceptsThenCloses(1013))
    add(1)
    await clock.advance(0)
    const [client] = add(1)
    await clock.advance(0)
    expect(client!.state.name).toBe('suspended')
    client!.close()
    expect(client!.state.name).toBe('closed')
    await leave()
  })
})

describe('the budget', () => {
  it('lets a page with a dozen clients in at once, and once more when the network is gone and back [CC-118]', async () => {
    const {add, clock, clients, network, leave} = page()
    add(12)
    await clock.advance(0)
    for (const {server} of network.live) server.drop()
    await clock.advance(1500)
    expect(network.sockets).toHaveLength(24)
    expect(new Set(names(clients))).toEqual(new Set(['open']))
    await leave()
  })

  it('holds a hundred clients to 30 in 10 s, and lets all of them in [CC-118]', async () => {
    const {add, attempts, clock, clients, leave} = page()
    add(100)
    await clock.advance(120_000)
    expect(new Set(names(clients))).toEqual(new Set(['open']))
    for (const [i, at] of attempts.entries()) expect(at - (attempts[i - 30] ?? -10_000)).toBeGreaterThanOrEqual(10_000)
    expect(clients.reduce((sum, {stats}) => sum + stats.retries, 0)).toBe(0)
    await leave()
  })

  it('stops a loop that the program itself makes [CC-118]', async () => {
    const {add, attempts, clock, leave} = page(accepts(), [overload({attempts: 3, per: 1000})])
    const [client] = add(1)
    client!.on('open', () => client!.reconnect())
    await clock.advance(10_000)
    expect(attempts.length).toBeGreaterThanOrEqual(15)
    for (const [i, at] of attempts.entries()) expect(at - (attempts[i - 3] ?? -1000)).toBeGreaterThanOrEqual(1000)
    await leave()
  })

  it('of Infinity is none [CC-118]', async () => {
    const {add, clock, clients, leave} = page(accepts(), [overload({attempts: Infinity})])
    add(200)
    await clock.advance(0)
    expect(new Set(names(clients))).toEqual(new Set(['open']))
    await leave()
  })
})

describe('a store', () => {
  const memory = (text: string | null = null): Store & {text: string | null; reads: number; writes: string[]} => ({
    text,
    reads: 0,
    writes: [],
    read() {
      this.reads++
      return this.text
    },
    write(text) {
      this.writes.push(text)
      this.text = text || null
    },
  })

  it('keeps what remains over a reload, and is empty when it is over [CC-119]', async () => {
    const store = memory()
    const before = page(acceptsThenCloses(1013, 'retry-after=60'), [overload({store})])
    const [told] = before.add(1, {url: `${url}?token=secret`})
    await before.clock.advance(0)
    const {retryAt} = stateOf(told!, 'backoff')
    expect(store.text).toBe(`{"wss://example.test":${Math.ceil(retryAt)}}`)
    await before.leave()

    await before.clock.advance(20_000)
    const after = page(accepts(), [overload({store})], afterReload(before.clock))
    const clients = after.add(3)
    await after.clock.advance(0)
    for (const client of clients) {
      const waits = stateOf(client, 'suspended')
      expect(waits.retryAt).toBeGreaterThanOrEqual(retryAt)
      expect(waits.retryAt).toBeLessThanOrEqual(retryAt + 3001)
    }
    await after.clock.advance(45_000)
    expect(names(clients)).toEqual(['open', 'open', 'open'])
    expect(store.text).toBeNull()
    await after.leave()
  })

  it('that is not given keeps nothing: a reload begins anew [CC-119]', async () => {
    const before = page(acceptsThenCloses(1013, 'retry-after=60'))
    before.add(1)
    await before.clock.advance(0)
    await before.leave()
    const after = page(accepts(), [overload()], afterReload(before.clock))
    const [client] = after.add(1)
    await after.clock.advance(0)
    expect(client!.state.name).toBe('open')
    await after.leave()
  })

  it('is read once, at the first attempt, and written when something changes [CC-119]', async () => {
    const store = memory()
    const extensions = [overload({store})]
    const {add, clock, network, leave} = page(accepts(), extensions)
    const clients = add(3, {autoOpen: false})
    expect(store.reads).toBe(0)
    for (const client of clients) client.open()
    await clock.advance(0)
    expect([store.reads, store.writes.length]).toEqual([1, 0])
    network.sockets[0]!.server.close(1013)
    await clock.advance(0)
    expect(store.writes).toHaveLength(1)
    await clock.advance(5000)
    expect([store.reads, store.writes.length, store.writes[1]]).toEqual([1, 2, ''])
    await leave()
  })

  it.each(['{"wss://example.test":1e300}', '{"wss://example.test":9007199254740991}'])('that says %s is believed for ten minutes [CC-119]', async (text) => {
    const {add, clock, leave} = page(accepts(), [overload({store: memory(text)})])
    const [client] = add(1)
    await clock.advance(0)
    expect(stateOf(client!, 'suspended').retryAt! - clock.now()).toBeGreaterThanOrEqual(600_000)
    await clock.advance(601_000)
    expect(client!.state.name).toBe('open')
    await leave()
  })

  it.each<[string, () => Store]>([
    ['holds nonsense', () => memory('{"wss://example.test":')],
    ['holds a prototype', () => memory('{"__proto__":{"wss://example.test":1e300}}')],
    ['holds too much', () => memory('x'.repeat(1e6))],
    ['throws', () => ({read: () => fail(), write: () => fail()})],
    ['throws when it is full', () => ({read: () => null, write: () => fail()})],
    ['promises', () => ({read: () => Promise.resolve('{}') as never, write: () => {}})],
  ])('that %s is none, and nobody is bothered [CC-119]', async (_name, store) => {
    const {add, clock, network, leave} = page(acceptsThenCloses(1013), [overload({store: store()})])
    const [client] = add(1)
    await clock.advance(0)
    expect(stateOf(client!, 'backoff')).toMatchObject({attempt: 1})
    network.behaviour = accepts()
    await clock.advance(2000)
    expect(client!.state.name).toBe('open')
    expect(takeUncaught()).toEqual([])
    await leave()
  })

  const fail = (): never => {
    throw new Error('QuotaExceededError')
  }
})

describe('an option', () => {
  const sentence = (run: () => unknown): string => {
    try {
      run()
    } catch (error) {
      expect(error).toSatisfy(isClosecallError)
      expect(error).toMatchObject({code: 'INVALID'})
      return (error as Error).message
    }
    throw new Error('nothing was thrown')
  }

  it.each<[unknown, string]>([
    [{attempts: 0}, '`attempts` must be a whole number from 1 to 1000, or Infinity, got 0'],
    [{attempts: 2.5}, '`attempts` must be a whole number from 1 to 1000, or Infinity, got 2.5'],
    [{attempts: 1001}, '`attempts` must be a whole number from 1 to 1000, or Infinity, got 1001'],
    [{attempts: NaN}, '`attempts` must be a whole number from 1 to 1000, or Infinity, got NaN'],
    [{attempts: '5'}, '`attempts` must be a number, got "5"'],
    [{per: 0}, '`per` must be 1..600000, got 0'],
    [{per: Infinity}, '`per` must be 1..600000, got Infinity'],
    [{store: 'closecall'}, '`store` must be an object, got "closecall"'],
    [{store: {read: () => null}}, '`store` must be a Store, got an object'],
    [{budget: 5}, '`budget` must be an option that exists, got "number"'],
    [5, '`options` must be an object, got 5'],
  ])('%j is answered at once by a sentence [CC-82]', (options, message) => {
    expect(sentence(() => overload(options as OverloadOptions))).toBe(`closecall: ${message}`)
  })

  it('that is undefined was not given', () => {
    expect(overload({attempts: undefined, per: undefined, store: undefined} as never)).toBeTypeOf('function')
  })
})

describe('sessionStore()', () => {
  const storage = (): Storage & {entries: Map<string, string>} => {
    const entries = new Map<string, string>()
    return {
      entries,
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, text: string) => entries.set(key, text),
      removeItem: (key: string) => entries.delete(key),
    } as never
  }

  it('keeps one entry of the session, under the key that it was given [CC-119]', () => {
    const {entries, ...rest} = storage()
    vi.stubGlobal('sessionStorage', rest)
    const [usual, own] = [sessionStore(), sessionStore('own')]
    expect(usual.read()).toBeNull()
    usual.write('a')
    own.write('b')
    expect([...entries]).toEqual([['closecall', 'a'], ['own', 'b']])
    expect([usual.read(), own.read()]).toEqual(['a', 'b'])
    usual.write('')
    expect([...entries]).toEqual([['own', 'b']])
  })

  const fail = (): never => {
    throw new DOMException('denied', 'SecurityError')
  }

  it.each<[string, PropertyDescriptor]>([
    ['there is no storage', {value: undefined}],
    ['it is forbidden to look', {get: fail}],
    ['every call throws', {value: {getItem: fail, setItem: fail, removeItem: fail}}],
  ])('keeps nothing where %s, and throws nothing [CC-119]', (_name, descriptor) => {
    vi.stubGlobal('sessionStorage', undefined)
    Object.defineProperty(globalThis, 'sessionStorage', {configurable: true, ...descriptor})
    const store = sessionStore()
    expect(store.read()).toBeNull()
    expect(() => store.write('text')).not.toThrow()
    expect(() => store.write('')).not.toThrow()
  })
})
