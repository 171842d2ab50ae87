// Does the package work for who installs it? Packed, installed into an empty folder, and used there.

import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join, normalize} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {createContext, runInContext} from 'node:vm'
import {publint} from 'publint'
import {formatMessage} from 'publint/utils'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {WebSocket} from 'ws'
import manifest from '../../package.json'
import {compare, explain} from '../../src/catalog/index.ts'
import {closesWith, echoes, refuses, serve} from '../helpers/servers.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

/** Every door but those to plain files. */
const doors = Object.keys(manifest.exports).filter((door) => !/\.js(on)?$/.test(door))

/** What the bindings are for. Found from the folder, and not in it: who uses none of the bindings has none of them. */
const frameworks = ['react', 'rxjs', 'svelte', 'vue']

let home: string
let folder: string
let tarball: string
/** What is in the tarball. */
let files: string[]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'closecall-package-'))
  folder = join(home, 'app')
  for (const path of [folder, join(home, 'node_modules')]) await mkdir(path)
  for (const name of frameworks) await symlink(join(root, 'node_modules', name), join(home, 'node_modules', name))
  const {stdout} = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {cwd: root})
  const [packed] = JSON.parse(stdout) as [{filename: string; files: {path: string}[]}]
  tarball = join(folder, packed.filename)
  files = packed.files.map(({path}) => path)
  await writeFile(join(folder, 'package.json'), '{"private": true}')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, `ws@${manifest.devDependencies.ws}`], {cwd: folder})
}, 120_000)

afterAll(() => rm(home, {recursive: true, force: true}))

/** Writes a program into the folder and runs it there, as a user does. It must end by itself. */
async function program(name: string, text: string, ...args: string[]): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  const {stdout} = await run(process.execPath, [path, ...args], {cwd: folder, timeout: 20_000})
  return stdout.trim()
}

async function listening(behaviour = echoes()): Promise<string> {
  const server = await serve(behaviour)
  onTestFinished(() => server.close())
  return server.url
}

