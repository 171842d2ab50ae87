// Is a hint understood, and nothing else taken for one?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseRetryAfter, parseRetryHint} from '../../src/core/index.ts'

describe('a hint in a close reason', () => {
  it.each([
    ['retry-after=3', {after: 3000}],
    ['retry-after=1.5', {after: 1500}],
    ['Retry-After: 7', {after: 7000}],
    ['overloaded; retry-after=2', {after: 2000}],
    ['retry-after=2;spread=10', {after: 2000, spread: 10_000}],
    ['spread=10', {after: 0, spread: 10_000}],
    ['spread=10; retry-after=2', {after: 2000, spread: 10_000}],
    ['{"retryAfter":3}', {after: 3000}],
    ['{"retry_after": "3"}', {after: 3000}],
    ['{"Retry-After":"10"}', {after: 10_000}],
    ['{"retryAfterMs":250}', {after: 250}],
    ['{"retry_after_ms":250}', {after: 250}],
    ['{"retry_after_seconds":2}', {after: 2000}],
    ['{"reason":"busy","retryAfter":3,"spread":5}', {after: 3000, spread: 5000}],
    ['retry-after=0', {after: 0}],
  ])('%s [CC-40]', (reason, hint) => {
    expect(parseRetryHint(reason)).toEqual(hint)
  })

  it.each(['', '503', 'null', '{}', '"bye"', '[]', 'retry-after', 'retry-after=', 'retry-after=-1', 'retry-after=soon', 'retry-after=1e9', 'retry-after=0x10', 'retry-after=1.2.3', 'retryafterwards=3', 'noretry-after3', '{"retryAfter":null}', '{"reconnect":false}'])(
    'is not in %j [CC-40]',
    (reason) => {
      expect(parseRetryHint(reason)).toBeUndefined()
    },
  )

  it('is never anything but a number of milliseconds [CC-87]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({unit: 'binary', maxLength: 123}), fc.stringMatching(/^retry[-_]?after[=:][\d.e+-]{0,100}$/)), (reason) => {
        const {after = 0, spread = 0} = parseRetryHint(reason) ?? {}
        expect(after).toBeGreaterThanOrEqual(0)
        expect(spread).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('the Retry-After field of HTTP', () => {
  const now = Date.UTC(2030, 0, 1)

  it.each([
    ['7', 7000],
    [' 120 ', 120_000],
    ['0', 0],
    ['Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['Mon, 31 Dec 2029 23:59:00 GMT', 0],
  ])('%s [CC-44]', (field, after) => {
    expect(parseRetryAfter(field, now)).toEqual({after})
  })

  it.each(['', 'soon', '-1', '1.5', '1e3', 'Tue, nonsense', '2030-01-01'])('is not %j [CC-44]', (field) => {
    expect(parseRetryAfter(field, now)).toBeUndefined()
  })
})
