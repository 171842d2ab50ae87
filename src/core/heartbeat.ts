// Is there still somebody at the other end?

/** When silence becomes suspicious, and when it is the end. */
export interface HeartbeatRules {
  /** So long without a sign of life, and the server is asked for one, ms. */
  interval: number
  /** So long without an answer, and the connection is given up, ms. */
  timeout: number
}

/** What is known of the other end's life. Looked at now and then, so that a message costs no more than being counted. */
export interface Beat {
  /** Whether the server can be asked. Otherwise it must speak by itself, at least every `interval`. */
  asks: boolean
  /** The last look, and how many signs of life there had been. */
  lookedAt: number
  signs: number
  /** There was one then, or later. */
  aliveAt: number
  /** The end, unless there is a sign of life before. */
  answerBy?: number | undefined
  /** The server was asked once more, since the timer came too late to tell an answer that waits to be read from none. */
  again?: boolean
  /** The server was asked because of a wake. Wakes come in twos and threes: one question will do. */
  woken?: boolean
}

/** A timer that is later than this was held up: by a hidden tab, a busy or frozen page, a machine that slept, ms. */
export const tolerance = 1000

/** The longest that an answer may take when we wake up, ms. */
const wakeTimeout = 3000

/** The connection is open. */
export const firstBeat = (asks: boolean, now: number, signs: number, {interval, timeout}: HeartbeatRules): Beat => ({
  asks,
  lookedAt: now,
  signs,
  aliveAt: now,
  answerBy: asks ? undefined : now + interval + timeout,
})

/** When to look again. Twice an interval: so the age of what arrives is known well enough not to ask a busy link. */
export const nextLook = ({answerBy, aliveAt, lookedAt}: Beat, {interval}: HeartbeatRules): number => Math.min(answerBy ?? aliveAt + interval, lookedAt + interval / 2)

/**
 * What arrived since the last look is at worst as old as that look. So an idle link is asked every `interval`, one with a message every
 * half `interval` never, and a half-open one is noticed within `interval + timeout`; where the server can't be asked, within twice that.
 *
 * @param signs signs of life so far: messages, pongs
 * @param woken we may have been away: ask at once, for a quick answer, and judge nothing yet
 * @returns undefined when it is the end; `ask`: send the question now
 */
export function look(beat: Beat, now: number, signs: number, {interval, timeout}: HeartbeatRules, woken: boolean): {beat: Beat; ask: boolean} | undefined {
  const {asks, lookedAt} = beat
  const alive = signs !== beat.signs
  // What arrived answers everything that was asked.
  const {answerBy, again = false, woken: hurried = false} = alive ? ({} as Partial<Beat>) : beat
  const aliveAt = alive ? lookedAt : beat.aliveAt
  const overdue = answerBy !== undefined && now >= answerBy
  // Neither tells an answer that waits to be read from none.
  const excused = overdue ? woken || (now > answerBy + tolerance && !again) : woken && !hurried
  if (overdue && !excused) return undefined

  const ask = asks && (excused || (answerBy === undefined && now >= aliveAt + interval))
  const patience = excused ? Math.min(timeout, wakeTimeout) : timeout
  const by =
    ask ? now + patience
    // Excused, and there is nothing to ask with: it has a little longer to speak.
    : overdue ? now + timeout
    // It spoke, and must again.
    : alive && !asks ? now + interval + timeout
    : answerBy
  return {beat: {asks, lookedAt: now, signs, aliveAt, answerBy: by, again: overdue || again, woken: woken || hurried}, ask}
}
