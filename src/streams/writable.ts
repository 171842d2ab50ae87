// How do chunks leave, no faster than there is room, and none dropped for want of it?

import {stopped, takes} from '../client/waiting.ts'
import {ClosecallError, type Outcome, type State} from '../core/index.ts'
import type {Streamed} from './streamed.ts'

type Receipt = ReturnType<Streamed['deliver']>

export const outgoing = <Out>(client: Streamed<any, Out>, closes: boolean): WritableStream<Out> => new WritableStream(new Sink(client, closes))

class Sink<Out> implements UnderlyingSink<Out> {
  readonly #client: Streamed<any, Out>
  readonly #closes: boolean
  /** What was taken and whose outcome is open. */
  readonly #pending = new Map<Receipt, Promise<void>>()
  #controller!: WritableStreamDefaultController
  #failure: Error | undefined
  /** Ends the wait of the chunk that waits. */
  #interrupt = (): void => {}
  #unsubscribe!: () => void

  constructor(client: Streamed<any, Out>, closes: boolean) {
    this.#client = client
    this.#closes = closes
  }

  start(controller: WritableStreamDefaultController): void {
    this.#controller = controller
    this.#unsubscribe = this.#client.on('state', (state) => {
      const end = endOf(state)
      if (end) this.#fail(end)
    })
    controller.signal.addEventListener('abort', () => this.#abort())
  }

  async write(chunk: Out): Promise<void> {
    for (;;) {
      await Promise.race([this.#client.drained(), new Promise<void>((resolve) => (this.#interrupt = resolve))])
      this.#check()
      const receipt = this.#client.deliver(chunk)
      // A message that is not taken has its outcome at once.
      const refused = await Promise.race([receipt, undefined]).catch((error: Error) => {
        this.#fail(error)
        throw error
      })
      // It takes more room than there was, or others took it first: from now on `drained()` waits for so much.
      if (refused?.why === 'full' || refused?.why === 'overflow') continue
      if (refused) this.#heed(refused)
      else this.#keep(receipt)
      return this.#check()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#pending.values())
    this.#check()
    this.#unsubscribe()
    if (!this.#closes) return
    this.#client.close()
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#client.state.name === 'closing') return
        off()
        resolve()
      }
      const off = this.#client.on('state', look)
      look()
    })
  }

  /** Heard by the signal: `abort()` of a sink would wait for the chunk that waits. */
  #abort(): void {
    this.#unsubscribe()
    for (const receipt of this.#pending.keys()) receipt.cancel()
    if (this.#closes) this.#client.close()
    this.#interrupt()
  }

  #keep(receipt: Receipt): void {
    this.#pending.set(receipt, this.#settled(receipt))
  }

  async #settled(receipt: Receipt): Promise<void> {
    const outcome = await receipt
    this.#pending.delete(receipt)
    this.#heed(outcome)
  }

  #heed(outcome: Outcome): void {
    if (isGap(outcome)) this.#fail(endOf(this.#client.state) ?? lossOf(outcome))
  }

  #check(): void {
    if (this.#failure) throw this.#failure
    if (this.#controller.signal.aborted) throw this.#controller.signal.reason
  }

  #fail(error: Error): void {
    this.#unsubscribe()
    this.#failure ??= error
    this.#controller.error(this.#failure)
    this.#interrupt()
  }
}

const endOf = (state: State): ClosecallError | undefined => (takes(state) ? undefined : stopped(state))

/** Whether what follows would stand beside what it does not follow. What was cancelled or taken, its taker knows of. */
const isGap = ({status, why}: Outcome): boolean => status === 'dropped' || status === 'expired' || (status === 'unsent' && why !== 'taken')

const lossOf = (outcome: Outcome): Error => Object.assign(new ClosecallError('INVALID', `a chunk was given up: ${outcome.why ?? outcome.status}`), {cause: outcome})
