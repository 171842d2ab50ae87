// When does a message leave, and who is told what became of it?

import {longestDelay} from '../core/backoff.ts'
import {byteLength, messageOf, SendBuffer, type Entry, type Loss, type Message, type MessageId, type Outcome, type OutcomeCause, type OutcomeStatus, type SendData, type Wishes} from '../core/index.ts'
import {bytesOf} from '../core/inspect.ts'
import {largestKept} from '../core/evidence.ts'
import {noWishes, sentAlready} from '../core/send-buffer.ts'
import {reportError, warn} from '../platform/console.ts'
import {framing, unsentBytes, type WebSocketLike} from '../platform/websocket.ts'
import type {Dropped} from './events.ts'
import type {Line} from './line.ts'
import {checkId, checkSendOptions, type SendOptions, type Settings} from './options.ts'
import type {Report} from './report.ts'
import type {Writer} from './writer.ts'

/** What became of a message: handed to the socket; kept for the next connection; or not taken, and the caller's to keep. */
export type SendResult = 'sent' | 'buffered' | 'refused'

/** What became of a message, once that is known; never rejects but for what can't be sent. */
export interface Receipt extends Promise<Outcome> {
  /** Takes the message back, if that is not too late: the outcome says. */
  cancel(): void
}

/** Nobody has seen it. */
const untouched = {inDoubt: false, writes: 0}

/** What a message is told that is not taken. Making room for others is the caller's policy, and a loss. */
const refusal = (why: OutcomeCause): Outcome => ({status: why === 'overflow' ? 'dropped' : 'unsent', why, ...untouched})

const pending = (): {promise: Promise<Outcome>; resolve: (outcome: Outcome) => void; reject: (error: unknown) => void} => {
  let resolve!: (outcome: Outcome) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<Outcome>((...settle) => ([resolve, reject] = settle))
  return {promise, resolve, reject}
}

