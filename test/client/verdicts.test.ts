// What does the client do about each close code and each refusal?

import {describe, expect, it} from 'vitest'
import {connect, type Verdict} from '../../src/index.ts'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork, goesSilent, neverAnswers, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, long, setUp, settled, takeUncaught, url, warned, watchTheWorld, type SetupOptions} from './fixture.ts'

watchTheWorld()

/** What came of many encounters with such a server. `goes on`: eight connections, and no end. */
const outcome = async (behaviour: Behaviour, options?: SetupOptions): Promise<string> => {
  const setup = setUp(behaviour, options)
  const {client, clock, network} = setup
  setup.client.on('closed', () => {})
  setup.client.on('report', () => {})
  for (let steps = 0; steps < 8 && client.state.name !== 'closed' && client.state.name !== 'failed'; steps++) {
    await clock.advance((clock.nextAt ?? clock.now()) - clock.now())
    expect(network.live.length).toBeLessThan(2)
  }
  const {state} = client
  const connections = `after ${network.sockets.length}`
  if (state.name !== 'closed' && state.name !== 'failed') {
    client.close()
    return 'goes on'
  }
  await clock.advance(long)
  expectRest(setup)
  return state.name === 'failed' ? `failed by ${state.why} ${connections}` : `closed ${connections}`
}

describe('every close code has its verdict [CC-7] to [CC-16]', () => {
  it.each<[number, string]>([
    [1000, 'closed after 1'],
    [1001, 'goes on'],
    [1002, 'failed by strikes after 3'],
    [1003, 'failed by verdict after 1'],
    [1004, 'failed by strikes after 3'],
    [1005, 'goes on'],
    [1006, 'goes on'],
    [1007, 'failed by verdict after 1'],
    [1008, 'failed by verdict after 1'],
    [1009, 'failed by verdict after 1'],
    [1010, 'failed by verdict after 1'],
    [1011, 'goes on'],
    [1012, 'goes on'],
    [1013, 'goes on'],
    [1014, 'goes on'],
    [1015, 'failed by strikes after 3'],
    [1016, 'failed by strikes after 3'],
    [2999, 'failed by strikes after 3'],
    [3000, 'failed by verdict after 1'],
    [3001, 'failed by strikes after 5'],
    [3003, 'failed by verdict after 1'],
    [3008, 'goes on'],
    [3999, 'failed by strikes after 5'],
    [4000, 'failed by strikes after 5'],
    [4999, 'failed by strikes after 5'],
    [1, 'failed by strikes after 3'],
    [999, 'failed by strikes after 3'],
    [5000, 'failed by strikes after 3'],
    [65_535, 'failed by strikes after 3'],
  ])('%i: %s', async (code, expected) => {
    expect(await outcome(acceptsThenCloses(code, 'why'))).toBe(expected)
  })

  it.each([0, -1, 65_536, 1e300, NaN, 1013.5, '1007', null, undefined, {}])('a code that can\'t be, %s, counts as 1006 [CC-18]', async (code) => {
    const {client, clock, closes} = setUp((server) => {
      server.accept()
      server.emit('close', {code, reason: '', wasClean: true})
    })
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', last: {code: 1006}, verdict: {action: 'retry'}})
    expect(closes).toHaveLength(1)
    client.close()
  })

  it('a close event without any field counts as 1006 without a reason [CC-18]', async () => {
    const {client, clock} = setUp((server) => {
      server.accept()
      server.emit('close')
    })
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', last: {code: 1006, reason: '', wasClean: false}})
    client.close()
  })

  it('a 1000 before open is a failed connect: 1006 [CC-18]', async () => {
    const {client, clock} = setUp((server) => server.close(1000))
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', last: {code: 1006, opened: false}})
    client.close()
  })

  it.each([1007, 1013, 1012])('%i is judged the same, clean or not [CC-18]', async (code) => {
    const names = []
    for (const wasClean of [true, false]) {
      const {client, clock} = setUp((server) => {
        server.accept()
        server.close(code, '', {wasClean})
      })
      client.on('report', () => {})
      await clock.advance(0)
      names.push(client.state.name)
      client.close()
    }
    expect(names[0]).toBe(names[1])
  })

  it('1013 waits 1, 2, 4, 8 s and so on up to 30 s [CC-8]', async () => {
    const {client, clock, delays, network} = setUp(acceptsThenCloses(1013))
    await clock.advance(200_000)
    expect(delays.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect(network.live).toEqual([])
    client.close()
  })

  it('1007 stops at once: one connection, no timer, and nothing more [CC-7]', async () => {
    const setup = setUp(acceptsThenCloses(1007, 'invalid UTF-8'))
    setup.client.on('report', () => {})
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'verdict', last: {code: 1007, reason: 'invalid UTF-8'}, verdict: {action: 'stop', fault: 'sender', report: true}})
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })
})

