// What do the servers do that the cases of the standard speak to? One server, a behaviour for each path, and the page that plays the cases.

import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {WebSocketServer, type WebSocket} from 'ws'
import {nobodyListens} from '../helpers/servers.ts'

export interface StandardServer {
  /** `http:` URL of the page. */
  page: string
  /** What the cases are given. */
  servers: {url: string; nobody: string}
  /** The next that a page has to say. */
  report: () => Promise<any>
  close: () => Promise<void>
}

type Visit = {request: IncomingMessage; socket: Socket; head: Buffer; query: URLSearchParams}

/** Chooses the subprotocol that the path asks for, offered or not. */
const chooses = (query: URLSearchParams): WebSocketServer => new WebSocketServer({noServer: true, handleProtocols: (offered) => query.get('pick') ?? [...offered][0]!})

const plain = new WebSocketServer({noServer: true, maxPayload: 64 * 1024 * 1024})
const deflating = new WebSocketServer({noServer: true, perMessageDeflate: true})

const accept = ({request, socket, head}: Visit, server: WebSocketServer, use: (socket: WebSocket) => void): void =>
  server.handleUpgrade(request, socket, head, (accepted) => {
    // What a case leaves behind.
    accepted.on('error', () => {})
    use(accepted)
  })

const closeAs = (socket: WebSocket, query: URLSearchParams): void => {
  const code = query.get('code')
  if (code) socket.close(Number(code), query.get('reason') ?? '')
  else socket.close()
}

/** A handshake by hand, with any subprotocol. [RFC 6455 §4.2.2] */
const handshake = ({request, socket}: Visit, protocol?: string): void => {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const chosen = protocol ? `sec-websocket-protocol: ${protocol}\r\n` : ''
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${key}\r\n${chosen}\r\n`)
}

const frame = (opcode: number, body: Uint8Array): Buffer => Buffer.concat([Buffer.from([0x80 | opcode, body.length]), body])

const behaviours: Record<string, (visit: Visit) => void> = {
  '/echo': (visit) => accept(visit, plain, (socket) => socket.on('message', (data, binary) => socket.send(data as Buffer, {binary}))),
  '/deflate': (visit) => accept(visit, deflating, () => {}),
  '/asked': (visit) => {
    const protocols = visit.request.headers['sec-websocket-protocol']?.split(/, */).join(', ') ?? null
    accept(visit, chooses(visit.query), (socket) => socket.send(JSON.stringify({url: visit.request.url, protocols})))
  },
  '/protocol': (visit) => {
    const {query, request, socket} = visit
    const offered = request.headers['sec-websocket-protocol']?.split(/, */) ?? []
    handshake(visit, query.get('pick') ?? offered[0])
    // Answers a close frame with one that says the same.
    socket.on('data', (bytes: Buffer) => (bytes[0]! & 0xf) === 0x8 && socket.end(frame(0x8, unmasked(bytes))))
  },
  '/says': (visit) =>
    accept(visit, plain, (socket) => {
      for (const [text, value] of visit.query) {
        if (text === 'close') socket.close(Number(value))
        else socket.send(text)
      }
    }),
  '/closes': (visit) => accept(visit, plain, (socket) => closeAs(socket, visit.query)),
  '/closes-when-told': (visit) => accept(visit, plain, (socket) => socket.on('message', () => closeAs(socket, visit.query))),
  '/drops-when-told': (visit) => accept(visit, plain, (socket) => socket.on('message', () => socket.terminate())),
  // Its answer to a close frame is all that it had been sent.
  '/tells-when-closed': (visit) => {
    handshake(visit)
    const texts: Buffer[] = []
    visit.socket.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; ) {
        const length = bytes[at + 1]! & 0x7f
        const each = bytes.subarray(at, (at += 6 + length))
        if ((each[0]! & 0xf) === 0x8) visit.socket.end(frame(0x8, Buffer.concat([unmasked(each).subarray(0, 2), ...texts])))
        else texts.push(unmasked(each))
      }
    })
  },
  '/speaks-after-close': (visit) => {
    handshake(visit)
    visit.socket.on('data', (bytes: Buffer) => {
      if ((bytes[0]! & 0xf) !== 0x8) return
      visit.socket.write(frame(0x1, Buffer.from('late')))
      setTimeout(() => visit.socket.end(frame(0x8, unmasked(bytes))), 50)
    })
  },
  // A frame of the server must not be masked.
  '/breaks-protocol': (visit) => {
    handshake(visit)
    visit.socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]))
    visit.socket.resume()
  },
  '/reads-nothing': (visit) => {
    handshake(visit)
    visit.socket.pause()
    setTimeout(() => visit.socket.resetAndDestroy(), 500)
  },
  '/hangs': ({socket}) => void socket.resume(),
  '/refuses': ({socket, query}) => {
    socket.resume()
    socket.end(`HTTP/1.1 ${query.get('status') ?? 403} Refused\r\ncontent-length: 0\r\nconnection: close\r\nlocation: /\r\n\r\n`)
  },
}

/** The payload of a frame from a client, shorter than 126 bytes. [RFC 6455 §5.2] */
const unmasked = (bytes: Buffer): Buffer => {
  const mask = bytes.subarray(2, 6)
  return Buffer.from(bytes.subarray(6).map((byte, i) => byte ^ mask[i % 4]!))
}

/**
 * @param script that the page runs
 * @param host any of 127.0.0.0/8: browsers make connections to a host one after another
 */
export const serveStandard = async (script = '', host = '127.0.0.1'): Promise<StandardServer> => {
  const nobody = await nobodyListens(host)
  const sockets = new Set<Socket>()
  const reports: unknown[] = []
  let told: () => void = () => {}
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      reports.push(JSON.parse(String(Buffer.concat(parts))))
      told()
    }
    const isScript = request.url === '/script.js'
    response.writeHead(200, {
      'content-type': `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`,
      // Without them a page has no SharedArrayBuffer.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    response.end(isScript ? script : '<!doctype html><meta charset="utf-8"><title>closecall</title><script type="module" src="/script.js"></script>')
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket: Socket, head) => {
    const {pathname, searchParams: query} = new URL(request.url!, 'http://server')
    // A path that only a URL is made of: the case looks no further.
    const behave = behaviours[pathname] ?? behaviours['/refuses']!
    behave({request, socket, head, query})
  })
  server.listen(0, host)
  await once(server, 'listening')
  const address = `${host}:${(server.address() as AddressInfo).port}`
  return {
    page: `http://${address}/`,
    servers: {url: `ws://${address}`, nobody: `${nobody.url}/`},
    async report() {
      while (!reports.length) await new Promise<void>((resolve) => (told = resolve))
      return reports.shift()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await nobody.close()
    },
  }
}
