// Does the client stay right where runtimes, wrappers and callers misbehave?

import {describe, expect, it, vi} from 'vitest'
import {connect, isClosecallError, type Client} from '../../src/index.ts'
import {accepts, acceptsThenCloses, fakeNetwork, goesSilent, neverAnswers, refuses, sequence, throwsOnConstruct, type Behaviour, type FakeWebSocketClass} from '../../src/testing/index.ts'
import {complained, expectRest, long, reportsOf, setUp, settled, takeUncaught, url, warned, watchTheWorld, type Setup, type SetupOptions} from './fixture.ts'

watchTheWorld()

/** A client whose sockets are of a class made from the fake one. */
const setUpWith = (wrap: (Class: FakeWebSocketClass) => FakeWebSocketClass, behaviour: Behaviour = accepts(), options: SetupOptions = {}): Setup => {
  const network = fakeNetwork(behaviour)
  return {...setUp(behaviour, {...options, WebSocket: wrap(network.WebSocket)}), network}
}

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    expect(error).toSatisfy(isClosecallError)
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

/** Hands the memory to another thread, as `postMessage` with a transfer list does. */
const detach = (buffer: ArrayBuffer): void => {
  structuredClone(buffer, {transfer: [buffer]})
  expect(buffer.byteLength).toBe(0)
}

describe('memory', () => {
  it.each<[string, (buffer: ArrayBuffer) => ArrayBuffer | Uint8Array]>([
    ['a buffer', (buffer) => buffer],
    ['a view', (buffer) => new Uint8Array(buffer)],
  ])('reports a 1007 though the memory of %s went to another thread [CC-7] [CC-60] [CC-61]', async (_name, dataIn) => {
    const setup = await settled(setUp())
    const reports = reportsOf(setup)
    const buffer = new ArrayBuffer(8)
    setup.client.send('before')
    setup.client.send(dataIn(buffer))
    detach(buffer)
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(setup.states).toEqual(['open', 'failed'])
    expect(setup.closes).toMatchObject([{close: {code: 1007}}])
    expect(reports).toMatchObject([{failed: true, frames: [{length: 6}, {length: 8}]}])
    expect(reports[0]!.frames[1]).not.toHaveProperty('fingerprint')
    expect(takeUncaught()).toEqual([])
    expectRest(setup)
  })

  it('does not keep a large buffer alive for a small view of it [CC-64]', async () => {
    const setup = await settled(setUp())
    const reports = reportsOf(setup)
    setup.client.send(new Uint8Array(new ArrayBuffer(65_537), 0, 4))
    setup.client.send(new Uint8Array(4))
    setup.network.last.server.close(1007)
    await settled(setup)
    const [large, small] = reports[0]!.frames
    expect([large, small]).toMatchObject([{length: 4}, {length: 4}])
    expect(large).not.toHaveProperty('fingerprint')
    expect(small).toHaveProperty('fingerprint')
  })

  it('refuses a part of a message to remember [CC-82]', () => {
    const message = messageOf(() => connect(url, {WebSocket: fakeNetwork().WebSocket, autoOpen: false, evidence: {frames: 2.5}}))
    expect(message).toBe('closecall: `frames` must be a whole number, got 2.5')
  })
})

describe('time that a text can cost', () => {
  // A pattern that tries each start anew takes longer for these than the time limit of a test.
  const text = '\x85'.repeat(200_000) + '€'

  it('is linear where texts are looked over before they leave [CC-65]', async () => {
    const setup = await settled(setUp())
    expect(setup.client.send(text)).toBe('sent')
    expect(warned).not.toHaveBeenCalled()
    setup.client.close()
  })

  it('is linear where a report is made [CC-61]', async () => {
    const setup = await settled(setUp(accepts(), {lint: 'off', evidence: {frames: 16}}))
    const reports = reportsOf(setup)
    for (let sent = 0; sent < 16; sent++) setup.client.send(text.slice(-65_000))
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports[0]!.frames).toHaveLength(16)
    expect(reports[0]!.frames[0]).toMatchObject({length: 65_000, findings: []})
  })
})