describe('every refused handshake has its verdict [CC-17]', () => {
  it.each<[number | undefined, string]>([
    [undefined, 'goes on'],
    [200, 'failed by strikes after 5'],
    [302, 'failed by verdict after 1'],
    [400, 'failed by verdict after 1'],
    [401, 'failed by verdict after 1'],
    [403, 'failed by verdict after 1'],
    [404, 'failed by verdict after 1'],
    [407, 'failed by verdict after 1'],
    [408, 'goes on'],
    [425, 'goes on'],
    [426, 'failed by verdict after 1'],
    [429, 'goes on'],
    [500, 'goes on'],
    [503, 'goes on'],
    [599, 'goes on'],
  ])('HTTP %s: %s', async (status, expected) => {
    expect(await outcome(refuses(status))).toBe(expected)
  })

  it.each([
    'Unexpected server response: 503',
    'Expected 101 status code: 503',
    'failed to connect to WebSocket: Invalid status code: 503',
    'Failed to establish the WebSocket connection: expected server to reply with HTTP status code 101 (switching protocols), but received 503 instead.',
  ])('reads the status out of a runtime\'s own words: %s', async (message) => {
    const {client, clock} = setUp(refuses(undefined, {message}))
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', last: {code: 1006, status: 503, opened: false}})
    client.close()
  })
})

describe('credentials are asked for again [CC-13]', () => {
  it.each([1008, 3000])('%i: once, and at once; then the client stops', async (code) => {
    let asked = 0
    const setup = setUp(acceptsThenCloses(code), {credentials: () => ++asked})
    setup.client.on('report', () => {})
    await setup.clock.advance(0)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes', last: {code}})
    expect(setup.delays).toEqual([0])
    expect(setup.network.sockets).toHaveLength(2)
    expect(asked).toBe(2)
    expectRest(setup)
  })

  it.each([401, 407])('HTTP %i: a url function is enough', async (status) => {
    let tokens = 0
    const setup = setUp(refuses(status), {url: () => `${url}?token=${++tokens}`})
    setup.client.on('report', () => {})
    await setup.clock.advance(0)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'strikes'})
    expect(setup.network.sockets.map((socket) => socket.url)).toEqual([`${url}?token=1`, `${url}?token=2`])
  })

  it.each<[string, SetupOptions]>([
    ['credentials', {credentials: () => 'token'}],
    ['url', {url: () => url}],
    ['protocols', {protocols: () => 'token'}],
  ])('a %s function alone is enough', async (_name, options) => {
    const setup = setUp(sequence(refuses(401), accepts()), options)
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('of one kind with all that ask for it: 1008, then 3000, then it stops', async () => {
    expect(await outcome(sequence(acceptsThenCloses(1008), acceptsThenCloses(3000), accepts()), {credentials: () => 'x'})).toBe('failed by strikes after 2')
  })

  it('again after a stable connection', async () => {
    const {client, clock, network} = setUp(sequence(acceptsThenCloses(1008), accepts()), {credentials: () => 'x'})
    await clock.advance(20_000)
    network.last.server.close(1008)
    await clock.advance(0)
    expect(client.state.name).toBe('open')
    expect(network.sockets).toHaveLength(3)
    client.close()
  })
})

describe('strikes count in a row [CC-19]', () => {
  it('another code in between begins anew', async () => {
    const four = Array.from({length: 4}, () => acceptsThenCloses(4000))
    const setup = setUp(sequence(...(four as [Behaviour]), acceptsThenCloses(1006), ...four, accepts()))
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('open')
    expect(setup.network.sockets).toHaveLength(10)
    setup.client.close()
  })

  it('a stable connection forgives', async () => {
    const {client, clock, network} = setUp()
    for (let times = 0; times < 12; times++) {
      await clock.advance(12_000)
      expect(client.state.name).toBe('open')
      network.last.server.close(4000)
      await clock.advance(0)
      expect(client.state).toMatchObject({name: 'backoff', attempt: 1, delay: 1000})
    }
    client.close()
  })

  it('a connection that the machine slept through counts by its length, though its timer came late', async () => {
    const {client, clock, network} = setUp(sequence(acceptsThenCloses(4000), accepts()))
    await clock.advance(1000)
    expect(client.state.name).toBe('open')
    network.last.server.close(4000)
    await clock.jump(60_000)
    expect(client.state).toMatchObject({name: 'backoff', attempt: 1})
    client.close()
  })

  it('a refused handshake, a 1006 and a hung one are three kinds of the same', async () => {
    const {client, clock} = setUp(refuses())
    await clock.advance(long)
    expect(client.state).toMatchObject({verdict: {name: 'Abnormal Closure'}, last: {code: 1006, opened: false}})
    client.close()
  })
})

