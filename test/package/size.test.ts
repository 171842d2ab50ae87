// Does the package stay within its limits?

import {describe, expect, it} from 'vitest'
import {budgets, measure, unused} from '../helpers/sizes.mjs'

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

it('costs nothing where nothing of it is used [CC-88]', async () => {
  expect(await unused()).toBe(0)
})
