// Is an extension told and asked what its contract says?

import {describe, expect, it} from 'vitest'
import type {Extension, ExtensionHooks, Failure} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, goesSilent, neverAnswers, refuses, sequence, throwsOnConstruct} from '../../src/testing/index.ts'
import {expectRest, long, offline, online, setUp, settled, takeUncaught, url, warned, watchTheWorld} from './fixture.ts'

watchTheWorld()

const extension = (hooks: ExtensionHooks): Extension => () => hooks

describe('the contract [CC-102]', () => {
  it('gives each client its own, with clock and chance, once', async () => {
    const hosts: object[] = []
    const extensions = [(host: object) => (hosts.push(host), {})]
    const setup = await settled(setUp(accepts(), {extensions}))
    const {random} = Math
    await settled(setUp(accepts(), {extensions, random}))
    expect(hosts).toEqual([
      {clock: setup.clock, random: expect.any(Function)},
      {clock: expect.anything(), random},
    ])
    setup.client.close()
  })

  it('tells what happens, in order', async () => {
    const told: string[] = []
    const setup = await settled(
      setUp(acceptsThenCloses(1013), {
        extensions: [
          extension({
            admit: (to) => void told.push(`admit ${to}`),
            opened: (to) => told.push(`opened ${to}`),
            received: () => told.push('received'),
            settled: ({close}, {url: from, state}) => void told.push(`settled ${close.code} ${from} ${state.name}`),
          }),
        ],
      }),
    )
    setup.network.behaviour = accepts()
    await setup.clock.advance(1000)
    setup.network.last.server.send('x')
    await settled(setup)
    expect(told).toEqual([`admit ${url}`, `opened ${url}`, `settled 1013 ${url} backoff`, `admit ${url}`, `opened ${url}`, 'received'])
    expect(setup.messages).toEqual(['x'])
    setup.client.close()
  })

  it('tells when something was sent last, and what', async () => {
    const ends: unknown[] = []
    const setup = await settled(setUp(accepts(), {extensions: [extension({settled: (_, {sentAt, frames}) => void ends.push([sentAt, frames()])})]}))
    await setup.clock.advance(1000)
    setup.client.send('x')
    setup.network.last.server.drop()
    await setup.clock.advance(2000)
    setup.network.last.server.drop()
    await settled(setup)
    expect(ends).toMatchObject([
      [1000, [{sequence: 1, length: 1, kind: 'string'}]],
      [undefined, []],
    ])
    setup.client.close()
  })

  it('survives an exception in each', async () => {
    const broken = new Error('of an extension')
    const fail = (): never => {
      throw broken
    }
    const setup = await settled(setUp(sequence(drops(), accepts()), {extensions: [fail, extension({admit: fail, opened: fail, received: fail, settled: fail, investigate: fail})]}))
    await setup.clock.advance(1000)
    setup.network.last.server.send('x')
    await settled(setup)
    expect(setup.messages).toEqual(['x'])
    expect(setup.client.state.name).toBe('open')
    // Made; admitted, opened, settled; admitted, opened, received.
    expect(takeUncaught()).toEqual(Array(7).fill(broken))
    setup.client.close()
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    expect(takeUncaught()).toEqual([broken])
  })

  it.each([{}, [1], 'all'])('is refused if it is %j', (extensions) => {
    expect(() => setUp(accepts(), {extensions: extensions as never})).toThrow('`extensions` must be')
  })
})

it('a protocol ping is something that was sent, though no message [CC-102]', async () => {
  const ends: unknown[] = []
  const setup = await settled(setUp(goesSilent(), {kind: 'node', extensions: [extension({settled: (_, {sentAt, frames}) => void ends.push([sentAt, frames()])})]}))
  await setup.clock.advance(40_000)
  expect(ends).toEqual([[30_000, []]])
  setup.client.close()
})

