// Is there a network, and is the page there? Hints at best: `online` comes early, and `offline` may be wrong.

/**
 * - `online`, `offline`: the network
 * - `wake`: the page is visible, resumed or back; a timer may be overdue, and a connection may be gone
 * - `freeze`: timers stop now, or the page is being unloaded
 * - `pagehide`: the page goes into the bfcache, and may come back
 */
export type Signal = 'online' | 'offline' | 'wake' | 'freeze' | 'pagehide'

/** What the client is told of the world around it. Give another where it says so in its own way, as in React Native, or in tests. */
export interface Environment {
  readonly online: boolean
  /** The page is frozen, in the bfcache or being unloaded: no socket should be opened. */
  readonly frozen: boolean
  /** @returns the function that unsubscribes */
  subscribe(listener: (signal: Signal) => void): () => void
}

const types = ['online', 'offline', 'visibilitychange', 'freeze', 'resume', 'pagehide', 'pageshow'] as const

type PageEvent = Event & {type: (typeof types)[number]; persisted?: boolean; target: {parentNode?: unknown} | null}

const signalOf = ({type, persisted}: PageEvent): Signal | undefined =>
  type === 'pageshow' || type === 'resume' ? 'wake'
  : type === 'visibilitychange' ? (globalThis.document?.visibilityState === 'visible' ? 'wake' : undefined)
  : type === 'pagehide' && !persisted ? 'freeze'
  : type

const nothing = (): void => {}

/** What browsers say. It listens only while somebody listens to it; runtimes without these signals count as online and there. */
export const pageEnvironment = (): Environment => {
  /** By what ends them: one listener may be given twice. */
  const listeners = new Map<() => void, (signal: Signal) => void>()
  let frozen = false
  /** The page is being unloaded: no wake will come. */
  let gone = false
  // What happens to the document, without bubbling, passes the window only on its way down. workerd refuses to capture.
  let capture = false
  const pass = (event: Event): void => {
    const signal = signalOf(event as PageEvent)
    // What elements tell under these names is their own affair.
    if (!signal || (event as PageEvent).target?.parentNode) return
    if (signal !== 'online' && signal !== 'offline') {
      frozen = signal !== 'wake'
      gone = event.type === 'pagehide' && signal === 'freeze'
    }
    for (const listener of [...listeners.values()]) listener(signal)
  }
  return {
    get online() {
      return globalThis.navigator?.onLine !== false
    },
    get frozen() {
      return frozen
    },
    subscribe(listener) {
      // Nobody will tell anything.
      if (!globalThis.addEventListener) return nothing
      if (!listeners.size) {
        capture = !!globalThis.document
        for (const type of types) globalThis.addEventListener(type, pass, capture)
      }
      const stop = (): void => {
        if (!listeners.delete(stop) || listeners.size) return
        for (const type of types) globalThis.removeEventListener?.(type, pass, capture)
        // Nobody will hear of a wake.
        frozen = gone
      }
      listeners.set(stop, listener)
      return stop
    },
  }
}

export const systemEnvironment: Environment = /* @__PURE__ */ pageEnvironment()
