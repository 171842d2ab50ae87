// Does defineDialect make of data what the data says, and refuse what can't be used?

import fc from 'fast-check'
import {describe, expect, expectTypeOf, it} from 'vitest'
import {classify, type InBandHint} from '../../src/core/index.ts'
import {defineDialect, type DefinedDialect, type DialectDefinition, type DialectRule, type MessageRules} from '../../src/dialects/index.ts'

const expired: DialectRule = {name: 'Token expired', meaning: 'the token is too old', action: 'refresh', fault: 'policy'}
const crashed: DialectRule = {name: 'Crashed', meaning: 'a worker crashed', action: 'retry', fault: 'server'}

const ours = (parts: Partial<DialectDefinition> = {}): DefinedDialect =>
  defineDialect({name: 'our-service', title: 'Our service', source: 'our-service/docs/closing.md', rules: {4001: expired}, ...parts})

const reads = (read: MessageRules['read'], parts: Partial<MessageRules> = {}): ((message: unknown) => InBandHint | undefined) => ours({messages: {about: /bye/, read, ...parts}}).hint!

describe('judge', () => {
  it('makes a verdict of a rule, with what the rule leaves out [CC-140]', () => {
    expect(ours().judge({code: 4001})).toEqual({name: 'Token expired', action: 'refresh', fault: 'policy', explanation: 'the token is too old', backoff: 'exponential', report: false})
    const {judge} = ours({rules: {4002: {name: 'Bad', meaning: 'bad bytes', action: 'retry', fault: 'sender', backoff: {initialDelay: 5000}, budget: 3, rotate: false}, 4003: {...expired, report: true}}})
    expect(judge({code: 4002})).toMatchObject({report: true, backoff: {initialDelay: 5000}, budget: 3, rotate: false})
    expect(judge({code: 4003})).toMatchObject({report: true})
  })

  it('leaves out of a backoff what is undefined, as of all else [CC-140]', () => {
    const {judge} = ours({rules: {4002: {...crashed, budget: undefined, backoff: {initialDelay: undefined, factor: 3}} as never}})
    expect(Object.keys(judge({code: 4002})!.backoff)).toEqual(['factor'])
    expect(judge({code: 4002})).not.toHaveProperty('budget')
  })

  it('makes a new verdict each time [CC-140]', () => {
    const {judge} = ours()
    expect(judge({code: 4001})).not.toBe(judge({code: 4001}))
  })

  it('leaves other codes to the table [CC-141]', () => {
    expect(ours().judge({code: 4002})).toBeUndefined()
    expect(classify({code: 4002}, {dialect: ours()}).name).toBe('Private code')
    expect(classify({code: 1007}, {dialect: ours()})).toMatchObject({action: 'stop', fault: 'sender'})
    expect(classify({code: 4001}, {dialect: ours()}).name).toBe('Token expired')
  })

  it('takes an exact code before a range, wherever it stands [CC-142]', () => {
    const {judge} = ours({rules: {'4000-4099': crashed, 4001: expired}})
    expect([3999, 4000, 4001, 4099, 4100].map((code) => judge({code})?.name)).toEqual([undefined, 'Crashed', 'Token expired', 'Crashed', undefined])
  })

  it('takes the first rule whose reason matches, and then the range [CC-142]', () => {
    const {judge} = ours({rules: {4001: [{...expired, reason: /^token/g}, {...expired, name: 'Key expired', reason: /^key/y}], '4000-4099': crashed}})
    for (const _ of [1, 2]) expect(['token too old', 'key too old', 'a token', undefined].map((reason) => judge({code: 4001, ...(reason && {reason})})?.name)).toEqual(['Token expired', 'Key expired', 'Crashed', 'Crashed'])
  })

  it('says nothing of an attempt that never became a connection [CC-142]', () => {
    const lost = ours({rules: {1006: {name: 'Lost', meaning: 'the session is lost', action: 'stop'}}})
    expect(lost.judge({code: 1006, opened: false})).toBeUndefined()
    expect(lost.judge({code: 1006, opened: true, status: 401})).toBeUndefined()
    for (const origin of ['event', 'error', 'heartbeat', 'stalled'] as const) expect(lost.judge({code: 1006, opened: true, origin})).toMatchObject({name: 'Lost'})
    // Firefox may tell a close without having told of the opening.
    expect(ours().judge({code: 4001, opened: false})).toBeDefined()
    expect(ours().judge({code: 4001, status: 401})).toBeUndefined()
  })

  it('throws for no close at all [CC-142]', () => {
    const {judge} = ours({rules: {'1-65535': {...crashed, reason: /^(?!no)/}}})
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer(), fc.integer({min: 1, max: 65_535})), fc.string(), (code, reason) => {
        const verdict = judge({code, reason})
        if (verdict) expect(verdict.name).toBe('Crashed')
        expect(!!verdict).toBe(code >= 1 && code <= 65_535 && !reason.startsWith('no'))
      }),
    )
  })
})

