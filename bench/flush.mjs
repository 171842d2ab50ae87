// What does it cost to send what had to wait, and what does a cut in the middle of it cost? Over loopback, the server in another process.

import {setTimeout} from 'node:timers/promises'
import {alone, inTurns, median} from './alone.mjs'
import {libraries, maker, namesFor} from './libraries.mjs'
import {socketClass} from './real-socket.mjs'
import {milliseconds, numbered, startServer} from './server.mjs'

const messages = 100_000
const rounds = 5

/** A queue that moves all for each that leaves takes ten times as long: of such a one, fewer rounds will do. */
const slow = {ms: 4000, rounds: 2}

/** Soon back, so that little is measured but the flush. */
const backoff = {first: 10, factor: 1.5, most: 20}

/** In the middle of a chunk. */
const tenth = messages / 10 + 321

/** So long without a message, and none will come, ms. */
const quiet = 1500

/** `deliver()` keeps what it sends until it has left, and tells what became of it: a kind of its own. */
const names = ['raw', 'closecall', 'closecall, deliver()', ...namesFor('flush').filter((name) => name !== 'raw' && name !== 'closecall' && libraries[name].keeps)]
const libraryOf = (name) => name.split(',')[0]

let openedAt = 0
const Told = socketClass(() => (openedAt ||= milliseconds()))

/** @returns `send`, and `known`: of each message that somebody told about, what became of it */
const senderOf = (name, socket) => {
  if (name === 'closecall, deliver()') {
    const receipts = []
    return {send: (text) => void receipts.push(socket.deliver(text)), known: () => Promise.all(receipts)}
  }
  const known = []
  if (libraries[name].ours) (socket.client ?? socket).on('drop', ({data, outcome}) => (known[Number(data.slice(5, 11))] = outcome))
  return {send: (text) => void socket.send(text), known: () => known}
}

export const tasks = {
  /** Everything is sent while the server is down; then it comes up. */
  async flush({name, cut, work}) {
    const texts = Array.from({length: messages}, (_, n) => numbered(n))
    const make = await maker(libraryOf(name), Told)
    const server = await startServer()
    await server.ask('begin', {messages, cut, work})
    const last = server.answer('last').then(() => true)
    const heap = () => (globalThis.gc(), globalThis.gc(), process.memoryUsage().heapUsed)
    let waiting = {}
    let sent
    if (name === 'raw') {
      const {socket} = make(server.url)
      await new Promise((resolve) => socket.addEventListener('open', resolve))
      for (let n = 0; n < messages; n++) socket.send(texts[n])
    } else {
      await server.ask('down')
      const {socket} = make(server.url, {backoff, keeps: true})
      socket.addEventListener?.('error', () => {})
      await setTimeout(50)
      sent = senderOf(name, socket)
      const before = heap()
      const start = milliseconds()
      for (let n = 0; n < messages; n++) sent.send(texts[n])
      const enqueue = ((milliseconds() - start) * 1e6) / messages
      // The texts themselves are there before and after.
      waiting = {enqueue, bytes: ((heap() - before) * texts.length) / messages ** 2}
      openedAt = 0
      await server.ask('up')
    }
    for (let count = -1, since = Date.now(); ; ) {
      if (await Promise.race([last, setTimeout(100)])) break
      const now = await server.ask('count')
      if (now !== count) since = Date.now()
      count = now
      if (Date.now() - since > quiet) break
    }
    // What is told is told by now, or a moment later.
    await setTimeout(100)
    const {at, late, twice, missing} = await server.ask('summary')
    const known = sent ? await Promise.race([sent.known(), setTimeout(2000, [])]) : []
    server.stop()
    return {
      ...waiting,
      time: at && at - openedAt,
      late,
      twice,
      lost: missing.length,
      inDoubt: Object.values(known).filter(({inDoubt}) => inDoubt).length,
      // Nobody said so of these.
      untold: missing.filter((n) => !known[n] || (known[n].status === 'written' && !known[n].inDoubt)).length,
    }
  },
}

