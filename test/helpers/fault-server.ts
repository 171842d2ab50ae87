// What can go wrong on the wire? Raw TCP without a library: a fault is a list of steps, each some bytes, a wait, or an end.

import {createHash} from 'node:crypto'
import {createServer, type AddressInfo, type Server as TcpServer, type Socket} from 'node:net'
import {createServer as createTlsServer} from 'node:tls'
import {constants, deflateRawSync} from 'node:zlib'
import {selfSigned} from './certificate.ts'

/**
 * - bytes: are sent
 * - a number: a pause, ms
 * - `hears`: until the client has sent a message, all of it
 * - `pong`, `closing`: until the client has sent such a frame
 * - `echo`: from now on every message goes back
 * - `deaf`: nothing more is read, until `listens`
 * - `fin`, `rst`: the end of TCP
 * - `mute`: whatever the client does, nothing more is said, and TCP stays
 * - `{payload}`: one binary message of so many bytes
 *
 * After the last step the server has manners: it answers a close frame if it sent none, and ends TCP after one.
 */
export type Step = Uint8Array | number | 'hears' | 'pong' | 'closing' | 'echo' | 'deaf' | 'listens' | 'fin' | 'rst' | 'mute' | {payload: number}

export interface Fault {
  /** `tls`: with a certificate that nobody trusts. `nobody`: connections are refused. `unknown`: a name that no host has. Default: TCP. */
  listens?: 'tls' | 'nobody' | 'unknown'
  /** Of the URL. Default `ws`. */
  scheme?: 'ws' | 'wss'
  /** What answers the request for an upgrade, before the steps. Default: `accept()`. */
  answer?: (request: Request) => string | Uint8Array
  /** What is done once the request is there. */
  steps?: readonly Step[]
}

export interface Request {
  /** Path and query. */
  path: string
  /** By lower-case name. */
  headers: Record<string, string>
  host: string
  port: number
}

/** One request for an upgrade, and what came after it. */
export interface Seen {
  path: string
  /** Whole messages. What big ones and those in fragments say is not kept. */
  messages: {opcode: number; length: number; body?: Buffer}[]
  /** Of the client's close frame; 1005 for one without a code. */
  closeCode?: number
  closeReason?: string
  /** How TCP ended from that side, if it did. */
  end?: 'FIN' | 'RST'
}

export interface FaultServer {
  url: string
  seen: readonly Seen[]
  /** Leaves nothing: every connection is destroyed, the port is free. */
  close(): Promise<void>
}

/** Frames of more are counted, not kept. */
const kept = 65_536

const chunk = Buffer.alloc(1 << 20)

/** A frame from a server. @param first its first byte: FIN, RSV and opcode. [RFC 6455 §5.2] */
export const frame = (first: number, body: Uint8Array | string = ''): Buffer => {
  const bytes = Buffer.from(body as string)
  return Buffer.concat([header(first, bytes.length), bytes])
}

/** The beginning of a frame, however long it says it will be. */
export const header = (first: number, length: number | bigint): Buffer => {
  if (length < 126) return Buffer.from([first, Number(length)])
  if (length < 65_536) return Buffer.from([first, 126, Number(length) >> 8, Number(length) & 0xff])
  const long = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0])
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}

export const text = (body: Uint8Array | string): Buffer => frame(0x81, body)

export const closeFrame = (code: number, reason: Uint8Array | string = 'words'): Buffer => frame(0x88, Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason as string)]))

/** A whole text message, compressed. [RFC 7692 §7.2.1] */
export const deflated = (body: Uint8Array | string): Buffer => frame(0xc1, deflateRawSync(body, {finishFlush: constants.Z_SYNC_FLUSH}).subarray(0, -4))

