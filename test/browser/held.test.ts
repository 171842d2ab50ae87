// Does Firefox hold attempts back, and is that said of Firefox, not of the server?

import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {expect, it} from 'vitest'
import type {HistoryEntry} from '../../src/index.ts'
import {firefox} from '../helpers/engines.ts'
import {startFirefox} from '../helpers/programs.ts'
import {refuses, serve} from '../helpers/servers.ts'

const story = (url: string): string => `
  import {connect} from './dist/index.js'
  import {diagnosis} from './dist/diagnosis.js'

  // Far from what anybody should choose: so it takes seconds, not a minute, until Firefox waits for longer than the client.
  const client = connect(${JSON.stringify(url)}, {connectTimeout: 1000, backoff: {initialDelay: 1, maxDelay: 1}, extensions: [diagnosis()]})
  client.on('diagnosis', () => {
    client.close()
    void fetch('/history', {method: 'POST', body: JSON.stringify(client.history)})
  })
`

const path = firefox()

if (path) {
  it('names a browser that holds attempts back, and does not blame the server [CC-113]', {timeout: 60_000}, async () => {
    const refusing = await serve(refuses(503))
    const {outputFiles} = await build({stdin: {contents: story(refusing.url), resolveDir: fileURLToPath(new URL('../..', import.meta.url))}, bundle: true, write: false, format: 'esm', logLevel: 'error'})
    let take: (history: HistoryEntry[]) => void
    const told = new Promise<HistoryEntry[]>((resolve) => (take = resolve))
    const pages = createServer(async (request, response) => {
      if (request.method === 'POST') take(JSON.parse(await text(request)))
      const script = request.url === '/story.js'
      response.writeHead(200, {'content-type': script ? 'text/javascript' : 'text/html', connection: 'close'})
      response.end(script ? outputFiles[0]!.text : '<!doctype html><title>closecall</title><script type="module" src="/story.js"></script>')
    })
    pages.listen(0, '127.0.0.1')
    await once(pages, 'listening')
    const {end, ended} = await startFirefox(path, `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`, {'network.websocket.delay-failed-reconnects': true})
    try {
      const history = await Promise.race([told, ended])
      const last = history.at(-1)!
      expect(last).toMatchObject({close: {code: 1006, origin: 'connect-timeout', opened: false}, verdict: {action: 'retry', fault: 'network'}, pattern: {name: 'held-by-browser'}})
      expect(last.pattern!.explanation).toContain('Firefox holds back sockets')
      // Not all of them reached the server.
      expect(refusing.connections.length).toBeLessThan(history.length)
    } finally {
      await end()
      pages.closeAllConnections()
      pages.close()
      await refusing.close()
    }
  })
}
