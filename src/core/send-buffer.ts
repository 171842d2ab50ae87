// What was accepted, and what became of it? Kept in order and within bounds until its outcome is known.

import {Fifo} from './fifo.ts'

/** What a WebSocket can send. A Blob is known by its size alone, so that the core needs no DOM types. */
export type SendData = string | ArrayBufferLike | ArrayBufferView | BlobLike

export interface BlobLike {
  readonly size: number
}

/** A message and the kind of frame it leaves in. `send(data, {binary})` takes it back as it is. */
export interface Message<Data = SendData> {
  data: Data
  /** `false` for strings, and for bytes that go out in a text frame. */
  binary: boolean
}

/**
 * What became of a message.
 *
 * - `written`: it left. Whether it arrived, only an acknowledgement can tell; see `inDoubt`.
 * - `acknowledged`: the server said that it has it.
 * - `expired`: its `ttl` was over before it could leave.
 * - `cancelled`: the caller took it back.
 * - `dropped`: it had been accepted, and was given up: see `why`.
 * - `unsent`: it was not accepted, or is the caller's again: see `why`.
 */
export type OutcomeStatus = 'written' | 'acknowledged' | 'expired' | 'cancelled' | 'dropped' | 'unsent'

/**
 * - `full`: the send buffer had no room
 * - `overflow`: it made room for another, see `buffer.overflow`
 * - `replaced`: a newer message with the same `key` stands for it
 * - `too-big`: a server closed with 1009 for one of this size
 * - `at-fault`: a server closed for what this message says
 * - `undeliverable`: the WebSocket threw
 * - `not-kept`: it never left a connection that broke, and can't be sent again: see `send()`
 * - `stopped`: the client is closing, closed or failed
 * - `taken`: `takeUnsent()` has it
 */
export type OutcomeCause = 'full' | 'overflow' | 'replaced' | 'too-big' | 'at-fault' | 'undeliverable' | 'not-kept' | 'stopped' | 'taken'

export interface Outcome {
  status: OutcomeStatus
  why?: OutcomeCause
  /** The server may have it, or not: the connection broke, or nobody waited to see. */
  inDoubt: boolean
  /** How often it was handed to a socket. */
  writes: number
}

/** What a message's sender may ask for. */
export interface Wishes {
  /** Goes before all that is not `'high'`. */
  priority?: 'high' | 'normal' | undefined
  /** A newer message with the same key takes the place of one that waits, at the end. */
  key?: string | undefined
  /** Until when it may leave, ms since 1970. */
  expiresAt?: number | undefined
  /** What an acknowledgement will call it. */
  id?: string | undefined
  /** As the caller gave it, where `data` is an encoding of that. */
  given?: unknown
  /** Somebody waits for its outcome. */
  tell?: ((outcome: Outcome) => void) | undefined
  /** To be called when it has its outcome. */
  done?: (() => void) | undefined
}

/** A message on its way. */
export interface Entry extends Message {
  readonly bytes: number
  wishes: Wishes
  /** Until when it may leave, as its sender or the buffer says. */
  readonly expiresAt: number | undefined
  /** `back`: its sender was told that it is unsent, and it can still be taken. */
  state: 'waiting' | 'flying' | 'over' | 'back'
  writes: number
  /** The server may have it, or not. */
  inDoubt: boolean
  /** Which turn it was written in. */
  turn: number
  /** How many bytes had been written, with it. */
  end: number
}

/** What left on a connection: an entry of the buffer, or what was handed to the socket directly. */
export type Sent = Entry | Message

export interface BufferLimits {
  /** Default 1024: minutes of typing or cursor moves, and still sent in one breath. */
  maxMessages: number
  /** UTF-8 bytes of all messages together. Default 1 MiB, which a page can spare and a phone can send in a second or two. */
  maxBytes: number
  /** What happens to a message for which there is no room: it is refused (default), dropped, or put in the place of the oldest ones. */
  overflow: 'refuse' | 'drop-oldest' | 'drop-newest'
  /** How long a message may wait, ms, where its sender does not say. Default: for ever. */
  ttl: number
}

