// Everybody lost the connection at once: what do all clients do together to the server, and when are they back?

import {agenda} from './agenda.ts'
import {guarded} from './clients.ts'
import {fairnessOf, greatest, running, sumsOf, tally} from './figures.ts'
import {delayClients} from './delay-clients.ts'
import {machineClients} from './machine-clients.ts'
import {checkHint, checkSimulation, type Hint, type SimulateOptions} from './options.ts'
import {generator} from './random.ts'
import {serverOf} from './server.ts'
import {situations} from './situations.ts'

export interface Simulation {
  clients: number
  /** The share that is back at the end, 0 to 1. */
  back: number
  /** Clients that will not try again. */
  gaveUp: number
  /** Clients that are not back yet: it was stopped. */
  waiting: number
  /** The server is there for good from then on, ms after the loss. */
  up: number
  /** No policy has all back sooner than this after `up`, ms. */
  bound: number
  attempts: {total: number; /** Per client. */ mean: number; /** Of one client. */ worst: number}
  /** `total` attempts are these, and those that were still under way at the end. */
  outcomes: {
    accepted: number
    /** Told to go away. */
    shed: number
    /** Nobody answered, or what was accepted came to nothing. */
    failed: number
  }
  /** Attempts that reached the server in its busiest second, and tenth of a second, over its capacity. Seconds are counted from the loss. */
  peak: {second: number; tenth: number}
  /** When 50, 90, 99 and 100 % are back, ms after `up`; `Infinity`: never. */
  times: {half: number; most: number; nearly: number; all: number}
  /** Jain's index of how long those who are back had to wait after `up`, 0 to 1: 1 if all waited equally long. Served at capacity, it is 0.75. */
  fairness: number
  /** The limit that stopped it. */
  stopped: 'time' | 'attempts' | undefined
  /** One number for each `step` ms from the loss on. `arrivals` reach the server, be they accepted or not; `connected` is at the end of the step. */
  series: {step: number; arrivals: number[]; accepted: number[]; shed: number[]; connected: number[]}
}

/** What a client waits for. */
const loss = 0
const deadline = 1
const acceptance = 2
const refusal = 3
const failure = 4
const unspoken = 5

/**
 * Simulates a herd: clients that lose their connections to one server in the same moment. Synchronous and pure: no clock, no timer, no
 * randomness but from `seed`; it runs wherever ECMAScript does, also in a worker. 100 000 clients of closecall take about a second.
 *
 * The server accepts `capacity` connections a second, one after the other; who would have to wait for longer than `queue` is refused.
 * An attempt takes half a `roundTrip` to reach it, and so does the answer.
 *
 * @param options only `clients` must be given
 * @throws one sentence (`INVALID`) for an option that can't be used, for a policy that returns no delay (NaN, a negative number), and
 * for one that throws, with what it threw as its `cause`
 * @example
 * const {attempts, bound, times} = simulate({clients: 10_000, server: {capacity: 200}, outage: {kind: 'restart', duration: 5000}})
 * console.log(attempts.mean, times.nearly / bound)
 */