describe('an exception while something is handled', () => {
  it('from the console stops nothing: later events work [CC-6] [CC-83]', async () => {
    const broken = new Error('no console in tests')
    complained.mockImplementation(() => {
      throw broken
    })
    const setup = await settled(setUp())
    setup.client.once('close', () => setup.client.reconnect())
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(takeUncaught()).toEqual([broken])
    expect(setup.states).toEqual(['open', 'failed', 'connecting', 'open'])
    setup.network.last.server.send('hello')
    setup.network.last.server.drop()
    await settled(setup)
    expect(setup.messages).toEqual(['hello'])
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000})
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    expect(setup.network.sockets).toHaveLength(3)
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })
})

describe('a transport', () => {
  it.each([NaN, -1, -1e9, '5', Infinity, null])('whose retryAfter is %s is retried with the ordinary backoff [CC-30] [CC-43]', async (retryAfter) => {
    const setup = await settled(setUp(refuses(503, {retryAfter: retryAfter as never})))
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000, retryAt: 1000})
    await setup.clock.advance(999)
    expect(setup.network.sockets).toHaveLength(1)
    await setup.clock.advance(2001)
    expect(setup.delays).toEqual([1000, 2000, 4000])
    expect(setup.network.sockets).toHaveLength(3)
    setup.client.close()
  })

  it.each<[string, object]>([
    ['words', {message: 'upstream error code 404'}],
    ['fields', {message: '', status: 404, retryAfter: 60_000}],
  ])('that tells of a status in the %s of an error has refused no handshake, once the connection is open [CC-17]', async (_name, fields) => {
    const setup = await settled(setUp())
    setup.network.last.server.emit('error', fields)
    setup.network.last.server.close(1013, 'busy')
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000, last: {code: 1013, opened: true}})
    expect(setup.closes[0]!.close).not.toHaveProperty('status')
    expect(setup.closes[0]!.close).not.toHaveProperty('retryAfter')
    expect(setup.closes[0]!.explanation).toMatch(/^1013 /)
    setup.client.close()
  })
})

describe('a WebSocket class', () => {
  it.each<[string, unknown]>([
    ['a promise', Promise.resolve()],
    ['true', true],
    [
      'a function',
      () => {
        throw new Error('not to be called')
      },
    ],
  ])('whose close() returns %s can be closed, and `closing` is told [CC-81]', async (_name, answer) => {
    const setup = await settled(
      setUpWith(
        (Class) =>
          class extends Class {
            override close(code?: number, reason?: string) {
              super.close(code, reason)
              return answer as void
            }
          },
      ),
    )
    setup.client.close()
    expect(setup.states).toEqual(['open', 'closing'])
    await settled(setup)
    expect(setup.states).toEqual(['open', 'closing', 'closed'])
    expect(setup.closes).toMatchObject([{close: {code: 1000}}])
    expectRest(setup)
  })

  /** Answers every message before `send()` returns. */
  const echoes = (Class: FakeWebSocketClass): FakeWebSocketClass =>
    class extends Class {
      override send(data: unknown) {
        super.send(data)
        this.onmessage?.({data})
      }
    }

  const flushed = async (onFirst: (client: Client) => void): Promise<Setup> => {
    const setup = setUpWith(echoes)
    for (const data of ['a', 'b', 'c']) setup.client.send(data)
    setup.client.once('message', () => onFirst(setup.client))
    return settled(setup)
  }

  const sentBy = ({network}: Setup): unknown[][] => network.sockets.map(({sent}) => sent.map(({data}) => data))

  it('whose send() delivers a message at once gets what waited once each, in order, though a listener calls hint() [CC-72]', async () => {
    const setup = await flushed((client) => client.hint({after: 5}))
    expect(sentBy(setup)).toEqual([['a', 'b', 'c']])
    expect(setup.client.state).toMatchObject({name: 'open', hint: {after: 5}})
    expect(setup.client.stats).toMatchObject({sent: 3, unsent: 0, unsentBytes: 0})
    setup.client.close()
  })

  it('… or send()', async () => {
    const setup = await flushed((client) => expect(client.send('between')).toBe('sent'))
    expect(sentBy(setup)).toEqual([['a', 'b', 'c', 'between']])
    expect(setup.client.stats).toMatchObject({sent: 4, unsent: 0, unsentBytes: 0})
    setup.client.close()
  })

  it('… or reconnect(), which leaves the rest to the next connection', async () => {
    const setup = await flushed((client) => client.reconnect())
    expect(sentBy(setup)).toEqual([['a'], ['b', 'c']])
    expect(setup.client.stats).toMatchObject({sent: 3, unsent: 0, unsentBytes: 0})
    setup.client.close()
  })

  it('… or close(), after which the rest can be taken out [CC-73]', async () => {
    const setup = await flushed((client) => client.close())
    expect(sentBy(setup)).toEqual([['a']])
    expect(setup.client.state.name).toBe('closed')
    expect(setup.client.takeUnsent().map(({data}) => data)).toEqual(['b', 'c'])
    expectRest(setup)
  })

  it('whose constructor closes the client leaves no socket, live or held [CC-5] [CC-81]', async () => {
    const box: {setup?: Setup} = {}
    const setup = (box.setup = setUp((server) => {
      box.setup!.client.close()
      server.accept()
    }))
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.states).toEqual(['closed'])
    expect(setup.network.sockets).toHaveLength(1)
    expect(setup.client).toMatchObject({protocol: '', extensions: '', bufferedAmount: 0})
    expectRest(setup)
  })

  it('that can not be constructed has three strikes of its own, whatever failed before [CC-19] [CC-21]', async () => {
    const setup = setUp(sequence(refuses(), refuses(), throwsOnConstruct(new Error('CSP'))))
    const reports = reportsOf(setup)
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes'})
    expect(setup.closes.map(({close}) => close.origin)).toEqual(['event', 'event', 'constructor', 'constructor', 'constructor'])
    expect(setup.delays).toEqual([1000, 2000, 4000, 8000])
    expect(reports).toHaveLength(1)
    expectRest(setup)
  })

  it('that is bound, and has no prototype, gets a sentence for text bytes [CC-74]', async () => {
    const setup = await settled(setUpWith((Class) => (Class as unknown as Function).bind(undefined) as FakeWebSocketClass))
    expect(setup.client.state.name).toBe('open')
    expect(messageOf(() => setup.client.send(Uint8Array.of(0x61), {binary: false}))).toMatch(/`binary` must be true/)
    expect(setup.client.send(Uint8Array.of(0x61))).toBe('sent')
    setup.client.close()
  })
})

