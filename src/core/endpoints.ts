// Which address next, where there are several?

import type {Close} from './close.ts'
import type {Verdict} from './close-codes.ts'

/** Closes of one kind in a row. */
export interface Streak {
  /** Close code or handshake status; `'refresh'` for every close that asks for credentials, `'constructor'` where no socket could be made. */
  key?: number | 'refresh' | 'constructor'
  strikes: number
  /** The last delay, for decorrelated jitter, ms. */
  delay?: number
}

/** What is held against one address. */
export interface Memory {
  /** Which of the addresses, 0 first. */
  endpoint: number
  /** Failures without a stable connection between them. */
  failures: number
  streak: Streak
  /** Not before then, ms since 1970. */
  retryAt: number
  /** Signals don't bring it forward to before then: the server asked for a pause. */
  earliest: number
  /** Its budget is spent: not tried before a connection to another is stable. */
  spent?: boolean
}

/**
 * The address that may be tried soonest; of those that may be tried at once, the next in the list. `here` also where no other may.
 *
 * @param here the address that just failed
 * @param elsewhere what is known of the others; nothing is held against one that is not there
 */
export function nextEndpoint(here: Memory, elsewhere: readonly Memory[], endpoints: number, now: number): Memory {
  let soonest = here
  for (let i = 1; i < endpoints; i++) {
    const endpoint = (here.endpoint + i) % endpoints
    const known = elsewhere.find((memory) => memory.endpoint === endpoint) ?? {endpoint, failures: 0, streak: {strikes: 0}, retryAt: now, earliest: now}
    const other = {...known, retryAt: Math.max(known.retryAt, now)}
    if (other.spent) continue
    if (soonest.spent || other.retryAt < soonest.retryAt) soonest = other
  }
  return soonest
}

/** Whether a close says something about this address that need not hold for another: it is full or going down, or nobody answers. */
export const speaksOfEndpoint = ({opened, origin}: Close, {rotate}: Verdict): boolean => rotate ?? (!opened && origin !== 'provider')
