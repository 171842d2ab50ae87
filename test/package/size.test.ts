// Does the package stay within its budgets?

import {describe, expect, it} from 'vitest'
import {budgets, measure, unused} from '../helpers/sizes.mjs'

const sizes = await measure()

describe('minified and gzipped', () => {
  it.each(sizes)('$what: at most $budget bytes', ({gzip, budget}) => {
    expect(gzip).toBeLessThanOrEqual(budget)
    // An empty bundle is within every budget, and no success.
    expect(gzip).toBeGreaterThan(500)
  })

  it('measures everything that has a budget', () => {
    expect(sizes.map(({name}) => name)).toEqual(Object.keys(budgets))
  })
})

it('costs nothing where nothing of it is used [CC-88]', async () => {
  expect(await unused()).toBe(0)
})
