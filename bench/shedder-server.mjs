// A server that takes so many clients a second, and sheds the others with slots or without. Told by IPC what happens to it; tells when who came.

import {WebSocketServer} from 'ws'
import {createShedder, tryAgainLater} from '../dist/server.js'

const [capacity, slots] = [Number(process.argv[2]), process.argv[3] === 'slots']

/** Monotonic, and the same in every process. */
const now = () => Number(process.hrtime.bigint()) / 1e6

const shedder = slots ? createShedder({capacity, now}) : undefined

/** Without a shedder: a second of work may wait. */
let busy = 0
const admit = () => {
  if (shedder) return shedder.admit()
  if (busy - now() > 1000) return tryAgainLater()
  busy = Math.max(busy, now()) + 1000 / capacity
  return undefined
}

/** Whether the herd is being gathered: everybody is taken. */
let gathering = true
const arrivals = []
const server = new WebSocketServer({host: '127.0.0.1', port: 0, backlog: 4096})
server.on('connection', (socket) => {
  socket.on('error', () => {})
  if (!gathering) arrivals.push(now())
  const shed = gathering ? undefined : admit()
  if (shed) socket.close(shed.code, shed.reason)
  else socket.send('welcome')
})
server.on('listening', () => process.send({port: server.address().port}))

const orders = {
  /** Closes everybody, with a slot for each or with none; or cuts all off. */
  go(how) {
    gathering = false
    for (const socket of server.clients) {
      if (how === 'cut') {
        socket.terminate()
        continue
      }
      const {code, reason} = shedder ? shedder.shed() : tryAgainLater()
      socket.close(code, reason)
    }
    process.send({at: now()})
  },
  tell: () => process.send({arrivals}),
}
process.on('message', ([name, argument]) => orders[name](argument))
process.on('disconnect', () => process.exit())
