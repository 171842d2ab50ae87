// Does the program of a recipe page do what the page says? It runs as it stands there, in a hurry.

import {readFileSync} from 'node:fs'
import {expect, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import type {Report} from '../../src/index.ts'
import * as dialects from '../../src/dialects/index.ts'
import * as overload from '../../src/overload/index.ts'
import {ReconnectingWebSocket, withOptions, type ReconnectingWebSocketClass, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'

export interface Run<Names> {
  /** What the program calls by these names. */
  made: Names
  /** Each socket that the library made, oldest first. */
  sockets: readonly ReconnectingWebSocket[]
  reports: readonly Report[]
  /** What the program put on its console. */
  logged: readonly unknown[]
}

/** What a test does in every program: Node 20 has no WebSocket of its own, and nobody wants to wait. */
export const hurried = {WebSocket, backoff: {initialDelay: 5, maxDelay: 20, restartSpread: [1, 5]}} satisfies ReconnectingWebSocketOptions

export const modes = {
  'one-shot': {},
  reconnecting: {reconnect: true},
} satisfies Record<string, ReconnectingWebSocketOptions>

/** Each mode, and each way in which a connection ends that may be tried again. */
export const eachWay = (Object.keys(modes) as (keyof typeof modes)[]).flatMap((mode) => (['RST', 1012, 1013] as const).map((drop) => [mode, drop] as const))

/** Where the pauses of `overload()`, which grow by seconds, are not what is tested. */
export const withoutPauses = {extensions: []} satisfies ReconnectingWebSocketOptions

/** A class as `withOptions()` makes it that remembers its sockets, and closes those that a test leaves. */
export const recording = (sockets: ReconnectingWebSocket[], options: ReconnectingWebSocketOptions): ReconnectingWebSocketClass =>
  class extends withOptions(options) {
    constructor(url: string | URL, protocols?: string | readonly string[]) {
      super(url, protocols)
      sockets.push(this)
      onTestFinished(() => this.close())
    }
  }

/** The first program of docs/recipes/NAME.md. */
const programOf = (name: string): string => {
  const [, text] = /```js\n(.*?)```/s.exec(readFileSync(new URL(`../../docs/recipes/${name}.md`, import.meta.url), 'utf8')) ?? []
  if (!text) throw new Error(`docs/recipes/${name}.md has no program`)
  return text
}

/** Runs the body of an async function of this source; a module can't be made of a text here. */
const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => (...values: unknown[]) => Promise<any>

/**
 * Runs the program of a page in this process.
 *
 * @param replace what the page has, such as its URL, and what stands there now
 * @param modules what it imports of others
 * @param options of closecall, over those of the page: `reconnect: true` shows what becomes of it in the other mode
 */
export const runRecipe = async <Names extends string>(
  name: string,
  replace: Record<string, string>,
  modules: Record<string, object>,
  names: readonly Names[],
  options: ReconnectingWebSocketOptions = {},
): Promise<Run<Record<Names, any>>> => {
  const sockets: ReconnectingWebSocket[] = []
  const reports: Report[] = []
  const logged: unknown[] = []
  const inAHurry = (given: ReconnectingWebSocketOptions): ReconnectingWebSocketOptions => ({
    ...hurried,
    ...given,
    onReport: (report) => {
      reports.push(report)
      given.onReport?.(report)
    },
    ...options,
  })
  const all: Record<string, object> = {
    'closecall/dialects': dialects,
    'closecall/overload': overload,
    'closecall/websocket': {
      withOptions: (given: ReconnectingWebSocketOptions) => recording(sockets, inAHurry(given)),
      ReconnectingWebSocket: class extends ReconnectingWebSocket {
        constructor(url: string, protocols: string[], given: ReconnectingWebSocketOptions) {
          super(url, protocols, inAHurry(given))
          sockets.push(this)
          onTestFinished(() => this.close())
        }
      },
    },
    ...modules,
  }
  let text = programOf(name)
  for (const [there, here] of Object.entries(replace)) {
    // A page that lost its URL must not pass.
    expect(text).toContain(there)
    text = text.replaceAll(there, here)
  }
  const body = text.replace(/^import (\* as )?(.+) from '(.+)'$/gm, (_, star: string | undefined, what: string, from: string) => {
    expect(Object.keys(all)).toContain(from)
    return `const ${star ? what : what.replaceAll(' as ', ': ')} = modules['${from}']`
  })
  const log = (words: unknown): void => void logged.push(words)
  const made = await new AsyncFunction('modules', 'console', `${body}\nreturn {${names.join(', ')}}`)(all, {log, error: log})
  return {made, sockets, reports, logged}
}

/** The library made one socket for each connection; those that it left are over, and nothing waited in one for the session of another. */
export const expectOneEach = (sockets: readonly ReconnectingWebSocket[], connections: number): void => {
  expect(sockets.map(({client}) => client.stats.connections)).toEqual(Array(connections).fill(1))
  expect(sockets.map(({readyState}) => readyState)).toEqual([...Array(connections - 1).fill(3), 1])
  expect(sockets.flatMap(({client}) => client.takeUnsent())).toEqual([])
}

/**
 * Nothing is left, at either end, and nothing comes again. Waits longer than any pause before a retry that a library or closecall has here.
 *
 * @param longest that pause, ms
 */
export const expectNothingLeft = async (server: {until: (condition: () => boolean) => Promise<void>; readonly sockets: number; connections: readonly unknown[]}, sockets: readonly ReconnectingWebSocket[], longest = 300): Promise<void> => {
  await server.until(() => server.sockets === 0)
  const {length} = server.connections
  // That nothing happens, no event tells.
  await new Promise((resolve) => setTimeout(resolve, longest))
  expect(server.connections.length).toBe(length)
  expect(server.sockets).toBe(0)
  for (const socket of sockets) {
    expect(socket.readyState).toBe(3)
    expect(['closed', 'failed']).toContain(socket.client.state.name)
  }
}
