// Is the difference between two codes told?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {compare, explain} from '../../src/catalog/index.ts'
import {defineDialect} from '../../src/dialects/index.ts'

const aspects = ['meaning', 'fault', 'when', 'closecall', 'fix', 'use']

describe('compare(1007, 1013)', () => {
  const {codes, points, summary, locale} = compare(1007, 1013)

  it('names the difference that matters [CC-134]', () => {
    expect(summary).toBe('1007 is a bug in the sender, which no retry mends; 1013 is a passing overload, which a retry with backoff gets over.')
    expect(compare(1007, 1013, {locale: 'fr-FR'}).summary).toBe('1007 est une erreur de l’expéditeur, qu’aucun nouvel essai ne corrige\u202f; 1013 est une surcharge passagère, dont des essais de plus en plus espacés viennent à bout.')
  })

  it('goes through it point by point [CC-134]', () => {
    expect(locale).toBe('en')
    expect(codes).toEqual([explain(1007), explain(1013)])
    expect(points.map(({aspect}) => aspect)).toEqual(aspects)
    expect(points.map(({same}) => same)).toEqual(aspects.map(() => false))
    const [meaning, fault, when, closecall, fix, use] = points
    expect(meaning).toMatchObject({label: 'What it means', left: explain(1007).description, right: explain(1013).description})
    expect(fault).toMatchObject({label: 'Who is at fault', left: 'The sender: what this program sent was refused.', right: 'The server: it could not go on.'})
    expect(when).toMatchObject({left: explain(1007).whenYouSee, right: explain(1013).whenYouSee})
    expect(closecall).toMatchObject({left: expect.stringContaining('stops at once'), right: expect.stringContaining('after 1 s, doubling to 30 s, each ±50 %')})
    expect(fix).toMatchObject({left: explain(1007).howToFix, right: explain(1013).howToFix})
    expect(use).toMatchObject({label: 'When to send it', left: expect.stringContaining('not UTF-8'), right: expect.stringContaining('`retry-after=30`')})
  })
})

describe('compare', () => {
  it('says once what holds for both [CC-134]', () => {
    expect(compare(1012, 1013).summary).toBe('1012 is a restart; 1013 is a passing overload. A retry with backoff gets over either.')
    expect(compare(1007, 1009).summary).toBe('1007 is a bug in the sender; 1009 is a message over the limit. No retry mends either.')
    expect(compare(1007, 1009).points.find(({aspect}) => aspect === 'closecall')!.same).toBe(true)
  })

  it.each([
    [1007, 1007, 'Both are 1007: there is no difference.'],
    [1013, 4913, '1013 and 4913 mean the same here.'],
    [4001, 4002, '4001 and 4002 mean the same here.'],
    [999, 5000, '999 and 5000 mean the same here.'],
    [0, 1006, 'Both are 1006: there is no difference.'],
  ])('finds none between %i and %i [CC-134]', (left, right, summary) => {
    const comparison = compare(left, right)
    expect(comparison.summary).toBe(summary)
    expect(comparison.points.find(({aspect}) => aspect === 'closecall')!.same).toBe(true)
  })

  it('tells it under the rules that hold [CC-134]', () => {
    expect(compare(1007, 1013, {context: {verdicts: {1013: 'stop'}}}).summary).toMatch(/No retry mends either\.$/)
    expect(compare(4001, 4002, {context: {verdicts: {4001: 'stop'}}}).summary).toBe('4001 is a code of some service, which no retry mends; 4002 is a code of some service, which a few retries may get over.')
    const dialect = defineDialect({name: 'chat', title: 'Chat', source: 'docs', rules: {4001: {name: 'Kicked', meaning: 'you were kicked', action: 'stop'}, 4002: {name: 'Moved', meaning: 'the room moved', action: 'retry', budget: 3}}})
    expect(compare(4001, 4002, {context: {dialect}}).summary).toBe('4001 is “Kicked”, which no retry mends; 4002 is “Moved”, which a few retries may get over.')
    expect(compare(4001, 4002, {context: {dialect}, locale: 'fr'}).summary).toBe('4001 est «\u00a0Kicked\u00a0», qu’aucun nouvel essai ne corrige\u202f; 4002 est «\u00a0Moved\u00a0», dont quelques essais peuvent venir à bout.')
  })

  it('of a refusal, where a dialect reads one side another way [CC-134]', () => {
    const dialect = {name: 'chat', judge: ({code}: {code: number}) => (code === 1013 ? explain(1013, {context: {verdicts: {1013: {name: 'Full', action: 'stop'}}}}).verdict : undefined)}
    expect(compare(1006, 1013, {context: {status: 503, dialect}}).summary).toBe('1006 is “Server error”, which a retry with backoff gets over; 1013 is “Full”, which no retry mends.')
  })

  it('refuses what is no code, on either side [CC-134]', () => {
    for (const [left, right] of [[NaN, 1013], [1007, 1e9], [1007, undefined]]) expect(() => compare(left as number, right as number)).toThrow(/^closecall: `code` must be a whole number from 0 to 65535/)
    expect(() => compare(1007, 1013, {locale: 'xx'})).toThrow('closecall: `locale` must be en or fr, got "xx"')
  })

  it('works for any two codes, both ways round [CC-134]', () => {
    const code = fc.oneof(fc.integer({min: 0, max: 65_535}), fc.integer({min: 1000, max: 1015}), fc.constantFrom(3000, 3003, 3008, 4912, 4913, 4914))
    fc.assert(
      fc.property(code, code, fc.constantFrom('en', 'fr'), (left, right, locale) => {
        const there = compare(left, right, {locale})
        const back = compare(right, left, {locale})
        expect(there.points.map(({aspect}) => aspect)).toEqual(aspects)
        expect(back.points.map((point) => [point.right, point.left, point.same])).toEqual(there.points.map((point) => [point.left, point.right, point.same]))
        for (const point of there.points) expect(point.same).toBe(point.left === point.right)
        expect(there.summary).toMatch(/^\S.*\.$/)
        expect(there.summary).not.toMatch(/undefined|, [;.]|  /)
        // One that finds no difference has found the same to do.
        if (!there.summary.includes(';') && !there.summary.includes('\u202f;')) expect(there.points[3]!.same).toBe(true)
      }),
    )
  })
})
