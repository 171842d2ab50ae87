// Which connections are compared, and what is remembered of each?

import type {End} from '../client/extension.ts'
import type {HistoryEntry, Pattern} from '../client/report.ts'
import type {CloseOrigin, FrameEvidence} from '../core/index.ts'
import {withoutSecrets} from '../core/secrets.ts'

/** A connection that was open, and that the server, the network or the heartbeat ended. */
export interface Session {
  /** URL without query and user: tokens in it change, the place doesn't. */
  address: string
  /** The heartbeat ended it, not something from outside. */
  givenUp: boolean
  code: number
  /** Of the verdict. */
  name: string
  /** Milliseconds that it was open. */
  age: number
  /** Milliseconds before the end without a message in either direction. */
  silence: number
  /** How many arrived. */
  messages: number
  /** The message that may be to blame: see {@link suspectOf}. */
  suspect?: FrameEvidence
  /** What it had in common with those before it. */
  pattern?: Pattern
}

/** What the extension noted of messages. */
export interface Arrivals {
  /** On this connection. */
  messages: number
  /** When the last one came, on this connection or an earlier one, ms since 1970; 0 for none. */
  at: number
}

/** What follows something so soon is taken for its consequence, ms: a round trip, and a server that looks something up first. */
export const soon = 2000

/** After a longer silence the link may have been cut already, and any message would have shown it: no idle limit is shorter, ms. */
const surelyAlive = 25_000

/** Ends that say something about the server, or the way to it. */
const origins: readonly CloseOrigin[] = ['event', 'error', 'stalled', 'heartbeat']

export const addressOf = (url: string): string => withoutSecrets(url)

/** @returns undefined for an end that says nothing about limits and rejections: never open, wished for, or explained by its code as our own fault */
export function sessionOf({at, close, verdict}: HistoryEntry, end: End, arrivals: Arrivals): Session | undefined {
  const {code, age, opened, origin} = close
  if (!opened || !origins.includes(origin) || verdict.action === 'end' || verdict.fault === 'sender') return undefined
  const suspect = code === 1006 && origin !== 'heartbeat' ? suspectOf(end.frames(), at - Math.max(arrivals.at, at - age)) : undefined
  return {
    address: addressOf(end.url),
    givenUp: origin === 'heartbeat',
    code,
    name: verdict.name,
    age,
    silence: Math.min(age, at - Math.max(arrivals.at, end.sentAt ?? 0)),
    messages: arrivals.messages,
    ...(suspect && {suspect}),
  }
}

/**
 * The last message, if it left right before the end, on a link that was alive, and none like it had left earlier without harm.
 *
 * @param aliveAgo how long before the end the link was alive for certain, ms
 */
export function suspectOf(frames: readonly FrameEvidence[], aliveAgo: number): FrameEvidence | undefined {
  const last = frames.at(-1)
  if (!last || aliveAgo - last.age > surelyAlive) return undefined
  // The last itself, too: it must have left right before the end.
  return frames.some((frame) => frame.age > soon && isSameMessage(frame, last)) ? undefined : last
}

/** Of a large message, or a Blob, kind and length must do. */
export const isSameMessage = (a: FrameEvidence, b: FrameEvidence): boolean => a.kind === b.kind && a.length === b.length && a.fingerprint === b.fingerprint
