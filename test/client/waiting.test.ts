// How does a program wait for the client: `ready`, `for await`, `await using`, an AbortSignal?

import {EventEmitter} from 'eventemitter3'
import {describe, expect, it, vi} from 'vitest'
import {accepts, acceptsThenCloses, drops, goesSilent, neverAnswers, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, long, setUp, settled, takeUncaught, watchTheWorld, ways, type Setup} from './fixture.ts'

watchTheWorld()

/** Where a promise stands, without waiting for it. */
const standing = async (promise: Promise<unknown>, {clock}: Pick<Setup, 'clock'>): Promise<string> => {
  let result = 'pending'
  promise.then(
    () => (result = 'resolved'),
    (error: {code: string}) => (result = `rejected ${error.code}`),
  )
  await clock.advance(0)
  return result
}

describe('ready [CC-84]', () => {
  it('resolves with the client as soon as it is open', async () => {
    const setup = setUp(sequence(refuses(), accepts()))
    const {ready} = setup.client
    expect(await standing(ready, setup)).toBe('pending')
    await setup.clock.advance(1000)
    expect(await ready).toBe(setup.client)
    expect(await setup.client.ready).toBe(setup.client)
    setup.client.close()
  })

  it('rejects with the close that ended it', async () => {
    const setup = setUp(acceptsThenCloses(1007, 'bad'))
    setup.client.on('report', () => {})
    await settled(setup)
    await expect(setup.client.ready).rejects.toMatchObject({name: 'ClosecallError', code: 'FAILED', close: {code: 1007, reason: 'bad'}, verdict: {fault: 'sender'}, message: expect.stringContaining('1007')})
  })

  it('rejects when the client is closed before', async () => {
    const setup = setUp(neverAnswers())
    const {ready} = setup.client
    setup.client.close()
    expect(await standing(ready, setup)).toBe('rejected CLOSED')
    expect(await standing(setup.client.ready, setup)).toBe('rejected CLOSED')
  })

  it('asks anew each time', async () => {
    const setup = setUp(sequence((server) => server.refuse({status: 404}), accepts()))
    setup.client.on('report', () => {})
    expect(await standing(setup.client.ready, setup)).toBe('rejected FAILED')
    setup.client.open()
    expect(await standing(setup.client.ready, setup)).toBe('resolved')
    setup.client.close()
  })

  it('leaves no listener behind, however often it is asked for', async () => {
    const on = vi.spyOn(EventEmitter.prototype, 'on')
    const off = vi.spyOn(EventEmitter.prototype, 'off')
    const setup = setUp()
    const before = on.mock.calls.length
    const asked = [setup.client.ready, setup.client.ready]
    expect(on.mock.calls.length).toBeGreaterThan(before)
    await settled(setup)
    await Promise.all(asked)
    expect(off.mock.calls.map(([name, listener]) => [name, listener])).toEqual(on.mock.calls.slice(before).map(([name, listener]) => [name, listener]))
    setup.client.close()
  })

  it('that nobody asked for rejects nothing', async () => {
    const setup = await ways.failed()
    // An unhandled rejection would fail the run.
    await settled(setup)
    expect(setup.client.state.name).toBe('failed')
  })
})

