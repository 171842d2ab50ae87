// Is bad input answered at once, by one sentence that names option, rule and value?

import {describe, expect, it, vi} from 'vitest'
import {ClosecallError, connect, isClosecallError, type Options} from '../../src/index.ts'
import {accepts, fakeClock, fakeNetwork, neverAnswers} from '../../src/testing/index.ts'
import {everyWay, setUp, settled, url, watchTheWorld, ways} from './fixture.ts'

watchTheWorld()

const attempt = (address: unknown, options: unknown): unknown => {
  const clock = fakeClock()
  const network = fakeNetwork()
  try {
    connect(address as string, {clock, WebSocket: network.WebSocket, ...(options as Options)})
  } catch (error) {
    expect(clock.pending).toBe(0)
    expect(network.sockets).toEqual([])
    return error
  }
  return 'nothing was thrown'
}

describe('options that can\'t be used are refused at once [CC-82]', () => {
  it.each<[object, string, unknown]>([
    [{backof: {}}, 'backof', ''],
    [{backoff: {initialDelays: 5}}, 'initialDelays', '"number"'],
    [{backoff: {initialDelay: 0}}, 'initialDelay', '0'],
    [{backoff: {initialDelay: '1000'}}, 'initialDelay', '"1000"'],
    [{backoff: {initialDelay: NaN}}, 'initialDelay', 'NaN'],
    [{backoff: {maxDelay: 500}}, 'maxDelay', '500'],
    [{backoff: {maxDelay: Infinity}}, 'maxDelay', 'Infinity'],
    [{backoff: {factor: 0.5}}, 'factor', '0.5'],
    [{backoff: {maxAttempts: -1}}, 'maxAttempts', '-1'],
    [{backoff: {maxHint: Infinity}}, 'maxHint', 'Infinity'],
    [{backoff: {jitter: 1.5}}, 'jitter', '1.5'],
    [{backoff: {jitter: 'fill'}}, 'jitter', '"fill"'],
    [{backoff: {restartSpread: [2, 1]}}, 'restartSpread', '[2,1]'],
    [{backoff: {restartSpread: 5}}, 'restartSpread', '5'],
    [{stableAfter: -1}, 'stableAfter', '-1'],
    [{connectTimeout: 0}, 'connectTimeout', '0'],
    [{connectTimeout: Infinity}, 'connectTimeout', 'Infinity'],
    [{closeTimeout: null}, 'closeTimeout', 'null'],
    [{buffer: {maxMessages: -1}}, 'maxMessages', '-1'],
    [{buffer: {maxBytes: 'all'}}, 'maxBytes', '"all"'],
    [{evidence: {frames: 1e9}}, 'frames', '1000000000'],
    [{evidence: {payloads: 'all'}}, 'payloads', '"all"'],
    [{lint: 'error'}, 'lint', '"error"'],
    [{binaryType: 'nodebuffer'}, 'binaryType', '"nodebuffer"'],
    [{onNormalClosure: 'stop'}, 'onNormalClosure', '"stop"'],
    [{autoOpen: 1}, 'autoOpen', '1'],
    [{classify: 'x'}, 'classify', '"string"'],
    [{onReport: {}}, 'onReport', ''],
    [{credentials: 'token'}, 'credentials', '"string"'],
    [{credentials: 'a function'}, 'credentials', '"string"'],
    [{codec: {encode: String}}, 'codec', 'an object'],
    [{environment: {subscribe: true}}, 'environment', 'an object'],
    [{random: 0.5}, 'random', '"number"'],
    [{WebSocket: {}}, 'WebSocket', ''],
    [{protocols: ['a', 'a']}, 'protocols', 'got 2'],
    [{protocols: 'a b'}, 'protocols', 'got 1'],
    [{protocols: ''}, 'protocols', 'got 1'],
    [{verdicts: {abc: 'stop'}}, 'verdicts', '"abc"'],
    [{verdicts: {'4099-4000': 'stop'}}, 'verdicts', '"4099-4000"'],
    [{verdicts: {4000: 'ignore'}}, 'verdicts.4000', '"ignore"'],
    [{verdicts: {4000: {action: 'ignore'}}}, 'verdicts.4000.action', '"ignore"'],
    [{verdicts: {4000: {acton: 'stop'}}}, 'verdicts.4000.acton', '"string"'],
    [{verdicts: {4000: {budget: 0}}}, 'verdicts.4000.budget', '0'],
    [{verdicts: {4000: {backoff: 'slow'}}}, 'verdicts.4000.backoff', '"slow"'],
    [{verdicts: {4000: {backoff: {initialDelay: 0}}}}, 'verdicts.4000.backoff.initialDelay', '0'],
    [{verdicts: {4000: {backoff: {delay: 1}}}}, 'verdicts.4000.backoff.delay', '"number"'],
    [{verdicts: {4000: {backoff: {jitter: () => 1}}} as never}, 'verdicts.4000.backoff.jitter', 'a function'],
    [{evidence: {frames: 2.5}}, 'frames', '2.5'],
    [{stableAfter: 5n}, 'stableAfter', '5'],
  ])('%# %s is named, with its rule and the value', (options, name, shown) => {
    const error = attempt(url, options) as Error
    expect(error).toMatchObject({name: 'ClosecallError', code: 'INVALID'})
    expect(error.message).toMatch(/^closecall: `[\w.]+` must be .+, got .+$/)
    expect(error.message).toContain(`\`${name}\``)
    expect(error.message).toContain(shown)
  })

  it('a value that has no JSON is named all the same', () => {
    const circular: Record<string, unknown> = {}
    circular.self = circular
    for (const value of [circular, {toJSON: () => undefined}, Object.create(null), 5n, Symbol('s')]) {
      expect(attempt(url, {lint: value})).toMatchObject({code: 'INVALID', message: expect.stringMatching(/^closecall: `lint` must be .+, got ./)})
    }
  })

  it('secrets among the values are not shown', () => {
    const message = String(attempt(url, {credentials: {token: 'secret'}}))
    expect(message).toContain('`credentials`')
    expect(message).not.toContain('secret')
  })

  it.each<[string, object]>([
    ['verdicts', {verdicts: 'stop'}],
    ['backoff', {backoff: null}],
    ['backoff', {backoff: 5}],
    ['evidence', {evidence: null}],
    ['buffer', {buffer: true}],
    ['buffer', {buffer: 1000}],
    ['signal', {signal: {}}],
    ['signal', {signal: 'an object'}],
    ['codec', {codec: 'json'}],
    ['clock', {clock: {}}],
    ['clock', {clock: null}],
  ])('%s that is no object of its kind', (name, options) => {
    const error = attempt(url, options)
    expect(error).toMatchObject({name: 'ClosecallError', code: 'INVALID'})
    expect((error as Error).message).toContain(`\`${name}\``)
  })

  it.each([null, 5])('options that are %s', (options) => {
    expect(() => connect(url, options as never)).toThrow(expect.objectContaining({code: 'INVALID'}))
  })

  it('undefined is as good as not given', async () => {
    const clock = fakeClock()
    const network = fakeNetwork()
    const client = connect(url, {clock, WebSocket: network.WebSocket, backoff: undefined, lint: undefined, protocols: undefined, verdicts: undefined, signal: undefined} as never)
    await clock.advance(0)
    expect(client.state.name).toBe('open')
    client.close()
  })

  it('does not look at what options inherit, nor change them', async () => {
    const options = Object.freeze({...({__proto__: {lint: 'nonsense'}} as object), backoff: Object.freeze({initialDelay: 5})})
    const {client} = setUp(neverAnswers(), options)
    client.close()
    expect(options).toEqual({backoff: {initialDelay: 5}})
  })
})

