// What arrived, in which order, and how often? A server in a process of its own, so that it takes no time from the client. Told by IPC.

import {WebSocketServer} from 'ws'

const host = '127.0.0.1'
/** Digits of the number of a message: `{"n":012345,…`. */
const digits = {from: 5, to: 11}

let server
let port = 0
let task

const begin = ({messages, cut = {}, work = 0}) => {
  task = {messages, work, cut, got: new Uint8Array(messages), count: 0, newest: -1, late: 0, twice: 0, told: false}
}

const tell = () => {
  const {got, late, twice} = task
  const missing = []
  for (let i = 0; i < got.length; i++) if (!got[i]) missing.push(i)
  // The monotonic clock is the same in every process.
  process.send({at: Number(process.hrtime.bigint()) / 1e6, late, twice, missing})
}

const receive = (socket, data) => {
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
  if (n === task.messages - 1 && !task.told) {
    task.told = true
    tell()
  }
}

const listen = () => {
  server = new WebSocketServer({host, port})
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data) => receive(socket, data))
  })
  server.on('listening', () => {
    port = server.address().port
    process.send({port})
  })
}

const down = () => {
  for (const socket of server.clients) socket.terminate()
  server.close(() => process.send({isDown: true}))
}

const orders = {begin, listen, down}
process.on('message', ([name, argument]) => orders[name](argument))
process.on('disconnect', () => process.exit())
process.send({isUp: true})
