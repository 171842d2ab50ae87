// What time is it, and who wakes us? Read when asked, never at load.

/** Time as the client needs it. Give another in tests: `closecall/testing` has one. */
export interface Clock {
  /** Milliseconds since 1970, never less than before: a wall clock that is set back must not stretch a wait. */
  now(): number
  setTimeout(callback: () => void, delay: number): unknown
  clearTimeout(timer: unknown): void
  /** Calls back in a task of its own, after what is due already; sooner than a timer. Absent: `setTimeout(callback, 0)` does it. */
  immediately?(callback: () => void): void
}

/** Between the runtime's monotonic clock and the time since 1970, ms. */
let offset = -Infinity

/** The monotonic clock stands still while some machines sleep: where the wall clock is this much ahead, it is followed, ms. */
const slept = 1000

export const systemClock: Clock = {
  now() {
    const wall = Date.now()
    // Old React Native has none; the wall clock alone must do there.
    const monotonic = globalThis.performance?.now() ?? wall
    if (wall > monotonic + offset + slept) offset = wall - monotonic
    return Math.round(monotonic + offset)
  },
  setTimeout: (callback, delay) => setTimeout(callback, delay),
  clearTimeout: (timer) => clearTimeout(timer as number),
  immediately(callback) {
    if (globalThis.setImmediate) return void globalThis.setImmediate(callback)
    // Timers of a hidden tab run once a second, and elsewhere after 4 ms; a message is not held back.
    if (!globalThis.MessageChannel) return void setTimeout(callback, 0)
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      callback()
    }
    port2.postMessage(0)
  },
}
