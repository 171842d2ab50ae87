// Which message does an acknowledgement mean, and was this one here before?

import {check, fill, must, type Rules} from '../core/check.ts'
import type {Delivery, MessageId} from '../core/index.ts'
import {isId, Memory} from './memory.ts'

export interface DedupeOptions<In = any> {
  /** What the server calls an incoming message; anything but a text or a number: it is no duplicate of any other. */
  id: (incoming: In) => MessageId | undefined
  /** Ids that are remembered, the newest. Default 1000: more than a server sends again after a reconnect. */
  remember?: number
  /** Is given each message that is dropped. A server that wants its messages acknowledged, and sends one again, may have missed that of the first. If this throws, listeners are told. */
  onDuplicate?: (incoming: In) => unknown
}

export interface AcknowledgedOptions<In = any, Out = any> {
  /**
   * What the acknowledgement will call this message: a text of at most 256 characters or a finite number, and no other message's as long as
   * this one is not acknowledged. `undefined`: the message is not acknowledged, and sent like any without `delivery`. Anything else, and what it
   * throws, is thrown by `send()` and `deliver()`.
   */
  id: (data: Out) => MessageId | undefined

  /**
   * Which message an incoming one acknowledges, or a list of them; undefined: none. What is no text or number is passed over, and so is what
   * comes after the first `max(1000, 4 × window)` of a list. The incoming message is the server's: `null` is one, too. A `schema` must allow
   * acknowledgements, or they are never seen.
   */
  ack: (incoming: In) => MessageId | readonly MessageId[] | undefined

  /** Most messages under way without an acknowledgement, 1–65 536. The others wait in the send buffer, whose bounds are the caller's backpressure. Default 256. */
  window?: number

  /**
   * Drops incoming messages that were here before, on this connection or an earlier one; no listener is told of them. For servers that send
   * again what they are not sure of. Default: every message is told.
   */
  dedupe?: ((incoming: In) => MessageId | undefined) | DedupeOptions<In>
}

const defaultWindow = 256

type Dedupe<In> = DedupeOptions<In> & {remember: number}

/** Messages of several connections, whatever the window. */
const leastMemory = 1000

const rules: Rules = {id: 'a function', ack: 'a function', window: '1..65536', dedupe: 'a function or an object'}
const dedupeRules: Rules = {id: 'a function', remember: '1..1000000', onDuplicate: 'a function'}

/**
 * Keeps each message until the server has acknowledged it, and sends what is not acknowledged again, in order, on the next connection:
 * at least once, with any server that says which messages it has. For the `delivery` option, of one client or of several: each has a
 * memory of its own of what it sent and received.
 *
 * An acknowledgement of what was never sent is told by `invalid`; a late or repeated one is no surprise as long as its id is remembered: the
 * last `max(1000, 4 × window)` that were given out, and as many that were acknowledged.
 *
 * @throws {ClosecallError} one sentence for an option that can't be used (`INVALID`)
 * @example
 * import {acknowledged} from 'closecall/delivery'
 * const delivery = acknowledged({id: (order) => order.id, ack: (message) => message?.ack})
 * const client = connect('wss://api.example.com/orders', {codec: json, delivery})
 * const {status} = await client.deliver({id: 7, item: 'tea'}) // 'acknowledged'
 */
export const acknowledged = <In = any, Out = any>(options: AcknowledgedOptions<In, Out>): (() => Delivery<NoInfer<In>, NoInfer<Out>>) => {
  const {id, ack, window, dedupe} = fill<AcknowledgedOptions<In, Out> & {window: number}>('options', {id: undefined as never, ack: undefined as never, window: defaultWindow}, rules, options)
  check(id, 'id', 'a function')
  check(ack, 'ack', 'a function')
  must(Number.isInteger(window), 'window', 'a whole number', window)
  const sought = dedupe && checkDedupe(typeof dedupe === 'function' ? {id: dedupe} : dedupe)
  const size = Math.max(leastMemory, 4 * window)
  return () => {
    const given = new Memory(size)
    const heeded = new Memory(size)
    /** Of the newest message. They are remembered with the next one: about this one, `knows()` is still to be asked. */
    let newest = new Set<MessageId>()
    return {
      window,
      id: (data) => {
        const value = id(data)
        if (value === undefined) return undefined
        must(isId(value), 'id', 'a text of at most 256 characters, a finite number or undefined', typeof value)
        given.add(value)
        return value
      },
      acked: (incoming) => {
        for (const value of newest) heeded.add(value)
        const value: unknown = ack(incoming)
        newest = new Set((Array.isArray(value) ? value.slice(0, size) : [value]).filter(isId))
        return [...newest]
      },
      knows: (value) => {
        if (given.has(value) || heeded.has(value)) return true
        newest.delete(value)
        return false
      },
      ...(sought && {seen: seenBefore(sought)}),
    }
  }
}

const checkDedupe = <In>(options: DedupeOptions<In>): Dedupe<In> => {
  const dedupe = fill<Dedupe<In>>('dedupe', {id: undefined as never, remember: 1000}, dedupeRules, options, 'dedupe.')
  check(dedupe.id, 'dedupe.id', 'a function')
  must(Number.isInteger(dedupe.remember), 'dedupe.remember', 'a whole number', dedupe.remember)
  return dedupe
}

const seenBefore = <In>({id, remember, onDuplicate}: Dedupe<In>): ((incoming: In) => boolean) => {
  const memory = new Memory(remember)
  return (incoming) => {
    const value = id(incoming)
    if (!isId(value)) return false
    const isKnown = memory.has(value)
    memory.add(value)
    if (isKnown) onDuplicate?.(incoming)
    return isKnown
  }
}
