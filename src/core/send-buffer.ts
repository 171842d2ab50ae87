// What was accepted and not sent yet? Kept in order, bounded by count and by bytes.

/** What a WebSocket can send. A Blob is known by its size alone, so that the core needs no DOM types. */
export type SendData = string | ArrayBufferLike | ArrayBufferView | BlobLike

export interface BlobLike {
  readonly size: number
}

/** A message and the kind of frame it leaves in. `send(data, {binary})` takes it back as it is. */
export interface Message {
  data: SendData
  /** `false` for strings, and for bytes that go out in a text frame. */
  binary: boolean
}

export interface BufferLimits {
  /** Default 1024: minutes of typing or cursor moves, and still sent in one breath. */
  maxMessages: number
  /** UTF-8 bytes of all messages together. Default 1 MiB, which a page can spare and a phone can send in a second or two. */
  maxBytes: number
}

export const defaultBufferLimits: BufferLimits = {maxMessages: 1024, maxBytes: 1_048_576}

export class SendBuffer {
  readonly #limits: BufferLimits
  #messages: (Message & {bytes: number})[] = []
  /** Messages before this index have left: removing the first one must not move the others. */
  #head = 0
  #bytes = 0

  constructor(limits: BufferLimits = defaultBufferLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#messages.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @returns whether there was room; if not, nothing changed */
  push(message: Message): boolean {
    const bytes = byteLength(message.data)
    if (this.size >= this.#limits.maxMessages || this.#bytes + bytes > this.#limits.maxBytes) return false
    this.#messages.push({...message, bytes})
    this.#bytes += bytes
    return true
  }

  /** Takes out the message whose turn it is. */
  shift(): Message | undefined {
    const message = this.#messages[this.#head]
    if (!message) return undefined
    this.#bytes -= message.bytes
    this.#head++
    // Moves at most as many messages as have left since the last time.
    if (this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head)
      this.#head = 0
    }
    return message
  }

  /** Puts back what was taken out and could not be sent. */
  unshift(message: Message): void {
    const bytes = byteLength(message.data)
    this.#messages.splice(this.#head, 0, {...message, bytes})
    this.#bytes += bytes
  }

  /** Empties the buffer and returns what it held, oldest first. */
  take(): Message[] {
    const rest = this.#messages.slice(this.#head).map(({data, binary}) => ({data, binary}))
    this.#messages = []
    this.#head = 0
    this.#bytes = 0
    return rest
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
