// Does the client live as its page does: hidden, frozen, kept, offline, left?

import type {Socket} from 'node:net'
import type {BrowserContext, CDPSession, Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import type {Client, HistoryEntry, Options, State} from '../../src/index.ts'
import {chromium, firefox} from '../helpers/engines.ts'
import {startFirefox} from '../helpers/programs.ts'
import {closesWith, echoes, goesSilent, hangsHandshake, refuses, sequence, serve, type Behaviour, type Connection, type Server} from '../helpers/servers.ts'
import {startChromium} from './browsers.ts'
import {servePages, type Pages, type Report} from './pages.ts'

/** What `watched.mjs` keeps for us. */
interface Watched {
  start: (url: string, options: Options) => unknown
  client: Client
  states: State[]
  received: unknown[]
  /** What happened to the page. */
  seen: string[]
  /** Whether the page was there whenever a socket was made. */
  made: ('here' | 'away')[]
  /** Listeners on anything. */
  listening: [target: EventTarget, type: string, ...how: unknown[]][]
}

/** Where nothing may follow, no event tells when that is certain: half as long again as it would take, were it to come. */
const longEnough = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1500))

let pages: Pages
let server: Server
/** This end of each connection, to be cut. */
let hands: Socket[]

beforeAll(async () => {
  pages = await servePages()
})

afterAll(() => pages.close())

beforeEach(() => {
  hands = []
})

afterEach(() => server.close())

const serves = async (...behaviours: [Behaviour, ...Behaviour[]]): Promise<void> => {
  const behave = sequence(...behaviours)
  server = await serve((visit) => {
    hands.push(visit.socket)
    behave(visit)
  })
}

/** A frame by hand, for a server that says nothing by itself. */
const frame = (opcode: number, ...body: number[]): Uint8Array => Uint8Array.of(0x80 | opcode, body.length, ...body)

const live = (): Connection[] => server.connections.filter(({gone}) => !gone)

const quick: Options = {backoff: {initialDelay: 1, jitter: 'none'}}

const patience = {timeout: 10_000}

const noNetwork = {offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1}

/** A page that leaves by itself, at this event of its client. */
const leaving = (moment: 'open' | 'retry'): string => `${pages.origin}/leave?${new URLSearchParams({url: server.url, moment})}`

const expectLeft = ({seen, made}: Report, moment: 'open' | 'retry'): void => {
  expect(seen).toContain('pagehide')
  expect(made).not.toContain('away')
  if (moment === 'retry') return
  expect(made).toHaveLength(1)
  expect(server.connections).toHaveLength(1)
}

const chromiumPath = chromium()

