// Who is next, and when? Everybody has one thing to wait for, or nothing.

export interface Agenda {
  /** Whose turn comes first. */
  first: () => number
  timeOf: (who: number) => number
  /** In place of what was there. `Infinity`: never. */
  set: (who: number, time: number) => void
}

/** Four children to a parent: half as deep as a binary heap, and they lie side by side. */
const arity = 4

/**
 * A heap that knows where everybody is in it, so that a time is changed in place: nothing stale has to be skipped, nothing is allocated.
 * What is due at the same time comes in an order that depends on nothing but the calls before.
 *
 * @param count of those who may have something to wait for: 0 to `count` − 1
 */
export function agenda(count: number): Agenda {
  const times = new Float64Array(count).fill(Infinity)
  const heap = Int32Array.from({length: count}, (_, i) => i)
  const places = heap.slice()

  const rise = (time: number, from: number): number => {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 2
      const parent = heap[above]!
      if (times[parent]! <= time) break
      heap[place] = parent
      places[parent] = place
      place = above
    }
    return place
  }

  const sink = (time: number, from: number): number => {
    let place = from
    for (;;) {
      const left = place * arity + 1
      if (left >= count) break
      let least = left
      for (let i = left + 1; i < left + arity && i < count; i++) if (times[heap[i]!]! < times[heap[least]!]!) least = i
      const child = heap[least]!
      if (times[child]! >= time) break
      heap[place] = child
      places[child] = place
      place = least
    }
    return place
  }

  return {
    first: () => heap[0]!,
    timeOf: (who) => times[who]!,
    set(who, time) {
      const before = times[who]!
      times[who] = time
      const place = time < before ? rise(time, places[who]!) : sink(time, places[who]!)
      heap[place] = who
      places[who] = place
    },
  }
}
