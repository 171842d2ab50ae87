// Does the package stay within its limits?

import {describe, expect, it} from 'vitest'
import {budgets, foldersIn, measure, unused} from '../helpers/sizes.mjs'

const sizes = await measure()

describe('minified and gzipped', () => {
  it.each(sizes)('$what: at most $limit bytes', ({gzip, limit}) => {
    expect(gzip).toBeLessThanOrEqual(limit)
    // An empty bundle is within every limit, and no success.
    expect(gzip).toBeGreaterThan(500)
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
])('%s pays for these folders and no byte of others [CC-88]', async (source, folders) => {
  expect(await foldersIn(source)).toEqual(folders)
})

it('costs nothing where nothing of it is used [CC-88]', async () => {
  expect(await unused()).toBe(0)
})
