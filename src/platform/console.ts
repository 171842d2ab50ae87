// Who is told when nobody listens?

/** For the developer, once: something is wrong that the program doesn't look at. */
export const complain = (message: string): void => console.error(message)

export const warn = (message: string): void => console.warn(message)

/** An error of the caller's own code, handed to the runtime as an uncaught one, out of our way. */
export const reportError = (error: unknown): void => {
  queueMicrotask(() => {
    if (typeof globalThis.reportError !== 'function') throw error
    globalThis.reportError(error)
  })
}

/** For the developer who asked for it. */
export const log = (message: string): void => console.log(message)
