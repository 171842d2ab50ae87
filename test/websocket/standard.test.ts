// Does the drop-in do what the standard asks of a WebSocket, but for what is listed? And does the browser's own class, with the same cases?

import {execFile} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {build} from 'esbuild'
import {beforeAll, describe, expect, it} from 'vitest'
import {startChromium} from '../browser/browsers.ts'
import {between} from '../helpers/between.mjs'
import {chromium, firefox} from '../helpers/engines.ts'
import {npmEngine} from '../helpers/npm-engines.ts'
import {startFirefox} from '../helpers/programs.ts'
import {deviations, exceptions, saidOf, tables} from './exceptions.mjs'
import {cases, standards} from './standard-cases.mjs'
import {serveStandard} from './standard-server.ts'

/** By the name of the case: why it failed, or `''`. */
type Outcomes = Record<string, string>

interface Run {
  title: string
  play: () => Promise<Outcomes>
  inPage?: true
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** The longest that a run may take, ms. */
const limit = 240_000

const script = async (): Promise<string> => {
  const {outputFiles} = await build({entryPoints: [here('standard-page.mjs')], bundle: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'error'})
  return outputFiles[0]!.text
}

const inChromium =
  (path: string, variant: string, host: string): Run['play'] =>
  async () => {
    const server = await serveStandard(await script(), host)
    const {context, end} = await startChromium(path)
    try {
      const page = await context.newPage()
      await page.goto(server.page)
      return await page.evaluate(([variant, servers]) => (globalThis as unknown as {play: (...given: unknown[]) => Promise<Outcomes>}).play(variant, servers), [variant, server.servers] as const)
    } finally {
      await end()
      await server.close()
    }
  }

const inNode =
  (path: string, variant: string, library = ''): Run['play'] =>
  async () => {
    const server = await serveStandard()
    try {
      const {stdout} = await promisify(execFile)(path, [here('standard-node.mjs'), JSON.stringify({variant, servers: server.servers}), library], {timeout: limit, maxBuffer: 1e8})
      return JSON.parse(stdout)
    } finally {
      await server.close()
    }
  }

const chromiumPath = chromium()
const nodePath = npmEngine('node24')

const runs: Record<string, Run> = {
  ...(chromiumPath && {
    native: {title: "Chromium's own class", play: inChromium(chromiumPath, 'native', '127.0.2.1'), inPage: true},
    reconnecting: {title: 'ReconnectingWebSocket in Chromium', play: inChromium(chromiumPath, 'reconnecting', '127.0.2.2'), inPage: true},
    'one-shot': {title: 'ReconnectingWebSocket in Chromium, one-shot', play: inChromium(chromiumPath, 'one-shot', '127.0.2.3'), inPage: true},
    global: {title: 'ReconnectingWebSocket in place of the global class of Chromium', play: inChromium(chromiumPath, 'global', '127.0.2.4'), inPage: true},
  }),
  ws: {title: 'ReconnectingWebSocket over `ws`', play: inNode(process.execPath, 'reconnecting', 'ws')},
  ...(nodePath && {node: {title: "ReconnectingWebSocket over Node's own class", play: inNode(nodePath, 'reconnecting')}}),
}

describe.each(Object.entries(runs))('%s', (run, {title, play, inPage}) => {
  let outcomes: Outcomes

  beforeAll(async () => {
    outcomes = await play()
  }, limit)

  describe.each([[title]])('%s', () => {
    const played = cases.filter(({page}) => !page || inPage).map(({section, name, rule}) => [`${section}: ${name} [CC-${rule}]`, name] as const)

    it.each(played)('%s', (_, name) => {
      const said = saidOf(run, name)
      if (said === undefined) expect(outcomes[name]).toBe('')
      else expect(outcomes[name], 'it is listed as an exception').toContain(said)
    })
  })
})

describe('a message in Firefox', () => {
  const path = firefox()
  if (!path) return

  it('is told by its own event, made ours [CC-196]', {timeout: 60_000}, async () => {
    const names = ['tells `message` with a MessageEvent', 'is told with a trusted message event', 'has the same event for every listener', 'changes nothing about texts', 'gives a Blob by default', 'gives an ArrayBuffer where that was chosen before it was open', 'has the text of a message in `data`, and the origin of the server, and nothing else', 'calls no listener of a message after stopImmediatePropagation(), and all of the next']
    const server = await serveStandard(await script(), '127.0.2.5')
    const {end, ended} = await startFirefox(path, `${server.page}?play=${encodeURIComponent(JSON.stringify({variant: 'reconnecting', servers: server.servers, names}))}`)
    try {
      expect(await Promise.race([server.report(), ended])).toEqual(Object.fromEntries(names.map((name) => [name, ''])))
    } finally {
      await end()
      await server.close()
    }
  })
})

describe('the exceptions', () => {
  it('are of cases that there are', () => {
    const names = cases.map(({name}) => name)
    for (const {cases} of [...exceptions, ...deviations]) for (const name of Object.keys(cases)) expect(names).toContain(name)
  })

  it('are the tables of docs/websocket.md [CC-190]', () => {
    const page = readFileSync(new URL('../../docs/websocket.md', import.meta.url), 'utf8')
    const {exceptions, deviations} = tables()
    expect(page, 'run `node test/helpers/write-exceptions.mjs`').toBe(between(between(page, 'exceptions', exceptions), 'deviations', deviations))
  })
})

it('names the standard of each case', () => {
  expect(cases.length).toBeGreaterThan(450)
  for (const {section} of cases) expect(Object.keys(standards)).toContain(section.split('#')[0])
})
