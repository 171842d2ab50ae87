// How does a WebSocket server misbehave on command? Serves the demo's page, and `/live`, which does to each page what that page asked for.

import {createReadStream, readdirSync} from 'node:fs'
import {createServer, STATUS_CODES} from 'node:http'
import {createRequire} from 'node:module'
import {WebSocketServer} from 'ws'
import {mistakes, provoke1007} from './node-twin.mjs'

const from = (path) => new URL(path, import.meta.url)

/** A file of a package, wherever npm has put that. */
const {resolve: ofPackage} = createRequire(import.meta.url)

const shared = readdirSync(from('../dist/shared')).filter((name) => name.endsWith('.js'))
const scripts = ['closecall.global.js', 'catalog.js', 'diagnosis.js', 'dialects.js', 'server.js', 'simulator.js', ...shared.map((name) => `shared/${name}`)]

/** Everything that is served; nothing of a request's path ever reaches the file system. */
const files = {
  '/': {file: from('./index.html'), type: 'text/html; charset=utf-8'},
  ...Object.fromEntries(['demo.js', 'herd.js', 'herd-worker.js'].map((name) => [`/${name}`, {file: from(`./${name}`), type: 'text/javascript; charset=utf-8'}])),
  '/style.css': {file: from('./style.css'), type: 'text/css; charset=utf-8'},
  '/uPlot.esm.js': {file: ofPackage('uplot/dist/uPlot.esm.js'), type: 'text/javascript; charset=utf-8'},
  '/uPlot.min.css': {file: ofPackage('uplot/dist/uPlot.min.css'), type: 'text/css; charset=utf-8'},
  '/icon.svg': {file: from('./icon.svg'), type: 'image/svg+xml'},
  ...Object.fromEntries(scripts.map((name) => [`/${name}`, {file: from(`../dist/${name}`), type: 'text/javascript; charset=utf-8'}])),
}

const largestBody = 4096
const largestMessage = 16_384
const mostSessions = 200
const mostConnections = 8
/** Rarely, so that the page's heartbeat has something to do. */
const tickEvery = 8000

/** A page's session keeps its plans so long after its last sign of life. */
const sessionTime = 600_000

/** A handshake left hanging, or a silent connection, is let go after this: longer than any client waits. */
const longestSilence = 120_000

/** Answered with 400 and these words. */
class Refusal extends Error {}

const whole = (name, value, least, most) => {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Refusal(`${name} must be a whole number from ${least} to ${most}`)
}

const reasonOf = (value = '') => {
  if (typeof value === 'string' && Buffer.byteLength(value) <= 123) return value
  throw new Refusal('reason must be a text of at most 123 bytes')
}

/** What `ws` lets a program send. [RFC 6455 §7.4] */
const sendable = (code) => (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)

const closeFrame = (code, reason) => {
  const words = Buffer.from(reason)
  return Buffer.concat([Buffer.from([0x88, 2 + words.length, code >> 8, code & 0xff]), words])
}

/** The connections of a page that wants something done to them. */
const present = ({connections}) => {
  if (connections.size) return connections
  throw new Refusal('there is no connection: press open()')
}

const times = (count) => ['once', 'twice'][count - 1] ?? `${count} times`

/**
 * What a page can ask for. Each does it and says so. `plan` is what happens to the next handshakes, one step each.
 */
