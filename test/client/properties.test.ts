// Does what must never happen not happen, whatever anybody does in whatever order?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {acknowledged} from '../../src/delivery/index.ts'
import type {ClientEvents, Extension, Outcome, Receipt, State} from '../../src/index.ts'
import {
  accepts,
  acceptsThenCloses,
  closedFromTheStart,
  closesSynchronously,
  closesTwice,
  deliversWhileClosing,
  drops,
  errorsAfterClose,
  errorsWithoutClose,
  goesSilent,
  neverAnswers,
  neverDeliversClose,
  refuses,
  sequence,
  throwsOnConstruct,
  type Behaviour,
} from '../../src/testing/index.ts'
import {expectRest, globalListeners, newWorld, offline, online, setUp, settled, takeUncaught, tellPage, url, watchTheWorld, type Setup, type SetupOptions, watchedSignals} from './fixture.ts'

watchTheWorld()

const runs = {numRuns: 300}

// What a case is made of: plain data, so that a counterexample can be read and shrinks well.

const codes = fc.oneof(fc.constantFrom(1000, 1001, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 0, 999, 70_000), fc.integer())
const reasons = fc.oneof(fc.constantFrom('', 'null', '503', '{}', 'retry-after=0;spread=0', 'retry-after=5', 'retry-after=1e99', '{"retryAfter":1}', `spread=${'9'.repeat(50)}`), fc.string())

const plainServers = fc.oneof(
  fc.constantFrom<[string]>(['accepts'], ['refuses'], ['neverAnswers'], ['goesSilent'], ['drops'], ['throwsOnConstruct'], ['closedFromTheStart']),
  fc.tuple(fc.constant('acceptsThenCloses'), codes, reasons),
  fc.tuple(fc.constant('refuses'), fc.constantFrom(200, 302, 401, 404, 429, 503)),
)
const lies = fc.subarray(['errorsWithoutClose', 'closesTwice', 'closesSynchronously', 'errorsAfterClose', 'neverDeliversClose', 'deliversWhileClosing'] as const)
const servers = fc.record({behaviour: plainServers, lies})

const userActions = fc.oneof(
  fc.tuple(fc.constantFrom('open', 'close', 'reconnect', 'takeUnsent'), fc.constant(0)),
  fc.tuple(fc.constant('hint'), fc.nat(20_000)),
)
const actions = fc.oneof(
  {weight: 3, arbitrary: userActions},
  {weight: 3, arbitrary: fc.tuple(fc.constantFrom('send', 'deliver', 'cancel'), fc.nat(3))},
  {weight: 1, arbitrary: fc.tuple(fc.constant('onNext'), fc.constantFrom('state', 'open', 'close', 'retry', 'message', 'failed', 'closed'), userActions)},
  {weight: 5, arbitrary: fc.tuple(fc.constant('advance'), fc.oneof(fc.nat(200), fc.nat(40_000)))},
  {weight: 1, arbitrary: fc.tuple(fc.constant('jump'), fc.nat(1_000_000))},
  {weight: 1, arbitrary: fc.tuple(fc.constantFrom('online', 'offline'), fc.constant(0))},
  {weight: 1, arbitrary: fc.tuple(fc.constant('page'), fc.constantFrom('visibilitychange' as const, 'freeze' as const, 'resume' as const, 'pagehide' as const, 'pageshow' as const), fc.boolean())},
  {weight: 2, arbitrary: fc.tuple(fc.constantFrom('answerUrl', 'rejectUrl'), fc.nat(3))},
  // The server's part, on the newest socket or on one long left.
  {weight: 2, arbitrary: fc.tuple(fc.constantFrom('server accept', 'server refuse', 'server drop', 'server error', 'server message'), fc.nat(2))},
  {weight: 2, arbitrary: fc.tuple(fc.constant('server close'), fc.nat(2), codes, reasons)},
)
type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never

