// Does the client do the same in every engine, against the same servers? Built files, real sockets.

import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import names from '../helpers/engine-names.json'
import {
  closesAfter,
  closesWith,
  closesWithBody,
  drops,
  echoes,
  goesSilent,
  hangsHandshake,
  nobodyListens,
  refuses,
  resets,
  sequence,
  serve,
  type Behaviour,
  type Server,
} from '../helpers/servers.ts'
import {compileWithHermes, engines, hermes, type EngineName, type Outcome} from './engines.ts'

interface Scenario {
  /** A port to connect to although nobody listens, or what the server does. */
  server: Behaviour | 'nobody' | number
  /** Connections that the server counts; absent where engines may differ, and `check` knows. */
  connections?: number
  /** Where the client stands in the end. */
  state: 'open' | 'closed' | 'failed' | 'backoff'
  check?: (outcome: Outcome, server: Server, engine: EngineName) => void
}

/** Closes once, then is content. What the client must do then is the same everywhere; what it may know is not. */
const closing = (code: number, state: Scenario['state'], connections: number, known: (engine: EngineName) => boolean = () => true): Record<string, Scenario> => ({
  [`closes:${code}`]: {
    server: sequence(code === 1005 ? closesWithBody(Buffer.alloc(0)) : closesWith(code, 'words'), echoes()),
    connections,
    state,
    check: ({history, reports}, _, engine) => {
      expect(history).toHaveLength(1)
      expect(history[0]).toMatchObject(known(engine) ? {code, reason: code === 1005 ? '' : 'words', origin: 'event'} : {code: 1006})
      expect(history[0]!.opened || engine === 'firefox').toBe(true)
      expect(reports.map((report) => report.code)).toEqual(state === 'failed' ? [code] : [])
    },
  },
})

/** libsoup takes 1012 to 1014 for illegal, and Deno takes 1014 for it. The peer's code is lost, and must not matter. */
const notWebKit = (engine: EngineName): boolean => engine !== 'webkitgtk'

const lost = {code: 1006, action: 'retry'}

/** Lost once, and then back. */
const lostOnce = ({history}: Outcome, _: Server, engine: EngineName): void => {
  expect(history).toHaveLength(1)
  expect(history[0]).toMatchObject(lost)
  // Firefox under load reports the end of a connection without having reported its beginning.
  expect(history[0]!.opened || engine === 'firefox').toBe(true)
}

const scenarios: Record<string, Scenario> = {
  ...closing(1000, 'closed', 1),
  ...closing(1001, 'open', 2),
  ...closing(1005, 'open', 2),
  ...closing(1007, 'failed', 1),
  ...closing(1008, 'open', 2),
  ...closing(1011, 'open', 2),
  ...closing(1012, 'open', 2, notWebKit),
  ...closing(1013, 'open', 2, notWebKit),
  ...closing(1014, 'open', 2, (engine) => notWebKit(engine) && engine !== 'deno'),
  ...closing(3000, 'open', 2),
  ...closing(3003, 'failed', 1),
  ...closing(4000, 'open', 2),
  ...closing(4913, 'open', 2),
  drops: {server: sequence(drops(), echoes()), connections: 2, state: 'open', check: lostOnce},
  resets: {server: sequence(resets(), echoes()), connections: 2, state: 'open', check: lostOnce},
  nobody: {
    server: 'nobody',
    connections: 0,
    state: 'backoff',
    check: ({history}) => {
      expect(history).toHaveLength(3)
      for (const close of history) expect(close).toMatchObject({...lost, opened: false})
    },
  },
  'blocked port': {
    // IRC: browsers refuse to connect to it, each in its own way.
    server: 6667,
    connections: 0,
    state: 'backoff',
    check: ({history}) => {
      for (const close of history) expect(close).toMatchObject({...lost, opened: false})
    },
  },
  hangs: {
    server: sequence(hangsHandshake(), echoes()),
    state: 'open',
    check: ({history}, server) => {
      // Not always one: Chromium, with other failing handshakes on its hands, makes the next attempt wait, too.
      expect(history.length).toBeGreaterThan(0)
      for (const close of history) expect(close).toMatchObject({opened: false, origin: 'connect-timeout', action: 'retry'})
      expect(server.connections.length).toBeGreaterThan(1)
      expect(server.connections[0]!.gone).toBe(true)
    },
  },
  mute: {
    server: goesSilent(),
    connections: 1,
    state: 'closed',
    check: ({history}, server) => {
      expect(history).toHaveLength(1)
      expect(history[0]).toMatchObject({origin: 'close-timeout', action: 'end'})
      expect(server.connections[0]).toMatchObject({closeCode: 3001, closeReason: 'enough'})
    },
  },
  'close while connecting': {
    server: hangsHandshake(),
    state: 'closed',
    check: ({states}, server) => {
      expect(states).toEqual(['connecting', 'closed'])
      // A browser with many failing handshakes on its hands may not have asked yet.
      expect(server.connections.length).toBeLessThan(2)
    },
  },
  loop: {
    server: closesWith(1013),
    connections: 4,
    state: 'backoff',
    check: ({delays}) => expect(delays).toEqual([100, 200, 400, 800]),
  },
  refused: {
    server: sequence(closesAfter(2, 1007, 'Invalid UTF-8 in text frame'), echoes()),
    connections: 1,
    state: 'failed',
    check: ({reports}) => expect(reports).toMatchObject([{code: 1007, frames: 2}]),
  },
}