describe('the tarball', () => {
  it('holds everything that package.json names', () => {
    const named: string[] = []
    const {bin: command, main, module, types, unpkg, jsdelivr, exports} = manifest
    JSON.stringify([command, main, module, types, unpkg, jsdelivr, exports], (_, value: unknown) => (typeof value === 'string' && named.push(normalize(value)), value))
    expect(named.length).toBeGreaterThan(10)
    expect(files).toEqual(expect.arrayContaining(named))
  })

  it('holds each door as ESM, as CommonJS, and with types for both', () => {
    for (const door of doors) {
      const name = door === '.' ? 'index' : door.slice(2)
      expect(files).toEqual(expect.arrayContaining(['js', 'cjs', 'd.ts', 'd.cts'].map((extension) => `dist/${name}.${extension}`)))
    }
  })

  it('holds readme, license, changelog and rules', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/benchmarks.md', 'docs/bindings.md', 'docs/cli.md', 'docs/codes.md', 'docs/delivery.md', 'docs/herd.md', 'docs/migration.md', 'docs/runtimes.md', 'docs/servers.md', 'docs/spec.md', 'docs/websocket.md', 'package.json']))
  })

  it('holds nothing else', () => {
    expect(files.filter((file) => !/^(dist|src)\/|^(README\.md|LICENSE|CHANGELOG\.md|docs\/(benchmarks|bindings|cli|codes|delivery|herd|migration|runtimes|servers|spec|websocket|recipes\/[\w-]+)\.md|package\.json)$/.test(file))).toEqual([])
    expect(files.filter((file) => file.startsWith('src/') && !file.endsWith('.ts'))).toEqual(files.filter((file) => file === 'src/core/tsconfig.json'))
  })

  it('holds the source that its source maps point to', async () => {
    const maps = files.filter((file) => file.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(0)
    for (const map of maps) {
      const {sources, sourcesContent} = JSON.parse(await readFile(join(folder, 'node_modules/closecall', map), 'utf8')) as {sources: string[]; sourcesContent?: (string | null)[]}
      for (const [i, source] of sources.entries()) {
        if (!sourcesContent?.[i]) expect(files, map).toContain(normalize(join(dirname(map), source)))
      }
    }
  })

  it('depends on eventemitter3 and nothing else', async () => {
    expect((await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['closecall', 'eventemitter3', 'ws'])
  })

  it('tells nothing of the machine it was made on', async () => {
    for (const file of files) expect(await readFile(join(folder, 'node_modules/closecall', file), 'utf8'), file).not.toContain(root)
  })

  it('is found well-formed by publint', async () => {
    const {messages, pkg} = await publint({pkgDir: join(folder, 'node_modules/closecall'), level: 'suggestion', strict: true, pack: false})
    expect(messages.map((message) => formatMessage(message, pkg, {color: false}))).toEqual([])
  })

  it('resolves with its types in every way of resolving (attw)', async () => {
    // Exits with an error, and so rejects with what it found, if anything is wrong. The script-tag file has no types.
    const {stdout} = await run(bin('attw'), [tarball, '--format', 'json', '--profile', 'node16', '--exclude-entrypoints', 'closecall.global.js', 'package.json'], {cwd: folder})
    const {analysis, problems = {}} = JSON.parse(stdout) as {analysis: {entrypoints: Record<string, unknown>}; problems?: Record<string, {resolutionKind?: string}[]>}
    expect(Object.keys(analysis.entrypoints)).toEqual(doors)
    // `node10` knows nothing of `exports`; it finds the main door.
    expect(Object.values(problems).flat().filter(({resolutionKind}) => resolutionKind !== 'node10')).toEqual([])
  })
})

describe('installed', () => {
  const story = `
    const client = connect(process.argv[2], {WebSocket})
    client.on('message', (data) => {
      console.log(data)
      client.close()
    })
    console.log(client.send('hello'), classify({code: 1013}).action, CloseCode.TryAgainLater)`

  it('works with import', async () => {
    const said = await program('story.mjs', `import {classify, CloseCode, connect} from 'closecall'\nimport WebSocket from 'ws'\n${story}`, await listening())
    expect(said).toBe('buffered retry 1013\nhello')
  })

  it('works with require', async () => {
    const said = await program('story.cjs', `const {classify, CloseCode, connect} = require('closecall')\nconst WebSocket = require('ws')\n${story}`, await listening())
    expect(said).toBe('buffered retry 1013\nhello')
  })

  it('works over ws, with headers, and with what is only for who asks for it', async () => {
    const text = `
      import {connect} from 'closecall/node'
      import {diagnosis} from 'closecall/diagnosis'
      import {overload} from 'closecall/overload'
      import {probe} from 'closecall/probe'
      const [url] = process.argv.slice(2)
      const extensions = [diagnosis(), probe('http://127.0.0.1:1/'), overload()]
      const client = connect(url, {credentials: () => 'secret', headers: (token) => ({authorization: token}), extensions, backoff: {initialDelay: 1}})
      client.on('close', ({close}) => console.log(close.status ?? close.code))
      client.on('open', () => client.close(4000))`
    const seen: (string | undefined)[] = []
    const url = await listening((visit) => {
      seen.push(visit.request.headers.authorization)
      return (visit.index ? echoes() : refuses(503))(visit)
    })
    expect(await program('node.mjs', text, url)).toBe('503\n4000')
    expect(seen).toEqual(['secret', 'secret'])
  })

  it('gives the same names either way, through every door', async () => {
    const text = `
      import {createRequire} from 'node:module'
      const names = {}
      for (const door of ${JSON.stringify(doors)}) {
        const specifier = 'closecall' + door.slice(1)
        names[door] = [Object.keys(await import(specifier)).sort(), Object.keys(createRequire(import.meta.url)(specifier)).sort()]
      }
      console.log(JSON.stringify(names))`
    const names = JSON.parse(await program('names.mjs', text)) as Record<string, [string[], string[]]>
    for (const door of doors) {
      const [esm, cjs] = names[door]!
      expect(esm.length, door).toBeGreaterThan(0)
      expect(cjs, door).toEqual(esm)
    }
    expect(names['.']![0]).toEqual(expect.arrayContaining(['Client', 'CloseCode', 'ClosecallError', 'classify', 'connect', 'isClosecallError']))
  })

  it('knows an error of its other copy', async () => {
    const text = `
      import {createRequire} from 'node:module'
      import {isClosecallError} from 'closecall'
      const other = createRequire(import.meta.url)('closecall')
      try {
        other.connect('nonsense://')
      } catch (error) {
        console.log(isClosecallError(error), isClosecallError(new Error(error.message)), error.code)
      }`
    expect(await program('copies.mjs', text)).toBe('true false INVALID')
  })

  it('says in one sentence what to write where there is no WebSocket [CC-82]', async () => {
    const text = `
      delete globalThis.WebSocket
      const {connect} = await import('closecall')
      try {
        connect('ws://127.0.0.1:1')
      } catch (error) {
        console.log(JSON.stringify([error.name, error.code, error.message]))
      }`
    const [name, code, message] = JSON.parse(await program('without.mjs', text)) as [string, string, string]
    expect([name, code]).toEqual(['ClosecallError', 'NO_WEBSOCKET'])
    expect(message).toMatch(/^closecall: [^\n]*npm install ws[^\n]*import WebSocket from 'ws'[^\n]*connect\(url, \{WebSocket\}\)[^\n]*$/)
    expect(message.length).toBeLessThan(200)
  })

  it('does nothing on import [CC-88]', async () => {
    const text = `
      const seen = []
      const watch = (object, name) => {
        const original = object[name]
        if (typeof original !== 'function') return
        object[name] = function (...args) {
          if (watching) seen.push(name)
          return original.apply(this, args)
        }
      }
      let watching = false
      for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch']) watch(globalThis, name)
      for (const name of ['log', 'warn', 'error', 'info', 'debug']) watch(console, name)
      watch(process, 'on')
      watch(Math, 'random')
      watch(Date, 'now')
      globalThis.addEventListener = () => seen.push('addEventListener')
      // A page's globals: who reads one at load would have it wrong when it changes.
      for (const name of ['document', 'navigator', 'window', 'location', 'localStorage', 'sessionStorage', 'WebSocket', 'process']) {
        const value = globalThis[name]
        Object.defineProperty(globalThis, name, {configurable: true, get: () => (watching && seen.push(name), value)})
      }
      const globals = () => Reflect.ownKeys(globalThis).map(String).sort().join()
      const prototypes = () => [Object, Array, String, Number, Promise, Map, Set, Function, Error].flatMap(({prototype}) => Reflect.ownKeys(prototype).map(String)).join()
      // These are not ours to watch.
      for (const name of ['eventemitter3', 'ws', 'react', 'rxjs', 'svelte/reactivity', 'vue']) await import(name)
      const before = [globals(), prototypes()]
      watching = true
      for (const door of ${JSON.stringify(doors)}) await import('closecall' + door.slice(1))
      watching = false
      const after = [globals(), prototypes()]
      console.log(JSON.stringify({seen, same: before.every((each, i) => each === after[i]), left: process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|Socket|TCP/.test(name))}))`
    expect(JSON.parse(await program('import.mjs', text))).toEqual({seen: [], same: true, left: []})
  })

  it('can be imported where globals are frozen [CC-88]', async () => {
    const text = `
      const {createRequire} = await import('node:module')
      const require = createRequire(import.meta.url)
      // It defines a lazy global of Node's, which then can't be frozen first; and these are not ours.
      await import('ws')
      for (const name of ['react', 'rxjs', 'svelte/reactivity', 'vue']) {
        await import(name)
        require(name)
      }
      for (const object of [globalThis, Object.prototype, Array.prototype, Function.prototype, Promise.prototype, Error.prototype]) Object.freeze(object)
      for (const door of ${JSON.stringify(doors)}) {
        await import('closecall' + door.slice(1))
        require('closecall' + door.slice(1))
      }
      console.log('fine')`
    expect(await program('frozen.mjs', text)).toBe('fine')
  })
})

describe('the command', () => {
  interface Ran {
    exitCode: number
    stdout: string
    stderr: string
  }

  /** As a user types it: `npx` finds it where it was installed. */
  const npx = (cwd: string, args: string[], nodeOptions = ''): Promise<Ran> =>
    run('npx', ['--no', 'closecall', ...args], {cwd, timeout: 60_000, env: {...process.env, NO_COLOR: '1', NODE_OPTIONS: nodeOptions}}).then(
      ({stdout, stderr}) => ({exitCode: 0, stdout, stderr}),
      ({code, stdout, stderr}: {code: number; stdout: string; stderr: string}) => ({exitCode: code, stdout, stderr}),
    )

  it('explains [CC-160]', async () => {
    const {exitCode, stdout} = await npx(folder, ['explain', '1007'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^1007 Invalid frame payload data\n[^]*UTF-8/)
  })

  it('shows status and Retry-After of a refusal, over ws [CC-164]', async () => {
    const {exitCode, stdout} = await npx(folder, ['probe', await listening(refuses(503, {'retry-after': '7'})), '--json'])
    expect(exitCode).toBe(3)
    const [first, , close] = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, any>)
    expect(first!.transport).toBe('ws')
    expect(close!.close).toMatchObject({status: 503, retryAfter: 7000})
  })

  describe('without ws', () => {
    let bare: string

    beforeAll(async () => {
      bare = await mkdtemp(join(tmpdir(), 'closecall-command-'))
      await writeFile(join(bare, 'package.json'), '{"private": true}')
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], {cwd: bare})
      expect(await readdir(join(bare, 'node_modules'))).not.toContain('ws')
    }, 120_000)

    afterAll(() => rm(bare, {recursive: true, force: true}))

    it('explains all the same [CC-160]', async () => {
      expect(await npx(bare, ['explain', '1007'])).toMatchObject({exitCode: 0, stdout: expect.stringContaining('UTF-8')})
    })

    it("probes over the runtime's own WebSocket, and says what that can't show [CC-164]", async () => {
      const {exitCode, stdout} = await npx(bare, ['probe', await listening(closesWith(1007))], '--experimental-websocket')
      expect(exitCode).toBe(1)
      expect(stdout.replace(/\s+/g, ' ')).toMatch(/neither status nor Retry-After .* npx -p closecall -p ws closecall .*closed: 1007 /)
    })

    it('asks by HTTP what a refusal was [CC-164]', async () => {
      const url = await listening(refuses(503))
      // `fetch` takes no user.
      const {exitCode, stdout} = await npx(bare, ['probe', url.replace('//', '//user:password1@'), '--json'], '--experimental-websocket')
      expect(exitCode).toBe(3)
      const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, any>)
      expect(lines[0]!.transport).toBe('native')
      expect(lines.find(({event}) => event === 'close')!.close.error).toMatch(/answers HTTP 426 to a plain request/)
    })

    it.each([
      [['--header', 'Authorization: secret'], '--experimental-websocket', /^--header needs the package ws: npm install ws[^\n]*\n$/],
      [[], '--no-experimental-websocket', /^This runtime has no WebSocket: npm install ws[^\n]*\n$/],
    ])('with %j and %s says in one sentence what to install [CC-164] [CC-167]', async (args, nodeOptions, sentence) => {
      const {exitCode, stdout, stderr} = await npx(bare, ['probe', 'ws://127.0.0.1:1', ...args], nodeOptions)
      expect({exitCode, stdout}).toEqual({exitCode: 4, stdout: ''})
      expect(stderr.replace(/^\(.*\n/gm, '')).toMatch(sentence)
    })
  })
})