describe('the caller decides otherwise [CC-20]', () => {
  it.each<[string, Behaviour, SetupOptions, string]>([
    ['an action for a code', acceptsThenCloses(1013), {verdicts: {1013: 'stop'}}, 'failed by verdict after 1'],
    ['1007 can be retried', acceptsThenCloses(1007), {verdicts: {1007: 'retry'}}, 'goes on'],
    ['a range', acceptsThenCloses(4409), {verdicts: {'4400-4499': 'end'}}, 'closed after 1'],
    ['beside a range', acceptsThenCloses(4500), {verdicts: {'4400-4499': 'end'}}, 'failed by strikes after 5'],
    ['a code goes before a range', acceptsThenCloses(4409), {verdicts: {'4400-4499': 'end', 4409: 'stop'}}, 'failed by verdict after 1'],
    ['part of a verdict', acceptsThenCloses(1011), {verdicts: {1011: {budget: 2}}}, 'failed by strikes after 2'],
    ['an action lifts the budget', acceptsThenCloses(4000), {verdicts: {4000: 'retry'}}, 'goes on'],
    ['a handshake status', refuses(503), {verdicts: {503: 'stop'}}, 'failed by verdict after 1'],
    ['refresh, where a function can be asked', acceptsThenCloses(4001), {verdicts: {4001: 'refresh'}, credentials: () => 1}, 'failed by strikes after 2'],
    ['refresh, where none can', acceptsThenCloses(4001), {verdicts: {4001: 'refresh'}}, 'failed by verdict after 1'],
    ['1000 means retry', acceptsThenCloses(1000), {onNormalClosure: 'retry'}, 'goes on'],
    ['1000 by its code, before onNormalClosure', acceptsThenCloses(1000), {onNormalClosure: 'retry', verdicts: {1000: 'stop'}}, 'failed by verdict after 1'],
    ['a function', acceptsThenCloses(1013), {classify: (_close, _context, suggested) => ({...suggested, action: 'end'})}, 'closed after 1'],
    ['a function that leaves it', acceptsThenCloses(1013), {classify: () => undefined}, 'goes on'],
  ])('%s', async (_name, behaviour, options, expected) => {
    expect(await outcome(behaviour, options)).toBe(expected)
  })

  it('with a function that sees the close, what went on before, and the suggestion', async () => {
    const seen: unknown[] = []
    const {client, clock} = setUp(acceptsThenCloses(4000, 'why'), {classify: (...given) => void seen.push(given)})
    await clock.advance(1000)
    expect(seen).toMatchObject([
      [{code: 4000, reason: 'why', opened: true}, {attempt: 0, streak: {strikes: 0}}, {action: 'retry', budget: 5}],
      [{code: 4000, reason: 'why', opened: true}, {attempt: 1, streak: {key: 4000, strikes: 1}}, {action: 'retry', budget: 5}],
    ])
    client.close()
  })

  it('with a function that gives part of a verdict: the rest is the suggestion', async () => {
    const {client, clock} = setUp(acceptsThenCloses(4000), {classify: () => ({fault: 'server', budget: 2}) as Verdict})
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', verdict: {name: 'Private code', action: 'retry', fault: 'server', backoff: 'exponential', budget: 2, report: false}})
    client.close()
  })

  it('with a function that names another fault: the explanation is that of the fault, unless it gives one [CC-26]', async () => {
    const explained = async (classify: SetupOptions['classify'] & object): Promise<string> => {
      const {client, closes} = await settled(setUp(acceptsThenCloses(1013), {classify}))
      client.close()
      return closes[0]!.explanation
    }
    expect(await explained((_close, _context, suggested) => ({...suggested, fault: 'policy'}))).toBe('1013 Try Again Later: the server does not allow it; trying again')
    expect(await explained((_close, _context, suggested) => ({...suggested, fault: 'policy', explanation: 'not now'}))).toBe('1013 Try Again Later: not now; trying again')
  })

  it('but not about codes that there are none of; a wrong verdict is shown cut short [CC-82]', () => {
    for (const verdicts of [{0: 'stop'}, {'0-4000': 'stop'}, {65_536: 'stop'}, {4000: 'x'.repeat(150)}]) {
      expect(() => connect(url, {verdicts: verdicts as never})).toThrow(/^closecall: `verdicts(\.4000)?` must be .*, got "([\d-]+|x{99})"$/)
    }
  })

  it('with a function that throws: the suggestion holds, and the error is seen', async () => {
    const {client, clock} = setUp(acceptsThenCloses(1013), {
      classify: () => {
        throw new Error('of classify')
      },
    })
    await clock.advance(0)
    expect(client.state).toMatchObject({name: 'backoff', verdict: {action: 'retry'}})
    expect(takeUncaught()).toMatchObject([{message: 'of classify'}])
    client.close()
  })
})

