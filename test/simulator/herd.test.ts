// Does docs/herd.md say what the simulator says now?

import {readFileSync, statSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {rowsOf, tablesOf} from '../../bench/herd-rows.mjs'
import {createShedder} from '../../src/server/index.ts'
import * as simulator from '../../src/simulator/index.ts'

const docs = new URL('../../docs/', import.meta.url)
const page = readFileSync(new URL('herd.md', docs), 'utf8')
const {tables} = tablesOf({...simulator, createShedder})

type Row = [name: string, run: () => string[]]

/** Those that take long are left to the command. */
const quick: [table: keyof typeof tables, rows: (name: string, i: number) => boolean][] = [
  ['default', () => true],
  ['restart', () => true],
  ['refusal', (name) => !name.includes('retry-after')],
  ['stability', (_, i) => i === 0],
  ['cap', (name) => name === '30 s'],
  ['others', (name) => ['**closecall**', 'RFC 6455', 'AWS full jitter', 'AWS equal jitter', 'AWS decorrelated jitter', 'gRPC', 'rews', 'AnyCable', 'SignalR'].includes(name)],
]

const rows = quick.flatMap(([table, wanted]) => {
  const all = tables[table].rows as Row[]
  return all.filter(([name], i) => wanted(name, i)).map((row): [string, string, Row] => [table, row[0], row])
})

describe('docs/herd.md', () => {
  it.each(rows)('has the figures of %s: %s; if not, `npm run herd` writes them [CC-254]', (_, __, row) => {
    const [cells] = rowsOf({rows: [row]})
    expect(page).toContain(`\n| ${cells!.join(' | ')} |\n`)
  })

  it('has a row for each that is simulated [CC-254]', () => {
    for (const {head, rows: all} of Object.values(tables) as {head: string[]; rows: Row[]}[]) {
      const [, body] = page.split(`\n| ${head.join(' | ')} |\n`)
      expect(body!.split('\n\n')[0]!.split('\n').slice(1).map((line) => line.slice(2).split(' | ')[0])).toEqual(all.map(([name]) => name.split(' | ')[0]))
    }
  })

  it('has its plots, small ones that stand alone [CC-254]', () => {
    const plots = [...page.matchAll(/!\[([^\]]+)\]\((herd\/\w+\.svg)\)/g)].map(([, , path]) => path!)
    expect(plots.length).toBe(5)
    for (const path of plots) {
      const plot = new URL(path, docs)
      expect(statSync(plot).size).toBeLessThan(40_000)
      expect(readFileSync(plot, 'utf8')).toMatch(/^<svg xmlns=[^>]*aria-label="[^"]+"><title>[^<]+<\/title><rect width="100%" height="100%" fill="white"/)
    }
  })
})
