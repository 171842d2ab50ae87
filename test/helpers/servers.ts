// What can a server do to a client? Real servers on loopback, each behaviour with a name, each connection recorded.

import {createHash} from 'node:crypto'
import {createServer, type IncomingHttpHeaders, type IncomingMessage} from 'node:http'
import {createServer as createTcpServer, type AddressInfo, type Socket} from 'node:net'
import {WebSocketServer, type WebSocket} from 'ws'

/** One connection, or the attempt to make one, as the server saw it. */
export interface Connection {
  /** Path and query that the client asked for. */
  path: string
  headers: IncomingHttpHeaders
  messages: ReceivedMessage[]
  /** Protocol pings that the client sent. */
  pings: number
  /** What the client's close frame said; 1005 for one without a code; absent as long as none came. */
  closeCode?: number
  closeReason?: string
  /** The client ended the TCP connection, or it is gone altogether. */
  gone: boolean
}

export interface ReceivedMessage {
  opcode: 'text' | 'binary'
  data: Buffer
}

export interface Server {
  /** `ws:` URL, without a path. */
  url: string
  host: string
  port: number
  /** Oldest first. Only requests for an upgrade count: browsers open spare TCP connections. */
  connections: readonly Connection[]
  /** TCP connections that are open at this end. */
  readonly sockets: number
  /** Resolves as soon as this is true; looked at whenever anything happens here. Rejects after `limit` ms, 10 000 unless told. */
  until(condition: () => boolean, limit?: number): Promise<void>
  /** Leaves nothing: every connection is destroyed, the port is free. */
  close(): Promise<void>
}

/** What the server does with one connection. */
export type Behaviour = (visit: Visit) => void

interface Visit {
  request: IncomingMessage
  socket: Socket
  head: Buffer
  connection: Connection
  /** 0 for the first connection to this server. */
  index: number
  changed: () => void
}

/** Serves on a free port. The address may be any of 127.0.0.0/8: Firefox keeps one queue of attempts per host. */
export async function serve(behaviour: Behaviour, host = '127.0.0.1'): Promise<Server> {
  const connections: Connection[] = []
  const sockets = new Set<Socket>()
  const watchers = new Set<() => void>()
  const changed = (): void => {
    for (const look of [...watchers]) look()
  }
  const http = createServer((_request, response) => {
    response.writeHead(426, {connection: 'close'}).end()
  })
  http.on('connection', (socket: Socket) => {
    sockets.add(socket)
    // A client that resets the connection is an expected thing here.
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      changed()
    })
  })
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const connection: Connection = {path: request.url ?? '', headers: request.headers, messages: [], pings: 0, gone: false}
    const left = (): void => {
      connection.gone = true
      // Sockets of an HTTP server stay half open otherwise.
      socket.end()
      changed()
    }
    socket.on('end', left)
    socket.on('close', left)
    const index = connections.push(connection) - 1
    changed()
    behaviour({request, socket, head, connection, index, changed})
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(0, host, resolve)
  })
  const {port} = http.address() as AddressInfo
  return {
    url: `ws://${host}:${port}`,
    host,
    port,
    connections,
    get sockets() {
      return sockets.size
    },
    until(condition, limit = 10_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!condition()) return
          clearTimeout(timer)
          watchers.delete(look)
          resolve()
        }
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(new Error(`not within ${limit} ms: ${condition}; ${connections.length} connections`))
        }, limit)
        watchers.add(look)
        look()
      })
    },
    close() {
      for (const socket of sockets) socket.destroy()
      http.closeAllConnections()
      return new Promise((resolve) => http.close(() => resolve()))
    },
  }
}

/** A port that was free a moment ago: connections to it are refused. */
export async function nobodyListens(host = '127.0.0.1'): Promise<Server> {
  const tcp = createTcpServer()
  await new Promise<void>((resolve) => tcp.listen(0, host, resolve))
  const {port} = tcp.address() as AddressInfo
  await new Promise((resolve) => tcp.close(resolve))
  return {url: `ws://${host}:${port}`, host, port, connections: [], sockets: 0, until: () => Promise.reject(new Error('nobody listens')), close: async () => {}}
}

/** The first connection meets the first behaviour, and so on; the last one stays. */
export const sequence =
  (...behaviours: [Behaviour, ...Behaviour[]]): Behaviour =>
  (visit) =>
    behaviours[Math.min(visit.index, behaviours.length - 1)]!(visit)

/** Accepts, and closes at once. Codes and reasons that `ws` refuses to send are written by hand. */
export const closesWith = (code: number, reason: string | Uint8Array = ''): Behaviour => {
  const bytes = Buffer.from(reason as string)
  const decent = typeof reason === 'string' && bytes.length <= 123 && code !== 1004 && ((code >= 1000 && code <= 1014 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999))
  if (decent) return (visit) => withLibrary(visit, (socket) => socket.close(code, reason))
  return closesWithBody(Buffer.concat([Buffer.from([code >> 8, code & 0xff]), bytes]))
}

/** Accepts, says this, and closes. */
export const saysThenCloses =
  (message: string, code: number): Behaviour =>
  (visit) =>
    withLibrary(visit, (socket) => {
      socket.send(message)
      socket.close(code)
    })

