// What can the caller's own code do to the client?

import {describe, expect, it, vi} from 'vitest'
import type {ClientEvents, Environment, SendResult} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, neverAnswers, sequence, type FakeNetwork} from '../../src/testing/index.ts'
import {complained, expectRest, long, setUp, settled, takeUncaught, watchTheWorld} from './fixture.ts'

watchTheWorld()

const sentOn = (network: FakeNetwork): unknown[] => network.sockets.flatMap(({sent}) => sent.map(({data}) => data))

describe('an environment that throws [CC-83]', () => {
  const fail = (): never => {
    throw new Error('of the environment')
  }
  const quiet = {online: true, frozen: false, subscribe: () => () => {}}
  it.each<[string, Environment]>([
    ['when asked', {...quiet, get online() {
      return fail()
    }, get frozen() {
      return fail()
    }}],
    ['when subscribed to', {...quiet, subscribe: fail}],
    ['when unsubscribed from', {...quiet, subscribe: () => fail}],
  ])('%s is reported, and the client does as ever', async (_, environment) => {
    const abort = new AbortController()
    const left = vi.spyOn(abort.signal, 'removeEventListener')
    const setup = setUp(sequence(drops(), accepts()), {environment, signal: abort.signal})
    await setup.clock.advance(5000)
    expect([setup.closes.length, setup.client.state.name]).toEqual([1, 'open'])
    setup.client.close()
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    expect(takeUncaught()).toContainEqual(new Error('of the environment'))
    expect(left).toHaveBeenCalledTimes(environment.subscribe === fail ? 0 : 1)
    expectRest(setup)
  })
})

describe('a listener that throws [CC-83]', () => {
  it.each<keyof ClientEvents>(['state', 'open', 'message', 'close', 'retry'])('harms neither another listener nor the client: %s', async (name) => {
    const setup = setUp(sequence(drops(), (server) => {
      server.accept()
      server.send('x')
    }))
    const heard: string[] = []
    setup.client.on(name, () => {
      throw new Error('of a listener')
    })
    setup.client.on(name, () => heard.push(name))
    setup.client.send('buffered')
    await setup.clock.advance(1000)
    const errors = takeUncaught()
    expect(heard.length).toBeGreaterThan(0)
    expect(errors).toHaveLength(heard.length)
    expect(errors[0]).toMatchObject({message: 'of a listener'})
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    expect(setup.messages).toEqual(['x'])
    expect(sentOn(setup.network)).toEqual(['buffered'])
    setup.client.close()
    await settled(setup)
    takeUncaught()
    expectRest(setup)
  })

  it.each<[keyof ClientEvents, number]>([['failed', 1007], ['closed', 1000], ['report', 1007]])('nor at the end: %s', async (name, code) => {
    const setup = setUp(acceptsThenCloses(code))
    setup.client.on(name, () => {
      throw new Error('of a listener')
    })
    await setup.clock.advance(long)
    expect(takeUncaught()).toHaveLength(1)
    expect(setup.client.state.name).toBe(code === 1007 ? 'failed' : 'closed')
    expectRest(setup)
  })

  it('reaches the runtime as an uncaught error where there is no reportError', async () => {
    vi.stubGlobal('reportError', undefined)
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const caught = new Promise((resolve) => process.once('uncaughtException', resolve))
    const setup = setUp()
    setup.client.on('open', () => {
      throw new Error('of a listener')
    })
    await settled(setup)
    expect(await caught).toMatchObject({message: 'of a listener'})
    for (const listener of listeners) process.on('uncaughtException', listener)
    setup.client.close()
  })
})

