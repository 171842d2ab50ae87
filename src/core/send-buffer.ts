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
  readonly wishes: Wishes
  /** `back`: its sender was told that it is unsent, and it can still be taken. */
  state: 'waiting' | 'flying' | 'over' | 'back'
  writes: number
  /** An earlier connection may have brought it to the server. */
  inDoubt: boolean
  /** Which turn it was written in. */
  turn: number
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

const noWishes: Wishes = {}

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
 * tell, see `settled`.
 *
 * A message has one outcome. What waits is bounded by {@link BufferLimits}; what flies, by three chunks and by the window of
 * acknowledgements. When a connection ends, what flew and never left, and what was not acknowledged, waits again, before all others.
 */
export class SendBuffer {
  readonly #limits: BufferLimits
  /** Most messages that fly unacknowledged. */
  readonly #window: number
  readonly #queues = {high: new Fifo<Entry>(), normal: new Fifo<Entry>()}
  // Made when there is something to find: most clients never have keys or ids.
  #keyed: Map<string, Entry> | undefined
  #awaited: Map<string, Entry> | undefined
  #flying = new Fifo<Entry>()
  #waitingMessages = 0
  #waitingBytes = 0
  #flyingMessages = 0
  #flyingBytes = 0
  #flyingAwaited = 0
  #turn = 0
  #turnMessages = 0
  #turnBytes = 0
  #settled: {entry: Entry; outcome: Outcome}[] = []
  /** When the next message expires, at the earliest. */
  expiresAt: number = Infinity
  /** Messages of so many bytes are refused. */
  tooBig: number = Infinity

  constructor(limits: BufferLimits = defaultBufferLimits, window: number = Infinity) {
    this.#limits = limits
    this.#window = window
  }

  /** Messages that wait. */
  get size(): number {
    return this.#waitingMessages
  }

  /** Nothing waits, and nothing is refused. */
  get isIdle(): boolean {
    return this.#waitingMessages === 0 && this.tooBig === Infinity
  }

  /** Bytes of those that wait. */
  get bytes(): number {
    return this.#waitingBytes
  }

  /** Messages that were written and whose outcome is open. */
  get flying(): number {
    return this.#flyingMessages + this.#flyingAwaited
  }

  /** Whether there is room for another message of so many bytes. */
  fits(bytes: number): boolean {
    const {maxMessages, maxBytes} = this.#limits
    return this.#waitingMessages < maxMessages && this.#waitingBytes + bytes <= maxBytes
  }

  /** Whether an acknowledgement of this id is awaited. */
  awaits(id: string): boolean {
    return !!this.#awaited?.has(id)
  }