/** An upgrade as the standard asks, but for these headers; one that is '' is left out. */
export const accept =
  (headers: Record<string, string> = {}, version = '1.1') =>
  ({headers: {'sec-websocket-key': key}}: Request): string => {
    // [RFC 6455 §4.2.2]
    const proof = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    return head(`HTTP/${version} 101 Switching Protocols`, {Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': proof, ...headers})
  }

/** An upgrade, and frames right behind it: in most runtimes one read brings both. */
export const acceptWith =
  (...frames: Uint8Array[]) =>
  (request: Request): Buffer =>
    Buffer.concat([Buffer.from(accept()(request)), ...frames])

export const refuse =
  (status: number, headers: Record<string, string> | ((request: Request) => Record<string, string>) = {}) =>
  (request: Request): string =>
    head(`HTTP/1.1 ${status} No`, {'Content-Length': '2', Connection: 'close', ...(typeof headers === 'function' ? headers(request) : headers)}) + 'no'

const head = (line: string, headers: Record<string, string>): string =>
  `${line}\r\n${Object.entries(headers)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

/** Serves one fault on a port of its own. A client's first attempt (`?attempt=0`) meets it; later ones find a server that accepts and has manners. */
export async function serveFault(fault: Fault, host = '127.0.0.1'): Promise<FaultServer> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const meet = (socket: Socket): void => void visit(socket, fault, host, port, seen)
  // Half open, so that the client's end is seen as one, and ours is a step.
  const server: TcpServer = fault.listens === 'tls' ? createTlsServer({...selfSigned(), allowHalfOpen: true}, meet) : createServer({allowHalfOpen: true}, meet)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const {port} = server.address() as AddressInfo
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  if (fault.listens === 'nobody') await close()
  const name = fault.listens === 'unknown' ? 'closecall.invalid' : host
  return {url: `${fault.scheme ?? 'ws'}://${name}:${port}/`, seen, close: () => (server.listening ? close() : Promise.resolve())}
}

/** One connection, from its request to its end. */
const visit = async (socket: Socket, fault: Fault, host: string, port: number, seen: Seen[]): Promise<void> => {
  const {request, rest} = await requestOn(socket)
  if (!request) return
  const {answer = accept(), steps = []} = request.path.includes('attempt=0') ? fault : {}
  const record: Seen = {path: request.path, messages: []}
  seen.push(record)
  const closed = (): boolean => record.closeCode !== undefined || !!record.end
  let begun: {opcode: number; length: number} | undefined
  let said = false
  let pongs = 0
  let echoing = false
  let done = false
  let wake = (): void => {}
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => (wake = resolve))
  }
  const read = frames((opcode, whole, length, body) => {
    if (opcode === 0x8) {
      record.closeCode = body!.length > 1 ? body!.readUInt16BE() : 1005
      record.closeReason = body!.subarray(2).toString()
    } else if (opcode === 0xa) pongs++
    else if (opcode < 0x8) {
      const message = begun ? {opcode: begun.opcode, length: begun.length + length} : {opcode, length, ...(body && {body})}
      begun = whole ? undefined : message
      if (whole) record.messages.push(message)
      if (echoing) socket.write(frame(0x80 | opcode, body))
    }
    wake()
  })
  const ended = (end: 'FIN' | 'RST'): void => {
    record.end ??= end
    wake()
  }
  socket.on('data', read)
  socket.on('drain', () => wake())
  socket.on('end', () => ended('FIN'))
  socket.on('close', (broken) => ended(broken ? 'RST' : 'FIN'))
  read(rest)
  if (answer) socket.write(answer({...request, host, port}))

  for (const step of steps) {
    if (step instanceof Uint8Array) {
      socket.write(step)
      said ||= (step[0]! & 0xf) === 0x8
    } else if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step))
    else if (typeof step === 'object') {
      socket.write(header(0x82, step.payload))
      for (let left = step.payload; left > 0 && !closed(); left -= chunk.length) {
        socket.write(chunk.subarray(0, Math.min(left, chunk.length)))
        await until(() => !socket.writableNeedDrain || closed())
      }
    } else if (step === 'hears') await until(() => record.messages.length > 0 || closed())
    else if (step === 'pong') await until(() => pongs > 0 || closed())
    else if (step === 'closing') await until(closed)
    else if (step === 'echo') echoing = true
    else if (step === 'deaf') socket.pause()
    else if (step === 'listens') socket.resume()
    else {
      done = true
      if (step === 'fin') socket.end()
      if (step === 'rst') socket.resetAndDestroy()
    }
  }
  await until(closed)
  if (done) return
  if (!said && record.closeCode !== undefined) socket.write(frame(0x88, record.closeCode === 1005 ? '' : Buffer.of(record.closeCode >> 8, record.closeCode & 0xff)))
  socket.end()
}

/** The request, once it is whole; none from a connection that a browser opened to be prepared. */
const requestOn = (socket: Socket): Promise<{request?: Omit<Request, 'host' | 'port'>; rest: Buffer}> =>
  new Promise((resolve) => {
    let read = Buffer.alloc(0)
    // What breaks the connection is what the fault is about, or its end.
    socket.on('error', () => {})
    const left = (): void => {
      socket.end()
      resolve({rest: read})
    }
    const take = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', take)
      socket.off('end', left)
      const [line, ...fields] = read.subarray(0, end).toString().split('\r\n')
      const headers = Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]))
      resolve({request: {path: line!.split(' ')[1] ?? '', headers}, rest: read.subarray(end + 4)})
    }
    socket.on('data', take)
    socket.once('end', left)
  })

/** Takes the client's frames out of a stream, unmasked. Of those that are too big to keep it gives only the length. */
const frames = (found: (opcode: number, whole: boolean, length: number, body?: Buffer) => void): ((chunk: Buffer) => void) => {
  let unread: Buffer = Buffer.alloc(0)
  let passing: {opcode: number; whole: boolean; length: number; left: number} | undefined
  return (chunk) => {
    unread = unread.length ? Buffer.concat([unread, chunk]) : chunk
    for (;;) {
      if (passing) {
        const gone = Math.min(passing.left, unread.length)
        passing.left -= gone
        unread = unread.subarray(gone)
        if (passing.left) return
        found(passing.opcode, passing.whole, passing.length)
        passing = undefined
        continue
      }
      if (unread.length < 2) return
      const short = unread[1]! & 0x7f
      const at = short === 127 ? 10 : short === 126 ? 4 : 2
      if (unread.length < at + 4) return
      const length = short === 127 ? Number(unread.readBigUInt64BE(2)) : short === 126 ? unread.readUInt16BE(2) : short
      const opcode = unread[0]! & 0xf
      const whole = unread[0]! > 0x7f
      if (length > kept) {
        unread = unread.subarray(at + 4)
        passing = {opcode, whole, length, left: length}
        continue
      }
      if (unread.length < at + 4 + length) return
      const mask = unread.subarray(at, at + 4)
      const body = Buffer.from(unread.subarray(at + 4, at + 4 + length))
      for (let i = 0; i < length; i++) body[i]! ^= mask[i % 4]!
      unread = unread.subarray(at + 4 + length)
      found(opcode, whole, length, body)
    }
  }
}
