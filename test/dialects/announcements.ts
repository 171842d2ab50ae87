// Does a dialect hear what a message says of the close to come, and nothing in any other?

import {describe, expect, it} from 'vitest'
import {classify, type InBandHint} from '../../src/core/index.ts'
import type {DefinedDialect} from '../../src/dialects/index.ts'

/** Whatever a server may send, and what an application may hand on. */
const junk: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  NaN,
  Infinity,
  '',
  'null',
  '0',
  '1e999',
  '"text"',
  '[]',
  '[null]',
  '{}',
  '{"__proto__":null}',
  '{"type":{},"event":[],"e":1,"leave":"x","goAway":true,"errors":[null],"payload":[]}',
  Symbol('message'),
  () => undefined,
  new ArrayBuffer(0),
  new Uint8Array([0xff, 0xfe, 0x80]),
  new Proxy({}, {get: () => JSON.parse('')}),
]

const hostile: unknown[] = [null, true, -1, 1e308, '', 'Infinity', '1e999', '__proto__', [], {}, {toString: null, valueOf: null}, 'x'.repeat(9000)]

/** The same message with one of its values, each in turn, replaced by something else. */
const spoiled = (value: unknown): unknown[] =>
  Object(value) !== value ? hostile
  : Object.entries(value as object).flatMap(([key, inner]) => spoiled(inner).map((other) => (Array.isArray(value) ? value.map((item, index) => (String(index) === key ? other : item)) : {...(value as object), [key]: other})))

/**
 * @param says messages as the source has them, and what they say; delays exactly
 * @param silent messages that look alike and say nothing
 */
export function announces(dialect: DefinedDialect, says: readonly (readonly [message: string, hint: InBandHint])[], silent: readonly string[] = []): void {
  describe(`${dialect.name}, before the close`, () => {
    for (const [message, {after, spread, verdict}] of says) {
      it(`says what to do: ${message.slice(0, 140)} [CC-144]`, () => {
        for (const received of [message, new TextEncoder().encode(message), new TextEncoder().encode(message).buffer]) {
          const hint = dialect.hint?.(received)
          expect([hint?.after, hint?.spread]).toEqual([after, spread])
          expect(hint?.verdict ?? {}).toMatchObject(verdict ?? {})
        }
        // 1000 is what most servers close with, whatever they mean.
        const announced = dialect.hint?.(message)?.verdict
        if (verdict) expect(classify({code: 1000}, {dialect, announced})).toMatchObject(verdict)
        expect(announced?.explanation ?? 'nothing').toMatch(/^\S.*[^.\s]$/)
      })

      it(`hears nothing in what only contains it, is cut short or too long: ${message.slice(0, 140)} [CC-143]`, () => {
        // A packet of Engine.IO may be whole when it is shorter.
        const cut = /^\d/.test(message) ? [] : [message.slice(0, message.length / 2)]
        for (const other of [JSON.stringify({text: message}), ...cut, message + ' '.repeat(8192), ' '.repeat(8192) + message])
          expect(dialect.hint?.(other), other.slice(0, 99)).toBeUndefined()
      })
    }

    it.each(silent.map((message) => [message.slice(0, 120), message]))('hears nothing in %s [CC-144]', (_, message) => {
      expect(dialect.hint?.(message)).toBeUndefined()
    })

    it('bears the same messages with anything at all in them [CC-143]', () => {
      for (const [message] of says) {
        const [first] = message.split('\u001E')
        const others = /^[[{]/.test(first!) ? spoiled(JSON.parse(first!)).map((value) => JSON.stringify(value)) : []
        for (const other of [...others, message.slice(0, -1), message.slice(1), `[${message}]`]) {
          const {after = 0, verdict} = dialect.hint!(other) ?? {}
          expect(after).toBeGreaterThanOrEqual(0)
          expect(after).toBeLessThan(2 ** 31)
          expect(['retry', 'refresh', 'stop', 'end', undefined]).toContain(verdict?.action)
        }
      }
    })

    it('bears whatever else comes [CC-143]', () => {
      for (const message of junk) expect(dialect.hint?.(message), String(typeof message)).toBeUndefined()
    })
  })
}
