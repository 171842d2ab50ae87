// What outlives a reload of the page? Read when asked; some browsers forbid even to look.

/** Keeps one text. Give another where `sessionStorage` is not what you want, or in tests. What it throws is ignored. */
export interface Store {
  /** @returns what was written last, or null */
  read(): string | null
  /** @param text `''`: there is nothing to keep any more */
  write(text: string): void
}

/**
 * The tab's `sessionStorage`, which outlives a reload and is gone with the tab. Where there is none, or it is forbidden or
 * full, nothing is kept.
 *
 * @param key of the entry. Default `'closecall'`
 * @example overload({store: sessionStore()})
 */
export const sessionStore = (key = 'closecall'): Store => ({
  read() {
    try {
      // A page whose storage is blocked throws here already.
      return globalThis.sessionStorage.getItem(key)
    } catch {
      return null
    }
  },
  write(text) {
    try {
      if (text) globalThis.sessionStorage.setItem(key, text)
      else globalThis.sessionStorage.removeItem(key)
    } catch {
      // Blocked, or full.
    }
  },
})
