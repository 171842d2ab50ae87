// Does the catalog tell what the client really does? Compared with the machine, not with its own words.

import {describe, expect, it} from 'vitest'
import {explain, type ExplainContext} from '../../src/catalog/index.ts'
import {classify, defaultPolicy, initialState, transition, type Event, type Policy, type State} from '../../src/core/index.ts'

type Rules = Pick<ExplainContext, 'verdicts' | 'onNormalClosure'>

interface Seen {
  /** Delays before each retry, ms. */
  delays: number[]
  end: State['name']
  /** New credentials were asked for. */
  refreshed: boolean
  /** It moved on to the next of two addresses. */
  rotated: boolean
}

/** Closes one connection after the other like that, until the machine rests, or ten of them. */
const watch = (code: number, facts: ExplainContext, rules: Rules, random: number, endpoints = 1): Seen => {
  const policy: Policy = {...defaultPolicy, refreshable: true, classify: (close) => classify(close, rules)}
  const seen: Seen = {delays: [], end: 'open', refreshed: false, rotated: false}
  let now = 0
  let state: State = initialState
  const step = (event: object): void => void ({state} = transition(state, {now, random, online: true, endpoints, epoch: state.epoch, ...event} as Event, policy))
  step({type: 'open'})
  for (let i = 0; i < 10; i++) {
    if (!facts.status && facts.opened !== false) step({type: 'opened'})
    step({type: 'closed', close: {code, ...facts}})
    seen.end = state.name
    if (state.name !== 'backoff') break
    const {retryAt, verdict, endpoint} = state
    seen.delays.push(retryAt - now)
    seen.refreshed ||= verdict.action === 'refresh'
    seen.rotated ||= endpoint > 0
    now = retryAt
    step({type: 'deadline'})
  }
  return seen
}

/** The bounds of each delay, ms, read from the sentence: chance is drawn around a delay that doubles. */
const read = (text: string, count: number): [least: number, most: number][] => {
  const sentence = /^closecall tries again (?:(?:after a random ([\d.]+)–([\d.]+) s|within ([\d.]+) s|(at once)); if that fails, )?after ([\d.]+) s(?:, doubling to ([\d.]+) s)?, each ±(\d+) %\./.exec(text)
  expect(sentence, text).not.toBeNull()
  const [, from, to, within, atOnce, first, most = first, percent] = sentence!
  const special: [number, number][] = from || within || atOnce ? [[Number(from ?? 0) * 1000, Number(to ?? within ?? 0) * 1000]] : []
  const growing = Array.from({length: count}, (_, i): [number, number] => {
    const nominal = Math.min(Number(most), Number(first) * 2 ** i) * 1000
    return [nominal * (1 - Number(percent) / 100), nominal * (1 + Number(percent) / 100)]
  })
  return [...special, ...growing].slice(0, count)
}

const cases: [code: number, facts: ExplainContext, rules: Rules][] = [
  ...[999, ...Array.from({length: 16}, (_, i) => 1000 + i), 2000, 3000, 3003, 3008, 3500, 4000, 4912, 4913, 4914, 5000].map((code): [number, ExplainContext, Rules] => [code, {}, {}]),
  ...[200, 302, 401, 403, 404, 407, 408, 425, 429, 500, 503].map((status): [number, ExplainContext, Rules] => [1006, {status}, {}]),
  [1006, {opened: false}, {}],
  [1006, {opened: false, origin: 'constructor'}, {}],
  [1006, {opened: false, origin: 'provider'}, {}],
  [1006, {origin: 'heartbeat'}, {}],
  [1006, {origin: 'heartbeat'}, {verdicts: {1006: {backoff: 'spread'}}}],
  [1000, {}, {onNormalClosure: 'retry'}],
  [1002, {}, {verdicts: {1002: 'retry'}}],
  [1007, {}, {verdicts: {1007: 'retry'}}],
  [1013, {}, {verdicts: {1013: {budget: 4}}}],
  [1013, {}, {verdicts: {1013: {budget: 1}}}],
  [1013, {}, {verdicts: {1013: {budget: 2}}}],
  [1013, {}, {verdicts: {1013: {budget: 2.5}}}],
  [1013, {}, {verdicts: {1013: {backoff: {initialDelay: 4000, maxDelay: 60_000, jitter: 0.25}}}}],
  [1013, {}, {verdicts: {1013: {backoff: {initialDelay: 40_000}}}}],
  [1013, {}, {verdicts: {1013: 'stop'}}],
  [4913, {}, {verdicts: {1013: 'end'}}],
  [1012, {}, {verdicts: {1012: {backoff: 'exponential', rotate: false}}}],
  [4001, {}, {verdicts: {'4000-4099': {action: 'refresh'}}}],
  [4002, {}, {verdicts: {4002: {backoff: 'spread', rotate: true}}}],
  [4003, {}, {verdicts: {4003: {backoff: 'prompt', budget: Infinity}}}],
  [4003, {}, {verdicts: {4003: {backoff: 'unhurried'}}}],
  [1006, {status: 503}, {verdicts: {503: {backoff: 'spread'}}}],
]

