// Does a message still cost no garbage, and a client no more memory than it did? Counts, not times: the same on any machine.

import {readFile} from 'node:fs/promises'
import {describe, expect, it} from 'vitest'
import {leaksOf} from '../../bench/leaks.mjs'
import {heapBeyondSocket} from '../../bench/lifecycle.mjs'
import {bytesAlone} from '../../bench/messages.mjs'

/** `limit` is what each may be and fails the tests, `target` what it was meant to be. */
const budgets = JSON.parse(await readFile(new URL('../helpers/bench-budgets.json', import.meta.url), 'utf8')) as Record<string, {limit: number; target: number}>
const limit = (name: string): number => budgets[name]!.limit

/** The smallest object has 16 bytes; what the engine keeps for itself is spread over 100,000 messages. */
const garbage = async (name: string, way: 'send' | 'receive'): Promise<number> => Math.round(await bytesAlone(name, way))

describe('a message', () => {
  it('that is sent allocates nothing, unchecked', async () => {
    expect(await garbage("closecall, lint: 'off'", 'send')).toBeLessThanOrEqual(limit('send'))
  })

  it('that is sent allocates next to nothing by default: of 512, one is looked over thoroughly', async () => {
    expect(await garbage('closecall', 'send')).toBeLessThanOrEqual(limit('send, linted'))
  })

  it('that is received allocates nothing', async () => {
    expect(await garbage('closecall', 'receive')).toBeLessThanOrEqual(limit('receive'))
  })

  it.each(['send', 'receive'] as const)('that does allocate is noticed: %s', async (way) => {
    expect(await garbage('reconnecting-websocket', way)).toBeGreaterThan(16)
  })
})

it('a client that is open and idle takes no more memory than it may', async () => {
  const bytes = await heapBeyondSocket('closecall')
  expect(bytes).toBeLessThanOrEqual(limit('heap'))
  // None at all would be a mistake of the measure.
  expect(bytes).toBeGreaterThan(200)
})

it('after 1,000 reconnections there is one socket and nothing more than before, and once it is closed no timer', async () => {
  const {sockets, growth, made, page, afterOpen, afterConnecting, afterBackoff, late} = await leaksOf('closecall')
  expect(made).toBe(1101)
  expect(sockets).toBeLessThanOrEqual(limit('sockets'))
  expect(Math.round(growth)).toBeLessThanOrEqual(limit('growth'))
  for (const timers of [afterOpen, afterConnecting, afterBackoff]) expect(timers).toBeLessThanOrEqual(limit('timers'))
  expect({page, late}).toEqual({page: 0, late: 0})
})
