// Who is next? First in, first out, without moving those who wait.

/** A queue in which nobody has to wait for others to be moved: every operation takes constant time on average. */
export class Fifo<T> implements Iterable<T> {
  #items: T[] = []
  /** Items before this index have left. */
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.first
    if (this.length) this.#head++
    // Moves at most as many as have left since the last time.
    if (this.#head * 2 > this.#items.length) this.#keep(this.#items.slice(this.#head))
    return item
  }

  /** Puts these before all others, in their order. */
  unshift(items: readonly T[]): void {
    this.#keep([...items, ...this])
  }

  retain(wanted: (item: T) => boolean): void {
    this.#keep([...this].filter(wanted))
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.slice(this.#head).values()
  }

  #keep(items: T[]): void {
    this.#items = items
    this.#head = 0
  }
}