describe('an address that can\'t be used is refused at once [CC-82]', () => {
  it.each(['', 'nonsense', 'ftp://example.test', 'wss://', 'wss://example.test/#fragment', 'javascript:alert(1)', undefined, null, 5, {}])('%s', (address) => {
    const error = attempt(address, {})
    expect(error).toMatchObject({name: 'ClosecallError', code: 'INVALID'})
    expect((error as Error).message).toMatch(/^closecall: `url` must be a .+, got ./)
  })

  it('does not show its query or its user', () => {
    const error = attempt('wss://user:password@example.test:99999999/?token=secret', {}) as Error
    expect(error.message).toContain('`url`')
    expect(error.message).not.toMatch(/secret|password/)
  })

  it.each([
    ['wss://example.test', 'wss://example.test/'],
    ['https://example.test/a?b=c', 'wss://example.test/a?b=c'],
    [new URL('http://example.test:8080'), 'ws://example.test:8080/'],
  ])('%s is one that can', async (address, expected) => {
    const setup = setUp(accepts(), {url: address})
    await settled(setup)
    expect(setup.network.last.url).toBe(expected)
    setup.client.close()
  })

  it('is relative to the page, where there is one', async () => {
    vi.stubGlobal('document', {baseURI: 'https://page.test/app/'})
    const setup = setUp(accepts(), {url: 'live'})
    await settled(setup)
    expect(setup.network.last.url).toBe('wss://page.test/app/live')
    setup.client.close()
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('location', {href: 'http://worker.test/worker.js'})
    const worker = setUp(accepts(), {url: '/live'})
    await settled(worker)
    expect(worker.network.last.url).toBe('ws://worker.test/live')
    worker.client.close()
  })
})

