// What does the standard ask of a WebSocket? Cases that know no class: they are run on the one that they are given.

/** @type {{section: string, rule: number, name: string, run: (t: any) => unknown, page?: true}[]} */
export const cases = []

export const standards = {
  websockets: 'https://websockets.spec.whatwg.org/',
  dom: 'https://dom.spec.whatwg.org/',
  html: 'https://html.spec.whatwg.org/multipage/',
  webidl: 'https://webidl.spec.whatwg.org/',
}

/** @param section standard and fragment, as `websockets#dom-websocket-close` */
const about = (section, rule) => {
  if (!standards[section.split('#')[0]]) throw new Error(`no such standard: ${section}`)
  const add = (name, run, more) => {
    if (cases.some((each) => each.name === name)) throw new Error(`twice: ${name}`)
    cases.push({section, rule, name, run, ...more})
  }
  return Object.assign(add, {page: (name, run) => add(name, run, {page: true})})
}

const states = {CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3}
const attributes = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol']
const handlers = ['onopen', 'onmessage', 'onerror', 'onclose']

// ---- The interface

let it = about('websockets#the-websocket-interface', 190)

it('is a class that extends EventTarget', (t) => {
  t.equal(typeof t.WebSocket, 'function')
  const socket = t.socket('/echo')
  t.equal(socket instanceof t.WebSocket, true)
  t.equal(socket instanceof EventTarget, true)
})

it('is not called without new', (t) => t.throws('TypeError', () => t.WebSocket(t.url('/echo'))))

it('can be extended', (t) => {
  class Extended extends t.WebSocket {
    get extra() {
      return this.readyState
    }
  }
  const socket = t.track(new Extended(t.url('/echo')))
  t.equal(socket.extra, 0)
  t.equal(socket instanceof Extended, true)
  t.equal(Extended.CLOSED, 3)
})

for (const [name, value] of Object.entries(states)) {
  it(`has ${name} on the class, the prototype and the instance`, (t) => {
    t.equal([t.WebSocket[name], t.WebSocket.prototype[name], t.socket('/echo')[name]], [value, value, value])
  })

  it(`has a ${name} that nobody can write`, (t) => {
    const socket = t.socket('/echo')
    for (const target of [t.WebSocket, t.WebSocket.prototype, socket]) {
      t.throws('TypeError', () => (target[name] = 9))
      t.equal(target[name], value)
    }
  })
}

for (const name of attributes) {
  it(`has \`${name}\` on the prototype, and it can't be set`, (t) => {
    const socket = t.socket('/echo')
    t.equal([name in socket, Object.hasOwn(socket, name)], [true, false])
    const before = socket[name]
    t.throws('TypeError', () => (socket[name] = 'other'))
    t.equal(socket[name], before)
  })
}

it('has methods on the prototype', (t) => {
  const socket = t.socket('/echo')
  for (const name of ['send', 'close', 'addEventListener', 'removeEventListener', 'dispatchEvent']) t.equal([typeof socket[name], Object.hasOwn(socket, name)], ['function', false], name)
})

it('has nothing on the instance', (t) => t.equal(Object.getOwnPropertyNames(t.socket('/echo')), []))

it('is iterated over with its attributes, methods and constants', (t) => {
  const names = []
  for (const name in t.socket('/echo')) names.push(name)
  for (const name of [...attributes, ...handlers, ...Object.keys(states), 'binaryType', 'send', 'close']) t.equal(names.includes(name), true, name)
})

it = about('webidl#js-constants', 190)

it('has constants that are values, enumerable and for ever', (t) => {
  for (const target of [t.WebSocket, t.WebSocket.prototype]) t.equal(Object.getOwnPropertyDescriptor(target, 'OPEN'), {value: 1, writable: false, enumerable: true, configurable: false})
})

it = about('webidl#js-attributes', 190)

for (const name of [...attributes, ...handlers, 'binaryType']) {
  it(`gives no \`${name}\` of what is no WebSocket`, (t) => {
    const {get} = t.descriptor(name)
    for (const other of [t.WebSocket.prototype, {}, new EventTarget()]) t.throws('TypeError', () => get.call(other))
  })
}

it('has accessors that are enumerable', (t) => t.equal(t.descriptor('readyState').enumerable, true))

it = about('webidl#js-operations', 190)

it('closes and sends nothing but a WebSocket', (t) => {
  for (const name of ['close', 'send']) for (const other of [{}, new EventTarget(), undefined]) t.throws('TypeError', () => t.WebSocket.prototype[name].call(other, 1000))
})

it('asks for no more arguments than it needs', (t) => {
  const {prototype} = t.WebSocket
  t.equal([t.WebSocket.length, prototype.close.length, prototype.send.length], [1, 0, 1])
})

it('returns nothing from send() and close()', async (t) => {
  const socket = await t.open('/echo')
  t.equal([socket.send('text'), socket.close()], [undefined, undefined])
})

it = about('webidl#js-interfaces', 190)

it('is called WebSocket by toString()', (t) => {
  t.equal(Object.prototype.toString.call(t.socket('/echo')), '[object WebSocket]')
  t.equal(t.WebSocket.prototype[Symbol.toStringTag], 'WebSocket')
})

it('has a tag that is a value', (t) => t.equal(Object.getOwnPropertyDescriptor(t.WebSocket.prototype, Symbol.toStringTag), {value: 'WebSocket', writable: false, enumerable: false, configurable: true}))

it('is named WebSocket', (t) => t.equal(t.WebSocket.name, 'WebSocket'))

it('has itself as the constructor', (t) => t.equal(t.socket('/echo').constructor, t.WebSocket))

// ---- The constructor

it = about('websockets#dom-websocket-websocket', 191)

it('asks for a URL', (t) => t.throws('TypeError', () => new t.WebSocket()))

it('takes an absolute ws: URL', (t) => t.equal(t.socket('/echo').url, t.url('/echo')))

it('takes a URL object', (t) => t.equal(t.track(new t.WebSocket(new URL(t.url('/echo?a=b')))).url, t.url('/echo?a=b')))

it('takes what has a toString()', (t) => t.equal(t.track(new t.WebSocket({toString: () => t.url('/echo')})).url, t.url('/echo')))

it('throws what the URL throws as it is made a string', (t) => {
  const error = new Error('ours')
  t.throws(error, () => new t.WebSocket({toString: () => {
    throw error
  }}))
})

it('takes no symbol for a URL', (t) => t.throws('TypeError', () => new t.WebSocket(Symbol('url'))))

it('takes http: for ws:', (t) => t.equal(t.track(new t.WebSocket(t.url('/echo').replace('ws:', 'http:'))).url, t.url('/echo')))

it('takes https: for wss:', (t) => t.equal(t.track(new t.WebSocket('https://127.0.0.1:9/x')).url, 'wss://127.0.0.1:9/x'))

it('takes schemes in any case', (t) => t.equal(t.track(new t.WebSocket(t.url('/echo').replace('ws:', 'Ws:'))).url, t.url('/echo')))

for (const url of ['ftp://127.0.0.1/', 'file:///etc', 'mailto:a@example.test', 'about:blank', 'data:text/plain,a', 'javascript:void(0)', 'blob:http://127.0.0.1/a', 'wsss://127.0.0.1/', 'x:y']) {
  it(`refuses the scheme of ${url}`, (t) => t.throws('SyntaxError', () => new t.WebSocket(url)))
}

for (const url of ['ws://', 'ws:', 'wss://:80', 'ws://foo bar', 'ws://a:b:c/', 'ws://127.0.0.1:99999', 'ws://127.0.0.1:x/', 'http://[::1', 'ws://%', 'ws://a^b/', 'ws://1.2.3.4.5/', 'ws://256.0.0.1/']) {
  it(`refuses what is no URL: ${url}`, (t) => t.throws('SyntaxError', () => new t.WebSocket(url)))
}

for (const fragment of ['#', '#fragment', '#%20', '?query#', '?#']) {
  it(`refuses a fragment: ${fragment}`, (t) => t.throws('SyntaxError', () => new t.WebSocket(t.url(`/echo${fragment}`))))
}

it('takes an escaped number sign', (t) => t.equal(t.socket('/echo?%23').url, t.url('/echo?%23')))

