// How fast does a herd of real clients come back to a real server, with slots and without? Times, attempts and peaks, against what the server can take.
// `npm run build && node bench/shedder.mjs [CLIENTS] [CAPACITY]`. Each takes a file descriptor in this process, and one in the server's.

import {fork} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'
import ws from 'ws'
import {connect} from '../dist/index.js'

const [clients = 2000, capacity = 250] = process.argv.slice(2).map(Number)
/** Whoever is not back by then is said not to be. */
const limit = 90_000

const now = () => Number(process.hrtime.bigint()) / 1e6

const most = (times, width) => {
  let highest = 0
  for (let from = 0, to = 0; to < times.length; to++) {
    while (times[to] - times[from] >= width) from++
    highest = Math.max(highest, to - from + 1)
  }
  return highest / ((capacity * width) / 1000)
}

const round = async (slots, how) => {
  const server = fork(new URL('shedder-server.mjs', import.meta.url), [capacity, slots ? 'slots' : 'none'])
  const [{port}] = await once(server, 'message')
  let retries = 0
  let here = 0
  let backAt = []
  const herd = []
  for (let i = 0; i < clients; i++) {
    // What was open for a moment only would else have to begin with a second again, and not at its slot.
    const client = connect(`ws://127.0.0.1:${port}`, {WebSocket: ws, stableAfter: 1000, connectTimeout: 60_000})
    client.on('retry', () => retries++)
    client.on('message', () => {
      here++
      backAt.push(now())
    })
    herd.push(client)
    if (i % 50 === 49) await sleep(20)
  }
  while (here < clients) await sleep(50)
  await sleep(1500)

  retries = here = 0
  backAt = []
  server.send(['go', how])
  const [{at}] = await once(server, 'message')
  while (here < clients && now() - at < limit) await sleep(50)
  server.send(['tell'])
  const [{arrivals}] = await once(server, 'message')
  const exited = once(server, 'exit')
  for (const client of herd) client.close()
  server.disconnect()
  await exited

  const bound = (clients / capacity) * 1000
  const share = (part) => `${((backAt[Math.ceil(part * clients) - 1] - at) / bound).toFixed(2)}`.replace('NaN', 'never')
  console.log([how, slots ? 'slots' : 'no hint', share(0.5), share(0.99), share(1), (retries / clients).toFixed(3), most(arrivals, 100).toFixed(2), most(arrivals, 1000).toFixed(2)].map((text, i) => text.padEnd(i ? 9 : 7)).join(''))
}

console.log(`${clients} clients, ${capacity} a second can be taken: ${(clients / capacity).toFixed(1)} s at least. Node ${process.version}`)
console.log('times until so many are back, over that; attempts each; most arrivals in 100 ms and in a second (anywhere), over what can be taken')
console.log(['', '', '50 %', '99 %', '100 %', 'attempts', '100 ms', '1 s'].map((text, i) => text.padEnd(i ? 9 : 7)).join(''))
for (const how of ['closed', 'cut']) for (const slots of [false, true]) await round(slots, how)
