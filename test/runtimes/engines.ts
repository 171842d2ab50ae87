// How is each engine started, given the scenarios' URLs, and how do the outcomes come back?

import {execFile} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {build} from 'esbuild'
import {chromium, chromiumArguments, firefox, miniBrowser} from '../helpers/engines.ts'
import type names from '../helpers/engine-names.json'
import {npmEngine} from '../helpers/npm-engines.ts'
import {start, startFirefox, type Program} from '../helpers/programs.ts'

export type EngineName = Exclude<keyof typeof names, 'hermes'>

export interface Outcome {
  name: string
  /** Where it stood when its story had been told. */
  state: string
  states: string[]
  delays: number[]
  history: {code: number; reason: string; opened: boolean; origin: string; action: string; status?: number; error?: string; explanation: string}[]
  reports: {code: number; cause?: string; confidence?: string; sequence?: number; offset?: number; frames: number}[]
  messages: (string | number[])[]
  /** Times that credentials were asked for. */
  asked: number
  stats: {connections: number; retries: number; sent: number; received: number; unsent: number}
  /** The story did not come to its end. */
  late?: string
}

export interface Outcomes<T = Outcome> {
  outcomes: T[]
  /** Errors and rejections that nobody caught. */
  escaped: string[]
}

/** A suite of suites.mjs, and what it is given. */
export interface Play {
  suite: 'scenarios' | 'faults' | 'buffered'
  given: Record<string, unknown>
}

export interface Engine {
  name: EngineName
  play: <T>(play: Play) => Promise<Outcomes<T>>
}

/** The longest that an engine may take, its start included. */
const limit = 90_000

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const inProcess =
  (command: string, args: string[] = [], last: string[] = []): Engine['play'] =>
  async (play) => {
    const {stdout} = await promisify(execFile)(command, [...args, here('play.mjs'), JSON.stringify(play), ...last], {timeout: limit, maxBuffer: 1e8})
    return JSON.parse(stdout)
  }

/** What a user's bundler does. */
const bundle = async (entry: string, format: 'esm' | 'iife'): Promise<string> => {
  const {outputFiles} = await build({entryPoints: [here(entry)], bundle: true, write: false, format, target: 'es2022', platform: 'browser', logLevel: 'error'})
  return outputFiles[0]!.text
}

/** @param use is raced against the end of the program, and against the clock */
const withProgram = async <T>(starting: Promise<Program>, use: (program: Program) => Promise<T>): Promise<T> => {
  const program = await starting
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${program.child.spawnfile}: no outcomes within ${limit} ms. ${program.output}`)), limit)
  })
  try {
    return await Promise.race([use(program), late, program.ended])
  } finally {
    clearTimeout(timer)
    await program.end()
  }
}

const inPage =
  (start: (url: string) => Promise<Program>): Engine['play'] =>
  async <T>(play: Play) => {
    // Top-level await needs a module; the page takes it as one.
    const script = await bundle('page.mjs', 'esm')
    let done: (outcomes: Outcomes<T>) => void
    const outcomes = new Promise<Outcomes<T>>((resolve) => (done = resolve))
    const server = createServer((request, response) => {
      const answer = (type: string, body: string): void => {
        response.writeHead(200, {'content-type': `${type}; charset=utf-8`, connection: 'close'}).end(body)
      }
      if (request.url === '/') answer('text/html', '<!doctype html><title>closecall</title><script type="module" src="/page.js"></script>')
      else if (request.url === '/page.js') answer('text/javascript', script)
      else if (request.url === '/given') answer('application/json', JSON.stringify(play))
      else if (request.url === '/outcomes') void text(request).then((body) => (answer('text/plain', ''), done(JSON.parse(body))))
      else response.writeHead(404).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      return await withProgram(start(page), () => outcomes)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

const inWorker =
  (command: string): Engine['play'] =>
  async <T>(play: Play) => {
    const files = {'worker.mjs': await bundle('worker.mjs', 'esm'), 'worker.capnp': await readFile(here('worker.capnp'), 'utf8')}
    const starting = start(command, (home) => ['serve', join(home, 'worker.capnp'), '--control-fd=3'], files, ['ignore', 'ignore', 'pipe', 'pipe'])
    return withProgram(starting, async ({child}) => {
      const [line] = (await once(child.stdio[3]!, 'data')) as [Buffer]
      const {port} = JSON.parse(String(line).split('\n')[0]!) as {port: number}
      const response = await fetch(`http://127.0.0.1:${port}/`, {method: 'POST', body: JSON.stringify(play)})
      if (!response.ok) throw new Error(`workerd: ${response.status} ${await response.text()}`)
      return (await response.json()) as Outcomes<T>
    })
  }

const engine = (name: EngineName, path: string | undefined, play: (path: string) => Engine['play']): Engine[] => (path ? [{name, play: play(path)}] : [])

/** The engines that are here. */
export const engines: readonly Engine[] = [
  ...engine('node-ws', process.execPath, (path) => inProcess(path, [], ['ws'])),
  ...engine('node22', npmEngine('node22'), (path) => inProcess(path)),
  ...engine('node24', npmEngine('node24'), (path) => inProcess(path)),
  ...engine('node26', npmEngine('node26'), (path) => inProcess(path)),
  ...engine('bun', npmEngine('bun'), (path) => inProcess(path)),
  ...engine('deno', npmEngine('deno'), (path) => inProcess(path, ['run', '--allow-all', '--no-prompt'])),
  ...engine('workerd', npmEngine('workerd'), inWorker),
  ...engine('chromium', chromium(), (path) => inPage((url) => start(path, (home) => [...chromiumArguments, `--user-data-dir=${home}`, url]))),
  ...engine('firefox', firefox(), (path) => inPage((url) => startFirefox(path, url))),
  ...engine('webkitgtk', miniBrowser(), (path) => inPage((url) => start('xvfb-run', () => ['-a', path, '--private', url]))),
]

/** React Native's compiler, which knows less syntax than the others: it must understand what a bundler makes of us. */
export const hermes = npmEngine('hermes')

export const compileWithHermes = async (door: string): Promise<void> => {
  const code = await bundle(`../../dist/${door}.js`, 'iife')
  await withFile(code, async (path) => {
    await promisify(execFile)(hermes!, ['-emit-binary', '-out', `${path}.hbc`, path])
  })
}

const withFile = async (content: string, use: (path: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'closecall-hermes-'))
  try {
    await writeFile(join(folder, 'bundle.js'), content)
    await use(join(folder, 'bundle.js'))
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
