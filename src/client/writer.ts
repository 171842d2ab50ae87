// How is a message handed to the socket, and what is remembered of it?

import {ClosecallError} from '../core/errors.ts'
import {bytesOf} from '../core/inspect.ts'
import {EvidenceRing, firstIllFormedByte, kindOf, type Finding, type FrameKind, type Message, type SendData, type Sending, type Source} from '../core/index.ts'
import {warn} from '../platform/console.ts'
import {sendsTextBytes, type WebSocketLike} from '../platform/websocket.ts'
import {encoded} from './codec.ts'
import {lint, looksOdd} from './lint.ts'
import {checkData, type Settings} from './options.ts'
import {socketClass} from './socket-class.ts'

/** How most messages leave. */
const asText: Sending = {kind: 'string', source: 'sender'}

/** Looks over what leaves, hands it to the socket and keeps the evidence. */
export class Writer {
  readonly ring: EvidenceRing
  /** The socket, while a text may go straight to it: see {@link writeText}. */
  direct: WebSocketLike | undefined
  readonly #settings: Settings
  readonly #lints: boolean
  readonly #throws: boolean
  /** Told when the runtime seems to hold what it should have passed on. */
  held: {press(): void} | undefined
  #warned: readonly Finding[] | undefined
  /** Those that were looked over. */
  #texts = 0
  /** The time in this turn of the event loop; 0 when not asked yet. Asking on every message would cost more than all else. */
  #turn = 0
  /** Made once there is something to send: many clients only listen. */
  #endTurn: (() => void) | undefined

  constructor(settings: Settings) {
    this.ring = new EvidenceRing(settings.evidence.frames)
    this.#settings = settings
    this.#lints = settings.lint !== 'off'
    this.#throws = settings.lint === 'throw'
  }

  /** The time, to the turn of the event loop. */
  now(): number {
    if (!this.#turn) {
      this.#turn = this.#settings.clock.now()
      queueMicrotask((this.#endTurn ??= () => void (this.#turn = 0)))
    }
    return this.#turn
  }

  /**
   * What will be handed to the socket.
   *
   * @throws {ClosecallError} if that can't be (`INVALID`), and with `lint: 'throw'` (`LINT`)
   */
  prepare(value: unknown, binary: boolean | undefined): Message {
    const data = encoded(this.#settings.codec, value)
    const kind = typeof data === 'string' ? 'string' : checkData(data, binary, binary === false && sendsTextBytes(socketClass(this.#settings)))
    if (this.#lints && (typeof data !== 'string' || looksOdd(data, this.#texts++, this.#throws))) this.#lint(data, kind)
    return {data, binary: kind !== 'string' && kind !== 'text bytes'}
  }

  /** Looks over a text that was handed to `send()`, and writes it straight to the socket, in the fewest steps. */
  writeText(text: string): void {
    const {ring} = this
    const socket = this.direct!
    if (this.#lints && looksOdd(text, this.#texts++, this.#throws)) this.#lint(text, 'string')
    if (ring.isFull) this.#measure(socket)
    socket.send(text)
    if (!this.#turn) this.now()
    // Not what the call returns: that could be anything, and V8 would make an object of it each time.
    ring.recordText(text, asText, this.#turn)
  }

  write(socket: WebSocketLike, {data, binary}: Message, source: Source): void {
    const kind = kindOf(data, binary)!
    const isTextBytes = kind === 'text bytes'
    // Examined now: the caller may reuse this memory before a verdict comes.
    const offset = isTextBytes ? firstIllFormedByte(bytesOf(data as ArrayBuffer)) : undefined
    if (this.ring.isFull) this.#measure(socket)
    if (isTextBytes) socket.send(data, {binary: false})
    else socket.send(data)
    this.ring.record(data, {kind, source, offset}, this.now())
  }

  /** Must more be remembered, since the runtime still holds what was sent? */
  #measure({bufferedAmount}: WebSocketLike): void {
    if (!bufferedAmount) return this.ring.left()
    this.ring.grow()
    this.held!.press()
  }

  #lint(data: SendData, kind: FrameKind): void {
    const findings = lint(data, kind)
    // To loop over nothing would make something.
    if (!findings.length) return
    for (const finding of findings) {
      const message = `${finding} in a message to send`
      if (this.#throws) throw new ClosecallError('LINT', message)
      if (this.#warned?.includes(finding)) continue
      this.#warned = [...(this.#warned ?? []), finding]
      warn(`closecall: ${message}; said once for each kind, see \`lint\``)
    }
  }
}
