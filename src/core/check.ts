// Can what the caller gave be used? If not, one sentence says why.

import {blame, plans, type VerdictOverride, type VerdictOverrides} from './classify.ts'
import type {Verdict} from './close-codes.ts'
import {ClosecallError} from './errors.ts'
import type {RetryPolicy} from './machine.ts'
import {withoutSecrets} from './secrets.ts'

/** What a value may be, in words that are the rule: constants, spans of numbers, `a TYPE`, or `a NAME with METHOD() and METHOD()`. */
export interface Rules {
  readonly [name: string]: string | Rules
}

/** One that a timer can count, ms. */
export const duration = '1..2147483647'
export const pause = '0..2147483647'

type Test = (value: unknown) => boolean

/** What each rule asks: read once, since there are few, and every client is held to some. */
const known = new Map<string, readonly Test[]>()

const read = (rule: string): readonly Test[] => {
  const tests = rule.split(' or ').map((word): Test => {
    const [, type] = word.split(' ')
    const methods = word.match(/\w+(?=\(\))/g)
    if (methods) return (value) => methods.every((method) => typeof Object(value)[method] === 'function')
    if (type) return (value) => type === typeof value && value !== null
    const [least, most] = word.split('..').map(Number)
    return (value) => (typeof value === 'number' ? value >= least! && value <= most! : word === value)
  })
  known.set(rule, tests)
  return tests
}

/** @param rule a constant: it is kept */
export const follows = (value: unknown, rule: string): boolean => (known.get(rule) ?? read(rule)).some((test) => test(value))

/** A value in an error message: short, on one line, and nothing of what an object holds. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(withoutSecrets(value).slice(0, 99))
  : Array.isArray(value) ? `[${value.map((item) => (Array.isArray(item) ? '…' : shown(item)))}]`
  : Object(value) === value ? (typeof value === 'function' ? 'a function' : 'an object')
  : String(value)

/** @throws a sentence that names the option, its rule and the value, if that is not so */
export const must = (so: unknown, name: string, rule: string, value: unknown): void => {
  if (!so) throw new ClosecallError('INVALID', `\`${name}\` must be ${rule}, got ${shown(value)}`)
}

/** Where a function belongs, what stands there instead may be the secret that it should have asked for. */
export const check = (value: unknown, name: string, rule: string): void => must(follows(value, rule), name, rule, rule === 'a function' ? typeof value : value)

/**
 * Checks what was given, and fills in what was not. An option that is undefined is one that was not given.
 *
 * @param filled what has the defaults, and is given the rest
 */
export const fill = <T extends object>(whole: string, defaults: T, rules: Rules, given: object, path = '', filled: Record<string, any> = {...defaults}): T => {
  check(given, whole, 'an object')
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    must(rule, path + name, 'an option that exists', typeof value)
    if (value === undefined) continue
    if (typeof rule === 'string') check(value, path + name, rule)
    filled[name] = typeof rule === 'string' ? value : fill(name, filled[name], rule!, value)
  }
  return filled as T
}

/** One of the names in a table. */
const anyOf = (table: object): string => Object.keys(table).join(' or ')

/** How a delay grows, see `Backoff`, where functions are not allowed: in a verdict. */
export const growth: Readonly<Record<string, string>> = {
  initialDelay: duration,
  factor: '1..100',
  maxDelay: duration,
  jitter: '0..1 or full or equal or decorrelated or none',
}

export const verdictRules: Readonly<Record<string, string>> = {
  name: 'a string',
  action: /* @__PURE__ */ anyOf(plans),
  fault: /* @__PURE__ */ anyOf(blame),
  explanation: 'a string',
  backoff: 'exponential or spread or unhurried or prompt or an object',
  rotate: 'a boolean',
  budget: '1..Infinity',
  report: 'a boolean',
  dialect: 'a string',
}

/** Checks a verdict, or part of one, if there is any. @returns it without what is undefined */
export const checkVerdict = (verdict: object | undefined, path: string): Partial<Verdict> | undefined => {
  const filled = verdict && fill<Partial<Verdict>>(path, {}, verdictRules, verdict, `${path}.`)
  if (typeof filled?.backoff === 'object') filled.backoff = fill<object>(`${path}.backoff`, {}, growth, filled.backoff, `${path}.backoff.`)
  return filled
}

/** A retry policy, where functions are allowed. By a function, or bundlers would keep it for who checks no such thing. */
export const backoffRules: Rules = /* @__PURE__ */ (() => ({...growth, jitter: `${growth.jitter} or a function`, maxAttempts: '0..Infinity', restartSpread: 'an object', maxHint: pause}))()

/** What each number can't say alone. */
export const checkBackoff = ({initialDelay, maxDelay, restartSpread: [least, most]}: RetryPolicy): void => {
  must(maxDelay >= initialDelay, 'maxDelay', `at least \`initialDelay\` (${initialDelay})`, maxDelay)
  must(follows(least, pause) && follows(most, pause) && least <= most, 'restartSpread', 'two delays, the shorter first', [least, most])
}

/** @returns them without what is undefined */
export const checkVerdicts = (given: VerdictOverrides): VerdictOverrides => {
  const verdicts: Record<string, VerdictOverride> = {...given}
  for (const [key, verdict] of Object.entries(verdicts)) {
    const [from, to = from] = key.split('-').map(Number)
    must(from! > 0 && to! >= from! && to! < 65_536, 'verdicts', 'keyed by codes or ranges', key)
    const path = `verdicts.${key}`
    if (typeof verdict === 'object') verdicts[key] = checkVerdict(verdict, path)!
    else check(verdict, path, `${verdictRules.action} or an object`)
  }
  return verdicts
}
