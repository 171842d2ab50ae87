// What happens in an hour, in a moment? Timers and clocks that stand still until they are told to go on.

const realImmediate = globalThis.setImmediate

/** Takes the place of timers and clocks, for good: for a process of its own, before a library is loaded. */
export const takeTime = () => {
  const timers = new Map()
  let id = 0
  let now = Date.now()
  const start = now

  const set = (callback, delay, args, every) => {
    timers.set(++id, {at: now + Math.max(every ? 1 : 0, Number(delay) || 0), callback, args, every})
    return id
  }
  globalThis.setTimeout = (callback, delay, ...args) => set(callback, delay, args)
  globalThis.setInterval = (callback, delay, ...args) => set(callback, delay, args, Math.max(1, Number(delay) || 0))
  globalThis.clearTimeout = globalThis.clearInterval = (timer) => void timers.delete(timer)
  Date.now = () => now
  performance.now = () => now - start

  /** Promises, and what was put off by `setImmediate`. */
  const settle = async () => {
    for (let i = 0; i < 2; i++) await new Promise((resolve) => realImmediate(resolve))
  }

  const next = (until) => {
    let first
    for (const [key, timer] of timers) if (timer.at <= until && (!first || timer.at < first[1].at)) first = [key, timer]
    return first
  }

  return {
    settle,
    get now() {
      return now
    },
    /** Timers that wait. */
    get pending() {
      return timers.size
    },
    /** @param done ends it sooner, looked at after each timer */
    async advance(ms, done = () => false) {
      const until = now + ms
      await settle()
      for (let timer; !done() && (timer = next(until)); await settle()) {
        const [key, {at, callback, args, every}] = timer
        now = Math.max(now, at)
        if (every) timer[1].at = now + every
        else timers.delete(key)
        callback(...args)
      }
      if (!done()) now = until
    },
  }
}
