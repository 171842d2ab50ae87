// Does the package stay within its limits?

import {readFile} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'
import {codes} from '../../src/catalog/index.ts'
import {budgets, foldersIn, measure, partsOf, textOf, unused} from '../helpers/sizes.mjs'

const sizes = await measure()

describe('minified and gzipped', () => {
  it.each(sizes)('$what: at most $limit bytes', ({gzip, limit}) => {
    expect(gzip).toBeLessThanOrEqual(limit)
    // An empty bundle is within every limit, and no success.
    expect(gzip).toBeGreaterThan(100)
  })

  it('measures everything that has a limit', () => {
    expect(sizes.map(({name}) => name)).toEqual(Object.keys(budgets))
  })
})

it.each([
  ["export {connect} from 'closecall'", ['client', 'core', 'platform']],
  ["export {classify, backoff} from 'closecall/core'", ['core']],
  ["export {explain, compare} from 'closecall/catalog'", ['catalog', 'core']],
  ["export {discord} from 'closecall/dialects'", ['core', 'dialects']],
  ["export {tryAgainLater} from 'closecall/server'", ['core', 'server']],
  ["export {simulate} from 'closecall/simulator'", ['core', 'simulator']],
])('%s pays for these folders and no byte of others [CC-88] [CC-156]', async (source, folders) => {
  expect(await foldersIn(source)).toEqual(folders)
})

it('is explained to the last byte by what `npm run size -- --parts` prints', async () => {
  const {parts, bound} = await partsOf()
  expect(parts.reduce((sum, {minified}) => sum + minified, 0)).toBe(sizes.find(({name}) => name === 'connect')!.minified)
  expect(parts.map(({name}) => name)).toContain('src/core/machine.ts')
  for (const {gzip} of bound) expect(gzip).toBeLessThan(sizes.find(({name}) => name === 'connect')!.gzip)
})

it('costs nothing where nothing of it is used [CC-88]', async () => {
  expect(await unused()).toBe(0)
})

describe('the catalog', () => {
  /** As they stand in a bundle, which may escape what is not ASCII, but not these. */
  const textsIn = (locale: string): string[] =>
    codes({locale}).map(({explanation: {kind, whenYouSee, whenToSend}}) => (kind === 'alias' ? whenToSend : whenYouSee).split(/[^ -~]/)[0]!).filter((text) => text.length > 12)
  const among = (bundle: string, locale: string): string[] => textsIn(locale).filter((text) => bundle.includes(text))

  it('is no part of what closecall itself, or the core, costs [CC-135]', async () => {
    // What is looked for can be found.
    const whole = await textOf("export {explain} from 'closecall/catalog'")
    for (const locale of ['en', 'fr']) expect(among(whole, locale).length).toBeGreaterThan(15)
    const others = await textOf("export * from 'closecall'\nexport * as core from 'closecall/core'")
    expect([...among(others, 'en'), ...among(others, 'fr')]).toEqual([])
  })

  it('is in the script-tag file in English only [CC-135]', async () => {
    const script = await readFile(new URL('../../dist/closecall.global.js', import.meta.url), 'utf8')
    expect(among(script, 'en').length).toBeGreaterThan(15)
    expect(among(script, 'fr')).toEqual([])
  })
})
