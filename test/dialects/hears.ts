// Does a dialect hear from a message what its source says, and nothing from any other?

import {describe, expect, it} from 'vitest'
import type {InBandHint} from '../../src/core/index.ts'
import type {DefinedDialect} from '../../src/dialects/index.ts'

/** `undefined`: it says nothing about a close. */
export type Announcement = readonly [message: string, hint: InBandHint | undefined]

const hostile: unknown[] = [null, true, -1, 1e308, '', 'Infinity', '1e999', '__proto__', [], {}, {toString: null, valueOf: null}, 'x'.repeat(9000)]

/** The same message with one of its values, each in turn, replaced by something else. */
const spoiled = (value: unknown): unknown[] =>
  Object(value) !== value ? hostile
  : Object.entries(value as object).flatMap(([key, inner]) => spoiled(inner).map((other) => (Array.isArray(value) ? value.map((item, index) => (String(index) === key ? other : item)) : {...(value as object), [key]: other})))

export function hears(dialect: DefinedDialect, announcements: readonly Announcement[]): void {
  describe(`${dialect.name} messages`, () => {
    it.each(announcements)('%s [CC-144]', (message, hint) => {
      if (hint) expect(dialect.hint!(message)).toMatchObject(hint)
      else expect(dialect.hint!(message)).toBeUndefined()
      expect(dialect.hint!(new TextEncoder().encode(message))).toEqual(dialect.hint!(message))
    })

    it('bears whatever a server sends [CC-143]', () => {
      for (const [message] of announcements) {
        const [first] = message.split('\u001E')
        const others = /^[[{]/.test(first!) ? spoiled(JSON.parse(first!)).map((value) => JSON.stringify(value)) : []
        for (const other of [...others, message.slice(0, -1), message.slice(1), `[${message}]`]) {
          const {after = 0, verdict} = dialect.hint!(other) ?? {}
          expect(after).toBeGreaterThanOrEqual(0)
          expect(after).toBeLessThan(2 ** 31)
          expect(['retry', 'refresh', 'stop', 'end', undefined]).toContain(verdict?.action)
        }
        expect(dialect.hint!(message + ' '.repeat(8192)), 'too long').toBeUndefined()
      }
    })
  })
}
