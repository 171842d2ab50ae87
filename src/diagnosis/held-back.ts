// Did the browser keep an attempt to itself, so that its timeout says nothing about the server?

import type {Pattern} from '../client/report.ts'
import type {Close} from '../core/index.ts'

/** Attempts in a row to one address that failed. */
export interface Outage {
  address: string
  /** Those that the network or the server ended: only they make the browser wait. */
  refusals: number
  /** When the last of them did, ms since 1970. */
  refusedAt: number
  told: boolean
}

/**
 * Firefox waits before it tries an address that failed again: 0.2–0.4 s at first, half as long again after each failure, this at
 * most, ms. It says nothing about it, and other tabs' failures count, too: how long it really waits can't be known.
 */
const longestHold = 60_000

export const holdsBack = (userAgent: string): boolean => /\bFirefox\//.test(userAgent)

/**
 * Takes note of an attempt that never opened.
 *
 * @param startedAt when the socket was about to be made; undefined if the attempt never got so far
 * @returns the pattern, once in an outage
 */
export function heldBack(outage: Outage, {origin}: Close, startedAt: number | undefined, now: number): Pattern | undefined {
  if (origin === 'event' || origin === 'error') {
    outage.refusals++
    outage.refusedAt = now
  }
  const {refusals, refusedAt, told} = outage
  if (origin !== 'connect-timeout' || startedAt === undefined || !refusals || told || startedAt - refusedAt >= longestHold) return undefined
  outage.told = true
  return {
    name: 'held-by-browser',
    explanation: `An attempt was not open in time, after ${refusals} that failed: Firefox holds back sockets to an address that failed, for up to 60 s, so the server may never have been asked and is not to blame.`,
    advice: 'Wait, and keep `connectTimeout` at 10000 or more: the delay ends by itself.',
  }
}