export const defaultBufferLimits: BufferLimits = {maxMessages: 1024, maxBytes: 1_048_576, overflow: 'refuse', ttl: Infinity}

/** A chunk is written in one go, and other tasks run before the next. */
const chunk = {messages: 500, bytes: 65_536}

/** So many may be on their way before the first is known to have left. */
const mostChunks = 3

/** With every name, so that all are read in the same way. */
export const noWishes: Wishes = {priority: undefined, key: undefined, tell: undefined, expiresAt: undefined, id: undefined, done: undefined}

/** What a connection's end tells of what was on its way. */
export interface Loss {
  /** The newest of what was written, oldest first, that provably never left. */
  unsent?: readonly Sent[]
  /** The message that made the server close, as far as is known, and why it is not sent again. */
  fault?: {entry: Entry; why: OutcomeCause; inDoubt: boolean} | undefined
  /** The peer answered our close: it has read everything. */
  arrived?: boolean
}

/**
 * Messages that wait, and those that were written and may still come back. Pure: time is given, and outcomes are for the caller to
 * tell, see `takeSettled()`.
 *
 * A message has one outcome. What waits is bounded by {@link BufferLimits}; what flies, by three chunks and by the window of
 * acknowledgements. When a connection ends, what flew and never left, and what was not acknowledged, waits again, before all others.
 */
export class SendBuffer {
  readonly #limits: BufferLimits
  /** Most messages that fly unacknowledged. */
  readonly #window: number
  /** What waits, and some of what did. */
  readonly #queues = {high: new Fifo<Entry>(), normal: new Fifo<Entry>()}
  // Made when there is something to find: most clients never have keys or ids.
  /** Of each key, the one that waits. */
  #keyed: Map<string, Entry> | undefined
  /** What waits for an acknowledgement, or will: of each priority in the order in which it leaves. */
  #awaited: Map<string, Entry> | undefined
  /** What else was written and may not have left, some of it with its outcome. */
  #flying = new Fifo<Entry>()
  #flyingBytes = 0
  #flyingAwaited = 0
  #turn = 0
  #turnMessages = 0
  #turnBytes = 0
  /** Bytes written, on all connections. */
  #written = 0
  readonly #settled: {entry: Entry; outcome: Outcome}[] = []
  /** Messages that wait. */
  size = 0
  /** Bytes of those. */
  bytes = 0
  /** When to look for messages that have expired. */
  expiresAt: number = Infinity
  /** Not before this: to look takes as long as there are messages. */
  #nextLook = -Infinity
  /** Messages of so many bytes are refused. */
  tooBig: number = Infinity

  constructor(limits: BufferLimits = defaultBufferLimits, window: number = Infinity) {
    this.#limits = limits
    this.#window = window
  }

  /** Nothing waits, and nothing is refused. */
  get isIdle(): boolean {
    return !this.size && this.tooBig === Infinity
  }

  /** Messages that were written and may not have left. What an acknowledgement is awaited for is not among them: it will tell. */
  get flying(): number {
    return this.#flying.length
  }

