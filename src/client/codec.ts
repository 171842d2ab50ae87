// How do messages become values, and values messages?

import {ClosecallError} from '../core/errors.ts'
import type {SendData} from '../core/index.ts'
import type {MessageData} from './events.ts'

/** Turns values into messages and back, at once: promises are not waited for. Both may throw for what they can't turn. `json` of `closecall/codecs` is one. */
export interface Codec<In = any, Out = any> {
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

/** An incoming message that is not what was expected. It reaches no `message` listener, unless only its acknowledgement is strange. */
export interface Invalid {
  /** `undecodable`: the codec threw. `unexpected`: the schema does not allow it. `unknown-ack`: it acknowledges what nobody sent. */
  reason: 'undecodable' | 'unexpected' | 'unknown-ack'
  /** As the runtime delivered it. Written by the server: hostile input. */
  data: MessageData
  /** What the schema says, at most 16 issues. */
  issues?: readonly SchemaIssue[]
  /** What the codec or the schema threw; an `OVERFLOW` where 10 000 messages wait for a slow schema, which is not asked about more. */
  error?: unknown
}

interface Event {
  readonly data: MessageData
}

/** Issues of one message that are told. */
const mostIssues = 16

/** Messages that wait for a schema which takes its time: a server must not fill the memory of a client that can't keep up. */
const mostWaiting = 10_000

/** @returns what takes the runtime's messages, and hands on what they mean, in their order */
export const reading = ({codec, schema}: {codec?: Codec | undefined; schema?: Schema | undefined}, told: (data: any, event: Event) => void, refused: (invalid: Invalid) => void): ((event: Event) => void) => {
  /** Where a schema takes its time, later messages wait. */
  let before: Promise<void> | undefined
  let waiting = 0
  return (event) => {
    const {data} = event
    const judge = (result: SchemaResult<unknown>): void => {
      if (result.issues) return refused({reason: 'unexpected', data, issues: result.issues.slice(0, mostIssues)})
      if (!('value' in result)) throw new TypeError('the schema gave neither a value nor issues')
      told(result.value, event)
    }
    let reason: Invalid['reason'] = 'undecodable'
    const fail = (error: unknown): void => refused({reason, data, error})
    try {
      const value: unknown = codec ? codec.decode(data) : data
      if (!schema) return told(value, event)
      reason = 'unexpected'
      if (waiting >= mostWaiting) throw new ClosecallError('OVERFLOW', `${mostWaiting} messages wait for the schema`)
      const result = schema['~standard'].validate(value)
      if (!waiting && !('then' in result)) return judge(result)
      waiting++
      before = Promise.all([result, before])
        .then(([settled]) => judge(settled))
        .catch(fail)
        .finally(() => void waiting--)
    } catch (error) {
      fail(error)
    }
  }
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