it.page('refuses a relative URL with a fragment', (t) => {
  t.throws('SyntaxError', () => new t.WebSocket('#'))
  t.throws('SyntaxError', () => new t.WebSocket('/echo#a'))
})

it.page('takes a URL relative to the page', async (t) => {
  const socket = t.track(new t.WebSocket('/echo?relative'))
  t.equal(socket.url, t.url('/echo?relative'))
  await t.event(socket, 'open')
})

it.page('takes a URL relative to the base of the page', (t) => {
  const base = Object.assign(document.createElement('base'), {href: '/folder/'})
  document.head.append(base)
  try {
    t.equal(t.track(new t.WebSocket('echo')).url, t.url('/folder/echo'))
  } finally {
    base.remove()
  }
})

it.page('takes the empty string, null and undefined as relative URLs', (t) => {
  const {pathname, search} = location
  t.equal(t.track(new t.WebSocket('')).url, t.url(pathname + search))
  t.equal(t.track(new t.WebSocket(null)).url, t.url('/null'))
  t.equal(t.track(new t.WebSocket(undefined)).url, t.url('/undefined'))
})

it.page('takes a list for the string that it makes', (t) => t.equal(t.track(new t.WebSocket(['a', 'b'])).url, t.url('/a,b')))

it.page('takes a function for the string that it makes', (t) => t.equal(t.track(new t.WebSocket(Object.assign(() => 'x', {toString: () => '/f'}))).url, t.url('/f')))

it('leaves more arguments alone', (t) => {
  t.track(new t.WebSocket(t.url('/echo'), [], null))
  t.track(new t.WebSocket(t.url('/echo'), [], {headers: {a: 'b'}}))
})

it('converts its arguments in order', (t) => {
  const order = []
  t.throws('SyntaxError', () => new t.WebSocket({toString: () => (order.push('url'), 'ftp:x')}, {toString: () => (order.push('protocols'), 'a')}))
  t.equal(order, ['url', 'protocols'])
})

it = about('websockets#dom-websocket-url', 191)

for (const [given, expected] of [
  ['ws://example.test', 'ws://example.test/'],
  ['ws://EXAMPLE.test/A', 'ws://example.test/A'],
  ['ws://example.test:80/', 'ws://example.test/'],
  ['wss://example.test:443/', 'wss://example.test/'],
  ['https://example.test:443/', 'wss://example.test/'],
  ['ws://example.test:443/', 'ws://example.test:443/'],
  ['ws://example.test/a/../b/./c', 'ws://example.test/b/c'],
  ['ws://example.test/ü?ü', 'ws://example.test/%C3%BC?%C3%BC'],
  ['ws://example.test/a b', 'ws://example.test/a%20b'],
  ['  ws://example.test/\n', 'ws://example.test/'],
  ['ws:\\\\example.test\\a', 'ws://example.test/a'],
  ['ws://bücher.test/', 'ws://xn--bcher-kva.test/'],
  ['ws://example.test/?', 'ws://example.test/?'],
  ['ws://example.test/\uD800', 'ws://example.test/%EF%BF%BD'],
  ['ws://0x7f.1/', 'ws://127.0.0.1/'],
]) {
  it(`serialises ${JSON.stringify(given)}`, (t) => t.equal(t.track(new t.WebSocket(given)).url, expected))
}

it('keeps `url` after close()', async (t) => {
  const socket = await t.open('/echo?kept')
  socket.close()
  await t.event(socket, 'close')
  t.equal(socket.url, t.url('/echo?kept'))
})

it = about('websockets#dom-websocket-protocol', 191)

it('has no protocol before it is open', (t) => t.equal(t.socket('/protocol', 'a').protocol, ''))

it('offers a protocol that is a string', async (t) => t.equal((await t.open('/protocol', 'chat')).protocol, 'chat'))

it('offers protocols in a list, of which the server chooses one', async (t) => {
  const socket = await t.open('/protocol?pick=b', ['a', 'b', 'c'])
  t.equal(socket.protocol, 'b')
})

it('has the protocol in the `open` listener', async (t) => {
  const socket = t.socket('/protocol', 'chat')
  t.equal(await new Promise((resolve) => socket.addEventListener('open', () => resolve(socket.protocol))), 'chat')
})

it('keeps `protocol` after close()', async (t) => {
  const socket = await t.open('/protocol', 'chat')
  socket.close()
  await t.event(socket, 'close')
  t.equal(socket.protocol, 'chat')
})

it('offers none for an empty list', async (t) => t.equal((await t.asked([])).protocols, null))

it('offers none where none is given', async (t) => t.equal((await t.asked(undefined)).protocols, null))

it('offers them in the order that they were given in', async (t) => t.equal((await t.asked(['b', 'a', 'c'])).protocols, 'b, a, c'))

it('takes two that differ by case', async (t) => t.equal((await t.asked(['a', 'A'])).protocols, 'a, A'))

it('takes every character that a token may have', async (t) => {
  const token = "!#$%&'*+-.^_`|~09azAZ"
  t.equal((await t.asked(token)).protocols, token)
})

it = about('websockets#dom-websocket-websocket', 191)

for (const [what, protocols] of [
  ['a list of two that are the same', ['a', 'a']],
  ['a list of two that are the same, with another between', ['a', 'b', 'a']],
  ['an empty string', ''],
  ['an empty string in a list', ['a', '']],
  ...['a,b', 'a, b', 'a b', 'a\tb', 'a\u00e9', '\u3042', 'a\u0000', 'a\u007f', 'a\r\nb', 'a/b', 'a:b', 'a;b', 'a=b', 'a?b', 'a@b', '(a)', '<a>', '[a]', '{a}', '"a"', 'a\\b', '\uD800'].map((name) => [JSON.stringify(name), name]),
]) {
  it(`refuses as protocols ${what}`, (t) => t.throws('SyntaxError', () => new t.WebSocket(t.url('/echo'), protocols)))
}

it('refuses the URL before the protocols', (t) => t.throws('SyntaxError', () => new t.WebSocket('ftp:x', ['a', 'a'])))

it = about('webidl#js-union', 191)

it('makes null a protocol', async (t) => t.equal((await t.asked(null)).protocols, 'null'))

it('makes a number, a boolean and a plain object a protocol', async (t) => {
  t.equal((await t.asked(5)).protocols, '5')
  t.equal((await t.asked(true)).protocols, 'true')
  t.equal((await t.asked({toString: () => 'x'})).protocols, 'x')
  t.throws('SyntaxError', () => new t.WebSocket(t.url('/echo'), {}))
})

it('takes a set of protocols', async (t) => t.equal((await t.asked(new Set(['a', 'b']))).protocols, 'a, b'))

it('takes what a generator yields', async (t) => t.equal((await t.asked((function* () {
  yield 'a'
  yield 'b'
})())).protocols, 'a, b'))

it('takes a String object for a list of its characters', async (t) => t.equal((await t.asked(new String('ab'))).protocols, 'a, b'))

it('takes any object with Symbol.iterator for a list', async (t) => t.equal((await t.asked({[Symbol.iterator]: () => ['a', 'b'][Symbol.iterator](), toString: () => 'x'})).protocols, 'a, b'))

it('takes an object whose Symbol.iterator is null for a string', async (t) => t.equal((await t.asked({[Symbol.iterator]: null, toString: () => 'x'})).protocols, 'x'))

it('takes no object whose Symbol.iterator is no function', (t) => t.throws('TypeError', () => new t.WebSocket(t.url('/echo'), {[Symbol.iterator]: 5, toString: () => 'x'})))

it('makes strings of what is in the list', async (t) => t.equal((await t.asked([1, null, {toString: () => 'x'}])).protocols, '1, null, x'))

it('makes strings before it looks for duplicates', (t) => t.throws('SyntaxError', () => new t.WebSocket(t.url('/echo'), [1, '1'])))

it('takes no symbol for a protocol', (t) => {
  t.throws('TypeError', () => new t.WebSocket(t.url('/echo'), Symbol('a')))
  t.throws('TypeError', () => new t.WebSocket(t.url('/echo'), [Symbol('a')]))
})

it('throws what an iterator throws', (t) => {
  const error = new Error('ours')
  t.throws(error, () => new t.WebSocket(t.url('/echo'), {[Symbol.iterator]() {
    throw error
  }}))
})