describe('secrets', () => {
  const urls = [
    ['user and password', 'https://alice:hunter2@auth.test/token'],
    ['the query', 'https://auth.test/token?key=hunter2'],
    ['the fragment', 'https://auth.test/token#access_token=hunter2'],
    ['all of them', 'https://alice:hunter2@auth.test/token?key=hunter2#hunter2'],
  ] as const
  const providers = ['url', 'protocols', 'credentials'] as const

  it.each(providers.flatMap((provider) => urls.map(([part, address]) => [part, provider, address] as const)))(
    'of %s of a URL that %s failed with are told nowhere [CC-63]',
    async (_part, provider, address) => {
      const fail = () => Promise.reject(new TypeError(`can not fetch ${address} today`))
      const unheard = await settled(setUp(accepts(), {[provider]: fail, backoff: {maxAttempts: 0}}))
      const setup = setUp(accepts(), {[provider]: fail, backoff: {maxAttempts: 0}})
      const reports = reportsOf(setup)
      await settled(setup)
      expect(reports).toHaveLength(1)
      expect(complained).toHaveBeenCalledTimes(1)
      const {error} = reports[0]!
      const told = JSON.stringify([setup.client.history, setup.client.state, reports, unheard.client.history, complained.mock.calls]) + error.message + error.stack
      expect(told).not.toContain('hunter2')
      expect(told).not.toContain('alice')
      // Not by saying nothing.
      for (const words of [error.message, complained.mock.calls[0]![0]]) expect(words).toContain('https://auth.test/token')
    },
  )

  it.each<[string, () => unknown]>([
    ['url', () => connect('wss://alice:hunter2@host.test/#hunter2')],
    ['url', () => connect('ftp://alice:hunter2@host.test/?hunter2')],
    ['url', () => connect('alice:hunter2@host.test')],
    ['credentials', () => connect(url, {credentials: 'https://alice:hunter2@host.test/' as never})],
    ['lint', () => connect(url, {lint: 'https://host.test/?hunter2' as never})],
    ['endpoint', () => connect(url, {endpoint: 'https://host.test/#hunter2'} as never)],
    ['restartSpread', () => connect(url, {backoff: {restartSpread: ['wss://alice:hunter2@host.test/', 0] as never}})],
  ])('of URLs (%#) are not shown with the value of %s that can not be used [CC-82]', (name, run) => {
    const message = messageOf(run)
    expect(message).toContain(`\`${name}\``)
    expect(message).toContain(['credentials', 'endpoint'].includes(name) ? 'got "string"' : 'host.test')
    expect(message).not.toContain('hunter2')
    expect(message).not.toContain('alice')
  })

  it.each([
    ['wss://alice:hunter2@host.test/room?key=hunter2', 'wss://host.test/room'],
    ['wss://hunter2@host.test/', 'wss://host.test/'],
    ['wss://host.test/room/@alice', 'wss://host.test/room/@alice'],
    ['wss://alice:hunter2@host.test/room/@alice?key=a@b//hunter2', 'wss://host.test/room/@alice'],
  ])('of %s are not in a report, and the host is [CC-63]', async (address, shown) => {
    const setup = setUp(acceptsThenCloses(1007), {url: address})
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports[0]!.connection.url).toBe(shown)
    expect(JSON.stringify(reports)).not.toContain('hunter2')
  })

  it('that travel as subprotocols are not shown [CC-63] [CC-82]', async () => {
    const wrong = ['bearer', 'hunter2==@', 'hunter2/']
    for (const protocols of [wrong, wrong[2]!, ['hunter2', 'hunter2']]) {
      const message = messageOf(() => connect(url, {protocols}))
      expect(message).toContain('`protocols` must be tokens')
      expect(message).not.toContain('hunter2')
    }
    const setup = setUp(accepts(), {protocols: () => wrong, backoff: {maxAttempts: 0}})
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports).toHaveLength(1)
    expect(JSON.stringify([reports, setup.client.history]) + reports[0]!.error.message).not.toContain('hunter2')
  })

  it.each<[string, Behaviour, SetupOptions]>([
    ['a function', accepts(), {url: () => Promise.reject(new Error('x'.repeat(1_000_000)))}],
    ['a constructor', throwsOnConstruct(new Error('x'.repeat(1_000_000))), {}],
    ['a transport', (server) => server.refuse({message: 'x'.repeat(1_000_000)}), {}],
  ])('and words without end: those of %s are cut at 200 [CC-87]', async (_name, behaviour, options) => {
    const setup = await settled(setUp(behaviour, options))
    expect(setup.client.history).toMatchObject([{close: {error: 'x'.repeat(200)}}])
    expect(setup.client.history[0]!.explanation.length).toBeLessThan(400)
    setup.client.close()
  })
})

