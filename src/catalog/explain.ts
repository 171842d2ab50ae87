// What does this close mean, and what is the difference between two? Reads the catalog in the languages it is given.

import {blame, classify, normalizeCode} from '../core/classify.ts'
import {checkVerdict, fill, must} from '../core/check.ts'
import {standardCode} from '../core/close-codes.ts'
import {speaksOfEndpoint} from '../core/endpoints.ts'
import {promptly} from '../core/machine.ts'
import {CloseCode, closeCodes, defaultBackoff, defaultPolicy, parseRetryHint, type Close, type Dialect, type Verdict} from '../core/index.ts'
import type {ComparedPoint, Comparison, ExplainContext, Explanation, ExplainOptions, Listed} from './explanation.ts'
import {factsOf, ranges, statusOf, statusReferences, type Status} from './facts.ts'
import type {Entry, Language, NamedCode, Outlook, Situation} from './language.ts'

/** By tag, in lower case. English is among them. */
export type Languages = Readonly<Record<string, Language>>

interface Reading {
  explanation: Explanation
  gist: string
  outlook: Outlook
}

const contextRules = {
  code: '0..65535',
  reason: 'a string',
  wasClean: 'a boolean',
  opened: 'a boolean',
  age: '0..Infinity',
  origin: 'event or error or connect-timeout or close-timeout or provider or setup or constructor or heartbeat or stalled or page or reconnect',
  status: '0..999',
  retryAfter: '0..Infinity',
  error: 'a string',
  verdicts: 'an object',
  onNormalClosure: 'end or retry',
  dialect: 'an object of closecall/dialects',
  announced: 'an object',
}

/** `explain` in these languages. */
export const explainIn = (languages: Languages, code: number, options?: ExplainOptions): Explanation => read(languages, code, options).explanation

/** `compare` in these languages. */
export function compareIn(languages: Languages, left: number, right: number, options?: ExplainOptions): Comparison {
  const readings = [read(languages, left, options), read(languages, right, options)] as const
  const [{explanation: a, gist, outlook}, other] = readings
  const b = other.explanation
  const {aspects, faults, outlooks, outlooksOfBoth, summaries, typeset = asItIs} = languages[a.locale]!
  const points = (
    [
      ['meaning', a.description, b.description],
      ['fault', typeset(faults[a.verdict.fault]), typeset(faults[b.verdict.fault])],
      ['when', a.whenYouSee, b.whenYouSee],
      ['closecall', a.whatClosecallDoes, b.whatClosecallDoes],
      ['fix', a.howToFix, b.howToFix],
      ['use', a.whenToSend, b.whenToSend],
    ] as const
  ).map(([aspect, said, saidOfOther]): ComparedPoint => ({aspect, label: typeset(aspects[aspect]), left: said, right: saidOfOther, same: said === saidOfOther}))
  const summary =
    gist === other.gist && outlook === other.outlook ? summaries.same(a.code, b.code)
    : outlook === other.outlook ? `${summaries.differ([a.code, gist], [b.code, other.gist])} ${outlooksOfBoth[outlook]}`
    : summaries.differ([a.code, gist, outlooks[outlook]], [b.code, other.gist, outlooks[other.outlook]])
  return {locale: a.locale, codes: [a, b], points, summary: typeset(summary)}
}

/** `codes` in these languages. */
export function codesIn(languages: Languages, options: Pick<ExplainOptions, 'locale'> = {}): Listed[] {
  const list = (title: string, code: number, context: ExplainContext = {}): Listed => ({title, explanation: explainIn(languages, code, {...options, context})})
  const named = Object.values(CloseCode).map((code): [number, Listed] => [code, list(String(code), code)])
  const unnamed = ranges.map(([first, last]): [number, Listed] => [last, list(`${first}–${last}`, closeCodes[first] ? first + 1 : first)])
  const refused = Object.keys(statusReferences).map((status) => list(`HTTP ${status}`, 1006, {status: Number(status.replaceAll('x', '0'))}))
  // A range comes after the names in it: it holds for the others.
  return [...[...named, ...unnamed].sort(([a], [b]) => a - b).map(([, listed]) => listed), ...refused]
}

const asItIs = (text: string): string => text

function read(languages: Languages, code: number, options: ExplainOptions = {}): Reading {
  must(Number.isInteger(code) && code >= 0 && code < 65_536, 'code', 'a whole number from 0 to 65535', code)
  const {locale: wanted, context} = fill('options', {locale: 'en', context: {}}, {locale: 'a string or an object', context: 'an object'}, options) as Required<ExplainOptions>
  const {verdicts, onNormalClosure, dialect, announced, status = 0, ...facts} = fill<ExplainContext>('context', {}, contextRules, context, 'context.')
  must(Number.isInteger(status), 'context.status', 'a whole number', status)
  must(!dialect || (typeof dialect.judge === 'function' && typeof dialect.name === 'string'), 'context.dialect', 'a Dialect', dialect)
  const locale = choose(languages, wanted)
  const language = languages[locale]!

  const known: Known = {opened: !status && !unopened.includes(facts.origin), ...facts, status, code: normalizeCode(code)}
  const {budget: _, ...table} = classify(known)
  const verdict: Verdict = {...table, ...checkVerdict(classify(known, {verdicts, onNormalClosure, dialect, announced}), 'verdict')}
  const spoken = verdict.dialect === undefined ? undefined : dialect
  const {range, reference, ...codeFacts} = factsOf(known.code)
  const group = status ? statusOf(status) : undefined
  const {gist, ...texts} = entryOf(known, group, table, verdict, spoken, language)
  const {name, description, whenYouSee, howToFix, whenToSend, whatClosecallDoes} = inType({...texts, whatClosecallDoes: whatItDoes(known, verdict, codeFacts.onWire, language)}, language)

  const anchor = spoken?.name ?? (group ? `http-${group}` : [...new Set(range)].join('-'))
  const explanation: Explanation = {
    code: known.code,
    locale,
    name,
    ...codeFacts,
    reference: spoken?.source ?? (group ? statusReferences[group] : reference),
    description,
    whenYouSee,
    howToFix,
    whenToSend,
    whatClosecallDoes,
    verdict,
    ...(status && {status}),
    ...(spoken && {dialect: spoken.name}),
    link: `docs/codes.md#${anchor}`,
  }
  return {explanation, gist, outlook: outlookOf(verdict)}
}