const commands = {
  close(session, {code, reason, count = 1}) {
    const step = {does: 'close', code: whole('code', code, 0, 65_535), reason: reasonOf(reason)}
    whole('count', count, 1, 10)
    const {size} = session.connections
    session.plan = Array(size ? count - 1 : count).fill(step)
    for (const connection of session.connections) closeWith(connection, step)
    return `closes ${size ? '' : 'the next connection '}with ${code}, ${times(count)}`
  },

  refuse(session, {status, count = 1, retryAfter}) {
    const step = {does: 'refuse', status: whole('status', status, 300, 599)}
    if (retryAfter !== undefined) step.retryAfter = whole('retryAfter', retryAfter, 0, 3600)
    session.plan = Array(whole('count', count, 1, 10)).fill(step)
    for (const {socket} of session.connections) socket.destroy()
    return `drops the connection and refuses with HTTP ${status}, ${times(count)}`
  },

  drop(session) {
    for (const {socket} of present(session)) socket.destroy()
    return 'ends TCP without a close frame'
  },

  reset(session) {
    for (const {socket} of present(session)) socket.resetAndDestroy()
    return 'resets TCP'
  },

  silence(session) {
    for (const connection of present(session)) {
      connection.quiet()
      connection.ws.pause()
      setTimeout(() => connection.socket.destroy(), longestSilence).unref()
    }
    return 'reads and answers nothing more on this connection'
  },

  hang(session) {
    session.plan = [{does: 'hang'}]
    for (const {socket} of session.connections) socket.destroy()
    return 'drops the connection and leaves the next handshake unanswered'
  },

  restart(session, {seconds}) {
    session.awayUntil = Date.now() + whole('seconds', seconds, 1, 60) * 1000
    session.plan = []
    for (const connection of session.connections) closeWith(connection, {code: 1012, reason: 'restarting'})
    return `closes with 1012 and is away for ${seconds} s`
  },

  calm(session) {
    session.plan = []
    session.awayUntil = 0
    return 'behaves again'
  },
}

const closeWith = ({ws, socket, quiet}, {code, reason}) => {
  quiet()
  if (code === 1005) ws.close()
  else if (sendable(code)) ws.close(code, reason)
  else {
    // No library sends these: 1004, 1006, 1015 and 999 go out as bytes. Nor would `ws` take such an answer for one: it would
    // send another close frame, and a browser makes a 1006 of what came before. So nothing more is read.
    ws.pause()
    socket.end(closeFrame(code, reason))
    setTimeout(() => socket.destroy(), 1000).unref()
  }
}

