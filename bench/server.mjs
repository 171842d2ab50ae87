// What arrived, in which order, and how often? A server in a process of its own, so that it takes no time from the client. Told by IPC.

import {fork} from 'node:child_process'
import {on} from 'node:events'
import {fileURLToPath} from 'node:url'
import {WebSocketServer} from 'ws'

const host = '127.0.0.1'

/** Digits of the number of a message: `{"n":012345,…`. */
const digits = {from: 5, to: 11}

/** What a flush sends, each with its number. Copied, so that each is a flat string of its own. */
export const numbered = (n) => Buffer.from(`{"n":${`${n}`.padStart(6, '0')},"type":"move","x":123456,"y":654321}`).toString()

/** The monotonic clock is the same in every process. */
export const milliseconds = () => Number(process.hrtime.bigint()) / 1e6

/** @returns a server that is up: `url`, and `ask(order, argument)`, which waits for its answer */
export const startServer = async () => {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], {execArgv: []})
  const waiting = new Map()
  child.on('message', ([key, value]) => {
    waiting.get(key)?.(value)
    waiting.delete(key)
  })
  const answer = (key) => new Promise((resolve) => waiting.set(key, resolve))
  const ask = (order, argument) => {
    const answered = answer(order)
    child.send([order, argument])
    return answered
  }
  await answer('started')
  const port = await ask('up')
  return {url: `ws://${host}:${port}`, ask, answer, stop: () => child.kill()}
}

let server
let port = 0
let task

const tell = (key, value) => process.send([key, value])

const summary = () => {
  const {got, late, twice, at} = task
  const missing = []
  for (let i = 0; i < got.length; i++) if (!got[i]) missing.push(i)
  return {at, late, twice, missing}
}

const note = (socket, data) => {
  // A server that is going down does nothing any more with what it receives.
  if (socket.isCut) return
  const n = Number(data.toString('latin1', digits.from, digits.to))
  if (task.got[n]) task.twice++
  else if (n < task.newest) task.late++
  task.got[n] = 1
  task.newest = Math.max(task.newest, n)
  task.count++
  if (task.work) for (const end = performance.now() + task.work; performance.now() < end; );
  if (task.count === task.cut.after) {
    socket.isCut = true
    if (task.cut.how === 'RST') socket._socket.resetAndDestroy()
    else socket.close(1012)
  }
  if (n === task.messages - 1) {
    task.at = milliseconds()
    tell('last')
  }
}

/** On `/count?100`, so many messages are counted and then answered; on `/blast?100`, a message is answered by so many. */
const measured = (socket, {pathname, search}) => {
  const total = Number(search.slice(1))
  let count = 0
  socket.on('message', (data) => {
    if (pathname === '/count') {
      if (++count % total === 0) socket.send('done')
    } else {
      const text = data.toString()
      for (let i = 0; i < total; i++) socket.send(text)
    }
  })
}

const orders = {
  up: () =>
    new Promise((resolve) => {
      server = new WebSocketServer({host, port, backlog: 1024})
      server.on('connection', (socket, {url}) => {
        socket.on('error', () => {})
        if (url.length > 1) measured(socket, new URL(url, 'ws://bench'))
        else socket.on('message', (data) => note(socket, data))
      })
      server.on('listening', () => {
        port = server.address().port
        resolve(port)
      })
    }),
  down: () =>
    new Promise((resolve) => {
      for (const socket of server.clients) socket.terminate()
      server.close(() => resolve(true))
    }),
  begin: ({messages, cut = {}, work = 0}) => {
    task = {messages, work, cut, got: new Uint8Array(messages), count: 0, newest: -1, late: 0, twice: 0}
    return true
  },
  count: () => task.count,
  summary,
}

if (process.argv[2] === 'serve') {
  process.on('disconnect', () => process.exit())
  tell('started')
  for await (const [[order, argument]] of on(process, 'message')) tell(order, await orders[order](argument))
}
