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
  /** Whether messages need no more than to be handed to the socket. */
  readonly #isPlain: boolean
  readonly #highWaterMark: number
  readonly #writer: Writer
  readonly #line: Line
  /** Whether what waits goes before what comes. Listeners of `open` go before all. */
  #flushing = false
  #timer: unknown
  #timerAt = Infinity
  /** Tells a timer that is not wanted any more: not every kind can be taken back. */
  #round = 0
  #expiredAt = 0
  /** Looks in a row that changed nothing. */
  #looks = 0
  #pinged: {turn: number; at: number; pongs: number} | undefined
  #pings = 0
  #pongs = 0
  /** Whether pings show what the peer has. */
  #answers = false
  #isPressed = false
  /** Bytes of the largest message that was refused for want of room, since there was room last. */
  #wanted = 0
  #waiters: (() => void)[] = []

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
    const ready = !!this.#line.ready()
    const entry = this.buffer.push(message, this.#writer.now(), ready && this.#flushing, wishes)
    // An empty message needs room, too.
    if (entry === 'full' || entry === 'overflow') this.#wanted = Math.max(this.#wanted, byteLength(message.data), 1)
    if (ready && this.#flushing) this.#write()
    else this.#update()
    return entry
  }

  /** Nothing goes straight to the socket, until things are settled. */
  hold(): void {
    this.#writer.direct = undefined
  }

  cancel(entry: Entry): void {
    this.buffer.cancel(entry)
    this.#update()
  }

  /** Sends what waits, in chunks: now, and whenever the one before has left. */
  flush(): void {
    if (!this.#line.ready()) return this.#update()
    if (!this.#flushing) this.buffer.nextTurn()
    this.#flushing = true
    this.#write()
  }

  /** @param answers whether this connection has protocol pings */
  opened(answers: boolean): void {
    this.#answers = answers
  }

  /** @returns those that were not awaited */
  acknowledge(ids: readonly MessageId[]): MessageId[] {
    const others = ids.filter((id) => !this.buffer.acknowledge(`${id}`))
    // Not before: what goes out now, the server could not have meant.
    if (others.length < ids.length) this.flush()
    return others
  }

  ping(socket: WebSocketLike): void {
    this.#pings++
    socket.ping!()
  }

  pong(): void {
    this.#pongs++
    if (!this.#pinged || this.#pongs < this.#pinged.pongs) return
    this.buffer.left(this.#pinged.turn)
    this.#pinged = undefined
    this.#looks = 0
    this.flush()
  }

  /** The connection ended. */
  lost(loss: Loss): void {
    this.buffer.lost(loss)
    this.#flushing = false
    this.#pinged = undefined
    this.#pings = this.#pongs = 0
    this.#answers = false
    this.#update()
  }

  /** Nothing will be sent any more. */
  stop(): void {
    this.buffer.stop()
    this.#waiters = []
    this.#update()
  }

  take(): Message<any>[] {
    const taken = this.buffer.take()
    this.#update()
    return taken
  }

  /** @returns whether less than the high-water mark waits; if not, `then` is called once when that is so */
  whenDrained(then: () => void): boolean {
    if (!this.press()) return true
    this.#waiters.push(then)
    return false
  }

  /** Says that there may be too much under way. @returns whether there is */
  press(): boolean {
    this.#isPressed ||= this.#isAbove()
    if (this.#isPressed) this.#update()
    return this.#isPressed
  }

  #isAbove(): boolean {
    const {buffer} = this
    const socket = this.#line.ready()
    const hasRoom = buffer.fits(this.#wanted) || (!buffer.size && (socket || !this.#wanted))
    return !hasRoom || buffer.bytes + (socket?.bufferedAmount ?? 0) > this.#highWaterMark
  }

  #write(): void {
    const {buffer} = this
    for (let socket, entry; (socket = this.#line.ready()) && (entry = buffer.next(this.#writer.now())); ) {
      this.#looks = 0
      try {
        this.#writer.write(socket, {data: entry.data, kind: kindOf(entry.data, entry.binary)!}, entry)
      } catch (error) {
        // Kept if the connection is to blame. If the data is, no later connection will take it either.
        if (!this.#line.ready()) {
          buffer.takeBack(entry)
        } else {
          buffer.reject(entry)
          reportError(error)
        }
      }
    }
    this.#update()
  }

  /** Looks what has left. */
  #look(): void {
    const {buffer} = this
    const socket = this.#line.ready()
    const now = this.#clock.now()
    this.#expiredAt = now
    buffer.expire(now)
    if (!socket || !this.#flushing) return this.#update()
    const written = buffer.nextTurn() - 1
    this.#looks++
    if (this.#pinged && now - this.#pinged.at > pongLimit) this.#answers = false
    // Not the last two chunks: the peer may be that far behind.
    if (!this.#answers) buffer.left(written - 2, socket.bufferedAmount, !!this.#pinged)
    else if (!this.#pinged && buffer.flying) this.#ask(socket, written)
    this.#write()
  }

  #ask(socket: WebSocketLike, turn: number): void {
    try {
      this.ping(socket)
      this.#pinged = {turn, at: this.#clock.now(), pongs: this.#pings}
    } catch {
      // It is closing, and will say so.
    }
  }

  /** Tells what is new, and sees to it that what is to come is noticed. */
  #update(): void {
    const {buffer} = this
    this.#writer.direct = this.#isPlain && buffer.isIdle ? this.#line.ready() : undefined
    for (const {entry, outcome} of buffer.takeSettled()) {
      this.#looks = 0
      this.#line.settled(entry, outcome)
    }
    if (!this.#isPressed) this.#isPressed = this.#wanted > 0 || (buffer.size > 0 && !buffer.fits(0)) || buffer.bytes > this.#highWaterMark
    else if (!this.#isAbove()) {
      this.#isPressed = false
      this.#wanted = 0
      for (const then of this.#waiters.splice(0)) then()
      this.#line.drained()
    }
    const underWay = this.#flushing && this.#line.ready() && (buffer.size || buffer.flying || this.#isPressed)
    this.#schedule(underWay ? (this.#looks < 4 ? 0 : Math.min(longestLook, 2 ** (this.#looks - 4))) : Infinity)
  }

  /** One timer, for the next look or the next message to expire. */
  #schedule(delay: number): void {
    const {buffer} = this
    if (Math.min(delay, buffer.expiresAt, this.#timerAt) === Infinity) return
    const now = this.#clock.now()
    // Looking for what has expired takes as long as there are messages.
    const expiresAt = Math.max(buffer.expiresAt, this.#expiredAt + buffer.size / 100)
    const at = this.#line.takes() ? Math.min(now + delay, expiresAt) : Infinity
    if (at === this.#timerAt || (at > this.#timerAt && at < Infinity)) return
    this.#clock.clearTimeout(this.#timer)
    this.#timerAt = at
    const round = ++this.#round
    if (at === Infinity) return
    const look = (): void => {
      if (round !== this.#round) return
      this.#timerAt = Infinity
      this.#look()
    }
    if (at > now) this.#timer = this.#clock.setTimeout(look, Math.min(at - now, longestDelay))
    else if (this.#clock.immediately) this.#clock.immediately(look)
    else this.#timer = this.#clock.setTimeout(look, 0)
  }
}
