// How long after the server is back is a client back? A lone client, with the defaults of its library.

import {WebSocketServer} from 'ws'
import {alone, median} from './alone.mjs'
import {useLeanEvents} from './fake-socket.mjs'
import {network} from './leaks.mjs'
import {maker, namesFor} from './libraries.mjs'
import {socketClass} from './real-socket.mjs'
import {takeTime} from './virtual-time.mjs'

const names = namesFor('recovery').filter((name) => name !== 'raw')

/** s. Real time passes for the first two only. */
const outages = [2, 10, 60]
const real = outages.slice(0, 2)

/** Processes: some draw their delay once in each. Outages differ by up to a tenth between them, or delays without jitter would always meet them alike. */
const processes = 8
const clients = {virtual: 25, real: 3}
const lengthOf = (seconds, round) => seconds * 1000 * (0.9 + (0.2 * round) / (processes - 1))

/** So long an open connection is stable for all, ms. */
const stable = 6000

/** Whoever is not back then, is not, ms. */
const patience = 65_000

const host = '127.0.0.1'

export const tasks = {
  /** @returns of each outage, the lags of all clients, ms */
  async virtual({name, round}) {
    const time = takeTime()
    useLeanEvents()
    const {net, Networked} = network()
    let opens = []
    let sockets = new Set()
    net.onmade = (socket) =>
      socket.addEventListener('open', () => {
        sockets.add(socket)
        opens.push(time.now)
      })
    const make = await maker(name, Networked)
    for (let i = 0; i < clients.virtual; i++) make('ws://bench/')
    await time.advance(1000, () => opens.length === clients.virtual)
    const lags = {}
    for (const seconds of outages) {
      await time.advance(stable)
      net.up = false
      for (const socket of sockets) socket.end(1006)
      sockets = new Set()
      await time.advance(lengthOf(seconds, round))
      net.up = true
      opens = []
      const since = time.now
      await time.advance(patience, () => opens.length === clients.virtual)
      lags[seconds] = Array.from({length: clients.virtual}, (_, i) => (opens[i] ?? Infinity) - since)
    }
    // JSON has no Infinity.
    return Object.fromEntries(Object.entries(lags).map(([key, all]) => [key, all.map((lag) => (lag < Infinity ? lag : null))]))
  },

  /** All libraries at once: they wait more than they compute. @returns of each outage and library, the lags, ms */
  async real({round}) {
    const serve = (port) =>
      new Promise((resolve) => {
        const server = new WebSocketServer({host, port}, () => resolve(server))
        server.on('connection', (socket) => socket.on('error', () => {}))
      })
    let server = await serve(0)
    const {port} = server.address()
    // Of which client, its URL tells: some look for the class anew on each attempt, so there is but one.
    let opens = new Map()
    const Socket = socketClass(({url}) => opens.set(url, performance.now()))
    const urls = names.flatMap((name) => Array.from({length: clients.real}, (_, i) => ({name, url: `ws://${host}:${port}/?${encodeURIComponent(name)}-${i}`})))
    for (const {name, url} of urls) {
      const make = await maker(name, Socket)
      make(url).socket.addEventListener?.('error', () => {})
    }
    const allOpen = async (limit) => {
      for (const end = performance.now() + limit; opens.size < urls.length && performance.now() < end; ) await pause(5)
    }
    await allOpen(10_000)
    const lags = {}
    for (const seconds of real) {
      await pause(stable)
      opens = new Map()
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
      await pause(lengthOf(seconds, round))
      server = await serve(port)
      const since = performance.now()
      await allOpen(3 * seconds * 1000 + 5000)
      for (const {name, url} of urls) ((lags[seconds] ??= {})[name] ??= []).push(opens.has(url) ? opens.get(url) - since : null)
    }
    return lags
  },
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Seconds. */
const middle = (lags) => median(lags.map((lag) => lag ?? Infinity)) / 1000

const measure = async () => {
  const rounds = Array.from({length: processes}, (_, round) => round)
  const waited = Promise.all(rounds.map((round) => alone(import.meta.url, {kind: 'real', round})))
  const counted = {}
  for (const name of names) {
    counted[name] = []
    for (const round of rounds) counted[name].push(await alone(import.meta.url, {kind: 'virtual', name, round}))
  }
  const seen = await waited
  return names.map((name) => ({
    name,
    ...Object.fromEntries(outages.map((seconds) => [`after${seconds}`, middle(counted[name].flatMap((lags) => lags[seconds]))])),
    ...Object.fromEntries(real.map((seconds) => [`real${seconds}`, middle(seen.flatMap((lags) => lags[seconds][name]))])),
  }))
}

const ahead = (seconds) => ({by: 0.1 * Math.sqrt(seconds), unit: `s after an outage of ${seconds} s`})

export const recovery = {
  title: 'Back after a restart',
  how: `Connections are cut (1006), and attempts fail until the server is back; the median lag from then until a client is open, in seconds, with the defaults of each library. In virtual time ${processes * clients.virtual} clients of each, and in real time over loopback ${processes * clients.real}, in ${processes} processes between which the outage differs by up to a tenth to either side. websocket-ts does not reconnect without a backoff: it has that of its README, a constant second. A short lag is bought with attempts, which all clients together make: it is not better by itself.`,
  columns: [
    ...outages.map((seconds) => ({key: `after${seconds}`, label: `${seconds} s away`, digits: 2, ahead: ahead(seconds)})),
    ...real.map((seconds) => ({key: `real${seconds}`, label: `${seconds} s, real`, digits: 2})),
  ],
  measure,
}