const refuse = (socket, {status, retryAfter}) => {
  const hint = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${hint}Content-Length: 0\r\nConnection: close\r\n\r\n`)
}

const readJSON = async (request) => {
  if (request.headers['content-type'] !== 'application/json') throw new Refusal('send JSON')
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > largestBody) throw new Refusal('that is too long')
    chunks.push(chunk)
  }
  try {
    const value = JSON.parse(Buffer.concat(chunks).toString())
    if (value && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new Refusal('send a JSON object')
}

/** A name that points here from elsewhere (DNS rebinding) must not make this server a stranger's. */
const isLocal = ({headers: {host = ''}}) => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)

/** Browsers name the page that asks; Node and curl name none. */
const isOwn = ({headers: {host, origin}}) => origin === undefined || origin === `http://${host}`

export async function startServer({port = 8013} = {}) {
  const sessions = new Map()
  const sockets = new Set()
  const twins = new AbortController()
  let twinsAtWork = 0

  const sessionOf = (request) => {
    const id = new URL(request.url, 'http://local').searchParams.get('session') ?? ''
    if (!/^[\w-]{8,64}$/.test(id)) throw new Refusal('session must be 8 to 64 letters or digits')
    let session = sessions.get(id)
    if (!session) {
      for (const [old, {connections, seen}] of sessions) if (!connections.size && seen < Date.now() - sessionTime) sessions.delete(old)
      if (sessions.size >= mostSessions) throw new Refusal('too many pages')
      session = {connections: new Set(), plan: [], awayUntil: 0, handshakes: 0}
      sessions.set(id, session)
    }
    session.seen = Date.now()
    return session
  }

  const twin = async ({mistake = 'latin-1'}) => {
    if (typeof mistake !== 'string' || !Object.hasOwn(mistakes, mistake)) throw new Refusal(`mistake must be one of ${Object.keys(mistakes).join(', ')}`)
    if (twinsAtWork > 3) throw new Refusal('too many at once')
    twinsAtWork++
    try {
      const id = `twin-${crypto.randomUUID()}`
      const told = await provoke1007(`ws://127.0.0.1:${http.address().port}/live?session=${id}`, mistake, twins.signal)
      const {handshakes} = sessions.get(id)
      sessions.delete(id)
      return {...told, handshakes}
    } finally {
      twinsAtWork--
    }
  }

  const answers = {
    '/command': async (request) => {
      const session = sessionOf(request)
      const {command, ...details} = await readJSON(request)
      if (typeof command !== 'string' || !Object.hasOwn(commands, command)) throw new Refusal(`command must be one of ${Object.keys(commands).join(', ')}`)
      return {said: commands[command](session, details)}
    },
    '/twin': async (request) => twin(await readJSON(request)),
  }

  const http = createServer(async (request, response) => {
    const {host} = request.headers
    const path = request.url.replace(/\?.*/s, '')
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://${isLocal(request) ? host : '127.0.0.1'}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Referrer-Policy', 'no-referrer')
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    // Fresh after a build, and kept in the bfcache all the same: `no-store` would forbid that to a page with a socket.
    response.setHeader('Cache-Control', 'no-cache')
    const say = (status, type, body, headers = {}) => response.writeHead(status, {'Content-Type': type, ...headers}).end(body)
    const plain = (status, headers) => say(status, 'text/plain; charset=utf-8', `${STATUS_CODES[status]}\n`, headers)

    if (!isLocal(request)) return plain(421)
    if (Object.hasOwn(files, path)) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, {Allow: 'GET, HEAD'})
      const {file, type} = files[path]
      if (request.method === 'HEAD') return say(200, type)
      const stream = createReadStream(file)
      stream.once('open', () => stream.pipe(response.writeHead(200, {'Content-Type': type})))
      stream.once('error', () => (response.headersSent ? response.destroy() : plain(404)))
      return
    }
    if (!Object.hasOwn(answers, path)) return plain(404)
    if (request.method !== 'POST') return plain(405, {Allow: 'POST'})
    if (!isOwn(request)) return plain(403)
    try {
      say(200, 'application/json', JSON.stringify(await answers[path](request)))
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error)
      say(error instanceof Refusal ? 400 : 500, 'application/json', JSON.stringify({error: error.message}), {Connection: 'close'})
    }
  })

  const wss = new WebSocketServer({noServer: true, maxPayload: largestMessage})

  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    let session
    try {
      if (!isLocal(request) || !isOwn(request) || !request.url.startsWith('/live?')) throw new Refusal('not from here')
      session = sessionOf(request)
    } catch {
      return refuse(socket, {status: 403})
    }
    session.handshakes++
    const step = Date.now() < session.awayUntil ? {does: 'refuse', status: 503} : session.plan.shift()
    if (session.connections.size >= mostConnections) return refuse(socket, {status: 429})
    if (step?.does === 'refuse') return refuse(socket, step)
    if (step?.does === 'hang') return void setTimeout(() => socket.destroy(), longestSilence).unref()
    wss.handleUpgrade(request, socket, head, (ws) => serve(session, ws, socket, step))
  })

  const serve = (session, ws, socket, step) => {
    let ticks = 0
    // A sign of life, and something for the page to count.
    const ticking = setInterval(() => ws.send(`tick ${++ticks}`), tickEvery)
    const connection = {ws, socket, quiet: () => clearInterval(ticking)}
    session.connections.add(connection)
    // A peer that breaks the protocol: `ws` has closed with the right code, 1007 among them.
    ws.on('error', () => {})
    ws.on('message', (data, binary) => {
      if (ws.bufferedAmount > 1_048_576) ws.terminate()
      else ws.send(data, {binary})
    })
    ws.on('close', () => {
      clearInterval(ticking)
      session.connections.delete(connection)
    })
    if (step) closeWith(connection, step)
  }

  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      http.once('error', reject)
      http.listen(wanted, '127.0.0.1', () => {
        http.off('error', reject)
        resolve()
      })
    })
  await listen(port).catch((error) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
    return listen(0)
  })

  return {
    url: `http://127.0.0.1:${http.address().port}/`,
    handshakes: (id) => sessions.get(id)?.handshakes ?? 0,
    close: () =>
      new Promise((resolve) => {
        twins.abort()
        http.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
