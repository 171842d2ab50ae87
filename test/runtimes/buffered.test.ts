// Does a message that we take for unsent ever arrive? Raw sockets of every engine, broken off while they send.

import {afterAll, afterEach, beforeAll, describe, expect, it, vi} from 'vitest'
import names from '../helpers/engine-names.json'
import {closeFrame, frame, serveFault, type Fault, type FaultServer} from '../helpers/fault-server.ts'
import {framing, unsentBytes} from '../../src/platform/websocket.ts'
import {engines, type EngineName} from './engines.ts'

/** What buffered.mjs tells of one connection. */
interface Buffered {
  name: string
  sent: number
  readyState: number
  bufferedAmount: number
  extensions: string
  native: boolean
  signs: Record<string, unknown>
}

/** Each lets a message in and breaks off. All but `reset` read on, whatever still comes: so it is known what had left. */
const breaks: Record<string, NonNullable<Fault['steps']>> = {
  reset: ['hears', 'rst'],
  end: ['hears', 'fin'],
  close: ['hears', closeFrame(1012), 'fin'],
  'bad frame': ['hears', frame(0xf3, 'x'), 'fin'],
  'end after a wait': ['hears', 'deaf', 300, 'fin', 'listens'],
}

/** More than a kernel takes. */
const loads = {big: {count: 8, size: 4 << 20}, small: {count: 30_000, size: 1000}}

const cases = Object.entries(breaks).flatMap(([name, steps]) => Object.entries(loads).map(([load, part]) => ({name: `${name}, ${load} messages`, steps, part})))

/** Where the count is believed. */
const believed: EngineName[] = ['bun', 'chromium', 'firefox']

afterEach(() => {
  vi.unstubAllGlobals()
})

/** What the platform says of such a socket in that engine: any class does for the engine's own. */
const unsentOf = ({native, signs, ...told}: Buffered): number => {
  for (const [sign, value] of Object.entries({...signs, WebSocket: native ? EventTarget : undefined})) vi.stubGlobal(sign, value)
  return unsentBytes(Object.assign(new EventTarget(), told) as never)
}

describe.each(engines)('$name', ({name: engine, play}) => {
  const outcomes = new Map<string, Buffered>()
  const servers = new Map<string, FaultServer>()

  beforeAll(async () => {
    for (const {name, steps} of cases) servers.set(name, await serveFault({steps}))
    const given = Object.fromEntries(cases.map(({name, part}) => [name, {url: `${servers.get(name)!.url}?attempt=0`, ...part}]))
    const played = await play<Buffered>({suite: 'buffered', given})
    for (const outcome of played.outcomes) outcomes.set(outcome.name, outcome)
    expect(played.escaped).toEqual([])
  }, 100_000)

  afterAll(async () => {
    for (const server of servers.values()) await server.close()
  })

  it.each(cases)(`in ${names[engine]} nothing that is taken for unsent arrives: $name [CC-176]`, async ({name, part}) => {
    const outcome = outcomes.get(name)!
    const unsent = Math.floor(unsentOf(outcome) / (part.size + framing))
    const [seen] = servers.get(name)!.seen
    await vi.waitFor(() => expect(seen!.end).toBeDefined(), 10_000)
    expect(outcome.sent).toBe(part.count)
    expect(seen!.messages.length).toBeGreaterThan(0)
    expect(seen!.messages.length + unsent).toBeLessThanOrEqual(outcome.sent)
  })

  it(`in ${names[engine]} a reset leaves ${believed.includes(engine) ? 'some that certainly are' : 'nothing that certainly is'} unsent [CC-176]`, () => {
    const unsent = unsentOf(outcomes.get('reset, big messages')!)
    if (believed.includes(engine)) expect(unsent).toBeGreaterThan(loads.big.size)
    else expect(unsent).toBe(0)
  })
})
