// What came from the server: a message, an answer, a hint, a sign of life?

import {warn} from '../platform/console.ts'
import type {WebSocketLike} from '../platform/websocket.ts'
import type {Invalid, MessageData} from './events.ts'
import type {ExtensionHooks} from './extension.ts'
import {guard} from './guard.ts'
import type {Line} from './line.ts'
import type {Settings} from './options.ts'
import type {Outbox} from './outbox.ts'
import {answerOf, readerOf} from './reader.ts'

/** The way in: counts and sorts what the sockets tell, and tells listeners what is for them. */
export class Receiver {
  /** Messages. */
  received = 0
  /** Of the last heartbeat that was answered, ms. */
  roundTripTime: number | undefined
  /** When the heartbeat was sent that is not answered yet. */
  askedAt: number | undefined
  readonly #settings: Settings
  readonly #line: Line
  #pongs = 0
  #toldInvalid = false

  constructor(settings: Settings, line: Line) {
    this.#settings = settings
    this.#line = line
  }

  /** Signs of life so far. */
  get signs(): number {
    return this.received + this.#pongs
  }

  /**
   * Hears the messages of a socket. Only who asks for more pays for more than a count and an event.
   *
   * @param hint told each message: the service may say of a close to come when, and whether, to come back. Absent: it has no such messages
   */
  listen(socket: WebSocketLike, outbox: Outbox, hooks: readonly ExtensionHooks[], hint: ((data: MessageData) => void) | undefined): void {
    const {codec, schema, delivery, heartbeat} = this.#settings
    const {emitter, dropIn: {hear}} = this.#line
    const curious = hooks.some(({received}) => received)
    if (codec || schema || delivery || hear || curious || hint || heartbeat?.isReply) this.#listenClosely(socket, outbox, hooks, hint)
    else {
      socket.onmessage = (event) => {
        this.received++
        emitter.emit('message', event.data, event)
      }
    }
  }

  /** A protocol ping was answered. */
  pong(): void {
    this.#pongs++
    this.#answered()
  }

  #listenClosely(socket: WebSocketLike, outbox: Outbox, hooks: readonly ExtensionHooks[], hint: ((data: MessageData) => void) | undefined): void {
    const settings = this.#settings
    const line = this.#line
    const {emitter, dropIn: {hear}} = line
    const isReply = settings.heartbeat?.isReply
    const curious = hooks.filter(({received}) => received)
    const refuse = (invalid: Invalid): void => this.#refuse(invalid)
    const read = readerOf(settings, {
      // A session hears the messages of its socket alone.
      tell: (data, event) => void emitter.emit('message', data, event, socket),
      refuse,
      outbox,
      listens: () => line.takes(),
    })
    const deliver = (event: {data: any}): void => {
      this.received++
      if (read) read(event)
      else if (hear) {
        hear(event)
        if (emitter.listenerCount('message')) emitter.emit('message', event.data, event, socket)
      } else emitter.emit('message', event.data, event)
    }
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

  #refuse(invalid: Invalid): void {
    if (this.#line.emitter.emit('invalid', invalid) || this.#toldInvalid) return
    this.#toldInvalid = true
    warn(`closecall: an incoming message was ${invalid.reason}; said once, see \`on('invalid')\``)
  }

  #answered(): void {
    if (this.askedAt !== undefined) this.roundTripTime = this.#settings.clock.now() - this.askedAt
    this.askedAt = undefined
  }
}
