// What becomes of a client whose connection goes wrong, and what is left of it afterwards? Plain JavaScript, the same in
// every engine; fault-rows.ts has the faults and what is expected.

import {connect} from '../../dist/index.js'
import {collectEscapes} from './escapes.mjs'

/** Real time passes here, and machines differ: long enough for a loaded one, short enough to be told of. */
const limit = 25_000

/** So many clients at a time. */
const crowd = 16

/** Engines that tell more than once, or late, do so within this time, ms. */
const afterwards = 250

const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay))

/**
 * Counts what a client holds: sockets, timers, and those it listens to.
 *
 * @param alone no other client is there: it may listen to the page itself, and all of that is its own
 */
const counters = (Native, changed, alone) => {
  const sockets = []
  const timers = new Set()
  const listeners = new Set()
  const most = {sockets: 0, timers: 0, listeners: 0}
  const heeded = () => sockets.filter((socket) => socket.onopen || socket.onmessage || socket.onclose || socket.onpong)
  const listen = (listener) => {
    listeners.add(listener)
    most.listeners = Math.max(most.listeners, listeners.size)
    return () => listeners.delete(listener)
  }
  const Counted = function (...given) {
    const socket = new Native(...given)
    sockets.push(socket)
    // Looked at when its handlers are on.
    queueMicrotask(() => {
      most.sockets = Math.max(most.sockets, heeded().length)
      changed()
    })
    return socket
  }
  Counted.prototype = Native.prototype
  return {
    sockets,
    most,
    options: {
      WebSocket: Counted,
      clock: {
        now: () => Date.now(),
        setTimeout(callback, delay) {
          const timer = setTimeout(() => {
            timers.delete(timer)
            callback()
          }, delay)
          timers.add(timer)
          most.timers = Math.max(most.timers, timers.size)
          return timer
        },
        clearTimeout(timer) {
          timers.delete(timer)
          clearTimeout(timer)
        },
      },
      ...(!alone && {environment: {online: true, frozen: false, subscribe: listen}}),
      signal: {aborted: false, addEventListener: (_, listener) => listen(listener), removeEventListener: (_, listener) => listeners.delete(listener)},
    },
    ...(alone && {restore: watchPage(listen)}),
    /** CONNECTING or OPEN, or listened to: the client's own doing. */
    left: () => ({
      open: sockets.filter(({readyState}) => readyState < 2).length,
      heeded: heeded().length,
      timers: timers.size,
      listeners: listeners.size,
    }),
  }
}

/** Counts who listens to the page, for as long as it is not restored. */
const watchPage = (listen) => {
  const {addEventListener, removeEventListener} = globalThis
  if (!addEventListener) return () => {}
  const forget = new Map()
  const key = (type, listener, capture) => `${type} ${capture} ${listener}`
  globalThis.addEventListener = (...given) => {
    forget.set(key(...given), listen(given))
    addEventListener.apply(globalThis, given)
  }
  globalThis.removeEventListener = (...given) => {
    forget.get(key(...given))?.()
    removeEventListener.apply(globalThis, given)
  }
  return () => Object.assign(globalThis, {addEventListener, removeEventListener})
}

/** The beginning of a message: some have 200 MiB. */
const shown = (data) =>
  typeof data === 'string' ? data.slice(0, 20)
  : data instanceof ArrayBuffer ? [...new Uint8Array(data, 0, Math.min(8, data.byteLength))].join()
  : `neither text nor ArrayBuffer: ${data}`