const scripts = fc.record({
  servers: fc.array(servers, {minLength: 1, maxLength: 5}),
  actions: fc.array(actions, {maxLength: 40}),
  // Not near 0: full jitter may draw 0 once, but chance does not draw it for ever.
  random: fc.array(fc.double({min: 0.1, max: 1, maxExcluded: true, noNaN: true}), {minLength: 1, maxLength: 5}),
  addresses: fc.constantFrom('one' as const, 'asked' as const, 'several' as const),
  kind: fc.constantFrom('standard' as const, 'node' as const),
  heartbeat: fc.constantFrom(undefined, false as const, {interval: 20_000, timeout: 5000}),
  onPageHide: fc.constantFrom('close' as const, 'keep' as const),
  extended: fc.boolean(),
  autoOpen: fc.boolean(),
  jitter: fc.constantFrom('full' as const, 'equal' as const, 'decorrelated' as const, 'none' as const, 0.5, 1),
  maxMessages: fc.constantFrom(0, 3, 1024),
})

const build = ({behaviour: [name, ...given], lies: told}: {behaviour: readonly (string | number)[]; lies: readonly string[]}): Behaviour => {
  const [code, reason] = given as [number, string]
  const plain = {accepts, refuses: () => refuses(code), neverAnswers, goesSilent, drops, closedFromTheStart: () => closedFromTheStart(), acceptsThenCloses: () => acceptsThenCloses(code, reason), throwsOnConstruct: () => throwsOnConstruct(new Error('refused'))}
  const lying = {errorsWithoutClose, closesTwice, closesSynchronously, errorsAfterClose, neverDeliversClose, deliversWhileClosing}
  return told.reduce((behaviour, lie) => lying[lie as keyof typeof lying](behaviour), plain[name as keyof typeof plain]())
}

/** Now and then puts an attempt off, and finds out why one failed. */
const extension = (random: readonly number[]): Extension => {
  let asked = 0
  const answers = [async () => ({status: 503}), async () => undefined, () => new Promise<undefined>(() => {})]
  return () => ({
    admit: () => (++asked % 3 ? 0 : random[0]! * 5000),
    investigate: () => answers[asked % 3]!(),
  })
}

