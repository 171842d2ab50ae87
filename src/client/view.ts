// What does a page show of a client? Its state, a countdown and the last message, of the one that it has at the moment, if any.

import {check} from '../core/check.ts'
import {initialState, type SendData, type State} from '../core/index.ts'
import {systemClock, type Clock} from '../platform/clock.ts'
import {connect, type Client} from './client.ts'
import type {ClientEvents, MessageData} from './events.ts'
import {guard} from './guard.ts'
import type {Address, Options, SendOptions} from './options.ts'
import type {SendResult} from './outbox.ts'

/** What a page shows. Never changed afterwards; the same object as long as nothing of it changes. */
export interface Snapshot<In = MessageData, Out = SendData> {
  /** Where the client stands: `idle` where there is none. What it says of a close is the server's words; show it as text, never as HTML. */
  readonly state: State
  /**
   * Time left until the next attempt, ms; undefined where none is due. It changes once a second, as whole seconds go by, and 0 is the
   * last: show `Math.ceil(retryIn / 1000)`. After a sleep it is what is left then.
   */
  readonly retryIn: number | undefined
  /** Undefined before the first of this client. Several may come before a page is drawn again: `onMessage` hears each. */
  readonly lastMessage: In | undefined
  /** The client itself, for all else: `deliver()`, `on()`, `reconnect()`, `stats`. Undefined where there is none. */
  readonly client: Client<In, Out> | undefined
}

/** {@link Options} of `connect`, and what a page wants besides. */
export interface ConnectionOptions<In = any, Out = any> extends Options<In, Out> {
  /** Told of each message, decoded, and of the runtime's own event, as a `message` listener is. */
  onMessage?: ClientEvents<In, Out>['message']
}

/** Where to connect; without an address nothing is opened, and what was open is closed. */
export type MaybeAddress = Address | null | undefined

const nothing: Snapshot<any, any> = {state: initialState, retryIn: undefined, lastMessage: undefined, client: undefined}

const second = 1000

/** As a page shows it. */
const seconds = (time: number | undefined): number => Math.ceil(time! / second)

/**
 * Whether two addresses are the same, as text. A function is the same as any other: it is often written inline, and asked on every attempt
 * anyway.
 */
export const keyOf = (address: MaybeAddress): string | boolean => typeof address === 'function' || (address !== null && address !== undefined && [address].flat().join(' '))

/** At most one client at a time, and those who look at it. */
export class View<In = any, Out = any> {
  #snapshot: Snapshot<In, Out> = nothing
  #clock: Clock = systemClock
  #timer: unknown
  #unsubscribe: () => void = () => {}
  readonly #listeners = new Set<() => void>()

  get snapshot(): Snapshot<In, Out> {
    // As long as nobody listens, no timer counts.
    if (!this.#listeners.size) this.#count()
    return this.#snapshot
  }

  /** `'refused'` where there is no client. */
  readonly send = (data: Out, options?: SendOptions): SendResult => this.#snapshot.client?.send(data, options) ?? 'refused'

  /** Whenever the snapshot changes. Each listener is a function of its own. @returns the function that unsubscribes */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#wait()
    return () => {
      this.#listeners.delete(listener)
      this.#wait()
    }
  }

  /** Connects, if there is where to; the client before is closed. @throws what `connect` throws */
  start(address: MaybeAddress, {onMessage, ...options}: ConnectionOptions<In, Out>): void {
    this.stop()
    if (address === null || address === undefined) return
    if (onMessage !== undefined) check(onMessage, 'onMessage', 'a function')
    const client = connect<In, Out>(address, options)
    this.#clock = options.clock ?? systemClock
    const subscriptions = [
      client.on('state', (state) => this.#show({state})),
      client.on('message', (lastMessage, event) => {
        this.#show({lastMessage})
        onMessage?.(lastMessage, event)
      }),
    ]
    this.#unsubscribe = () => {
      for (const off of subscriptions) off()
    }
    this.#show({client, state: client.state})
  }

  /** Closes, and shows nothing of it: from now on there is no client. */
  stop(): void {
    const {client} = this.#snapshot
    if (!client) return
    this.#unsubscribe()
    client.close()
    this.#show(nothing)
  }

  #show(change: Partial<Snapshot<In, Out>>): void {
    this.#snapshot = {...this.#snapshot, ...change}
    if (change.state) {
      this.#snapshot = {...this.#snapshot, retryIn: this.#left()}
      this.#wait()
    }
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) guard(listener)
  }

  #left(): number | undefined {
    const {retryAt} = this.#snapshot.state as {retryAt?: number}
    return retryAt === undefined ? retryAt : Math.max(0, retryAt - this.#clock.now())
  }

  /** @returns whether a page would show another second */
  #count(): boolean {
    const retryIn = this.#left()
    if (Object.is(seconds(retryIn), seconds(this.#snapshot.retryIn))) return false
    this.#snapshot = {...this.#snapshot, retryIn}
    return true
  }

  /** For the end of a second, while somebody looks. */
  #wait(): void {
    this.#clock.clearTimeout(this.#timer)
    const left = this.#listeners.size && this.#left()
    if (!left) return
    this.#timer = this.#clock.setTimeout(() => {
      if (this.#count()) this.#tell()
      this.#wait()
    }, left % second || second)
  }
}