it('takes a function for the string that it makes, as protocols', (t) => t.throws('SyntaxError', () => new t.WebSocket(t.url('/echo'), () => 'a')))

it('copies the list', async (t) => {
  const list = ['a']
  const socket = t.socket('/asked', list)
  list[0] = 'b'
  t.equal(JSON.parse((await t.event(socket, 'message')).data).protocols, 'a')
})

it = about('websockets#websocket-protocol', 192)

it('fails the connection when the server chooses a protocol that was not offered', async (t) => {
  const {types, close} = await t.untilClosed(t.socket('/protocol?pick=other', ['a', 'b']))
  t.equal([...types, close.code, close.wasClean], ['error', 'close', 1006, false])
})

it('fails the connection when the server chooses a protocol and none was offered', async (t) => t.equal((await t.untilClosed(t.socket('/protocol?pick=other'))).types, ['error', 'close']))

it('fails the connection when the server chooses a protocol of another case', async (t) => t.equal((await t.untilClosed(t.socket('/protocol?pick=A', 'a'))).types, ['error', 'close']))

it('fails the connection when the server chooses none of those that were offered', async (t) => t.equal((await t.untilClosed(t.socket('/protocol?pick=', 'a'))).types, ['error', 'close']))

it = about('websockets#dom-websocket-extensions', 190)

it('has no extensions before it is open', (t) => t.equal(t.socket('/echo').extensions, ''))

it('has no extensions where the server has none', async (t) => t.equal((await t.open('/echo')).extensions, ''))

it('has those that were negotiated', async (t) => t.equal((await t.open('/deflate')).extensions.startsWith('permessage-deflate'), true))

// ---- readyState

it = about('websockets#dom-websocket-readystate', 192)

it('is CONNECTING at first', async (t) => {
  const socket = t.socket('/echo')
  t.equal(socket.readyState, 0)
  await undefined
  t.equal(socket.readyState, 0)
})

it('is OPEN in the `open` listener, and after it', async (t) => {
  const socket = t.socket('/echo')
  t.equal(await t.at(socket, 'open'), 1)
  t.equal(socket.readyState, 1)
})

it('is OPEN in the `message` listener', async (t) => {
  const socket = await t.open('/echo')
  socket.send('text')
  t.equal(await t.at(socket, 'message'), 1)
})

it('is CLOSING after close()', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  t.equal(socket.readyState, 2)
  await undefined
  t.equal(socket.readyState, 2)
})

it('is CLOSED in the `close` listener after close(), and after it', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  t.equal(await t.at(socket, 'close'), 3)
  t.equal(socket.readyState, 3)
})

it('is CLOSED in the `close` listener when the server closed with 1000', async (t) => t.equal(await t.at(await t.open('/closes-when-told?code=1000'), 'close', (socket) => socket.send('now')), 3))

it('is CLOSED in the `close` listener when the server closed with 4000', async (t) => t.equal(await t.at(await t.open('/closes-when-told?code=4000'), 'close', (socket) => socket.send('now')), 3))

it('is CLOSED in the `close` listener when the connection was cut', async (t) => t.equal(await t.at(await t.open('/drops-when-told'), 'close', (socket) => socket.send('now')), 3))

it('is CLOSED in the `error` listener when nobody answers', async (t) => t.equal(await t.at(t.socket('/refuses'), 'error'), 3))

it('is CLOSED in the `close` listener when nobody answers', async (t) => t.equal(await t.at(t.socket('/refuses'), 'close'), 3))

it('stays CLOSED', async (t) => {
  const socket = await t.open('/closes-when-told?code=4000')
  socket.send('now')
  await t.event(socket, 'close')
  await t.quiet(socket, 'open')
  t.equal(socket.readyState, 3)
})

it('stays CLOSED after close()', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  await t.event(socket, 'close')
  await t.wait(100)
  t.equal(socket.readyState, 3)
})

// ---- close()

it = about('websockets#dom-websocket-close', 194)

for (const code of [0, 500, 999, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1012, 1013, 1014, 1015, 1016, 2000, 2999, 5000, 65_535]) {
  it(`throws for the code ${code}`, async (t) => {
    const socket = await t.open('/echo')
    t.throws('InvalidAccessError', () => socket.close(code))
    t.equal(socket.readyState, 1)
  })
}

for (const code of [1000, 3000, 3999, 4000, 4999]) {
  it(`closes with ${code}`, async (t) => {
    const {code: told, reason, wasClean} = await t.closes((socket) => socket.close(code, 'words'))
    t.equal([told, reason, wasClean], [code, 'words', true])
  })
}

it('closes without a code: 1005', async (t) => {
  const {code, reason, wasClean} = await t.closes((socket) => socket.close())
  t.equal([code, reason, wasClean], [1005, '', true])
})

it('takes undefined for no code', async (t) => t.equal((await t.closes((socket) => socket.close(undefined))).code, 1005))

it('takes undefined for no code and no reason', async (t) => {
  const {code, reason} = await t.closes((socket) => socket.close(undefined, undefined))
  t.equal([code, reason], [1005, ''])
})

it('takes a reason without a code', async (t) => {
  // What is sent then, the standard does not say.
  const {code, reason, wasClean} = await t.closes((socket) => socket.close(undefined, 'words'))
  t.equal([code === 1000 ? [1000, 'words'] : [1005, ''], wasClean], [[code, reason], true])
})

it('says no code where the reason is empty and no code is given', async (t) => t.equal((await t.closes((socket) => socket.close(undefined, ''))).code, 1005))

it('takes undefined for an empty reason', async (t) => {
  const {code, reason} = await t.closes((socket) => socket.close(3000, undefined))
  t.equal([code, reason], [3000, ''])
})

it('makes a string of the reason', async (t) => {
  t.equal((await t.closes((socket) => socket.close(3000, null))).reason, 'null')
  t.equal((await t.closes((socket) => socket.close(3000, {toString: () => 'ours'}))).reason, 'ours')
})

it('takes no symbol for a reason', async (t) => {
  const socket = await t.open('/echo')
  t.throws('TypeError', () => socket.close(1000, Symbol('a')))
  t.equal(socket.readyState, 1)
})

it('takes a reason of 123 bytes', async (t) => {
  t.equal((await t.closes((socket) => socket.close(1000, 'a'.repeat(123)))).reason.length, 123)
  t.equal((await t.closes((socket) => socket.close(1000, 'ü'.repeat(61)))).reason, 'ü'.repeat(61))
})

it('throws for a reason of more than 123 bytes in UTF-8', async (t) => {
  const socket = await t.open('/echo')
  for (const reason of ['a'.repeat(124), 'ü'.repeat(62), '€'.repeat(42), '🎈'.repeat(31), '\uD800'.repeat(42)]) t.throws('SyntaxError', () => socket.close(1000, reason))
  t.throws('SyntaxError', () => socket.close(undefined, 'a'.repeat(124)))
  t.equal(socket.readyState, 1)
})

it('checks the code before the length of the reason', async (t) => {
  const socket = await t.open('/echo')
  t.throws('InvalidAccessError', () => socket.close(999, 'a'.repeat(124)))
})

it('makes U+FFFD of half a surrogate pair in the reason', async (t) => t.equal((await t.closes((socket) => socket.close(1000, 'a\uD800b'))).reason, 'a\uFFFDb'))

it('sends a reason beyond ASCII', async (t) => t.equal((await t.closes((socket) => socket.close(1000, 'grüße 🎈'))).reason, 'grüße 🎈'))

it('does nothing the second time', async (t) => {
  const {code, reason} = await t.closes((socket) => {
    socket.close(3000, 'first')
    socket.close(4000, 'second')
    t.equal(socket.readyState, 2)
  })
  t.equal([code, reason], [3000, 'first'])
})

it('checks its arguments the second time, too', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  t.throws('InvalidAccessError', () => socket.close(999))
  t.throws('SyntaxError', () => socket.close(1000, 'a'.repeat(124)))
})

it('does nothing, and checks its arguments, when it is CLOSED', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  await t.event(socket, 'close')
  socket.close()
  t.throws('InvalidAccessError', () => socket.close(999))
  t.equal(socket.readyState, 3)
})