/** Runs a script, and looks after each step whether something happened that must not. */
const play = async (script: typeof scripts extends fc.Arbitrary<infer T> ? T : never): Promise<void> => {
  newWorld()
  let draws = 0
  const questions: {resolve: (answer: string) => void; reject: (error: unknown) => void}[] = []
  const options: SetupOptions = {
    random: () => script.random[draws++ % script.random.length]!,
    backoff: {jitter: script.jitter},
    buffer: {maxMessages: script.maxMessages},
    autoOpen: script.autoOpen,
    lint: 'off',
    onReport: (report) => void JSON.stringify(report),
    credentials: () => 'token',
    kind: script.kind,
    onPageHide: script.onPageHide,
    ...(script.heartbeat !== undefined && {heartbeat: script.heartbeat}),
    ...(script.extended && {extensions: [extension(script.random)]}),
    ...(script.addresses === 'several' && {url: [url, `${url}/2`, `${url}/3`]}),
    ...(script.addresses === 'asked' && {url: () => new Promise<string>((resolve, reject) => questions.push({resolve, reject}))}),
  }
  const setup = setUp(sequence(...(script.servers.map(build) as [Behaviour])), options)
  const {client, clock, network} = setup

  const subscriptions: (() => void)[] = []
  const accepted: string[] = []
  const delivered: {data: string; receipt: Receipt; outcomes: Outcome[]}[] = []
  const taken: string[] = []
  let sends = 0
  let wished = true
  let socketsWhenClosed = Infinity
  let {epoch} = client.state

  client.on('state', (state: State) => {
    expect(client.state).toBe(state)
    expect(state.epoch).toBeGreaterThanOrEqual(epoch)
    epoch = state.epoch
  })
  client.on('retry', ({delay, retryAt}) => {
    // 30 s and jitter around it; or a hint and its spread, each up to ten minutes.
    expect(delay >= 0 && delay <= 1_200_000).toBe(true)
    expect(retryAt).toBe(clock.now() + delay)
  })

  const user = ([name, argument]: readonly [string, number]): void => {
    if (name === 'takeUnsent') taken.push(...client.takeUnsent().map(({data}) => data as string))
    else if (name === 'hint') client.hint({after: argument})
    else {
      // Before the call: a listener may act within it.
      wished = name !== 'close'
      socketsWhenClosed = wished ? Infinity : network.sockets.length
      client[name as 'open' | 'close' | 'reconnect']()
    }
  }

  const act = async ([name, ...given]: Action): Promise<void> => {
    const [argument, ...more] = given as [number, ...unknown[]]
    const server = network.sockets.at(-1 - argument)?.server
    switch (name) {
      case 'send': {
        const data = String(sends++)
        if (client.send(data) !== 'refused') accepted.push(data)
        return
      }
      case 'deliver': {
        const data = String(sends++)
        const receipt = client.deliver(data, argument > 2 ? {ttl: 5000} : undefined)
        const outcomes: Outcome[] = []
        void receipt.then((outcome) => outcomes.push(outcome))
        delivered.push({data, receipt, outcomes})
        return
      }
      case 'cancel':
        return delivered.at(-1 - argument)?.receipt.cancel()
      case 'onNext':
        subscriptions.push(client.once(given[0] as keyof ClientEvents, () => user(more[0] as [string, number])))
        return
      case 'advance':
      case 'jump':
        return clock[name](argument)
      case 'online':
        return online()
      case 'offline':
        return offline()
      case 'page':
        return tellPage(given[0] as 'freeze', {persisted: more[0] as boolean})
      case 'answerUrl':
        return questions[argument % (questions.length || 1)]?.resolve(url)
      case 'rejectUrl':
        return questions[argument % (questions.length || 1)]?.reject(new Error('no'))
      case 'server accept':
        return server?.accept()
      case 'server refuse':
        return server?.refuse()
      case 'server drop':
        return server?.drop()
      case 'server error':
        return server?.error('x')
      case 'server message':
        return server?.send('x')
      case 'server close':
        return server?.emit('close', {code: more[0], reason: more[1], wasClean: true})
      default:
        user([name, argument])
    }
  }

  const check = (): void => {
    expect(network.live.length).toBeLessThan(2)
    // One for the state; one for what is on its way out.
    expect(clock.pending).toBeLessThan(3)
    const resting = ['idle', 'closed', 'failed'].includes(client.state.name)
    // A message may expire also before the first connection.
    if (client.state.name === 'idle') expect(clock.pending).toBeLessThan(2)
    else if (resting) expectRest(setup)
    if (resting) {
      expect(globalListeners()).toBe(0)
    } else expect(globalListeners()).toBe(watchedSignals.length)
    if (!wished) {
      expect(['closing', 'closed', 'failed']).toContain(client.state.name)
      expect(network.sockets.length).toBeLessThanOrEqual(socketsWhenClosed)
    }
    expect(client.history.length).toBeLessThan(17)
  }

  for (const action of script.actions) {
    await act(action)
    check()
  }

  // Nothing accepted is forgotten, sent twice, or out of order.
  await settled(setup)
  check()
  for (const off of subscriptions) off()
  client.close()
  await clock.advance(2000)
  if (client.state.name !== 'failed' && client.state.name !== 'closed') throw new Error(`still ${client.state.name} after close()`)
  expectRest(setup)
  const sent = network.sockets.flatMap((socket) => socket.sent.map(({data}) => data as string))
  const inOrder = (list: string[]): string[] => [...list].sort((a, b) => Number(a) - Number(b))
  expect(sent).toEqual(inOrder(sent))
  taken.push(...client.takeUnsent().map(({data}) => data as string))
  expect(taken).toEqual(inOrder(taken))
  const others = new Set(delivered.map(({data}) => data))
  expect(inOrder([...sent, ...taken].filter((data) => !others.has(data)))).toEqual(accepted)
  // One outcome each, and a true one.
  for (const {data, outcomes} of delivered) {
    expect(outcomes.length).toBe(1)
    const {status, inDoubt, writes} = outcomes[0]!
    expect(sent.filter((other) => other === data).length).toBe(writes)
    if (status === 'written' || status === 'dropped') expect(writes).toBe(1)
    else if (!inDoubt) expect(writes).toBe(0)
    // Dropped: 1009 blamed it.
    expect(['written', 'unsent', 'expired', 'cancelled', 'dropped']).toContain(status)
  }

  // It can always be started again: no event is stuck in its queue.
  online()
  network.behaviour = accepts()
  client.open()
  // Nobody who rests hears it.
  tellPage('pageshow')
  for (let turns = 0; turns < 40 && (client.state as State).name !== 'open'; turns++) {
    await clock.advance(turns && 1000)
    for (const {resolve} of questions) resolve(url)
  }
  expect(client.state.name).toBe('open')
  await finish(setup)
}

