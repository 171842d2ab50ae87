// Is a refused upgrade answered so that clients come back when there is room?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseRetryAfter} from '../../src/core/index.ts'
import {httpRetryAfter, rawRetryAfter, type RefusalOptions} from '../../src/server/index.ts'

const half = (): number => 0.5

describe('httpRetryAfter', () => {
  it.each<[RefusalOptions, Record<string, string>]>([
    [{}, {}],
    [{after: 7000}, {'Retry-After': '7'}],
    [{after: 7001}, {'Retry-After': '8'}],
    [{after: 1}, {'Retry-After': '1'}],
    [{after: 0}, {'Retry-After': '0'}],
    [{after: 5000, spread: 20_000}, {'Retry-After': '15'}],
    [{spread: 20_000}, {'Retry-After': '10'}],
    [{spread: 1}, {'Retry-After': '1'}],
  ])('%j: whole seconds, rounded up [CC-155]', (options, headers) => {
    expect(httpRetryAfter({...options, random: half})).toEqual({status: 503, statusText: 'Service Unavailable', headers})
  })

  it('may blame the client instead [CC-155]', () => {
    expect(httpRetryAfter({status: 429, after: 60_000})).toEqual({status: 429, statusText: 'Too Many Requests', headers: {'Retry-After': '60'}})
  })

  it('draws a moment of its own for each answer [CC-155]', () => {
    const moments = Array.from({length: 50}, () => Number(httpRetryAfter({after: 100_000, spread: 1_000_000}).headers['Retry-After']))
    expect(new Set(moments).size).toBeGreaterThan(10)
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(100)
    expect(Math.max(...moments)).toBeLessThanOrEqual(1100)
  })

  it('is read by clients as no sooner than was drawn, and less than a second later [CC-155]', () => {
    const pause = fc.integer({min: 0, max: 2_147_483_647})
    fc.assert(
      fc.property(pause, pause, fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (after, spread, random) => {
        const read = parseRetryAfter(httpRetryAfter({after, spread, random: () => random}).headers['Retry-After']!, 0)!
        const drawn = after + random * spread
        expect(read.after).toBeGreaterThan(drawn - 0.001)
        expect(read.after).toBeLessThan(drawn + 1000.001)
      }),
    )
  })

  it('is what a Response is made of [CC-155]', () => {
    const response = new Response(null, httpRetryAfter({after: 7000}))
    expect([response.status, response.statusText, response.headers.get('retry-after')]).toEqual([503, 'Service Unavailable', '7'])
  })

  it.each<[string, any, string]>([
    ['a status that means something else', {status: 200}, '`status` must be 429 or 503, got 200'],
    ['a status as text', {status: '503'}, '`status` must be a number, got "503"'],
    ['a time before now', {after: -1}, '`after` must be 0..2147483647, got -1'],
    ['a spread that is none', {spread: NaN}, '`spread` must be 0..2147483647, got NaN'],
    ['a chance that is no function', {random: 0.5}, '`random` must be a function'],
    ['null', null, '`options` must be an object, got null'],
    ['a name that there is not', {alias: true}, '`alias` must be an option that exists'],
  ])('refuses %s by one sentence [CC-153]', (_, options, sentence) => {
    expect(() => httpRetryAfter(options)).toThrow(`closecall: ${sentence}`)
    expect(() => rawRetryAfter(options)).toThrow(`closecall: ${sentence}`)
  })
})

it('rawRetryAfter is the same as text [CC-155]', () => {
  expect(rawRetryAfter({after: 5000, spread: 20_000, random: half})).toBe('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 15\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  expect(rawRetryAfter({status: 429})).toBe('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
})
