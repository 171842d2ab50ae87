// What was sent last? The ring is filled on the way out, and read after the fact.

import {bytesOf, inspect, type Finding, type FrameKind} from './inspect.ts'
import {byteLength, type BlobLike, type Entry, type Message, type SendData, type Sent} from './send-buffer.ts'

/** One sent message, without its contents unless the caller asked for them. */
export interface FrameEvidence {
  /** 1 for the first message that this client ever sent. */
  sequence: number
  /** Milliseconds before the close, to the turn of the event loop. */
  age: number
  kind: FrameKind
  /** UTF-16 units of a string, bytes of all else. */
  length: number
  /** It had waited in the send buffer, was handed to `deliver()`, or was made by a codec. */
  buffered: boolean
  /** It had been written to an earlier connection. */
  replayed: boolean
  findings: Finding[]
  /** Of the first ill-formed byte (in bytes) or lone surrogate (in UTF-16 units). */
  offset?: number
  /** FNV-1a, 32 bits, hexadecimal: tells equal messages from different ones. Not of a Blob, nor of what is over 64 KiB. Of bytes as they are when the report is made. */
  fingerprint?: string
  /** Only with `evidence.payloads`. `redacted`: up to 64 characters, letters as x and digits as 9. `full`: the text, or the bytes in hexadecimal. */
  payload?: string
}

export type Payloads = 'none' | 'redacted' | 'full'

export interface EvidenceOptions {
  /** Sends to remember, 0–1000. Default 8. */
  frames: number
  /** Whether contents get into reports. Default `'none'`. */
  payloads: Payloads
}

export const defaultEvidence: EvidenceOptions = {frames: 8, payloads: 'none'}

/** Of a larger message only kind and length are remembered: the ring must not keep megabytes alive. */
export const largestKept = 65_536

/** Most messages that are remembered while the runtime has not passed them on, so that they can be sent again. */
const mostAfloat = 1536

/** And the most that may be of them altogether, in their own units. */
const largestAfloat = 262_144

/** Where a message came from: the send buffer; `send()` itself; or what is for one connection only. */
export type Source = Entry | 'sender' | 'session'

/** How a message left. */
export interface Sending {
  readonly kind: FrameKind
  readonly source: Source
  /** Of the first ill-formed byte of `text bytes`, found when they were sent: the caller may reuse their memory. */
  readonly offset?: number | undefined
}

interface Slot {
  at: number
  /** Absent: it was too large. */
  data: SendData | undefined
  /** Not of a text that is kept: that knows its own. */
  length: number
  how: Sending
}

const none: Slot[] = []

const unknown: Sending = {kind: 'string', source: 'session'}

/** The last sends on one connection. Slots are reused, so that remembering allocates nothing. */
export class EvidenceRing {
  readonly #frames: number
  #slots: Slot[] = none
  #capacity = 0
  /** As many as had been sent when this round of the slots began, and when it is over. */
  #begun = 0
  #over = 0
  /** Length of the longest message on this connection, remembered or not. */
  #longest = 0
  /** What is longer than this changes more than a slot: it is the longest, or too large to be kept. */
  #notable = 0
  /** Messages that this client ever sent. */
  sent = 0
  /** As many as the runtime was last known to have passed on. */
  #left = 0
  #touchedAt: number | undefined

  constructor(frames: number = defaultEvidence.frames) {
    this.#frames = frames
    this.clear()
  }