const finish = async (setup: Setup): Promise<void> => {
  setup.client.close()
  await setup.clock.advance(2000)
  expectRest(setup)
  expect(takeUncaught()).toEqual([])
}

// Messages with wishes, and listeners that act while something is told.

const wishes = fc.record({key: fc.constant('k'), priority: fc.constant('high' as const), ttl: fc.integer({min: 1, max: 2000})}, {requiredKeys: []})
const deliveries = fc.record({id: fc.boolean(), size: fc.oneof({weight: 9, arbitrary: fc.nat(30)}, fc.constant(40_000)), wishes})
const calls = fc.oneof(
  {weight: 5, arbitrary: fc.tuple(fc.constant('deliver' as const), deliveries)},
  {weight: 4, arbitrary: fc.tuple(fc.constantFrom('cancel' as const, 'abort' as const, 'drained' as const, 'takeUnsent' as const, 'open' as const, 'close' as const, 'reconnect' as const), fc.nat(4))},
)
const turns = fc.oneof(
  {weight: 5, arbitrary: calls},
  {weight: 2, arbitrary: fc.tuple(fc.constant('advance' as const), fc.oneof(fc.nat(100), fc.nat(5000)))},
  {weight: 2, arbitrary: fc.tuple(fc.constantFrom('drop' as const, 'stall' as const, 'acknowledge' as const), fc.nat(3))},
  {weight: 1, arbitrary: fc.tuple(fc.constant('end' as const), fc.constantFrom(1000, 1001, 1009, 1011, 1013))},
)
const exchanges = fc.record({
  kind: fc.constantFrom('standard' as const, 'node' as const),
  window: fc.constantFrom(1, 3, 100),
  highWaterMark: fc.constantFrom(10, 1000, 65_536),
  buffer: fc.record({maxMessages: fc.constantFrom(0, 2, 5, 1000), maxBytes: fc.constantFrom(20, 100, 1_000_000), overflow: fc.constantFrom('refuse' as const, 'drop-oldest' as const, 'drop-newest' as const), ttl: fc.constantFrom(500, Infinity)}),
  ways: fc.array(fc.constantFrom('accepts' as const, 'stalls' as const, 'silent' as const, 'refuses' as const), {maxLength: 5}),
  script: fc.array(turns, {maxLength: 60}),
  /** What listeners do, one after the other, and what they don't. */
  replies: fc.array(fc.option(calls, {freq: 3}), {maxLength: 60}),
})

const exchange = async ({kind, window, highWaterMark, buffer, ways, script, replies}: typeof exchanges extends fc.Arbitrary<infer T> ? T : never): Promise<void> => {
  newWorld()
  // Who reads nothing answers no ping.
  const meets = {accepts, refuses: () => refuses(), silent: goesSilent, stalls: (): Behaviour => (server) => {
    server.stalled = true
    server.silent = kind === 'node'
    server.accept()
  }}
  const delivery = acknowledged<string, string>({id: (data) => (data.startsWith('i') ? data.trim() : undefined), ack: (data) => data, window})
  const setup = setUp(sequence(...(ways.map((way) => meets[way]()) as [Behaviour]), accepts()), {kind, buffer, highWaterMark, delivery, lint: 'off', onReport: () => {}})
  const {client, clock, network} = setup
  const all: {data: string; priority: string | undefined; controller: AbortController; receipt: Receipt; outcomes: Outcome[]}[] = []

  const call = ([name, given]: typeof calls extends fc.Arbitrary<infer T> ? T : never): void => {
    if (name === 'deliver') {
      const controller = new AbortController()
      const data = `${given.id ? 'i' : 'p'}${all.length}`.padEnd(given.size)
      const outcomes: Outcome[] = []
      const message = {data, priority: given.wishes.priority, controller, receipt: undefined as unknown as Receipt, outcomes}
      all.push(message)
      message.receipt = client.deliver(data, {...given.wishes, signal: controller.signal})
      void message.receipt.then((outcome) => outcomes.push(outcome))
    } else if (name === 'cancel') all.at(-1 - given)?.receipt?.cancel()
    else if (name === 'abort') all.at(-1 - given)?.controller.abort()
    else if (name === 'drained') client.drained().catch(() => {})
    else client[name]()
  }
  let next = 0
  for (const name of ['drop', 'drain', 'open', 'close', 'state'] as const) {
    client.on(name, () => {
      const reply = replies[next++]
      if (reply) call(reply)
    })
  }

  for (const [name, given] of script) {
    const server = network.sockets.at(-1)?.server
    if (name === 'advance') await clock.advance(given)
    else if (name === 'drop') server?.drop()
    else if (name === 'end') server?.close(given)
    else if (name === 'acknowledge') server?.socket.sent.forEach(({data}, n) => n % 4 === given && server.send((data as string).trim()))
    else if (name === 'stall') {
      // What a socket that ended holds stays with it: below, nobody asks whether that arrived.
      if (server && server.socket.readyState < 2) server.silent = (server.stalled = !server.stalled) && kind === 'node'
    } else call([name, given] as typeof calls extends fc.Arbitrary<infer T> ? T : never)
    expect(clock.pending).toBeLessThan(3)
  }
  next = Infinity
  client.close()
  await clock.advance(10_000)
  expectRest(setup)

  for (const {data, outcomes} of all) {
    expect(outcomes.length).toBe(1)
    const {status, why, inDoubt, writes} = outcomes[0]!
    // What is held when the peer answers our close has been read: it answers in order.
    const arrived = network.sockets.flatMap(({sent}) => sent).filter((frame) => frame.data === data).length
    expect(arrived).toBeLessThanOrEqual(writes)
    if (data.startsWith('p')) expect(arrived).toBeLessThan(2)
    if (!inDoubt && status !== 'written' && status !== 'acknowledged' && why !== 'too-big') expect(arrived).toBe(0)
    if (status === 'written' && !inDoubt && !network.sockets.some(({server}) => server.stalled)) expect(arrived).toBe(1)
  }
  for (const {sent} of network.sockets) {
    for (const priority of ['high', undefined]) {
      const numbers = sent.map(({data}) => all.find((message) => message.data === data)!).filter((message) => message.priority === priority).map((message) => Number(message.data.slice(1)))
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    }
  }
  expect(takeUncaught()).toEqual([])
}