describe('with a script tag', () => {
  const script = (): Promise<string> => readFile(join(folder, 'node_modules/closecall/dist/closecall.global.js'), 'utf8')

  it('gives one global with the names of the module', async () => {
    const page = createContext({})
    runInContext(await script(), page)
    expect(Object.keys(page)).toEqual(['closecall'])
    const {closecall} = page as {closecall: Record<string, unknown>}
    const names = JSON.parse(await program('global.mjs', "console.log(JSON.stringify(Object.keys(await import('closecall'))))")) as string[]
    expect(Object.keys(closecall)).toEqual(expect.arrayContaining(names))
    expect(typeof closecall.connect).toBe('function')
    expect(typeof closecall.ReconnectingWebSocket).toBe('function')
    // The engine of this page has no EventTarget, and no WebSocket.
    expect(() => new (closecall.ReconnectingWebSocket as new (url: string) => object)('ws://a')).toThrow(/^closecall: `EventTarget` must be in this runtime/)
    expect((closecall.CloseCode as {TryAgainLater: number}).TryAgainLater).toBe(1013)
    expect((closecall.classify as (close: {code: number}) => {action: string})({code: 1007}).action).toBe('stop')
  })

  it('explains close codes, in English [CC-135]', async () => {
    const page = createContext({})
    runInContext(await script(), page)
    const said = (call: string): unknown => runInContext(`try { ${call} } catch (error) { error.message }`, page)
    expect(said('closecall.explain(1013).howToFix')).toBe(explain(1013).howToFix)
    expect(said("closecall.explain(1013, {locale: ['fr', 'en']}).locale")).toBe('en')
    expect(said("closecall.explain(1013, {locale: 'fr'})")).toBe('closecall: `locale` must be en, got "fr"')
    expect(said('closecall.compare(1007, 1013).summary')).toBe(compare(1007, 1013).summary)
  })

  it('connects, and comes back, with nothing but what a page has', async () => {
    const url = await listening((visit) => (visit.index ? echoes() : closesWith(1013, 'busy'))(visit))
    const messages: string[] = []
    let end: (name: string) => void
    const ended = new Promise<string>((resolve) => (end = resolve))
    const page = createContext({WebSocket, URL, AbortController, setTimeout, clearTimeout, queueMicrotask, console, url, messages, end: end!})
    page.window = page
    runInContext(await script(), page)
    runInContext(
      `
      const client = closecall.connect(url, {backoff: {initialDelay: 1, maxDelay: 2}})
      client.on('close', ({explanation}) => messages.push(explanation))
      client.on('closed', ({name}) => end(name))
      client.on('message', (data) => {
        messages.push(data)
        client.close()
      })
      // The first connection takes it with it to the grave.
      client.on('open', () => client.send('hello'))
      `,
      page,
    )
    const said = await ended
    expect(said).toBe('closed')
    expect(messages[0]).toMatch(/^1013 .*busy/)
    expect(messages[1]).toBe('hello')
  })

  it('is one file: no import, no require, no name of a folder', async () => {
    const text = await script()
    expect(text).not.toMatch(/\bimport\s*[({"']|\brequire\(|\bexports\./)
    // For the oldest page that is served: what ES2022 has, and a map beside it.
    expect(text).toMatch(/\/\/# sourceMappingURL=closecall\.global\.js\.map\s*$/)
  })
})

// Four compilers, each with the whole of the DOM's types, on a machine that may be busy.
describe('in TypeScript', {timeout: 120_000}, () => {
  const consumer = `
    import {classify, CloseCode, connect, isClosecallError, type Client, type Options, type Report, type State, type Verdict} from 'closecall'
    import {codes, compare, explain, languages, type Comparison, type Explanation, type Listed} from 'closecall/catalog'
    import {backoff, transition, type Event} from 'closecall/core'
    import {diagnosis, type PatternName} from 'closecall/diagnosis'
    import {overload, sessionStore, type Store} from 'closecall/overload'
    import {probe} from 'closecall/probe'
    import * as testing from 'closecall/testing'

    const options: Options = {
      backoff: {initialDelay: 500, maxDelay: 10_000, jitter: 'full'},
      verdicts: {4001: 'refresh', '4400-4499': 'stop', 1011: {budget: 5}},
      credentials: async () => 'token',
      onReport: (report: Report) => void report.error.message,
      heartbeat: {interval: 25_000, message: 'ping', isReply: (data) => data === 'pong'},
      extensions: [diagnosis({sessions: 4}), probe((url) => url.replace('ws', 'http')), overload({store: sessionStore() satisfies Store})],
    }
    const client: Client = connect(() => 'wss://example.com', options)
    const off: () => void = client.on('retry', ({attempt, delay, retryAt, verdict}) => {
      const numbers: number[] = [attempt, delay, retryAt]
      const judged: Verdict = verdict
      return void [numbers, judged]
    })
    client.on('state', (state: State) => {
      if (state.name === 'failed') state.last.code === CloseCode.InvalidPayloadData
      // @ts-expect-error: only where there is a delay
      state.retryAt
    })
    client.on('diagnosis', ({name}) => (name as PatternName) === 'idle-limit')
    // @ts-expect-error: there is no such event
    client.on('nonsense', () => {})
    // @ts-expect-error: there is no such option
    connect('wss://example.com', {reconnectInterval: 1})
    const result: 'sent' | 'buffered' | 'refused' = client.send(new Uint8Array(2))
    const delay: number = backoff(3, 0.5)
    const action: 'retry' | 'refresh' | 'stop' | 'end' = classify({code: 1013}).action
    export async function* read(): AsyncGenerator<string> {
      for await (const data of client) yield data
    }
    const explanation: Explanation = explain(4001, {locale: ['fr-CA', 'en'], context: {reason: 'busy', verdicts: {4001: 'stop'}}})
    const comparison: Comparison = compare(CloseCode.InvalidPayloadData, CloseCode.TryAgainLater)
    const listed: readonly Listed[] = codes({locale: languages[0]!})
    // @ts-expect-error: a code is a number
    explain('1007')
    export const all = [explanation, comparison, listed, off, result, delay, action, isClosecallError, transition, testing, {} as Event]
    export type {Client}`

  /** `node_modules` has no `@types` here but those of ws and Node, where a case asks for them. */
  const compile = async (name: string, compilerOptions: object, sources: Record<string, string>, type = 'module'): Promise<string> => {
    const path = join(folder, name)
    await mkdir(path)
    await writeFile(join(path, 'package.json'), JSON.stringify({private: true, type}))
    await writeFile(join(path, 'tsconfig.json'), JSON.stringify({compilerOptions: {strict: true, noEmit: true, skipLibCheck: false, skipDefaultLibCheck: true, target: 'es2022', types: [], ...compilerOptions}, include: ['.']}))
    for (const [file, text] of Object.entries(sources)) await writeFile(join(path, file), text)
    // What is wrong is on stdout, and is what the test should show.
    return run(bin('tsc'), ['--project', path], {cwd: path}).then(
      ({stdout}) => stdout,
      (error: {stdout: string}) => error.stdout || String(error),
    )
  }

  it('compiles with nodenext, without @types, every declaration checked', async () => {
    expect(await compile('ts-nodenext', {module: 'nodenext'}, {'index.ts': consumer})).toBe('')
  })

  it('compiles with bundler and all that can be asked, without @types, every declaration checked', async () => {
    const options = {module: 'preserve', moduleResolution: 'bundler', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, isolatedModules: true}
    // The browser's class goes in as it is.
    expect(await compile('ts-bundler', options, {'index.ts': consumer, 'page.ts': "import {connect} from 'closecall'\nexport const client = connect('/live', {WebSocket})"})).toBe('')
  })

  it('compiles as CommonJS', async () => {
    expect(await compile('ts-commonjs', {module: 'nodenext'}, {'index.ts': consumer}, 'commonjs')).toBe('')
  })

  it('compiles for Node, with closecall/node, without @types/ws', async () => {
    const text = `
      import {connect, webSocketClass} from 'closecall/node'
      import {connect as plain} from 'closecall'
      connect('wss://example.com', {credentials: async () => 'token', headers: (token) => ({authorization: token.toUpperCase()}), ws: {maxPayload: 1}})
      // @ts-expect-error: it brings its own
      connect('wss://example.com', {WebSocket: webSocketClass()})
      export const client = plain('wss://example.com', {WebSocket: webSocketClass({headers: {'user-agent': 'sensor'}})})`
    expect(await compile('ts-node', {module: 'nodenext'}, {'index.ts': text})).toBe('')
  })

  it('compiles the drop-in where no DOM was asked for, every declaration checked', async () => {
    const text = `
      import {ReconnectingWebSocket, withOptions} from 'closecall/websocket'
      export const socket: WebSocket = new ReconnectingWebSocket('wss://example.com', [], {lint: 'off'})
      export const Class: typeof WebSocket = withOptions({reconnect: false})`
    expect(await compile('ts-websocket', {module: 'nodenext', lib: ['es2022']}, {'index.ts': text})).toBe('')
  })

  it('compiles what the README shows about messages', async () => {
    const [, section] = /\n## What becomes of a message\n([^]*?)\n## /.exec(await readFile(join(root, 'README.md'), 'utf8'))!
    const shown = [...section!.matchAll(/```ts\n([^]*?)```/g)].map(([, text], index) => [`${index}.ts`, `${text}\nexport {}`])
    expect(shown.length).toBeGreaterThan(2)
    const around = `
      declare const connect: typeof import('closecall').connect
      declare const client: import('closecall').Client
      declare const other: typeof client
      declare const z: typeof import('zod').z
      declare const [url, order, cursor]: string[], file: Blob
      declare const fetchToken: () => Promise<string>, log: (...what: unknown[]) => void, show: (text?: string) => void`
    const options = {module: 'nodenext', skipLibCheck: true, paths: {zod: [join(root, 'node_modules/zod/index.d.ts')]}}
    expect(await compile('ts-readme', options, {...Object.fromEntries(shown), 'around.d.ts': around})).toBe('')
  })

  const bindings = `
    import {useConnection} from 'closecall/react'
    import {connection as observe, type Connection} from 'closecall/rxjs'
    import {connection, type Snapshot} from 'closecall/svelte'
    import {useConnection as useInVue} from 'closecall/vue'
    import type {Codec, SendResult} from 'closecall'
    import {firstValueFrom} from 'rxjs'
    import {readable} from 'svelte/store'
    import {computed, ref} from 'vue'

    interface Order {
      id: number
    }
    declare const codec: Codec<{ack: number}, Order>
    const {state, retryIn, lastMessage, send} = useConnection('/live', {codec, onMessage: ({ack}) => ack.toFixed()})
    export const words: [string, number, SendResult] = [state.name, (retryIn ?? 0) + (lastMessage?.ack ?? 0), send({id: 1})]
    const live: Connection<{ack: number}, Order> = observe('/live', {codec})
    export const ack: Promise<number> = firstValueFrom(live).then((message) => message.ack)
    const store = connection('/live', {codec})
    export const stop: () => void = store.subscribe((snapshot: Snapshot<{ack: number}, Order>) => snapshot.lastMessage?.ack)
    export const other = readable(0)
    const held = useInVue(ref<string | null>(null), {codec})
    export const acked = computed((): number | undefined => held.lastMessage.value?.ack)
    // @ts-expect-error: that is no order
    held.send('tea')`

  it.each([
    ['bundler', {module: 'preserve', moduleResolution: 'bundler', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, isolatedModules: true}, 'module'],
    ['nodenext', {module: 'nodenext'}, 'module'],
  ])('compiles the bindings beside their frameworks, with %s, every declaration checked [CC-220]', async (name, options, type) => {
    expect(await compile(`ts-bindings-${name}`, options, {'index.ts': bindings}, type)).toBe('')
  })

  it('takes the class of ws as it is: the line that the error message tells to write', async () => {
    const text = `
      import WebSocket from 'ws'
      import {connect} from 'closecall'
      export const client = connect('ws://127.0.0.1:1', {WebSocket})`
    expect(await compile('ts-ws', {module: 'nodenext', moduleResolution: 'nodenext', types: ['node'], typeRoots: [join(root, 'node_modules/@types')], skipLibCheck: true, esModuleInterop: true, paths: {ws: [join(root, 'node_modules/@types/ws/index.d.ts')]}}, {'index.ts': text})).toBe('')
  })
})
