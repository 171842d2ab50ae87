// Who hears a message, and in which order? As the DOM says, without the price of a dispatch.

import {reportError} from '../platform/console.ts'

interface Listener {
  callback: EventListenerOrEventListenerObject
  capture: boolean
  once: boolean
  removed: boolean
}

/** Whose event is being told. */
let teller: EventTarget | undefined

const isStopped = Symbol('stopped')

/** `stopImmediatePropagation()` of a stamped event: the runtime does not tell whether its own was called. */
function stop(this: {[isStopped]: boolean}): void {
  this[isStopped] = true
}

function path(this: Event): EventTarget[] {
  return [this.target!]
}

const itself = function (event: object): object {
  return event
} as unknown as new (event: object) => object

/**
 * Makes an event another target's: a constructor that returns an object has the fields of a derived class defined on it. An event can't be
 * dispatched again while the runtime dispatches it, and a copy of it, dispatched, costs some hundred times as much.
 */
class Stamp extends itself {
  readonly target = teller
  readonly currentTarget = teller
  readonly srcElement = teller
  readonly composedPath = path
  readonly stopImmediatePropagation = stop;
  [isStopped] = false
}

/**
 * The listeners of one event type on one target.
 *
 * @see https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke
 */
export class MessageListeners {
  readonly #target: EventTarget
  /** Never changed: whoever is being told goes on with the list that there was. Capturing listeners first. */
  #list: readonly Listener[] = []

  constructor(target: EventTarget) {
    this.#target = target
  }

  get isEmpty(): boolean {
    return !this.#list.length
  }

  /** @see https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener */
  add(callback: EventListenerOrEventListenerObject | null, options: AddEventListenerOptions | boolean | undefined): void {
    const {capture, once, signal} = flatten(options)
    if (!callback || signal?.aborted || this.#find(callback, capture)) return
    const listener: Listener = {callback, capture, once, removed: false}
    const place = capture ? this.#list.filter((each) => each.capture).length : this.#list.length
    this.#list = [...this.#list.slice(0, place), listener, ...this.#list.slice(place)]
    signal?.addEventListener('abort', () => this.#remove(listener))
  }

  remove(callback: EventListenerOrEventListenerObject | null, options: EventListenerOptions | boolean | undefined): void {
    const listener = this.#find(callback, flatten(options).capture)
    if (listener) this.#remove(listener)
  }

  /** @returns whether the event could be told as it is: some platforms let nobody change an event */
  tell(event: Event): boolean {
    const list = this.#list
    if (!list.length) return true
    const outer = teller
    teller = this.#target
    try {
      // eslint-disable-next-line no-new
      new Stamp(event)
    } catch {
      return false
    } finally {
      teller = outer
    }
    for (let i = 0; i < list.length; i++) {
      const listener = list[i]!
      if (listener.removed) continue
      if (listener.once) this.#remove(listener)
      try {
        const {callback} = listener
        if (typeof callback === 'function') callback.call(this.#target, event)
        else callback.handleEvent(event)
      } catch (error) {
        reportError(error)
      }
      if ((event as unknown as Stamp)[isStopped]) break
    }
    return true
  }

  #find(callback: unknown, capture: boolean): Listener | undefined {
    return this.#list.find((listener) => listener.callback === callback && listener.capture === capture)
  }

  #remove(listener: Listener): void {
    listener.removed = true
    this.#list = this.#list.filter((each) => each !== listener)
  }
}

const flatten = (options: AddEventListenerOptions | boolean | undefined): {capture: boolean; once: boolean; signal?: AbortSignal | undefined} => {
  const {capture = options === true, once, signal} = Object(options) as AddEventListenerOptions
  return {capture: !!capture, once: !!once, signal}
}
