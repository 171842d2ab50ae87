// How do messages become values, and values messages?

import {ClosecallError} from '../core/errors.ts'
import type {SendData} from '../core/index.ts'
import type {MessageData} from './events.ts'

/** Turns values into messages and back, at once: promises are not waited for. Both may throw for what they can't turn. `json` of `closecall/codecs` is one. */
export interface Codec<In = any, Out = any> {
  /** What it returns is kept until it has left, and not copied: give each message memory of its own. */
  encode(data: Out): SendData
  /** @param data as the runtime delivers it: a string, an ArrayBuffer or a Blob */
  decode(data: MessageData): In
}

/**
 * The part of a Standard Schema that is used: zod, valibot, arktype and others have it.
 *
 * @see Standard Schema, version 1
 */
export interface Schema<In = any> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<In> | Promise<SchemaResult<In>>
    readonly types?: {readonly input: unknown; readonly output: In} | undefined
  }
}

export type SchemaResult<In> = {readonly value: In; readonly issues?: undefined} | {readonly issues: readonly SchemaIssue[]}

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | {readonly key: PropertyKey})[] | undefined
}

/** @throws one sentence, where the codec can't */
export const encoded = (codec: Codec | undefined, data: unknown): SendData => {
  if (!codec) return data as SendData
  try {
    return codec.encode(data)
  } catch (cause) {
    throw Object.assign(new ClosecallError('INVALID', '`data` must be something that the codec can encode'), {cause})
  }
}
