// Who is compared, and how is each made? One shape for all, so that no measure knows one of them.

import {readFile} from 'node:fs/promises'

/** What a page that uses it would write; `heard` counts what arrives, each in the words of its library, with nothing between. */
const heardBy = (heard) => (event) => {
  heard.messages++
  heard.length += event.data.length
}

/** `backoff`: `{first, factor, most}` in ms, as far as a library has them; absent: its defaults. */
const peerOptions = ({backoff}) => ({
  ...(backoff && {minReconnectionDelay: backoff.first, maxReconnectionDelay: backoff.most, reconnectionDelayGrowFactor: backoff.factor}),
})

/** Room for what the flush measure sends. Where a peer keeps without limit, it needs none. */
const buffer = {maxMessages: 200_000, maxBytes: 100_000_000}

const ownOptions = ({backoff, keeps}) => ({
  ...(backoff && {backoff: {initialDelay: backoff.first, maxDelay: backoff.most, restartSpread: [backoff.first, 2 * backoff.first]}}),
  ...(keeps && {buffer}),
})

const closecall = (extra) => ({
  load: () => import('closecall'),
  make({connect}, url, heard, wishes) {
    const client = connect(url, {...ownOptions(wishes), ...extra, WebSocket: globalThis.WebSocket})
    client.on('message', (data) => {
      heard.messages++
      heard.length += data.length
    })
    return client
  },
})

const dropIn = (extra) => ({
  load: () => import('closecall/websocket'),
  make({ReconnectingWebSocket}, url, heard, wishes) {
    const socket = new ReconnectingWebSocket(url, [], {...ownOptions(wishes), ...extra, WebSocket: globalThis.WebSocket})
    socket.addEventListener('message', heardBy(heard))
    return socket
  },
})

/**
 * `load` gives its module, once `WebSocket` is what it shall use. `make` gives its own object, which has `send(text)` and `close()`.
 * `source`: what a bundler is given. `keeps`: whether it has a buffer. `ours`: not a peer. `only`: the measures that it is for.
 */
export const libraries = {
  raw: {
    load: () => undefined,
    make(_, url, heard) {
      const socket = new globalThis.WebSocket(url)
      for (const type of ['open', 'error', 'close']) socket.addEventListener(type, () => {})
      socket.addEventListener('message', heardBy(heard))
      return socket
    },
  },
  closecall: {...closecall(), ours: true, keeps: true, source: "export {connect} from 'closecall'"},
  "closecall, lint: 'off'": {...closecall({lint: 'off'}), ours: true, only: ['send', 'receive']},
  'closecall/websocket': {...dropIn(), ours: true, keeps: true, source: "export {ReconnectingWebSocket} from 'closecall/websocket'"},
  "closecall/websocket, lint: 'off'": {...dropIn({lint: 'off'}), ours: true, only: ['send', 'receive']},
  'reconnecting-websocket': {
    package: 'reconnecting-websocket',
    keeps: true,
    source: "export {default} from 'reconnecting-websocket'",
    load: () => import('reconnecting-websocket'),
    make({default: ReconnectingWebSocket}, url, heard, wishes) {
      const socket = new ReconnectingWebSocket(url, [], {...peerOptions(wishes), WebSocket: globalThis.WebSocket})
      socket.addEventListener('message', heardBy(heard))
      return socket
    },
  },
  partysocket: {
    package: 'partysocket',
    keeps: true,
    source: "export {default} from 'partysocket/ws'",
    load: () => import('partysocket/ws'),
    make({default: ReconnectingWebSocket}, url, heard, wishes) {
      const socket = new ReconnectingWebSocket(url, [], {...peerOptions(wishes), WebSocket: globalThis.WebSocket})
      socket.addEventListener('message', heardBy(heard))
      return socket
    },
  },
  rews: {
    package: '@nktkas/rews',
    keeps: true,
    source: "export {ReconnectingWebSocket} from '@nktkas/rews'",
    load: () => import('@nktkas/rews'),
    make({ReconnectingWebSocket}, url, heard, {backoff}) {
      const delay = backoff && ((attempt) => Math.min(backoff.most, backoff.first * backoff.factor ** attempt) * (0.5 + Math.random() / 2))
      const socket = new ReconnectingWebSocket(url, delay && {reconnectionDelay: delay})
      socket.addEventListener('message', heardBy(heard))
      return socket
    },
  },
  'websocket-ts': {
    package: 'websocket-ts',
    keeps: true,
    source: "export {ArrayQueue, ConstantBackoff, WebsocketBuilder} from 'websocket-ts'",
    load: () => import('websocket-ts'),
    make({ArrayQueue, ConstantBackoff, ExponentialBackoff, WebsocketBuilder}, url, heard, {backoff}) {
      // Without a backoff it does not reconnect: that of its README. The exponential one begins at twice its base.
      const delays = backoff ? new ExponentialBackoff(backoff.first / 2, Math.ceil(Math.log2(backoff.most / backoff.first)) + 1) : new ConstantBackoff(1000)
      const socket = new WebsocketBuilder(url).withBackoff(delays).withBuffer(new ArrayQueue()).build()
      socket.addEventListener('message', (_, event) => {
        heard.messages++
        heard.length += event.data.length
      })
      return socket
    },
  },
  sockette: {
    package: 'sockette',
    source: "export {default} from 'sockette'",
    load: () => import('sockette'),
    // Its backoff is constant.
    make: ({default: Sockette}, url, heard, {backoff}) => new Sockette(url, {onmessage: heardBy(heard), ...(backoff && {timeout: backoff.first})}),
  },
}

/** @returns the names that a measure is about */
export const namesFor = (measure) => Object.keys(libraries).filter((name) => libraries[name].only?.includes(measure) ?? true)

/**
 * @param WebSocket the class that the library shall use; here once and for all
 * @returns how to make one: `(url, wishes) => {socket, heard}`
 */
export const maker = async (name, WebSocket) => {
  globalThis.WebSocket = WebSocket
  const {load, make} = libraries[name]
  const module = await load()
  // CommonJS, as Node gives it.
  const {default: itself} = module ?? {}
  const names = itself?.WebsocketBuilder ? itself : module
  return (url, wishes = {}, heard = {messages: 0, length: 0}) => ({socket: make(names, url, heard, wishes), heard})
}

/** Of what was compared. */
export const versions = async () => {
  const versionOf = async (path) => JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')).version
  const packages = [...Object.values(libraries).flatMap((library) => library.package ?? []), 'ws']
  return {
    closecall: await versionOf('../package.json'),
    ...Object.fromEntries(await Promise.all(packages.map(async (name) => [name, await versionOf(`../node_modules/${name}/package.json`)]))),
  }
}
