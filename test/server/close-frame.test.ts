// Is what a server says with a close right on the wire, and understood by clients?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseRetryHint} from '../../src/core/index.ts'
import {badGateway, CloseCode, closeReason, serviceRestart, tryAgainLater, type CloseFrame, type ReturnHint} from '../../src/server/index.ts'

/** Any that is accepted, whole or not. */
const pause = fc.oneof(fc.integer({min: 0, max: 2_147_483_647}), fc.double({min: 0, max: 2_147_483_647, noNaN: true}), fc.double({min: 0, max: 10, noNaN: true}))

const anyText = fc.oneof(fc.string({unit: 'binary', maxLength: 300}), fc.string({unit: 'grapheme', maxLength: 300}), fc.array(fc.integer({min: 0, max: 0xffff}), {maxLength: 300}).map((units) => String.fromCharCode(...units)))

describe('a close with a meaning of its own', () => {
  it.each<[string, CloseFrame, number, string]>([
    ['tryAgainLater()', tryAgainLater(), 1013, ''],
    ['tryAgainLater({})', tryAgainLater({}), 1013, ''],
    ['both', tryAgainLater({after: 3000, spread: 10_000}), 1013, 'retry-after=3;spread=10'],
    ['after alone', tryAgainLater({after: 1500}), 1013, 'retry-after=1.5'],
    ['zeros', tryAgainLater({after: 0, spread: 0}), 1013, 'retry-after=0;spread=0'],
    ['undefined', tryAgainLater({after: undefined, spread: undefined, alias: undefined}), 1013, ''],
    ['serviceRestart()', serviceRestart(), 1012, ''],
    ['spread alone', serviceRestart({spread: 30_000}), 1012, 'spread=30'],
    ['badGateway()', badGateway(), 1014, ''],
    ['badGateway with a hint', badGateway({after: 250}), 1014, 'retry-after=0.25'],
    ['alias of 1012', serviceRestart({alias: true, spread: 5000}), 4912, 'spread=5'],
    ['alias of 1013', tryAgainLater({alias: true}), 4913, ''],
    ['alias of 1014', badGateway({alias: true}), 4914, ''],
    ['no alias', tryAgainLater({alias: false}), 1013, ''],
  ])('%s [CC-150] [CC-154]', (_, frame, code, reason) => {
    expect(frame).toEqual({code, reason})
  })

  it.each<[number, string]>([
    [1, '0.001'],
    [0.4, '0'],
    [999.6, '1'],
    [1001, '1.001'],
    [1234.56, '1.235'],
    [0.1 * 3 * 1000, '0.3'],
    [2_147_483_647, '2147483.647'],
  ])('says %d ms as %s s [CC-151]', (after, seconds) => {
    expect(tryAgainLater({after}).reason).toBe(`retry-after=${seconds}`)
  })

  it('says what clients read, to the millisecond [CC-151]', () => {
    fc.assert(
      fc.property(fc.record({after: pause, spread: pause}, {requiredKeys: []}), fc.constantFrom(tryAgainLater, serviceRestart, badGateway), (hint: ReturnHint, make) => {
        const read = parseRetryHint(make(hint).reason)
        expect(read === undefined).toBe(hint.after === undefined && hint.spread === undefined)
        if (!read) return
        expect(read.after).toBeCloseTo(Math.round(hint.after ?? 0), 3)
        expect(read.spread === undefined).toBe(hint.spread === undefined)
        if (hint.spread !== undefined) expect(read.spread).toBeCloseTo(Math.round(hint.spread), 3)
      }),
    )
  })
})

