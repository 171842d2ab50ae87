// What is true of a code in every language?

import {CloseCode, closeCodes} from '../core/index.ts'
import {standardCode} from '../core/close-codes.ts'
import type {CodeKind, Explanation} from './explanation.ts'

export interface CodeFacts extends Pick<Explanation, 'kind' | 'registeredName' | 'constant' | 'reference' | 'sentBy' | 'onWire' | 'closeAccepts'> {
  /** The code, or the first and the last of its range. */
  range: readonly [number, number]
}

/** What a code is that has no name. `[first, last, kind]`, in rising order. */
export const ranges = [
  [1, 999, 'illegal'],
  [1016, 2999, 'unassigned'],
  [3000, 3999, 'library'],
  [4000, 4999, 'private'],
  [5000, 65_535, 'illegal'],
] as const

/** A range of HTTP statuses has one text for all that have none of their own. */
export type Status = keyof typeof statusReferences

/** Where each status of a refused handshake is defined. `2xx` speaks for those below, too. */
export const statusReferences = {
  401: 'RFC 9110 §15.5.2',
  403: 'RFC 9110 §15.5.4',
  407: 'RFC 9110 §15.5.8',
  408: 'RFC 9110 §15.5.9',
  425: 'RFC 8470 §5.2',
  429: 'RFC 6585 §4',
  '2xx': 'RFC 6455 §4.1',
  '3xx': 'RFC 9110 §15.4',
  '4xx': 'RFC 9110 §15.5',
  '5xx': 'RFC 9110 §15.6',
} as const

export const statusOf = (status: number): Status =>
  status in statusReferences ? (status as Status)
  : status < 300 ? '2xx'
  : status < 400 ? '3xx'
  : status < 500 ? '4xx'
  : '5xx'

/** 1004 has no meaning; the others stand for what a close frame can't say. [RFC 6455 §7.4.1] */
const reserved = [1004, 1005, 1006, 1015]

const iana = 'IANA WebSocket Close Code Number Registry'

/** Where not RFC 6455 alone defines the code. */
const references: Readonly<Record<number, string>> = {
  1011: 'RFC 6455 §7.4.1, erratum 3227',
  1012: 'hybi archive msg09670',
  1013: 'hybi archive msg09670',
  1014: 'hybi archive msg10748',
  3000: iana,
  3003: iana,
  3008: iana,
}

/** @param code 1–65535 */
export function factsOf(code: number): CodeFacts {
  const row = closeCodes[code]
  const [first, last, unnamed] = ranges.find(([, end]) => code <= end)!
  const kind: CodeKind =
    reserved.includes(code) ? 'reserved'
    : row ? 'registered'
    : standardCode(code) !== code ? 'alias'
    : unnamed
  const onWire = kind !== 'reserved' && kind !== 'unassigned' && kind !== 'illegal'
  const constant = Object.entries(CloseCode).find(([, value]) => value === code)?.[0] as keyof typeof CloseCode | undefined
  return {
    kind,
    ...(row && {registeredName: row[0]}),
    ...(constant && {constant}),
    reference: references[code] ?? `RFC 6455 §7.4.${row ? 1 : 2}`,
    sentBy:
      !onWire ? 'nobody'
      : code === 1010 ? 'client'
      : [1012, 1013, 1014].includes(standardCode(code)) ? 'server'
      : 'either',
    onWire,
    closeAccepts: code === 1000 || (code > 2999 && code < 5000),
    range: constant ? [code, code] : [first, last],
  }
}