describe('admit [CC-103]', () => {
  it.each(['close', 'reconnect'] as const)('that calls %s() has no socket opened for what is over [CC-5]', async (action) => {
    let asked = 0
    const setup = setUp(accepts(), {extensions: [extension({admit: () => asked++ || setup.client[action]() as undefined})]})
    await settled(setup)
    expect([asked, setup.network.sockets.length, setup.client.state.name]).toEqual(action === 'close' ? [1, 0, 'closed'] : [1, 1, 'open'])
    setup.client.close()
  })

  it('puts an attempt off, which is no failure, and is asked again', async () => {
    const delays = [3000, 2000, 0]
    const setup = await settled(setUp(accepts(), {extensions: [extension({admit: () => delays.shift()!})]}))
    expect(setup.client.state).toMatchObject({name: 'suspended', why: 'overload', retryAt: 3000, attempt: 0})
    await setup.clock.advance(4999)
    expect(setup.network.sockets).toEqual([])
    expect(setup.client.state).toMatchObject({name: 'suspended', retryAt: 5000})
    await setup.clock.advance(1)
    expect(setup.client.state).toMatchObject({name: 'open', attempt: 0})
    expect(setup.closes).toEqual([])
    setup.client.close()
  })

  it('makes one retry of an attempt, however often that is put off', async () => {
    const delays = [0, 3000, 2000, 0]
    const setup = await settled(setUp(sequence(refuses(), accepts()), {extensions: [extension({admit: () => delays.shift()!})]}))
    await setup.clock.advance(10_000)
    expect([setup.client.state.name, delays.length, setup.client.stats.retries]).toEqual(['open', 0, 1])
    setup.client.close()
  })

  it('is asked for no address that comes when it is not wanted any more, nor is that shown', async () => {
    let answer!: (address: string) => void
    const asked: string[] = []
    const setup = await settled(setUp(accepts(), {url: () => new Promise<string>((resolve) => (answer = resolve)), extensions: [extension({admit: (to) => void asked.push(to)})]}))
    setup.client.close()
    answer(url)
    await settled(setup)
    expect([asked, setup.client.url]).toEqual([[], ''])
    expectRest(setup)
  })

  it('is final for signals that we are back, not for the caller', async () => {
    let delay = 10_000
    const setup = await settled(setUp(accepts(), {extensions: [extension({admit: () => delay})]}))
    delay = 0
    online()
    await setup.clock.advance(9999)
    expect(setup.network.sockets).toEqual([])
    setup.client.reconnect()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it.each([NaN, -1, '5', null, undefined, Infinity, 1e99])('that answers %s never leads to a hot loop or a throw', async (answer) => {
    const setup = await settled(setUp(accepts(), {extensions: [extension({admit: () => answer as number})]}))
    await setup.clock.advance(1000)
    expect(['open', 'suspended']).toContain(setup.client.state.name)
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })
})

describe('investigate [CC-58]', () => {
  const investigating = (answer: (signal: AbortSignal) => Promise<Failure | undefined>): Extension => extension({investigate: (_close, _url, signal) => answer(signal)})

  it('gives a failed attempt the status that it has learned, and one verdict', async () => {
    const asked: unknown[] = []
    const investigate: ExtensionHooks['investigate'] = async (...given) => {
      asked.push(given.slice(0, 2))
      return {status: 503, retryAfter: 7000}
    }
    const setup = await settled(setUp(sequence(refuses(), accepts()), {extensions: [extension({investigate})]}))
    expect(asked).toMatchObject([[{code: 1006, opened: false}, url]])
    expect(setup.closes).toMatchObject([{close: {status: 503, retryAfter: 7000}, verdict: {name: 'Server error'}}])
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 7500})
    setup.client.close()
  })

  it('may learn that the credentials are old', async () => {
    let asked = 0
    const setup = await settled(setUp(sequence(refuses(), accepts()), {credentials: () => ++asked, extensions: [investigating(async () => ({status: 401}))]}))
    await settled(setup)
    expect(asked).toBe(2)
    expect(setup.delays).toEqual([0])
    setup.client.close()
  })

  it('asks no further once one has learned the status', async () => {
    const others: ExtensionHooks['investigate'][] = []
    const setup = await settled(setUp(sequence(refuses(), accepts()), {extensions: [investigating(async () => undefined), investigating(async () => ({status: 503})), extension({investigate: async () => void others.push(undefined)})]}))
    expect([setup.closes, others]).toMatchObject([[{close: {status: 503}}], []])
    setup.client.close()
  })

  it('that learns nothing changes nothing', async () => {
    const setup = await settled(setUp(refuses(), {extensions: [investigating(async () => undefined)]}))
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'event'}}])
    expect(setup.closes[0]!.close).not.toHaveProperty('status')
    setup.client.close()
  })

  it('that never answers is not waited for longer than connectTimeout, and is told', async () => {
    let given: AbortSignal | undefined
    const setup = await settled(setUp(refuses(), {connectTimeout: 3000, extensions: [investigating((signal) => ((given = signal), new Promise(() => {})))]}))
    expect(setup.client.state.name).toBe('connecting')
    await setup.clock.advance(2999)
    expect(setup.closes).toEqual([])
    expect(given!.aborted).toBe(false)
    await setup.clock.advance(1)
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'event'}}])
    expect(given!.aborted).toBe(true)
    setup.client.close()
  })

  it('is over when the client is closed meanwhile', async () => {
    let answer: (failure: Failure) => void
    let given: AbortSignal | undefined
    const setup = await settled(setUp(refuses(), {extensions: [investigating((signal) => ((given = signal), new Promise((resolve) => (answer = resolve))))]}))
    setup.client.close()
    expect(given!.aborted).toBe(true)
    answer!({status: 503})
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.closes).toEqual([])
    expectRest(setup)
  })

  it('that rejects is reported as the caller\'s, and counts as no answer', async () => {
    const broken = new Error('no probe')
    const setup = await settled(setUp(refuses(), {extensions: [investigating(() => Promise.reject(broken))]}))
    expect(takeUncaught()).toEqual([broken])
    expect(setup.client.state.name).toBe('backoff')
    setup.client.close()
  })

  it.each<[string, Parameters<typeof setUp>]>([
    ['a connection that was open', [drops()]],
    ['a status that is known', [refuses(503)]],
    ['a provider', [accepts(), {url: () => Promise.reject(new Error('no address'))}]],
    ['a constructor', [throwsOnConstruct(new Error('mixed content'))]],
  ])('is not asked about %s', async (_, [behaviour, options]) => {
    let asked = 0
    const setup = await settled(setUp(behaviour, {...options, extensions: [investigating(async () => (asked++, undefined))]}))
    expect(setup.client.state.name).toBe('backoff')
    expect(asked).toBe(0)
    setup.client.close()
  })

  it('is asked about a timeout, not where there is no network', async () => {
    let asked = 0
    const setup = setUp(neverAnswers(), {extensions: [investigating(async () => (asked++, undefined))]})
    await setup.clock.advance(10_000)
    expect(asked).toBe(1)
    setup.client.close()
    offline()
    const other = await settled(setUp(refuses(), {extensions: [investigating(async () => (asked++, undefined))]}))
    expect(other.client.state.name).toBe('suspended')
    expect(asked).toBe(1)
    other.client.close()
  })
})

describe('a pattern [CC-104]', () => {
  const pattern = {name: 'unlucky', explanation: 'It happened again.', advice: 'Stay in bed.'}
  const extensions = [extension({settled: () => pattern})]

  it('is in the history, and told', async () => {
    const setup = setUp(drops(), {extensions})
    const heard: unknown[] = []
    setup.client.on('diagnosis', (...given) => heard.push(given))
    await settled(setup)
    expect(setup.client.history).toMatchObject([{close: {code: 1006}, pattern}])
    expect(heard).toEqual([[pattern, setup.client.history[0]]])
    expect(warned).not.toHaveBeenCalled()
    setup.client.close()
  })

  it('is said in words where nobody listens', async () => {
    const setup = await settled(setUp(drops(), {extensions}))
    expect(warned.mock.calls).toEqual([['closecall: It happened again. Stay in bed.']])
    setup.client.close()
  })
})
