// What does a message cost beyond the raw socket, and a client beyond its socket? In process, with a socket that does nothing.
// `npm run build && npm run bench`. The fastest of several rounds, interleaved: what disturbs only makes it slower. Compare within one run only.

import {connect} from '../dist/index.js'

class Socket {
  static made = []
  readyState = 0
  taken = 0
  constructor() {
    Socket.made.push(this)
  }
  send(data) {
    this.taken += data.length
  }
  close() {}
}

const message = '{"type":"hello","value":12345,"text":"abcdefgh"}'
const times = 2_000_000
const rounds = 21

const opened = async (options) => {
  const client = connect('ws://bench', {WebSocket: Socket, ...options})
  while (client.state.name !== 'open') {
    const socket = Socket.made.at(-1)
    if (socket) {
      socket.readyState = 1
      socket.onopen?.({})
    }
    await undefined
  }
  return {client, socket: Socket.made.at(-1)}
}

const nanoseconds = (run) => {
  const start = process.hrtime.bigint()
  run(times)
  return Number(process.hrtime.bigint() - start) / times
}

const unchecked = await opened({lint: 'off'})
const checked = await opened({})
const event = {data: message}
let length = 0
const listener = ({data}) => (length += data.length)
unchecked.client.on('message', (data) => (length += data.length))

/** Each has a loop of its own: one that is shared is slower for all but the first. */
const runs = {
  'send, raw'(n) {
    for (let i = 0; i < n; i++) unchecked.socket.send(message)
  },
  "send, lint: 'off'"(n) {
    for (let i = 0; i < n; i++) unchecked.client.send(message)
  },
  'send, default'(n) {
    for (let i = 0; i < n; i++) checked.client.send(message)
  },
  'receive, raw'(n) {
    for (let i = 0; i < n; i++) listener(event)
  },
  'receive'(n) {
    for (let i = 0; i < n; i++) unchecked.socket.onmessage(event)
  },
}
const results = Object.fromEntries(Object.keys(runs).map((name) => [name, []]))
for (let round = 0; round < rounds; round++) for (const [name, run] of Object.entries(runs)) results[name].push(nanoseconds(run))

for (const [name, all] of Object.entries(results)) {
  const raw = results[`${name.split(',')[0]}, raw`]
  console.log(`${name.padEnd(18)} ${Math.min(...all).toFixed(1).padStart(6)} ns${all === raw ? '' : `, ${(Math.min(...all) - Math.min(...raw)).toFixed(1)} beyond raw`}`)
}

if (globalThis.gc) {
  for (const [name, run] of Object.entries(runs)) {
    length = 0
    gc()
    const before = process.memoryUsage().heapUsed
    run(times)
    console.log(`${name.padEnd(18)} ${((process.memoryUsage().heapUsed - before) / times).toFixed(1).padStart(6)} bytes allocated`)
  }
  const clients = 10_000
  const kept = []
  const heap = () => (globalThis.gc(), process.memoryUsage().heapUsed)
  await opened({}) // whatever the first one alone costs
  const before = heap()
  for (let i = 0; i < clients; i++) kept.push(await opened({}))
  console.log(`heap               ${Math.round((heap() - before) / clients)} bytes a client, its fake socket and its timer included`)
}
process.exit()
