// What does a message of the server mean, and is it one to tell?

import {ClosecallError} from '../core/errors.ts'
import type {SchemaResult} from './codec.ts'
import type {Invalid, MessageData} from './events.ts'
import type {Settings} from './options.ts'
import type {Outbox} from './outbox.ts'

/** What is lent: the outbox, and a voice. */
interface Line<In> {
  tell(data: In, event: Event): void
  refuse(invalid: Invalid): void
  readonly outbox: Pick<Outbox, 'acknowledge'>
  /** Whether anybody still listens: a schema may take its time. */
  listens(): boolean
}

interface Event {
  readonly data: MessageData
}

/** Issues of one message that are told. */
const mostIssues = 16

/** Messages that wait for a schema which takes its time: a server must not fill the memory of a client that can't keep up. */
const mostWaiting = 10_000

/** Asks the caller's code about a message. What it can't read, the server wrote: that is no error of the caller's. */
export const answerOf = <T>(question: () => T, {data}: Event, refuse: (invalid: Invalid) => void): T | undefined => {
  try {
    return question()
  } catch (error) {
    refuse({reason: 'unexpected', data, error})
    return undefined
  }
}

/** @returns what takes the messages of one connection, and tells what they mean, in their order; undefined where they are what they mean */
export const readerOf = <In>({codec, schema, delivery}: Settings, {tell, refuse, outbox, listens}: Line<In>): ((event: Event) => void) | undefined => {
  /** Where a schema takes its time, later messages wait. */
  let before: Promise<void> | undefined
  let waiting = 0

  const heed = (data: In, event: Event): void => {
    // A duplicate may acknowledge more than it did the first time.
    const strange = answerOf(() => outbox.acknowledge(delivery!.acked(data)).filter((id) => !delivery!.knows?.(id)), event, refuse)
    if (strange?.length) refuse({reason: 'unknown-ack', data: event.data})
    if (!answerOf(() => delivery!.seen?.(data), event, refuse)) tell(data, event)
  }
  const told = delivery ? heed : tell
  if (!codec && !schema) return delivery && ((event) => told(event.data, event))

  return (event) => {
    const {data} = event
    const judge = (result: SchemaResult<In>): void => {
      if (result.issues) return refuse({reason: 'unexpected', data, issues: result.issues.slice(0, mostIssues)})
      if (!('value' in result)) throw new TypeError('the schema gave neither a value nor issues')
      if (listens()) told(result.value, event)
    }
    let reason: Invalid['reason'] = 'undecodable'
    const fail = (error: unknown): void => refuse({reason, data, error})
    try {
      const value: In = codec ? codec.decode(data) : data
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