describe('an option that throws [CC-83]', () => {
  it('blocks nothing that happens later', async () => {
    let broken = true
    const setup = setUp(accepts(), {
      autoOpen: false,
      random: () => {
        if (broken) throw new Error('of random')
        return 0.5
      },
    })
    setup.client.open()
    broken = false
    await settled(setup)
    expect(takeUncaught()).toMatchObject([{message: 'of random'}])
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})

describe('a listener that acts [CC-6]', () => {
  it('close() in open: the connection is closed, and stays so', async () => {
    const setup = setUp()
    setup.client.on('open', () => setup.client.close())
    await setup.clock.advance(long)
    expect(setup.states).toEqual(['open', 'closing', 'closed'])
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })

  it('waits its turn: every listener hears of one state before any hears of the next', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    const {client} = setup
    const heard: string[] = []
    for (const listener of ['first', 'second']) {
      client.on('state', (state) => {
        heard.push(`${listener} ${state.name} ${client.state === state}`)
        if (listener === 'first' && state.name === 'backoff') client.reconnect()
        if (listener === 'first' && state.name === 'open' && state.attempt) client.close()
      })
    }
    await settled(setup)
    const names = ['open', 'backoff', 'connecting', 'open', 'closing', 'closed']
    expect(heard).toEqual(names.flatMap((name) => [`first ${name} true`, `second ${name} true`]))
    expectRest(setup)
  })

  it('hears of the close, then of any state, then of this state', async () => {
    const setup = setUp(sequence(drops(), acceptsThenCloses(1000)))
    const heard: string[] = []
    for (const name of ['retry', 'closed', 'open', 'close', 'state'] as const) setup.client.on(name, () => heard.push(name))
    await setup.clock.advance(1000)
    expect(heard).toEqual(['state', 'open', 'close', 'state', 'retry', 'state', 'state', 'open', 'close', 'state', 'closed'])
  })

  it('close() in close: no retry', async () => {
    const setup = setUp(drops())
    setup.client.on('close', () => setup.client.close())
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })

  it('close() in message', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('a')
      server.send('b')
    })
    setup.client.on('message', () => setup.client.close())
    await setup.clock.advance(long)
    expect(setup.messages).toEqual(['a'])
    expectRest(setup)
  })

  it('close() in every state there is: one end', async () => {
    for (const doomed of ['connecting', 'open', 'backoff'] as const) {
      const setup = setUp(sequence(drops(), accepts()))
      setup.client.on('state', ({name}) => {
        if (name === doomed) setup.client.close()
      })
      await setup.clock.advance(long)
      expect(setup.states.filter((name) => name === 'closed')).toHaveLength(1)
      expectRest(setup)
    }
  })

  it('reconnect() in close: once for each close, and no second socket', async () => {
    const setup = setUp(sequence(drops(), drops(), accepts()))
    setup.client.on('close', () => {
      setup.client.reconnect()
      setup.client.reconnect()
    })
    await setup.clock.advance(100)
    expect(setup.client.state.name).toBe('open')
    expect(setup.network.sockets).toHaveLength(3)
    expect(setup.network.live).toHaveLength(1)
    setup.client.close()
  })

  it('open() in failed begins again', async () => {
    const setup = setUp(sequence(acceptsThenCloses(1007), accepts()))
    setup.client.on('failed', () => setup.client.open())
    await settled(setup)
    expect(setup.states).toEqual(['open', 'failed', 'connecting', 'open'])
    expect(complained).toHaveBeenCalledTimes(1)
    setup.client.close()
  })

  it('reconnect() in open: the buffer leaves once, in order', async () => {
    const setup = setUp()
    let times = 0
    setup.client.on('open', () => {
      if (!times++) setup.client.reconnect()
    })
    for (const data of ['a', 'b', 'c']) setup.client.send(data)
    await settled(setup)
    expect(sentOn(setup.network)).toEqual(['a', 'b', 'c'])
    expect(setup.network.live).toHaveLength(1)
    setup.client.close()
  })

  it('send() in open goes before what was kept: the place to introduce oneself', async () => {
    const setup = setUp()
    setup.client.send('kept')
    setup.client.on('open', () => expect(setup.client.send('hello')).toBe('sent'))
    await settled(setup)
    expect(sentOn(setup.network)).toEqual(['hello', 'kept'])
    setup.client.close()
  })

  it.each<[string, string | Uint8Array]>([['text', 'hello'], ['bytes', Uint8Array.of(1)]])('send() after reconnect() in open is for the connection to come: %s [CC-72]', async (_, data) => {
    const setup = setUp()
    let left: SendResult | undefined
    const off = setup.client.on('open', () => {
      off()
      setup.client.reconnect()
      left = setup.client.send(data)
    })
    await settled(setup)
    expect([left, setup.network.sockets.map(({sent}) => sent.map((frame) => frame.data))]).toEqual(['buffered', [[], [data]]])
    setup.client.close()
  })

  it('… also in what is told while the send buffer is flushed [CC-72]', async () => {
    const setup = setUp(sequence((server) => {
      server.socket.send = () => {
        throw new Error('of the runtime')
      }
      server.accept()
    }, accepts()))
    let left: SendResult | undefined
    setup.client.on('drop', () => {
      setup.client.reconnect()
      left = setup.client.send('hello')
    })
    setup.client.send('undeliverable')
    await settled(setup)
    expect([left, setup.network.sockets.map(({sent}) => sent.map(({data}) => data))]).toEqual(['buffered', [[], ['hello']]])
    expect(takeUncaught()).toHaveLength(1)
    setup.client.close()
  })

  it('send() in open with the key of one that waits takes its place [CC-172]', async () => {
    const setup = setUp()
    setup.client.send('there', {key: 'cursor'})
    setup.client.on('open', () => setup.client.send('here', {key: 'cursor'}))
    await settled(setup)
    expect(sentOn(setup.network)).toEqual(['here'])
    setup.client.close()
  })

  it('takeUnsent() in open: nothing is left to flush', async () => {
    const setup = setUp()
    setup.client.send('kept')
    const taken: unknown[] = []
    setup.client.on('open', () => taken.push(...setup.client.takeUnsent()))
    await settled(setup)
    expect(taken).toMatchObject([{data: 'kept'}])
    expect(sentOn(setup.network)).toEqual([])
    setup.client.close()
  })

  it.each(['close', 'reconnect', 'send'] as const)('%s() out of the socket\'s send(), during the flush', async (action) => {
    const setup = setUp(sequence((server) => {
      const {socket} = server
      const send = socket.send.bind(socket)
      socket.send = (data) => {
        send(data)
        if (data !== 'b') return
        if (action === 'send') setup.client.send('from within')
        else setup.client[action]()
      }
      server.accept()
    }, accepts()))
    for (const data of ['a', 'b', 'c']) setup.client.send(data)
    await settled(setup)
    const unsent = setup.client.takeUnsent().map(({data}) => data)
    const all = [...sentOn(setup.network), ...unsent]
    expect(all.filter((data) => data !== 'from within')).toEqual(['a', 'b', 'c'])
    expect(new Set(all).size).toBe(all.length)
    expect(setup.client.state.name).toBe(action === 'close' ? 'closed' : 'open')
    expect(setup.network.live.length).toBeLessThan(2)
    setup.client.close()
  })

  it('that calls close() a thousand times in a row, nested, ends once', async () => {
    const setup = setUp()
    setup.client.on('state', () => {
      for (let times = 0; times < 1000; times++) setup.client.close()
    })
    await settled(setup)
    expect(setup.states).toEqual(['open', 'closing', 'closed'])
  })
})

