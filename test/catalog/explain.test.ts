// Does the catalog say what is so, of every code?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {codes, explain, type Explanation} from '../../src/catalog/index.ts'
import {closeCodeRanges, closeCodes, CloseCode, isClosecallError} from '../../src/core/index.ts'

const told = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    expect(isClosecallError(error) && error.code).toBe('INVALID')
    return (error as Error).message
  }
  return 'nothing'
}

describe('explain: the facts', () => {
  // From RFC 6455 §7.4, the hybi archive and the registry, not from the code.
  it.each([
    [1000, 'registered', 'either', true, 'Normal Closure', 'NormalClosure', 'RFC 6455 §7.4.1'],
    [1001, 'registered', 'either', false, 'Going Away', 'GoingAway', 'RFC 6455 §7.4.1'],
    [1002, 'registered', 'either', false, 'Protocol error', 'ProtocolError', 'RFC 6455 §7.4.1'],
    [1003, 'registered', 'either', false, 'Unsupported Data', 'UnsupportedData', 'RFC 6455 §7.4.1'],
    [1004, 'reserved', 'nobody', false, 'Reserved', 'Reserved', 'RFC 6455 §7.4.1'],
    [1005, 'reserved', 'nobody', false, 'No Status Rcvd', 'NoStatusReceived', 'RFC 6455 §7.4.1'],
    [1006, 'reserved', 'nobody', false, 'Abnormal Closure', 'AbnormalClosure', 'RFC 6455 §7.4.1'],
    [1007, 'registered', 'either', false, 'Invalid frame payload data', 'InvalidPayloadData', 'RFC 6455 §7.4.1'],
    [1008, 'registered', 'either', false, 'Policy Violation', 'PolicyViolation', 'RFC 6455 §7.4.1'],
    [1009, 'registered', 'either', false, 'Message Too Big', 'MessageTooBig', 'RFC 6455 §7.4.1'],
    [1010, 'registered', 'client', false, 'Mandatory Ext.', 'MandatoryExtension', 'RFC 6455 §7.4.1'],
    [1011, 'registered', 'either', false, 'Internal Error', 'InternalError', 'RFC 6455 §7.4.1, erratum 3227'],
    [1012, 'registered', 'server', false, 'Service Restart', 'ServiceRestart', 'hybi archive msg09670'],
    [1013, 'registered', 'server', false, 'Try Again Later', 'TryAgainLater', 'hybi archive msg09670'],
    [1014, 'registered', 'server', false, 'Bad Gateway', 'BadGateway', 'hybi archive msg10748'],
    [1015, 'reserved', 'nobody', false, 'TLS handshake', 'TlsHandshake', 'RFC 6455 §7.4.1'],
    [3000, 'registered', 'either', true, 'Unauthorized', 'Unauthorized', 'IANA WebSocket Close Code Number Registry'],
    [3003, 'registered', 'either', true, 'Forbidden', 'Forbidden', 'IANA WebSocket Close Code Number Registry'],
    [3008, 'registered', 'either', true, 'Timeout', 'Timeout', 'IANA WebSocket Close Code Number Registry'],
    [4912, 'alias', 'server', true, undefined, 'ServiceRestartAlias', 'RFC 6455 §7.4.2'],
    [4913, 'alias', 'server', true, undefined, 'TryAgainLaterAlias', 'RFC 6455 §7.4.2'],
    [4914, 'alias', 'server', true, undefined, 'BadGatewayAlias', 'RFC 6455 §7.4.2'],
  ] as const)('%i is %s, sent by %s [CC-130]', (code, kind, sentBy, closeAccepts, registeredName, constant, reference) => {
    const explanation = explain(code)
    expect(explanation).toMatchObject({code, kind, sentBy, closeAccepts, constant, reference, onWire: sentBy !== 'nobody', link: `docs/codes.md#${code}`})
    expect(explanation.registeredName).toBe(registeredName)
    expect(CloseCode[constant]).toBe(code)
  })

  it.each([
    [1, 'illegal', 'nobody', false, '1-999'],
    [999, 'illegal', 'nobody', false, '1-999'],
    [1016, 'unassigned', 'nobody', false, '1016-2999'],
    [2999, 'unassigned', 'nobody', false, '1016-2999'],
    [3001, 'library', 'either', true, '3000-3999'],
    [3999, 'library', 'either', true, '3000-3999'],
    [4000, 'private', 'either', true, '4000-4999'],
    [4911, 'private', 'either', true, '4000-4999'],
    [4915, 'private', 'either', true, '4000-4999'],
    [4999, 'private', 'either', true, '4000-4999'],
    [5000, 'illegal', 'nobody', false, '5000-65535'],
    [65_535, 'illegal', 'nobody', false, '5000-65535'],
  ] as const)('%i is %s [CC-130]', (code, kind, sentBy, closeAccepts, anchor) => {
    const explanation = explain(code)
    expect(explanation).toMatchObject({code, kind, sentBy, closeAccepts, onWire: sentBy !== 'nobody', reference: 'RFC 6455 §7.4.2', link: `docs/codes.md#${anchor}`})
    expect(explanation).not.toHaveProperty('registeredName')
    expect(explanation).not.toHaveProperty('constant')
  })

  it('agree with the table of close codes: its names, its ranges [CC-130]', () => {
    for (const code of Object.keys(closeCodes).map(Number)) expect(explain(code).name).toBe(closeCodes[code]![0])
    for (const [last, [name]] of closeCodeRanges) expect(explain(last).name).toBe(name)
    expect(explain(999).kind).not.toBe(explain(1016).kind)
  })

  it('takes 0 for what Deno means by it: 1006 [CC-130]', () => {
    expect(explain(0)).toEqual(explain(1006))
  })
})

