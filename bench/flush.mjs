// What does it cost to send 100,000 messages that had to wait, and what does a cut in the middle of them cost?
// `npm run build && npm run bench`. Medians of several rounds, interleaved; compare within one run only.

import {fork} from 'node:child_process'
import {once} from 'node:events'
import {setImmediate} from 'node:timers/promises'
import ws from 'ws'
import {connect} from '../dist/index.js'
import {connect as connectNode, webSocketClass} from '../dist/node.js'

const messages = 100_000
const rounds = 7
const texts = Array.from({length: messages}, (_, i) => Buffer.from(`{"n":${`${i}`.padStart(6, '0')},"type":"move","x":123456,"y":654321}`).toString())
const buffer = {maxMessages: 200_000, maxBytes: 100_000_000}
const backoff = {initialDelay: 10, restartSpread: [10, 20]}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const milliseconds = () => Number(process.hrtime.bigint()) / 1e6
const row = (name, text) => console.log(`${name.padEnd(34)} ${text}`)

console.log(`${messages} messages of ${texts[0].length} bytes, Node ${process.version}`)

/** It never opens. */
class Silent {
  readyState = 0
  send() {}
  close() {}
}
const calls = {'send()': (client, text) => client.send(text), 'deliver()': (client, text) => client.deliver(text)}
const waiting = () => connect('ws://bench', {WebSocket: Silent, buffer})

const enqueued = {'send()': [], 'deliver()': []}
for (let round = 0; round < 2 * rounds; round++) {
  for (const [name, call] of Object.entries(calls)) {
    const client = waiting()
    globalThis.gc?.()
    const start = milliseconds()
    for (let i = 0; i < messages; i++) call(client, texts[i])
    enqueued[name].push(((milliseconds() - start) * 1e6) / messages)
    client.close()
    // Lets go of what was told.
    await setImmediate()
  }
}
for (const [name, all] of Object.entries(enqueued)) row(`enqueue, ${name}`, `${median(all).toFixed(0)} ns${name === 'send()' ? ' (goal ≤ 300)' : ''}`)

if (globalThis.gc) {
  const heap = () => (globalThis.gc(), process.memoryUsage().heapUsed)
  for (const [name, call] of Object.entries(calls)) {
    const client = waiting()
    const before = heap()
    for (let i = 0; i < messages; i++) call(client, texts[i])
    row(`heap, ${name}`, `${((heap() - before) / messages).toFixed(0)} bytes a message that waits, beyond the message (goal ≤ 200)`)
    client.close()
  }
}

const server = fork(new URL('flush-server.mjs', import.meta.url), {execArgv: []})
const answer = async (key) => {
  for (;;) {
    const [told] = await once(server, 'message')
    if (key in told) return told
  }
}
const order = (name, argument) => server.send([name, argument])
await answer('isUp')
const up = () => (order('listen'), answer('port'))
const down = () => (order('down'), answer('isDown'))
const url = `ws://127.0.0.1:${(await up()).port}`

/** Ways to be connected, and the class that each is to be compared with. */
const ways = {
  'WebSocket: ws': {Class: ws, connect: (options) => connect(url, {WebSocket: ws, ...options})},
  'closecall/node': {Class: webSocketClass(), connect: (options) => connectNode(url, options)},
  ...(globalThis.WebSocket && {native: {Class: WebSocket, connect: (options) => connect(url, options)}}),
}

const raw = async ({Class}) => {
  order('begin', {messages})
  const told = answer('at')
  const socket = new Class(url)
  await new Promise((resolve) => (socket.onopen = resolve))
  const start = milliseconds()
  for (let i = 0; i < messages; i++) socket.send(texts[i])
  const {at} = await told
  socket.close()
  return at - start
}

const outcomeOfSend = (client) => {
  const outcomes = []
  client.on('drop', ({data, outcome}) => (outcomes[Number(data.slice(5, 11))] = outcome))
  return {send: (text) => void client.send(text), outcomes: async () => outcomes}
}

const outcomeOfDeliver = (client) => {
  const receipts = []
  return {send: (text) => void receipts.push(client.deliver(text)), outcomes: () => Promise.all(receipts)}
}

/** Everything is sent while the server is down; then it comes up. */
const flush = async (way, outcomeOf, {cut, work} = {}) => {
  await down()
  order('begin', {messages, cut, work})
  const told = answer('at')
  const client = way.connect({buffer, backoff})
  const {send, outcomes} = outcomeOf(client)
  await new Promise((resolve) => client.once('close', resolve))
  for (let i = 0; i < messages; i++) send(texts[i])
  let start
  client.once('open', () => (start = milliseconds()))
  await up()
  client.reconnect()
  const {at, late, twice, missing} = await told
  const known = await outcomes()
  const {retries} = client.stats
  client.close()
  const all = Object.values(known)
  return {
    time: at - start,
    late,
    twice,
    missing: missing.length,
    inDoubt: all.filter(({inDoubt}) => inDoubt).length,
    unaccounted: missing.filter((n) => !known[n] || (known[n].status === 'written' && !known[n].inDoubt)).length,
    retries,
  }
}

for (const [name, way] of Object.entries(ways)) {
  const times = {raw: [], send: [], deliver: []}
  const sum = {late: 0, twice: 0, missing: 0}
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    const results = {raw: {time: await raw(way)}, send: await flush(way, outcomeOfSend), deliver: await flush(way, outcomeOfDeliver)}
    for (const [kind, {time}] of Object.entries(results)) if (round) times[kind].push(time)
    for (const {late = 0, twice = 0, missing = 0} of Object.values(results)) {
      sum.late += late
      sum.twice += twice
      sum.missing += missing
    }
  }
  const base = median(times.raw)
  row(`flush, ${name}`, `raw ${base.toFixed(0)} ms, send() ${(median(times.send) / base).toFixed(2)} × raw, deliver() ${(median(times.deliver) / base).toFixed(2)} × raw (goal ≤ 1.3); ${sum.late} out of order, ${sum.twice} twice, ${sum.missing} missing`)
}

/** In the middle of a chunk. */
const tenth = messages / 10 + 321

/** `work`: what the server does with each message, ms. Where it is slower than the client, much is under way that no bufferedAmount tells of. */
for (const [name, way] of Object.entries(ways)) {
  for (const how of ['RST', '1012']) {
    for (const work of [0, 0.02]) {
      for (const [kind, outcomeOf] of Object.entries({'send()': outcomeOfSend, 'deliver()': outcomeOfDeliver})) {
        const {inDoubt, missing, unaccounted, late, twice} = await flush(way, outcomeOf, {cut: {how, after: tenth}, work})
        row(`${how}, ${name}, ${kind}${work ? ', busy' : ''}`, `${((100 * inDoubt) / messages).toFixed(2)} % in doubt (goal ≤ 2), ${missing} lost, ${unaccounted} of them unaccounted (goal 0), ${twice} twice, ${late} out of order`)
      }
    }
  }
}

process.exit()