it('can be called in the `close` listener', async (t) => {
  const socket = await t.open('/echo')
  const told = t.count(socket, 'close')
  socket.addEventListener('close', () => socket.close())
  socket.close()
  await t.event(socket, 'close')
  await t.wait(50)
  t.equal(told(), 1)
})

it('can be called in the `open` listener', async (t) => {
  const socket = t.socket('/echo')
  socket.addEventListener('open', () => socket.close(3000, 'at once'))
  const {types, close} = await t.untilClosed(socket)
  t.equal([...types, close.code, close.reason, close.wasClean], ['open', 'close', 3000, 'at once', true])
})

it('can be called in the `message` listener: no more messages are told', async (t) => {
  const socket = t.socket('/says?one&two&three')
  socket.addEventListener('message', () => socket.close())
  t.equal((await t.untilClosed(socket)).types, ['open', 'message', 'close'])
})

it('is CLOSING, and tells nothing yet, when it is closed while it is CONNECTING', async (t) => {
  const socket = t.socket('/echo')
  const told = t.count(socket, 'error', 'close')
  socket.close()
  t.equal([socket.readyState, told()], [2, 0])
  await t.event(socket, 'close')
})

it('fails the connection when it is closed while it is CONNECTING: error, then close with 1006', async (t) => {
  const socket = t.socket('/echo')
  socket.close(3000, 'words')
  const {types, close, states} = await t.untilClosed(socket)
  t.equal([...types, close.code, close.reason, close.wasClean], ['error', 'close', 1006, '', false])
  t.equal(states, [3, 3])
})

it('hears listeners that were added after close()', async (t) => {
  const socket = t.socket('/echo')
  socket.close()
  t.equal((await t.untilClosed(socket)).types, ['error', 'close'])
})

it('tells of a close() while CONNECTING in a task of its own', async (t) => {
  const socket = t.socket('/echo')
  const told = t.count(socket, 'error', 'close')
  socket.close()
  for (let i = 0; i < 20; i++) await undefined
  t.equal([socket.readyState, told()], [2, 0])
  await t.event(socket, 'close')
})

it('fails the connection when it is closed while the server makes it wait', async (t) => {
  const socket = t.socket('/hangs')
  await t.wait(50)
  socket.close()
  t.equal(socket.readyState, 2)
  t.equal((await t.untilClosed(socket)).types, ['error', 'close'])
})

it('checks its arguments while it is CONNECTING', (t) => {
  const socket = t.socket('/echo')
  t.throws('InvalidAccessError', () => socket.close(999))
  t.throws('SyntaxError', () => socket.close(1000, 'a'.repeat(124)))
  t.equal(socket.readyState, 0)
})

it('never opens when it was closed while it was CONNECTING', async (t) => {
  const socket = t.socket('/echo')
  const told = t.count(socket, 'open')
  socket.close()
  await t.event(socket, 'close')
  await t.wait(100)
  t.equal(told(), 0)
})

it('sends what was sent before close()', async (t) => {
  const socket = await t.open('/tells-when-closed')
  socket.send('before')
  socket.close(3000)
  t.equal((await t.event(socket, 'close')).reason, 'before')
})

it('sends nothing after close()', async (t) => {
  const socket = await t.open('/tells-when-closed')
  socket.send('before')
  socket.close(3000)
  socket.send('after')
  t.equal((await t.event(socket, 'close')).reason, 'before')
})

it = about('webidl#Clamp', 194)

for (const [what, given] of [['NaN', NaN], ['null', null], ['-1', -1], ['-Infinity', -Infinity], ['Infinity', Infinity], ['2**16 + 1000', 66_536], ['true', true], ['"words"', 'words'], ['an object', {}], ['999.4', 999.4], ['1000.6', 1000.6], ['2999.4', 2999.4], ['4999.5', 4999.5], ['""', '']]) {
  it(`throws for ${what} as a code`, async (t) => {
    const socket = await t.open('/echo')
    t.throws('InvalidAccessError', () => socket.close(given))
    t.equal(socket.readyState, 1)
  })
}

for (const [what, given, code] of [['"1000"', '1000', 1000], ['"  3000 "', '  3000 ', 3000], ['"0xBB8"', '0xBB8', 3000], ['999.5', 999.5, 1000], ['1000.4', 1000.4, 1000], ['1000.5', 1000.5, 1000], ['2999.5', 2999.5, 3000], ['2999.6', 2999.6, 3000], ['3000.5', 3000.5, 3000], ['3001.5', 3001.5, 3002], ['4999.4', 4999.4, 4999], ['an object with valueOf()', {valueOf: () => 3000}, 3000], ['[3000]', [3000], 3000]]) {
  it(`makes ${code} of ${what}`, async (t) => t.equal((await t.closes((socket) => socket.close(given))).code, code))
}

it('takes no symbol and no BigInt for a code', async (t) => {
  const socket = await t.open('/echo')
  t.throws('TypeError', () => socket.close(Symbol('a')))
  t.throws('TypeError', () => socket.close(1000n))
  t.equal(socket.readyState, 1)
})

it('converts the code, then the reason, then checks', async (t) => {
  const socket = await t.open('/echo')
  const order = []
  t.throws('InvalidAccessError', () => socket.close({valueOf: () => (order.push('code'), 999)}, {toString: () => (order.push('reason'), 'a'.repeat(124))}))
  t.equal(order, ['code', 'reason'])
})

// ---- send()

it = about('websockets#dom-websocket-send', 193)

it('asks for data', async (t) => {
  const socket = await t.open('/echo')
  t.throws('TypeError', () => socket.send())
})

it('throws while it is CONNECTING', (t) => {
  const socket = t.socket('/echo')
  t.throws('InvalidStateError', () => socket.send('text'))
})

it('asks for data while it is CONNECTING, too', (t) => {
  const socket = t.socket('/echo')
  t.throws('TypeError', () => socket.send())
})

it('throws nothing while it is CLOSING, and when it is CLOSED', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  t.equal(socket.send('text'), undefined)
  await t.event(socket, 'close')
  for (const data of ['text', new ArrayBuffer(1), new Uint8Array(1), new Blob(['a']), null]) t.equal(socket.send(data), undefined)
})

it('asks for data when it is CLOSED, too', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  t.throws('TypeError', () => socket.send())
  await t.event(socket, 'close')
  t.throws('TypeError', () => socket.send())
})

for (const [what, data] of [['a text', 'text'], ['an empty text', ''], ['a text beyond ASCII', 'grüße 🎈 \u0000\uFEFF'], ['a text of 64 KiB', 'x'.repeat(65_536)], ['a text of 1 MiB', 'ü'.repeat(524_288)]]) {
  it(`sends ${what}`, async (t) => t.equal(await t.echo(data), data))
}

it('makes U+FFFD of half a surrogate pair', async (t) => {
  t.equal(await t.echo('a\uD800b'), 'a\uFFFDb')
  t.equal(await t.echo('\uDC00\uD800'), '\uFFFD\uFFFD')
})

for (const [what, data, text] of [['null', null, 'null'], ['undefined', undefined, 'undefined'], ['a number', 1.5, '1.5'], ['a boolean', true, 'true'], ['a BigInt', 5n, '5'], ['a plain object', {}, '[object Object]'], ['a list', [1, 'a'], '1,a'], ['an object with toString()', {toString: () => 'ours'}, 'ours'], ['a String object', new String('ours'), 'ours'], ['an object that looks like bytes', {byteLength: 1, slice: () => 1}, '[object Object]'], ['an object that looks like a Blob', {size: 1, type: '', slice: () => 1}, '[object Object]']]) {
  it(`makes a text of ${what}`, async (t) => t.equal(await t.echo(data), text))
}

it('takes no symbol, in any state', async (t) => {
  const socket = t.socket('/echo')
  t.throws('TypeError', () => socket.send(Symbol('a')))
  await t.event(socket, 'open')
  t.throws('TypeError', () => socket.send(Symbol('a')))
  socket.close()
  t.throws('TypeError', () => socket.send(Symbol('a')))
})

it('throws what the data throws as it is made a string', async (t) => {
  const socket = await t.open('/echo')
  const error = new Error('ours')
  t.throws(error, () => socket.send({toString: () => {
    throw error
  }}))
})

