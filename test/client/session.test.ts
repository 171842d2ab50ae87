// Does a session hear all that its connection brings, whenever it asks, and nothing else?

import {describe, expect, it, vi} from 'vitest'
import {sessionOf} from '../../src/client/session.ts'
import type {Session} from '../../src/index.ts'
import {accepts, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, watchTheWorld, type Setup, type SetupOptions} from './fixture.ts'

watchTheWorld()

const start = (onOpen: (session: Session<any, any>) => unknown, behaviour: Behaviour = accepts(), options: SetupOptions = {}): Promise<Setup> => settled(setUp(behaviour, {...options, onOpen}))

/** The server speaks first. */
const says = (...messages: string[]): Behaviour => (server) => {
  server.accept()
  for (const message of messages) server.send(message)
}

/** All that arrives in one packet is told in one go, as ws does, before whoever waits can go on. */
const inOneGo = ({network}: Setup, ...messages: string[]): void => {
  for (const data of messages) network.last.onmessage!({data})
}

const numbered = (count: number): string[] => Array.from({length: count}, (_, index) => `${index}`)

describe('receive()', () => {
  it('gives what came before it was asked for, in order [CC-174]', async () => {
    const got: unknown[] = []
    let ask!: () => void
    const setup = await start(async (session) => {
      await new Promise<void>((resolve) => (ask = resolve))
      got.push(await session.receive(), await session.receive())
    }, says('HELLO', 'WORLD'))
    await setup.clock.advance(1000)
    expect(setup.messages).toEqual(['HELLO', 'WORLD'])
    ask()
    await settled(setup)
    expect([got, setup.client.state.name]).toEqual([['HELLO', 'WORLD'], 'open'])
    setup.client.close()
  })

  it('misses none of several that arrive at once [CC-174]', async () => {
    const got: unknown[] = []
    const setup = await start(async (session) => {
      for (let n = 0; n < 3; n++) got.push(await session.receive())
    })
    inOneGo(setup, 'a', 'b', 'c')
    await settled(setup)
    expect([got, setup.client.state.name]).toEqual([['a', 'b', 'c'], 'open'])
    setup.client.close()
  })

  it('keeps for others what was not meant, and gives nothing twice [CC-174]', async () => {
    const got: unknown[] = []
    const setup = await start(async (session) => {
      got.push(await session.receive((data) => data === 'B'))
      got.push(await session.receive((data) => data !== 'noise'))
      got.push(await session.receive(), await session.receive())
    })
    inOneGo(setup, 'A', 'noise', 'B', 'C')
    await settled(setup)
    expect(got).toEqual(['B', 'A', 'noise', 'C'])
    setup.client.close()
  })

  it('gives all who wait the same: one that was given up takes nothing away [CC-174]', async () => {
    const got: unknown[] = []
    const setup = await start(async (session) => {
      void session.receive()
      got.push(await session.receive())
      got.push(await session.receive())
    })
    inOneGo(setup, 'a', 'b')
    await settled(setup)
    expect(got).toEqual(['a', 'b'])
    setup.client.close()
  })

  it('keeps the newest 1000, whatever a server says [CC-174]', async () => {
    let session!: Session
    const setup = await start((given) => {
      session = given
      return new Promise(() => {})
    })
    inOneGo(setup, ...numbered(1002))
    expect([await session.receive(), await session.receive((data) => data === '1001'), await session.receive()]).toEqual(['2', '1001', '3'])
    setup.client.close()
  })

  it('rejects with what `accepts` throws at what is kept, too [CC-174]', async () => {
    const setup = await start(async (session) => {
      await session.receive()
      await session.receive(() => JSON.parse('{'))
    })
    expect(setup.closes).toEqual([])
    inOneGo(setup, 'a', 'b')
    await settled(setup)
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'setup'}}])
    setup.client.close()
  })

  it('hears nothing that a slow schema lets through of an earlier connection; listeners do [CC-174] [CC-185]', async () => {
    const proceed: (() => void)[] = []
    const received: unknown[] = []
    const setup = await start(async (session) => void received.push(await session.receive()), sequence(says('WELCOME'), accepts()), {
      schema: {'~standard': {version: 1, vendor: 'test', validate: (value) => new Promise((resolve) => proceed.push(() => resolve({value})))}},
    })
    setup.network.last.server.drop()
    await setup.clock.advance(5000)
    proceed[0]!()
    await settled(setup)
    expect([setup.messages, received, setup.client.state.name]).toEqual([['WELCOME'], [], 'connecting'])
    setup.network.last.server.send('HELLO')
    await settled(setup)
    proceed[1]!()
    await settled(setup)
    expect([received, setup.client.state.name]).toEqual([['HELLO'], 'open'])
    setup.client.close()
  })

  it('hears nothing of another connection, and all who wait are told when theirs is lost [CC-174]', async () => {
    const sessions: Session[] = []
    const setup = await start((session) => {
      sessions.push(session)
      return new Promise(() => {})
    }, sequence(says('old'), accepts()))
    const waiting = [1, 2].map(() => sessions[0]!.receive(() => false))
    setup.network.last.server.drop()
    for (const wait of waiting) await expect(wait).rejects.toMatchObject({code: 'CLOSED'})
    await setup.clock.advance(5000)
    const next = sessions[1]!.receive()
    inOneGo(setup, 'new')
    expect(await next).toBe('new')
    await expect(sessions[0]!.receive()).rejects.toMatchObject({code: 'CLOSED'})
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })
})

it('one that is over listens no more, and a wait that nobody minds harms nobody [CC-174]', async () => {
  const off = vi.fn<() => void>()
  const {session, end} = sessionOf({url: '', protocol: '', attempt: 0, credentials: undefined}, {write: () => {}, listen: () => off})
  const waits = [session.receive(), session.receive(() => false)]
  expect(off).not.toHaveBeenCalled()
  end('over')
  end('over again')
  expect(off).toHaveBeenCalledOnce()
  // A rejection that nobody handles would fail the run.
  await new Promise((resolve) => setImmediate(resolve))
  for (const wait of waits) await expect(wait).rejects.toThrow(/over$/)
  expect(session.signal.reason).toMatchObject({code: 'CLOSED'})
})

it('one that ends late, after its connection, does not end the next one\'s [CC-174]', async () => {
  const sessions: Session[] = []
  const releases: (() => void)[] = []
  const setup = await start((session) => {
    sessions.push(session)
    return new Promise<void>((resolve) => releases.push(resolve))
  })
  setup.network.last.server.drop()
  await setup.clock.advance(5000)
  releases[0]!()
  await settled(setup)
  expect([setup.client.state.name, sessions.map(({signal}) => signal.aborted)]).toEqual(['connecting', [true, false]])
  sessions[1]!.send('auth')
  releases[1]!()
  await settled(setup)
  expect(setup.client.state.name).toBe('open')
  setup.client.close()
})
