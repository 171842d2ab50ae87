// What can a network do to a connection? A TCP proxy on loopback, each fault with a name, switched at any time and for each way.

import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

/** `up`: what the client says. `down`: what the server says. */
export type Way = 'up' | 'down'

/**
 * What holds until `calm()`; without a way, both ways:
 * - `latency`: bytes, and the end of them, arrive so many ms later, in order
 * - `bandwidth`: so many bytes pass in a second; the sender feels it
 * - `stall`: nothing passes, and passes afterwards, however late
 * - `blackhole`: bytes are taken and never passed on, and TCP stays open. A connection that lost some never recovers: a stream has no holes
 * - `refuse`: new connections are reset
 *
 * What happens once, to the connections that there are:
 * - `reset`: RST to both sides, and nothing of what was under way
 * - `half-close`: FIN one way, after what is under way; the other way goes on
 * - `cut`: exactly so many bytes more, then RST to both sides
 */
export type Fault =
  | {name: 'latency'; ms: number; way?: Way}
  | {name: 'bandwidth'; bytesPerSecond: number; way?: Way}
  | {name: 'stall' | 'blackhole'; way?: Way}
  | {name: 'refuse' | 'reset'}
  | {name: 'half-close'; way: Way}
  | {name: 'cut'; after: number; way: Way}

export interface Proxy {
  /** `ws:` URL, without a path. */
  url: string
  /** Connections that are open on either side. */
  readonly connections: number
  apply(fault: Fault): void
  /** Ends every fault that lasts. */
  calm(): void
  /** Leaves nothing: both sides of every connection are reset, the port is free. */
  close(): Promise<void>
}

/** What a way is like at present. */
interface Weather {
  latency: number
  bytesPerSecond: number
  stall: boolean
  blackhole: boolean
}

const fair = (): Weather => ({latency: 0, bytesPerSecond: Infinity, stall: false, blackhole: false})

/** What a way holds back before its sender must wait, bytes. */
const capacity = 65_536

/** What travels: bytes, a FIN, or a RST. */
type Piece = Buffer | 'end' | 'reset'

/** One way of one connection. */
class Pipe {
  readonly #from: Socket
  readonly #to: Socket
  readonly #weather: Weather
  readonly #reset: () => void
  /** What is under way, oldest first. */
  #held: {due: number; piece: Piece}[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  /** When the bandwidth lets the next piece pass. */
  #freeAt = 0
  /** Bytes until the cut. */
  #left = Infinity
  /** Nothing that comes from now on is passed on. */
  #ended = false

