// Is anything of that left over a real connection? Messages per second to and from a `ws` server in another process.

import {alone, inTurns, median} from './alone.mjs'
import {maker, namesFor} from './libraries.mjs'
import {socketClass} from './real-socket.mjs'
import {milliseconds, startServer} from './server.mjs'

const text = '{"type":"hello","value":12345,"text":"abcdefgh"}'
const messages = 2500

/** Processes of each, and pairs of runs in each, after two that warm up. */
const rounds = 5
const pairs = 8
const warmUp = 2

/** Until all have arrived. */
const until = async (heard, count) => {
  while (heard.messages < count) await new Promise((resolve) => setImmediate(resolve))
}

/** @returns what is made once its socket is open, which to some libraries means something else */
const opened = async (name, url) => {
  let tell
  const told = new Promise((resolve) => (tell = resolve))
  const make = await maker(name, socketClass(() => tell()))
  const made = make(url)
  await told
  await new Promise((resolve) => setTimeout(resolve, 20))
  return made
}

const ways = {
  send: {
    path: `count?${messages}`,
    run({socket, heard}, run) {
      for (let i = 0; i < messages; i++) socket.send(text)
      return until(heard, run)
    },
  },
  receive: {
    path: `blast?${messages}`,
    run({socket, heard}, run) {
      socket.send(text)
      return until(heard, run * messages)
    },
  },
}

export const tasks = {
  /** A raw socket and the library's, burst by burst in one process: what slows the machine for a while slows both. */
  async both({name, url}) {
    const results = {}
    for (const [way, {path, run}] of Object.entries(ways)) {
      const sides = {raw: await opened('raw', `${url}/${path}`), own: await opened(name, `${url}/${path}`)}
      const times = {raw: [], own: []}
      for (let pair = 1; pair <= warmUp + pairs; pair++) {
        // Each is first as often as the other.
        for (const side of pair % 2 ? ['raw', 'own'] : ['own', 'raw']) {
          const start = milliseconds()
          await run(sides[side], pair)
          times[side].push(milliseconds() - start)
        }
      }
      const [raw, own] = [times.raw, times.own].map((all) => all.slice(warmUp))
      results[way] = {rate: (messages / median(own)) * 1000, ratio: median(raw.map((time, i) => time / own[i]))}
      for (const {socket} of Object.values(sides)) socket.close()
    }
    return results
  },
}

const measure = async () => {
  const names = namesFor('loopback')
  const server = await startServer()
  const results = await inTurns(names, rounds, (name) => alone(import.meta.url, {kind: 'both', name, url: server.url}))
  server.stop()
  const of = (name, way, what) => median(results[name].map((result) => result[way][what]))
  return names.map((name) => ({name, sent: of(name, 'send', 'rate'), sendRatio: of(name, 'send', 'ratio'), received: of(name, 'receive', 'rate'), receiveRatio: of(name, 'receive', 'ratio')}))
}

export const loopback = {
  title: 'Throughput over loopback',
  how: `${messages.toLocaleString('en')} texts of ${text.length} characters at a time, each way, over \`ws\`, with the server in another process. In each of ${rounds} processes ${pairs} bursts of the library and ${pairs} of a raw socket take turns; medians. The row of raw, a raw socket beside another, shows how much of a ratio is noise.`,
  columns: [
    {key: 'sent', label: 'sent/s', digits: 0},
    {key: 'sendRatio', label: '× raw', digits: 2, more: true, ahead: {by: 0.1, unit: '× raw sending'}},
    {key: 'received', label: 'received/s', digits: 0},
    {key: 'receiveRatio', label: '× raw', digits: 2, more: true, ahead: {by: 0.1, unit: '× raw receiving'}},
  ],
  measure,
}
