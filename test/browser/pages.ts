// Where do the pages of these tests come from, and how does a page without a driver say what it saw?

import {once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

/** What a page had seen and done by the time it was gone. */
export interface Report {
  seen: string[]
  made: string[]
}

export interface Pages {
  origin: string
  /** The next report. */
  report: () => Promise<Report>
  close: () => void
}

/** The longest that a browser may take, its start included, ms. */
const limit = 15_000

const page = (...scripts: string[]): string =>
  `<!doctype html><meta charset="utf-8"><title>closecall</title>${scripts.map((script) => `<script src="/${script}"></script>`).join('')}`

const scripts = {
  'closecall.global.js': '../../dist/closecall.global.js',
  'watched.js': 'watched.mjs',
  'leave.js': 'leave.mjs',
}

const watched = page('watched.js', 'closecall.global.js')

const arrived = `${page()}<script>fetch('/report', {method: 'POST', body: '{"seen":' + sessionStorage.seen + ',"made":' + sessionStorage.made + '}'})</script>`

/**
 * `/` has a client to start; `/strict` does, too, but allows sockets to its own server only; `/leave` leaves by itself; `/arrived` is where
 * it goes and reports; the rest is another page.
 */
export const servePages = async (): Promise<Pages> => {
  const contents: Record<string, [body: string, headers?: Record<string, string>]> = {
    '/': [watched],
    '/strict': [watched, {'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'"}],
    // Such a page is kept nowhere.
    '/leave': [page('watched.js', 'closecall.global.js', 'leave.js'), {'cache-control': 'no-store'}],
    '/arrived': [arrived],
  }
  for (const [name, file] of Object.entries(scripts)) contents[`/${name}`] = [await readFile(new URL(file, import.meta.url), 'utf8'), {'content-type': 'text/javascript; charset=utf-8'}]
  let take: (report: Report) => void = () => {}
  const server = createServer(async (request, response) => {
    const {pathname} = new URL(request.url!, 'http://page')
    if (pathname === '/report') take(JSON.parse(await text(request)))
    const [body, headers] = contents[pathname] ?? [page()]
    response.writeHead(200, {'content-type': 'text/html; charset=utf-8', ...headers}).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    report: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no page reported within ${limit} ms`)), limit)
        take = (report) => {
          clearTimeout(timer)
          resolve(report)
        }
      }),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
