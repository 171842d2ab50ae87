// What does a service mean by its codes and its messages? Data in, a Dialect out.

import {longestDelay} from '../core/backoff.ts'
import {check, checkVerdict, fill, follows, growth, must, verdictRules, type Rules} from '../core/check.ts'
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
   * What the message says. It may hold anything at all: a server sent it. An error thrown here says nothing.
   *
   * @returns undefined if it says nothing about a close; what can't be used is left out
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

/** No name or explanation out of a message is longer. */
const longestWords = 123

const definitionRules: Rules = {name: 'a string', title: 'a string', source: 'a string', subprotocols: 'an object', rules: 'an object', messages: 'an object'}

const messageRules: Rules = {about: 'an object', parse: 'a function', read: 'a function'}

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
  checkDefinition(definition)
  const {name, rules, messages} = definition
  const spans = Object.entries(rules).map(([key, rule]) => spanOf(key, rule, `${name}.rules`))
  const exactFirst = [...spans.filter(({from, to}) => from === to), ...spans.filter(({from, to}) => from < to)]
  return {
    ...definition,
    judge: ({code, reason = '', status, opened = true}) => {
      // A service speaks of its connections, not of attempts that never became one.
      if (status || (code === 1006 && !opened)) return undefined
      for (const {from, to, list} of exactFirst) {
        const found = code >= from && code <= to && list.find(({pattern}) => !pattern || reason.search(pattern) >= 0)
        if (found) return {...found.verdict}
      }
      return undefined
    },
    ...(messages && {hint: (message: unknown) => hintIn(message, messages)}),
  }
}

/** What codes mean, both ends included. */
interface Span {
  from: number
  to: number
  list: readonly {pattern: RegExp | undefined; verdict: Verdict}[]
}

const spanOf = (key: string, rule: unknown, path: string): Span => {
  const [from = 0, to = from] = key.split('-').map(Number)
  must(/^\d+(-\d+)?$/.test(key) && from > 0 && to >= from && to < 65_536, path, 'keyed by codes or ranges', key)
  const rules = [rule].flat() as DialectRule[]
  must(rules.length, `${path}.${key}`, 'a rule, or a list of them', rule)
  return {from, to, list: rules.map((each) => ({verdict: verdictOf(each, `${path}.${key}`), pattern: each.reason}))}
}

const checkDefinition = (definition: DialectDefinition): void => {
  fill('definition', {}, definitionRules, definition)
  const {name, title, source, subprotocols = [], rules, messages} = definition
  must(typeof name === 'string' && /^[a-z\d]+(-[a-z\d]+)*$/.test(name), 'name', 'in lower case, with hyphens', name)
  checkWords({title, source}, name)
  must(Array.isArray(subprotocols) && subprotocols.every((each) => each && typeof each === 'string'), `${name}.subprotocols`, 'a list of names', subprotocols)
  check(rules, `${name}.rules`, 'an object')
  if (!messages) return
  fill(`${name}.messages`, {}, messageRules, messages, `${name}.messages.`)
  checkPattern(messages.about, `${name}.messages.about`)
  check(messages.read, `${name}.messages.read`, 'a function')
}

/** @throws a sentence that names the part of the rule that can't be used */
const verdictOf = (rule: DialectRule, path: string): Verdict => {
  check(rule, path, 'an object')
  const {meaning, reason, source, ...parts} = rule
  const given = checkVerdict(parts, path)!
  checkWords({name: given.name, meaning, ...(source !== undefined && {source})}, path)
  check(given.action, `${path}.action`, verdictRules.action!)
  if (reason) checkPattern(reason, `${path}.reason`)
  return {fault: 'unknown', backoff: 'exponential', report: given.fault === 'sender', ...(given as DialectRule), explanation: meaning}
}

const checkWords = (words: Record<string, unknown>, path: string): void => {
  for (const [name, value] of Object.entries(words)) must(typeof value === 'string' && value.trim(), `${path}.${name}`, 'a few words', value)
}

const checkPattern = (pattern: unknown, path: string): void => must(Object.prototype.toString.call(pattern) === '[object RegExp]', path, 'a regular expression', pattern)

const hintIn = (message: unknown, {about, parse = JSON.parse, read}: MessageRules): InBandHint | undefined => {
  try {
    const text = textOf(message)
    if (text === undefined ? Object(message) !== message : text.length > longestMessage || text.search(about) < 0) return undefined
    const {after, spread, verdict} = read(text === undefined ? message : parse(text)) ?? {}
    const hint = {...(isDelay(after) && {after}), ...(isDelay(spread) && {spread}), ...(verdict && {verdict: usable(verdict)})}
    return Object.keys(hint).length ? hint : undefined
  } catch {
    // Not a message of this kind after all.
    return undefined
  }
}

const isDelay = (value: unknown): value is number => follows(value, `0..${longestDelay}`)

/** The parts that can be used. Words may be the server's: no control or format character of theirs may act on a terminal. */
const usable = (verdict: Partial<Verdict>): Partial<Verdict> =>
  Object.fromEntries(
    Object.entries(verdict)
      .filter(([part, value]) => keeps(verdictRules, part, value) && (typeof value !== 'object' || Object.entries(value).every(([name, number]) => keeps(growth, name, number))))
      .map(([part, value]) => [part, typeof value === 'string' ? value.slice(0, longestWords).replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD') : value]),
  )

const keeps = (rules: Readonly<Record<string, string>>, part: string, value: unknown): boolean => Object.hasOwn(rules, part) && follows(value, rules[part]!)

/** The text of a message, if it has one; some services send theirs in binary frames. */
const textOf = (message: unknown): string | undefined => {
  if (typeof message === 'string') return message
  if (!(message instanceof ArrayBuffer) && !ArrayBuffer.isView(message)) return undefined
  return message.byteLength > longestMessage ? '' : new TextDecoder().decode(message)
}