describe('hint', () => {
  it('is not there where there are no messages [CC-143]', () => {
    expect(ours()).not.toHaveProperty('hint')
  })

  it('reads JSON in text and in bytes, and what is no text as it is [CC-143]', () => {
    const hint = reads(({bye}) => ({after: bye * 1000}))
    const bytes = new TextEncoder().encode('{"bye":3}')
    const padded = new Uint8Array(20)
    padded.set(bytes, 5)
    for (const message of ['{"bye":3}', bytes, bytes.buffer, padded.subarray(5, 5 + bytes.length), new DataView(bytes.buffer), Buffer.from(bytes), {bye: 3}]) expect(hint(message)).toEqual({after: 3000})
    for (const message of ['{"by":3}', '{"bye":', '', 'bye', undefined, null, 3, true, new Uint8Array(0), new Uint8Array([255, 254])]) expect(hint(message)).toBeUndefined()
  })

  it('does not read what is neither text nor an object [CC-143]', () => {
    const read: unknown[] = []
    const hint = reads((message) => void read.push(message))
    for (const message of [undefined, null, 3, true, Symbol('bye'), 3n]) hint(message)
    expect(read).toEqual([])
  })

  it('does not parse what is not about a close, or longer than 8192 [CC-143]', () => {
    const parsed: string[] = []
    const hint = reads(() => ({after: 0}), {parse: (text) => parsed.push(text)})
    hint('hello')
    hint('bye'.padEnd(8193))
    hint(new Uint8Array(8193).fill(98))
    // Fewer characters, but as many bytes.
    hint(new TextEncoder().encode(`bye${'€'.repeat(3000)}`))
    expect(parsed).toEqual([])
    expect(hint(`bye${'€'.repeat(3000)}`)).toEqual({after: 0})
    expect(hint('bye'.padEnd(8192))).toEqual({after: 0})
  })

  it.each([NaN, Infinity, -1, 2 ** 31, '3', null, {}, []])('leaves out %s, which is no delay [CC-143]', (value) => {
    expect(reads(() => ({after: value as number, spread: value as number}))('"bye"')).toBeUndefined()
    expect(reads(() => ({after: 5, spread: value as number}), {parse: String})('bye')).toEqual({after: 5})
  })

  it('leaves out of a verdict what can not be used [CC-143]', () => {
    const verdict = {action: 'retyr', fault: 'sender', budget: 0, report: 1, backoff: {initialDelay: NaN}, rotate: true, more: 'x', name: 3} as never
    expect(reads(() => ({verdict}), {parse: String})('bye')).toEqual({verdict: {fault: 'sender', rotate: true}})
    expect(reads(() => ({verdict: {backoff: {initialDelay: 5, jitter: 'full'}}}), {parse: String})('bye')).toEqual({verdict: {backoff: {initialDelay: 5, jitter: 'full'}}})
    expect(reads(() => ({verdict: {backoff: null as never}}), {parse: String})('bye')).toEqual({verdict: {}})
  })

  it('shortens the words of a server, and lets none of them act on a terminal [CC-143]', () => {
    const {verdict} = reads(() => ({verdict: {name: '\u001B[2Jx', explanation: 'y\u202E'.repeat(999)}}), {parse: String})('bye')!
    expect(verdict!.name).toBe('\uFFFD[2Jx')
    expect(verdict!.explanation).toMatch(/^(y\uFFFD){61}y$/)
  })

  it('says nothing where reading fails [CC-143]', () => {
    const fails = (): never => {
      throw new Error('no')
    }
    expect(reads(fails)('"bye"')).toBeUndefined()
    expect(reads(() => ({after: 1}), {parse: fails})('bye')).toBeUndefined()
    expect(reads(() => Object.defineProperty({}, 'after', {get: fails}))('"bye"')).toBeUndefined()
    expect(reads(() => ({after: 1}))(new Proxy({}, {getPrototypeOf: fails}))).toBeUndefined()
  })

  it('throws for no message, and gives delays that a timer can count [CC-143]', () => {
    const hint = reads(({bye, spread, verdict}) => ({after: bye, spread, verdict}), {about: /./s})
    const values = fc.oneof(fc.anything({withBigInt: true, withNullPrototype: true, withTypedArray: true}), fc.json(), fc.string(), fc.uint8Array(), fc.record({bye: fc.anything(), spread: fc.double(), verdict: fc.anything()}))
    fc.assert(
      fc.property(values, (value) => {
        const {after = 0, spread = 0} = hint(value) ?? {}
        for (const delay of [after, spread]) expect(Number.isFinite(delay) && delay >= 0 && delay < 2 ** 31).toBe(true)
      }),
    )
  })
})