/** Each resolves when its story has been told. */
const stories = {
  async meets({client, part, outcome, ended, received, opened}) {
    // More than the send buffer takes waits for the connection.
    if (typeof part.says === 'number') await opened()
    outcome.answers.push(client.send(words(part.says)))
    if (!part.quiet) return Promise.race([ended(), received(1)])
    await Promise.race([ended(), opened()])
    await Promise.race([ended(), pause(part.quiet)])
  },
  async closes({client, part, outcome, opened, ended}) {
    await opened()
    if (part.says) client.send(words(part.says))
    try {
      client.close(...part.with)
      if (part.twice) client.close(...part.with)
    } catch (error) {
      outcome.refused = error.code
      return
    }
    if (part.sayLate) outcome.answers.push(client.send(part.sayLate))
    await ended()
  },
  async leaves({client, part, made}) {
    await made()
    if (part.after) await pause(part.after)
    client.close()
    await pause(afterwards)
  },
  async sends({client, opened, received}) {
    await opened()
    client.send('grüße')
    client.send('')
    client.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))
    client.send(new ArrayBuffer(0))
    client.send(new Uint8Array([1, 2, 3]).buffer)
    await received(5)
  },
}

/** A text as it is, a number as so many bytes. */
const words = (says = 'hello') => (typeof says === 'number' ? new Uint8Array(says) : says)

/** @returns what happened, as plain data */
async function play(name, {url, part}, Native) {
  const outcome = {name, settled: [], states: [], messages: [], answers: []}
  const watchers = new Set()
  const changed = () => watchers.forEach((look) => look())
  const {sockets, most, options, left, restore} = counters(Native, changed, part.alone)
  const until = (condition) =>
    new Promise((resolve) => {
      const look = () => condition() && resolve()
      watchers.add(look)
      look()
    })
  const client = connect(({attempt}) => `${url}?attempt=${attempt}`, {
    ...options,
    lint: 'off',
    random: () => 0.5,
    // Longer than a starved engine takes for a good handshake and a good close.
    connectTimeout: 15_000,
    closeTimeout: 5000,
    onReport: () => {},
    ...part.options,
  })
  // Heard, so that nothing need be said aloud.
  client.on('closed', () => {})
  client.on('state', ({name, delay}) => {
    outcome.states.push(name)
    if (name === 'backoff') outcome.delay = delay
    changed()
  })
  client.on('close', ({close, verdict}) => {
    outcome.settled.push({...close, action: verdict.action, name: verdict.name})
    changed()
  })
  client.on('message', (data) => {
    outcome.messages.push(shown(data))
    changed()
  })
  const telling = stories[part.does ?? 'meets']({
    client,
    part,
    outcome,
    opened: () => until(() => client.state.name === 'open'),
    ended: () => until(() => outcome.settled.length > 0),
    received: (count) => until(() => outcome.messages.length >= count),
    made: () => until(() => sockets.length > 0),
  })
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      outcome.late = `after ${limit} ms in ${JSON.stringify(client.state)}`
      resolve()
    }, limit)
  })
  await Promise.race([telling, late])
  await pause(afterwards)
  // Fresh credentials are tried at once: that connection is good.
  if (outcome.settled.at(-1)?.action === 'refresh') await Promise.race([until(() => client.state.name === 'open'), late])
  clearTimeout(timer)
  const ends = outcome.settled.length
  outcome.state = client.state.name
  client.close(4000, 'enough')
  await Promise.race([until(() => ['closed', 'failed'].includes(client.state.name)), pause(6000)])
  await pause(afterwards)
  restore?.()
  return {...outcome, ends, rests: client.state.name, most, left: left()}
}

/**
 * @param given by name: `{url, part}`
 * @param WebSocket absent: the engine's own
 */
export async function playFaults(given, WebSocket = globalThis.WebSocket) {
  const escaped = collectEscapes()
  const outcomes = []
  const work = async (waiting) => {
    for (let next; (next = waiting.shift()); ) outcomes.push(await play(...next, WebSocket))
  }
  const all = Object.entries(given)
  const together = all.filter(([, {part}]) => !part.alone)
  await Promise.all(Array.from({length: crowd}, () => work(together)))
  await work(all.filter(([, {part}]) => part.alone))
  return {outcomes, escaped}
}