describe('a reason', () => {
  it.each<[string, string, string]>([
    ['nothing', '', ''],
    ['ASCII', 'x'.repeat(200), 'x'.repeat(123)],
    ['three bytes a character', '€'.repeat(50), '€'.repeat(41)],
    ['four bytes a character', '🎈'.repeat(40), '🎈'.repeat(30)],
    ['an emoji of seven characters', '👨‍👩‍👧‍👦'.repeat(6), '👨‍👩‍👧‍👦'.repeat(4)],
    ['a flag at the end', `${'x'.repeat(117)}🇫🇷`, 'x'.repeat(117)],
    ['an accent at the end', `${'x'.repeat(121)}e\u0301`, 'x'.repeat(121)],
    ['an accent that fits', `${'x'.repeat(120)}e\u0301`, `${'x'.repeat(120)}e\u0301`],
    ['half a pair', 'a\uD800b\uDC00', 'a\uFFFDb\uFFFD'],
    ['ten million characters', '€'.repeat(10_000_000), '€'.repeat(41)],
  ])('of %s is cut where a character ends [CC-152]', (_, text, reason) => {
    expect(closeReason(1011, text)).toEqual({code: 1011, reason})
  })

  it('has a hint before the text, and is cut behind it [CC-152]', () => {
    expect(closeReason(1011, 'the database is away', {after: 5000}).reason).toBe('retry-after=5; the database is away')
    expect(closeReason(1011, '', {spread: 5000}).reason).toBe('spread=5')
    expect(closeReason(CloseCode.TryAgainLater, 'y'.repeat(200), {after: 3000, spread: 10_000}).reason).toBe(`retry-after=3;spread=10; ${'y'.repeat(98)}`)
  })

  it('fits, is well formed, is what was given, and keeps its hint whatever the text [CC-151] [CC-152]', () => {
    fc.assert(
      fc.property(anyText, fc.option(fc.record({after: pause, spread: pause}), {nil: undefined}), (text, hint) => {
        const {reason} = closeReason(4000, text, hint)
        const bytes = Buffer.from(reason)
        expect(bytes.length).toBeLessThanOrEqual(123)
        expect(bytes.toString()).toBe(reason)
        const whole = Buffer.from(hint && text ? `; ${text}` : hint ? '' : text).toString()
        expect(whole.startsWith(hint ? reason.replace(/^[^;]*;spread=[\d.]*/, '') : reason)).toBe(true)
        if (!hint) return
        expect(parseRetryHint(reason)!.after).toBeCloseTo(Math.round(hint.after), 3)
        expect(parseRetryHint(reason)!.spread).toBeCloseTo(Math.round(hint.spread), 3)
      }),
    )
  })
})

describe('what can\'t be sent', () => {
  it.each([1000, 1001, 1002, 1003, 1007, 1010, 1014, 3000, 3999, 4000, 4999])('%d can [CC-153]', (code) => {
    expect(closeReason(code)).toEqual({code, reason: ''})
  })

  it.each<[any, string]>([
    ...[-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_536, 1e9, 1000.5, NaN, Infinity].map((code): [number, string] => [code, String(code)]),
    ['1013', '"1013"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{code: 1013}, 'an object'],
  ])('%s is refused as a code by one sentence [CC-153]', (code, shown) => {
    expect(() => closeReason(code)).toThrow(`closecall: \`code\` must be one that may be sent, 1000..1003 or 1007..1014 or 3000..4999, got ${shown}`)
  })

  it.each<[string, () => unknown, string]>([
    ['a negative time', () => tryAgainLater({after: -1}), '`after` must be 0..2147483647, got -1'],
    ['NaN', () => serviceRestart({spread: NaN}), '`spread` must be 0..2147483647, got NaN'],
    ['for ever', () => badGateway({after: Infinity}), '`after` must be 0..2147483647, got Infinity'],
    ['text for a number', () => tryAgainLater({after: '3' as any}), '`after` must be 0..2147483647, got "3"'],
    ['null', () => tryAgainLater(null as any), '`options` must be an object, got null'],
    ['a number for options', () => tryAgainLater(3000 as any), '`options` must be an object, got 3000'],
    ['an option that there is not', () => tryAgainLater({retryAfter: 3} as any), '`retryAfter` must be an option that exists'],
    ['an alias that is no boolean', () => tryAgainLater({alias: 4913 as any}), '`alias` must be a boolean, got 4913'],
    ['an object for text', () => closeReason(1011, {after: 3} as any), '`text` must be a string, got an object'],
    ['an error for text', () => closeReason(1011, new Error('x') as any), '`text` must be a string, got an object'],
    ['text for a hint', () => closeReason(1011, '', 'retry-after=3' as any), '`hint` must be an object, got "retry-after=3"'],
    ['a bad hint', () => closeReason(1011, '', {spread: -0.1}), '`spread` must be 0..2147483647, got -0.1'],
  ])('%s is refused by one sentence [CC-153]', (_, call, sentence) => {
    expect(call).toThrow(`closecall: ${sentence}`)
  })
})
