// What does a service mean by its codes and its messages? Data in, a Dialect out.

import {longestDelay} from '../core/backoff.ts'
import {blame} from '../core/classify.ts'
import {check, fill, follows, must} from '../core/check.ts'
import type {Action, Dialect, Fault, InBandHint, Verdict} from '../core/index.ts'

/** What one private code means. */
export interface DialectRule {
  /** As the service calls it. */
  name: string
  /** In a few words, for a developer; becomes the verdict's `explanation`. */
  meaning: string
  action: Action
  /** Default `'unknown'`. */
  fault?: Fault
  /** How the delay before a retry is found. Default `'exponential'`. */
  backoff?: Verdict['backoff']
  /** Whether another address is tried next, where there are several. */
  rotate?: boolean
  /** So many in a row, and the client stops. Default: no limit. */
  budget?: number
  /** Whether each such close is reported. Default: if the fault is the sender's. */
  report?: boolean
  /** The rule holds only where the close reason matches. */
  reason?: RegExp
  /** Where it is written, if not in the dialect's `source`. */
  source?: string
}

/** By code or range (`'4400-4499'`). An exact code goes before a range; of several rules for one code the first whose `reason` matches holds. */
export type DialectRules = Readonly<Record<number | `${number}-${number}`, DialectRule | readonly DialectRule[]>>

/** How to read the messages that tell of a close to come. */
export interface MessageRules {
  /** Only texts that match are looked at; the others cost no more than this test. Keep it plain: it runs on every message. */
  about: RegExp
  /** Makes a value of the text. Default: `JSON.parse`. */
  parse?: (text: string) => unknown
  /**
   * What the message says. It may hold anything at all: a server sent it.
   *
   * @returns undefined if it says nothing about a close; numbers that are no delays are left out
   */
  read: (message: any) => InBandHint | undefined
}

export interface DialectDefinition {
  /** In lower case, with hyphens. */
  name: string
  /** For people: `'GraphQL over WebSocket'`. */
  title: string
  /** Where its rules are written. */
  source: string
  /** Subprotocols that speak it. */
  subprotocols?: readonly string[]
  rules: DialectRules
  messages?: MessageRules
}

/** A dialect with the data that it was made of. */
export type DefinedDialect = Dialect & Readonly<DialectDefinition>

/** Longer messages are no announcement of a close. */
const longestMessage = 8192

const definitionRules = {name: 'a string', title: 'a string', source: 'a string', subprotocols: 'an object', rules: 'an object', messages: 'an object'}

const ruleRules = {
  name: 'a string',
  meaning: 'a string',
  action: 'retry or refresh or stop or end',
  fault: 'none or sender or server or network or policy or unknown',
  backoff: 'exponential or spread or unhurried or prompt or an object',
  rotate: 'a boolean',
  budget: '1..Infinity',
  report: 'a boolean',
  reason: 'an object',
  source: 'a string',
}

/**
 * Makes a dialect of what a service's documents say.
 *
 * @throws one sentence for a code, a range or a rule that can't be used
 * @example
 * const ours = defineDialect({
 *   name: 'our-service',
 *   title: 'Our service',
 *   source: 'our-service/docs/closing.md',
 *   rules: {
 *     4001: {name: 'Token expired', meaning: 'the token is too old', action: 'refresh', fault: 'policy'},
 *     '4500-4599': {name: 'Internal', meaning: 'a worker crashed', action: 'retry', fault: 'server'},
 *   },
 *   messages: {about: /"bye"/, read: ({bye}) => bye && {after: bye.seconds * 1000}},
 * })
 * connect(url, {dialect: ours})
 */
export function defineDialect(definition: DialectDefinition): DefinedDialect {
  fill('definition', {}, definitionRules, definition)
  const {name, rules, messages} = definition
  must(/^[a-z\d]+(-[a-z\d]+)*$/.test(name), 'name', 'in lower case, with hyphens', name)
  const ranges = Object.entries(rules).map(([key, rule]) => {
    const [from, to = from] = key.split('-').map(Number)
    must(from! > 0 && to! >= from! && to! < 65_536, `${name}.rules`, 'keyed by codes or ranges', key)
    const list = [rule].flat() as DialectRule[]
    for (const each of list) {
      fill(`${name}.rules.${key}`, {}, ruleRules, each)
      for (const part of ['name', 'meaning', 'action'] as const) check(each[part], `${name}.rules.${key}.${part}`, ruleRules[part])
    }
    return {from: from!, to: to!, list}
  })
  const exactFirst = [...ranges.filter(({from, to}) => from === to), ...ranges.filter(({from, to}) => from < to)]
  return {
    ...definition,
    judge: ({code, reason = '', status, origin = 'event'}) => {
      // What no server said has no meaning of a server's.
      if (status || origin !== 'event') return undefined
      for (const {from, to, list} of exactFirst) {
        const rule = code >= from && code <= to && list.find((each) => !each.reason || reason.search(each.reason) >= 0)
        if (rule) return verdictOf(rule)
      }
      return undefined
    },
    ...(messages && {hint: (message: unknown) => hintIn(message, messages)}),
  }
}

const verdictOf = ({name, meaning, action, fault = 'unknown', backoff = 'exponential', rotate, budget, report = fault === 'sender'}: DialectRule): Verdict => ({
  name,
  action,
  fault,
  explanation: meaning || blame[fault],
  backoff,
  report,
  ...(rotate !== undefined && {rotate}),
  ...(budget && {budget}),
})

const hintIn = (message: unknown, {about, parse = JSON.parse, read}: MessageRules): InBandHint | undefined => {
  const text = textOf(message)
  if (text === undefined ? Object(message) !== message : text.length > longestMessage || text.search(about) < 0) return undefined
  try {
    const {after, spread, verdict} = read(text === undefined ? message : parse(text)) ?? {}
    const hint = {...(isDelay(after) && {after}), ...(isDelay(spread) && {spread}), ...(verdict && {verdict})}
    return Object.keys(hint).length ? hint : undefined
  } catch {
    // Not a message of this kind after all.
    return undefined
  }
}

const isDelay = (value: unknown): value is number => follows(value, `0..${longestDelay}`)

/** The text of a message, if it has one; some services send theirs in binary frames. */
const textOf = (message: unknown): string | undefined => {
  if (typeof message === 'string') return message
  if (!(message instanceof ArrayBuffer) && !ArrayBuffer.isView(message)) return undefined
  return message.byteLength > longestMessage ? '' : new TextDecoder().decode(message)
}
