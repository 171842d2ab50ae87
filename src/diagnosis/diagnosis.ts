// What is noted while connections come and go, and when is a pattern told?

import type {Extension} from '../client/extension.ts'
import {fill, must, type Rules} from '../core/check.ts'
import {userAgent} from '../platform/user-agent.ts'
import {heldBack, holdsBack, type Outage} from './held-back.ts'
import {continues, findPattern, type PatternRules} from './patterns.ts'
import {addressOf, sessionOf, type Arrivals, type Session} from './sessions.ts'

/**
 * - `idle-limit`: connections end after the same silence
 * - `lifetime-limit`: they end at the same age
 * - `idle-or-lifetime-limit`: both are the same
 * - `rejected-after-open`: the server accepts them and ends them right away
 * - `suspect-send`: they are lost right after the same message was sent
 * - `heartbeat-unanswered`: they are given up for their silence, and the server never said anything
 * - `held-by-browser`: an attempt timed out that Firefox may have kept to itself
 */
export type PatternName = 'idle-limit' | 'lifetime-limit' | 'idle-or-lifetime-limit' | 'rejected-after-open' | 'suspect-send' | 'heartbeat-unanswered' | 'held-by-browser'

export interface DiagnosisOptions {
  /** Connections in a row that must agree before a limit or a rejection is named, a whole number, 2–16. Default 3. */
  sessions?: number
  /** How far apart durations may be and still count as the same, as a share of the longest, 0–0.5. Half a second may always be. Default 0.05. */
  tolerance?: number
  /** For tests: what `navigator.userAgent` says. */
  userAgent?: string
}

const defaults: PatternRules = {sessions: 3, tolerance: 0.05}

const rules: Rules = {sessions: '2..16', tolerance: '0..0.5', userAgent: 'a string'}

/** Connections, and addresses without one, that are remembered. */
const remembered = 32

const remember = <T>(list: T[], item: T): void => {
  if (list.push(item) > remembered) list.shift()
}

/**
 * Names what several ends have in common: a limit on idle connections or on their lifetime, a server that accepts and then
 * rejects, a message that makes it drop the connection, a browser that holds an attempt back.
 *
 * The end that completes a pattern has it in `history` (`entry.pattern`); `on('diagnosis')` is told, or the console. Ends that
 * continue it are silent until another breaks it, or the limit changes. Nothing else about the client changes.
 *
 * @returns a value for the `extensions` option, for any number of clients
 * @throws {ClosecallError} at once (`INVALID`) for an option that can't be used
 * @example
 * const client = connect('wss://api.example.com/live', {extensions: [diagnosis()]})
 * client.on('diagnosis', ({name, limit, advice}) => console.info(name, limit, advice)) // 'idle-limit', 60012, 'Set `heartbeat.interval` …'
 */
export function diagnosis(options: DiagnosisOptions = {}): Extension {
  const settings: PatternRules & DiagnosisOptions = fill('diagnosis', defaults, rules, options, 'diagnosis.')
  must(Number.isInteger(settings.sessions), 'diagnosis.sessions', 'a whole number', settings.sessions)

  return ({clock}) => {
    const holds = holdsBack(settings.userAgent ?? userAgent())
    const sessions: Session[] = []
    const outages: Outage[] = []
    const arrivals: Arrivals = {messages: 0, at: 0}
    let startedAt: number | undefined

    // The clock is read once in a turn of the event loop: to read it costs more than to take note of a message.
    let noted = false
    const endTurn = (): void => void (noted = false)

    const outageAt = (address: string): Outage => {
      const known = outages.find((outage) => outage.address === address)
      if (known) return known
      const outage = {address, refusals: 0, refusedAt: 0, told: false}
      remember(outages, outage)
      return outage
    }

    return {
      admit() {
        startedAt = clock.now()
      },
      opened(url) {
        const address = addressOf(url)
        const over = outages.findIndex((outage) => outage.address === address)
        if (over >= 0) outages.splice(over, 1)
        arrivals.messages = 0
      },
      received() {
        arrivals.messages++
        if (noted) return
        noted = true
        arrivals.at = clock.now()
        queueMicrotask(endTurn)
      },
      settled(entry, end) {
        const began = startedAt
        startedAt = undefined
        if (!entry.close.opened) return holds ? heldBack(outageAt(addressOf(end.url)), entry.close, began, entry.at) : undefined

        const session = sessionOf(entry, end, arrivals)
        if (!session) return undefined
        const before = sessions.filter(({address, givenUp}) => address === session.address && givenUp === session.givenUp)
        const told = before.at(-1)?.pattern
        const pattern = findPattern([...before, session], settings)
        remember(sessions, session)
        if (!pattern) return undefined
        const known = continues(pattern, told, settings)
        session.pattern = known ? told! : pattern
        return known ? undefined : pattern
      },
    }
  }
}
