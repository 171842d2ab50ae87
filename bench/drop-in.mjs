// What does a message cost through a reconnecting WebSocket class, ours and its peers', beyond the raw socket? In process, with a socket
// that does nothing but hand on; each class in processes of its own, turn by turn, since what one does to the shapes of events slows others.
// `npm run build && npm run bench`. The least of several rounds; compare within one run only.

import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const classes = {
  raw: () => new Socket(url),
  "closecall, lint: 'off'": async () => {
    const {ReconnectingWebSocket} = await import('../dist/websocket.js')
    return new ReconnectingWebSocket(url, [], {lint: 'off'})
  },
  closecall: async () => {
    const {ReconnectingWebSocket} = await import('../dist/websocket.js')
    return new ReconnectingWebSocket(url)
  },
  'reconnecting-websocket': async () => {
    const {default: ReconnectingWebSocket} = await import('reconnecting-websocket')
    return new ReconnectingWebSocket(url)
  },
  partysocket: async () => {
    const {WebSocket} = await import('partysocket')
    return new WebSocket(url)
  },
  '@nktkas/rews': async () => {
    const {ReconnectingWebSocket} = await import('@nktkas/rews')
    return new ReconnectingWebSocket(url)
  },
}

const url = 'ws://bench/'
const message = '{"type":"hello","value":12345,"text":"abcdefgh"}'
const times = 300_000
const rounds = 15
const turns = 4

/** As little as a runtime's own class can cost: no dispatch, no copies. */
class Socket extends EventTarget {
  static CONNECTING = 0
  static OPEN = 1
  static CLOSING = 2
  static CLOSED = 3
  static made = []
  CONNECTING = 0
  OPEN = 1
  CLOSING = 2
  CLOSED = 3
  readyState = 0
  bufferedAmount = 0
  protocol = ''
  extensions = ''
  binaryType = 'blob'
  taken = 0
  onopen = null
  onmessage = null
  onerror = null
  onclose = null
  hear = undefined
  constructor(url) {
    super()
    this.url = `${url}`
    Socket.made.push(this)
  }
  addEventListener(type, listener, options) {
    if (type === 'message') this.hear = listener
    else super.addEventListener(type, listener, options)
  }
  send(data) {
    this.taken += data.length
  }
  close() {}
  open() {
    this.readyState = 1
    const event = new Event('open')
    this.onopen?.(event)
    this.dispatchEvent(event)
  }
  /** One of the two is there. */
  deliver(event) {
    if (this.hear) this.hear(event)
    else this.onmessage(event)
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve))

const nanoseconds = (run) => {
  const start = process.hrtime.bigint()
  run(times)
  return Number(process.hrtime.bigint() - start) / times
}

/** ns a message, in this process. */
const measure = async (make) => {
  globalThis.WebSocket = Socket
  globalThis.CloseEvent ??= class CloseEvent extends Event {}
  const target = await make()
  while (!Socket.made.length) await pause()
  const [socket] = Socket.made
  await pause()
  socket.open()
  await pause()
  let length = 0
  target.addEventListener('message', (event) => {
    length += event.data.length
  })
  const ways = {
    send(n) {
      for (let i = 0; i < n; i++) target.send(message)
    },
    receive(n) {
      for (let i = 0; i < n; i++) socket.deliver(new MessageEvent('message', {data: message}))
    },
  }
  const least = {send: Infinity, receive: Infinity}
  for (let round = 0; round < rounds; round++) for (const [way, run] of Object.entries(ways)) least[way] = Math.min(least[way], nanoseconds(run))
  if (length !== rounds * times * message.length) throw new Error(`not every message was heard: ${length}`)
  return least
}

const [, , chosen] = process.argv
if (chosen) {
  console.log(JSON.stringify(await measure(classes[chosen])))
  process.exit()
}
const results = {}
for (let turn = 0; turn < turns; turn++) {
  for (const name of Object.keys(classes)) {
    const {send, receive} = JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}))
    const {send: s = Infinity, receive: r = Infinity} = results[name] ?? {}
    results[name] = {send: Math.min(s, send), receive: Math.min(r, receive)}
  }
}
const {raw, ...others} = results
console.log(`ns a message              send  receive\nraw                  ${raw.send.toFixed(1).padStart(9)} ${raw.receive.toFixed(1).padStart(8)}`)
for (const [name, {send, receive}] of Object.entries(others)) console.log(`+ ${name.padEnd(24)} ${(send - raw.send).toFixed(1).padStart(5)} ${(receive - raw.receive).toFixed(1).padStart(8)}`)
