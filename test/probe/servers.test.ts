// The same against real servers: what does a client learn that can't see a status?

import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {chromium as playwright, type Browser} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import {connect, type Client, type Options} from '../../src/index.ts'
import {probe} from '../../src/probe/index.ts'
import {chromium, chromiumArguments} from '../helpers/engines.ts'
import {once, state} from '../integration/harness.ts'

interface Refusing {
  url: string
  /** Of plain requests, not of upgrades. */
  asked: IncomingMessage[]
  readonly upgrades: number
}

/** Refuses every upgrade without a word, so that no runtime sees a status; plain requests are answered. */
const refusing = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Refusing> => {
  const asked: IncomingMessage[] = []
  let upgrades = 0
  const http = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  http.on('upgrade', (_, socket) => {
    upgrades++
    socket.destroy()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    return new Promise<void>((resolve) => void http.close(() => resolve()))
  })
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked,
    get upgrades() {
      return upgrades
    },
  }
}

const says =
  (status: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end()

const connecting = ({url}: Refusing, options: Options = {}): Client => {
  const client = connect(url, {WebSocket, onReport: () => {}, extensions: [probe(`${url}/health`)], ...options})
  onTestFinished(() => client.close())
  return client
}

describe('from Node', () => {
  it('makes a 503 with its Retry-After of "never opened" [CC-58] [CC-107]', async () => {
    const server = await refusing(says(503, {'retry-after': '7'}))
    const {delay, last} = await once(connecting(server), 'retry')
    expect(last).toMatchObject({code: 1006, opened: false, status: 503, retryAfter: 7000, error: 'ECONNRESET'})
    expect(delay).toBeGreaterThanOrEqual(7000)
    expect(delay).toBeLessThanOrEqual(8000)
    expect(server.asked.map(({method, url}) => [method, url])).toEqual([['GET', '/health']])
  })

  it('asks for credentials once on 401 [CC-13] [CC-107]', async () => {
    const server = await refusing(says(401))
    let count = 0
    const client = connecting(server, {credentials: () => ++count})
    expect(await state(client, 'failed')).toMatchObject({why: 'strikes', last: {status: 401}})
    expect([count, server.upgrades, server.asked.length]).toEqual([2, 2, 2])
  })

  it('follows no redirect [CC-107]', async () => {
    const server = await refusing(says(302, {location: '/elsewhere'}))
    const {last} = await once(connecting(server), 'retry')
    expect(last.error).toBe('ECONNRESET; the server answers HTTP 302 to a plain request')
    expect(server.asked.length).toBe(1)
  })

  it('reads no body: one without end is cut off [CC-107]', async () => {
    const server = await refusing((_, response) => {
      response.writeHead(503)
      const fill = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', fill)
      fill()
    })
    expect((await once(connecting(server), 'retry')).last.status).toBe(503)
    await expect.poll(() => server.asked[0]!.socket.destroyed).toBe(true)
  })

  it('is aborted by close(), and the server sees it [CC-58] [CC-107]', async () => {
    const server = await refusing(() => {})
    const client = connecting(server)
    await expect.poll(() => server.asked.length).toBe(1)
    client.close()
    expect(client.state.name).toBe('closed')
    await expect.poll(() => server.asked[0]!.socket.destroyed).toBe(true)
  })
})

const executablePath = chromium()

if (executablePath) {
  describe('in Chromium', () => {
    let browser: Browser
    let script: string

    beforeAll(async () => {
      const contents = "export * from './src/index.ts'\nexport {probe} from './src/probe/index.ts'"
      const bundle = await build({stdin: {contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url))}, bundle: true, format: 'iife', globalName: 'closecall', write: false, logLevel: 'silent'})
      script = bundle.outputFiles[0]!.text
      browser = await playwright.launch({executablePath, args: [...chromiumArguments]})
    })

    afterAll(() => browser.close())

    interface Told {
      names: string[]
      last: object
      delay: number
      asked: number
    }

    /** A page of the server's own, so that nothing stands between them; what its client came to. */
    const visit = async (status: number, headers: Record<string, string>): Promise<Told & {server: Refusing}> => {
      const server = await refusing((request, response) => {
        if (request.url === '/') response.writeHead(200, {'content-type': 'text/html'}).end('<!doctype html><link rel=icon href=data:,>')
        else says(status, headers)(request, response)
      })
      const page = await browser.newPage()
      await page.goto(server.url)
      await page.evaluate(script.replace('var closecall', 'globalThis.closecall'))
      const told = await page.evaluate(
        () =>
          new Promise<Told>((resolve) => {
            const {connect, probe} = (globalThis as any).closecall
            const names: string[] = []
            let asked = 0
            const client = connect('/live', {onReport: () => {}, extensions: [probe('/health')], credentials: () => ++asked})
            client.on('state', (state: any) => {
              names.push(state.name)
              if (state.name === 'failed' || (state.name === 'backoff' && state.delay)) resolve({names, last: state.last, delay: state.delay, asked})
            })
          }),
      )
      await page.close()
      return {...told, server}
    }

    it('makes a 503 with its Retry-After of "never opened" [CC-58] [CC-107]', async () => {
      const {names, last, delay, server} = await visit(503, {'retry-after': '7'})
      expect(names).toEqual(['backoff'])
      expect(last).toMatchObject({code: 1006, opened: false, status: 503, retryAfter: 7000})
      expect(delay).toBeGreaterThanOrEqual(7000)
      expect(delay).toBeLessThanOrEqual(8000)
      expect(server.asked.map(({url}) => url)).toEqual(['/', '/health'])
    })

    it('asks for credentials once on 401, then stops [CC-13] [CC-107]', async () => {
      const {names, last, asked, server} = await visit(401, {'www-authenticate': 'Bearer'})
      expect(names).toEqual(['backoff', 'connecting', 'failed'])
      expect(last).toMatchObject({status: 401})
      expect([asked, server.upgrades, server.asked.length]).toEqual([2, 2, 3])
    })

    it('learns nothing from a redirect, and does not follow it [CC-107]', async () => {
      const {last, server} = await visit(302, {location: '/elsewhere'})
      expect(last).toMatchObject({code: 1006, error: 'the server answers a plain request'})
      expect(server.asked.map(({url}) => url)).toEqual(['/', '/health'])
    })
  })
}
