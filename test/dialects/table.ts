// Does a dialect say of each code what its source says?

import {describe, expect, it} from 'vitest'
import type {Action, Verdict} from '../../src/core/index.ts'
import type {DefinedDialect, DialectRule} from '../../src/dialects/index.ts'

/** As the source has it: typed from there, not from the dialect. */
export type Row = readonly [code: number, name: string, action: Action, more?: Partial<Verdict> & {reason?: string}]

/** @param silent codes that the source does not speak of */
export function followsItsSource(dialect: DefinedDialect, rows: readonly Row[], silent: readonly number[]): void {
  describe(dialect.name, () => {
    for (const [code, name, action, {reason = '', ...more} = {}] of rows) {
      it(`${code} ${name}${reason && `, ${reason}`}: ${action} [CC-140]`, () => {
        expect(dialect.judge({code, reason})).toMatchObject({name, action, ...more})
      })
    }

    it('has a row here for every rule, and every rule a meaning [CC-140]', () => {
      for (const [key, rule] of Object.entries(dialect.rules)) {
        const [from, to = from] = key.split('-').map(Number)
        for (const {name, meaning} of [rule].flat() as DialectRule[]) {
          expect(rows.some(([code, named]) => code >= from! && code <= to! && named === name), `${key} ${name}`).toBe(true)
          expect(meaning, `${key} ${name}`).toMatch(/^\S.*[^.\s]$/)
        }
      }
    })

    it.each(silent.map((code) => [code]))('says nothing of %i [CC-141]', (code) => {
      expect(dialect.judge({code})).toBeUndefined()
    })
  })
}