if (chromiumPath) {
  describe('a page in Chromium', () => {
    let context: BrowserContext
    let end: () => Promise<void>
    let page: Page
    let devtools: CDPSession

    beforeAll(async () => {
      ;({context, end} = await startChromium(chromiumPath))
    })

    afterAll(() => end())

    beforeEach(async () => {
      page = await context.newPage()
      page.setDefaultTimeout(patience.timeout)
      devtools = await context.newCDPSession(page)
    })

    afterEach(async () => {
      for (const each of context.pages()) await each.close()
    })

    const evaluate = <T>(read: (watched: Watched) => T): Promise<T> => page.evaluate(`(${read})(globalThis)`)

    /** A page with a client that is under way. */
    const visit = async (options: Options = {}, path = '/'): Promise<void> => {
      await page.goto(pages.origin + path)
      await page.evaluate(([url, given]) => void (globalThis as unknown as Watched).start(url, given), [server.url, options] as const)
    }

    const reaches = async (name: State['name'], why?: string): Promise<void> => {
      await expect.poll(() => evaluate(({client}) => client.state), patience).toMatchObject({name, ...(why && {why})})
    }

    const sees = async (what: string): Promise<void> => {
      await expect.poll(() => evaluate(({seen}) => seen), patience).toContain(what)
    }

    const names = (): Promise<string[]> => evaluate(({states}) => states.map(({name}) => name))

    const history = (): Promise<readonly HistoryEntry[]> => evaluate(({client}) => client.history)

    const made = (): Promise<string[]> => evaluate(({made}) => made)

    const leave = async (): Promise<void> => {
      await page.goto(`${pages.origin}/elsewhere`)
    }

    const goBack = async (): Promise<void> => {
      await page.goBack({waitUntil: 'commit'})
      await sees('pageshow, persisted')
    }

    const hide = async (): Promise<void> => {
      await (await context.newPage()).bringToFront()
      await sees('hidden')
    }

    const freeze = async (): Promise<void> => {
      await devtools.send('Page.setWebLifecycleState', {state: 'frozen'})
      await sees('freeze')
    }

    const resume = (): Promise<unknown> => devtools.send('Page.setWebLifecycleState', {state: 'active'})

    /** As Chromium's timers are in a tab that is hidden: one a second. */
    const throttled = (): Promise<void> =>
      page.evaluate(async () => {
        for (let start; start === undefined || performance.now() < start + 900; ) {
          start = performance.now()
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      })

    it('closes with 1000 when it goes into the bfcache, and connects when it is back [CC-96] [CC-97]', async () => {
      await serves(echoes())
      await visit()
      await reaches('open')
      await page.evaluate(() => addEventListener('pagehide', () => (globalThis as unknown as Watched).client.send('sent meanwhile')))
      await leave()
      await server.until(() => server.connections[0]!.gone)
      expect(server.connections[0]).toMatchObject({closeCode: 1000, messages: []})
      await goBack()
      await server.until(() => server.connections[1]?.messages.length === 1)
      expect(String(server.connections[1]!.messages[0]!.data)).toBe('sent meanwhile')
      expect(live()).toEqual([server.connections[1]])
      expect(await names()).toEqual(['open', 'suspended', 'backoff', 'connecting', 'open'])
      expect(await history()).toMatchObject([{close: {origin: 'page', opened: true}, verdict: {action: 'retry', fault: 'none'}}])
    })

    it('connects when it is back, although Chromium has cut what it was asked to keep [CC-97]', async () => {
      await serves(echoes())
      await visit({...quick, onPageHide: 'keep'})
      await reaches('open')
      await leave()
      await goBack()
      await server.until(() => server.connections.length === 2 && live().length === 1)
      await reaches('open')
      expect(await names()).toEqual(['open', 'backoff', 'connecting', 'open'])
      expect(await history()).toMatchObject([{close: {code: 1006, origin: 'event', opened: true}}])
    })

    it.each([
      ['an open connection', 'open', echoes()],
      ['an attempt', 'connecting', sequence(hangsHandshake(), echoes())],
      ['a retry', 'backoff', sequence(closesWith(1013), echoes())],
    ] as const)('makes no socket while it is in the bfcache, whoever asks, but when it is back: %s [CC-97] [CC-98]', async (_, name, behaviour) => {
      await serves(behaviour)
      await visit({backoff: {initialDelay: 60_000, maxDelay: 60_000}})
      await reaches(name)
      await server.until(() => server.connections.length === 1)
      await page.evaluate(() => addEventListener('pagehide', () => (globalThis as unknown as Watched).client.reconnect()))
      await leave()
      await goBack()
      await reaches('open')
      expect(await made()).toEqual(['here', 'here'])
      expect(live()).toEqual([server.connections[1]])
    })

    it('leaves a client closed that was closed before, whatever suggests to come back [CC-81] [CC-96]', async () => {
      await serves(echoes())
      await visit()
      await reaches('open')
      await evaluate(({client}) => client.close())
      await reaches('closed')
      await leave()
      await goBack()
      await devtools.send('Network.overrideNetworkState', noNetwork)
      await devtools.send('Network.overrideNetworkState', {...noNetwork, offline: false})
      await sees('online')
      await longEnough()
      expect(await names()).toEqual(['open', 'closing', 'closed'])
      expect(server.connections).toHaveLength(1)
    })

    it('settles a connection once that got a 1013 while it was frozen, and comes back when it is resumed [CC-4] [CC-8] [CC-97]', async () => {
      await serves(goesSilent(), echoes())
      await visit(quick)
      await reaches('open')
      await hide()
      await freeze()
      hands[0]!.write(frame(0x8, 1013 >> 8, 1013 & 0xff))
      await server.until(() => server.connections[0]!.closeCode === 1013)
      hands[0]!.end()
      await longEnough()
      expect(await names()).toEqual(['open'])
      expect(server.connections).toHaveLength(1)
      await resume()
      await server.until(() => live().length === 1)
      await reaches('open')
      // Chromium has forgotten the code.
      expect(await history()).toMatchObject([{close: {code: 1006, origin: 'event', opened: true}, verdict: {action: 'retry'}}])
      expect(await names()).toEqual(['open', 'backoff', 'connecting', 'open'])
      expect(server.connections).toHaveLength(2)
    })

    it('makes no retry while it is frozen, and an overdue one when it is resumed [CC-96] [CC-97] [CC-98]', async () => {
      await serves(closesWith(1013), echoes())
      await visit({backoff: {initialDelay: 1000, jitter: 'none'}, autoOpen: false})
      await hide()
      await evaluate(({client}) => client.open())
      await reaches('backoff')
      await freeze()
      await reaches('suspended', 'page')
      await longEnough()
      expect(await made()).toEqual(['here'])
      await resume()
      await reaches('open')
      expect(await names()).toEqual(['connecting', 'open', 'backoff', 'suspended', 'backoff', 'connecting', 'open'])
      const [asked, woken] = await evaluate(({states}) => states.flatMap((state) => (state.name === 'backoff' ? [state.delay] : [])))
      expect(asked).toBe(1000)
      expect(woken).toBeLessThan(1000)
      expect(await made()).toEqual(['here', 'here'])
    })

    it('makes no socket while it is frozen, whoever asks [CC-98]', async () => {
      await serves(echoes())
      await visit()
      await reaches('open')
      await hide()
      await freeze()
      await evaluate(({client}) => client.reconnect())
      await reaches('suspended', 'page')
      await resume()
      await reaches('open')
      expect(await made()).toEqual(['here', 'here'])
      await server.until(() => live().length === 1)
      expect(live()).toEqual([server.connections[1]])
    })

    it('notices a silent server while it is hidden [CC-90]', async () => {
      await serves(goesSilent(), echoes())
      await visit({heartbeat: {interval: 1500, timeout: 1000, message: 'heartbeat'}, autoOpen: false})
      await hide()
      await throttled()
      await evaluate(({client}) => client.open())
      await server.until(() => server.connections.length === 2)
      await reaches('open')
      expect(await history()).toMatchObject([{close: {code: 1006, origin: 'heartbeat'}}])
      // It never answers the closing handshake either, so Chromium holds on to it for a minute.
      expect(server.connections).toMatchObject([{messages: [{opcode: 'text'}], closeCode: 1000}, {gone: false}])
    })

    it('asks once more when its timer came too late to judge, hidden and busy as it was, and goes on with a server that answers then [CC-94]', async () => {
      await serves(goesSilent())
      await visit({autoOpen: false})
      await hide()
      await throttled()
      await page.evaluate((url) => {
        let asked = 0
        const message = (): string => {
          // Until long after the time for the first answer, and nothing else happens in the page meanwhile.
          const until = asked++ ? 0 : Date.now() + 2500
          queueMicrotask(() => {
            while (Date.now() < until);
          })
          return 'heartbeat'
        }
        return void (globalThis as unknown as Watched).start(url, {heartbeat: {interval: 1500, timeout: 1000, message}})
      }, server.url)
      await server.until(() => server.connections[0]?.messages.length === 2)
      hands[0]!.write(frame(0x1, ...Buffer.from('here')))
      await server.until(() => server.connections[0]!.messages.length === 3)
      expect(await names()).toEqual(['open'])
      expect(server.connections).toHaveLength(1)
    })

    it('leaves a live connection alone that carries messages although the browser says that it is offline [CC-55]', async () => {
      await serves(echoes())
      await visit()
      await reaches('open')
      await devtools.send('Network.overrideNetworkState', noNetwork)
      await sees('offline')
      expect(await evaluate(({client}) => client.send('still here'))).toBe('sent')
      await expect.poll(() => evaluate(({received}) => received), patience).toEqual(['still here'])
      expect(await names()).toEqual(['open'])
    })

    it('tries nothing while it is offline and its connection is lost, and connects when the network is back [CC-55]', async () => {
      await serves(echoes())
      await visit(quick)
      await reaches('open')
      await devtools.send('Network.emulateNetworkConditions', noNetwork)
      await sees('offline')
      hands[0]!.destroy()
      await reaches('suspended', 'offline')
      await longEnough()
      expect(await made()).toEqual(['here'])
      await devtools.send('Network.emulateNetworkConditions', {...noNetwork, offline: false})
      await reaches('open')
      expect(await names()).toEqual(['open', 'suspended', 'backoff', 'connecting', 'open'])
      expect(await made()).toEqual(['here', 'here'])
      expect(live()).toEqual([server.connections[1]])
    })

    it('settles an attempt that its content security policy forbids, long before connectTimeout [CC-53]', async () => {
      await serves(echoes())
      await visit({}, '/strict')
      await reaches('backoff')
      expect(await history()).toMatchObject([{close: {code: 1006, origin: 'error', opened: false}, verdict: {action: 'retry'}}])
      expect(await made()).toEqual(['here'])
      expect(server.connections).toEqual([])
    })

    it('has one set of listeners for two clients, and none when both are closed [CC-99]', async () => {
      await serves(echoes())
      await visit({autoOpen: false})
      const listening = (): Promise<string[]> => evaluate(({listening}) => listening.map(([, type]) => type))
      expect(await listening()).toEqual([])
      await evaluate(({client}) => client.open())
      const types = await listening()
      expect(types).toEqual(expect.arrayContaining(['online', 'offline', 'visibilitychange', 'freeze', 'resume', 'pagehide', 'pageshow']))
      expect(new Set(types).size).toBe(types.length)
      await page.evaluate((url) => {
        const {client, start} = globalThis as unknown as Watched
        start(url, {})
        client.close()
      }, server.url)
      await reaches('open')
      await server.until(() => live().length === 1)
      expect(await listening()).toEqual(types)
      await evaluate(({client}) => client.close())
      await expect.poll(listening, patience).toEqual([])
    })

    it.each(['open', 'retry'] as const)('makes no socket while it is left for good: %s [CC-97] [CC-98]', async (moment) => {
      await serves(moment === 'open' ? echoes() : refuses(503))
      const report = pages.report()
      await page.goto(leaving(moment))
      expectLeft(await report, moment)
    })
  })
}

const firefoxPath = firefox()

if (firefoxPath) {
  describe('a page in Firefox', () => {
    it.each(['open', 'retry'] as const)('makes no socket while it is left for good: %s [CC-97] [CC-98]', async (moment) => {
      await serves(moment === 'open' ? echoes() : refuses(503))
      const report = pages.report()
      const {end} = await startFirefox(firefoxPath, leaving(moment))
      try {
        expectLeft(await report, moment)
      } finally {
        await end()
      }
    })
  })
}
