// Which of our messages made the peer close, and what was wrong with it? The ring is filled on the way out; everything
// else here runs after the fact.

import type {Close} from './close.ts'
import {byteLength, type BlobLike, type Entry, type Message, type SendData, type Sent} from './send-buffer.ts'

/** How a message was handed to `send()`. `text bytes`: bytes that went out in a text frame. */
export type FrameKind = 'string' | 'ArrayBuffer' | 'view' | 'Blob' | 'text bytes'

/**
 * What can be wrong with a message.
 *
 * - `ill-formed-utf8`: bytes of a text frame that are not UTF-8; the peer must fail the connection [RFC 6455 §8.1]
 * - `lone-surrogate`: half of a surrogate pair; nearly every runtime silently sends U+FFFD in its place
 * - `replacement-character`: U+FFFD is in the text already, a sign of an earlier wrong decoding
 * - `binary-string`: text that looks like bytes kept in a string; each above 0x7F becomes two on the wire
 * - `escaped-surrogate`: JSON with half a surrogate pair escaped in it, which strict parsers refuse
 */
export type Finding = 'ill-formed-utf8' | 'lone-surrogate' | 'replacement-character' | 'binary-string' | 'escaped-surrogate'

/** One sent message, without its contents unless the caller asked for them. */
export interface FrameEvidence {
  /** 1 for the first message that this client ever sent. */
  sequence: number
  /** Milliseconds before the close, to the turn of the event loop. */
  age: number
  kind: FrameKind
  /** UTF-16 units of a string, bytes of all else. */
  length: number
  /** It had waited in the send buffer, or was handed to `deliver()`. */
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
const largestKept = 65_536

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
  data: SendData | undefined
  length: number
  how: Sending
}

/** The last sends on one connection. Slots are reused, so that remembering allocates nothing. */
export class EvidenceRing {
  readonly #frames: number
  #slots: Slot[] = []
  #capacity: number
  #next = 0
  /** Length of the longest message on this connection, remembered or not. */
  #longest = 0
  /** Messages that this client ever sent. */
  sent = 0
  /** As many as the runtime was last known to have passed on. */
  #left = 0
  /** Always a fraction's kind of number: in a field that may be undefined, too, each would be an object of its own. */
  #touchedAt = -Infinity

  constructor(frames: number = defaultEvidence.frames) {
    this.#frames = frames
    this.#capacity = Math.max(frames, defaultEvidence.frames)
  }

