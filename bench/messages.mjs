// What does a message cost beyond the raw socket, in time and in garbage? In process: the socket does nothing but hand on.

import {alone, inTurns} from './alone.mjs'
import {FakeSocket, Message, useLeanEvents} from './fake-socket.mjs'
import {maker, namesFor} from './libraries.mjs'

/** Not one: an engine looks at what never changes but once. */
const texts = Array.from({length: 8}, (_, i) => Buffer.from(`{"type":"hello","value":1234${i},"text":"abcdefgh"}`).toString())
const {length} = texts[0]
const rounds = 7

/** Rounds within a process, and messages in each. */
const repeats = 8
const times = 100_000

/** So many events are made at a time, and not while the clock runs: each message is a new one, as from a socket. */
const batch = 1000

/** New space for all that is allocated in a round, so that nothing is collected while it is counted, and no code that is compiled meanwhile. */
const roomy = ['--min-semi-space-size=256', '--max-semi-space-size=256', '--single-threaded']

const opened = async (name) => {
  useLeanEvents()
  const make = await maker(name, FakeSocket)
  const {socket: target, heard} = make('ws://bench/')
  while (!FakeSocket.made.length) await new Promise((resolve) => setTimeout(resolve))
  const [socket] = FakeSocket.made
  await new Promise((resolve) => setTimeout(resolve))
  socket.open()
  await new Promise((resolve) => setTimeout(resolve))
  return {target, socket, heard}
}

const events = () => Array.from({length: batch}, (_, i) => new Message('message', {data: texts[i & 7]}))

/** One loop for each way, and each in a process where nothing else ran. @returns what measures `count` messages by `read` */
const ways = {
  send:
    ({target}) =>
    (count, read) => {
      const before = read()
      for (let i = 0; i < count; i++) target.send(texts[i & 7])
      return read() - before
    },
  receive:
    ({socket}) =>
    (count, read) => {
      let sum = 0
      for (let done = 0; done < count; done += batch) {
        const fresh = events()
        const before = read()
        for (let i = 0; i < batch; i++) socket.hear(fresh[i])
        sum += read() - before
      }
      return sum
    },
}

const arrived = (way, {socket, heard}, count) => {
  const sum = way === 'send' ? socket.taken : heard.length
  if (sum !== count * length) throw new Error(`${sum / length} of ${count} messages came through`)
}

export const tasks = {
  /** @returns ns a message: the least of some rounds, since what disturbs only makes it slower */
  async time({name, way}) {
    const at = await opened(name)
    const run = ways[way](at)
    let least = Infinity
    for (let i = 0; i < repeats; i++) least = Math.min(least, run(times, () => Number(process.hrtime.bigint())) / times)
    arrived(way, at, repeats * times)
    return least
  },
  /** @returns bytes a message */
  async bytes({name, way}) {
    const at = await opened(name)
    const run = ways[way](at)
    const heap = () => process.memoryUsage().heapUsed
    // Until it is compiled as well as it will be.
    const warm = 500_000
    run(warm, heap)
    let least = Infinity
    // What the engine keeps for itself comes once.
    for (let i = 0; i < 5; i++) {
      globalThis.gc()
      least = Math.min(least, run(times, heap) / times)
    }
    arrived(way, at, warm + 5 * times)
    return Math.max(0, least)
  },
}

/** Bytes a message, by itself: what the tests hold to. */
export const bytesAlone = (name, way) => alone(import.meta.url, {kind: 'bytes', name, way}, roomy)

const measure = (way) => async () => {
  const names = namesFor(way)
  const times = await inTurns(names, rounds, (name) => alone(import.meta.url, {kind: 'time', name, way}))
  const bytes = await inTurns(names, 2, (name) => bytesAlone(name, way))
  const least = (numbers) => Math.min(...numbers)
  const raw = {ns: least(times.raw), bytes: least(bytes.raw)}
  return names.map((name) => {
    const ns = least(times[name])
    return {name, ns, beyond: name === 'raw' ? undefined : ns - raw.ns, bytes: Math.max(0, least(bytes[name]) - raw.bytes)}
  })
}

const columns = [
  {key: 'ns', label: 'ns a message', digits: 1},
  {key: 'beyond', label: 'ns beyond raw', digits: 1, ahead: {by: 1, unit: 'ns a message'}},
  {key: 'bytes', label: 'bytes beyond raw', digits: 1, ahead: {by: 0.5, unit: 'bytes a message'}},
]

const how = `Texts of ${length} characters and a socket that only hands on; each library, and each direction, in processes of its own. Time is the least of ${rounds} processes with ${repeats} rounds of ${times.toLocaleString('en')} messages. Bytes are what the heap grows by, per message, before anything is collected.`

export const send = {title: 'Sending, in process', how, columns, measure: measure('send')}
export const receive = {title: 'Receiving, in process', how: `${how} Events are made beforehand, and each is delivered once.`, columns, measure: measure('receive')}
