// What do the outcomes come to, in words that fit into a table, and how does the table get into `docs/runtimes.md`?

import {classify, type CloseOrigin} from '../../src/core/index.ts'
import names from '../helpers/engine-names.json'
import type {EngineName} from './engines.ts'
import {sections, type Row, type Told} from './fault-rows.ts'

/** What faults.mjs tells of one row. */
export interface FaultOutcome {
  name: string
  /** Each end that was told, by the client's own close as well. */
  settled: {code: number; reason: string; opened: boolean; origin: CloseOrigin; status?: number; error?: string; action: string; name: string}[]
  /** How many of them before the client closed what was still there. */
  ends: number
  /** Where it stood then, and where it rests after `close()`. */
  state: string
  rests: string
  delay?: number
  states: string[]
  messages: string[]
  answers: string[]
  refused?: string
  most: {sockets: number; timers: number; listeners: number}
  left: {open: number; heeded: number; timers: number; listeners: number}
  late?: string
}

/** Cells by row and engine. */
export type Cells = Record<string, Partial<Record<EngineName, string>>>

const engineNames = Object.keys(names).filter((name) => name !== 'hermes') as EngineName[]

export const toldTo = ({told, except}: Row, engine: EngineName): Told[] => (except?.[engine] ?? told).split(' or ')

/** What the client was told, in the words of a row. */
export const toldBy = ({refused, ends, settled, state}: FaultOutcome): Told => {
  if (refused) return 'refused'
  if (!ends) return state
  const {status, code, origin} = settled[0]!
  return `${status ?? code}${origin === 'event' ? '' : ` ${origin}`}`
}

/** Whether an `error` event came 100 ms before its `close`, or alone, is a matter of load, unless the row says so. */
export const accepts = (expected: Told[], told: Told): boolean => expected.includes(told) || expected.includes(told.replace(/ error$/, ''))

/** The verdict that such an end must have; none where there is no end. */
export const verdictOn = (told: Told, {client}: Row): {action: string; name: string} | undefined => {
  const [number, origin] = told.split(' ')
  if (!Number(number)) return undefined
  const status = Number(number) < 600 && Number(number) > 99 ? Number(number) : undefined
  const {action, name} = classify({code: status ? 1006 : Number(number), ...(status && {status}), ...(origin && {origin: origin as CloseOrigin})})
  // Whoever closes wants the end, however it comes.
  return {action: client?.does === 'closes' ? 'end' : action, name}
}

const inWords = (told: Told, row: Row): string => {
  const [number, origin] = told.split(' ')
  const verdict = verdictOn(told, row)
  return verdict ? `${number} ${verdict.action}${origin ? ` (${origin})` : ''}` : told
}

/** Where a race decides, the cell names all that may come of it: the page must not change from run to run. */
export const cellOf = (row: Row, engine: EngineName, outcome: FaultOutcome): string => {
  const told = toldBy(outcome)
  const expected = toldTo(row, engine)
  return (accepts(expected, told) ? expected : [told]).map((each) => inWords(each, row)).join(' or ')
}

/** What most engines say; of several such, what the first of them says. */
const mostOf = (cells: Cells[string]): string => {
  const all = Object.values(cells)
  const count = (cell: string): number => all.filter((each) => each === cell).length
  return all.reduce((best, cell) => (count(cell) > count(best) ? cell : best), all[0] ?? '')
}

const exceptions = (cells: Cells[string]): string => {
  const most = mostOf(cells)
  const others = [...new Set(engineNames.map((engine) => cells[engine]))].filter((cell) => cell !== undefined && cell !== most)
  return others.map((cell) => `${engineNames.filter((engine) => cells[engine] === cell).map((engine) => names[engine]).join(', ')}: \`${cell}\``).join('; ')
}

/** The generated part of the page. */
export const render = (all: Cells): string => {
  const tables = Object.entries(sections).map(([title, rows]) => {
    const lines = Object.entries(rows).map(([name, {what}]) => `| ${name} | ${what} | \`${mostOf(all[name]!)}\` | ${exceptions(all[name]!)} |`)
    return [`## ${title}`, '', '| scenario | what happens | every engine | but |', '| --- | --- | --- | --- |', ...lines].join('\n')
  })
  return tables.join('\n\n')
}

/** What a page says of each engine, so that engines that are not here keep what was found where they were. */
export const parse = (page: string): Cells => {
  const cells: Cells = {}
  for (const [, name, most, but] of page.matchAll(/^\| (\w+) \| [^|]+ \| `([^`|]+)` \| ([^|]*) ?\|$/gm)) {
    const row: Cells[string] = (cells[name!] = Object.fromEntries(engineNames.map((engine) => [engine, most])))
    for (const [, who, cell] of but!.matchAll(/([^`;]+): `([^`]+)`/g)) {
      for (const engine of engineNames) if (who!.split(', ').some((each) => each.trim() === names[engine])) row[engine] = cell!
    }
  }
  return cells
}