  /** When something was sent last on this connection, ms since 1970. */
  get sentAt(): number | undefined {
    const at = Math.max(this.#touchedAt, this.#slots.at(this.#next - 1)?.at ?? -Infinity)
    return at > -Infinity ? at : undefined
  }

  /** Something that is no message was sent. */
  touch(at: number): void {
    this.#touchedAt = at
  }

  /** A round is over, and another record takes the place of what the runtime may still hold: say `left()`, or `grow()`. */
  get isFull(): boolean {
    return this.#next >= this.#capacity
  }

  /** The runtime has passed on everything. */
  left(): void {
    this.#left = this.sent
    this.#next = 0
  }

  /** It has not: more are remembered, within bounds. */
  grow(): void {
    this.#slots = this.#ordered()
    this.#next = this.#slots.length
    if (this.#slots.reduce((sum, {length}) => sum + length, 0) <= largestAfloat) this.#capacity = Math.max(this.#capacity, Math.min(mostAfloat, 2 * this.#capacity))
  }

  /** @param at milliseconds since 1970 */
  record(data: SendData, how: Sending, at: number): void {
    if (this.isFull) this.#next = 0
    const slot = (this.#slots[this.#next++] ??= {} as Slot)
    const length = lengthOf(data)
    this.sent++
    if (length > this.#longest) this.#longest = length
    slot.at = at
    slot.length = length
    // A small view can hold on to a large buffer.
    slot.data = (typeof data === 'object' && 'buffer' in data ? data.buffer.byteLength : length) > largestKept ? undefined : data
    // Most are as the one before them here, and to compare costs less than a write that the garbage collector must know of.
    if (slot.how !== how) slot.how = how
  }

  /** When a connection is over: what was sent on it can't be at fault for the end of another. */
  clear(): void {
    this.#slots = []
    this.#next = 0
    this.#left = this.sent
    this.#longest = 0
    this.#capacity = Math.max(this.#frames, defaultEvidence.frames)
    this.#touchedAt = -Infinity
  }

  /** Examines what is remembered, oldest first. */
  examine(now: number, payloads: Payloads = 'none'): FrameEvidence[] {
    const slots = this.#frames ? this.#ordered().slice(-this.#frames) : []
    return slots.map(({data, at, length, how: {kind, source, offset}}, i) => ({
      kind,
      length,
      sequence: this.sent - slots.length + i + 1,
      buffered: typeof source === 'object',
      replayed: typeof source === 'object' && source.writes > 1,
      age: Math.max(0, now - at),
      ...(offset === undefined ? inspect(data) : {findings: ['ill-formed-utf8' as const], offset}),
      ...(data !== undefined && kind !== 'Blob' && contentsOf(data as Readable, payloads)),
    }))
  }

  /**
   * What never left, oldest first. Of what `send()` handed over itself only texts and Blobs can be sent again, if they are kept: bytes may
   * have been changed since.
   *
   * @param kept bytes that the runtime had not passed on when the connection was over
   * @param framing bytes that it may count for each message besides
   */
  unsent(kept: number, framing: number): {again: Sent[]; gone: {data: SendData | undefined; binary: boolean}[]} {
    const again: Sent[] = []
    const gone: {data: SendData | undefined; binary: boolean}[] = []
    const afloat = this.#ordered().slice(this.#left - this.sent || Infinity)
    for (let i = afloat.length - 1; i >= 0; i--) {
      const {data, length, how} = afloat[i]!
      const {kind, source} = how
      if (kept <= 0) break
      // Of a text that is not kept, no more than this.
      kept -= framing + (typeof source === 'object' ? source.bytes : data === undefined ? 3 * length : byteLength(data))
      if (kept < 0) break
      const message = {data, binary: kind !== 'string' && kind !== 'text bytes'}
      if (typeof source === 'object') again.unshift(source)
      else if (source === 'sender') (data !== undefined && (kind === 'string' || kind === 'Blob') ? again : gone).unshift(message as Message)
    }
    return {again, gone}
  }

  /** Where the message of this sequence came from, if it is remembered. */
  sourceOf(sequence: number): Source | undefined {
    return this.#ordered().at(sequence - this.sent - 1)?.how.source
  }

  /** The largest message on this connection, in bytes, if it is remembered; of one whose contents are not, no less than this. */
  largest(): {source: Source; bytes: number} | undefined {
    const slots = this.#ordered()
    if (!slots.some(({length}) => length && length === this.#longest)) return undefined
    const sizes = slots.map(({data, length, how: {source}}) => ({source, bytes: data === undefined ? length : byteLength(data)}))
    return sizes.reduce((most, size) => (size.bytes > most.bytes ? size : most))
  }

  #ordered(): Slot[] {
    return [...this.#slots.slice(this.#next), ...this.#slots.slice(0, this.#next)]
  }
}

const lengthOf = (data: SendData): number => (typeof data === 'string' ? data.length : 'size' in data ? data.size : data.byteLength)

/** @returns undefined for what a WebSocket can't send */
export const kindOf = (data: unknown, binary = true): FrameKind | undefined =>
  typeof data === 'string' ? 'string'
  : typeof data !== 'object' || !data ? undefined
  : ArrayBuffer.isView(data) || ('byteLength' in data && 'slice' in data) ? (binary ? (ArrayBuffer.isView(data) ? 'view' : 'ArrayBuffer') : 'text bytes')
  : 'size' in data && 'type' in data && 'slice' in data ? 'Blob'
  : undefined

/** The bytes of a buffer or view, not copied. */
export const bytesOf = (data: ArrayBufferLike | ArrayBufferView): Uint8Array<ArrayBufferLike> =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)

/** Each looks for one thing, in linear time: a text may be long, and written by somebody else. */
const signs: Record<Exclude<Finding, 'ill-formed-utf8'>, (text: string) => boolean> = {
  // With the `u` flag a whole pair is one code point and does not match.
  'lone-surrogate': (text) => /\p{Surrogate}/u.test(text),
  'replacement-character': (text) => text.includes('\uFFFD'),
  // C1 controls are in no text that a person wrote, but in every eighth byte of compressed data.
  'binary-string': (text) => /[\x80-\x9f]/.test(text) && !/[^\0-\xff]/.test(text),
  'escaped-surrogate': (text) => /\\ud[89a-f]/i.test(text.replace(/\\ud[89ab]..\\ud[c-f]/gi, '')),
}

/** What is wrong with a text, and where. Nothing is, with bytes in binary frames. */
export function inspect(data: unknown): Pick<FrameEvidence, 'findings' | 'offset'> {
  if (typeof data !== 'string') return {findings: []}
  const findings = (Object.keys(signs) as (keyof typeof signs)[]).filter((finding) => signs[finding](data))
  return findings[0] === 'lone-surrogate' ? {findings, offset: data.search(/\p{Surrogate}/u)} : {findings}
}

/**
 * Where bytes stop being UTF-8: the start of the first ill-formed sequence.
 *
 * @returns the offset, or undefined when all is well
 * @see Unicode 16, table 3-7
 */
export function firstIllFormedByte(bytes: Uint8Array): number | undefined {
  for (let i = 0, length; i < bytes.length; i += length) {
    const lead = bytes[i]!
    length =
      lead < 0x80 ? 1
      : lead < 0xc2 ? 0
      : lead < 0xe0 ? 2
      : lead < 0xf0 ? 3
      : lead < 0xf5 ? 4
      : 0
    if (!length) return i
    // Over-long forms, surrogates and what is beyond U+10FFFF show in the second byte.
    let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k] ?? 0
      if (byte < low || byte > high) return i
      low = 0x80
      high = 0xbf
    }
  }
  return undefined
}

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

/**
 * Why the peer refused what we sent.
 *
 * - `ill-formed-text`: a text frame was not UTF-8
 * - `rejected-by-application`: the reason speaks of something other than encoding
 * - `damaged-in-transit`: what we sent was well formed; a proxy, a compression layer or the server broke it
 * - `too-big`, `unsupported-kind`: what 1009 and 1003 say
 */
export type Cause = 'ill-formed-text' | 'rejected-by-application' | 'damaged-in-transit' | 'too-big' | 'unsupported-kind' | 'unknown'

export interface Diagnosis {
  cause: Cause
  confidence: 'certain' | 'likely' | 'possible' | 'none'
  /** What to do, in a sentence. */
  advice: string
  /** Sequence of the message at fault, and the offset in it. */
  sequence?: number
  offset?: number
}

/** Who speaks so means encoding or compression, not the application's own rules. */
const speaksOfEncoding = /utf|unicode|encod|decod|charact|byte|inflat|deflat|compress/i

/**
 * Names the cause of a close that is the sender's fault.
 *
 * @param extensions as negotiated; permessage-deflate is a suspect of its own
 */
export function diagnose({code, reason}: Close, frames: readonly FrameEvidence[], extensions = ''): Diagnosis {
  const found = (finding: Finding): FrameEvidence | undefined => frames.find(({findings}) => findings.includes(finding))
  const last = frames.at(-1)
  const illFormed = found('ill-formed-utf8')
  const halved = found('lone-surrogate')
  const compressed = extensions.includes('permessage-deflate')
  const [cause, confidence, frame]: [Cause, Diagnosis['confidence'], FrameEvidence?] =
    code === 1009 ? ['too-big', last ? 'likely' : 'possible', [...frames].sort((a, b) => b.length - a.length)[0]]
    : code === 1003 ? ['unsupported-kind', last ? 'likely' : 'possible', last]
    : code !== 1007 || !last ? ['unknown', 'none']
    : illFormed ? ['ill-formed-text', 'certain', illFormed]
    : reason && !speaksOfEncoding.test(reason) ? ['rejected-by-application', 'likely', last]
    : halved ? ['ill-formed-text', 'possible', halved]
    : reason || compressed ? ['damaged-in-transit', reason && compressed ? 'likely' : 'possible']
    : ['unknown', 'none']
  const {sequence, offset} = frame ?? {}
  return {cause, confidence, advice: advice[cause], ...(sequence && {sequence}), ...(offset !== undefined && {offset})}
}

const advice: Record<Cause, string> = {
  'ill-formed-text': 'Send bytes in binary frames, or decode them to a string first.',
  'rejected-by-application': 'The server refused what a message says: see its reason.',
  'damaged-in-transit': 'All was well formed here: try without compression and proxies.',
  'too-big': 'Split the message, or raise the limit of the server.',
  'unsupported-kind': 'Send strings for bytes, or bytes for strings.',
  unknown: 'Nothing that was sent is known to be at fault: see what the server expects.',
}