it('makes a string of the data once', async (t) => {
  let times = 0
  t.equal(await t.echo({toString: () => `${++times}`}), '1')
  t.equal(times, 1)
})

const twelve = Uint8Array.from({length: 12}, (_, i) => 255 - i)

it('sends an ArrayBuffer', async (t) => t.equal(await t.echoBytes(twelve.slice().buffer), [...twelve]))

it('sends an empty ArrayBuffer, view and Blob', async (t) => {
  for (const data of [new ArrayBuffer(0), new Uint8Array(), new Blob([])]) t.equal(await t.echoBytes(data), [])
})

for (const [name, bytes] of [['Int8Array', 1], ['Uint8Array', 1], ['Uint8ClampedArray', 1], ['Int16Array', 2], ['Uint16Array', 2], ['Int32Array', 4], ['Uint32Array', 4], ['Float32Array', 4], ['DataView', 1], ['BigInt64Array', 8], ['BigUint64Array', 8], ['Float64Array', 8]]) {
  it(`sends a ${name}, and of its buffer nothing else`, async (t) => {
    const {buffer} = Uint8Array.from({length: 32}, (_, i) => i + 100)
    t.equal(await t.echoBytes(new globalThis[name](buffer, 8, 8 / bytes)), [108, 109, 110, 111, 112, 113, 114, 115])
  })
}

it('sends a Blob', async (t) => t.equal(await t.echoBytes(new Blob([twelve, 'ab'])), [...twelve, 97, 98]))

it('sends a slice of a Blob', async (t) => t.equal(await t.echoBytes(new Blob([twelve]).slice(2, 4)), [253, 252]))

it('sends a File', async (t) => t.equal(await t.echoBytes(new File(['ab'], 'name')), [97, 98]))

it('sends bytes as they are when it is called', async (t) => {
  const bytes = Uint8Array.of(1, 2)
  t.equal(await t.echoBytes(bytes, () => bytes.fill(9)), [1, 2])
  const view = Uint8Array.of(1, 2)
  t.equal(await t.echoBytes(view.buffer, () => view.fill(9)), [1, 2])
})

it('keeps the order of texts, bytes and Blobs', async (t) => {
  const socket = await t.open('/echo')
  socket.binaryType = 'arraybuffer'
  const told = []
  const all = new Promise((resolve) => socket.addEventListener('message', ({data}) => told.push(typeof data === 'string' ? data : new Uint8Array(data)[0]) === 5 && resolve()))
  for (const data of ['a', new Blob([Uint8Array.of(1)]), 'b', Uint8Array.of(2), 'c']) socket.send(data)
  await all
  t.equal(told, ['a', 1, 'b', 2, 'c'])
})

it.page('takes no SharedArrayBuffer, and no view on one', async (t) => {
  const socket = await t.open('/echo')
  const shared = new SharedArrayBuffer(4)
  t.throws('TypeError', () => socket.send(shared))
  t.throws('TypeError', () => socket.send(new Uint8Array(shared)))
})

it.page('takes no view on a SharedArrayBuffer, also when it is CLOSED', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  await t.event(socket, 'close')
  t.throws('TypeError', () => socket.send(new Uint8Array(new SharedArrayBuffer(4))))
})

it = about('websockets#dom-websocket-bufferedamount', 193)

it('has nothing buffered at first', async (t) => {
  const socket = t.socket('/echo')
  t.equal(socket.bufferedAmount, 0)
  await t.event(socket, 'open')
  t.equal(socket.bufferedAmount, 0)
})

for (const [what, data, bytes] of [['a text', 'text', 4], ['a text beyond ASCII, in UTF-8', 'ü€🎈', 9], ['half a surrogate pair, as what is sent for it', '\uD800', 3], ['an ArrayBuffer', new ArrayBuffer(10), 10], ['a view', new Uint8Array(new ArrayBuffer(10), 2, 3), 3], ['a Blob', new Blob(['grüße']), 7], ['what is made a text', null, 4], ['nothing', '', 0]]) {
  it(`counts ${what} at once`, async (t) => {
    const socket = await t.open('/echo')
    socket.send(data)
    t.equal(socket.bufferedAmount, bytes)
  })
}

it('adds up what is sent', async (t) => {
  const socket = await t.open('/echo')
  socket.send('abc')
  socket.send(new Uint8Array(4))
  socket.send(new Blob(['12345']))
  t.equal(socket.bufferedAmount, 12)
})

it('has nothing buffered once that has left', async (t) => {
  const socket = await t.open('/echo')
  socket.send('x'.repeat(100_000))
  await t.event(socket, 'message')
  await t.until(() => socket.bufferedAmount === 0)
})

it('counts what is sent after close()', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  socket.send('ü')
  t.equal(socket.bufferedAmount, 2)
  await t.event(socket, 'close')
  t.equal(socket.bufferedAmount, 2)
  socket.send(new Uint8Array(3))
  socket.send(new Blob(['1234']))
  socket.send(new DataView(new ArrayBuffer(8), 2, 5))
  socket.send(null)
  t.equal(socket.bufferedAmount, 18)
})

it('counts what is sent after a close() while CONNECTING', (t) => {
  const socket = t.socket('/echo')
  socket.close()
  socket.send('ü')
  t.equal(socket.bufferedAmount, 2)
})

it('does not forget what was buffered when the connection is lost', async (t) => {
  const socket = await t.open('/closes-when-told?code=4000')
  socket.send('now')
  await t.event(socket, 'close')
  socket.send('more')
  t.equal(socket.bufferedAmount, 4)
  await t.quiet(socket, 'open')
  for (let i = 0; i < 20 && socket.bufferedAmount; i++) await t.wait(5)
  t.equal(socket.bufferedAmount, 4)
})

it('counts what the end of the connection left behind', async (t) => {
  const socket = await t.open('/reads-nothing')
  for (let i = 0; i < 200; i++) socket.send('x'.repeat(100_000))
  await t.event(socket, 'close')
  t.equal(socket.bufferedAmount > 0, true)
})

// ---- binaryType

it = about('websockets#dom-websocket-binarytype', 190)

it("is 'blob' at first", async (t) => {
  const socket = t.socket('/echo')
  t.equal(socket.binaryType, 'blob')
  await t.event(socket, 'open')
  t.equal(socket.binaryType, 'blob')
})

it('can be set before it is open, and after it is closed', async (t) => {
  const socket = t.socket('/echo')
  socket.binaryType = 'arraybuffer'
  t.equal(socket.binaryType, 'arraybuffer')
  await t.event(socket, 'open')
  t.equal(socket.binaryType, 'arraybuffer')
  socket.close()
  await t.event(socket, 'close')
  socket.binaryType = 'blob'
  t.equal(socket.binaryType, 'blob')
})

it('ignores what is neither', (t) => {
  const socket = t.socket('/echo')
  for (const type of ['', 'Blob', 'ARRAYBUFFER', 'nodebuffer', 'fragments', 'notBlobOrArrayBuffer', null, undefined, 5, {}]) {
    socket.binaryType = type
    t.equal(socket.binaryType, 'blob')
  }
})

it('makes a string of what it is set to', (t) => {
  const socket = t.socket('/echo')
  socket.binaryType = new String('arraybuffer')
  t.equal(socket.binaryType, 'arraybuffer')
  socket.binaryType = {toString: () => 'blob'}
  t.equal(socket.binaryType, 'blob')
  t.throws('TypeError', () => (socket.binaryType = Symbol('blob')))
})

it('gives a Blob by default', async (t) => {
  const socket = await t.open('/echo')
  socket.send(twelve)
  const {data} = await t.event(socket, 'message')
  t.equal([data instanceof Blob, data.size, data.type], [true, 12, ''])
  t.equal([...new Uint8Array(await data.arrayBuffer())], [...twelve])
})

it('gives an ArrayBuffer where that was chosen before it was open', async (t) => {
  const socket = t.socket('/echo')
  socket.binaryType = 'arraybuffer'
  await t.event(socket, 'open')
  socket.send(twelve)
  const {data} = await t.event(socket, 'message')
  t.equal([data instanceof ArrayBuffer, ...new Uint8Array(data)], [true, ...twelve])
})

