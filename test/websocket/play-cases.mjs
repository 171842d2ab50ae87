// How is a case of the standard run on a class, in a page or in Node?

import {cases} from './standard-cases.mjs'

/** The longest that a case may take, ms. */
const limit = 8000

const shown = (value) => {
  try {
    return typeof value === 'symbol' ? String(value) : (JSON.stringify(value) ?? String(value)).slice(0, 400)
  } catch {
    return String(value)
  }
}

const same = (a, b) =>
  Object.is(a, b) ||
  (Object(a) === a &&
    Object(b) === b &&
    Array.isArray(a) === Array.isArray(b) &&
    (Array.isArray(a) || Object.getPrototypeOf(a) === Object.prototype) &&
    Object.keys(a).length === Object.keys(b).length &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) && same(a[key], b[key])))

/** What a case is given. */
class Tester {
  uncaught = []
  #sockets = []
  #servers

  constructor(WebSocket, servers) {
    this.WebSocket = WebSocket
    this.#servers = servers
    this.nobody = servers.nobody
  }

  url(path) {
    return this.#servers.url + path
  }

  /** Is closed when the case is over. */
  track(socket) {
    this.#sockets.push(socket)
    return socket
  }

  socket(path, ...protocols) {
    return this.track(new this.WebSocket(this.url(path), ...protocols))
  }

  async open(path, ...protocols) {
    const socket = this.socket(path, ...protocols)
    await this.event(socket, 'open')
    return socket
  }

  /** What the server was asked with. */
  async asked(protocols) {
    const socket = this.socket('/asked', protocols)
    const {data} = await this.event(socket, 'message')
    return JSON.parse(data)
  }

  event(socket, type) {
    return new Promise((resolve) => socket.addEventListener(type, resolve, {once: true}))
  }

  /** `readyState` as a listener sees it. */
  at(socket, type, start = () => {}) {
    const seen = new Promise((resolve) => socket.addEventListener(type, () => resolve(socket.readyState), {once: true}))
    start(socket)
    return seen
  }

  /** What an event says of itself while it is told. */
  seen(socket, type) {
    return new Promise((resolve) =>
      socket.addEventListener(
        type,
        (event) => {
          const {bubbles, cancelable, composed, defaultPrevented, returnValue, eventPhase} = event
          const path = event.composedPath()
          const name = ['MessageEvent', 'CloseEvent', 'Event'].find((each) => globalThis[each] && event instanceof globalThis[each])
          resolve({type: event.type, interface: name, target: event.target === socket, currentTarget: event.currentTarget === socket, srcElement: event.srcElement === socket, path: path[0] === socket ? path.length : 0, eventPhase, bubbles, cancelable, composed, defaultPrevented, returnValue})
        },
        {once: true},
      ),
    )
  }

  /** What it tells until the first `close`, and its `readyState` each time. */
  untilClosed(socket) {
    const types = []
    const states = []
    return new Promise((resolve) => {
      for (const type of ['open', 'message', 'error', 'close']) {
        socket.addEventListener(type, (event) => {
          types.push(type)
          states.push(socket.readyState)
          if (type === 'close') resolve({types: [...types], states: [...states], close: event})
        })
      }
    })
  }

  /** Whether one of these events comes, and which; undefined: none did, for so long that it would have. */
  quiet(socket, ...types) {
    return Promise.race([this.wait(500), ...types.map(async (type) => (await this.event(socket, type)).type)])
  }

  /** How many of these events there were, from now on. */
  count(socket, ...types) {
    let told = 0
    for (const type of types) socket.addEventListener(type, () => told++)
    return () => told
  }

  /** The close event of a connection that the server closes as it was asked to. */
  async closes(close) {
    const socket = await this.open('/echo')
    const told = this.event(socket, 'close')
    close(socket)
    return told
  }

  async echo(data) {
    const socket = await this.open('/echo')
    socket.send(data)
    return (await this.event(socket, 'message')).data
  }

  async echoBytes(data, then = () => {}) {
    const socket = await this.open('/echo')
    socket.binaryType = 'arraybuffer'
    socket.send(data)
    then()
    const bytes = (await this.event(socket, 'message')).data
    this.equal(bytes instanceof ArrayBuffer, true, 'bytes came back')
    return [...new Uint8Array(bytes)]
  }

  wait(delay) {
    return new Promise((resolve) => setTimeout(resolve, delay))
  }

  async until(condition) {
    while (!condition()) await this.wait(5)
  }

  /** Errors that nobody caught, once there are so many, or no more come. */
  async reported(count) {
    for (let i = 0; i < 50 && this.uncaught.length < count; i++) await this.wait(5)
    await this.wait(10)
    return this.uncaught.splice(0)
  }

  /** Of an attribute, wherever in the chain of prototypes. */
  descriptor(name) {
    for (let target = this.WebSocket.prototype; target; target = Object.getPrototypeOf(target)) {
      const descriptor = Object.getOwnPropertyDescriptor(target, name)
      if (descriptor) return descriptor
    }
    throw new Error(`there is no ${name}`)
  }

  equal(actual, expected, what) {
    if (!same(actual, expected)) throw new Error(`${what ? `${what}: ` : ''}expected ${shown(expected)}, got ${shown(actual)}`)
  }

  /** @param expected an error, the name of a DOMException, or `TypeError` */
  throws(expected, run) {
    let error
    try {
      const value = run()
      if (value instanceof this.WebSocket) this.track(value)
    } catch (caught) {
      error = caught
    }
    if (error === undefined) throw new Error(`expected ${expected.name ?? expected}, and nothing was thrown`)
    if (expected === error) return
    const isRight = expected === 'TypeError' ? error instanceof TypeError : error instanceof DOMException && error.name === expected
    if (!isRight) throw new Error(`expected ${expected.name ?? expected}, got ${error?.name}: ${error?.message}`)
  }

  /** Until nothing more is told: what a listener throws belongs to this case. */
  async end() {
    for (const socket of this.#sockets) socket.close()
    for (let i = 0; i < 20 && this.#sockets.some(({readyState}) => readyState !== 3); i++) await this.wait(i)
    await this.wait(0)
  }
}

/**
 * Runs the cases one after another.
 *
 * @param {{url: string, nobody: string}} servers
 * @param {(take: (error: unknown) => void) => void} listen hands on errors that nobody caught
 * @param {string[]} [names] of the cases to run; all by default
 * @returns {Promise<Record<string, string>>} by the name of the case: why it failed, or ''
 */
export const playCases = async (WebSocket, servers, listen, {page = true, names} = {}) => {
  let tester
  listen((error) => tester.uncaught.push(error))
  const outcomes = {}
  for (const {name, run, page: needsPage} of cases) {
    if ((needsPage && !page) || (names && !names.includes(name))) continue
    tester = new Tester(WebSocket, servers)
    const t = tester
    let timer
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('it did not come to its end')), limit)))
    try {
      await Promise.race([(async () => run(t))(), late])
      outcomes[name] = t.uncaught.length ? `uncaught: ${t.uncaught.map(String)}` : ''
    } catch (error) {
      outcomes[name] = error?.message || String(error)
    }
    clearTimeout(timer)
    await t.end()
  }
  return outcomes
}
