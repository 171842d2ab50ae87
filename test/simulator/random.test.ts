// Is chance what its author says, even, and the same for the same seed?

import {describe, expect, it} from 'vitest'
import {generator} from '../../src/simulator/random.ts'

const first = (seed: number, count = 3): number[] => Array.from({length: count}, generator(seed))

/** The same generator, written again with numbers that can't overflow. */
function again(seed: number): () => number {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value)
  let [a, b, c, counter] = [0n, word(BigInt(seed)), word(BigInt(seed) >> 32n), 1n]
  const next = (): number => {
    const sum = word(a + b + counter)
    counter = word(counter + 1n)
    a = b ^ (b >> 9n)
    b = word(c + (c << 3n))
    c = word(((c << 21n) | (c >> 11n)) + sum)
    return Number(sum)
  }
  for (let i = 0; i < 15; i++) next()
  return () => (Math.floor(next() / 32) * 2 ** 26 + Math.floor(next() / 64)) / 2 ** 53
}

describe('the generator', () => {
  it.each([0, 1, -1, 2 ** 31, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('is sfc32, seed %d [CC-240]', (seed) => {
    expect(first(seed, 50)).toEqual(Array.from({length: 50}, again(seed)))
  })

  it('gives other numbers for another seed, also beyond 32 bits [CC-240]', () => {
    expect(new Set([0, 1, -1, 2 ** 32, 2 ** 32 + 1, 5].map((seed) => first(seed).join())).size).toBe(6)
  })

  it('fills 0 to 1 evenly [CC-240]', () => {
    const random = generator(7)
    const counts = Array.from({length: 10}, () => 0)
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random() * 10)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