describe('on() and once()', () => {
  it('return the function that undoes it', async () => {
    const setup = setUp(sequence(drops(), accepts()))
    const heard: string[] = []
    const off = setup.client.on('open', () => heard.push('on'))
    const offOnce = setup.client.once('open', () => heard.push('once'))
    offOnce()
    await settled(setup)
    off()
    off()
    await setup.clock.advance(1000)
    expect(setup.client.state.name).toBe('open')
    expect(heard).toEqual(['on'])
    setup.client.close()
  })

  it('undo one subscription of a listener that has two', async () => {
    const setup = setUp()
    let heard = 0
    const listener = (): void => void heard++
    const off = setup.client.on('open', listener)
    setup.client.on('open', listener)
    off()
    await settled(setup)
    expect(heard).toBe(1)
    setup.client.close()
  })

  it('once is once, also when it throws', async () => {
    const setup = setUp(sequence(drops(), drops(), accepts()))
    let heard = 0
    setup.client.once('open', () => {
      heard++
      throw new Error('of a listener')
    })
    await setup.clock.advance(3000)
    expect(heard).toBe(1)
    expect(takeUncaught()).toHaveLength(1)
    setup.client.close()
  })

  it('a listener that leaves while it is told takes nobody with it', async () => {
    const setup = setUp()
    const heard: string[] = []
    const off = setup.client.on('open', () => {
      off()
      heard.push('first')
    })
    setup.client.on('open', () => heard.push('second'))
    await settled(setup)
    expect(heard).toEqual(['first', 'second'])
    setup.client.close()
  })

  it.each([undefined, null, 'x', {}])('refuse a listener that is %s [CC-82]', (listener) => {
    const {client} = setUp(neverAnswers())
    expect(() => client.on('open', listener as never)).toThrow('closecall: `listener` must be a function')
    expect(() => client.once('open', listener as never)).toThrow('closecall: `listener` must be a function')
    client.close()
  })

  it('message listeners get the data and the runtime\'s event', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.send('text')
      server.send(Uint8Array.of(1, 2))
    })
    const heard: unknown[] = []
    setup.client.on('message', (data, event) => heard.push([data, event.data === data, event instanceof Event]))
    await settled(setup)
    expect(heard).toEqual([['text', true, true], [Uint8Array.of(1, 2).buffer, true, true]])
    setup.client.close()
  })
})
