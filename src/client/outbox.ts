// When does a message leave, and who is told what became of it?

import {longestDelay} from '../core/backoff.ts'
import {byteLength, kindOf, SendBuffer, type Entry, type Loss, type Message, type MessageId, type Outcome, type OutcomeCause, type Wishes} from '../core/index.ts'
import type {Clock} from '../platform/clock.ts'
import {reportError} from '../platform/console.ts'
import type {WebSocketLike} from '../platform/websocket.ts'
import type {Settings} from './options.ts'
import type {Writer} from './writer.ts'

/** What the client lends: its connection, and its voice. */
export interface Line {
  /** The socket, if it is open and nothing else must be handled first. */
  ready(): WebSocketLike | undefined
  /** Whether the client may still send. */
  takes(): boolean
  /** A message has its outcome. */
  settled(entry: Entry, outcome: Outcome): void
  /** There is room again. */
  drained(): void
}

/** A look at what the runtime still holds comes after a task, and then ever later, up to this, ms. */
const longestLook = 50

/** A peer that does not answer a ping within this time is not waited for, ms. */
const pongLimit = 2000

/**
 * The way out: messages that can't leave at once wait in the {@link SendBuffer}, and leave in chunks.
 *
 * Between two chunks other tasks run, and the runtime must have passed on the chunk before; with protocol pings, the peer must have
 * answered one that was sent after it. So a connection that breaks leaves at most three chunks in doubt.
 */
export class Outbox {
  readonly buffer: SendBuffer
  readonly #clock: Clock
  readonly #highWaterMark: number
  /** Whether messages need no more than to be handed to the socket. */
  readonly #isPlain: boolean
  readonly #writer: Writer
  readonly #line: Line
  /** Whether what waits goes before what comes. Listeners of `open` go before all. */
  #flushing = false
  #timer: unknown
  #timerAt = Infinity
  /** Looks since something was written. */
  #looks = 0
  /** Whether pings show what the peer has. */
  #answers = false
  /** Pings that are not answered. */
  #pings = 0
  /** A ping that shows, when as many pongs as this have come, that the peer has what was written in or before its turn. */
  #pinged: {turn: number; at: number; pongs: number} | undefined
  #isPressed = false
  /** Bytes of the largest message that was refused for want of room, since there was room last. */
  #wanted = 0

  constructor({buffer, clock, codec, delivery, highWaterMark}: Settings, writer: Writer, line: Line) {
    this.buffer = new SendBuffer(buffer, delivery?.window)
    this.#highWaterMark = highWaterMark
    this.#clock = clock
    this.#isPlain = !codec && !delivery
    this.#writer = writer
    this.#line = line
  }

  /** Whether a message must wait for others to leave first. */
  get isBusy(): boolean {
    return this.#flushing && this.buffer.size > 0
  }

