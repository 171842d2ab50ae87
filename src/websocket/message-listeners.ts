// Who hears a message, and in which order? As the DOM says, without the price of a dispatch.

import {reportError} from '../platform/console.ts'

interface Listener {
  callback: EventListenerOrEventListenerObject
  capture: boolean
  once: boolean
  removed: boolean
  /** Lets go of the signal. */
  release?: () => void
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
 * dispatched again while the runtime dispatches it, and a copy of it, dispatched, costs several times as much.
 */
class Stamp extends itself {
  /** Some transports leave it out. */
  readonly type = 'message'
  readonly target = teller
  readonly currentTarget = teller
  readonly srcElement = teller
  readonly composedPath = path
  readonly stopImmediatePropagation = stop;
  [isStopped] = false
}

/** Whether fields are defined here as the language says: code that was made older assigns them, and an event lets nobody do that. */
const canStamp = (): boolean => {
  const event = new Event('message')
  try {
    teller = event as unknown as EventTarget
    return (new Stamp(event) as unknown as Event).target === teller
  } catch {
    return false
  }
}

let stamps: boolean | undefined

/**
 * The listeners of one event type on one target.
 *
 * @see https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke
 */
export class MessageListeners {
  readonly #target: EventTarget
  /** Never changed: whoever is being told goes on with the list that there was. Capturing listeners first. */
  #list: readonly Listener[] = []
  /** The one listener, where there is but one and nothing special about it: what is most often so, in the fewest steps. */
  #only: EventListener | undefined
  /** That of the `onmessage` attribute. */
  #handler: Listener | undefined
  /** Whether events let themselves be stamped: asked of the first, for all, since asking costs more than stamping. */
  #stamps: boolean | undefined

  constructor(target: EventTarget) {
    this.#target = target
  }

  /** Sets the `onmessage` attribute: it keeps its place as long as there is one. @see https://html.spec.whatwg.org/#event-handler-attributes */
  handle(handler: EventListener | undefined): void {
    const present = this.#handler
    if (present && handler) {
      present.callback = handler
      this.#set(this.#list)
    } else if (present) {
      this.#handler = undefined
      this.#remove(present)
    } else if (handler) {
      this.#handler = {callback: handler, capture: false, once: false, removed: false}
      this.#set([...this.#list, this.#handler])
    }
  }

  /** @see https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener */
  add(callback: EventListenerOrEventListenerObject | null, options: AddEventListenerOptions | boolean | undefined): void {
    const {capture, once, signal} = flatten(options)
    if (!callback || signal?.aborted || this.#find(callback, capture)) return
    const listener: Listener = {callback, capture, once, removed: false}
    const place = capture ? this.#list.filter((each) => each.capture).length : this.#list.length
    this.#set([...this.#list.slice(0, place), listener, ...this.#list.slice(place)])
    if (!signal) return
    const abort = (): void => this.#remove(listener)
    signal.addEventListener('abort', abort)
    listener.release = () => signal.removeEventListener('abort', abort)
  }

  remove(callback: EventListenerOrEventListenerObject | null, options: EventListenerOptions | boolean | undefined): void {
    const listener = this.#find(callback, flatten(options).capture)
    if (listener) this.#remove(listener)
  }

  /** @returns whether the event could be told as it is: there are platforms that let nobody change an event */
  tell(event: Event): boolean {
    const target = this.#target
    if (!this.#list.length) return true
    this.#stamps ??= (stamps ??= canStamp()) && Object.isExtensible(event)
    if (!this.#stamps) return false
    teller = target
    // The same object; where nothing is done with what comes of it, bundlers take it to do nothing.
    const stamped = new Stamp(event) as unknown as Event
    teller = undefined
    try {
      if (this.#only) this.#only.call(target, stamped)
      else this.#tellEach(stamped)
    } catch (error) {
      reportError(error)
    }
    return true
  }

  /** Of an event that somebody else dispatches on the target: the runtime sees to all but one thing, and the event is left as it was. */
  tellDispatched(event: Event): void {
    Object.assign(event, {
      [isStopped]: false,
      stopImmediatePropagation() {
        event.stopPropagation()
        stop.call(event as unknown as Stamp)
      },
    })
    this.#tellEach(event)
    Reflect.deleteProperty(event, 'stopImmediatePropagation')
  }

  #tellEach(event: Event): void {
    for (const listener of this.#list) {
      if (listener.removed) continue
      if (listener.once) this.#remove(listener)
      const {callback} = listener
      try {
        const answer: unknown = typeof callback === 'function' ? callback.call(this.#target, event) : callback.handleEvent(event)
        // Only what somebody else dispatches can be cancelled; a transport's own events may not even have the method.
        if (answer === false && listener === this.#handler && event.cancelable) event.preventDefault()
      } catch (error) {
        reportError(error)
      }
      if ((event as unknown as Stamp)[isStopped]) break
    }
  }

  #set(list: readonly Listener[]): void {
    const {callback, once} = list[0] ?? {}
    this.#list = list
    this.#only = list.length === 1 && typeof callback === 'function' && !once ? callback : undefined
  }

  #find(callback: unknown, capture: boolean): Listener | undefined {
    return this.#list.find((listener) => listener !== this.#handler && listener.callback === callback && listener.capture === capture)
  }

  #remove(listener: Listener): void {
    listener.removed = true
    listener.release?.()
    this.#set(this.#list.filter((each) => each !== listener))
  }
}

const flatten = (options: AddEventListenerOptions | boolean | undefined): {capture: boolean; once: boolean; signal?: AbortSignal | undefined} => {
  const {capture = options === true, once, signal} = Object(options) as AddEventListenerOptions
  return {capture: !!capture, once: !!once, signal}
}
