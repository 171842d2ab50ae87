// How are the servers of docs/servers.md started? The programs are read from the page; a test is registered only where there is what runs them.

import {spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {onTestFinished} from 'vitest'
import type names from '../helpers/peer-names.json'
import {npmEngine} from '../helpers/npm-engines.ts'
import {start, type Program} from '../helpers/programs.ts'

export type PeerName = keyof typeof names

/** What differs from the page, for one test: its numbers, and the codes. */
export interface Changes {
  room?: number
  door?: number
  pace?: number
  alias?: true
}

export interface Peer {
  name: PeerName
  start: (changes: Changes) => Promise<{url: string; program: Program}>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

export const page = (): string => readFileSync(join(root, 'docs/servers.md'), 'utf8')

/** The first program below a heading of docs/servers.md. */
export const programBelow = (heading: string): string => {
  const [, below] = page().split(`\n## ${heading}\n`)
  const [, text] = /```\w+\n(.*?)```/s.exec(below ?? '') ?? []
  if (!text) throw new Error(`docs/servers.md has no program below "${heading}"`)
  return text
}

/** A page that lost what is to be changed must not pass for one that was changed. */
const change = (text: string, pattern: RegExp, by: string): string => {
  const other = text.replace(pattern, by)
  if (other === text) throw new Error(`docs/servers.md: nothing is ${pattern}`)
  return other
}

const changed = (text: string, {alias, ...numbers}: Changes, [pattern, by]: readonly [RegExp, string]): string => {
  const own = Object.entries(numbers).reduce((program, [name, value]) => change(program, new RegExp(`\\b(${name} =) [\\d_]+`, 'i'), `$1 ${value}`), change(text, /\b8080\b/, '0'))
  return alias ? change(own, pattern, by) : own
}

/** As a user's bundler makes it, but for the door, which leads to the source. */
export const bundle = async (contents: string): Promise<string> => {
  const {outputFiles} = await build({
    stdin: {contents, resolveDir: root},
    alias: {'closecall/server': join(root, 'src/server/index.ts')},
    external: ['uWebSockets.js'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

const running = async (command: string, file: string, text: string): Promise<{url: string; program: Program}> => {
  const program = await start(command, (home) => [join(home, file)], {[file]: text}, ['ignore', 'pipe', 'pipe'])
  onTestFinished(() => program.end())
  const [line] = (await Promise.race([once(createInterface(program.child.stdout!), 'line'), program.ended])) as [string]
  return {url: `ws://127.0.0.1:${/^listening on (\d+)$/.exec(line)![1]}`, program}
}

const inJavaScript = (name: PeerName, heading: string, command: string | undefined): Peer[] =>
  command ? [{name, start: async (changes) => running(command, 'server.cjs', await bundle(changed(programBelow(heading), changes, [/(tryAgainLater|serviceRestart)\(\{/g, '$1({alias: true, '])))}] : []

const inPython = (command: string | undefined): Peer[] =>
  command ? [{name: 'python', start: (changes) => running(command, 'server.py', changed(programBelow('Python, with websockets'), changes, [/1012, 1013/, '4912, 4913']))}] : []

/** An interpreter that has `websockets`: `PYTHON_PATH`, or the distribution's own, or what else is on the path. */
const python = (): string | undefined => [process.env.PYTHON_PATH, '/usr/bin/python3', 'python3'].find((command) => command && spawnSync(command, ['-c', 'import websockets']).status === 0)

/** The servers that are here. */
export const peers: readonly Peer[] = [
  ...inJavaScript('ws', 'ws', process.execPath),
  ...inJavaScript('bun', 'Bun', npmEngine('bun')),
  ...inPython(python()),
]

/**
 * The program that gives each client a slot, with the numbers of a test.
 *
 * @param port of the process before it; 0: any that is free
 * @param promised what that process said when it went
 */
export const sheddingServer = async (numbers: {pace: number; away: number}, port = 0, promised = 'PROMISED_UNTIL=0') => {
  const text = Object.entries({...numbers, door: 1_000_000}).reduce((program, [name, value]) => change(program, new RegExp(`\\b(${name} =) [\\d_]+`), `$1 ${value}`), change(programBelow('A slot for each client'), /\b8080\b/, String(port)))
  const program = await start('env', (home) => [promised, process.execPath, join(home, 'server.cjs')], {'server.cjs': await bundle(text)}, ['ignore', 'pipe', 'pipe'])
  onTestFinished(() => program.end())
  const lines = createInterface(program.child.stdout!)
  const line = async (): Promise<string> => ((await Promise.race([once(lines, 'line'), program.ended])) as [string])[0]
  const [, listening] = /^listening on (\d+)$/.exec(await line())!
  return {url: `ws://127.0.0.1:${listening}`, port: Number(listening), program, line}
}
