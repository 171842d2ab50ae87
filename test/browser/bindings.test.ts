// Do the programs of docs/bindings.md run in a real browser: through a 1013, back again, and with messages both ways?

import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {createServer, type Server as HttpServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {BrowserContext} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {bundled} from '../helpers/components.ts'
import {chromium} from '../helpers/engines.ts'
import {echoes, saysThenCloses, sequence, serve} from '../helpers/servers.ts'
import {startChromium} from './browsers.ts'

/** What an application does around each program. */
const applications: Record<string, [file: string, entry: string]> = {
  React: ['Live.jsx', "import {StrictMode} from 'react'\nimport {createRoot} from 'react-dom/client'\nimport {Live} from 'Live.jsx'\ncreateRoot(document.querySelector('main')).render(<StrictMode><Live /></StrictMode>)"],
  Vue: ['Live.vue', "import {createApp} from 'vue'\nimport Live from 'Live.vue'\ncreateApp(Live).mount('main')"],
  Svelte: ['Live.svelte', "import {mount} from 'svelte'\nimport Live from 'Live.svelte'\nmount(Live, {target: document.querySelector('main')})"],
  RxJS: ['live.js', "document.querySelector('main').innerHTML = '<p></p><p></p><button>Say hello</button>'\nawait import('live.js')"],
}

/** Keeps what the page says, also what it says for a moment only. */
const watching = `const seen = (globalThis.seen = [])
new MutationObserver(() => {
  const [status] = document.querySelectorAll('main p')
  if (status && seen.at(-1) !== status.textContent) seen.push(status.textContent)
}).observe(document, {subtree: true, childList: true, characterData: true})`

const path = chromium()

if (path) {
  describe('in Chromium', () => {
    let context: BrowserContext
    let end: () => Promise<void>
    let pages: HttpServer
    let text: string
    let script = ''

    beforeAll(async () => {
      text = await readFile(new URL('../../docs/bindings.md', import.meta.url), 'utf8')
      pages = createServer(({url}, response) => {
        response.writeHead(200, {'content-type': `${url === '/script.js' ? 'text/javascript' : 'text/html'}; charset=utf-8`})
        response.end(url === '/script.js' ? script : `<!doctype html><title>closecall</title><link rel="icon" href="data:,"><main></main><script>${watching}</script><script type="module" src="/script.js"></script>`)
      })
      pages.listen(0, '127.0.0.1')
      await once(pages, 'listening')
      ;({context, end} = await startChromium(path))
    })

    afterAll(async () => {
      await end()
      pages.closeAllConnections()
      pages.close()
    })

    it.each(Object.entries(applications))('the program for %s shows the countdown after a 1013, comes back, and talks [CC-220] [CC-221]', async (heading, [file, entry]) => {
      const server = await serve(sequence(saysThenCloses('welcome', 1013), echoes()))
      onTestFinished(() => server.close())
      const [, program] = new RegExp(`\n## ${heading}\n+\`\`\`\\w+\n(.*?)\`\`\``, 's').exec(text)!
      expect(program).toMatch(/\b127\.0\.0\.1:8080\b/)
      script = await bundled({'entry.jsx': entry, [file]: program!.replace('127.0.0.1:8080', `127.0.0.1:${server.port}`)}, 'client')
      const page = await context.newPage()
      onTestFinished(() => page.close())
      const wrong: string[] = []
      page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && wrong.push(message.text())))
      page.on('pageerror', (error) => void wrong.push(String(error)))
      await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`)

      const said = (): Promise<string[]> => page.locator('main p').allTextContents()
      await expect.poll(said, {timeout: 10_000}).toEqual(['open', 'welcome'])
      await expect.poll(() => server.connections.length, {timeout: 10_000}).toBe(2)
      await expect.poll(said, {timeout: 10_000}).toEqual(['open', 'welcome'])
      await page.locator('button').click()
      await expect.poll(said, {timeout: 10_000}).toEqual(['open', 'hello'])

      const seen = (await page.evaluate('seen')) as string[]
      expect(seen.filter((words) => /^back in [12] s$/.test(words)).length).toBeGreaterThan(0)
      expect(seen.at(-1)).toBe('open')
      expect(server.connections.map(({messages}) => messages.map(({data}) => String(data)))).toEqual([[], ['hello']])
      expect(wrong).toEqual([])
    })
  })
}
