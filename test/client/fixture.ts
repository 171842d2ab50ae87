// What do the tests of the client share? A client on fake time and a fake network, and an eye on what it leaves behind.

import {afterEach, beforeEach, expect, vi, type Mock} from 'vitest'
import {connect, type Address, type Client, type HistoryEntry, type Options, type Report, type State} from '../../src/index.ts'
import {pageEnvironment, type Environment} from '../../src/platform/environment.ts'
import {accepts, acceptsThenCloses, fakeClock, fakeNetwork, goesSilent, neverAnswers, refuses, type Behaviour, type FakeClock, type FakeNetwork, type FakeNetworkOptions} from '../../src/testing/index.ts'

export const url = 'wss://example.test/live'

/** Longer than any delay by default: an hour. */
export const long = 3_600_000

export interface Setup {
  client: Client
  clock: FakeClock
  network: FakeNetwork
  /** Every state since `connect()` returned, by name. */
  states: State['name'][]
  closes: HistoryEntry[]
  messages: unknown[]
  /** The delay of every retry. */
  delays: number[]
}

export type SetupOptions = Omit<Options, 'clock'> & FakeNetworkOptions & {url?: Address; clock?: FakeClock}

/** A client with fakes: chance is 0.5, so that the default jitter gives the nominal delay. */
export const setUp = (behaviour: Behaviour = accepts(), {kind, url: address = url, clock = fakeClock(), ...options}: SetupOptions = {}): Setup => {
  const network = fakeNetwork(behaviour, {...(kind && {kind})})
  const client = connect(address, {clock, environment, random: () => 0.5, WebSocket: network.WebSocket, ...options})
  const setup: Setup = {client, clock, network, states: [], closes: [], messages: [], delays: []}
  client.on('state', ({name}) => setup.states.push(name))
  client.on('close', (entry) => setup.closes.push(entry))
  client.on('message', (data) => setup.messages.push(data))
  client.on('retry', ({delay}) => setup.delays.push(delay))
  return setup
}

/** How to get a client into each state, the two ways of connecting apart. */
export const ways = {
  idle: async () => setUp(accepts(), {autoOpen: false}),
  'connecting, waiting for the url function': async () => settled(setUp(accepts(), {url: () => new Promise<string>(() => {})})),
  'connecting, waiting for the server': async () => settled(setUp(neverAnswers())),
  open: async () => settled(setUp()),
  backoff: async () => settled(setUp(acceptsThenCloses(1013))),
  suspended: async () => {
    offline()
    return settled(setUp(refuses()))
  },
  closing: async () => {
    const setup = await settled(setUp(goesSilent()))
    setup.client.close()
    return setup
  },
  closed: async () => {
    const setup = await settled(setUp())
    setup.client.close()
    return settled(setup)
  },
  failed: async () => settled(setUp(acceptsThenCloses(1007))),
}

export type Way = keyof typeof ways

export const everyWay = Object.keys(ways) as Way[]

export const settled = async (setup: Setup): Promise<Setup> => {
  await setup.clock.advance(0)
  return setup
}

/** No socket, no timer, no listener: what a resting client has. */
export const expectRest = ({clock, network}: Pick<Setup, 'clock' | 'network'>): void => {
  expect(network.live).toEqual([])
  expect(clock.pending).toBe(0)
  expect(globalListeners()).toBe(0)
  for (const socket of network.sockets) expect([socket.onopen, socket.onmessage, socket.onclose]).toEqual([null, null, null])
}

// The world outside: what the platform folder reads.

let world: EventTarget
/** That of this world's page. */
export let environment: Environment
let counts: number
let uncaught: unknown[]

export let warned: Mock<typeof console.warn>
export let complained: Mock<typeof console.error>

/** What a client that is under way listens to: the network, and the page. */
export const watchedSignals = ['online', 'offline', 'visibilitychange', 'freeze', 'resume', 'pagehide', 'pageshow'] as const

/** Listeners on the global object, of all clients. */
export const globalListeners = (): number => counts

export const offline = (): void => {
  vi.stubGlobal('navigator', {onLine: false})
  world.dispatchEvent(new Event('offline'))
}

export const online = (): void => {
  vi.stubGlobal('navigator', {onLine: true})
  world.dispatchEvent(new Event('online'))
}

/** The page is told something, as a browser would: `visibilitychange` to what is visible, the others as they are. */
export const tellPage = (type: (typeof watchedSignals)[number], {persisted = false, visible = true} = {}): void => {
  vi.stubGlobal('document', {visibilityState: visible ? 'visible' : 'hidden'})
  world.dispatchEvent(Object.assign(new Event(type), {persisted}))
}

/** The caller's own errors that reached the runtime; what a test leaves here fails it. */
export const takeUncaught = (): unknown[] => uncaught.splice(0)

/** Online, and without a listener; what an earlier client left is forgotten. */
export const newWorld = (): void => {
  const target = (world = new EventTarget())
  environment = pageEnvironment()
  counts = 0
  uncaught = []
  vi.stubGlobal('navigator', {onLine: true})
  vi.stubGlobal('addEventListener', (...given: Parameters<EventTarget['addEventListener']>) => {
    if (target === world) counts++
    target.addEventListener(...given)
  })
  vi.stubGlobal('removeEventListener', (...given: Parameters<EventTarget['removeEventListener']>) => {
    if (target === world) counts--
    target.removeEventListener(...given)
  })
}

/** To be called once in a test file. */
export const watchTheWorld = (): void => {
  beforeEach(() => {
    newWorld()
    vi.stubGlobal('reportError', (error: unknown) => uncaught.push(error))
    warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    complained = vi.spyOn(console, 'error').mockImplementation(() => {})
  })

  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    expect(uncaught).toEqual([])
  })
}

/** Reports, heard on the event. */
export const reportsOf = ({client}: Setup): Report[] => {
  const reports: Report[] = []
  client.on('report', (report) => reports.push(report))
  return reports
}
