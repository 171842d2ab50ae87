// What came of it, in numbers?

/** Counts per span of time, which grow as time goes on. */
export interface Tally {
  add: (at: number, count?: number) => void
  /** Of each span, up to the one that `end` is in. */
  upTo: (end: number) => number[]
}

export function tally(span: number): Tally {
  let counts = new Int32Array(1024)
  return {
    add(at, count = 1) {
      const i = Math.floor(at / span)
      if (i >= counts.length) {
        const longer = new Int32Array(Math.max(i + 1, 2 * counts.length))
        longer.set(counts)
        counts = longer
      }
      counts[i]! += count
    },
    upTo(end) {
      const spans = Array.from<number>({length: Math.floor(end / span) + 1}).fill(0)
      return spans.map((_, i) => counts[i] ?? 0)
    },
  }
}

export const sumsOf = (counts: readonly number[], width: number): number[] => {
  const sums: number[] = []
  for (let i = 0; i < counts.length; i += width) sums.push(counts.slice(i, i + width).reduce((sum, count) => sum + count, 0))
  return sums
}

export const running = (changes: readonly number[]): number[] => {
  let sum = 0
  return changes.map((change) => (sum += change))
}

export const greatest = (numbers: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < numbers.length; i++) if (numbers[i]! > most) most = numbers[i]!
  return most
}

/**
 * (Σx)² / (n · Σx²): 1 if all waited equally long, 1/n if one did all the waiting.
 *
 * @see Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC-TR-301, 1984
 */
export const fairnessOf = (waits: ArrayLike<number>): number => {
  let sum = 0
  let squares = 0
  for (let i = 0; i < waits.length; i++) {
    sum += waits[i]!
    squares += waits[i]! ** 2
  }
  return squares ? sum ** 2 / (waits.length * squares) : 1
}