export function simulate(options: SimulateOptions): Simulation {
  const {clients: count, seed, server: settings, plan, network, policy, limit, step} = checkSimulation(options)
  const {roundTrip, news} = network
  const random = generator(seed)
  const server = serverOf(settings, plan)
  const clients =
    'delay' in policy ? delayClients(count, policy, random)
    : policy.delays === 'any' ? machineClients(count, policy.machine, random)
    : situations(count, policy.machine, random, policy.delays === 'remembered', typeof settings.hint === 'function')

  /** The last place is the server's own: when it goes next. */
  const calendar = agenda(count + 1)
  const awaited = new Uint8Array(count)
  const said = Array.from<Hint | undefined>({length: settings.hint ? count : 0})
  /** When the server has answered, or will have. */
  const answered = new Float64Array(count)
  const backAt = new Float64Array(count).fill(Infinity)
  const tries = new Int32Array(count)
  let waiting = count
  let gaveUp = 0
  let total = 0
  let accepted = 0
  let shed = 0
  let failed = 0
  const arrivals = tally(step)
  const tenths = tally(100)
  const accepts = tally(step)
  const sheds = tally(step)
  const connected = tally(step)

  const hintAt = (at: number): Hint | undefined => {
    const {hint} = settings
    return typeof hint === 'function' ? guarded('`server.hint` threw', () => checkHint(hint(at, Math.ceil(server.waitingAt(at))) ?? {})) : hint
  }

  const expect = (who: number, what: number, at: number): void => {
    awaited[who] = what
    calendar.set(who, at)
  }

  const isBack = (who: number): boolean => backAt[who]! < Infinity

  /** The client's own deadline comes next, if it has one. */
  const rest = (who: number): void => {
    const at = clients.next(who)
    if (at === Infinity && !isBack(who)) {
      gaveUp++
      waiting--
    }
    expect(who, deadline, at)
  }

  const attempt = (who: number, now: number): void => {
    const arrival = now + roundTrip / 2
    total++
    tries[who]!++
    if (plan.isUp(arrival)) {
      arrivals.add(arrival)
      tenths.add(arrival)
    }
    const answer = server.meet(arrival)
    const doneAt = server.doneAt()
    answered[who] = doneAt
    const heardAt = plan.failsAtOnce && !plan.isUp(arrival) ? now : doneAt + roundTrip / 2
    if (answer === 'shed' && settings.hint) said[who] = hintAt(arrival)
    // Who does not wait for so long leaves; the server does not know, and has its work with it all the same.
    const patience = clients.next(who)
    if (patience < heardAt) {
      failed++
      return expect(who, deadline, patience)
    }
    expect(who, answer === 'accepted' ? acceptance : answer === 'failed' ? failure : settings.sheds === 'close' ? refusal : unspoken, heardAt)
  }

  /** Who is connected loses the connection, who is being accepted does not get one. */
  const go = (now: number): void => {
    server.reset()
    for (let who = 0; who < count; who++) {
      if (awaited[who] === acceptance && calendar.timeOf(who) < Infinity) expect(who, failure, now + roundTrip / 2)
      if (!isBack(who)) continue
      connected.add(now, -1)
      backAt[who] = Infinity
      waiting++
      lose(who, now)
    }
  }

  const lose = (who: number, now: number): void => {
    if (settings.hint) said[who] = plan.speaks ? hintAt(now) : undefined
    expect(who, loss, now + news * random())
  }

  const happens = (who: number, now: number): void => {
    switch (awaited[who]) {
      case loss:
        clients.closed(who, now, plan.code, said[who])
        break
      case deadline:
        if (clients.due(who, now)) return attempt(who, now)
        break
      case acceptance:
        accepted++
        accepts.add(answered[who]!)
        connected.add(now)
        backAt[who] = now
        waiting--
        clients.opened(who, now)
        break
      case refusal:
        shed++
        sheds.add(answered[who]!)
        clients.opened(who, now)
        clients.closed(who, now, 1013, said[who])
        break
      case unspoken:
        shed++
        sheds.add(answered[who]!)
        clients.closed(who, now, 1006, undefined)
        break
      default:
        failed++
        clients.closed(who, now, 1006, undefined)
    }
    rest(who)
  }

  for (let who = 0; who < count; who++) lose(who, 0)
  let departures = 1
  const depart = (): void => calendar.set(count, plan.goes[departures] ?? Infinity)
  depart()

  let now = 0
  let stopped: Simulation['stopped']
  while (waiting > 0 || departures < plan.goes.length) {
    const who = calendar.first()
    const at = calendar.timeOf(who)
    // Nobody is left who waits for anything.
    if (at === Infinity) break
    stopped = at > limit.time ? 'time' : total >= limit.attempts * count ? 'attempts' : undefined
    if (stopped) break
    now = at
    if (who < count) {
      happens(who, now)
      continue
    }
    departures++
    depart()
    go(now)
  }

  const {up} = plan
  const waits = backAt.filter((at) => at < Infinity).map((at) => at - up).sort()
  const by = (share: number): number => waits[Math.ceil(share * count) - 1] ?? Infinity
  const {capacity} = settings
  return {
    clients: count,
    back: waits.length / count,
    gaveUp,
    waiting,
    up,
    bound: server.finish(up, count) - up,
    attempts: {total, mean: total / count, worst: greatest(tries)},
    outcomes: {accepted, shed, failed},
    peak: {second: greatest(sumsOf(tenths.upTo(now), 10)) / capacity, tenth: (10 * greatest(tenths.upTo(now))) / capacity},
    times: {half: by(0.5), most: by(0.9), nearly: by(0.99), all: by(1)},
    fairness: fairnessOf(waits),
    stopped,
    series: {step, arrivals: arrivals.upTo(now), accepted: accepts.upTo(now), shed: sheds.upTo(now), connected: running(connected.upTo(now))},
  }
}
