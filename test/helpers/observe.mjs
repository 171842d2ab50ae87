// What does the client do on each close code? Watched, with the built client, so that the README's table is run, not typed.

import {createServer} from 'node:http'
import {WebSocket, WebSocketServer} from 'ws'
import {connect} from '../../dist/index.js'
import {acceptsThenCloses, fakeNetwork} from '../../dist/testing.js'

/** Rows of the table: a close code, or a handshake status; what `ws` does not let through comes from a fake socket, as browsers pass it on. */
const rows = [
  ...[1000, 1001, 1002, 1003].map((code) => ({code})),
  {code: 1004, fake: true},
  ...[1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].map((code) => ({code})),
  {code: 1015, fake: true},
  {code: 2000, title: '1016–2999', fake: true},
  ...[3000, 3003, 3008].map((code) => ({code})),
  {code: 3500, title: 'other 3xxx'},
  {code: 4000, title: '4xxx'},
  ...[4912, 4913, 4914].map((code) => ({code, title: `${code}, alias of ${code - 3900}`})),
  {code: 5000, title: 'below 1000, from 5000', fake: true},
  ...[401, 407, 408, 425, 429, 500, 503, 403, 404].map((status) => ({status, title: `HTTP ${status}`})),
]

/** So many retries show that the client won't give up. */
const enough = 6

const close = (socket, code) => (code === 1006 ? socket.terminate() : code === 1005 ? socket.close() : socket.close(code))

/** A server that accepts and closes with the code, or refuses with the status. */
const listen = async ({code, status}) => {
  const server = createServer()
  const acceptor = new WebSocketServer({noServer: true})
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    if (status) socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else acceptor.handleUpgrade(request, socket, head, (accepted) => close(accepted, code))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const end = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))
  return {url: `ws://127.0.0.1:${server.address().port}`, end}
}

/** Lets one client meet such a server until it rests or has had enough. Its time is ten thousand times faster; its chance is given. */
const watch = async (row, random) => {
  const {url, end} = row.fake ? {url: 'ws://fake', end: () => {}} : await listen(row)
  const seen = {delays: [], asked: 0, reports: 0, end: undefined, name: '', fault: ''}
  const client = connect(url, {
    WebSocket: row.fake ? fakeNetwork(acceptsThenCloses(row.code)).WebSocket : WebSocket,
    autoOpen: false,
    stableAfter: 2e9,
    connectTimeout: 2e9,
    random: () => random,
    credentials: () => ++seen.asked,
    onReport: () => seen.reports++,
    clock: {now: () => Date.now(), setTimeout: (callback, delay) => setTimeout(callback, delay / 10_000), clearTimeout},
  })
  await new Promise((resolve) => {
    // Heard, so that the client need not say aloud that the server ended it.
    client.on('closed', () => {})
    client.on('close', ({verdict: {name, fault}}) => Object.assign(seen, {name, fault}))
    client.on('state', ({name}) => {
      if (name === 'closed' || name === 'failed') resolve((seen.end ??= name))
    })
    client.on('retry', ({delay}) => {
      seen.delays.push(delay)
      if (seen.delays.length >= enough) resolve((seen.end = 'never'))
    })
    client.open()
  })
  client.close()
  await end()
  return seen
}

const seconds = (ms) => `${Math.round(ms / 100) / 10}`

const inWords = (least, most) => {
  const delays = least.delays.map((delay, i) => (delay === most.delays[i] ? seconds(delay) : `${seconds(delay)}–${seconds(most.delays[i])}`))
  if (least.asked > 1) return 'asks for credentials again and retries at once; stops when that did not help'
  if (least.end === 'never') return `retries after ${delays.join(', ')} s, and so on`
  const ending = least.end === 'closed' ? 'ends; nothing is wrong' : least.reports ? '**stops and reports**' : 'stops'
  return delays.length ? `retries after ${delays.join(', ')} s, then ${ending}` : ending
}

/** The table as Markdown. */
export async function tableOfCodes() {
  const lines = ['| code | name | at fault | what the client does |', '| --- | --- | --- | --- |']
  for (const row of rows) {
    const least = await watch(row, 0)
    const most = await watch(row, 1 - 1e-9)
    lines.push(`| ${row.title ?? row.code} | ${least.name} | ${least.fault} | ${inWords(least, most)} |`)
  }
  return lines.join('\n')
}
