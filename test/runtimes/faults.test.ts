// Does every end come once, with the right verdict, and leave nothing, in every engine? Raw faults, built files, real sockets.

import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {between} from '../helpers/between.mjs'
import names from '../helpers/engine-names.json'
import {serveFault, type FaultServer} from '../helpers/fault-server.ts'
import {engines, type EngineName} from './engines.ts'
import {accepts, cellOf, parse, render, toldBy, toldTo, verdictOn, type Cells, type FaultOutcome} from './fault-page.ts'
import {rows, type Row} from './fault-rows.ts'

const path = '../../docs/runtimes.md'
const page = readFileSync(new URL(path, import.meta.url), 'utf8')
const before = parse(page)
const cells: Cells = Object.fromEntries(Object.keys(rows).map((name) => [name, {...before[name]}]))

/** Where the client stands after an end with such a verdict. Fresh credentials are tried at once, and with success. */
const standing: Record<string, string> = {retry: 'backoff', stop: 'failed', end: 'closed', refresh: 'open'}

/** Requests that the server must have seen. Without TCP or behind TLS it sees none. */
const requestsIn = ({fault, client, requests}: Row, engine: EngineName, action?: string): number[] => {
  if (fault.listens || fault.scheme) return [0]
  // Some engines had not asked yet.
  if (client?.does === 'leaves') return [0, 1]
  return [(requests?.[engine] ?? 1) + (action === 'refresh' ? 1 : 0)]
}

/** What is listened to at most: an `AbortSignal`, and seven kinds of events of the page where there may be one, or what is given in its place. */
const listenedTo = ({client}: Row, engine: EngineName): number => 1 + (!client?.alone ? 1 : engine.startsWith('node') ? 0 : 7)

describe.each(engines.map((engine) => [names[engine.name], engine] as const))('faults in %s', (_, {name: engine, play}) => {
  const servers = new Map<string, FaultServer>()
  let outcomes: Map<string, FaultOutcome>
  let escaped: string[]

  beforeAll(async () => {
    // A host for each: Firefox opens one connection at a time to a host.
    for (const [i, [name, {fault}]] of Object.entries(rows).entries()) servers.set(name, await serveFault(fault, `127.0.1.${i + 1}`))
    const given = Object.fromEntries(Object.entries(rows).map(([name, {client = {}}]) => [name, {url: servers.get(name)!.url, part: client}]))
    const result = await play<FaultOutcome>({suite: 'faults', given})
    escaped = result.escaped
    outcomes = new Map(result.outcomes.map((outcome) => [outcome.name, outcome]))
    for (const [name, outcome] of outcomes) cells[name]![engine] = cellOf(rows[name]!, engine, outcome)
  }, 120_000)

  afterAll(async () => {
    for (const server of servers.values()) await server.close()
  })

  it.each(Object.entries(rows))('%s: one end at most, the right verdict, and nothing left [CC-4] [CC-5] [CC-53] [CC-56] [CC-81]', (name, row) => {
    const outcome = outcomes.get(name)!
    const {seen} = servers.get(name)!
    const {settled, ends, state, late, messages, answers, most, left, rests, delay} = outcome
    const first = settled[0]
    const told = toldBy(outcome)
    const verdict = verdictOn(told, row)
    expect(late).toBeUndefined()
    expect(toldTo(row, engine), JSON.stringify(outcome)).toSatisfy((expected: string[]) => accepts(expected, told))

    expect(ends).toBe(verdict ? 1 : 0)
    expect(state).toBe(verdict ? standing[verdict.action] : told === 'closed' ? 'closed' : 'open')
    if (verdict) expect(first).toMatchObject(verdict)
    if (verdict?.action === 'retry') expect(delay).toBe(told === '1012' || told === '4912' ? 17_500 : 1000)
    if (verdict && row.opens !== 'maybe') expect(first!.opened).toBe(row.opens ?? true)
    // What was open in the end was closed by the client, and that came once, too.
    expect(settled).toHaveLength(ends + (state === 'open' ? 1 : 0))
    if (state === 'open') expect(settled.at(-1)).toMatchObject({code: row.drowns ? 1006 : 4000, action: 'end'})

    expect(requestsIn(row, engine, verdict?.action)).toContain(seen.length)
    if (row.hears) expect(seen[0]!.closeCode).toBe(row.hears)
    if (row.reads) expect(seen[0]!.messages[0]!.body!.toString('hex')).toBe(row.reads(engine))
    if (row.messages) expect(messages).toEqual(row.messages)
    else expect(messages.length).toBeLessThan(3)
    if (row.answers) expect(answers).toEqual(row.answers)

    expect(rests).toBe(state === 'failed' ? 'failed' : 'closed')
    expect(left).toEqual({open: 0, heeded: 0, timers: 0, listeners: 0})
    expect(most).toMatchObject({sockets: 1, listeners: listenedTo(row, engine)})
    // One for the state; one for what is on its way out.
    expect(most.timers).toBeLessThan(3)
  })

  it('lets no error escape [CC-83]', () => {
    expect(escaped).toEqual([])
  })
})

describe('docs/runtimes.md', () => {
  it('can be read back, so that engines that are not here keep their place', () => {
    expect(parse(render(cells))).toEqual(cells)
  })

  it('says what the engines that are here did: `npm run runtimes` writes it', async () => {
    await expect(between(page, 'table', `\n${render(cells)}\n`)).toMatchFileSnapshot(path)
  })
})

if (process.env.CLOSECALL_ENGINES === 'all') {
  it.each(Object.entries(names).filter(([name]) => name !== 'hermes'))('has had faults in %s (%s)', (name) => {
    expect(engines.map((engine) => engine.name)).toContain(name)
  })
}
