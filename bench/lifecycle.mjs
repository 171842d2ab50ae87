// What does a client cost before it does anything: to make, to open, to close, and to keep?

import {setImmediate} from 'node:timers/promises'
import {alone, inTurns, median} from './alone.mjs'
import {FakeSocket, useLeanEvents} from './fake-socket.mjs'
import {maker, namesFor} from './libraries.mjs'
import {socketClass} from './real-socket.mjs'
import {startServer} from './server.mjs'

const rounds = 7

/**
 * Clients that are made in one go, after those that only warm up. A socket alone costs next to nothing but what collecting garbage takes
 * where many are kept: with fewer at a time, the ratio to it is several times as high, and says less.
 */
const clients = 10_000
const warmUp = 4000

/** What other threads do meanwhile would count, or not, by chance. */
const oneThread = ['--single-threaded']

/** Of real connections. */
const connections = {at: 40, times: 9, warmUp: 3, rounds: 4}

/** That the heap is measured with. */
const kept = 3000

/** Some make their socket in a task to come. */
const whenMade = async (count) => {
  while (FakeSocket.made.length < count) await new Promise((resolve) => setTimeout(resolve))
  const sockets = FakeSocket.made
  FakeSocket.made = []
  // Some listen only after that.
  await setImmediate()
  return sockets
}

const cpu = () => {
  const {user, system} = process.cpuUsage()
  return user + system
}

export const tasks = {
  /** @returns µs of CPU time a client */
  async fake({name}) {
    useLeanEvents()
    const make = await maker(name, FakeSocket)
    const run = async (count) => {
      const made = []
      const start = cpu()
      for (let i = 0; i < count; i++) made.push(make('ws://bench/'))
      const sockets = await whenMade(count)
      for (const socket of sockets) socket.open()
      await setImmediate()
      const opened = cpu()
      for (const {socket} of made) socket.close()
      for (const socket of sockets) socket.end(1000)
      await setImmediate()
      return {open: (opened - start) / count, close: (cpu() - opened) / count}
    }
    await run(warmUp)
    globalThis.gc()
    return run(clients)
  },

  /** @returns µs of CPU time a connection that is opened and closed, over loopback */
  async real({name, url}) {
    let opened = 0
    let closed = 0
    const make = await maker(name, socketClass(() => opened++, () => closed++))
    const spent = []
    for (let batch = 1; batch <= connections.times; batch++) {
      const made = []
      const start = cpu()
      for (let i = 0; i < connections.at; i++) made.push(make(`${url}/count?1`))
      while (opened < batch * connections.at) await new Promise((resolve) => setTimeout(resolve, 1))
      for (const {socket} of made) socket.close()
      while (closed < batch * connections.at) await new Promise((resolve) => setTimeout(resolve, 1))
      spent.push((cpu() - start) / connections.at)
    }
    return median(spent.slice(connections.warmUp))
  },

  /** @returns bytes a client that is open and idle, with its socket */
  async heap({name}) {
    useLeanEvents()
    const make = await maker(name, FakeSocket)
    const grow = async (count, into) => {
      for (let i = 0; i < count; i++) into[i] = make('ws://bench/')
      for (const socket of await whenMade(count)) socket.open()
      await setImmediate()
    }
    const measured = async () => {
      await setImmediate()
      globalThis.gc()
      globalThis.gc()
      return process.memoryUsage().heapUsed
    }
    // What the first one costs alone.
    const first = Array.from({length: 200})
    await grow(200, first)
    const list = Array.from({length: kept})
    const before = await measured()
    await grow(kept, list)
    const bytes = ((await measured()) - before) / kept
    if (first.length + list.length !== kept + 200) throw new Error('they must be in use until here')
    return bytes
  },
}

const measureOpen = async () => {
  const names = namesFor('open')
  const fake = await inTurns(names, rounds, (name) => alone(import.meta.url, {kind: 'fake', name}, oneThread))
  const server = await startServer()
  const real = await inTurns(names, connections.rounds, (name) => alone(import.meta.url, {kind: 'real', name, url: server.url}))
  server.stop()
  const of = (name, what) => median(fake[name].map((times) => times[what]))
  return names.map((name) => ({
    name,
    open: of(name, 'open'),
    ratio: of(name, 'open') / of('raw', 'open'),
    close: of(name, 'close'),
    real: median(real[name]),
    realRatio: median(real[name]) / median(real.raw),
  }))
}

export const open = {
  title: 'Making, opening and closing',
  how: `CPU time a client, the libraries' defaults, a listener for messages on each; raw is a socket with listeners for open, message, error and close. In process: ${clients.toLocaleString('en')} clients in one go and kept until all are open, garbage collection included, on one thread; the median of ${rounds} processes. Over loopback: connections to a \`ws\` server, ${connections.at} at a time, opened and closed; the median of ${connections.rounds} processes.`,
  columns: [
    {key: 'open', label: 'make + open, µs', digits: 1},
    {key: 'ratio', label: '× raw', digits: 1, ahead: {by: 0.3, unit: '× raw to make and open'}},
    {key: 'close', label: 'close, µs', digits: 1},
    {key: 'real', label: 'over loopback, µs', digits: 0},
    {key: 'realRatio', label: '× raw', digits: 2, ahead: {by: 0.1, unit: '× raw to make, open and close over loopback'}},
  ],
  measure: measureOpen,
}

/** Bytes an idle client beyond its socket: what the tests hold to. */
export const heapBeyondSocket = async (name) => {
  const [own, raw] = await Promise.all([name, 'raw'].map((each) => alone(import.meta.url, {kind: 'heap', name: each})))
  return own - raw
}

const measureHeap = async () => {
  const names = namesFor('heap')
  const bytes = await inTurns(names, 2, (name) => alone(import.meta.url, {kind: 'heap', name}))
  const of = (name) => median(bytes[name])
  return names.map((name) => ({name, bytes: of(name), beyond: name === 'raw' ? undefined : of(name) - of('raw')}))
}

export const heap = {
  title: 'Memory of an idle client',
  how: `The heap that ${kept.toLocaleString('en')} open clients take after a collection, their timers included. The socket is a fake one, with four listeners where it is raw.`,
  columns: [
    {key: 'bytes', label: 'bytes a client', digits: 0},
    {key: 'beyond', label: 'bytes beyond its socket', digits: 0, ahead: {by: 20, unit: 'bytes an idle client'}},
  ],
  measure: measureHeap,
}
