// Does a page that is reloaded, in Chromium, wait for the rest of what it was told?

import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {chromium as playwright} from 'playwright-core'
import {expect, it, onTestFinished} from 'vitest'
import type {Client, State} from '../../src/index.ts'
import {chromium, chromiumArguments} from '../helpers/engines.ts'
import {closesWith} from '../helpers/servers.ts'
import {serving} from '../integration/harness.ts'

const program = (url: string): string => `
  import {connect} from './src/index.ts'
  import {overload, sessionStore} from './src/overload/index.ts'
  globalThis.client = connect('${url}', {extensions: [overload({store: sessionStore()})]})
`

/** A page that runs this program. */
const pageWith = async (contents: string): Promise<string> => {
  const {outputFiles} = await build({stdin: {contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url))}, bundle: true, write: false, format: 'iife', target: 'es2022'})
  const http = createServer((request, response) => {
    const script = request.url === '/page.js'
    response.writeHead(200, {'content-type': script ? 'text/javascript' : 'text/html'}).end(script ? outputFiles[0]!.text : '<!doctype html><title>closecall</title><script src="page.js"></script>')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
}

const executablePath = chromium()

if (executablePath) {
  it('makes no attempt after the reload before the pause is over [CC-119]', async () => {
    const server = await serving(closesWith(1013, 'retry-after=300'))
    const browser = await playwright.launch({executablePath, args: [...chromiumArguments]})
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    const stateNamed = async <Name extends State['name']>(name: Name): Promise<Extract<State, {name: Name}>> => {
      const handle = await page.waitForFunction((name) => {
        const {state} = (globalThis as unknown as {client: Client}).client
        return state.name === name && state
      }, name as State['name'])
      return (await handle.jsonValue()) as never
    }

    await page.goto(await pageWith(program(`${server.url}/live?token=secret`)))
    const {retryAt} = await stateNamed('backoff')
    const kept = await page.evaluate(() => sessionStorage.getItem('closecall'))
    expect(JSON.parse(kept!)).toEqual({[server.url]: Math.ceil(retryAt)})

    await page.reload()
    const waits = await stateNamed('suspended')
    expect(waits.why).toBe('overload')
    expect(waits.retryAt).toBeGreaterThanOrEqual(retryAt)
    expect(waits.retryAt).toBeLessThanOrEqual(retryAt + 1001)
    expect(server.connections).toHaveLength(1)
  })
}