const loneSurrogate = (engine: EngineName): Scenario =>
  engine === 'workerd'
    ? {
        // workerd puts the surrogate on the wire, which is not UTF-8: a real 1007, and the report knows where.
        server: echoes(),
        connections: 1,
        state: 'failed',
        check: ({reports}) => expect(reports).toMatchObject([{code: 1007, cause: 'ill-formed-text', sequence: 2, offset: 1}]),
      }
    : {
        server: echoes(),
        connections: 1,
        state: 'open',
        check: ({messages}) => expect(messages).toEqual(['fine', 'a\uFFFDb']),
      }

/** Who lets the handshake's status be seen. Browsers and Node's own class don't: to them it is one more failed attempt. */
const seesStatus = (engine: EngineName): boolean => ['node-ws', 'bun', 'deno', 'workerd'].includes(engine)

const handshakes = (engine: EngineName): Record<string, Scenario> => ({
  'refuses:503': {
    // Five of these in a row: a status that is misread may have a budget.
    server: (visit) => (visit.index < 5 ? refuses(503) : echoes())(visit),
    connections: 6,
    state: 'open',
    check: ({history}) => {
      for (const close of history) expect(close).toMatchObject({...lost, opened: false})
      expect(history.map(({status}) => status), history[0]!.error).toEqual(history.map(() => (seesStatus(engine) ? 503 : undefined)))
    },
  },
  'refuses:404': {
    server: sequence(refuses(404), echoes()),
    ...(seesStatus(engine) ? {connections: 1, state: 'failed'} : {connections: 2, state: 'open'}),
    check: ({history, reports}) => {
      expect(history[0]).toMatchObject(seesStatus(engine) ? {status: 404, action: 'stop'} : lost)
      expect(reports).toHaveLength(seesStatus(engine) ? 1 : 0)
    },
  },
  'refuses:401': {
    server: sequence(refuses(401), echoes()),
    connections: 2,
    state: 'open',
    check: ({asked, delays}) => {
      expect(asked).toBe(seesStatus(engine) ? 2 : 1)
      expect(delays[0] === 0).toBe(seesStatus(engine))
    },
  },
})

const echo: Scenario = {
  server: echoes(),
  connections: 1,
  state: 'closed',
  check: ({messages, history, stats}, server) => {
    expect(messages).toEqual(['buffered grüße 🎈', 'text', [1, 2, 3], [255, 254]])
    expect(history).toMatchObject([{code: 4000, reason: 'done', action: 'end'}])
    expect(stats).toMatchObject({connections: 1, sent: 4, received: 4, unsent: 0})
    expect(server.connections[0]).toMatchObject({closeCode: 4000, closeReason: 'done'})
  },
}

describe.each(engines.map((engine) => [names[engine.name], engine] as const))('%s', (_, {name: engine, play}) => {
  const all: Record<string, Scenario> = {...scenarios, ...handshakes(engine), 'lone surrogate': loneSurrogate(engine), echo}
  const servers = new Map<string, Server>()
  let outcomes: Map<string, Outcome>
  let escaped: string[]

  beforeAll(async () => {
    const urls: Record<string, string> = {}
    for (const [i, [name, {server}]] of Object.entries(all).entries()) {
      // A host for each: Firefox opens one connection at a time to a host, and holds back those to a host that failed.
      const host = `127.0.1.${i + 1}`
      if (typeof server !== 'number') servers.set(name, server === 'nobody' ? await nobodyListens(host) : await serve(server, host))
      urls[name] = typeof server === 'number' ? `ws://${host}:${server}` : servers.get(name)!.url
    }
    const result = await play<Outcome>({suite: 'scenarios', given: urls})
    escaped = result.escaped
    outcomes = new Map(result.outcomes.map((outcome) => [outcome.name, outcome]))
  }, 120_000)

  afterAll(async () => {
    for (const server of servers.values()) await server.close()
  })

  it.each(Object.entries(all))('%s', (name, {state, connections, check}) => {
    const outcome = outcomes.get(name)!
    const server = servers.get(name)
    expect(outcome.late).toBeUndefined()
    expect(outcome.state, JSON.stringify(outcome.history)).toBe(state)
    if (connections !== undefined) expect(server?.connections.length ?? 0).toBe(connections)
    check?.(outcome, server!, engine)
  })

  it('lets no error escape [CC-83]', () => {
    expect(escaped).toEqual([])
  })
})

if (hermes) {
  describe(names.hermes, () => {
    it.each(['index', 'catalog', 'core', 'diagnosis', 'dialects', 'overload', 'probe'])('understands the bundle of %s', (door) => compileWithHermes(door))
  })
}

if (process.env.CLOSECALL_ENGINES === 'all') {
  const found: string[] = [...engines.map(({name}) => name), ...(hermes ? ['hermes'] : [])]
  it.each(Object.entries(names))('has found %s (%s)', (name) => {
    expect(found).toContain(name)
  })
}
