// What do the last connections to an address have in common? Pure: policy is the table at the end.

import type {Pattern} from '../client/report.ts'
import {standardCode} from '../core/close-codes.ts'
import {isSameMessage, soon, type Session} from './sessions.ts'

export interface PatternRules {
  /** Connections in a row that must agree. */
  sessions: number
  /** How far apart durations that agree may be, as a share of the longest. */
  tolerance: number
}

/** Oldest first, all of one address. */
type Detector = (sessions: readonly Session[], rules: PatternRules) => Pattern | undefined

/** Shorter than this, no limit is meant: such a connection was rejected, or lost, ms. */
const shortestLimit = 5000

/** Events come late by as much, whatever the limit, ms. */
const slack = 500

const agree = (durations: readonly number[], tolerance: number): boolean => {
  const longest = Math.max(...durations)
  return longest - Math.min(...durations) <= Math.max(slack, longest * tolerance)
}

/** The last `count`, if there are so many. */
const lastOf = (sessions: readonly Session[], count: number): readonly Session[] | undefined => (sessions.length < count ? undefined : sessions.slice(-count))

/** What many know by heart as "60 s", "350 s" or "2 h". */
const inWords = (ms: number): string =>
  ms < 600_000 ? `${Math.round(ms / 1000)} s`
  : ms < 7_140_000 ? `${Math.round(ms / 60_000)} min`
  : `${Number((ms / 3_600_000).toFixed(1))} h`

/** Half of the limit, in whole seconds. */
const heartbeatFor = (limit: number): string =>
  `Set \`heartbeat.interval\` below it, to ${Math.floor(limit / 2000) * 1000} for instance, with a \`heartbeat.message\` where there are no protocol pings, as in browsers`

/** What was seen, and what to do about it, by what it may be. */
const limitWords: Record<'idle-limit' | 'lifetime-limit' | 'idle-or-lifetime-limit', (age: number, silence: number) => [string, string]> = {
  'idle-limit': (_age, silence) => [`after the same silence, about ${inWords(silence)}: the server, or something on the way to it, ends what is idle.`, `${heartbeatFor(silence)}.`],
  'lifetime-limit': (age) => [
    `at the same age, about ${inWords(age)}: the server, or something on the way to it, limits their lifetime.`,
    'Look for that limit at the server, its proxies and the credentials, and raise it, or expect it: a heartbeat does not help.',
  ],
  'idle-or-lifetime-limit': (age, silence) => [
    `at the same age, about ${inWords(age)}, after the same silence, about ${inWords(silence)}: the server, or something on the way to it, ends what is idle, or limits their lifetime.`,
    `${heartbeatFor(silence)}; if they still end at the same age, their lifetime is limited.`,
  ],
}

const limit: Detector = (sessions, {sessions: count, tolerance}) => {
  const last = lastOf(sessions, count)
  if (!last) return undefined
  // Nothing ends early: the shortest is nearest to the limit.
  const common = (durations: number[]): number => (agree(durations, tolerance) && Math.min(...durations) >= shortestLimit ? Math.min(...durations) : 0)
  const age = common(last.map((session) => session.age))
  const silence = common(last.map((session) => session.silence))
  if (!age && !silence) return undefined
  // A rhythm that began with the connection, such as our heartbeat's, is cut off at the same point each time if the age is the same.
  // The rest of such a division is less than half of the whole, and says nothing about idleness.
  const idle = silence > age / 2
  const name = !idle ? 'lifetime-limit' : age ? 'idle-or-lifetime-limit' : 'idle-limit'
  const [seen, advice] = limitWords[name](age, silence)
  return {name, explanation: `${count} connections in a row ended ${seen}`, advice, limit: idle ? silence : age}
}

/** What the server checks is the usual cause, but for the codes that say something else. */
const rejectionAdvice = 'Look at what the server checks once the handshake is done (credentials, the first message), and at its log.'
const rejectionAdviceFor: Readonly<Record<number, string>> = {
  1012: 'The server says that it is restarting: give it time.',
  1013: 'The server says that it is overloaded: give it time, or more capacity; to refuse the handshake with 503 would cost it less.',
}

/** One message may have come before the close: some servers say why in it. */
const rejected: Detector = (sessions, {sessions: count}) => {
  const last = lastOf(sessions, count)
  const {code, name} = last?.at(-1) ?? {}
  if (!last?.every((session) => session.code === code && session.age < soon && session.messages < 2)) return undefined
  return {
    name: 'rejected-after-open',
    explanation: `${count} connections in a row were accepted, and ended within ${inWords(soon)}, with ${code} ${name}.`,
    advice: rejectionAdviceFor[standardCode(code!)] ?? rejectionAdvice,
  }
}

/** Twice is enough for a suspicion: to try once more costs another connection. */
const repeats = 2

const suspectSend: Detector = (sessions) => {
  const last = lastOf(sessions, repeats)
  const suspect = last?.at(-1)!.suspect
  if (!suspect || !last!.every((session) => session.suspect && isSameMessage(session.suspect, suspect))) return undefined
  const {sequence, kind, length, findings} = suspect
  return {
    name: 'suspect-send',
    explanation: `${repeats} connections in a row were lost (1006) within ${inWords(soon)} of sending the same message, the last time as message ${sequence} (${[kind, `length ${length}`, ...findings].join(', ')}).`,
    advice: 'Look at what this message says, and at its size: many servers drop a connection instead of closing it with 1007, 1009 or 1011. If it is the first on each connection, look at what the server checks (credentials), too.',
    sequence,
  }
}

/** What the heartbeat ends says nothing about limits: its time is that of our own timer. */
const unanswered: Detector = (sessions, {sessions: count}) => {
  if (!lastOf(sessions, count)?.every(({messages}) => !messages)) return undefined
  return {
    name: 'heartbeat-unanswered',
    explanation: `${count} connections were given up for their silence, and the server had said nothing on any of them: it may not answer the heartbeat at all.`,
    advice: 'See that the server answers `heartbeat.message`, or says something by itself within each `heartbeat.interval`; `heartbeat: false` expects nothing of it.',
  }
}

/** The first that finds something has the word: what is known of a message says more than how long a connection lasted. */
const detectors: readonly Detector[] = [suspectSend, rejected, limit]

/** @param sessions of one address, oldest first; all given up by the heartbeat, or none */
export function findPattern(sessions: readonly Session[], rules: PatternRules): Pattern | undefined {
  for (const detect of sessions.at(-1)?.givenUp ? [unanswered] : detectors) {
    const pattern = detect(sessions, rules)
    if (pattern) return pattern
  }
  return undefined
}

/** Whether a pattern is the one that was told already, going on. */
export const continues = (pattern: Pattern, before: Pattern | undefined, {tolerance}: PatternRules): boolean =>
  pattern.name === before?.name && agree([pattern.limit ?? 0, before.limit ?? 0], tolerance)