/** What the caller wished for, or knows already. */
const expected: readonly (OutcomeStatus | OutcomeCause)[] = ['acknowledged', 'cancelled', 'taken', 'stopped']

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
  /** Whether this connection has protocol pings, which show what the peer has. */
  answers = false
  readonly #settings: Settings
  readonly #writer: Writer
  readonly #line: Line
  /** Made for the first message that can't leave at once: many clients never have one. */
  #buffer: SendBuffer | undefined
  /** Whether what waits goes before what comes. Listeners of `open` go before all. */
  #flushing = false
  #timer: unknown
  #timerAt: number | undefined
  /** Looks since something was written. */
  #looks = 0
  /** Pings that are not answered. */
  #pings = 0
  /** A ping that shows, when as many pongs as this have come, that the peer has what was written in or before its turn. */
  #pinged: {turn: number; at: number; pongs: number} | undefined
  #isPressed = false
  #toldDrop = false
  /** Bytes of the largest message that was refused for want of room, since there was room last. */
  #wanted = 0

  constructor(settings: Settings, writer: Writer, line: Line) {
    this.#settings = settings
    this.#writer = writer
    this.#line = line
    writer.held = this
  }

  /** Messages that wait. */
  get size(): number {
    return this.#buffer?.size ?? 0
  }

  /** Bytes of those. */
  get bytes(): number {
    return this.#buffer?.bytes ?? 0
  }

  /** Messages of so many bytes are refused. */
  get tooBig(): number {
    return this.#buffer?.tooBig ?? Infinity
  }

  send(data: unknown, options: SendOptions | undefined): SendResult {
    const taken = this.#accept(data, options)
    if (typeof taken === 'object') return taken.writes ? 'sent' : 'buffered'
    return taken === 'sent' ? taken : 'refused'
  }

  deliver(data: unknown, options: SendOptions | undefined): Receipt {
    // No function that the receipt keeps may hold `data`: who keeps a receipt need not keep the message.
    const {promise, resolve, reject} = pending()
    let entry: Entry | undefined
    try {
      const taken = this.#accept(data, options, resolve)
      if (typeof taken === 'object') entry = taken
      else resolve(taken === 'cancelled' ? {status: taken, ...untouched} : refusal(taken as OutcomeCause))
    } catch (error) {
      reject(error)
    }
    return Object.assign(promise, {cancel: () => void (entry && this.#cancel(entry))})
  }

  /** @returns why it was not taken, if it was not; `'sent'`: it left, and nobody will ask for it */
  #accept(data: unknown, given: SendOptions | undefined, tell?: (outcome: Outcome) => void): Entry | OutcomeCause | 'sent' | 'cancelled' {
    const {codec, delivery, clock} = this.#settings
    const {binary, ttl, priority, key, signal} = checkSendOptions(given)
    const message = this.#writer.prepare(data, binary)
    const id = delivery?.id(data)
    this.#line.look()
    if (signal?.aborted) return 'cancelled'
    if (!this.#line.takes()) return 'stopped'
    const socket = tell || id !== undefined ? undefined : this.#clear(message.data, key)
    if (socket) {
      // What a codec made, nobody knows again but by what it was made of.
      const entry = codec && sentAlready(message, {given: data})
      this.#writer.write(socket, message, !entry || entry.bytes > largestKept ? 'sender' : entry)
      return 'sent'
    }
    if (id !== undefined) checkId(id, !!this.#buffer?.awaits(`${id}`))
    const abort = signal && (() => this.#cancel(entry as Entry))
    const wishes: Wishes | undefined = tell || id !== undefined || codec || given ? {
      priority,
      key,
      tell,
      expiresAt: ttl && clock.now() + ttl,
      id: id === undefined ? id : `${id}`,
      done: abort && (() => signal.removeEventListener('abort', abort)),
      ...(codec && {given: data}),
    } : undefined
    const entry = this.#push(message, wishes)
    if (typeof entry !== 'object') {
      if (entry !== 'full') this.#drop({...message, data, outcome: refusal(entry)})
    } else if (abort) {
      // Who was told of another message's end may have aborted it.
      if (signal.aborted) abort()
      else if (entry.state === 'waiting' || entry.state === 'flying') signal.addEventListener('abort', abort)
    }
    return entry
  }

  /** The socket, if this may go straight to it. */
  #clear(data: SendData, key: string | undefined): WebSocketLike | undefined {
    const {tooBig} = this
    // An `open` listener goes before what waits, but for an older message with its key: that would come after it.
    if ((this.#flushing && this.size) || this.#buffer?.isKeyed(key)) return undefined
    const socket = this.#line.ready()
    return socket && (tooBig === Infinity || byteLength(data) < tooBig) ? socket : undefined
  }

  /** Takes a message, and sends what may leave. */
  #push(message: Message, wishes: Wishes | undefined): Entry | OutcomeCause {
    // Also while `open` is told: there is nothing to go before it.
    if (!this.size && this.#line.ready()) this.#flushing = true
    const {data} = message
    const kept = this.#line.dropIn.copies && typeof data === 'object' && 'byteLength' in data ? {...message, data: bytesOf(data).slice()} : message
    const entry = this.#made().push(kept, this.#writer.now(), !!this.#open(), wishes)
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

  #cancel(entry: Entry): void {
    this.#buffer!.cancel(entry)
    this.#write()
  }

  /** Sends what waits, in chunks: now, and whenever the one before has left. */
  flush(): void {
    if (this.#line.ready()) this.#flushing = true
    this.#write()
  }

  /** @returns those that nobody awaits */
  acknowledge(ids: readonly MessageId[]): MessageId[] {
    const others = ids.filter((id) => {
      // What is no id throws, whatever waits.
      const name = `${id}`
      return !this.#buffer?.acknowledge(name)
    })
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
    this.#buffer!.left(this.#pinged.turn)
    this.#pinged = undefined
    this.flush()
  }

  /**
   * What became of what was under way, when the connection ended.
   *
   * @param arrived the peer answered our close: it has read everything
   * @param report on the end, if there is one
   * @returns how to tell
   */
  account(socket: WebSocketLike | undefined, arrived: boolean, report: Report | undefined): () => void {
    const {ring} = this.#writer
    const {again, gone, forgotten} = ring.unsent(socket ? unsentBytes(socket) : 0, framing)
    const {cause, sequence, confidence} = report ?? {}
    const isCertain = confidence === 'certain'
    const largest = cause === 'too-big' ? ring.largest() : undefined
    const entry = largest?.source ?? (sequence && isCertain ? ring.sourceOf(sequence) : undefined)
    const fault: Loss['fault'] = typeof entry === 'object' ? {entry, why: largest ? 'too-big' : 'at-fault', inDoubt: !isCertain} : undefined
    return () => {
      if (largest) this.#made().refuseFrom(largest.bytes)
      // What went straight to the socket waits here for the first time.
      const buffer = again.length || fault ? this.#made() : this.#buffer
      buffer?.lost({unsent: again, fault, arrived})
      this.#flushing = false
      this.#pinged = undefined
      this.#pings = 0
      this.#update()
      const notKept: Outcome = {status: 'dropped', why: 'not-kept', inDoubt: false, writes: 1}
      for (const message of gone) this.#drop({...message, outcome: notKept})
      if (forgotten) this.#drop({data: undefined, binary: false, messages: forgotten, outcome: {...notKept, inDoubt: true}})
    }
  }

  /** The client begins anew. */
  start(): void {
    this.#buffer?.start()
  }

  /** Nothing will be sent any more. */
  stop(): void {
    this.#buffer?.stop()
    this.#update()
  }

  take(): Message<any>[] {
    const taken = this.#buffer?.take() ?? []
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

  #made(): SendBuffer {
    const {buffer, delivery} = this.#settings
    return (this.#buffer ??= new SendBuffer(buffer, delivery?.window))
  }

  #isAbove(): boolean {
    const {buffer, highWaterMark} = this.#settings
    const socket = this.#line.ready()
    const fits = this.#buffer ? this.#buffer.fits(this.#wanted, !!socket) : buffer.maxMessages > 0 || !!socket
    return !fits || this.bytes + (socket?.bufferedAmount ?? 0) > highWaterMark
  }

  #write(): void {
    const buffer = this.#buffer
    for (let socket, entry; (socket = buffer && this.#open()) && (entry = buffer.next(this.#writer.now())); ) {
      this.#looks = 0
      try {
        this.#writer.write(socket, entry, entry)
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
    const buffer = this.#buffer
    const now = this.#settings.clock.now()
    buffer?.expire(now)
    const socket = this.#open()
    if (socket) this.#looks++
    if (socket && buffer) {
      const written = buffer.nextTurn() - 1
      const isLate = !!this.#pinged && now - this.#pinged.at > pongLimit
      // Not the last two chunks: the peer may be that far behind.
      if (!this.answers || isLate) buffer.left(written - 2, socket.bufferedAmount, isLate)
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
    const buffer = this.#buffer
    const {codec, delivery} = this.#settings
    this.#writer.direct = !codec && !delivery && (!buffer || buffer.isIdle) ? this.#line.ready() : undefined
    for (const {entry, outcome} of buffer?.takeSettled() ?? []) {
      const {done, tell} = entry.wishes
      const {status, why, inDoubt} = outcome
      done?.()
      tell?.(outcome)
      if (!expected.includes(why ?? status) && (inDoubt || status !== 'written')) this.#drop({...messageOf(entry), outcome})
      // Who keeps the receipt keeps the entry, and need not keep what it said.
      if (entry.state === 'over') Object.assign(entry, {data: '', wishes: noWishes})
    }
    const wasPressed = this.#isPressed
    this.#isPressed = this.#isAbove()
    if (wasPressed && !this.#isPressed) {
      this.#wanted = 0
      this.#line.emitter.emit('drain')
    }
    this.#schedule()
  }

  #drop(dropped: Dropped): void {
    if (this.#line.emitter.emit('drop', dropped) || this.#toldDrop) return
    this.#toldDrop = true
    const {status, why, inDoubt} = dropped.outcome
    warn(`closecall: a message to send was ${inDoubt ? 'in doubt' : status}${why ? ` (${why})` : ''}; said once, see \`on('drop')\``)
  }

  /** One timer, for the next look or the next message to expire. */
  #schedule(): void {
    const buffer = this.#buffer
    const expiresAt = buffer?.expiresAt ?? Infinity
    const underWay = (buffer?.size || buffer?.flying || this.#isPressed) && this.#open()
    if (!underWay && expiresAt === Infinity && this.#timerAt === undefined) return
    const now = this.#settings.clock.now()
    const delay = underWay ? Math.min(longestLook, Math.floor(2 ** this.#looks / 16)) : Infinity
    const at = this.#line.takes() ? Math.min(now + delay, expiresAt) : Infinity
    const before = this.#timerAt ?? Infinity
    if (at === before || (at > before && at < Infinity)) return
    this.#settings.clock.clearTimeout(this.#timer)
    this.#timerAt = at < Infinity ? at : undefined
    if (at === Infinity) return
    const look = (): void => {
      // Not every kind can be taken back.
      if (at !== this.#timerAt) return
      this.#timerAt = undefined
      this.#look()
    }
    if (at > now) this.#timer = this.#settings.clock.setTimeout(look, Math.min(at - now, longestDelay))
    else if (this.#settings.clock.immediately) this.#settings.clock.immediately(look)
    else this.#timer = this.#settings.clock.setTimeout(look, 0)
  }
}
