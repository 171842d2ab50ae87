// Does the command say the same in each language, as that language is written?

import {describe, expect, it} from 'vitest'
import {languages, type Language} from '../../src/cli/words.ts'

const all = Object.keys(languages) as Language[]

const textsOf = (value: unknown): string[] =>
  typeof value === 'string' ? [value]
  : typeof value === 'object' ? Object.values(value!).flatMap(textsOf)
  : []

describe.each(all)('in %s', (language) => {
  it('the help fits a terminal of 80 columns [CC-167]', () => {
    for (const line of languages[language].help.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('a limit is told with its figure [CC-163]', () => {
    for (const name of ['idle-limit', 'lifetime-limit', 'idle-or-lifetime-limit'] as const)
      expect(languages[language].probe.pattern({name, limit: 60_400, explanation: '3 connections in a row ended after 60 s', advice: 'Look.'})).toMatch(/60[ \u00a0]s/)
  })
})

it('French has its own apostrophes, and one word for one thing [CC-160]', () => {
  for (const text of textsOf(languages.fr)) {
    expect(text).not.toMatch(/\p{L}'\p{L}/u)
    expect(text).not.toMatch(/\b(une|la) (WebSocket|socket)\b|heartbeat|plus d’essai/i)
  }
})