describe('close(code, reason) [CC-82]', () => {
  it.each(everyWay)('refuses what the standard refuses, and changes nothing: %s', async (way) => {
    const {client} = await ways[way]()
    const {state} = client
    for (const code of [0, 999, 1001, 1006, 1007, 1013, 1015, 2999, 5000, 3000.5, NaN, '1000', null]) {
      expect(() => client.close(code as number)).toThrow(expect.objectContaining({code: 'INVALID', message: expect.stringMatching(/^closecall: `code` must be .*1000.*3000.*4999.*, got ./)}))
    }
    expect(() => client.close(1000, 'é'.repeat(62))).toThrow(/^closecall: `reason` must be .*123.*, got ./)
    expect(() => client.close(1005, 'a reason')).toThrow(/^closecall: `reason` must be left out where there is no code/)
    expect(() => client.reconnect(1001)).toThrow(/^closecall: `code` must be /)
    expect(client.state).toBe(state)
    client.close(4999, 'é'.repeat(61))
  })

  it('says no code with 1005, as the standard\'s close() without one', async () => {
    const setup = await ways.open()
    setup.client.close(1005)
    await settled(setup)
    expect(setup.network.last.closeFrame).toEqual({code: undefined, reason: ''})
    expect(setup.closes).toMatchObject([{close: {code: 1005, wasClean: true}, verdict: {action: 'end', fault: 'none'}}])
  })

  it('reconnect(code, reason) says it to the connection that is left', async () => {
    const setup = await ways.open()
    const [left] = setup.network.sockets
    setup.client.reconnect(4001, 'moved')
    expect(left!.closeFrame).toEqual({code: 4001, reason: 'moved'})
    setup.client.close()
  })
})

describe('hint() [CC-82]', () => {
  it.each([{after: -1}, {after: NaN}, {after: '5'}, {}, {after: 1, spread: -1}, {after: 1, spread: null}])('refuses %j', (hint) => {
    const {client} = setUp(neverAnswers())
    expect(() => client.hint(hint as never)).toThrow(expect.objectContaining({code: 'INVALID'}))
    client.close()
  })

  it.each([undefined, null, 5])('refuses %s with a sentence of ours', (hint) => {
    const {client} = setUp(neverAnswers())
    expect(() => client.hint(hint as never)).toThrow(expect.objectContaining({code: 'INVALID'}))
    client.close()
  })
})

describe('the WebSocket class [CC-82]', () => {
  it('is that of the runtime, read when connecting', async () => {
    const clock = fakeClock()
    const first = fakeNetwork()
    vi.stubGlobal('WebSocket', first.WebSocket)
    const client = connect(url, {clock})
    await clock.advance(0)
    expect(first.sockets).toHaveLength(1)
    const second = fakeNetwork()
    vi.stubGlobal('WebSocket', second.WebSocket)
    client.reconnect()
    await clock.advance(0)
    expect(second.sockets).toHaveLength(1)
    client.close()
  })

  it('where there is none the error says the line to write', () => {
    vi.stubGlobal('WebSocket', undefined)
    const clock = fakeClock()
    expect(() => connect(url, {clock})).toThrow(expect.objectContaining({code: 'NO_WEBSOCKET', message: expect.stringContaining("import WebSocket from 'ws'")}))
    expect(clock.pending).toBe(0)
    const client = connect(url, {clock, autoOpen: false})
    expect(() => client.open()).toThrow(expect.objectContaining({code: 'NO_WEBSOCKET'}))
    expect(() => client.reconnect()).toThrow(expect.objectContaining({code: 'NO_WEBSOCKET'}))
    expect(client.state.name).toBe('idle')
  })

  it('that vanishes later is a failed attempt', async () => {
    const clock = fakeClock()
    vi.stubGlobal('WebSocket', fakeNetwork(neverAnswers()).WebSocket)
    const client = connect(url, {clock, random: () => 0.5})
    vi.stubGlobal('WebSocket', undefined)
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', last: {origin: 'constructor', error: expect.stringContaining('no WebSocket') as string}})
    client.close()
  })
})

describe('errors', () => {
  it('are known by their brand, whoever made them', () => {
    const error = new ClosecallError('INVALID', 'x')
    expect(isClosecallError(error)).toBe(true)
    expect(isClosecallError(Object.assign(new Error('of another copy'), {[Symbol.for('closecall.error')]: true}))).toBe(true)
    for (const other of [new Error('x'), null, undefined, 5, 'x', {}]) expect(isClosecallError(other)).toBe(false)
    expect(JSON.parse(JSON.stringify(error))).toEqual({name: 'ClosecallError', code: 'INVALID', message: 'closecall: x'})
  })
})
