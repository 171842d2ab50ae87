// What does closecall's own client do about what it hears?

import {deadlineOf, initialState, isResting, transition, type CloseReport, type Event, type Policy, type State} from '../core/index.ts'
import {guarded, type Clients} from './clients.ts'
import type {Hint} from './options.ts'
import type {Random} from './random.ts'

/** Each client is a state, and `transition()` is asked about each event, as the client of `connect()` asks it: with the same events and the same stamps. */
export function machineClients(count: number, policy: Policy, random: Random): Clients {
  const states = Array.from<State>({length: count}).fill(stableState(policy))
  const reasonOf = reasons()

  const tell = (who: number, event: Event): boolean => {
    const {state, effects} = guarded('the policy threw', () => transition(states[who]!, event, policy))
    states[who] = state
    return effects.some(({type}) => type === 'connect')
  }
  /** Chance decides about the pause after an end, and about nothing else here. */
  const stamp = (now: number, chance = 0) => ({now, random: chance, online: true})

  return {
    closed(who, now, code, hint) {
      const close: CloseReport = {code, reason: reasonOf(hint), wasClean: code !== 1006}
      tell(who, {type: 'closed', epoch: states[who]!.epoch, close, ...stamp(now, random())})
    },
    opened(who, now) {
      tell(who, {type: 'opened', epoch: states[who]!.epoch, ...stamp(now)})
    },
    due: (who, now) => tell(who, {type: 'deadline', epoch: states[who]!.epoch, ...stamp(now, states[who]!.name === 'connecting' ? random() : 0)}),
    next: (who) => (isResting(states[who]!) ? Infinity : (deadlineOf(states[who]!) ?? Infinity)),
  }
}

/** Open for longer than it takes to be stable when the simulation begins, at 0. */
export const stableState = (policy: Policy): State => {
  const began = -2 * policy.stableAfter
  const connecting = transition(initialState, {type: 'open', now: began, random: 0, online: true}, policy).state
  const open = transition(connecting, {type: 'opened', epoch: connecting.epoch, now: began, random: 0, online: true}, policy).state
  return transition(open, {type: 'deadline', epoch: open.epoch, now: began + policy.stableAfter, random: 0, online: true}, policy).state
}

/** What a server writes for a hint, in seconds to the millisecond, as `closecall/server` does. The last one is kept: often it is the same for all. */
export const reasons = (): ((hint: Hint | undefined) => string) => {
  let last: Hint | undefined
  let text = ''
  return (hint) => {
    if (!hint) return ''
    if (hint !== last) text = [part('retry-after', hint.after), part('spread', hint.spread)].filter(Boolean).join(';')
    last = hint
    return text
  }
}

const part = (key: string, ms: number | undefined): string => (ms === undefined ? '' : `${key}=${Math.round(ms) / 1000}`)