describe('a function that gives the address', () => {
  it.each<[string, SetupOptions, string]>([
    ['URL', {url: () => 'ftp://example.test'}, '`url` must be a ws: or http: URL without a fragment'],
    ['subprotocols', {protocols: () => ['a b']}, '`protocols` must be tokens, each once'],
  ])('is told the rule that its %s broke [CC-50] [CC-82]', async (_name, options, rule) => {
    const setup = await settled(setUp(accepts(), options))
    expect(setup.client.history).toMatchObject([{close: {origin: 'provider', error: expect.stringContaining(rule) as string}}])
    expect(setup.client.history[0]!.explanation).toContain(rule)
    setup.client.close()
  })

  it('and forgets to return makes a failed attempt, also in a page [CC-50]', async () => {
    vi.stubGlobal('document', {baseURI: 'https://page.test/app'})
    const setup = await settled(setUp(accepts(), {url: () => undefined as never}))
    expect(setup.network.sockets).toEqual([])
    expect(setup.client.state).toMatchObject({name: 'backoff', last: {origin: 'provider'}})
    setup.client.close()
    const relative = await settled(setUp(accepts(), {url: () => 'live'}))
    expect(relative.network.last.url).toBe('wss://page.test/live')
    relative.client.close()
  })

  it.each<[string, unknown]>([
    ['whose words are an object without a prototype', {message: Object.create(null)}],
    ['whose code is one', {code: Object.create(null), message: Symbol('no words')}],
    ['that is a symbol', Symbol('no error')],
    ['that is undefined', undefined],
  ])('and throws what is no error, %s, makes a failed attempt [CC-50]', async (_name, thrown) => {
    const fail = () => {
      throw thrown
    }
    // An unhandled rejection fails the test run by itself.
    const setup = await settled(setUp(accepts(), {url: fail}))
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000, last: {origin: 'provider', opened: false}})
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
    expectRest(setup)
  })
})