describe('explain: what can’t be used', () => {
  it.each([
    [NaN, 'NaN'],
    [1e9, '1000000000'],
    [65_536, '65536'],
    [-1, '-1'],
    [1.5, '1.5'],
    ['1007x', '"1007x"'],
    ['1007', '"1007"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'an object'],
  ])('%s is no code, in one sentence [CC-130]', (code, shown) => {
    expect(told(() => explain(code as number))).toBe(`closecall: \`code\` must be a whole number from 0 to 65535, got ${shown}`)
  })

  it.each([
    ['xx', '"xx"'],
    ['', '""'],
    ['f r', '"f r"'],
    ['fr_FR', '"fr_FR"'],
    ['-fr', '"-fr"'],
    ['fr-', '"fr-"'],
    ['constructor', '"constructor"'],
  ])('%j is no language that there is [CC-131]', (locale, shown) => {
    expect(told(() => explain(1007, {locale}))).toBe(`closecall: \`locale\` must be en or fr, got ${shown}`)
  })

  it('nor is what is no text [CC-131]', () => {
    expect(told(() => explain(1007, {locale: 3 as never}))).toBe('closecall: `locale` must be a string or an object, got 3')
    expect(told(() => explain(1007, {locale: ['fr', 3] as never}))).toBe('closecall: `locale` must be a language, or a list of them, got ["fr",3]')
    expect(told(() => explain(1007, {locale: {} as never}))).toBe('closecall: `locale` must be a language, or a list of them, got an object')
  })

  it.each([
    [{lang: 'fr'}, '`lang` must be an option that exists, got "string"'],
    [null, '`options` must be an object, got null'],
    [{context: 'closed'}, '`context` must be an object, got "closed"'],
    [{context: {verdict: {}}}, '`context.verdict` must be an option that exists, got "object"'],
    [{context: {status: 401.5}}, '`context.status` must be a whole number, got 401.5'],
    [{context: {status: NaN}}, '`context.status` must be 0..999, got NaN'],
    [{context: {reason: 5}}, '`context.reason` must be a string, got 5'],
    [{context: {retryAfter: -1}}, '`context.retryAfter` must be 0..Infinity, got -1'],
    [{context: {dialect: 'discord'}}, '`context.dialect` must be an object of closecall/dialects, got "discord"'],
    [{context: {dialect: {}}}, '`context.dialect` must be a Dialect, got an object'],
    [{context: {dialect: {judge: () => ({action: 'stop'})}}}, '`context.dialect` must be a Dialect, got an object'],
    [{context: {verdicts: {1007: 'ignore'}}}, '`verdict.action` must be retry or refresh or stop or end, got "ignore"'],
    [{context: {verdicts: {1007: {fault: 'me'}}}}, '`verdict.fault` must be none or sender or server or network or policy or unknown, got "me"'],
    [{context: {verdicts: {1007: {backoff: {initialDelay: NaN}}}}}, '`verdict.backoff.initialDelay` must be 1..2147483647, got NaN'],
  ])('%j can’t be used, says one sentence [CC-133]', (options, sentence) => {
    expect(told(() => explain(1007, options as never))).toBe(`closecall: ${sentence}`)
  })
})

describe('explain: the language', () => {
  it.each([
    [undefined, 'en'],
    ['en', 'en'],
    ['EN-us', 'en'],
    ['fr', 'fr'],
    ['fr-CA', 'fr'],
    ['FR-Latn-CA', 'fr'],
    [[], 'en'],
    [['xx', 'fr-CA', 'en'], 'fr'],
    [['en-GB', 'fr'], 'en'],
    [['xx', 'f r', ''], 'en'],
  ])('%j finds %s [CC-131]', (locale, found) => {
    const explanation = explain(1013, locale === undefined ? {} : {locale})
    expect(explanation.locale).toBe(found)
    expect(explanation.name).toBe(found === 'fr' ? 'Réessayez plus tard' : 'Try Again Later')
  })

  it('leaves the verdict as the client knows it [CC-131]', () => {
    expect(explain(1013, {locale: 'fr'}).verdict).toEqual(explain(1013).verdict)
    expect(explain(1013, {locale: 'fr'}).registeredName).toBe('Try Again Later')
  })
})

const texts = ({name, description, whenYouSee, howToFix, whatClosecallDoes, whenToSend}: Explanation): string[] => [name, description, whenYouSee, howToFix, whatClosecallDoes, whenToSend]

/** What no reader should meet. */
const leftover = /undefined|NaN|null|Infinity|\[object|=>|\$\{| {2}|^\s|\s$/

describe('for all there is', () => {
  it.each(['en', 'fr'])('every code from 0 to 65535 is explained, in %s [CC-130]', (locale) => {
    const seen = new Set<string>()
    for (let code = 0; code < 65_536; code++) for (const text of texts(explain(code, {locale}))) seen.add(text)
    for (const text of seen) {
      expect(text).not.toMatch(leftover)
      expect(text.length).toBeGreaterThan(3)
    }
  })

  const jitter = fc.oneof(fc.double({min: 0, max: 1, noNaN: true}), fc.constantFrom('full', 'equal', 'decorrelated', 'none'))
  const delay = fc.integer({min: 1, max: 2 ** 31 - 1})
  const override = fc.oneof(
    fc.constantFrom('retry', 'refresh', 'stop', 'end'),
    fc.record(
      {
        name: fc.constantFrom('Kicked', 'Moved'),
        explanation: fc.constantFrom('you were kicked', 'Moved on.'),
        action: fc.constantFrom('retry', 'refresh', 'stop', 'end', undefined),
        fault: fc.constantFrom('none', 'sender', 'server', 'network', 'policy', 'unknown', undefined),
        backoff: fc.oneof(
          fc.constantFrom('exponential', 'spread', 'unhurried', 'prompt', undefined),
          fc.record({initialDelay: delay, factor: fc.double({min: 1, max: 100, noNaN: true}), maxDelay: delay, jitter}, {requiredKeys: []}),
        ),
        rotate: fc.constantFrom(true, false, undefined),
        budget: fc.oneof(fc.integer({min: 1, max: 1000}), fc.constantFrom(1.5, Infinity, undefined)),
        report: fc.boolean(),
      },
      {requiredKeys: []},
    ),
  )
  const context = fc.record(
    {
      status: fc.integer({min: 0, max: 999}),
      opened: fc.boolean(),
      origin: fc.constantFrom('event', 'error', 'connect-timeout', 'close-timeout', 'provider', 'constructor', 'heartbeat', 'stalled', 'page', 'reconnect'),
      reason: fc.oneof(fc.string(), fc.nat().map((seconds) => `retry-after=${seconds}`), fc.constantFrom('spread=3', '{"retryAfterMs":1}', 'retry-after=0;spread=0', 'retry-after=9999999999999999999999')),
      retryAfter: fc.oneof(fc.nat(), fc.constant(Infinity)),
      onNormalClosure: fc.constantFrom('end', 'retry'),
      verdicts: fc.record({1000: override, 1007: override, 1013: override, '1-999': override, '1002-65535': override}, {requiredKeys: []}),
    },
    {requiredKeys: []},
  )

  it('whatever is known and decided, whole sentences come out, and nothing is thrown [CC-132]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({min: 0, max: 65_535}), fc.constantFrom(1000, 1006, 1007, 1013)), fc.constantFrom('en', 'fr'), context, (code, locale, given) => {
        const explanation = explain(code, {locale, context: given as never})
        for (const text of texts(explanation)) expect(text).not.toMatch(leftover)
        for (const text of texts(explanation).slice(1)) expect(text).toMatch(/\.$/)
        expect(JSON.stringify(explanation)).not.toMatch(/undefined|NaN/)
      }),
      {numRuns: 2000},
    )
  })
})

