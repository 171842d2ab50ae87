// Who is next? First in, first out, without moving those who wait.

/** A queue in which nobody has to wait for others to be moved: `push` and `shift` take constant time on average. */
export class Fifo<T> {
  #items: T[] = []
  /** Items before this index have left. */
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): T | undefined {
    return this.#items[this.#head]
  }

  /** A copy of all, in order. */
  get items(): T[] {
    return this.#items.slice(this.#head)
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.first
    this.#head++
    // Moves at most as many as have left since the last time.
    if (this.#head * 2 > this.#items.length) this.#keep(this.items)
    return item
  }

  /** Puts these before all others, in their order. */
  unshift(items: readonly T[]): void {
    if (items.length) this.#keep([...items, ...this.items])
  }

  retain(wanted: (item: T) => boolean): void {
    this.#keep(this.items.filter(wanted))
  }

  #keep(items: T[]): void {
    this.#items = items
    this.#head = 0
  }
}