/** Accepts, and closes with a frame of this body, however wrong it is: nothing at all, one byte, a reason that is not UTF-8. */
export const closesWithBody =
  (body: Uint8Array): Behaviour =>
  (visit) => {
    const {write} = byHand(visit, {onClose: () => visit.socket.end()})
    write(0x8, body)
  }

/** Accepts, sends a close frame, and keeps TCP open whatever the client answers. */
export const closesWithoutFin =
  (code: number, reason = ''): Behaviour =>
  (visit) => {
    const {write} = byHand(visit)
    write(0x8, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]))
  }

/** Accepts, and ends TCP without a close frame as soon as the client has answered a ping. */
export const drops = (): Behaviour => (visit) => afterPong(visit, () => visit.socket.end())

/** Accepts, and resets TCP as soon as the client has answered a ping. */
export const resets = (): Behaviour => (visit) => afterPong(visit, () => visit.socket.resetAndDestroy())

/** Accepts, reads, and says nothing: no pong, no answer to a close frame, no FIN. */
export const goesSilent = (): Behaviour => (visit) => {
  byHand(visit)
}

/** Takes the request for an upgrade, and never answers it. */
export const hangsHandshake = (): Behaviour => ({socket}) => {
  socket.resume()
}

/** Answers the request for an upgrade with an HTTP status. */
export const refuses =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  ({socket}) => {
    const fields = Object.entries({'content-length': '0', connection: 'close', ...headers}).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.resume()
    socket.end(`HTTP/1.1 ${status} Refused\r\n${fields.join('')}\r\n`)
  }

/** Sends every message back as it came. Closes with 1007 on text that is not UTF-8, as the standard asks: `ws` does. */
export const echoes = (): Behaviour => (visit) =>
  withLibrary(visit, (socket) => socket.on('message', (data, binary) => socket.send(data as Buffer, {binary})))

/** Reads up to this many messages, then closes. */
export const closesAfter =
  (messages: number, code: number, reason = ''): Behaviour =>
  (visit) =>
    withLibrary(visit, (socket) => socket.on('message', () => visit.connection.messages.length === messages && socket.close(code, reason)))

const servers = new WebSocketServer({noServer: true, maxPayload: 64 * 1024 * 1024})

const withLibrary = ({request, socket, head, connection, changed}: Visit, use: (socket: WebSocket) => void): void =>
  servers.handleUpgrade(request, socket, head, (accepted) => {
    accepted.on('message', (data, binary) => {
      connection.messages.push({opcode: binary ? 'binary' : 'text', data: data as Buffer})
      changed()
    })
    accepted.on('ping', () => {
      connection.pings++
      changed()
    })
    accepted.on('close', (code, reason) => {
      if (code !== 1006) Object.assign(connection, {closeCode: code, closeReason: String(reason)})
      changed()
    })
    // What the client did wrong is its test's affair; `ws` answers with the right close code by itself.
    accepted.on('error', () => {})
    use(accepted)
  })

const afterPong = (visit: Visit, then: () => void): void => {
  const {write} = byHand(visit, {onPong: then})
  write(0x9, Buffer.alloc(0))
}

interface Reactions {
  onPong?: () => void
  onClose?: () => void
}

/** A server without a library: accepts the upgrade, records what it reads, and does nothing by itself. */
const byHand = ({request, socket, head, connection, changed}: Visit, reactions: Reactions = {}): {write: (opcode: number, body: Uint8Array) => void} => {
  // [RFC 6455 §4.2.2]
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`)
  let unread = head
  const read = (): void => {
    for (let frame; (frame = takeFrame(unread)); unread = frame.rest) {
      const {opcode, body} = frame
      if (opcode === 0x1 || opcode === 0x2) connection.messages.push({opcode: opcode === 0x1 ? 'text' : 'binary', data: body})
      if (opcode === 0x8) {
        connection.closeCode = body.length > 1 ? body.readUInt16BE() : 1005
        connection.closeReason = body.subarray(2).toString()
        reactions.onClose?.()
      }
      if (opcode === 0x9) connection.pings++
      if (opcode === 0xa) reactions.onPong?.()
      changed()
    }
  }
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    read()
  })
  read()
  return {
    write: (opcode, body) => socket.write(Buffer.concat([Buffer.from([0x80 | opcode, body.length]), body])),
  }
}

/** The first whole frame from a client, unmasked. [RFC 6455 §5.2] */
const takeFrame = (bytes: Buffer): {opcode: number; body: Buffer; rest: Buffer} | undefined => {
  if (bytes.length < 2) return undefined
  const opcode = bytes[0]! & 0xf
  let length = bytes[1]! & 0x7f
  let at = 2
  if (length === 126) {
    if (bytes.length < 4) return undefined
    length = bytes.readUInt16BE(2)
    at = 4
  } else if (length === 127) {
    if (bytes.length < 10) return undefined
    length = Number(bytes.readBigUInt64BE(2))
    at = 10
  }
  if (bytes.length < at + 4 + length) return undefined
  const mask = bytes.subarray(at, at + 4)
  const body = Buffer.from(bytes.subarray(at + 4, at + 4 + length))
  for (let i = 0; i < length; i++) body[i]! ^= mask[i % 4]!
  return {opcode, body, rest: bytes.subarray(at + 4 + length)}
}