  /** When something was sent last on this connection, ms since 1970. */
  get sentAt(): number | undefined {
    const at = Math.max(this.#touchedAt ?? -Infinity, this.#slots.at(this.sent - this.#begun - 1)?.at ?? -Infinity)
    return at > -Infinity ? at : undefined
  }

  /** Something that is no message was sent. */
  touch(at: number): void {
    this.#touchedAt = at
  }

  /** A round is over, and another record takes the place of what the runtime may still hold: say `left()`, or `grow()`. */
  get isFull(): boolean {
    return this.sent >= this.#over
  }

  /** The runtime has passed on everything. */
  left(): void {
    this.#left = this.sent
    this.#turn()
  }

  /** It has not: more are remembered, within bounds. */
  grow(): void {
    const slots = this.#ordered()
    if (this.#capacity && slots.reduce((sum, slot) => sum + lengthIn(slot), 0) <= largestAfloat) this.#capacity = Math.max(this.#capacity, Math.min(mostAfloat, 2 * this.#capacity))
    this.#slots = slots
    this.#begun = this.sent - slots.length
    this.#over = this.#begun + this.#capacity
    if (this.isFull) this.#turn()
  }

  /** @param at milliseconds since 1970 */
  record(data: SendData, how: Sending, at: number): void {
    const slot = this.#slot()
    const length = lengthOf(data)
    // A small view can hold on to a large buffer.
    const held = typeof data === 'object' && 'buffer' in data ? data.buffer.byteLength : length
    Object.assign(slot, {at, data, length, how})
    if (held > this.#notable) this.#note(slot, length, held)
  }

  /** The same for a text, in the fewest steps. */
  recordText(text: string, how: Sending, at: number): void {
    const slot = this.#slot()
    slot.at = at
    slot.data = text
    // Most are as the one before them here, and to compare costs less than a write that the garbage collector must know of.
    if (slot.how !== how) slot.how = how
    if (text.length > this.#notable) this.#note(slot, text.length, text.length)
  }

  /** When a connection is over: what was sent on it can't be at fault for the end of another. */
  clear(): void {
    this.#slots = none
    this.#capacity = this.#longest = this.#notable = 0
    this.#left = this.#over = this.sent
    this.#touchedAt = undefined
  }

  /** Another round. Nothing is made before the first: many connections only listen. */
  #turn(): void {
    if (!this.#capacity) {
      this.#capacity = Math.max(this.#frames, defaultEvidence.frames)
      this.#slots = []
    }
    this.#begun = this.sent
    this.#over = this.sent + this.#capacity
  }

  /** That of the next message. */
  #slot(): Slot {
    return this.#slots[this.sent++ - this.#begun] ?? this.#another()
  }

  /** There is none yet; or the ring is full, though it was not a moment ago: what a socket does within `send()` may have ended the connection. */
  #another(): Slot {
    this.sent--
    if (this.isFull) this.#turn()
    return (this.#slots[this.sent++ - this.#begun] ??= {at: 0, data: undefined, length: 0, how: unknown})
  }

  #note(slot: Slot, length: number, held: number): void {
    this.#longest = Math.max(this.#longest, length)
    this.#notable = Math.min(this.#longest, largestKept)
    if (held <= largestKept) return
    slot.data = undefined
    slot.length = length
  }

  /** Examines what is remembered, oldest first. */
  examine(now: number, payloads: Payloads = 'none'): FrameEvidence[] {
    const slots = this.#frames ? this.#ordered().slice(-this.#frames) : []
    return slots.map((slot, i) => {
      const {data, at, how: {kind, source, offset}} = slot
      return {
        kind,
        length: lengthIn(slot),
        sequence: this.sent - slots.length + i + 1,
        buffered: typeof source === 'object',
        replayed: typeof source === 'object' && source.writes > 1,
        age: Math.max(0, now - at),
        ...(offset === undefined ? inspect(data) : {findings: ['ill-formed-utf8' as const], offset}),
        ...(data !== undefined && kind !== 'Blob' && contentsOf(data as Readable, payloads)),
      }
    })
  }

  /**
   * What never left, oldest first. Of what `send()` handed over itself only texts and Blobs can be sent again, if they are kept: bytes may
   * have been changed since. `forgotten`: how many more may not have left, and are not remembered.
   *
   * @param kept bytes that the runtime had not passed on when the connection was over
   * @param framing bytes that it may count for each message besides
   */
  unsent(kept: number, framing: number): {again: Sent[]; gone: {data: SendData | undefined; binary: boolean}[]; forgotten: number} {
    const again: Sent[] = []
    const gone: {data: SendData | undefined; binary: boolean}[] = []
    const afloat = this.#ordered().slice(this.#left - this.sent || Infinity)
    const forgotten = this.sent - this.#left - afloat.length
    for (let slot; kept > 0 && (slot = afloat.pop());) {
      const {data, length, how: {kind, source}} = slot
      // Of a text that is not kept, no more than this.
      kept -= framing + (typeof source === 'object' ? source.bytes : data === undefined && kind === 'string' ? 3 * length : bytesIn(slot))
      if (kept < 0) break
      const message = {data, binary: kind !== 'string' && kind !== 'text bytes'}
      if (typeof source === 'object') again.unshift(source)
      else if (source === 'sender') (data !== undefined && (kind === 'string' || kind === 'Blob') ? again : gone).unshift(message as Message)
    }
    return {again, gone, forgotten: kept > 0 ? forgotten : 0}
  }

  /** Where the message of this sequence came from, if it is remembered. */
  sourceOf(sequence: number): Source | undefined {
    return this.#ordered().at(sequence - this.sent - 1)?.how.source
  }

  /** The largest message on this connection, in bytes, if it is remembered; of one whose contents are not, no less than this. */
  largest(): {source: Source; bytes: number} | undefined {
    const slots = this.#ordered()
    if (!slots.some((slot) => lengthIn(slot) && lengthIn(slot) === this.#longest)) return undefined
    const sizes = slots.map((slot) => ({source: slot.how.source, bytes: bytesIn(slot)}))
    return sizes.reduce((most, size) => (size.bytes > most.bytes ? size : most))
  }

  #ordered(): Slot[] {
    const next = this.sent - this.#begun
    return [...this.#slots.slice(next), ...this.#slots.slice(0, next)]
  }
}

const lengthOf = (data: SendData): number => (typeof data === 'string' ? data.length : byteLength(data))

const lengthIn = ({data, length}: Slot): number => (typeof data === 'string' ? data.length : length)

/** Of a text that is not kept no less than this. Nothing else is asked: a view of memory that was handed on since throws. */
const bytesIn = ({data, length}: Slot): number => (typeof data === 'string' ? byteLength(data) : length)

type Readable = Exclude<SendData, BlobLike>

/** What tells one message from another, and as much of what it says as the caller allowed. */
const contentsOf = (data: Readable, payloads: Payloads): Pick<FrameEvidence, 'fingerprint' | 'payload'> => {
  // Memory that was handed to another thread after it was sent can't be read any more.
  if (typeof data !== 'string' && !(ArrayBuffer.isView(data) ? data.buffer : data).byteLength) return {}
  const units = typeof data === 'string' ? Array.from(data, (point) => point.codePointAt(0)!) : Array.from(bytesOf(data))
  const hash = units.reduce((sum, unit) => Math.imul(sum ^ unit, 0x01000193), 0x811c9dc5)
  const text = typeof data === 'string' ? data : units.map((byte) => hex(byte, 2)).join('')
  const payload = payloads === 'full' ? text : text.slice(0, 64).replace(/\p{L}/gu, 'x').replace(/\p{N}/gu, '9')
  return {fingerprint: hex(hash >>> 0, 8), ...(payloads !== 'none' && {payload})}
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
