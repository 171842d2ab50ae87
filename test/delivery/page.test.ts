// Do the programs of docs/delivery.md do what the page says?

import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {expect, it, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import type {Delivery, Outcome} from '../../src/index.ts'
import {connect} from '../../src/node/index.ts'
import {start} from '../helpers/programs.ts'
import {proxyTo, type Fault} from '../helpers/proxy.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program below a heading of the page. */
const programBelow = (heading: string): string => {
  const [, below] = readFileSync(join(root, 'docs/delivery.md'), 'utf8').split(`\n## ${heading}\n`)
  const [, text] = /```js\n(.*?)```/s.exec(below ?? '') ?? []
  if (!text) throw new Error(`docs/delivery.md has no program below "${heading}"`)
  return text
}

/** A page that lost its port must not pass. */
const atPort = (text: string, port: number): string => {
  expect(text).toMatch(/\b8080\b/)
  return text.replace(/\b8080\b/, `${port}`)
}

/** Runs it as a program of its own. @returns what waits for the next line that it prints */
const running = async (contents: string): Promise<() => Promise<string>> => {
  const {outputFiles} = await build({
    stdin: {contents, resolveDir: root},
    alias: {closecall: join(root, 'src/index.ts'), 'closecall/codecs': join(root, 'src/codecs/index.ts'), 'closecall/delivery': join(root, 'src/delivery/index.ts')},
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url)"},
    logLevel: 'error',
  })
  const program = await start(process.execPath, (home) => [join(home, 'program.mjs')], {'program.mjs': outputFiles[0]!.text}, ['ignore', 'pipe', 'pipe'])
  onTestFinished(() => program.end())
  const lines = createInterface(program.child.stdout!)[Symbol.asyncIterator]()
  return async () => (await Promise.race([lines.next(), program.ended])).value as string
}

const serving = async (): Promise<number> => {
  const line = await running(atPort(programBelow('The server'), 0))
  return Number(/^listening on (\d+)$/.exec(await line())![1])
}

interface Incoming {
  ack?: number[]
  seq?: number
  text?: string
}

const delivery = (): Delivery<Incoming, {id: number}> => {
  const known = new Set<number>()
  return {
    window: 20,
    id: ({id}) => id,
    acked: ({ack = []}) => ack,
    seen: ({seq}) => seq !== undefined && known.size === known.add(seq).size,
  }
}

it('handles every message once and in order, and so does the client, over connections that break [CC-182]', async () => {
  const proxy = await proxyTo(await serving())
  onTestFinished(() => proxy.close())
  const faults: Fault[] = [
    {name: 'cut', after: 50, way: 'up'},
    {name: 'cut', after: 333, way: 'up'},
    {name: 'cut', after: 1, way: 'down'},
    {name: 'cut', after: 200, way: 'down'},
    {name: 'half-close', way: 'down'},
    {name: 'cut', after: 777, way: 'up'},
  ]
  const client = connect(`${proxy.url}/?client=ada`, {
    backoff: {initialDelay: 5, maxDelay: 20},
    codec: {encode: JSON.stringify, decode: JSON.parse},
    delivery,
    onReport: () => {},
  })
  onTestFinished(() => client.close())
  client.on('open', () => {
    const fault = faults.shift()
    if (fault) proxy.apply(fault)
  })
  const heard: string[] = []
  client.on('message', ({text}) => text && heard.push(text))
  const outcomes: Promise<Outcome>[] = Array.from({length: 500}, (_, id) => client.deliver({id, text: `${id}`} as never))
  expect(new Set((await Promise.all(outcomes)).map(({status}) => status))).toEqual(new Set(['acknowledged']))
  expect(faults).toEqual([])
  await expect.poll(() => heard.length).toBe(500)
  expect(heard).toEqual(outcomes.map((_, id) => `you said ${id}`))
})

it('acknowledges again what it knows, and hears only the newest connection of a client', async () => {
  const port = await serving()
  const dial = async (): Promise<{socket: WebSocket; heard: Incoming[]}> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?client=ada`)
    onTestFinished(() => socket.terminate())
    const heard: Incoming[] = []
    socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Incoming))
    await once(socket, 'open')
    return {socket, heard}
  }
  const first = await dial()
  for (const text of ['one', 'again']) first.socket.send(JSON.stringify({id: 1, text}))
  await expect.poll(() => first.heard).toEqual([{seq: 1, text: 'you said one'}, {ack: [1, 1]}])
  const ended = once(first.socket, 'close')
  const second = await dial()
  await ended
  second.socket.send(JSON.stringify({id: 1, text: 'once more'}))
  await expect.poll(() => second.heard).toEqual([{seq: 1, text: 'you said one'}, {ack: [1]}])
})

it.each(['', '7', 'null', '{}', '{"id'])('closes with 1003 on what is no message: %j', async (data) => {
  const socket = new WebSocket(`ws://127.0.0.1:${await serving()}`)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  socket.send(data)
  const [code] = await once(socket, 'close')
  expect(code).toBe(1003)
})

it("shows a client that prints the server's answer, then what became of its message [CC-182]", async () => {
  const port = await serving()
  // Node 20 has no WebSocket of its own.
  const line = await running(`import {WebSocket} from 'ws'\nglobalThis.WebSocket = WebSocket\n${atPort(programBelow('The client'), port)}`)
  expect([await line(), await line()]).toEqual(['you said hello', 'acknowledged'])
})
