// Do the clients of closecall, with default options, do as well together as they ever did?

import {describe, expect, it} from 'vitest'
import {createShedder} from '../../src/server/index.ts'
import {simulate} from '../../src/simulator/index.ts'
import {figuresOf, keptFigures} from '../helpers/herds.mjs'

const now = figuresOf({simulate, createShedder})
const kept = keptFigures()

it('each herd has its figures [CC-253]', () => {
  expect(Object.keys(now)).toEqual(Object.keys(kept))
})

describe.each(Object.entries(kept))('%s', (name, figures) => {
  it.each(Object.entries(figures))('%s: at most %d; what is better may be kept with `npm run build && npm run figures` [CC-253]', (figure, most) => {
    expect(now[name]![figure]).toBeGreaterThan(0)
    expect(now[name]![figure]).toBeLessThanOrEqual(most)
  })
})
