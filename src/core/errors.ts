// What went wrong, for somebody who must change code or configuration?

import type {Close} from './close.ts'
import type {Verdict} from './close-codes.ts'

/**
 * - `INVALID`: an argument or option can't be used; thrown at once
 * - `NO_WEBSOCKET`: the runtime has no WebSocket and none was given; thrown at once
 * - `LINT`: `lint: 'throw'` found fault with a message
 * - `FAILED`: the client stopped; in reports, and what `ready` rejects with
 * - `CLOSED`: the client was closed before it was ready, or the connection that `onOpen` sets up is over
 * - `OVERFLOW`: nobody reads the messages that an iterator keeps
 */
export type ClosecallErrorCode = 'INVALID' | 'NO_WEBSOCKET' | 'LINT' | 'FAILED' | 'CLOSED' | 'OVERFLOW'

const brand = Symbol.for('closecall.error')

export class ClosecallError extends Error {
  override readonly name = 'ClosecallError'
  declare readonly code: ClosecallErrorCode
  /** The close that caused it. */
  declare readonly close?: Close
  declare readonly verdict?: Verdict

  constructor(code: ClosecallErrorCode, message: string, ended: {last?: Close; verdict?: Verdict} = {}) {
    super(`closecall: ${message}`)
    Object.defineProperty(this, brand, {value: true})
    this.code = code
    this.close = ended.last
    this.verdict = ended.verdict
  }

  toJSON(): {name: string; code: ClosecallErrorCode; message: string} {
    return {name: this.name, code: this.code, message: this.message}
  }
}

/** Works across copies of the package and across realms, where `instanceof` does not. */
export const isClosecallError = (value: unknown): value is ClosecallError => (value as Record<symbol, unknown> | null | undefined)?.[brand] === true