/** What there is of the languages that are wanted. @throws a sentence if the only one is none */
function choose(languages: Languages, wanted: string | readonly string[]): string {
  const tags = [wanted].flat()
  must(tags.every((tag) => typeof tag === 'string'), 'locale', 'a language, or a list of them', wanted)
  for (const tag of tags.filter((each) => /^[a-z]+(-[a-z\d]+)*$/i.test(each))) {
    // A more general tag will do: `fr` for `fr-Latn-CA`. [RFC 4647 §3.4]
    for (let part = tag.toLowerCase(); part; part = part.slice(0, Math.max(0, part.lastIndexOf('-')))) if (Object.hasOwn(languages, part)) return part
  }
  must(typeof wanted !== 'string', 'locale', Object.keys(languages).join(' or '), wanted)
  return 'en'
}

/** Ends of what never opened, where nobody says so. */
const unopened: unknown[] = ['connect-timeout', 'provider', 'constructor']

/** What is known of the close, the rules left out. */
type Known = Partial<Close> & Pick<Close, 'code' | 'opened'>

/** The texts of the language, and above them what a dialect or the caller says. */
function entryOf(close: Known, group: Status | undefined, table: Omit<Verdict, 'budget'>, {name, fault, explanation}: Verdict, spoken: Dialect | undefined, language: Language): Entry {
  const {codes, statuses, situations, dialect, remedies, named, meaning} = language
  const situation = situationOf(close)
  return {
    ...(group ? {gist: named(statuses[group].name), ...statuses[group]}
    : situation ? {...codes[1006], ...situations[situation]}
    : ofCode(close.code, language)),
    ...(spoken && {...dialect(spoken.title ?? spoken.name), howToFix: remedies[fault]}),
    ...(name !== table.name && {name, gist: named(name)}),
    ...(explanation && explanation !== blame[fault] && {description: meaning(explanation)}),
  }
}

const situationOf = ({code, opened, origin}: Known): Situation | undefined =>
  origin === 'provider' || origin === 'setup' || origin === 'constructor' ? origin
  : code !== 1006 ? undefined
  : origin === 'heartbeat' ? origin
  : opened ? undefined
  : 'unopened'

const ofCode = (code: number, {codes, kinds, alias}: Language): Entry => {
  const standard = standardCode(code)
  const entry = codes[standard as NamedCode] ?? kinds[factsOf(code).kind as keyof typeof kinds]
  return standard === code ? entry : {...entry, ...alias(standard, entry)}
}

/** A budget of one is spent at once. */
const outlookOf = ({action, budget = Infinity}: Verdict): Outlook =>
  action !== 'retry' || budget === Infinity ? action
  : budget > 1 ? 'few'
  : 'stop'

/** Each figure is the verdict's own. */
function whatItDoes(close: Known, verdict: Verdict, onWire: boolean, {does, pauses}: Language): string {
  const {fault, budget, report} = verdict
  const outlook = outlookOf(verdict)
  const evidence = fault === 'sender' && does.evidence
  if (outlook === 'stop') return sentences(does.stop, evidence)
  const reports = sentences(report && does.report, report && evidence)
  if (outlook === 'end' || outlook === 'refresh') return sentences(does[outlook], reports)
  const hint = hintOf(close)
  return sentences(
    does.retry(hint ? pauses.hinted(...hint) : pauseOf(close, verdict, pauses)),
    outlook === 'few' && does.limit(Math.ceil(budget!)),
    !hint && (onWire || close.status) && does.hint,
    speaksOfEndpoint(close as Close, verdict) && does.rotate,
    reports,
  )
}

const sentences = (...parts: unknown[]): string => parts.filter(Boolean).join(' ')

const {restartSpread, maxHint} = defaultPolicy.backoff

/** @returns the least and the most that the server asks for, ms */
const hintOf = ({reason = '', retryAfter}: Known): [number, number] | undefined => {
  const {after, spread = 1000} = parseRetryHint(reason) ?? {after: retryAfter}
  if (after === undefined) return undefined
  const least = Math.min(after, maxHint)
  return [least, least + Math.min(spread, maxHint)]
}

const pauseOf = ({origin}: Known, {backoff}: Verdict, {growing, drawn, prompt, afterwards}: Language['pauses']): string => {
  const {initialDelay, factor, maxDelay, jitter} = {...defaultBackoff, ...(typeof backoff === 'object' && backoff)}
  // Decorrelated pauses grow from the last one, not by their number.
  const from = (nth: number): string => growing({first: Math.min(maxDelay, jitter === 'decorrelated' ? initialDelay : initialDelay * factor ** nth), factor, most: maxDelay, jitter})
  return (
    backoff === 'spread' ? afterwards(drawn(...restartSpread), from(1))
    : origin === 'heartbeat' ? afterwards(prompt(0), from(1))
    : backoff === 'prompt' ? afterwards(prompt(promptly), from(1))
    : from(0)
  )
}

const inType = <T extends Record<string, string>>(texts: T, {typeset = asItIs}: Language): T => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typeset(text)])) as T