  constructor(from: Socket, to: Socket, weather: Weather, reset: () => void) {
    this.#from = from
    this.#to = to
    this.#weather = weather
    this.#reset = reset
    from.on('data', (bytes) => this.#take(bytes))
    from.on('end', () => this.#take('end'))
    from.on('close', (byError) => byError && this.#take('reset'))
    to.on('drain', () => this.look())
  }

  halfClose(): void {
    this.#take('end')
    this.#ended = true
  }

  cut(after: number): void {
    if (after === 0) this.#reset()
    this.#left = after
    this.look()
  }

  /** Passes on what may pass now. */
  look(): void {
    clearTimeout(this.#timer)
    if (this.#weather.blackhole && this.#held.length) this.stop()
    while (this.#held.length && !this.#weather.stall && !this.#to.writableNeedDrain) {
      const {due, piece} = this.#held[0]!
      const wait = Math.max(due, this.#freeAt) - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.look(), wait)
        break
      }
      // Nobody is there any more, and a host says so.
      if (piece === 'reset' || this.#to.destroyed) return this.#reset()
      if (piece === 'end') this.#end()
      else this.#pass(piece)
    }
    if (this.#bytes < capacity) this.#from.resume()
    else this.#from.pause()
  }

  /** What is under way is lost, and so is all that follows. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#ended = true
    this.#held = []
    this.#bytes = 0
  }

  #take(piece: Piece): void {
    if (this.#ended) return
    this.#held.push({due: performance.now() + this.#weather.latency, piece})
    if (piece !== 'end' && piece !== 'reset') this.#bytes += piece.length
    this.look()
  }

  #end(): void {
    this.#held.shift()
    this.#to.end()
  }

  #pass(piece: Buffer): void {
    const {bytesPerSecond} = this.#weather
    // A twentieth of a second's worth at a time: whole pieces would come in bursts.
    const count = Math.min(piece.length, this.#left, Math.max(1, Math.floor(bytesPerSecond / 20)))
    if (count < piece.length) this.#held[0]!.piece = piece.subarray(count)
    else this.#held.shift()
    this.#bytes -= count
    this.#left -= count
    this.#freeAt = performance.now() + (count / bytesPerSecond) * 1000
    if (this.#left > 0) return void this.#to.write(piece.subarray(0, count))
    // What the kernel has not taken would not go before the reset.
    this.#to.write(piece.subarray(0, count), this.#reset)
    this.stop()
  }
}

interface Connection {
  up: Pipe
  down: Pipe
  reset: () => void
}

/** A proxy to this port of loopback. */
export async function proxyTo(port: number): Promise<Proxy> {
  const weather = {up: fair(), down: fair()}
  const connections = new Set<Connection>()
  let refusing = false

  const server = createServer({allowHalfOpen: true, noDelay: true}, (client) => {
    client.on('error', () => {})
    if (refusing) return void client.resetAndDestroy()
    const upstream = connect({port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true})
    upstream.on('error', () => {})
    const reset = (): void => {
      up.stop()
      down.stop()
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    const up = new Pipe(client, upstream, weather.up, reset)
    const down = new Pipe(upstream, client, weather.down, reset)
    const connection = {up, down, reset}
    connections.add(connection)
    const gone = (): void => {
      if (client.destroyed && upstream.destroyed) connections.delete(connection)
    }
    client.on('close', gone)
    upstream.on('close', gone)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const look = (): void => {
    for (const {up, down} of connections) {
      up.look()
      down.look()
    }
  }
  const change = (way: Way | undefined, changed: Partial<Weather>): void => {
    for (const each of way ? [way] : (['up', 'down'] as const)) Object.assign(weather[each], changed)
    look()
  }
  const calm = (): void => {
    refusing = false
    change(undefined, fair())
  }

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections.size
    },
    apply(fault) {
      switch (fault.name) {
        case 'latency':
          return change(fault.way, {latency: fault.ms})
        case 'bandwidth':
          return change(fault.way, {bytesPerSecond: fault.bytesPerSecond})
        case 'stall':
        case 'blackhole':
          return change(fault.way, {[fault.name]: true})
        case 'refuse':
          refusing = true
          return
        case 'reset':
          for (const {reset} of connections) reset()
          return
        case 'half-close':
          for (const connection of connections) connection[fault.way].halfClose()
          return
        case 'cut':
          for (const connection of connections) connection[fault.way].cut(fault.after)
          return
        default:
          fault satisfies never
      }
    },
    calm,
    async close() {
      refusing = true
      for (const {reset} of connections) reset()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** Faults that hold together, and for how long, ms. Then it is calm for a while. */
export interface Spell {
  faults: Fault[]
  lasts: number
  calm: number
}

/** The same seed gives the same spells, for about so many ms. The last of them is a calm in which everything can settle. */
export function schedule(seed: number, total: number, settling = 3000): Spell[] {
  const random = generator(seed)
  const between = (least: number, most: number): number => Math.floor(least + random() * (most - least))
  const one = <T>(list: readonly T[]): T => list[between(0, list.length)]!
  const way = (): Way => one(['up', 'down'])
  const hindrances: readonly (() => Fault)[] = [
    () => ({name: 'latency', ms: between(1, 150), way: way()}),
    () => ({name: 'bandwidth', bytesPerSecond: between(2000, 100_000), way: way()}),
  ]
  const breaks: readonly (() => Fault[])[] = [
    () => [{name: 'reset'}],
    () => [{name: 'half-close', way: way()}],
    () => [{name: 'cut', after: between(0, 2000), way: way()}],
    () => [{name: 'stall', way: way()}],
    () => [{name: 'stall'}],
    () => [{name: 'blackhole', way: way()}],
    () => [{name: 'blackhole'}],
    () => [{name: 'refuse'}, {name: 'reset'}],
  ]
  const spells: Spell[] = []
  for (let at = 0; at < total; ) {
    const spell = {faults: [one(hindrances)(), ...one(breaks)()].slice(between(0, 2)), lasts: between(20, 1500), calm: between(0, 800)}
    spells.push(spell)
    at += spell.lasts + spell.calm
  }
  return [...spells, {faults: [], lasts: 0, calm: settling}]
}

/** Plays the spells one after the other. */
export async function play(proxy: Proxy, spells: readonly Spell[]): Promise<void> {
  for (const {faults, lasts, calm} of spells) {
    for (const fault of faults) proxy.apply(fault)
    await sleep(lasts)
    proxy.calm()
    await sleep(calm)
  }
}

/** Numbers from 0 to 1, without 1. The state only counts; mixing it makes neighbouring seeds differ from the first number on. */
export const generator = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    const half = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    const whole = Math.imul(half ^ (half >>> 15), 0x735a2d97)
    return ((whole ^ (whole >>> 15)) >>> 0) / 2 ** 32
  }
}
