// What is a message made of, and what is wrong with it?

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

// An expression is an object: made once, not for each text.
/** With the `u` flag a whole pair is one code point and does not match. */
const surrogate = /\p{Surrogate}/u
const control = /[\x80-\x9f]/
/** Half a pair, in JSON. */
const escape = /\\ud[89a-f]/i

/** Each looks for one thing, in linear time: a text may be long, and written by somebody else. */
const signs: Record<Exclude<Finding, 'ill-formed-utf8'>, (text: string) => boolean> = {
  'lone-surrogate': (text) => surrogate.test(text),
  'replacement-character': (text) => text.includes('\uFFFD'),
  // C1 controls are in no text that a person wrote, but in every eighth byte of compressed data.
  'binary-string': (text) => control.test(text) && !/[^\0-\xff]/.test(text),
  'escaped-surrogate': (text) => escape.test(text) && escape.test(text.replace(/\\ud[89ab]..\\ud[c-f]/gi, '')),
}

const nothing: readonly never[] = []

/** What is wrong with a text. Makes nothing where all is well: it is asked while messages leave. */
export const findingsIn = (text: string): readonly Finding[] => {
  let findings: Finding[] | undefined
  for (const finding in signs) if (signs[finding as keyof typeof signs](text)) (findings ??= []).push(finding as Finding)
  return findings ?? nothing
}

/** What is wrong with a text, and where. Nothing is, with bytes in binary frames. */
export function inspect(data: unknown): {findings: Finding[]; offset?: number} {
  if (typeof data !== 'string') return {findings: []}
  const findings = [...findingsIn(data)]
  return findings[0] === 'lone-surrogate' ? {findings, offset: data.search(surrogate)} : {findings}
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