describe('for await [CC-85]', () => {
  it('gives every message, over reconnections, and ends with the client', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('a')
      server.send('b')
    })
    const heard: unknown[] = []
    const loop = (async () => {
      for await (const data of setup.client) heard.push(data)
      return 'ended'
    })()
    await settled(setup)
    setup.network.last.server.drop()
    await setup.clock.advance(1000)
    expect(heard).toEqual(['a', 'b', 'a', 'b'])
    setup.client.close()
    await settled(setup)
    expect(await loop).toBe('ended')
  })

  it('throws also where the client failed while nobody waited, once, and is then over', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('last')
      server.close(1007)
    })
    setup.client.on('report', () => {})
    const messages = setup.client[Symbol.asyncIterator]()
    await settled(setup)
    expect(setup.client.state.name).toBe('failed')
    expect(await messages.next()).toEqual({done: false, value: 'last'})
    await expect(messages.next()).rejects.toMatchObject({code: 'FAILED'})
    expect(await messages.next()).toEqual({done: true, value: undefined})
  })

  it('throws when the client fails, after the last message', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('last')
      server.close(1007)
    })
    setup.client.on('report', () => {})
    const heard: unknown[] = []
    const loop = (async () => {
      for await (const data of setup.client) heard.push(data)
    })()
    await Promise.all([expect(loop).rejects.toMatchObject({code: 'FAILED', close: {code: 1007}}), settled(setup)])
    expect(heard).toEqual(['last'])
  })

  it('ends at once on a client that is closed', async () => {
    const {client} = await ways.closed()
    const heard: unknown[] = []
    for await (const data of client) heard.push(data)
    expect(heard).toEqual([])
  })

  it('keeps what arrives while the loop is busy', async () => {
    const setup = setUp((server) => {
      server.accept()
      for (let n = 0; n < 1000; n++) server.send(String(n))
    })
    const messages = setup.client[Symbol.asyncIterator]()
    await settled(setup)
    for (let n = 0; n < 1000; n++) expect(await messages.next()).toEqual({done: false, value: String(n)})
    setup.client.close()
    await settled(setup)
    expect(await messages.next()).toEqual({done: true, value: undefined})
  })

  it('break leaves nothing behind, and the client open', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('a')
    })
    const loop = (async () => {
      for await (const data of setup.client) return data
      return 'nothing'
    })()
    await settled(setup)
    expect(await loop).toBe('a')
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('two loops hear the same', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('a')
    })
    const loops = [setup.client, setup.client].map((client) => client[Symbol.asyncIterator]().next())
    await settled(setup)
    expect(await Promise.all(loops)).toEqual([{done: false, value: 'a'}, {done: false, value: 'a'}])
    setup.client.close()
  })

  it('next() asked twice before a message comes is answered twice, in order', async () => {
    const setup = setUp()
    const messages = setup.client[Symbol.asyncIterator]()
    const heard: unknown[] = []
    for (const name of ['first', 'second']) void messages.next().then(({value}) => heard.push([name, value]))
    await settled(setup)
    setup.network.last.server.send('a')
    setup.network.last.server.send('b')
    await settled(setup)
    expect(heard).toEqual([['first', 'a'], ['second', 'b']])
    setup.client.close()
  })

  it('return() ends a next() that waits, and every one after', async () => {
    const setup = await ways.open()
    const messages = setup.client[Symbol.asyncIterator]()
    const waiting = messages.next()
    await settled(setup)
    await messages.return!()
    expect(await standing(waiting, setup)).toBe('resolved')
    expect(await standing(messages.next(), setup)).toBe('resolved')
    setup.client.close()
  })
})

describe('await using [CC-5] [CC-81]', () => {
  it('closes, and waits until that is done', async () => {
    const setup = await ways.open()
    const disposed = setup.client[Symbol.asyncDispose]()
    expect(setup.client.state.name).toBe('closing')
    expect(await standing(disposed, setup)).toBe('resolved')
    expect(setup.client.state.name).toBe('closed')
    expectRest(setup)
  })

  it('waits for a mute peer no longer than closeTimeout', async () => {
    const setup = await ways.closing()
    const disposed = setup.client[Symbol.asyncDispose]()
    expect(await standing(disposed, setup)).toBe('pending')
    await setup.clock.advance(2000)
    expect(await standing(disposed, setup)).toBe('resolved')
    expectRest(setup)
  })

  it.each(['idle', 'connecting, waiting for the url function', 'connecting, waiting for the server', 'backoff', 'suspended', 'closed', 'failed'] as const)('leaves no timer, socket or listener: %s', async (way) => {
    const setup = await ways[way]()
    await setup.client[Symbol.asyncDispose]()
    await setup.client[Symbol.asyncDispose]()
    await settled(setup)
    expectRest(setup)
  })
})

describe('an AbortSignal [CC-84]', () => {
  it.each([
    ['connecting', neverAnswers()],
    ['open', accepts()],
    ['in backoff', refuses()],
    ['closing', goesSilent()],
  ])('ends it for good: %s', async (name, behaviour) => {
    const controller = new AbortController()
    const setup = setUp(behaviour, {signal: controller.signal})
    await settled(setup)
    if (name === 'closing') setup.client.close()
    controller.abort()
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })

  it('aborted before: never connects', async () => {
    const setup = setUp(accepts(), {signal: AbortSignal.abort()})
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.network.sockets).toEqual([])
    expectRest(setup)
  })

  it('is left alone by a client that rests: no listener stays on it', async () => {
    let listeners = 0
    const {signal} = new AbortController()
    const {addEventListener, removeEventListener} = signal
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners++
      addEventListener.apply(signal, given)
    }
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners--
      removeEventListener.apply(signal, given)
    }
    const setup = setUp(sequence(drops(), accepts()), {signal})
    await setup.clock.advance(1000)
    expect(listeners).toBe(1)
    setup.client.close()
    await settled(setup)
    expect(listeners).toBe(0)
    expect(takeUncaught()).toEqual([])
  })
})
