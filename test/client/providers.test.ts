// What if the address, the subprotocols or the credentials have to be asked for?

import {describe, expect, it} from 'vitest'
import type {AttemptContext} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, goesSilent, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, long, setUp, settled, url, watchTheWorld, type SetupOptions} from './fixture.ts'

watchTheWorld()

const fail = (): never => {
  throw new Error('of the caller')
}

/** A promise and its ends. */
const deferred = <T>() => {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return {promise, resolve, reject}
}

describe('a function that fails is a failed attempt [CC-50]', () => {
  it.each<[string, () => SetupOptions]>([
    ['url throws', () => ({url: fail})],
    ['url rejects', () => ({url: async () => fail()})],
    ['url gives nonsense', () => ({url: () => 'nonsense'})],
    ['url gives nothing', () => ({url: () => undefined as never})],
    ['url gives another scheme', () => ({url: () => 'ftp://example.test'})],
    ['protocols throws', () => ({protocols: fail})],
    ['protocols rejects', () => ({protocols: async () => fail()})],
    ['protocols gives what is none', () => ({protocols: () => ['a b']})],
    ['credentials throws', () => ({credentials: fail})],
    ['credentials rejects', () => ({credentials: async () => fail()})],
  ])('%s: told, backed off from, and tried again', async (_name, options) => {
    const setup = setUp(accepts(), options())
    await setup.clock.advance(0)
    expect(setup.client.state).toMatchObject({name: 'backoff', attempt: 1, delay: 1000, last: {code: 1006, opened: false, origin: 'provider'}, verdict: {action: 'retry'}})
    expect(setup.closes).toHaveLength(1)
    expect(setup.network.sockets).toEqual([])
    setup.client.close()
    expectRest(setup)
  })

  it.each<[string, (attempt: number) => SetupOptions]>([
    ['url', () => ({url: ({attempt}) => (attempt < 2 ? fail() : url)})],
    ['protocols', () => ({protocols: ({attempt}) => (attempt < 2 ? fail() : 'a')})],
  ])('%s: and asked again for the next', async (_name, options) => {
    const setup = setUp(accepts(), options(0))
    await setup.clock.advance(3000)
    expect(setup.delays).toEqual([1000, 2000])
    expect(setup.client.state).toMatchObject({name: 'open', attempt: 2})
    setup.client.close()
  })

  it('credentials that could not be had are asked for again before the next attempt', async () => {
    let asked = 0
    const handed: unknown[] = []
    const setup = setUp(accepts(), {
      credentials: async () => (++asked < 3 ? fail() : `token ${asked}`),
      url: ({credentials}) => {
        handed.push(credentials)
        return url
      },
    })
    await setup.clock.advance(3000)
    expect(handed).toEqual(['token 3'])
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('credentials that came too late are asked for again before the next attempt', async () => {
    let asked = 0
    const handed: unknown[] = []
    const setup = setUp(accepts(), {
      credentials: () => (++asked < 2 ? new Promise(() => {}) : `token ${asked}`),
      url: ({credentials}) => {
        handed.push(credentials)
        return url
      },
    })
    await setup.clock.advance(11_000)
    expect(handed).toEqual(['token 2'])
    setup.client.close()
  })

  it('its end is heard by listeners added right after connect(), also where it throws in the same turn', async () => {
    for (const options of [{url: fail}, {protocols: fail}, {credentials: fail}]) {
      const setup = setUp(accepts(), {...options, backoff: {maxAttempts: 0}})
      const heard: string[] = []
      for (const name of ['close', 'failed', 'report'] as const) setup.client.on(name, () => heard.push(name))
      await settled(setup)
      expect(heard).toEqual(['close', 'report', 'failed'])
    }
  })

  it('maxAttempts counts them', async () => {
    const setup = setUp(accepts(), {url: fail, backoff: {maxAttempts: 2}})
    setup.client.on('report', () => {})
    await setup.clock.advance(long)
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'attempts', last: {origin: 'provider'}})
    expectRest(setup)
  })

  it('its own words are told, without the query of a URL', async () => {
    const setup = setUp(accepts(), {
      url: () => {
        throw new Error('GET https://auth.test/token?key=secret failed')
      },
    })
    await settled(setup)
    expect(setup.client.state).toMatchObject({last: {error: expect.stringContaining('auth.test/token')}})
    expect(JSON.stringify([setup.client.state, setup.client.history])).not.toContain('secret')
    setup.client.close()
  })

  it.each([null, undefined, 0, '', {}, Symbol('s')])('throwing %s is no different', async (error) => {
    const setup = setUp(accepts(), {
      url: () => {
        throw error
      },
    })
    await settled(setup)
    expect(setup.client.state.name).toBe('backoff')
    setup.client.close()
  })
})