const measureFlush = async () => {
  const results = Object.fromEntries(names.map((name) => [name, []]))
  await inTurns(names, rounds, async (name) => {
    const so = results[name]
    if (so.length >= slow.rounds && so[0].time > slow.ms) return
    so.push(await alone(import.meta.url, {kind: 'flush', name}))
  })
  const of = (name, key) => median(results[name].map((result) => result[key]))
  return names.map((name) => {
    const waits = name !== 'raw'
    const wrong = results[name].reduce((sum, {late, twice, lost}) => sum + late + twice + lost, 0)
    return {name, time: of(name, 'time'), ratio: of(name, 'time') / of('raw', 'time'), wrong, enqueue: waits ? of(name, 'enqueue') : undefined, bytes: waits ? of(name, 'bytes') : undefined}
  })
}

export const flush = {
  title: 'Sending what had to wait',
  how: `${messages.toLocaleString('en')} texts of ${numbered(0).length} characters, sent while the server is down; then it comes up. From \`open\` to the last message's arrival, beside a raw socket that sends them in a loop; medians of ${rounds} processes each, ${slow.rounds} where it takes more than ${slow.ms / 1000} s. Wrong are those that were lost, came twice or out of order.`,
  columns: [
    {key: 'time', label: 'flush, ms', digits: 0},
    {key: 'ratio', label: '× raw', digits: 2, ahead: {by: 0.1, unit: '× raw to flush'}},
    {key: 'wrong', label: 'wrong', digits: 0},
    {key: 'enqueue', label: 'ns to keep one', digits: 0, ahead: {by: 20, unit: 'ns to keep a message'}},
    {key: 'bytes', label: 'bytes to keep one', digits: 0, ahead: {by: 2, unit: 'bytes to keep a message'}},
  ],
  measure: measureFlush,
}

/** `work`: what the server does with each message, ms. Where it is slower than the client, much is under way that no bufferedAmount tells of. */
const cuts = {reset: {cut: {how: 'RST', after: tenth}}, restart: {cut: {how: '1012', after: tenth}}, busy: {cut: {how: 'RST', after: tenth}, work: 0.01}}

const measureCut = async () => {
  const rows = []
  for (const name of names) {
    if (name === 'raw') continue
    const row = {name, twice: 0}
    for (const [key, how] of Object.entries(cuts)) {
      const {lost, untold, twice} = await alone(import.meta.url, {kind: 'flush', name, ...how})
      Object.assign(row, {[key]: lost, [`${key}Untold`]: untold, twice: row.twice + twice})
    }
    rows.push(row)
  }
  return rows
}

export const cut = {
  title: 'A cut in the middle of it',
  how: `As above, and after ${tenth.toLocaleString('en')} messages the server resets the connection, closes it with 1012, or resets it while it is slower than the client (${cuts.busy.work * 1000} µs a message). Lost are those that never arrive although the client is soon connected again; untold, those that were lost and nobody was told of. One run each.`,
  columns: [
    {key: 'reset', label: 'reset: lost', digits: 0, ahead: {by: 100, unit: 'messages lost to a reset'}},
    {key: 'resetUntold', label: 'untold', digits: 0, ahead: {by: 0.5, unit: 'messages lost to a reset and untold'}},
    {key: 'restart', label: '1012: lost', digits: 0, ahead: {by: 100, unit: 'messages lost to a 1012'}},
    {key: 'restartUntold', label: 'untold', digits: 0, ahead: {by: 0.5, unit: 'messages lost to a 1012 and untold'}},
    {key: 'busy', label: 'slow server: lost', digits: 0, ahead: {by: 100, unit: 'messages lost before a slow server'}},
    {key: 'busyUntold', label: 'untold', digits: 0, ahead: {by: 0.5, unit: 'messages lost before a slow server and untold'}},
    {key: 'twice', label: 'twice', digits: 0, ahead: {by: 0.5, unit: 'messages that came twice'}},
  ],
  measure: measureCut,
}
