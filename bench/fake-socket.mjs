// What does a library cost, and not the runtime? A socket that opens, hands on and ends when it is told to.

/** Leaner than Node's own, whose getters cost more than a library does. */
export class Message extends Event {
  constructor(type, init) {
    super(type, init)
    this.data = init.data
  }
}

export class Close extends Event {
  constructor(type, init = {}) {
    super(type, init)
    this.code = init.code ?? 0
    this.reason = init.reason ?? ''
    this.wasClean = init.wasClean ?? false
  }
}

/** A handler attribute is one more listener. [HTML, event handler attributes] */
const attribute = (type) => {
  const field = `handler of ${type}`
  return {
    get() {
      return this[field]
    },
    set(handler) {
      if (this[field]) this.removeEventListener(type, this[field])
      this[field] = handler
      if (handler) this.addEventListener(type, handler)
    },
  }
}

export class FakeSocket extends EventTarget {
  static CONNECTING = 0
  static OPEN = 1
  static CLOSING = 2
  static CLOSED = 3
  /** Those that nobody took yet. */
  static made = []
  readyState = 0
  bufferedAmount = 0
  protocol = ''
  extensions = ''
  binaryType = 'blob'
  /** Characters. */
  taken = 0
  'handler of open' = null
  'handler of error' = null
  'handler of close' = null
  /** The one listener for messages: no dispatch stands between a message and a library. */
  hear = undefined

  constructor(url) {
    super()
    this.url = `${url}`
    new.target.made.push(this)
  }

  get onmessage() {
    return this.hear ?? null
  }

  set onmessage(handler) {
    this.hear = handler ?? undefined
  }

  addEventListener(type, listener, options) {
    if (type === 'message') this.hear = listener
    else super.addEventListener(type, listener, options)
  }

  removeEventListener(type, listener, options) {
    if (type !== 'message') super.removeEventListener(type, listener, options)
    else if (this.hear === listener) this.hear = undefined
  }

  send(data) {
    this.taken += data.length
  }

  close() {
    if (this.readyState < 2) this.readyState = 2
  }

  /** What the other end, or the network, does. */
  open() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  end(code, wasClean = code !== 1006) {
    if (this.readyState === 3) return
    this.readyState = 3
    this.dispatchEvent(new Close('close', {code, wasClean}))
  }
}

for (const type of ['open', 'error', 'close']) Object.defineProperty(FakeSocket.prototype, `on${type}`, attribute(type))
for (const name of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']) Object.defineProperty(FakeSocket.prototype, name, {value: FakeSocket[name]})

/** Before any library is loaded: some look for these only then. */
export const useLeanEvents = () => {
  globalThis.MessageEvent = Message
  globalThis.CloseEvent = Close
}