describe('a function that hangs [CC-50] [CC-52]', () => {
  it.each<[string, SetupOptions]>([
    ['url', {url: () => new Promise<string>(() => {})}],
    ['protocols', {protocols: () => new Promise<string>(() => {})}],
    ['credentials', {credentials: () => new Promise(() => {})}],
  ])('%s: is given up after connectTimeout', async (_name, options) => {
    const setup = setUp(accepts(), options)
    await setup.clock.advance(9999)
    expect(setup.client.state.name).toBe('connecting')
    await setup.clock.advance(1)
    expect(setup.client.state).toMatchObject({name: 'backoff', last: {origin: 'provider', opened: false}})
    expect(setup.network.sockets).toEqual([])
    setup.client.close()
    expectRest(setup)
  })

  it('its late answer opens nothing', async () => {
    const first = deferred<string>()
    const setup = setUp(accepts(), {url: ({attempt}) => (attempt ? new Promise<string>(() => {}) : first.promise)})
    await setup.clock.advance(10_000)
    first.resolve(url)
    await settled(setup)
    expect(setup.network.sockets).toEqual([])
    setup.client.close()
  })

  it('its late rejection ends nothing', async () => {
    const first = deferred<string>()
    const setup = setUp(accepts(), {url: ({attempt}) => (attempt ? url : first.promise)})
    await setup.clock.advance(11_000)
    expect(setup.client.state.name).toBe('open')
    first.reject(new Error('late'))
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
  })

  it('credentials that come late are not used', async () => {
    const first = deferred<string>()
    let asked = 0
    const handed: unknown[] = []
    const setup = setUp(accepts(), {
      credentials: () => (asked++ ? 'new' : first.promise),
      url: ({credentials}) => {
        handed.push(credentials)
        return url
      },
    })
    await setup.clock.advance(5000)
    setup.client.close()
    setup.client.open()
    await settled(setup)
    first.resolve('old')
    await settled(setup)
    expect(handed).toEqual(['new'])
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it.each(['close', 'reconnect', 'open'] as const)('%s() while it is awaited', async (action) => {
    const answer = deferred<string>()
    const setup = setUp(accepts(), {url: () => answer.promise})
    await settled(setup)
    setup.client[action]()
    setup.client[action]()
    answer.resolve(url)
    await settled(setup)
    expect(setup.network.sockets).toHaveLength(action === 'close' ? 0 : 1)
    expect(setup.client.state.name).toBe(action === 'close' ? 'closed' : 'open')
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('close() and open() while it is awaited: one socket, of the second question', async () => {
    const answers = [deferred<string>(), deferred<string>()]
    let asked = 0
    const setup = setUp(accepts(), {url: () => answers[asked++]!.promise})
    await settled(setup)
    setup.client.close()
    setup.client.open()
    answers[0]!.resolve(`${url}/first`)
    await settled(setup)
    expect(setup.network.sockets).toEqual([])
    answers[1]!.resolve(`${url}/second`)
    await settled(setup)
    expect(setup.network.sockets.map((socket) => socket.url)).toEqual([`${url}/second`])
    setup.client.close()
  })
})

describe('a function that acts [CC-6]', () => {
  it('close() inside url: no socket', async () => {
    const setup = setUp(accepts(), {
      autoOpen: false,
      url: () => {
        setup.client.close()
        return url
      },
    })
    setup.client.open()
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.network.sockets).toEqual([])
    expectRest(setup)
  })

  it('reconnect() inside url: one socket', async () => {
    const setup = setUp(accepts(), {
      autoOpen: false,
      url: () => {
        setup.client.reconnect()
        return url
      },
    })
    setup.client.open()
    await settled(setup)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })
})

describe('what the functions are asked, and given [CC-51]', () => {
  it('url and protocols: on every attempt, with its number and the credentials', async () => {
    const asked: [string, AttemptContext][] = []
    const setup = setUp(sequence(refuses(), drops(), accepts()), {
      credentials: async () => 'token',
      url: async (context) => {
        asked.push(['url', context])
        return new URL(`https://example.test/${context.attempt}`)
      },
      protocols: (context) => {
        asked.push(['protocols', context])
        return ['a', `attempt-${context.attempt}`]
      },
    })
    await setup.clock.advance(3000)
    expect(asked).toEqual([0, 1, 2].flatMap((attempt) => ['url', 'protocols'].map((name) => [name, {attempt, credentials: 'token'}])))
    expect(setup.network.sockets.map((socket) => [socket.url, ...socket.protocols])).toEqual([0, 1, 2].map((n) => [`wss://example.test/${n}`, 'a', `attempt-${n}`]))
    setup.client.close()
  })

  it('credentials: at open(), not at a retry; and when the verdict says so', async () => {
    let asked = 0
    const setup = setUp(sequence(refuses(), drops(), acceptsThenCloses(1008), accepts()), {credentials: () => ++asked})
    await setup.clock.advance(2999)
    expect(asked).toBe(1)
    await setup.clock.advance(1)
    expect(asked).toBe(2)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
    await settled(setup)
    setup.client.open()
    await settled(setup)
    expect(asked).toBe(3)
    setup.client.close()
  })

  it.each(['open', 'reconnect'] as const)('credentials: at %s() before the end of a close(), too', async (action) => {
    let asked = 0
    const setup = await settled(setUp(sequence(goesSilent(), accepts()), {credentials: () => ++asked}))
    setup.client.close()
    setup.client[action]()
    await settled(setup)
    expect(asked).toBe(2)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('protocols: undefined is none', async () => {
    const setup = setUp(accepts(), {protocols: () => undefined})
    await settled(setup)
    expect(setup.network.last.protocols).toEqual([])
    setup.client.close()
  })
})
