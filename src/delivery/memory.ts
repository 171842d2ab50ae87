// Which ids were there lately?

import type {MessageId} from '../core/index.ts'

/** Longer texts are no ids: what a server says must not fill the memory. */
const longestId = 256

export const isId = (value: unknown): value is MessageId => (typeof value === 'string' ? value.length <= longestId : Number.isFinite(value))

/** The newest ids, so many of them; the oldest are forgotten. Ids that read the same are the same. */
export class Memory {
  readonly #size: number
  readonly #ids = new Set<string>()
  /** It goes on where it was: another would pass by all that have left, each time. */
  readonly #oldest = this.#ids.values()

  constructor(size: number) {
    this.#size = size
  }

  has(id: MessageId): boolean {
    return this.#ids.has(`${id}`)
  }

  add(id: MessageId): void {
    const text = `${id}`
    // To the end, where the newest are.
    this.#ids.delete(text)
    this.#ids.add(text)
    if (this.#ids.size > this.#size) this.#ids.delete(this.#oldest.next().value!)
  }
}