  /**
   * Whether there is room for another message of so many bytes, whatever it is.
   *
   * @param open there is a connection: what can leave at once needs no room
   */
  fits(bytes: number, open = false): boolean {
    const {maxMessages, maxBytes} = this.#limits
    return (this.size < maxMessages && this.bytes + bytes <= maxBytes) || (open && !this.size && this.#mayFly(bytes, true) && this.#mayFly(bytes, false))
  }

  /** Whether an acknowledgement of this id is awaited. */
  awaits(id: string): boolean {
    return !!this.#awaited?.has(id)
  }

  /** Whether a message with this key waits, for a newer one to take its place. */
  isKeyed(key: string | undefined): boolean {
    return !!this.#keyed?.has(key!)
  }

  /**
   * Takes a message.
   *
   * @param open there is a connection: what can leave at once needs no room
   * @returns the entry, or why there is none; then nothing else changed
   */
  push(message: Message, now: number, open = false, wishes: Wishes = noWishes): Entry | OutcomeCause {
    const {overflow, ttl, maxMessages, maxBytes} = this.#limits
    const {key, id, expiresAt = ttl < Infinity ? now + ttl : undefined} = wishes
    const entry = entryOf(message, wishes, expiresAt)
    const {bytes} = entry
    if (bytes >= this.tooBig) return 'too-big'
    this.expire(now)
    const older = this.#keyed?.get(key!)
    const makesRoom = overflow === 'drop-oldest' && maxMessages > 0 && bytes <= maxBytes
    const replaces = older && this.bytes - older.bytes + bytes <= maxBytes
    const passes = open && !this.size && this.#mayFly(bytes, id !== undefined)
    if (!makesRoom && !replaces && !passes && !this.fits(bytes)) return overflow === 'drop-newest' ? 'overflow' : 'full'
    if (older) this.#settle(older, 'dropped', 'replaced')
    if (makesRoom) for (let oldest; !this.fits(bytes) && (oldest = first(this.#queues.normal) ?? first(this.#queues.high)); ) this.#settle(oldest, 'dropped', 'overflow')
    this.#queueOf(entry).push(entry)
    this.#wait(entry)
    if (key !== undefined) (this.#keyed ??= new Map()).set(key, entry)
    if (id !== undefined) (this.#awaited ??= new Map()).set(id, entry)
    return entry
  }

  /** Takes out the message whose turn it is, if it may go now: the caller hands it to the socket. */
  next(now: number): Entry | undefined {
    for (let entry; (entry = first(this.#queues.high) ?? first(this.#queues.normal)); ) {
      const {bytes, wishes, expiresAt} = entry
      const isAwaited = wishes.id !== undefined
      if (expiresAt !== undefined && now >= expiresAt) {
        this.#settle(entry, 'expired')
        continue
      }
      if (!this.#mayFly(bytes, isAwaited)) break
      this.#queueOf(entry).shift()
      this.#leave(entry)
      entry.state = 'flying'
      entry.writes++
      entry.turn = this.#turn
      entry.end = this.#written += bytes
      this.#turnMessages++
      this.#turnBytes += bytes
      if (isAwaited) {
        this.#flyingAwaited++
      } else {
        this.#flying.push(entry)
        this.#flyingBytes += bytes
      }
      return entry
    }
    return undefined
  }

  /** The socket would not take it, since it is closing: it was never handed over. */
  takeBack(entry: Entry): void {
    if (!this.#land(entry)) return
    entry.writes--
    this.#return([entry])
  }

  /** The socket threw at it, and would again. */
  reject(entry: Entry): void {
    if (!this.#land(entry)) return
    this.#wait(entry)
    this.#settle(entry, 'dropped', 'undeliverable')
  }

  /** Begins another turn, and returns its number: what flies was written in an earlier one. */
  nextTurn(): number {
    this.#turnMessages = this.#turnBytes = 0
    return ++this.#turn
  }

  /**
   * What was written in or before this turn has left.
   *
   * @param kept bytes that the runtime has not passed on yet: the newest have not left
   * @param inDoubt the peer should have shown that it has them, and did not
   */
  left(turn: number, kept = 0, inDoubt = false): void {
    // One that is partly kept has not left.
    for (let entry; (entry = this.#flying.first) && entry.turn <= turn && entry.end <= this.#written - kept; ) {
      this.#flying.shift()
      this.#flyingBytes -= entry.bytes
      entry.inDoubt ||= inDoubt
      this.#settle(entry, 'written')
    }
  }

  /** @returns whether that was awaited */
  acknowledge(id: string): boolean {
    const entry = this.#awaited?.get(id)
    if (!entry?.writes) return false
    this.#settle(entry, 'acknowledged')
    return true
  }

  /** The caller takes it back, if it is not too late. */
  cancel(entry: Entry): void {
    entry.inDoubt ||= entry.state === 'flying'
    this.#settle(entry, 'cancelled')
  }

  /** Gives up what may not leave any more. */
  expire(now: number): void {
    if (now < this.expiresAt) return
    this.expiresAt = Infinity
    this.#nextLook = now + this.size / 100
    for (const entry of this.#kept()) {
      if (entry.expiresAt !== undefined && now >= entry.expiresAt) this.#settle(entry, 'expired')
      else this.#awaitExpiry(entry)
    }
  }

  /** The connection ended: what flies waits again, or has its outcome. */
  lost({unsent = [], fault, arrived}: Loss): void {
    const never = new Set(unsent)
    const again: Entry[] = []
    if (fault) {
      fault.entry.inDoubt ||= fault.inDoubt
      this.#settle(fault.entry, 'dropped', fault.why)
    }
    for (const entry of [...this.#flying.items, ...(this.#awaited?.values() ?? [])]) {
      if (entry.state !== 'flying' || never.has(entry)) continue
      if (entry.wishes.id === undefined) {
        entry.inDoubt ||= !arrived
        this.#settle(entry, 'written')
      } else {
        entry.inDoubt = true
        again.push(entry)
      }
    }
    this.#flying = new Fifo()
    this.#flyingBytes = this.#flyingAwaited = 0
    this.nextTurn()
    for (const sent of unsent) {
      // Handed to the socket directly, and never left: from now on it is one of ours.
      const entry = 'state' in sent ? sent : sentAlready(sent)
      if (entry.state === 'flying') again.push(entry)
    }
    this.#return(again)
  }

  /**
   * Nothing will be sent any more, unless the client begins anew. Who waits for an outcome is told; {@link take} still has the messages.
   * What an earlier connection may have brought to the server is not among them.
   */
  stop(): void {
    for (const entry of this.#kept()) if (entry.inDoubt || entry.wishes.tell) this.#settle(entry, 'unsent', 'stopped')
  }

  /** Begins anew: what somebody was told is unsent stays so. */
  start(): void {
    for (const entry of this.#kept()) if (entry.state === 'back') this.#forget(entry)
  }

  /** From now on, messages of this size are refused. */
  refuseFrom(bytes: number): void {
    this.tooBig = Math.min(this.tooBig, bytes)
    for (const entry of this.#kept()) if (entry.bytes >= this.tooBig) this.#settle(entry, 'dropped', 'too-big')
  }

  /** Takes out what was never sent, in the order in which it would have left. */
  take(): Message<any>[] {
    const taken = this.#kept().filter(({inDoubt}) => !inDoubt)
    for (const entry of taken) {
      if (entry.state === 'back') this.#forget(entry)
      else this.#settle(entry, 'unsent', 'taken')
    }
    return taken.map(messageOf)
  }

  /** Outcomes since the last time, for whoever must be told. */
  takeSettled(): readonly {entry: Entry; outcome: Outcome}[] {
    return this.#settled.length ? this.#settled.splice(0) : this.#settled
  }

  #queueOf({wishes}: Entry): Fifo<Entry> {
    return this.#queues[wishes.priority ?? 'normal']
  }

  /** What has not left, or has come back. */
  #kept(): Entry[] {
    return [...this.#queues.high.items, ...this.#queues.normal.items].filter(isKept)
  }

  #mayFly(bytes: number, isAwaited: boolean): boolean {
    if (!mayFollow(this.#turnMessages, this.#turnBytes + bytes, 1)) return false
    return isAwaited ? this.#flyingAwaited < this.#window : mayFollow(this.#flying.length, this.#flyingBytes + bytes, mostChunks)
  }

  #wait(entry: Entry): void {
    entry.state = 'waiting'
    this.size++
    this.bytes += entry.bytes
    this.#awaitExpiry(entry)
  }

  #awaitExpiry({expiresAt}: Entry): void {
    if (expiresAt !== undefined && expiresAt < this.expiresAt) this.expiresAt = Math.max(expiresAt, this.#nextLook)
  }

  /** It was not handed over after all. @returns whether that is news: the end of the connection may have been told meanwhile */
  #land(entry: Entry): boolean {
    if (entry.state !== 'flying') return false
    this.#written -= entry.bytes
    if (entry.wishes.id !== undefined) {
      this.#flyingAwaited--
    } else {
      this.#flying.retain((other) => other !== entry)
      this.#flyingBytes -= entry.bytes
    }
    return true
  }

  /** It does not wait any more. */
  #leave(entry: Entry): void {
    const key = entry.wishes.key!
    this.size--
    this.bytes -= entry.bytes
    if (this.#keyed?.get(key) === entry) this.#keyed.delete(key)
    // What is over must not be kept for long.
    const {high, normal} = this.#queues
    if (high.length + normal.length > 2 * this.size + 8) for (const queue of [high, normal]) queue.retain(isKept)
  }

  /** These wait again, before all others, in their order. */
  #return(entries: readonly Entry[]): void {
    for (const queue of Object.values(this.#queues)) queue.unshift(entries.filter((entry) => this.#queueOf(entry) === queue))
    for (const entry of entries) this.#wait(entry)
    // The newest first: of one key it is the one that stays.
    for (let i = entries.length; i--; ) {
      const entry = entries[i]!
      const {key} = entry.wishes
      if (key === undefined) continue
      if (this.#keyed?.has(key)) this.#settle(entry, 'dropped', 'replaced')
      else (this.#keyed ??= new Map()).set(key, entry)
    }
    for (const entry of entries) {
      if (entry.bytes >= this.tooBig) this.#settle(entry, 'dropped', 'too-big')
      else if (!this.#limits.maxMessages) this.#settle(entry, 'unsent', 'full')
    }
  }

  #settle(entry: Entry, status: OutcomeStatus, why?: OutcomeCause): void {
    const {state, writes, inDoubt, wishes} = entry
    if (state !== 'waiting' && state !== 'flying') return
    // It may have arrived.
    if (status === 'unsent' && inDoubt) return this.#settle(entry, 'written')
    if (this.#awaited?.delete(wishes.id!) && state === 'flying') this.#flyingAwaited--
    if (why === 'stopped') entry.state = 'back'
    else this.#forget(entry)
    this.#settled.push({entry, outcome: {status, inDoubt: inDoubt && status !== 'acknowledged', writes, ...(why && {why})}})
  }

  #forget(entry: Entry): void {
    const {state} = entry
    entry.state = 'over'
    if (state !== 'flying') this.#leave(entry)
  }
}

/** A message as its sender gave it. */
export const messageOf = ({data, binary, wishes}: Entry): Message<any> => ({data: 'given' in wishes ? wishes.given : data, binary})

const entryOf = ({data, binary}: Message, wishes = noWishes, expiresAt?: number): Entry => ({data, binary, bytes: byteLength(data), wishes, expiresAt, state: 'waiting', writes: 0, inDoubt: false, turn: 0, end: 0})

/** Of a message that was handed to the socket directly: the buffer takes it when it turns out that it never left. */
export const sentAlready = (message: Message, wishes?: Wishes): Entry => ({...entryOf(message, wishes), state: 'flying', writes: 1})

const isKept = ({state}: Entry): boolean => state === 'waiting' || state === 'back'

/** Whether a message may join so many others, if they then have so many bytes. One may always go, however large. */
const mayFollow = (others: number, bytes: number, chunks: number): boolean => !others || (others < chunks * chunk.messages && bytes <= chunks * chunk.bytes)

/** The first that waits. Those before it have their outcome. */
const first = (queue: Fifo<Entry>): Entry | undefined => {
  while (queue.first && queue.first.state !== 'waiting') queue.shift()
  return queue.first
}

/** Bytes that the data takes on the wire; a lone surrogate counts as the three of U+FFFD. */
export function byteLength(data: SendData): number {
  if (typeof data !== 'string') return 'size' in data ? data.size : data.byteLength
  let bytes = data.length
  for (let i = 0; i < data.length; i++) {
    const unit = data.charCodeAt(i)
    if (unit > 0x7ff) bytes += 2
    else if (unit > 0x7f) bytes++
    // A pair is two units and four bytes.
    if (isPair(data, i)) i++
  }
  return bytes
}

/** Whether a surrogate pair starts at this index. */
export const isPair = (text: string, index: number): boolean =>
  (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