it('takes effect for the next message', async (t) => {
  const socket = await t.open('/echo')
  const kinds = []
  for (const type of ['arraybuffer', 'blob', 'arraybuffer']) {
    socket.binaryType = type
    socket.send(twelve)
    kinds.push((await t.event(socket, 'message')).data.constructor.name)
  }
  t.equal(kinds, ['ArrayBuffer', 'Blob', 'ArrayBuffer'])
})

it('changes nothing about texts', async (t) => {
  const socket = await t.open('/echo')
  socket.binaryType = 'arraybuffer'
  socket.send('text')
  t.equal((await t.event(socket, 'message')).data, 'text')
})

// ---- Event handlers

it = about('html#event-handler-attributes', 195)

for (const name of handlers) {
  it(`has \`${name}\` that is null at first, keeps functions and objects, and makes null of the rest`, (t) => {
    const socket = t.socket('/hangs')
    t.equal(socket[name], null)
    const handler = () => {}
    for (const value of [handler, {handleEvent() {}}, [], /a/]) {
      socket[name] = value
      t.equal(socket[name] === value, true)
    }
    for (const value of [undefined, null, 5, 'text', true, Symbol('a'), 5n]) {
      socket[name] = handler
      socket[name] = value
      t.equal(socket[name], null)
    }
  })

  const type = name.slice(2)

  it(`calls \`${name}\` with the socket as this, and with the event`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket[name] = function (...given) {
      told.push(this === socket, given.length, given[0].type, given[0].currentTarget === socket)
    }
    socket.dispatchEvent(new Event(type))
    t.equal(told, [true, 1, type, true])
  })

  it(`calls the last \`${name}\` only, and none once it is null`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket[name] = () => told.push('first')
    socket[name] = () => told.push('second')
    socket.dispatchEvent(new Event(type))
    socket[name] = null
    socket.dispatchEvent(new Event(type))
    t.equal(told, ['second'])
  })

  it(`calls no object, not even its handleEvent(), as \`${name}\``, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    socket[name] = {handleEvent: () => told++}
    socket.dispatchEvent(new Event(type))
    t.equal(told, 0)
  })

  it(`keeps the place of \`${name}\` among the listeners when it is replaced`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket.addEventListener(type, () => told.push('before'))
    socket[name] = () => told.push('old')
    socket.addEventListener(type, () => told.push('after'))
    socket[name] = () => told.push('new')
    socket.dispatchEvent(new Event(type))
    t.equal(told, ['before', 'new', 'after'])
  })

  it(`puts \`${name}\` last when it was null meanwhile`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket[name] = () => told.push('handler')
    socket.addEventListener(type, () => told.push('listener'))
    socket[name] = null
    socket[name] = () => told.push('handler')
    socket.dispatchEvent(new Event(type))
    t.equal(told, ['listener', 'handler'])
  })

  it(`cancels an event when \`${name}\` returns false, and for nothing else`, (t) => {
    const socket = t.socket('/hangs')
    const cancelled = (value) => {
      socket[name] = () => value
      return !socket.dispatchEvent(new Event(type, {cancelable: true}))
    }
    t.equal([cancelled(false), cancelled(undefined), cancelled(0), cancelled(true)], [true, false, false, false])
  })

  it(`sees what \`${name}\` is when its turn comes`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket.addEventListener(type, () => (socket[name] = () => told.push('new')), {once: true})
    socket[name] = () => told.push('old')
    socket.dispatchEvent(new Event(type))
    t.equal(told, ['new'])
  })

  it(`calls \`${name}\` no more when a listener before it sets it to null`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    socket.addEventListener(type, () => (socket[name] = null))
    socket[name] = () => told++
    socket.dispatchEvent(new Event(type))
    t.equal(told, 0)
  })
}

it('calls the handlers of its own events', async (t) => {
  const socket = t.socket('/echo')
  const told = []
  const done = new Promise((resolve) => {
    socket.onopen = () => {
      told.push('open')
      socket.send('text')
    }
    socket.onmessage = ({data}) => {
      told.push(data)
      socket.close()
    }
    socket.onerror = () => told.push('error')
    socket.onclose = ({code}) => {
      told.push(code)
      resolve()
    }
  })
  await done
  t.equal(told, ['open', 'text', 1005])
})

// ---- Listeners

