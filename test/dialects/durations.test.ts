// Is a duration of a service's read as it means it, and nothing taken for one that is none?

import {expect, it} from 'vitest'
import {fromSeconds} from '../../src/dialects/durations.ts'

it.each([
  [10, 10_000],
  [0, 0],
  [1.5, 1500],
  ['10', 10_000],
  ['0.25', 250],
])('%o s are %d ms [CC-143]', (seconds, milliseconds) => {
  expect(fromSeconds(seconds)).toBe(milliseconds)
})

it.each([[undefined], [null], [NaN], [true], [{}], [['5']], [''], [' '], ['5s'], ['-1'], ['1e3'], ['0x10'], ['Infinity'], ['1'.repeat(400)], ['٣']])('%o is no duration [CC-143]', (value) => {
  expect(fromSeconds(value)).toBeNaN()
})
