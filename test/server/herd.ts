// How does a herd come back to a server that sheds it? Real clients of the core, a simulated clock, network and server: the same result on every run.

import {defaultPolicy, initialState, transition, type Event, type State} from '../../src/core/index.ts'
import type {Shed, Shedder} from '../../src/server/index.ts'

export interface Herd {
  clients: number
  /** Connections that the server can take in a second. */
  capacity: number
  /** What closing each open connection says, at most 100 ms after the start. Absent: the connection is cut, and nothing said. */
  farewell?: (shedder: Shedder) => Shed
  /** How long nobody listens, ms. */
  away?: number
  /** What a refusal takes of the server's time, in accepts. */
  refusalCost?: number
  /** The shares that never come back, and that don't hear what a reason says. */
  gone?: number
  deaf?: number
  /** Clients that nobody closed, and that come one by one, a second. */
  newcomers?: number
  /** From when to when, ms, the server can take half, and says so to its shedder. */
  brownOut?: [number, number]
  /** How much later than its timer says a client comes at most, ms. */
  late?: number
}

export interface Return {
  /** Share that is back at the end, of those that come back at all. */
  back: number
  /** When the last of them was, ms, over clients / capacity. */
  time: number
  /** Per client: of all, of those that hear. */
  attempts: number
  hearing: number
  worst: number
  refused: number
  /** Most arrivals over capacity, in 100 ms and in a second. */
  peak: {window: number; second: number}
  /** The longest that a client waited for the server to come to it, s. */
  queue: number
}

const roundTrip = 80
const news = 100

/** mulberry32, by Tommy Ettinger: enough for a draw of lots, and the same in every engine. */
const lots = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

interface Client {
  state: State
  attempts: number
  deaf: boolean
  newcomer: boolean
  back: boolean
}

/** A heap by time. */
const schedule = () => {
  const times: number[] = []
  const tasks: (() => void)[] = []
  const swap = (i: number, j: number): void => {
    ;[times[i], times[j]] = [times[j]!, times[i]!]
    ;[tasks[i], tasks[j]] = [tasks[j]!, tasks[i]!]
  }
  return {
    add(time: number, task: () => void) {
      let i = times.push(time) - 1
      tasks.push(task)
      for (let up; i && times[(up = (i - 1) >> 1)]! > times[i]!; i = up) swap(i, up)
    },
    next(): {time: number; task: () => void} | undefined {
      if (!times.length) return undefined
      swap(0, times.length - 1)
      const next = {time: times.pop()!, task: tasks.pop()!}
      for (let i = 0, down; (down = 2 * i + 1) < times.length; i = down) {
        if (down + 1 < times.length && times[down + 1]! < times[down]!) down++
        if (times[i]! <= times[down]!) break
        swap(i, down)
      }
      return next
    },
  }
}

/** @param shedderOf the shedder of each process: of the one that goes, and of the one that comes */
export function comeBack(herd: Herd, shedderOf: (now: () => number, backlog: number) => Shedder): Return {
  const {clients: count, capacity, farewell, away = 0, refusalCost = 0, gone = 0, deaf = 0, newcomers = 0, late = 0, brownOut} = herd
  const random = lots(1)
  const {add, next} = schedule()
  const start = 100_000
  let now = start
  let shedder = shedderOf(() => now, 0)
  const arrivals: number[] = []
  let ability = capacity
  /** Until when the server has work. */
  let busy = 0
  let refused = 0
  let queue = 0
  let last = start

  const feed = (client: Client, event: Record<string, unknown>): void => {
    const {state, effects} = transition(client.state, {now, random: random(), online: true, ...event} as Event, defaultPolicy)
    client.state = state
    if (effects.some(({type}) => type === 'connect')) attempt(client, state.epoch)
    else if (state.name === 'backoff') {
      const {epoch, retryAt} = state
      add(retryAt + random() * late, () => feed(client, {type: 'deadline', epoch}))
    } else if (state.name !== 'connecting' && state.name !== 'open') throw new Error(`a client is ${state.name}`)
  }

  const attempt = (client: Client, epoch: number): void => {
    client.attempts++
    add(now + roundTrip / 2, () => {
      arrivals.push(now - start)
      if (now < start + away) return add(now + roundTrip / 2, () => feed(client, {type: 'closed', epoch, close: {code: 1006}}))
      // It decides at the door, and does the work one after the other.
      const shed = shedder.admit()
      if (shed) refused++
      queue = Math.max(queue, (busy - now) / 1000)
      busy = Math.max(now, busy) + ((shed ? refusalCost : 1) * 1000) / ability
      add(busy + roundTrip / 2, () => {
        feed(client, {type: 'opened', epoch})
        if (shed) return feed(client, {type: 'closed', epoch, close: {code: shed.code, reason: client.deaf ? '' : shed.reason, wasClean: true}})
        client.back = true
        if (!client.newcomer) last = now
      })
    })
  }

  const herded: Client[] = []
  for (let i = 0; i < count; i++) {
    now = start - 60_000
    const client: Client = {state: initialState, attempts: 0, deaf: random() < deaf, newcomer: false, back: false}
    const {state} = transition(client.state, {type: 'open', now, random: 0, online: true})
    client.state = transition(state, {type: 'opened', epoch: state.epoch, now, random: 0, online: true}).state
    now = start
    const shed = farewell?.(shedder)
    if (random() < gone) continue
    herded.push(client)
    const {epoch} = client.state
    const close = shed ? {code: shed.code, reason: client.deaf ? '' : shed.reason, wasClean: true} : {code: 1006}
    add(start + random() * news, () => feed(client, {type: 'closed', epoch, close}))
  }
  if (away) {
    const {backlog} = shedder
    add(start + away, () => (shedder = shedderOf(() => now, Math.max(0, backlog - away))))
  }
  for (const [i, time] of (brownOut ?? []).entries()) add(start + time, () => (shedder.capacity = ability = i ? capacity : capacity / 2))
  for (let i = 0; newcomers && i < (newcomers * count) / capacity; i++) {
    const client: Client = {state: initialState, attempts: 0, deaf: false, newcomer: true, back: false}
    add(start + away + random() * (count / capacity) * 1000, () => feed(client, {type: 'open'}))
  }

  for (let step; (step = next()) && step.time < start + 3_600_000; ) {
    now = step.time
    step.task()
  }

  const most = (width: number): number => {
    const counts = new Map<number, number>()
    let highest = 0
    for (const time of arrivals) {
      const n = (counts.get(Math.floor(time / width)) ?? 0) + 1
      counts.set(Math.floor(time / width), n)
      highest = Math.max(highest, n)
    }
    return highest / ((capacity * width) / 1000)
  }
  const mean = (some: Client[]): number => some.reduce((sum, {attempts}) => sum + attempts, 0) / some.length
  return {
    back: herded.filter(({back}) => back).length / herded.length,
    time: (last - start - away) / ((count / capacity) * 1000),
    attempts: mean(herded),
    hearing: mean(herded.filter((client) => !client.deaf)),
    worst: herded.reduce((most, {attempts}) => Math.max(most, attempts), 0),
    refused,
    peak: {window: most(100), second: most(1000)},
    queue,
  }
}