describe('a caller', () => {
  it.each(['open', 'reconnect'] as const)('that calls %s() before the connection is closed is told of its end all the same [CC-80] [CC-86]', async (method) => {
    const setup = await settled(setUp(sequence(goesSilent(), accepts())))
    await setup.clock.advance(3000)
    setup.client.close(4000, 'bye')
    setup.client[method]()
    expect(setup.closes).toMatchObject([{close: {origin: 'reconnect', opened: true, age: 3000}}])
    expect(setup.client.history).toEqual(setup.closes)
    await setup.clock.advance(long)
    expect(setup.states).toEqual(['open', 'closing', 'connecting', 'open'])
    expect(setup.closes).toHaveLength(1)
    expect(setup.network.live).toHaveLength(1)
    setup.client.close()
  })

  it('that wants a Blob in a text frame gets a sentence [CC-74] [CC-82]', async () => {
    const setup = await settled(setUp(accepts(), {kind: 'ws'}))
    expect(messageOf(() => setup.client.send(new Blob(['x']), {binary: false}))).toMatch(/`binary` must be true for a Blob/)
    expect(setup.client.send(new Blob(['x']), {binary: true})).toBe('sent')
    expect(setup.network.last.sent).toMatchObject([{binary: true}])
    setup.client.close()
  })

  it.each<[string, object]>([
    ['a buffer', {byteLength: 3}],
    ['a view', {buffer: new ArrayBuffer(3), byteOffset: 0, byteLength: 3}],
    ['a Blob', {size: 3, slice: () => {}}],
  ])('that sends what only looks like %s gets a sentence, open or not [CC-70] [CC-82]', async (_name, data) => {
    const waiting = setUp(neverAnswers())
    const setup = await settled(setUp())
    for (const {client} of [waiting, setup]) {
      expect(messageOf(() => client.send(data as never))).toMatch(/`data` must be a string, ArrayBuffer, view or Blob/)
      expect(client.stats).toMatchObject({sent: 0, unsent: 0})
      client.close()
    }
  })
})

describe('a server', () => {
  it('that restarts after other failures is met with spread, the first time in a row [CC-15]', async () => {
    const setup = setUp(sequence(refuses(), acceptsThenCloses(1012)))
    await setup.clock.advance(1000 + 17_500)
    expect(setup.delays).toEqual([1000, 17_500, 4000])
    setup.client.close()
    const other = setUp(sequence(refuses(), acceptsThenCloses(1012)), {random: () => 0, backoff: {restartSpread: [7000, 8000]}})
    await other.clock.advance(1000)
    expect(other.delays).toEqual([500, 7000])
    other.client.close()
  })

  it.each([0, 0.1, 0.5, 0.99])('that refuses new credentials, too, is not met before the first delay where jitter is decorrelated and chance %d [CC-31]', async (chance) => {
    const setup = setUp(sequence(acceptsThenCloses(1008), refuses()), {random: () => chance, credentials: () => 'token', backoff: {jitter: 'decorrelated', initialDelay: 1000}})
    await settled(setup)
    expect(setup.delays).toHaveLength(2)
    expect(setup.delays[0]).toBe(0)
    expect(setup.delays[1]).toBeCloseTo(1000 + chance * 2000)
    setup.client.close()
  })

  it('can not act on a terminal with what it says [CC-87]', async () => {
    const reason = '\x9b2J\x1b[1m\x7f\u202egnp.exe\u2066\u200f\u2028\u2029'
    const unheard = await settled(setUp(acceptsThenCloses(1007, reason)))
    const setup = setUp(acceptsThenCloses(1007, reason))
    const reports = reportsOf(setup)
    await settled(setup)
    const lines = [setup.client.history[0]!.explanation, unheard.client.history[0]!.explanation, reports[0]!.error.message, complained.mock.calls[0]![0] as string]
    for (const line of lines) {
      expect(line).toContain('gnp.exe')
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
    }
    await expect(setup.client.ready).rejects.toThrow(lines[0])
    // What is data stays as it came.
    expect(reports[0]!.close.reason).toBe(reason)
  })
})

