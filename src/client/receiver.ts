// What came from the server: a message, an answer, a hint, a sign of life?

import type {Clock} from '../platform/clock.ts'
import {warn} from '../platform/console.ts'
import type {WebSocketLike} from '../platform/websocket.ts'
import type {Invalid, MessageData} from './events.ts'
import type {ExtensionHooks} from './extension.ts'
import {guard} from './guard.ts'
import type {Settings} from './options.ts'
import type {Line, Outbox} from './outbox.ts'
import {answerOf, readerOf} from './reader.ts'

/** The way in: counts and sorts what the sockets tell, and tells listeners what is for them. */
export class Receiver {
  /** Messages. */
  received = 0
  /** Of the last heartbeat that was answered, ms. */
  roundTripTime: number | undefined
  /** When the heartbeat was sent that is not answered yet. */
  askedAt: number | undefined
  /** Hears the messages of a socket. */
  readonly listen: (socket: WebSocketLike) => void
  readonly #clock: Clock
  #pongs = 0
  #toldInvalid = false

  /** @param hint told each message: the service may say of a close to come when, and whether, to come back. Absent: it has no such messages */
  constructor(settings: Settings, hooks: readonly ExtensionHooks[], outbox: Outbox, {emitter, hear, takes}: Line, hint: ((data: MessageData) => void) | undefined) {
    const isReply = settings.heartbeat?.isReply
    const curious = hooks.filter(({received}) => received)
    this.#clock = settings.clock
    const refuse = (invalid: Invalid): void => {
      if (emitter.emit('invalid', invalid) || this.#toldInvalid) return
      this.#toldInvalid = true
      warn(`closecall: an incoming message was ${invalid.reason}; said once, see \`on('invalid')\``)
    }
    this.listen = (socket) => {
      const read = readerOf(settings, {
        // A session hears the messages of its socket alone.
        tell: (data, event) => void emitter.emit('message', data, event, socket),
        refuse,
        outbox,
        listens: takes,
      })
      const deliver = (event: {data: any}): void => {
        this.received++
        if (read) read(event)
        else if (hear) {
          hear(event)
          if (emitter.listenerCount('message')) emitter.emit('message', event.data, event, socket)
        } else emitter.emit('message', event.data, event)
      }
      // Only who asks for more pays for more than a count and an event.
      socket.onmessage = !isReply && !curious.length && !hint ? deliver : (
        (event) => {
          for (const hooks of curious) guard(() => hooks.received!())
          if (hint) guard(() => hint(event.data))
          if (!answerOf(() => isReply?.(event.data), event, refuse)) return deliver(event)
          this.received++
          this.#answered()
        }
      )
    }
  }

  /** Signs of life so far. */
  get signs(): number {
    return this.received + this.#pongs
  }

  /** A protocol ping was answered. */
  pong(): void {
    this.#pongs++
    this.#answered()
  }

  #answered(): void {
    if (this.askedAt !== undefined) this.roundTripTime = this.#clock.now() - this.askedAt
    this.askedAt = undefined
  }
}
