// What does a service's word for an end mean? Policy is data: a new word is a new row.

import type {Action, Fault, Verdict} from '../core/index.ts'

/** `[name, action, fault, explanation, backoff]`. The fault of the sender is always reported. */
export type Announcement = readonly [string, Action, Fault, string, Verdict['backoff']?]

/**
 * The verdict that a word announces.
 *
 * @param word as the server wrote it; anything at all
 * @returns undefined if no row is about it
 */
export function announcedBy(rows: Readonly<Record<string, Announcement>>, word: unknown): Partial<Verdict> | undefined {
  if (typeof word !== 'string' || !Object.hasOwn(rows, word)) return undefined
  const [name, action, fault, explanation, backoff = 'exponential'] = rows[word]!
  return {name, action, fault, explanation, backoff, report: fault === 'sender'}
}