describe('what a second look found', () => {
  it.each([1007, 1009])('reports a %d though the memory of a DataView went to another thread [CC-7] [CC-64]', async (code) => {
    const setup = await settled(setUp())
    const reports = reportsOf(setup)
    const data = new DataView(new ArrayBuffer(8))
    setup.client.send(data)
    structuredClone(data.buffer, {transfer: [data.buffer]})
    setup.network.last.server.close(code)
    await settled(setup)
    expect(takeUncaught()).toEqual([])
    expect(setup.states).toEqual(['open', 'failed'])
    expect(reports).toMatchObject([{frames: [{length: 8}]}])
    expectRest(setup)
  })

  const password = 'hunter2'.repeat(40)

  it('keeps a password of any length out of reports, errors and history [CC-63]', async () => {
    const setup = setUp(acceptsThenCloses(1007), {url: `wss://alice:${password}@host.test/`})
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports[0]!.connection.url).toBe('wss://host.test/')

    expect(messageOf(() => connect(`wss://alice:${password}@host.test/#x`, {WebSocket: fakeNetwork().WebSocket}))).not.toContain('hunter2')

    const failing = await settled(
      setUp(accepts(), {
        url: () => {
          throw new TypeError(`can not fetch https://alice:${password}@host.test/`)
        },
      }),
    )
    expect(JSON.stringify(failing.client.history)).toContain('can not fetch https://host.test/')
    expect(JSON.stringify(failing.client.history)).not.toContain('hunter2')
    failing.client.close()
  })

  it('does not hand out by takeUnsent() what is just being sent [CC-73]', async () => {
    const setup = setUpWith(
      (Class) =>
        class extends Class {
          override send(data: unknown): void {
            super.send(data)
            this.onmessage?.({data})
          }
        },
    )
    for (const data of ['a', 'b']) setup.client.send(data)
    let taken: unknown
    setup.client.once('message', () => {
      setup.client.close()
      taken = setup.client.takeUnsent().map(({data}) => data)
    })
    await settled(setup)
    expect(setup.network.last.sent).toMatchObject([{data: 'a'}])
    expect(taken).toEqual(['b'])
  })

  it('takes an error whose words throw for a failed attempt [CC-50]', async () => {
    const setup = await settled(
      setUp(accepts(), {
        url: () => {
          throw {
            get message() {
              throw new Error('of the getter')
            },
          }
        },
      }),
    )
    takeUncaught()
    expect(setup.client.state.name).toBe('backoff')
    setup.client.close()
  })

  it('answers an address that has no text with the sentence [CC-82]', () => {
    for (const address of [Object.create(null), undefined, null, 80, {}]) expect(messageOf(() => connect(address, {WebSocket: fakeNetwork().WebSocket}))).toMatch(/`url` must be/)
  })

  it('is not made deaf by a random function that throws [CC-83]', async () => {
    let broken = false
    const random = (): number => {
      if (broken) throw new Error('of random')
      return 0.5
    }
    const setup = await settled(setUp(accepts(), {random}))
    broken = true
    setup.network.last.server.close(1012)
    await settled(setup)
    // As if chance had drawn the middle.
    expect(setup.delays).toEqual([17_500])
    broken = false
    await setup.clock.advance(60_000)
    takeUncaught()
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it.each(['open', 'reconnect'] as const)('says what is really done about a close that %s() overtakes [CC-86]', async (action) => {
    const setup = await settled(setUp(sequence(goesSilent(), accepts())))
    setup.client.close()
    setup.client[action]()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    expect(setup.client.history.at(-1)!.explanation).not.toContain('not reconnecting')
    setup.client.close()
  })

  it.each(['abc', NaN, Infinity, 1.5, null, {}])('does not believe a status of %s on the error event of a transport [CC-17] [CC-18]', async (status) => {
    const setup = setUpWith(
      (Class) =>
        class extends Class {
          constructor(address: string | URL, protocols?: string | string[]) {
            super(address, protocols)
            let heard: ((event: object) => void) | null = null
            Object.defineProperty(this, 'onerror', {
              get: () => heard && ((event: object) => heard!(Object.assign(event, {status}))),
              set: (listener: typeof heard) => {
                heard = listener
              },
            })
          }
        },
      refuses(),
    )
    await settled(setup)
    expect(takeUncaught()).toEqual([])
    expect(setup.client.state).toMatchObject({name: 'backoff', last: {code: 1006}, verdict: {action: 'retry'}})
    expect(setup.client.history.at(-1)!.close).not.toHaveProperty('status')
    setup.client.close()
  })

  it('takes a part of a verdict that is undefined for one that was not given [CC-20]', async () => {
    const setup = setUp(acceptsThenCloses(1007), {verdicts: {1007: {action: undefined, budget: undefined}} as never})
    reportsOf(setup)
    await settled(setup)
    expect(setup.client.state).toMatchObject({name: 'failed', verdict: {action: 'stop'}})
  })
})