for (const type of ['open', 'message', 'close']) {
  it = about('dom#dom-eventtarget-addeventlistener', 195)
  const fire = (socket, init) => socket.dispatchEvent(new Event(type, init))

  it(`asks for a type and a callback (${type})`, (t) => {
    const socket = t.socket('/hangs')
    t.throws('TypeError', () => socket.addEventListener())
    t.throws('TypeError', () => socket.addEventListener(type))
    t.throws('TypeError', () => socket.removeEventListener(type))
  })

  it(`takes null for a callback, and nothing that is no object (${type})`, (t) => {
    const socket = t.socket('/hangs')
    socket.addEventListener(type, null)
    socket.addEventListener(type, undefined)
    socket.removeEventListener(type, null)
    for (const callback of [5, 'text', true, Symbol('a')]) t.throws('TypeError', () => socket.addEventListener(type, callback))
    fire(socket)
  })

  it(`adds a callback once (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    const listener = () => told++
    socket.addEventListener(type, listener)
    socket.addEventListener(type, listener)
    socket.addEventListener(type, listener, {once: true, passive: true})
    fire(socket)
    fire(socket)
    t.equal(told, 2)
  })

  it(`takes a capturing callback for another one, and calls it first (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    const listener = () => told.push('both')
    socket.addEventListener(type, () => told.push('bubbling'))
    socket.addEventListener(type, listener)
    socket.addEventListener(type, listener, true)
    socket.addEventListener(type, () => told.push('capturing'), {capture: true})
    fire(socket)
    t.equal(told, ['both', 'capturing', 'bubbling', 'both'])
    socket.removeEventListener(type, listener, {capture: true})
    told.length = 0
    fire(socket)
    t.equal(told, ['capturing', 'bubbling', 'both'])
  })

  it(`calls listeners in the order in which they were added (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    for (let i = 0; i < 5; i++) socket.addEventListener(type, () => told.push(i))
    fire(socket)
    t.equal(told, [0, 1, 2, 3, 4])
  })

  it(`calls handleEvent(), as it is then, on its object (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    const listener = {}
    socket.addEventListener(type, listener)
    listener.handleEvent = function (event) {
      told.push(this === listener, event.type)
    }
    fire(socket)
    t.equal(told, [true, type])
  })

  it(`calls a function with the socket as this (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let self
    socket.addEventListener(type, function () {
      self = this
    })
    fire(socket)
    t.equal(self === socket, true)
  })

  it(`calls a listener that is added \`once\` once, also where it fires the event itself (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    socket.addEventListener(type, () => ++told < 5 && fire(socket), {once: true})
    fire(socket)
    fire(socket)
    t.equal(told, 1)
  })

  it(`removes a listener when its signal is aborted, and adds none for one that is (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    const controller = new AbortController()
    const {signal} = controller
    socket.addEventListener(type, () => told.push('signal'), {signal})
    fire(socket)
    controller.abort()
    fire(socket)
    socket.addEventListener(type, () => told.push('too late'), {signal})
    fire(socket)
    t.equal(told, ['signal'])
  })

  it(`calls no listener whose signal an earlier one aborted (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    const controller = new AbortController()
    socket.addEventListener(type, () => controller.abort())
    socket.addEventListener(type, () => told++, {signal: controller.signal})
    fire(socket)
    t.equal(told, 0)
  })

  it(`cancels nothing from a passive listener (${type})`, (t) => {
    const socket = t.socket('/hangs')
    socket.addEventListener(type, (event) => event.preventDefault(), {passive: true})
    t.equal(fire(socket, {cancelable: true}), true)
  })

  it(`cancels from a listener that is not passive (${type})`, (t) => {
    const socket = t.socket('/hangs')
    socket.addEventListener(type, (event) => event.preventDefault())
    t.equal(fire(socket, {cancelable: true}), false)
  })

  it = about('dom#concept-event-listener-inner-invoke', 195)

  it(`calls no listener that an earlier one removed (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    const later = () => told++
    socket.addEventListener(type, () => socket.removeEventListener(type, later))
    socket.addEventListener(type, later)
    fire(socket)
    t.equal(told, 0)
  })

  it(`calls a listener that an earlier one added not before the next event (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    const later = () => told++
    socket.addEventListener(type, () => socket.addEventListener(type, later))
    fire(socket)
    t.equal(told, 0)
    fire(socket)
    t.equal(told, 1)
  })

  it(`calls no listener after stopImmediatePropagation() (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket.addEventListener(type, (event) => {
      told.push('first')
      event.stopImmediatePropagation()
    })
    socket.addEventListener(type, () => told.push('second'))
    fire(socket)
    fire(socket)
    t.equal(told, ['first', 'first'])
  })

  it(`calls the others on the socket after stopPropagation() (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let told = 0
    socket.addEventListener(type, (event) => event.stopPropagation())
    socket.addEventListener(type, () => told++)
    fire(socket)
    t.equal(told, 1)
  })

  it = about('webidl#report-the-exception', 195)

  it(`reports what a listener throws, and calls the others (${type})`, async (t) => {
    const socket = t.socket('/hangs')
    const told = []
    const [first, second] = [new Error('first'), new Error('second')]
    socket.addEventListener(type, () => {
      throw first
    })
    socket.addEventListener(type, {handleEvent() {
      throw second
    }})
    socket.addEventListener(type, () => told.push('third'))
    t.equal(fire(socket), true)
    t.equal(told, ['third'])
    t.equal(await t.reported(2), [first, second])
  })

  it(`reports what a handler throws (${type})`, async (t) => {
    const socket = t.socket('/hangs')
    const error = new Error('ours')
    socket[`on${type}`] = () => {
      throw error
    }
    fire(socket)
    t.equal(await t.reported(1), [error])
  })

  it(`reports an object without a handleEvent() as a TypeError (${type})`, async (t) => {
    const socket = t.socket('/hangs')
    socket.addEventListener(type, {})
    fire(socket)
    t.equal((await t.reported(1)).map(({name}) => name), ['TypeError'])
  })

  it.page(`reports what a listener throws before it calls the next (${type})`, async (t) => {
    const socket = t.socket('/hangs')
    let before
    socket.addEventListener(type, () => {
      throw new Error('first')
    })
    socket.addEventListener(type, () => (before = t.uncaught.length))
    fire(socket)
    await t.reported(1)
    t.equal(before, 1)
  })

  it = about('dom#dom-eventtarget-dispatchevent', 195)

  it(`tells an event that somebody else makes, and changes nothing for it (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const told = []
    socket.addEventListener(type, ({target, currentTarget, eventPhase, isTrusted}) => told.push(target === socket, currentTarget === socket, eventPhase, isTrusted))
    socket[`on${type}`] = (event) => told.push(event.composedPath().length, event.composedPath()[0] === socket)
    t.equal(fire(socket), true)
    t.equal([...told, socket.readyState], [true, true, 2, false, 1, true, 0])
  })

  it(`leaves an event that somebody else made as it was (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const event = new Event(type)
    socket.addEventListener(type, () => {})
    socket.dispatchEvent(event)
    t.equal([event.target === socket, event.currentTarget, event.eventPhase, event.composedPath()], [true, null, 0, []])
  })

  it(`lets an event be dispatched elsewhere afterwards (${type})`, (t) => {
    const socket = t.socket('/hangs')
    const other = new EventTarget()
    const event = new Event(type)
    const told = []
    socket.addEventListener(type, () => told.push('socket'))
    other.addEventListener(type, ({target, currentTarget}) => told.push(target === other, currentTarget === other))
    socket.dispatchEvent(event)
    other.dispatchEvent(event)
    socket.dispatchEvent(event)
    t.equal([...told, event.target === socket], ['socket', true, true, 'socket', true])
  })

  it(`dispatches no event that is being dispatched (${type})`, (t) => {
    const socket = t.socket('/hangs')
    let error
    socket.addEventListener(type, (event) => {
      try {
        socket.dispatchEvent(event)
      } catch (caught) {
        error = caught
      }
    })
    fire(socket)
    t.equal(error?.name, 'InvalidStateError')
  })
}

it = about('dom#dom-eventtarget-dispatchevent', 195)

it('takes nothing but an event', (t) => {
  const socket = t.socket('/hangs')
  for (const event of [undefined, null, {}, {type: 'message'}]) t.throws('TypeError', () => socket.dispatchEvent(event))
})

it('tells a MessageEvent and a CloseEvent that somebody else makes, with what they hold', (t) => {
  const socket = t.socket('/hangs')
  const told = []
  socket.onmessage = ({data, origin}) => told.push(data, origin)
  socket.dispatchEvent(new MessageEvent('message', {data: 'ours', origin: 'there'}))
  socket.onclose = ({code, reason, wasClean}) => told.push(code, reason, wasClean)
  socket.dispatchEvent(new CloseEvent('close', {code: 4000, reason: 'ours', wasClean: true}))
  t.equal([...told, socket.readyState], ['ours', 'there', 4000, 'ours', true, 0])
})

it('tells events of any other type', (t) => {
  const socket = t.socket('/hangs')
  let told = 0
  socket.addEventListener('other', () => told++)
  socket.dispatchEvent(new Event('other'))
  t.equal(told, 1)
})

it('makes a string of the type', (t) => {
  const socket = t.socket('/hangs')
  let told = 0
  socket.addEventListener({toString: () => 'message'}, () => told++)
  socket.dispatchEvent(new Event('message'))
  t.equal(told, 1)
})

// The same where the event comes from the server: nobody dispatches it but the socket.

it = about('dom#concept-event-listener-inner-invoke', 195)

it('calls the listeners of a message in their order, capturing ones first, each once', async (t) => {
  const socket = await t.open('/echo')
  const told = []
  const listener = () => told.push('listener')
  socket.addEventListener('message', listener)
  socket.addEventListener('message', listener)
  socket.onmessage = () => told.push('handler')
  socket.addEventListener('message', () => told.push('once'), {once: true})
  socket.addEventListener('message', {handleEvent: () => told.push('object')})
  socket.addEventListener('message', () => told.push('capturing'), true)
  for (const text of ['a', 'b']) {
    socket.send(text)
    await t.event(socket, 'message')
  }
  t.equal(told, ['capturing', 'listener', 'handler', 'once', 'object', 'capturing', 'listener', 'handler', 'object'])
})

it('calls no listener of a message after stopImmediatePropagation(), and all of the next', async (t) => {
  const socket = t.socket('/says?a&b')
  const told = []
  socket.addEventListener('message', (event) => {
    told.push(event.data)
    if (event.data === 'a') event.stopImmediatePropagation()
  })
  socket.addEventListener('message', () => told.push('second'))
  await t.until(() => told.includes('second'))
  t.equal(told, ['a', 'b', 'second'])
})

it('reports what a listener of a message throws, and calls the others, and goes on', async (t) => {
  const socket = await t.open('/echo')
  const error = new Error('ours')
  let told = 0
  socket.addEventListener('message', () => {
    throw error
  })
  socket.addEventListener('message', () => told++)
  for (const text of ['a', 'b']) {
    socket.send(text)
    await t.event(socket, 'message')
  }
  t.equal(told, 2)
  t.equal(await t.reported(2), [error, error])
})

for (const type of ['open', 'error', 'close']) {
  it(`reports what a listener of its own ${type} throws, and calls the others`, async (t) => {
    const socket = type === 'open' ? t.socket('/echo') : t.socket('/refuses')
    const error = new Error('ours')
    socket.addEventListener(type, () => {
      throw error
    }, {once: true})
    await t.event(socket, type)
    t.equal(await t.reported(1), [error])
  })
}

it('calls no listener of a message that its signal or an earlier listener removed', async (t) => {
  const socket = await t.open('/echo')
  const told = []
  const controller = new AbortController()
  const third = () => told.push('third')
  socket.addEventListener('message', () => {
    told.push('first')
    controller.abort()
    socket.removeEventListener('message', third)
  })
  socket.addEventListener('message', () => told.push('second'), {signal: controller.signal})
  socket.addEventListener('message', third)
  socket.send('a')
  await t.event(socket, 'message')
  t.equal(told, ['first'])
})

// ---- The events

it = about('websockets#feedback-from-the-protocol', 195)

it('tells `open` with an Event', async (t) => {
  const socket = t.socket('/echo')
  const seen = await t.seen(socket, 'open')
  t.equal(seen, {type: 'open', interface: 'Event', target: true, currentTarget: true, srcElement: true, path: 1, eventPhase: 2, bubbles: false, cancelable: false, composed: false, defaultPrevented: false, returnValue: true})
})

it('tells `message` with a MessageEvent', async (t) => {
  const socket = await t.open('/echo')
  socket.send('text')
  const seen = await t.seen(socket, 'message')
  t.equal(seen, {type: 'message', interface: 'MessageEvent', target: true, currentTarget: true, srcElement: true, path: 1, eventPhase: 2, bubbles: false, cancelable: false, composed: false, defaultPrevented: false, returnValue: true})
})

it('tells `close` with a CloseEvent', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  const seen = await t.seen(socket, 'close')
  t.equal(seen, {type: 'close', interface: 'CloseEvent', target: true, currentTarget: true, srcElement: true, path: 1, eventPhase: 2, bubbles: false, cancelable: false, composed: false, defaultPrevented: false, returnValue: true})
})

it('tells `error` with an Event', async (t) => {
  const seen = await t.seen(t.socket('/refuses'), 'error')
  t.equal(seen, {type: 'error', interface: 'Event', target: true, currentTarget: true, srcElement: true, path: 1, eventPhase: 2, bubbles: false, cancelable: false, composed: false, defaultPrevented: false, returnValue: true})
})

it('has the text of a message in `data`, and the origin of the server, and nothing else', async (t) => {
  const socket = await t.open('/echo')
  socket.send('text')
  const {data, origin, lastEventId, source, ports} = await t.event(socket, 'message')
  t.equal([data, origin, lastEventId, source, ports], ['text', new URL(t.url('/')).origin, '', null, []])
})

it('has the same event for every listener', async (t) => {
  const socket = await t.open('/echo')
  const events = new Set()
  socket.onmessage = (event) => events.add(event)
  socket.addEventListener('message', (event) => events.add(event))
  socket.send('text')
  await t.event(socket, 'message')
  t.equal(events.size, 1)
})

it('has another event for every message', async (t) => {
  const socket = await t.open('/echo')
  socket.send('a')
  const first = await t.event(socket, 'message')
  socket.send('b')
  const second = await t.event(socket, 'message')
  t.equal([first === second, first.data, second.data], [false, 'a', 'b'])
})

it('has data that is the same each time', async (t) => {
  const socket = await t.open('/echo')
  socket.send(twelve)
  const event = await t.event(socket, 'message')
  t.equal(event.data === event.data, true)
})

it('tells no message before `open`', async (t) => {
  const socket = t.socket('/says?one&two')
  const told = []
  for (const type of ['open', 'message']) socket.addEventListener(type, () => told.push(type))
  await t.until(() => told.length === 3)
  t.equal(told, ['open', 'message', 'message'])
})

it('tells messages in the order in which they came', async (t) => {
  const socket = t.socket('/says?1&2&3&4&5')
  const told = []
  socket.onmessage = ({data}) => told.push(data)
  await t.until(() => told.length === 5)
  t.equal(told, ['1', '2', '3', '4', '5'])
})

it('tells what was received before the server closed', async (t) => t.equal((await t.untilClosed(t.socket('/says?one&two&close=4000'))).types, ['open', 'message', 'message', 'close']))

it('tells no message after close()', async (t) => {
  const socket = await t.open('/speaks-after-close')
  const told = t.count(socket, 'message')
  socket.close()
  await t.event(socket, 'close')
  t.equal(told(), 0)
})

it('tells `open` once', async (t) => {
  const socket = t.socket('/closes-when-told?code=4000')
  const told = t.count(socket, 'open')
  await t.event(socket, 'open')
  socket.send('now')
  await t.event(socket, 'close')
  await t.quiet(socket, 'open')
  t.equal(told(), 1)
})

it('tells `close` once, and nothing after it, when it was closed', async (t) => {
  const socket = await t.open('/echo')
  socket.close()
  await t.event(socket, 'close')
  t.equal(await t.quiet(socket, 'open', 'message', 'error', 'close'), undefined)
})

for (const [what, path] of [['the server closed with 1000', '/closes-when-told?code=1000'], ['the server closed with 4000', '/closes-when-told?code=4000'], ['the connection was cut', '/drops-when-told']]) {
  it(`tells nothing after \`close\` when ${what}`, async (t) => {
    const socket = await t.open(path)
    socket.send('now')
    await t.event(socket, 'close')
    t.equal(await t.quiet(socket, 'open', 'message', 'error', 'close'), undefined)
  })
}

