// How does a hundred thousand of closecall's own clients fit into seconds?
//
// `transition()` is pure, and knows time only by its differences: clients that heard the same in the same order are in the same
// situation, and differ in when they got there and in the delay that they drew. So it is asked once for all of them, with one of
// their states, and what it said is kept: where that leads, and the delay as a function of the random number.

import {deadlineOf, isResting, transition, type CloseReport, type Event, type Policy, type State} from '../core/index.ts'
import {guarded, type Clients} from './clients.ts'
import {reasons, stableState} from './machine-clients.ts'
import type {Random} from './random.ts'

interface Situation {
  /** Of the first client that got there. */
  state: State
  /** When that was; what follows is told in that client's time. */
  at: number
  /** From getting there to the deadline, ms; a pause is each client's own. */
  wait: number
  due?: {to: Situation; dials: boolean}
  opened?: Situation
  /** By what was heard. */
  lost: Map<number, {to: Situation; delay: (random: number) => number}>
}

/** In place of a close: the attempt took too long. */
const timeout = 0

/**
 * The same as `machineClients()`, many times as fast. A policy with a `classify` of the caller's needs that one: it may look at everything.
 *
 * @param remembers delays depend on the one before: then each is asked for
 * @param varies hints differ from client to client: likewise
 */
export function situations(count: number, policy: Policy, random: Random, remembers: boolean, varies: boolean): Clients {
  const known = new Map<string, Situation>()
  const where = new Int32Array(count)
  const list: Situation[] = []
  const numbers = new Map<Situation, number>()
  const since = new Float64Array(count)
  const wakeAt = new Float64Array(count).fill(Infinity)
  const previous = new Float64Array(count)
  const reasonOf = reasons()

  const ask = (state: State, event: Event) => guarded('the policy threw', () => transition(state, event, policy))

  const situationOf = (state: State, at: number): Situation => {
    const key = keyOf(state)
    let situation = known.get(key)
    if (!situation) {
      situation = {state, at, wait: isResting(state) ? Infinity : (deadlineOf(state) ?? Infinity) - at, lost: new Map()}
      known.set(key, situation)
      numbers.set(situation, list.push(situation) - 1)
    }
    return situation
  }

  const enter = (who: number, now: number, to: Situation, wait = to.wait): void => {
    where[who] = numbers.get(to)!
    since[who] = now
    wakeAt[who] = now + wait
  }

  /** What becomes of a client whose connection or attempt is over, with this random number. */
  const outcome = (who: number, {state}: Situation, event: Event): State => {
    const remembered = remembers && 'streak' in state && state.streak.delay !== undefined ? {...state, streak: {...state.streak, delay: previous[who]!}} : state
    return ask(remembered, event).state
  }

  const lose = (who: number, now: number, heard: number, close: CloseReport | undefined): void => {
    const from = list[where[who]!]!
    const {state} = from
    const isStable = state.name === 'open' && (state.stableAt === undefined || now - since[who]! >= policy.stableAfter)
    const at = state.name === 'open' ? state.since + (isStable ? policy.stableAfter : 0) : close ? from.at : from.at + from.wait
    const eventWith = (chance: number): Event => {
      const stamp = {epoch: state.epoch, now: at, random: chance, online: true}
      return close ? {type: 'closed', close, ...stamp} : {type: 'deadline', ...stamp}
    }
    if (remembers || varies) {
      const next = outcome(who, from, eventWith(random()))
      const wait = delayOf(next)
      previous[who] = wait
      return enter(who, now, situationOf(next, at), wait)
    }
    const key = 2 * heard + Number(isStable)
    let edge = from.lost.get(key)
    if (!edge) {
      const next = outcome(who, from, eventWith(0))
      edge = {to: situationOf(next, at), delay: isResting(next) ? () => Infinity : piecewise((chance) => delayOf(outcome(who, from, eventWith(chance))))}
      from.lost.set(key, edge)
    }
    enter(who, now, edge.to, edge.delay(random()))
  }

  const first = stableState(policy)
  situationOf(first, 'since' in first ? first.since! : 0)

  return {
    closed(who, now, code, hint) {
      lose(who, now, 2 * code + Number(!!hint), {code, reason: reasonOf(hint), wasClean: code !== 1006})
    },
    opened(who, now) {
      const from = list[where[who]!]!
      const {state, at} = from
      from.opened ??= situationOf(ask(state, {type: 'opened', epoch: state.epoch, now: at, random: 0, online: true}).state, at)
      enter(who, now, from.opened)
    },
    due(who, now) {
      const from = list[where[who]!]!
      const {state} = from
      if (state.name === 'connecting') {
        lose(who, now, timeout, undefined)
        return false
      }
      if (!from.due) {
        const at = deadlineOf(state)!
        const {state: next, effects} = ask(state, {type: 'deadline', epoch: state.epoch, now: at, random: 0, online: true})
        from.due = {to: situationOf(next, at), dials: effects.some(({type}) => type === 'connect')}
      }
      enter(who, now, from.due.to)
      return from.due.dials
    },
    next: (who) => wakeAt[who]!,
  }
}

/** What decides what comes next, but for time and chance. */
const keyOf = (state: State): string => {
  if (!('attempt' in state)) return state.name
  const {name, attempt, failures, streak} = state
  return [name, attempt, failures, streak.key, streak.strikes, 'refresh' in state && state.refresh, 'stableAt' in state].join()
}

const delayOf = (state: State): number => (state.name === 'backoff' ? state.delay : Infinity)

/** How finely a function is looked at: at least in 8 parts, at most in a million where it bends. */
const coarsest = 3
const finest = 20

/** A function of a random number that is straight but for some bends, as a table. Every rule for a delay that is data is such a one. */
export function piecewise(of: (random: number) => number): (random: number) => number {
  const xs = [0]
  const ys = [of(0)]
  const add = (from: number, to: number, end: number, depth: number): void => {
    const start = ys.at(-1)!
    const middle = of((from + to) / 2)
    const isStraight = Math.abs(start + end - 2 * middle) <= 1e-9 * (1 + middle)
    if (depth < coarsest || (!isStraight && depth < finest)) {
      add(from, (from + to) / 2, middle, depth + 1)
      add((from + to) / 2, to, end, depth + 1)
      return
    }
    // One straight piece in a row with the last is a longer one.
    const slope = (y: number, x: number, i: number): number => (y - ys[i]!) / (x - xs[i]!)
    if (xs.length > 1 && Math.abs(slope(end, to, xs.length - 2) - slope(start, from, xs.length - 2)) <= 1e-9 * (1 + end)) {
      xs.pop()
      ys.pop()
    }
    xs.push(to)
    ys.push(end)
  }
  add(0, 1, of(1), 0)
  return (random) => {
    let i = 1
    while (xs[i]! < random) i++
    return ys[i - 1]! + ((ys[i]! - ys[i - 1]!) * (random - xs[i - 1]!)) / (xs[i]! - xs[i - 1]!)
  }
}
