// Where does chance come from, if every run with the same seed is to be the same, in every engine?

/** @returns from 0 up to, not including, 1 */
export type Random = () => number

/**
 * sfc32, "Small Fast Counting", seeded and warmed up as its author does it; each number takes two of its outputs, for 53 bits.
 * Additions, shifts and rotations of 32 bits: no engine computes them otherwise.
 *
 * @param seed any whole number
 * @see Chris Doty-Humphrey, PractRand 0.94, RNG_engines/sfc.txt
 */
export function generator(seed: number): Random {
  let a = 0
  let b = seed | 0
  let c = Math.floor(seed / 2 ** 32) | 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next()
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53
}
