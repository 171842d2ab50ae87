// What happens to a page, and what does the client do in it? A classic script, loaded before closecall.

/** The page was frozen or left, and is not back: no socket may be made. */
let away = false

const seen = []
const made = []
const listening = []

// First of all listeners, so that it is `away` before anybody else knows.
for (const type of ['pagehide', 'freeze', 'pageshow', 'resume', 'visibilitychange', 'online', 'offline']) {
  addEventListener(
    type,
    ({persisted}) => {
      if (type === 'pagehide' || type === 'freeze') away = true
      if (type === 'pageshow' || type === 'resume') away = false
      seen.push(type === 'visibilitychange' ? document.visibilityState : persisted ? `${type}, persisted` : type)
      sessionStorage.seen = JSON.stringify(seen)
    },
    true,
  )
}

const {addEventListener: add, removeEventListener: remove} = EventTarget.prototype

/** What makes two listeners the same. */
const entryOf = (target, type, listener, options) => [target ?? globalThis, type, listener, !!(typeof options === 'object' ? options?.capture : options)]

const indexOf = (entry) => listening.findIndex((other) => other.every((part, index) => part === entry[index]))

EventTarget.prototype.addEventListener = function (...given) {
  const entry = entryOf(this, ...given)
  if (indexOf(entry) < 0) listening.push(entry)
  add.apply(entry[0], given)
}

EventTarget.prototype.removeEventListener = function (...given) {
  const entry = entryOf(this, ...given)
  const index = indexOf(entry)
  if (index >= 0) listening.splice(index, 1)
  remove.apply(entry[0], given)
}

globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    made.push(away ? 'away' : 'here')
    // Survives the page.
    sessionStorage.made = JSON.stringify(made)
    super(...given)
  }
}

const start = (url, options) => {
  const client = globalThis.closecall.connect(url, options)
  const states = []
  const received = []
  client.on('state', (state) => states.push(state))
  client.on('message', (data) => received.push(data))
  return Object.assign(globalThis, {client, states, received})
}

Object.assign(globalThis, {seen, made, listening, start})
