// What is left after a thousand reconnections, and after the end? In virtual time, with a socket that opens and breaks by itself.

import {getEventListeners} from 'node:events'
import {alone, median} from './alone.mjs'
import {FakeSocket, useLeanEvents} from './fake-socket.mjs'
import {maker, namesFor} from './libraries.mjs'
import {takeTime} from './virtual-time.mjs'

const reconnects = 1000
const warmUp = 100

/** The heap is looked at so often. */
const stretch = 100

/** Code is on the heap, too, and comes and goes. */
const steady = ['--jitless', '--no-flush-bytecode']

const backoff = {first: 1000, factor: 2, most: 30_000}

/** A network that can be taken away; `sockets` counts those that were made. */
export const network = () => {
  const net = {up: true, made: 0, socket: undefined, onmade: (_socket) => {}}
  /** ms. */
  const roundTrip = 10

  class Networked extends FakeSocket {
    static made = {push() {}}

    constructor(url) {
      super(url)
      net.made++
      net.socket = this
      net.onmade(this)
      const {up} = net
      globalThis.setTimeout(() => {
        if (this.readyState) return
        if (up && net.up) return this.open()
        this.dispatchEvent(new Event('error'))
        this.end(1006)
      }, roundTrip)
    }

    close(code = 1005) {
      if (this.readyState > 1) return
      const wasOpen = this.readyState === 1
      this.readyState = 2
      globalThis.setTimeout(() => this.end(wasOpen ? code : 1006), roundTrip)
    }
  }
  return {net, Networked}
}

/** The network's own timers are over by then, and no library's are. */
const moment = 200

export const tasks = {
  async leaks({name}) {
    const time = takeTime()
    useLeanEvents()
    let listening = 0
    globalThis.addEventListener = () => listening++
    globalThis.removeEventListener = () => listening--
    const {net, Networked} = network()
    let collected = 0
    const registry = new FinalizationRegistry(() => collected++)
    net.onmade = (socket) => registry.register(socket)
    const make = await maker(name, Networked)
    const {socket: client, heard} = make('ws://bench/', {backoff})
    const isOpen = () => net.socket?.readyState === 1
    const collect = async () => {
      for (let i = 0; i < 4; i++) {
        await time.settle()
        globalThis.gc()
      }
      return process.memoryUsage().heapUsed
    }
    await time.advance(60_000, isOpen)
    const heaps = []
    for (let i = 0; i < warmUp + reconnects; i++) {
      if (i >= warmUp && (i - warmUp) % stretch === 0) heaps.push(await collect())
      // Long enough to count as stable for all.
      await time.advance(10_000)
      net.socket.end(1006)
      await time.advance(60_000, isOpen)
      if (!isOpen()) throw new Error(`no connection after reconnection ${i}`)
    }
    await time.advance(10_000)
    heaps.push(await collect())
    // What only the start needed goes at some time, all at once: the middle of ten does not see it.
    const growth = median(heaps.slice(1).map((heap, i) => heap - heaps[i])) / stretch
    const open = {
      sockets: net.made - collected,
      timers: time.pending,
      listeners: ['open', 'error', 'close'].reduce((sum, type) => sum + getEventListeners(net.socket, type).length, net.socket.hear ? 1 : 0),
      growth,
    }
    const {made} = net

    client.close()
    await time.advance(moment)
    const afterOpen = time.pending
    const page = listening
    await time.advance(600_000)
    if (heard.messages) throw new Error('nothing was sent')

    // The same with another, that is connecting, and one that waits to.
    const connecting = make('ws://bench/', {backoff}).socket
    await time.advance(2, () => net.socket?.readyState === 0)
    connecting.close()
    await time.advance(moment)
    const afterConnecting = time.pending
    await time.advance(600_000)

    const waiting = make('ws://bench/', {backoff}).socket
    await time.advance(60_000, isOpen)
    await time.advance(10_000)
    net.socket.end(1006)
    await time.advance(100)
    const late = net.made
    waiting.close()
    await time.advance(moment)
    const afterBackoff = time.pending
    await time.advance(600_000)
    return {...open, made, page, afterOpen, afterConnecting, afterBackoff, late: net.made - late}
  },
}

/** What is left, by itself: what the tests hold to. */
export const leaksOf = (name) => alone(import.meta.url, {kind: 'leaks', name}, steady)

const measure = async () => {
  const rows = []
  for (const name of namesFor('leaks')) {
    // It does not reconnect.
    if (name !== 'raw') rows.push({name, ...(await leaksOf(name))})
  }
  return rows
}

export const leaks = {
  title: 'What is left behind',
  how: `${reconnects.toLocaleString('en')} reconnections after ${warmUp} that warm up, in virtual time, each after 10 s of an open connection; then what is in memory after a collection, while the last connection is open. Timers after \`close()\` are counted ${moment} ms after it, when it came while open, while connecting, and while waiting to reconnect.`,
  columns: [
    {key: 'sockets', label: 'sockets in memory', digits: 0, ahead: {by: 0.5, unit: 'sockets in memory'}},
    {key: 'growth', label: 'growth, bytes a reconnection', digits: 1, ahead: {by: 8, unit: 'bytes of growth a reconnection'}},
    {key: 'listeners', label: 'listeners on the socket', digits: 0},
    {key: 'timers', label: 'timers while open', digits: 0, ahead: {by: 0.5, unit: 'timers while open'}},
    {key: 'afterOpen', label: 'after close()', digits: 0, ahead: {by: 0.5, unit: 'timers after close()'}},
    {key: 'afterConnecting', label: 'while connecting', digits: 0, ahead: {by: 0.5, unit: 'timers after close() while connecting'}},
    {key: 'afterBackoff', label: 'while waiting', digits: 0, ahead: {by: 0.5, unit: 'timers after close() while waiting'}},
    {key: 'late', label: 'sockets made after that', digits: 0, ahead: {by: 0.5, unit: 'sockets made after close()'}},
    {key: 'page', label: 'listeners left on the page', digits: 0, ahead: {by: 0.5, unit: 'listeners left on the page'}},
  ],
  measure,
}