  /** Takes a message, and sends what may leave. @returns why it was not taken, if it was not */
  push(message: Message, wishes: Wishes | undefined): Entry | OutcomeCause {
    // Also while `open` is told: there is nothing to go before it.
    if (!this.buffer.size && this.#line.ready()) this.#flushing = true
    const entry = this.buffer.push(message, this.#writer.now(), !!this.#open(), wishes)
    this.#write()
    // Last: only who knows of the refusal waits for `drain`.
    if (entry === 'full' || entry === 'overflow') {
      // An empty message needs room, too.
      this.#wanted = Math.max(this.#wanted, byteLength(message.data), 1)
      this.#isPressed = true
      this.#schedule()
    }
    return entry
  }

  /** Nothing goes straight to the socket, until things are settled. */
  hold(): void {
    this.#writer.direct = undefined
  }

  cancel(entry: Entry): void {
    this.buffer.cancel(entry)
    this.#write()
  }

  /** Sends what waits, in chunks: now, and whenever the one before has left. */
  flush(): void {
    if (this.#line.ready()) this.#flushing = true
    this.#write()
  }

  /** @param answers whether this connection has protocol pings */
  opened(answers: boolean): void {
    this.#answers = answers
  }

  /** @returns those that nobody awaits */
  acknowledge(ids: readonly MessageId[]): MessageId[] {
    const others = ids.filter((id) => !this.buffer.acknowledge(`${id}`))
    // Not before: what goes out now, the server could not have meant.
    if (others.length < ids.length) this.flush()
    return others
  }

  ping(socket: WebSocketLike): void {
    socket.ping!()
    this.#pings++
  }

  pong(): void {
    // Some peers send pongs that nobody asked for.
    if (!this.#pings) return
    this.#pings--
    if (!this.#pinged || --this.#pinged.pongs) return
    this.buffer.left(this.#pinged.turn)
    this.#pinged = undefined
    this.flush()
  }

  /** The connection ended. */
  lost(loss: Loss): void {
    this.buffer.lost(loss)
    this.#flushing = false
    this.#pinged = undefined
    this.#pings = 0
    this.#update()
  }

  /** Nothing will be sent any more. */
  stop(): void {
    this.buffer.stop()
    this.#update()
  }

  take(): Message<any>[] {
    const taken = this.buffer.take()
    this.#update()
    return taken
  }

  /** Whether no more than the high-water mark is under way, and the send buffer has room; if not, `drained` tells when it is so. */
  hasRoom(): boolean {
    this.#update()
    return !this.#isPressed
  }

  /** Notes whether there is too much under way. Tells nobody: a message may be on its way to the socket. */
  press(): void {
    this.#isPressed ||= this.#isAbove()
    this.#schedule()
  }

  /** The socket, once what waits may leave. */
  #open(): WebSocketLike | undefined {
    return this.#flushing ? this.#line.ready() : undefined
  }

  #isAbove(): boolean {
    const {buffer} = this
    const socket = this.#line.ready()
    return !buffer.fits(this.#wanted, !!socket) || buffer.bytes + (socket?.bufferedAmount ?? 0) > this.#highWaterMark
  }

  #write(): void {
    const {buffer} = this
    for (let socket, entry; (socket = this.#open()) && (entry = buffer.next(this.#writer.now())); ) {
      this.#looks = 0
      try {
        this.#writer.write(socket, {data: entry.data, kind: kindOf(entry.data, entry.binary)!}, entry)
      } catch (error) {
        // Kept if the connection is to blame. If the data is, no later connection will take it either.
        if (this.#line.ready()) {
          buffer.reject(entry)
          reportError(error)
        } else {
          buffer.takeBack(entry)
        }
      }
    }
    this.#update()
  }

  /** Looks what has left. */
  #look(): void {
    const {buffer} = this
    const now = this.#clock.now()
    buffer.expire(now)
    const socket = this.#open()
    if (socket) {
      const written = buffer.nextTurn() - 1
      this.#looks++
      const isLate = !!this.#pinged && now - this.#pinged.at > pongLimit
      // Not the last two chunks: the peer may be that far behind.
      if (!this.#answers || isLate) buffer.left(written - 2, socket.bufferedAmount, isLate)
      else if (!this.#pinged && buffer.flying) {
        try {
          this.ping(socket)
          this.#pinged = {turn: written, at: now, pongs: this.#pings}
        } catch {
          // It is closing, and will say so.
        }
      }
    }
    this.#write()
  }

  /** Tells what is new, and sees to it that what is to come is noticed. */
  #update(): void {
    const {buffer} = this
    this.#writer.direct = this.#isPlain && buffer.isIdle ? this.#line.ready() : undefined
    for (const {entry, outcome} of buffer.takeSettled()) {
      this.#line.settled(entry, outcome)
      // Who keeps the receipt keeps the entry, and need not keep what it said.
      if (entry.state === 'over') Object.assign(entry, {data: '', wishes: {}})
    }
    const wasPressed = this.#isPressed
    this.#isPressed = this.#isAbove()
    if (wasPressed && !this.#isPressed) {
      this.#wanted = 0
      this.#line.drained()
    }
    this.#schedule()
  }

  /** One timer, for the next look or the next message to expire. */
  #schedule(): void {
    const {buffer} = this
    const underWay = this.#open() && (buffer.size || buffer.flying || this.#isPressed)
    if (!underWay && Math.min(buffer.expiresAt, this.#timerAt) === Infinity) return
    const now = this.#clock.now()
    const delay = underWay ? Math.min(longestLook, Math.floor(2 ** this.#looks / 16)) : Infinity
    const at = this.#line.takes() ? Math.min(now + delay, buffer.expiresAt) : Infinity
    if (at === this.#timerAt || (at > this.#timerAt && at < Infinity)) return
    this.#clock.clearTimeout(this.#timer)
    this.#timerAt = at
    if (at === Infinity) return
    const look = (): void => {
      // Not every kind can be taken back.
      if (at !== this.#timerAt) return
      this.#timerAt = Infinity
      this.#look()
    }
    if (at > now) this.#timer = this.#clock.setTimeout(look, Math.min(at - now, longestDelay))
    else if (this.#clock.immediately) this.#clock.immediately(look)
    else this.#timer = this.#clock.setTimeout(look, 0)
  }
}
