// What is a client to a simulation?

import {ClosecallError, isClosecallError} from '../core/index.ts'
import type {Hint} from './options.ts'

/** All clients of a simulation, by number. Each begins with a connection that has long been stable. */
export interface Clients {
  /** Their connection, or their attempt, is over. */
  closed: (who: number, now: number, code: number, hint: Hint | undefined) => void
  opened: (who: number, now: number) => void
  /** What it waited for is due. @returns whether it makes an attempt */
  due: (who: number, now: number) => boolean
  /** When it wants to be called again, ms; `Infinity`: never. */
  next: (who: number) => number
}

/** What the caller's function throws becomes the cause of a sentence; a sentence of ours stays as it is. */
export const guarded = <T>(what: string, run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    if (isClosecallError(cause)) throw cause
    throw Object.assign(new ClosecallError('INVALID', `${what}${cause instanceof Error && cause.message ? `: ${cause.message}` : ''}`), {cause})
  }
}