describe('whatever happens', () => {
  it('each delivery has one outcome, and a true one; order is kept, and no timer stays, whatever listeners do while they are told [CC-5] [CC-71] [CC-175] [CC-180]', async () => {
    await fc.assert(fc.asyncProperty(exchanges, exchange), runs)
  })

  it('never two live sockets, no timer at rest, no message forgotten, doubled or out of order, one outcome for each delivery, nothing reopened that was closed [CC-4] [CC-5] [CC-71] [CC-72] [CC-81] [CC-175]', async () => {
    await fc.assert(fc.asyncProperty(scripts, play), runs)
  })

  it('never a hot loop, whatever the servers do [CC-19] [CC-33]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(servers, {minLength: 1, maxLength: 6}), fc.boolean(), async (list, refreshable) => {
        // The list again and again, not its last for ever: alternating servers must not reset what each other taught.
        newWorld()
        let connections = 0
        const behaviours = list.map(build)
        const setup = setUp((server) => behaviours[connections++ % behaviours.length]!(server), {
          random: () => 0,
          ...(refreshable && {credentials: () => 'token'}),
          onReport: () => {},
        })
        await setup.clock.advance(60_000)
        // Chance draws the shortest delay, 500 ms. Only a refresh has none, and no two of them follow each other.
        expect(connections).toBeLessThan(250)
        await finish(setup)
      }),
      runs,
    )
  })

  it('the same script, seen from a listener that throws at every event [CC-83]', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(servers, {minLength: 1, maxLength: 4}), fc.array(fc.nat(5000), {maxLength: 10}), async (list, pauses) => {
        newWorld()
        const record = async (throws: boolean): Promise<unknown[]> => {
          const setup = setUp(sequence(...(list.map(build) as [Behaviour])), {onReport: () => {}})
          if (throws) {
            for (const name of ['state', 'open', 'close', 'retry', 'closed', 'failed', 'message'] as const) {
              setup.client.on(name, () => {
                throw new Error('of a listener')
              })
            }
          }
          for (const pause of pauses) await setup.clock.advance(pause)
          const {states, delays} = setup
          const seen = [[...states], [...delays], setup.network.sockets.length]
          setup.client.close()
          await setup.clock.advance(2000)
          takeUncaught()
          expectRest(setup)
          return seen
        }
        expect(await record(true)).toEqual(await record(false))
      }),
      {numRuns: 100},
    )
  })
})