describe('a definition that can not be used', () => {
  const rule = (parts: object): object => ({rules: {4001: {...expired, ...parts}}})
  const messages = (parts: object): object => ({messages: {about: /x/, read: () => undefined, ...parts}})

  it.each<[string, object, string]>([
    ['no name', {name: undefined}, '`name` must be in lower case, with hyphens, got undefined'],
    ['a name in capitals', {name: 'Ours'}, '`name` must be in lower case, with hyphens, got "Ours"'],
    ['no source', {source: ''}, '`our-service.source` must be a few words, got ""'],
    ['no title', {title: undefined}, '`our-service.title` must be a few words, got undefined'],
    ['an unknown part', {codes: {}}, '`codes` must be an option that exists, got "object"'],
    ['no rules', {rules: undefined}, '`our-service.rules` must be an object, got undefined'],
    ['a subprotocol that is no name', {subprotocols: ['']}, '`our-service.subprotocols` must be a list of names, got [""]'],
    ['subprotocols that are no list', {subprotocols: {length: 1}}, '`our-service.subprotocols` must be a list of names, got an object'],
    ['a code that is none', {rules: {'4001x': expired}}, '`our-service.rules` must be keyed by codes or ranges, got "4001x"'],
    ['code 0', {rules: {0: expired}}, '`our-service.rules` must be keyed by codes or ranges, got "0"'],
    ['code 65536', {rules: {65_536: expired}}, '`our-service.rules` must be keyed by codes or ranges, got "65536"'],
    ['a code in another notation', {rules: {'4e3': expired}}, '`our-service.rules` must be keyed by codes or ranges, got "4e3"'],
    ['a range of three', {rules: {'4000-4001-4002': expired}}, '`our-service.rules` must be keyed by codes or ranges, got "4000-4001-4002"'],
    ['a range without end', {rules: {'4000-': expired}}, '`our-service.rules` must be keyed by codes or ranges, got "4000-"'],
    ['a range that goes down', {rules: {'4002-4001': expired}}, '`our-service.rules` must be keyed by codes or ranges, got "4002-4001"'],
    ['an empty list of rules', {rules: {4001: []}}, '`our-service.rules.4001` must be a rule, or a list of them, got []'],
    ['no rule', {rules: {4001: null}}, '`our-service.rules.4001` must be an object, got null'],
    ['a rule that is only an action', {rules: {'4000-4099': 'stop'}}, '`our-service.rules.4000-4099` must be an object, got "stop"'],
    ['a rule without a name', rule({name: undefined}), '`our-service.rules.4001.name` must be a few words, got undefined'],
    ['a rule without a meaning', rule({meaning: ' '}), '`our-service.rules.4001.meaning` must be a few words, got " "'],
    ['a rule without an action', rule({action: undefined}), '`our-service.rules.4001.action` must be retry or refresh or stop or end, got undefined'],
    ['an unknown action', rule({action: 'retyr'}), '`our-service.rules.4001.action` must be retry or refresh or stop or end, got "retyr"'],
    ['an unknown fault', rule({fault: 'client'}), '`our-service.rules.4001.fault` must be none or sender or server or network or policy or unknown, got "client"'],
    ['an unknown part of a rule', rule({delay: 3}), '`our-service.rules.4001.delay` must be an option that exists, got "number"'],
    ['a budget of 0', rule({budget: 0}), '`our-service.rules.4001.budget` must be 1..Infinity, got 0'],
    ['an unknown backoff', rule({backoff: 'slow'}), '`our-service.rules.4001.backoff` must be exponential or spread or unhurried or prompt or an object, got "slow"'],
    ['a delay that is none', rule({backoff: {initialDelay: NaN}}), '`our-service.rules.4001.backoff.initialDelay` must be 1..2147483647, got NaN'],
    ['a jitter that may throw', rule({backoff: {jitter: () => 1}}), '`our-service.rules.4001.backoff.jitter` must be 0..1 or full or equal or decorrelated or none, got a function'],
    ['a reason that is text', rule({reason: 'gone'}), '`our-service.rules.4001.reason` must be a regular expression, got "gone"'],
    ['a reason that is no pattern', rule({reason: {}}), '`our-service.rules.4001.reason` must be a regular expression, got an object'],
    ['the second of two rules', {rules: {4001: [expired, {...expired, action: 'no'}]}}, '`our-service.rules.4001.action` must be retry or refresh or stop or end, got "no"'],
    ['messages about nothing', messages({about: undefined}), '`our-service.messages.about` must be a regular expression, got undefined'],
    ['messages that nothing reads', messages({read: undefined}), '`our-service.messages.read` must be a function, got "undefined"'],
    ['a parser that is none', messages({parse: 'JSON'}), '`our-service.messages.parse` must be a function, got "string"'],
  ])('%s: one sentence says so [CC-145]', (_, parts, sentence) => {
    expect(() => ours(parts)).toThrow(new RegExp(`^closecall: ${sentence.replace(/[.[\]()|]/g, '\\$&')}$`))
  })

  it('is no object at all [CC-145]', () => {
    expect(() => defineDialect(undefined as never)).toThrow('`definition` must be an object, got undefined')
  })
})

describe('the types', () => {
  it('refuse a rule that says too little, or what there is not [CC-145]', () => {
    void ((): void => {
      // @ts-expect-error no name
      ours({rules: {4001: {meaning: 'x', action: 'stop'}}})
      // @ts-expect-error no meaning
      ours({rules: {4001: {name: 'x', action: 'stop'}}})
      // @ts-expect-error no such action
      ours({rules: {4001: {...expired, action: 'retyr'}}})
      // @ts-expect-error no such fault
      ours({rules: {4001: [{...expired, fault: 'client'}]}})
      // @ts-expect-error no such part
      ours({rules: {4001: {...expired, delay: 3}}})
      // @ts-expect-error no code
      ours({rules: {expired}})
      // @ts-expect-error no pattern
      ours({messages: {about: 'bye', read: () => undefined}})
      // @ts-expect-error no source
      defineDialect({name: 'x', title: 'x', rules: {}})
    })
  })

  it('give a dialect with its data [CC-145]', () => {
    expectTypeOf(ours().rules).toEqualTypeOf<DialectDefinition['rules']>()
    expectTypeOf(ours()).toHaveProperty('judge')
  })
})
