// Is there a network? A hint at best: `online` comes early, and `offline` may be wrong.

/** Runtimes without the signal count as online. */
export const isOnline = (): boolean => globalThis.navigator?.onLine !== false

/** @returns the function that stops listening */
export const watchNetwork = (listener: (online: boolean) => void): (() => void) => {
  const online = () => listener(true)
  const offline = () => listener(false)
  globalThis.addEventListener?.('online', online)
  globalThis.addEventListener?.('offline', offline)
  return () => {
    globalThis.removeEventListener?.('online', online)
    globalThis.removeEventListener?.('offline', offline)
  }
}