it('tells nothing after `close` when it was refused', async (t) => {
  const socket = t.socket('/refuses')
  await t.event(socket, 'close')
  t.equal(await t.quiet(socket, 'open', 'message', 'error', 'close'), undefined)
})

it = about('websockets#the-closeevent-interface', 192)

for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
  it(`has the code ${code} and the reason of the server`, async (t) => {
    const {types, close} = await t.untilClosed(t.socket(`/closes?code=${code}&reason=grüße`))
    t.equal([...types, close.code, close.reason, close.wasClean], ['open', 'close', code, 'grüße', true])
  })
}

it('has 1005 where the server says no code', async (t) => {
  const {types, close} = await t.untilClosed(t.socket('/closes'))
  t.equal([...types, close.code, close.reason, close.wasClean], ['open', 'close', 1005, '', true])
})

it('has 1006 where the connection was cut: not clean', async (t) => {
  const socket = await t.open('/drops-when-told')
  socket.send('now')
  const {code, reason, wasClean} = await t.event(socket, 'close')
  t.equal([code, reason, wasClean], [1006, '', false])
})

it('tells no error where the connection was cut: it did not fail it', async (t) => {
  const socket = await t.open('/drops-when-told')
  const told = t.count(socket, 'error')
  socket.send('now')
  await t.event(socket, 'close')
  t.equal(told(), 0)
})

it('fails a connection on which the server breaks the protocol: error, then close with 1006', async (t) => {
  const {types, close} = await t.untilClosed(t.socket('/breaks-protocol'))
  t.equal([...types.slice(-2), close.code, close.wasClean], ['error', 'close', 1006, false])
})

it('has the words of the server where it was refused: none', async (t) => {
  for (const path of ['/refuses', '/refuses?status=401', '/refuses?status=404', '/refuses?status=200', '/refuses?status=302']) {
    const {types, close} = await t.untilClosed(t.socket(path))
    t.equal([...types, close.code, close.reason, close.wasClean], ['error', 'close', 1006, '', false])
  }
})

it('is told where nobody listens: error, then close with 1006', async (t) => {
  const {types, close} = await t.untilClosed(t.track(new t.WebSocket(t.nobody)))
  t.equal([...types, close.code, close.wasClean], ['error', 'close', 1006, false])
})

it.page('is told where the port is blocked: error, then close with 1006, later', async (t) => {
  const socket = t.track(new t.WebSocket('ws://127.0.0.1:6667/'))
  t.equal(socket.readyState, 0)
  const {types, close} = await t.untilClosed(socket)
  t.equal([...types, close.code], ['error', 'close', 1006])
})

it = about('dom#dom-event-istrusted', 195)

for (const type of ['open', 'message', 'close']) {
  it(`is told with a trusted ${type} event`, async (t) => {
    const socket = t.socket('/says?text&close=4000')
    t.equal((await t.event(socket, type)).isTrusted, true)
  })
}

it = about('dom#concept-event-dispatch', 195)

for (const type of ['open', 'message', 'close']) {
  it(`leaves a ${type} event with its target, and nothing of the dispatch`, async (t) => {
    const socket = t.socket('/says?text&close=4000')
    const event = await t.event(socket, type)
    await t.wait(0)
    t.equal([event.target === socket, event.currentTarget, event.eventPhase, event.composedPath()], [true, null, 0, []])
  })
}

it('lets an event of its own be dispatched elsewhere', async (t) => {
  const socket = t.socket('/says?text')
  const event = await t.event(socket, 'message')
  await t.wait(0)
  const other = new EventTarget()
  let told
  other.addEventListener('message', ({target, data}) => (told = [target === other, data]))
  other.dispatchEvent(event)
  t.equal(told, [true, 'text'])
})
