// Is each language complete, and written as it should be?

import {describe, expect, it} from 'vitest'
import {en} from '../../src/catalog/en.ts'
import {explainIn} from '../../src/catalog/explain.ts'
import {fr} from '../../src/catalog/fr.ts'
import {codes, compare, explain, languages} from '../../src/catalog/index.ts'
import type {Language} from '../../src/catalog/language.ts'
import {closeCodes} from '../../src/core/index.ts'

/** Every text of a language by its path, those that are made by functions left out. */
const textsOf = (value: unknown, path = ''): [string, string][] =>
  typeof value === 'string' ? [[path, value]]
  : typeof value === 'object' ? Object.entries(value!).flatMap(([name, each]) => textsOf(each, `${path}.${name}`))
  : []

const origins = ['heartbeat', 'provider', 'constructor'] as const

/** All that a reader can meet. */
const shown = (locale: string): string[] =>
  [
    ...codes({locale}).map(({explanation}) => explanation),
    ...[1012, 1013].map((code) => explain(code, {locale, context: {reason: 'retry-after=3', verdicts: {1012: {backoff: 'prompt'}}}})),
    ...origins.map((origin) => explain(1006, {locale, context: {origin}})),
    explain(1006, {locale, context: {opened: false}}),
    ...['full', 'equal', 'decorrelated', 0.5].map((jitter) => explain(4000, {locale, context: {verdicts: {4000: {report: true, explanation: 'so', backoff: {factor: 1.5, jitter: jitter as 'full'}}}}})),
  ]
    .flatMap(({name, description, whenYouSee, howToFix, whatClosecallDoes, whenToSend}) => [name, description, whenYouSee, howToFix, whatClosecallDoes, whenToSend])
    .concat([[1007, 1013], [1012, 1013], [1008, 3000], [1000, 1000], [1002, 1004]].flatMap(([left, right]) => [compare(left!, right!, {locale}).summary, ...compare(left!, right!, {locale}).points.map(({label}) => label)]))

describe('a language', () => {
  it('that leaves something out does not compile [CC-131]', () => {
    const {1007: _code, ...codesLeft} = en.codes
    const {private: _kind, ...kindsLeft} = en.kinds
    const {429: _status, ...statusesLeft} = en.statuses
    const {heartbeat: _situation, ...situationsLeft} = en.situations
    const {howToFix: _text, ...entry} = en.codes[1013]
    const {sender: _fault, ...faultsLeft} = en.faults
    const {summaries: _summaries, ...languageLeft} = en
    // @ts-expect-error: a code is missing
    void ({...en, codes: codesLeft} satisfies Language)
    // @ts-expect-error: a range is missing
    void ({...en, kinds: kindsLeft} satisfies Language)
    // @ts-expect-error: a status is missing
    void ({...en, statuses: statusesLeft} satisfies Language)
    // @ts-expect-error: a situation is missing
    void ({...en, situations: situationsLeft} satisfies Language)
    // @ts-expect-error: a text is missing
    void ({...en, codes: {...en.codes, 1013: entry}} satisfies Language)
    // @ts-expect-error: a word is missing
    void ({...en, faults: faultsLeft} satisfies Language)
    // @ts-expect-error: the sentences of a comparison are missing
    void (languageLeft satisfies Language)
    void (en satisfies Language)
  })

  it('is one of those that there are [CC-131]', () => {
    expect(languages).toEqual(['en', 'fr'])
  })

  it('of one country goes before that of all [CC-131]', () => {
    const found = (locale: string): string => explainIn({en, fr, 'fr-ca': fr}, 1007, {locale}).locale
    expect(['fr-CA', 'fr-CA-x-mtl', 'fr-CH'].map(found)).toEqual(['fr-ca', 'fr-ca', 'fr'])
  })
})

describe.each([
  ['en', en],
  ['fr', fr],
] as const)('%s', (locale, language) => {
  const texts = textsOf(language)

  it('has an entry for each code that has a row, and no other [CC-131]', () => {
    expect(Object.keys(language.codes)).toEqual(Object.keys(closeCodes))
  })

  it('leaves no text empty or untidy [CC-131]', () => {
    expect(texts.length).toBeGreaterThan(200)
    for (const [path, text] of texts) expect(text, path).toMatch(/^\S(?:(?! {2}).)*\S$/u)
    for (const [path, text] of texts) expect(text.split('`').length % 2, path).toBe(1)
  })

  it('ends every sentence with a full stop, and no name [CC-131]', () => {
    const isName = (path: string): boolean => /^\.(aspects|outlooks)\.|\.(name|gist)$/.test(path)
    for (const [path, text] of texts) if (text !== 'Mandatory Ext.') expect(text.endsWith('.'), path).toBe(!isName(path))
  })

  it('calls no two kinds of close the same in a comparison [CC-134]', () => {
    const gists = texts.filter(([path]) => path.endsWith('.gist')).map(([, text]) => text)
    expect(gists.length).toBe(28)
    expect(new Set(gists).size).toBe(gists.length)
  })

  it('keeps its texts short enough to be read [CC-131]', () => {
    for (const [path, text] of texts) expect(text.length, path).toBeLessThan(340)
  })

  it('is set in its own type [CC-131]', () => {
    for (const text of shown(locale)) {
      // Code has quotation marks and apostrophes of its own.
      const prose = text.replace(/`[^`]*`/g, '')
      expect(prose).not.toMatch(/['"]/)
      if (locale === 'fr') {
        expect(prose).not.toMatch(/[“”]/)
        expect(prose).not.toMatch(/[^\u202f][;!?]/)
        expect(prose).not.toMatch(/[^\u00a0][:»]/)
        expect(prose).not.toMatch(/«[^\u00a0]/)
        expect(prose).not.toMatch(/\d (?:s|%|ko|Mio)\b/)
      } else expect(prose).not.toMatch(/[«»\u00a0\u202f]/)
    }
  })
})

it('no text of one language is that of another [CC-131]', () => {
  const english = new Map(textsOf(en))
  const french = new Map(textsOf(fr))
  expect([...french.keys()]).toEqual([...english.keys()])
  for (const [path, text] of english) expect(french.get(path), path).not.toBe(text)
})