  /**
   * Takes a message.
   *
   * @param open there is a connection: what can leave at once needs no room
   * @returns the entry, or why there is none; then nothing else changed
   */
  push({data, binary}: Message, now: number, open = false, wishes: Wishes = noWishes): Entry | OutcomeCause {
    const bytes = byteLength(data)
    if (bytes >= this.tooBig) return 'too-big'
    const {overflow, ttl, maxMessages, maxBytes} = this.#limits
    const {key, id, expiresAt = now + ttl} = wishes
    const entry: Entry = {data, binary, bytes, wishes: expiresAt < Infinity ? {...wishes, expiresAt} : wishes, state: 'waiting', writes: 0, inDoubt: false, turn: 0}
    this.expire(now)
    const older = key === undefined ? undefined : this.#keyed?.get(key)
    const makesRoom = overflow === 'drop-oldest' && maxMessages > 0 && bytes <= maxBytes
    if (!this.fits(bytes)) {
      const passes = open && !this.#waitingMessages && this.#mayFly(entry)
      const replaces = older && this.#waitingBytes - older.bytes + bytes <= maxBytes
      if (!this.fits(bytes) && !makesRoom && !passes && !replaces) return overflow === 'drop-newest' ? 'overflow' : 'full'
    }
    if (older) this.#settle(older, 'dropped', 'replaced')
    if (makesRoom) for (let oldest; !this.fits(bytes) && (oldest = this.#oldest()); ) this.#settle(oldest, 'dropped', 'overflow')
    const queue = this.#queueOf(entry)
    queue.push(entry)
    this.#count(entry, 1)
    if (key !== undefined) (this.#keyed ??= new Map()).set(key, entry)
    if (id !== undefined) (this.#awaited ??= new Map()).set(id, entry)
    if (expiresAt < this.expiresAt) this.expiresAt = expiresAt
    this.#compact(queue)
    return entry
  }

  /** Takes out the message whose turn it is, if it may go now: the caller hands it to the socket. */
  next(now: number): Entry | undefined {
    for (;;) {
      const {high, normal} = this.#queues
      const queue = high.length ? high : normal
      const entry = queue.first
      if (!entry) return undefined
      if (entry.state === 'waiting' && now >= (entry.wishes.expiresAt ?? Infinity)) this.#settle(entry, 'expired')
      if (entry.state === 'waiting' && !this.#mayFly(entry)) return undefined
      queue.shift()
      if (entry.state !== 'waiting') continue
      this.#leave(entry)
      entry.state = 'flying'
      entry.writes++
      entry.turn = this.#turn
      this.#flying.push(entry)
      this.#countFlying(entry, 1)
      this.#turnMessages++
      this.#turnBytes += entry.bytes
      return entry
    }
  }

  /** The socket would not take it, since it is closing: it was never handed over. */
  takeBack(entry: Entry): void {
    // The end of the connection was told meanwhile.
    if (entry.state !== 'flying') return
    entry.writes--
    this.#flying.retain((other) => other !== entry)
    this.#land(entry)
    this.#return([entry])
  }

  /** The socket threw at it, and would again. */
  reject(entry: Entry): void {
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
    const flying = [...this.#flying].filter(({state}) => state === 'flying')
    let end = flying.length
    // One that is partly kept has not left.
    while (kept > 0 && end) kept -= flying[--end]!.bytes
    for (const entry of flying.slice(0, end)) if (entry.turn <= turn && entry.wishes.id === undefined) this.#settle(entry, 'written', undefined, entry.inDoubt || inDoubt)
    this.#sweep()
  }

  /** @returns whether that was awaited */
  acknowledge(id: string): boolean {
    const entry = this.#awaited?.get(id)
    if (!entry?.writes) return false
    this.#settle(entry, 'acknowledged')
    this.#sweep()
    return true
  }

  /** The caller takes it back, if it is not too late. */
  cancel(entry: Entry): void {
    this.#settle(entry, 'cancelled')
    this.#sweep()
  }

  /** Gives up what may not leave any more. */
  expire(now: number): void {
    if (now < this.expiresAt) return
    this.expiresAt = Infinity
    for (const entry of this.#kept()) {
      const {expiresAt = Infinity} = entry.wishes
      if (now >= expiresAt) this.#settle(entry, 'expired')
      else if (expiresAt < this.expiresAt) this.expiresAt = expiresAt
    }
    this.#sweep()
  }

  /** The connection ended: what flies waits again, or has its outcome. */
  lost({unsent = [], fault, arrived}: Loss): void {
    const never = new Set(unsent)
    const again: Entry[] = []
    if (fault) this.#settle(fault.entry, 'dropped', fault.why, fault.inDoubt)
    for (const entry of this.#flying) {
      if (entry.state !== 'flying') continue
      const isUnsent = never.has(entry)
      if (!isUnsent && entry.wishes.id === undefined) {
        this.#settle(entry, 'written', undefined, entry.inDoubt || !arrived)
        continue
      }
      entry.inDoubt ||= !isUnsent
      this.#land(entry)
      if (!isUnsent) again.push(entry)
    }
    this.#flying = new Fifo()
    // Handed to the socket directly, and never left: from now on it is one of ours.
    const returned = unsent.map((sent) => ('state' in sent ? sent : {...sent, bytes: byteLength(sent.data), wishes: noWishes, state: 'waiting' as const, writes: 1, inDoubt: false, turn: 0}))
    this.#return([...again, ...returned].filter(({state}) => state !== 'over'))
  }

  /**
   * Nothing will be sent any more, unless the client begins anew. Who waits for an outcome is told; {@link take} still has the messages.
   * What an earlier connection may have brought to the server is not among them.
   */
  stop(): void {
    for (const entry of this.#kept()) {
      if (entry.inDoubt) this.#settle(entry, 'written')
      else if (entry.wishes.tell) this.#settle(entry, 'unsent', 'stopped')
    }
  }

  /** Begins anew: what somebody was told is unsent stays so. */
  start(): void {
    for (const entry of this.#kept()) if (entry.state === 'back') this.#forget(entry)
    this.#sweep()
  }

  /** From now on, messages of this size are refused. */
  refuseFrom(bytes: number): void {
    this.tooBig = Math.min(this.tooBig, bytes)
    for (const entry of this.#kept()) if (entry.bytes >= this.tooBig) this.#settle(entry, 'dropped', 'too-big')
    this.#sweep()
  }

  /** Takes out what was never sent, in the order in which it would have left. */
  take(): Message<any>[] {
    const taken = this.#kept().filter(({inDoubt}) => !inDoubt)
    for (const entry of taken) {
      this.#settle(entry, 'unsent', 'taken')
      if (entry.state === 'back') this.#forget(entry)
    }
    this.#sweep()
    return taken.map(({data, binary, wishes}) => ({data: 'given' in wishes ? wishes.given : data, binary}))
  }

  /** Outcomes since the last time, for whoever must be told. */
  takeSettled(): readonly {entry: Entry; outcome: Outcome}[] {
    if (!this.#settled.length) return this.#settled
    const settled = this.#settled
    this.#settled = []
    return settled
  }

  #queueOf({wishes}: Entry): Fifo<Entry> {
    return this.#queues[wishes.priority ?? 'normal']
  }

  /** What has not left, or has come back. */
  #kept(): Entry[] {
    return [...this.#queues.high, ...this.#queues.normal].filter(({state}) => state === 'waiting' || state === 'back')
  }

  /** Whose place a newer one takes. */
  #oldest(): Entry | undefined {
    for (const queue of [this.#queues.normal, this.#queues.high]) {
      while (queue.first && queue.first.state !== 'waiting') queue.shift()
      if (queue.first) return queue.first
    }
    return undefined
  }

  #mayFly({bytes, wishes}: Entry): boolean {
    if (this.#turnMessages && (this.#turnMessages >= chunk.messages || this.#turnBytes + bytes > chunk.bytes)) return false
    if (wishes.id !== undefined) return this.#flyingAwaited < this.#window
    return !this.#flyingMessages || (this.#flyingMessages < mostChunks * chunk.messages && this.#flyingBytes + bytes <= mostChunks * chunk.bytes)
  }

  #count({bytes}: Entry, by: 1 | -1): void {
    this.#waitingMessages += by
    this.#waitingBytes += by * bytes
  }

  #countFlying({bytes, wishes}: Entry, by: 1 | -1): void {
    if (wishes.id !== undefined) {
      this.#flyingAwaited += by
    } else {
      this.#flyingMessages += by
      this.#flyingBytes += by * bytes
    }
  }

  /** It does not wait any more. */
  #leave(entry: Entry): void {
    const {key} = entry.wishes
    this.#count(entry, -1)
    if (key !== undefined && this.#keyed?.get(key) === entry) this.#keyed.delete(key)
  }

  /** It does not fly any more. */
  #land(entry: Entry): void {
    this.#countFlying(entry, -1)
    entry.state = 'waiting'
  }

  /** These wait again, before all others, in their order. */
  #return(entries: readonly Entry[]): void {
    for (const [name, queue] of Object.entries(this.#queues)) {
      const own = entries.filter(({wishes}) => (wishes.priority ?? 'normal') === name)
      if (own.length) queue.unshift(own)
    }
    // The newest first: of one key it is the one that stays.
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i]!
      const {key, expiresAt = Infinity} = entry.wishes
      this.#count(entry, 1)
      if (expiresAt < this.expiresAt) this.expiresAt = expiresAt
      if (key === undefined) continue
      if (this.#keyed?.has(key)) this.#settle(entry, 'dropped', 'replaced')
      else (this.#keyed ??= new Map()).set(key, entry)
    }
    for (const entry of entries) if (entry.bytes >= this.tooBig) this.#settle(entry, 'dropped', 'too-big')
    // Nothing may wait.
    if (this.#limits.maxMessages) return
    for (const entry of entries) {
      if (entry.inDoubt) this.#settle(entry, 'written')
      else this.#settle(entry, 'unsent', 'full')
      if (entry.state === 'back') this.#forget(entry)
    }
  }

  #settle(entry: Entry, status: OutcomeStatus, why?: OutcomeCause, inDoubt = entry.inDoubt || (entry.state === 'flying' && status === 'cancelled')): void {
    const {id, tell} = entry.wishes
    const {state, writes} = entry
    if (state === 'over' || state === 'back') return
    if (id !== undefined) this.#awaited?.delete(id)
    if (state === 'flying') this.#countFlying(entry, -1)
    if (status === 'unsent' && tell) entry.state = 'back'
    else this.#forget(entry)
    this.#settled.push({entry, outcome: {status, inDoubt: inDoubt && status !== 'acknowledged', writes, ...(why && {why})}})
  }

  #forget(entry: Entry): void {
    if (entry.state !== 'flying') this.#leave(entry)
    entry.state = 'over'
  }

  /** What is over must not be kept for long. */
  #sweep(): void {
    while (this.#flying.first && this.#flying.first.state !== 'flying') this.#flying.shift()
    if (this.#flying.length > 2 * this.flying + 64) this.#flying.retain(({state}) => state === 'flying')
    this.#compact(this.#queues.high)
    this.#compact(this.#queues.normal)
  }

  #compact(queue: Fifo<Entry>): void {
    if (queue.length > 2 * this.#waitingMessages + 64) queue.retain(({state}) => state === 'waiting' || state === 'back')
  }
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