describe('codes', () => {
  const titles = codes().map(({title}) => title)

  it('lists every named code and every range in rising order, then the statuses [CC-136]', () => {
    expect(titles.filter((title) => !title.startsWith('HTTP'))).toEqual([
      '1–999',
      ...Array.from({length: 16}, (_, i) => String(1000 + i)),
      '1016–2999',
      '3000',
      '3003',
      '3008',
      '3000–3999',
      '4912',
      '4913',
      '4914',
      '4000–4999',
      '5000–65535',
    ])
    expect(titles.filter((title) => title.startsWith('HTTP'))).toEqual(['401', '403', '407', '408', '425', '429', '2xx', '3xx', '4xx', '5xx'].map((status) => `HTTP ${status}`))
  })

  it('gives each its own explanation, in the language [CC-136]', () => {
    const links = codes().map(({explanation}) => explanation.link)
    expect(new Set(links).size).toBe(links.length)
    const french = codes({locale: 'fr'})
    expect(french.map(({explanation}) => explanation.locale)).toEqual(titles.map(() => 'fr'))
    expect(french.find(({title}) => title === '4000–4999')!.explanation).toEqual(explain(4000, {locale: 'fr'}))
    expect(french.find(({title}) => title === '3000–3999')!.explanation).toEqual(explain(3001, {locale: 'fr'}))
  })
})
