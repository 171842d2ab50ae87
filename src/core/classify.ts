// What does this close mean, and what should be done about it?

import {closeCodeRanges, closeCodes, handshakeStatuses, handshakeStatusRanges, standardCode, type Action, type Fault, type Row, type Verdict} from './close-codes.ts'
import type {Close, CloseOrigin} from './close.ts'
import type {Dialect} from './dialect.ts'

/** Part of a verdict to change, or just its action, which also lifts the budget of the row. */
export type VerdictOverride = Partial<Verdict> | Action

/** Overrides by close code (`1013`, which holds for its alias 4913, too), by range (`'4400-4499'`) or by handshake status (`503`). An exact number goes before a range. */
export type VerdictOverrides = Readonly<Record<number | `${number}-${number}`, VerdictOverride>>

/** What the caller decided about verdicts. */
export interface ClassifyRules {
  verdicts?: VerdictOverrides | undefined
  /** What a 1000 from the server means. Default `'end'`. */
  onNormalClosure?: 'end' | 'retry' | undefined
  /** What the service's codes mean: goes before the table, after the overrides. */
  dialect?: Pick<Dialect, 'name' | 'judge'> | undefined
  /** What a message of the server said of this close. */
  announced?: Partial<Verdict> | undefined
}

/** Where the fault was on this side, the code says nothing. */
const origins: Partial<Record<CloseOrigin, Row>> = {
  provider: ['No address', 'retry', 'unknown'],
  setup: ['Not set up', 'retry', 'unknown'],
  constructor: ['Not allowed here', 'retry', 'policy', 3],
}

const upTo = (table: readonly (readonly [number, Row])[], code: number): Row => table.find(([last]) => code <= last)![1]

/** An exact code goes before a range; what names neither matches nothing. */
const overrideOf = (overrides: VerdictOverrides, code: number): VerdictOverride | undefined => {
  const range = Object.keys(overrides).find((key) => {
    const [from, to] = key.split('-').map(Number)
    return code >= from! && code <= to!
  })
  return overrides[code] ?? overrides[range as never]
}

/**
 * The verdict on a close: the caller's overrides before the table of close codes.
 *
 * @param close a code is enough; `status` goes before `code`, since a refused handshake always says 1006
 * @param rules the caller's overrides
 * @returns a new object
 * @example
 * classify({code: 1007}).action // 'stop'
 * classify({code: 1013}).action // 'retry'
 * classify({code: 4409}, {verdicts: {'4400-4499': 'stop'}}).action // 'stop'
 */
export function classify(close: Pick<Close, 'code'> & Partial<Close>, {verdicts = {}, onNormalClosure, dialect, announced}: ClassifyRules = {}): Verdict {
  const code = normalizeCode(close.code)
  const key = close.status || code
  // Of a runtime's event a copy would hold nothing.
  const told = dialect?.judge(code === close.code ? close : {...close, code})
  // A number that the service has given a meaning stands for no other.
  const known = told ? key : standardCode(key)
  const spoken = dialect && {dialect: dialect.name}
  const judged = told ? {...told, ...spoken} : fromTable(close, known)
  const verdict = judged.action === 'stop' || !announced ? judged : changed(judged, {...announced, ...spoken})
  const override = overrideOf(verdicts, key) ?? overrideOf(verdicts, known) ?? (key === 1000 ? onNormalClosure : undefined)
  if (typeof override !== 'string') return changed(verdict, override)
  const {budget: _, ...lasting} = verdict
  return {...lasting, action: override}
}

/** A verdict with a part of it changed. Words for one fault don't explain another. */
export const changed = (verdict: Verdict, part: Partial<Verdict> | undefined): Verdict => {
  const next = {...verdict, ...part}
  return next.fault === verdict.fault || next.explanation !== verdict.explanation ? next : {...next, explanation: blame[next.fault]}
}

const fromTable = ({status, origin}: Partial<Close>, key: number): Verdict => {
  const row = status ? (handshakeStatuses[key] ?? upTo(handshakeStatusRanges, key)) : (origins[origin!] ?? closeCodes[key] ?? upTo(closeCodeRanges, key))
  const [name, action, fault, budget, backoff = 'exponential', rotate] = row
  return {name, action, fault, explanation: blame[fault], backoff, report: fault === 'sender', ...(budget && {budget}), ...(rotate && {rotate})}
}

/** A code that a `close` event may really carry: whole and within 16 bits. Anything else, Deno's 0 above all, is 1006. */
export const normalizeCode = (code: unknown): number =>
  Number.isInteger(code) && (code as number) > 0 && (code as number) < 65_536 ? (code as number) : 1006

/** What a verdict says of its fault, where nobody knows better. */
export const blame: Readonly<Record<Fault, string>> = {
  none: 'nothing is wrong',
  sender: 'what this program sent was refused',
  server: 'the server could not go on',
  network: 'the connection was lost',
  policy: 'the server does not allow it',
  unknown: 'the cause is not known',
}

const remarks: Partial<Record<CloseOrigin, string>> = {
  error: 'the connection failed',
  'connect-timeout': 'no answer within the connect timeout',
  'close-timeout': 'no answer to the closing handshake',
  provider: 'the function asked for it failed',
  setup: 'setting it up failed',
  constructor: 'the runtime refused to connect',
  heartbeat: 'no sign of life in time',
  stalled: 'it was closing and did not end',
  page: 'the page was left',
  reconnect: 'left for a new connection',
}

export const plans: Record<Action, string> = {retry: 'trying again', refresh: 'trying again with new credentials', stop: 'not trying again', end: 'not reconnecting'}

/**
 * One line for a log: what happened, where the fault is, and what the client does about it.
 *
 * @param action what the client really did, which may be less than the verdict wished: its budget may be spent
 * @example describe({code: 1013, …}, verdict) // '1013 Try Again Later ("busy"): the server could not go on; trying again'
 */
export function describe({status, code, reason, origin, error}: Close, {name, explanation, action}: Verdict, done: Action = action): string {
  const words = reason || error
  // Other people's words: no control or format character of theirs may act on a terminal.
  const quoted = words ? ` (${JSON.stringify(words).replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD')})` : ''
  return `${status ?? code} ${name}${quoted}: ${remarks[origin] ?? explanation}; ${plans[done]}`
}