describe('a server that closes with 1000 [CC-9]', () => {
  it('ends the client, and says so where nobody listens', async () => {
    const {client, clock} = setUpDeaf(acceptsThenCloses(1000, 'done'))
    await clock.advance(long)
    expect(client.state).toMatchObject({name: 'closed', last: {code: 1000, reason: 'done'}, verdict: {action: 'end'}})
    expect(warned).toHaveBeenCalledTimes(1)
    expect(warned.mock.calls[0]![0]).toBe('closecall: 1000 Normal Closure ("done"): nothing is wrong; not reconnecting; see `onNormalClosure`')
  })

  it('needs no warning where it was the caller that closed', async () => {
    for (const behaviour of [accepts(), goesSilent(), neverAnswers()]) {
      const {client, clock} = setUpDeaf(behaviour)
      await clock.advance(0)
      client.close()
      await clock.advance(long)
      expect(client.state.name).toBe('closed')
    }
    expect(warned).not.toHaveBeenCalled()
  })

  it('needs no warning where somebody listens', async () => {
    const {clock, client} = setUp(acceptsThenCloses(1000))
    client.on('closed', () => {})
    await clock.advance(0)
    expect(client.state.name).toBe('closed')
    expect(warned).not.toHaveBeenCalled()
  })

  it('can be followed by open()', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1000), accepts()))
    await settled(setup)
    setup.client.open()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})

/** Without any listener. */
const setUpDeaf = (behaviour: Behaviour) => {
  const clock = fakeClock()
  const {WebSocket} = fakeNetwork(behaviour)
  return {clock, client: connect(url, {clock, WebSocket})}
}

describe('a backoff of its own [CC-36]', () => {
  const delays = async (backoff: Verdict['backoff'], options: SetupOptions = {}): Promise<number[]> => {
    const setup = setUp(acceptsThenCloses(1011), {verdicts: {1011: {backoff}}, ...options})
    await setup.clock.advance(60_000)
    setup.client.close()
    return setup.delays.slice(0, 4)
  }

  it('has its own numbers, and those of the option for the rest', async () => {
    expect(await delays({initialDelay: 5000})).toEqual([5000, 10_000, 20_000, 30_000])
    expect(await delays({factor: 1})).toEqual([1000, 1000, 1000, 1000])
    expect(await delays({maxDelay: 2000}, {backoff: {initialDelay: 1500}})).toEqual([1500, 2000, 2000, 2000])
    expect(await delays({jitter: 'full'})).toEqual([500, 1000, 2000, 4000])
    expect(await delays({initialDelay: 5000, factor: undefined, maxDelay: undefined, jitter: undefined} as never)).toEqual([5000, 10_000, 20_000, 30_000])
  })

  it('is no hot loop where a function gives it what is no number', async () => {
    const suggests = (backoff: unknown): SetupOptions => ({classify: (_close, _context, suggested) => ({...suggested, backoff: backoff as 'prompt'})})
    for (const backoff of [{factor: undefined}, {maxDelay: undefined, jitter: 'decorrelated'}]) expect((await delays('exponential', suggests(backoff)))[0]).toBeGreaterThan(100)
    expect(takeUncaught()).toEqual([])
    // Reported as uncaught; the suggestion holds.
    for (const backoff of [{initialDelay: NaN}, {initialDelay: -5}, {factor: NaN}, {maxDelay: 0}]) {
      expect(await delays('exponential', suggests(backoff))).toEqual([1000, 2000, 4000, 8000])
      expect(takeUncaught()[0]).toMatchObject({message: expect.stringMatching(/^closecall: `classify\.backoff\.\w+` must be /)})
    }
  })

  it('leaves to the option what is undefined, as if it were not given', async () => {
    expect(await delays({initialDelay: undefined, factor: 1})).toEqual([1000, 1000, 1000, 1000])
  })

  it('is plain data: a function for its jitter is refused', () => {
    expect(() => connect(url, {verdicts: {1011: {backoff: {jitter: (() => 1) as never}}}})).toThrow(/^closecall: `verdicts\.1011\.backoff\.jitter` must be .*, got a function$/)
  })

  it('is prompt once, and patient from then on', async () => {
    expect(await delays('prompt')).toEqual([125, 2000, 4000, 8000])
    expect(await delays('prompt', {random: () => 0.999})).toEqual([249.75, 2998, 5996, 11_992])
  })
})