describe('what closecall does', () => {
  it.each(cases)('%i %j %j: as the machine does it [CC-132]', (code, facts, rules) => {
    const text = explain(code, {context: {...facts, ...rules}}).whatClosecallDoes
    const least = watch(code, facts, rules, 0)
    const most = watch(code, facts, rules, 1)
    if (least.end === 'closed') {
      expect(text).toMatch(/^closecall stays closed\./)
    } else if (!least.delays.length) {
      expect(least.end).toBe('failed')
      expect(text).toMatch(/^closecall stops at once and reports it\./)
    } else if (least.refreshed) {
      expect([least.delays, least.end]).toEqual([[0], 'failed'])
      expect(text).toMatch(/^closecall asks for new credentials and tries again at once\. With a second refusal in a row, /)
    } else {
      const seen = least.delays.map((delay, i) => [delay, most.delays[i]!])
      expect(read(text, seen.length)).toEqual(seen)
      expect(/After (\d+) in a row it stops and reports\./.exec(text)?.[1]).toBe(least.end === 'failed' ? String(seen.length + 1) : undefined)
      expect(text.includes('Where there are several addresses, it tries the next within a second.')).toBe(watch(code, facts, rules, 0, 2).rotated)
    }
  })

  it.each([
    ['retry-after=3', {}, '3–4 s', '3 et 4 s'],
    ['retry-after=3;spread=10', {}, '3–13 s', '3 et 13 s'],
    ['spread=0.5', {}, '0–0.5 s', '0 et 0,5 s'],
    ['retry-after=2;spread=0', {}, '2 s', '2 s'],
    ['retry-after=86400', {}, '600–601 s', '600 et 601 s'],
    ['retry-after=1;spread=86400', {}, '1–601 s', '1 et 601 s'],
    ['', {status: 503, retryAfter: 1500}, '1.5–2.5 s', '1,5 et 2,5 s'],
    ['retry-after=3', {status: 429, retryAfter: 1500}, '3–4 s', '3 et 4 s'],
  ])('heeds the hint in %j %j, as the machine does [CC-132]', (reason, facts, said, dit) => {
    const context = {reason, ...facts}
    const text = explain(1013, {context}).whatClosecallDoes
    expect(text).toMatch(`closecall tries again after ${said}, as the server asks.`)
    expect(text).not.toMatch('If the server says')
    expect(explain(1013, {context, locale: 'fr'}).whatClosecallDoes.replace(/\u00a0/g, ' ')).toContain(dit)
    const [from, to] = [0, 1].map((random) => watch(1013, context, {}, random).delays[0]! / 1000)
    expect(said).toBe(from === to ? `${from} s` : `${from}–${to} s`)
  })

  it('says that a hint counts only where there can be one [CC-132]', () => {
    const hinted = (code: number, context: ExplainContext = {}): boolean => explain(code, {context}).whatClosecallDoes.includes('If the server says when to come back')
    expect([1001, 1011, 1012, 1013, 4000].every((code) => hinted(code))).toBe(true)
    expect(hinted(1006, {status: 503})).toBe(true)
    expect([1005, 1006, 1015, 1007, 1008, 3003].some((code) => hinted(code))).toBe(false)
    expect(hinted(1013, {verdicts: {1013: 'stop'}})).toBe(false)
  })

  it('says what is reported, and when with evidence [CC-132]', () => {
    const does = (code: number, context: ExplainContext = {}): string => explain(code, {context}).whatClosecallDoes
    expect(does(1007)).toBe('closecall stops at once and reports it. The report has evidence of what was sent last.')
    expect(does(3003)).toBe('closecall stops at once and reports it.')
    expect(does(1007, {verdicts: {1007: 'retry'}})).toMatch(/It reports each\. The report has evidence of what was sent last\.$/)
    expect(does(1007, {verdicts: {1007: {action: 'retry', report: false}}})).not.toMatch(/report/)
    expect(does(1013, {verdicts: {1013: {report: true}}})).toMatch(/It reports each\.$/)
    expect(does(1008, {verdicts: {1008: {report: true}}})).toMatch(/It reports each\.$/)
  })

  it.each([
    [{factor: 3}, 'after 1 s, times 3 each time, to 30 s, each ±50 %'],
    [{factor: 1}, 'after 1 s, each ±50 %'],
    [{initialDelay: 40_000}, 'again after 30 s, each ±50 %'],
    [{jitter: 0}, 'after 1 s, doubling to 30 s.'],
    [{jitter: 'none'}, 'after 1 s, doubling to 30 s.'],
    [{jitter: 'full'}, 'after 1 s, doubling to 30 s, each drawn from 0 to that'],
    [{jitter: 'equal'}, 'after 1 s, doubling to 30 s, each drawn from half of that to all of it'],
    [{jitter: 'decorrelated', initialDelay: 250}, 'after 0.25 s to three times the last pause, 30 s at most'],
  ] as const)('tells backoff %j [CC-132]', (backoff, said) => {
    expect(explain(1013, {context: {verdicts: {1013: {backoff}}}}).whatClosecallDoes).toContain(said)
  })

  it('tells pauses that grow from the last one, not by their number, also after a silence [CC-132]', () => {
    const context: ExplainContext = {origin: 'heartbeat', verdicts: {1006: {backoff: {jitter: 'decorrelated'}}}}
    expect(explain(1006, {context}).whatClosecallDoes).toContain('again at once; if that fails, after 1 s to three times the last pause, 30 s at most')
  })

  it('says the same figures in French [CC-132]', () => {
    const figures = (text: string): string[] => text.replace(/,(?=\d)/g, '.').match(/\d+(\.\d+)?/g) ?? []
    for (const [code, facts, rules] of cases) {
      const context = {...facts, ...rules}
      expect(figures(explain(code, {context, locale: 'fr'}).whatClosecallDoes)).toEqual(figures(explain(code, {context}).whatClosecallDoes))
    }
  })
})
