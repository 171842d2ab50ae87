// What does it do to a program that has no WebSocket and only imports it, as a page that is rendered on a server does?

import {execFile} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {expect, it} from 'vitest'

/** In a Node without a WebSocket, whatever the version; from the built package. */
const run = async (program: string): Promise<any> => {
  const {stdout} = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `delete globalThis.WebSocket\n${program}`], {cwd: fileURLToPath(new URL('../..', import.meta.url)), timeout: 10_000})
  return JSON.parse(stdout)
}

/** What an import could leave behind, or do while it runs. */
const watched = `
  const did = []
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'addEventListener', 'fetch', 'reportError']) {
    const original = globalThis[name]
    if (original) globalThis[name] = (...given) => (did.push(name), original(...given))
  }
  const add = EventTarget.prototype.addEventListener
  EventTarget.prototype.addEventListener = function (...given) {
    did.push('listener of ' + this.constructor.name)
    return add.apply(this, given)
  }
  const look = () => ({
    globals: Reflect.ownKeys(globalThis).map(String),
    environment: {...process.env},
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    resources: process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FS/.test(name)),
  })
`

it.each([
  ['ESM', `await import('closecall/websocket')`],
  ['CommonJS', `(await import('node:module')).createRequire(process.cwd() + '/')('closecall/websocket')`],
])('importing it has no effect: no timer, no listener, no global (%s) [CC-190]', async (_, load) => {
  const {did, before, after} = await run(`
    ${watched}
    // What the runtime itself makes when it imports for the first time.
    await import('eventemitter3')
    await import('node:module')
    const before = look()
    did.length = 0
    const loaded = ${load}
    if (typeof loaded.ReconnectingWebSocket !== 'function') throw new Error('nothing was loaded')
    const told = [...did]
    console.log(JSON.stringify({did: told, before, after: look()}))
  `)
  expect(did).toEqual([])
  expect(before.globals.length).toBeGreaterThan(50)
  expect(after).toEqual(before)
})

it('constructing it there throws one sentence, and leaves nothing that keeps the program [CC-191]', async () => {
  const {name, code, message, resources} = await run(`
    const {ReconnectingWebSocket, withOptions} = await import('closecall/websocket')
    const thrown = [ReconnectingWebSocket, withOptions({})].map((Class) => {
      try {
        new Class('ws://127.0.0.1:9/')
      } catch ({name, code, message}) {
        return {name, code, message}
      }
    })
    if (thrown[0].message !== thrown[1].message) throw new Error('they say different things')
    console.log(JSON.stringify({...thrown[0], resources: process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP/.test(name))}))
  `)
  expect([name, code, resources]).toEqual(['ClosecallError', 'NO_WEBSOCKET', []])
  expect(message).toMatch(/^closecall: this runtime has no WebSocket: `npm install ws`[^.]*$/)
})
