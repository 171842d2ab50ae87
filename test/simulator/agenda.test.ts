// Does everybody's turn come in time?

import fc from 'fast-check'
import {expect, it} from 'vitest'
import {agenda} from '../../src/simulator/agenda.ts'

it('the first is always one that nobody is before, whoever changed their mind [CC-240]', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 40}), fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(100), fc.constant(Infinity)))), (count, changes) => {
      const times = Array.from({length: count}, () => Infinity)
      const next = agenda(count)
      for (const [anybody, time] of changes) {
        const who = anybody % count
        next.set(who, time)
        times[who] = time
        expect(next.timeOf(next.first())).toBe(Math.min(...times))
        expect(times[next.first()]).toBe(Math.min(...times))
      }
      times.forEach((time, who) => expect(next.timeOf(who)).toBe(time))
    }),
  )
})
