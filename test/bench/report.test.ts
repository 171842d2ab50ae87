// Does the page say what was measured, and only that?

import {describe, expect, it} from 'vitest'
import {cut, flush} from '../../bench/flush.mjs'
import {leaks} from '../../bench/leaks.mjs'
import {libraries, versions} from '../../bench/libraries.mjs'
import {heap, open} from '../../bench/lifecycle.mjs'
import {loopback} from '../../bench/loopback.mjs'
import {receive, send} from '../../bench/messages.mjs'
import {recovery} from '../../bench/recovery.mjs'
import {page} from '../../bench/report.mjs'
import {parse, size} from '../../bench/size.mjs'
import {judge, targets} from '../../bench/targets.mjs'

const measures: Record<string, {title: string; columns: readonly {key: string}[]}> = {receive, send, loopback, open, heap, flush, cut, size, parse, recovery, leaks}

/** As if each had measured the same everywhere. */
const uniform = (figure: (name: string) => number): Record<string, Record<string, unknown>[]> =>
  Object.fromEntries(Object.entries(measures).map(([key, {columns}]) => [key, Object.keys(libraries).map((name) => ({name, ...Object.fromEntries(columns.map((column) => [column.key, figure(name)]))}))]))

const about = {versions: await versions(), load: 0.5, minutes: '7.0', date: '2026-01-01'}
const written = (figure: (name: string) => number): string => page(measures, uniform(figure), about)

describe('the page', () => {
  it('has a verdict on each target, from the figure beside it', () => {
    const none = written(() => 1e6)
    const all = written(() => 0)
    for (const {what} of targets) expect(none).toContain(`| ${what} |`)
    // Of a million of all, only throughput is good.
    const least = targets.filter((target) => target.least).length
    expect(none.split('**not met**').length - 1).toBe(targets.length - least)
    expect(none).toContain(`\n${least} of ${targets.length} are met.\n`)
    expect(all.split('**not met**').length - 1).toBe(0)
    for (const text of [none, all]) expect(text).not.toMatch(/undefined|NaN|\[object/)
  })

  it('says of each measure who is ahead, and by which figures', () => {
    const text = written((name) => (name === 'sockette' ? 0 : 500))
    expect(text).toContain('- bytes gzip: sockette (0); closecall 500')
    expect(text).toMatch(/\n- sockette: .*Size/)
    expect(text).toMatch(/\n- rews: nothing\.\n/)
    // More is better there.
    expect(text).toContain(`## ${loopback.title}`)
    expect(/\n- None of them: (.*)\.\n/.exec(text)![1]).toBe(loopback.title)
  })

  it('takes a difference that runs have among themselves for none', () => {
    expect(written((name) => (name === 'closecall' ? 0.01 : 0))).toContain(`\n- None of them: ${Object.values(measures).map(({title}) => title).join('; ')}.\n`)
  })

  it('names every version', () => {
    expect(Object.keys(about.versions)).toEqual(['closecall', 'reconnecting-websocket', 'partysocket', '@nktkas/rews', 'websocket-ts', 'sockette', 'ws'])
    for (const [name, version] of Object.entries(about.versions)) expect(written(() => 1)).toContain(`${name} ${String(version)}`)
  })
})

it('a ratio that is as far from 1 as that of raw beside raw is within the noise, and not met', () => {
  const target = targets.find(({least}) => least)!
  const verdict = (own: number, raw: number): string => judge(target, {loopback: [{name: 'raw', sendRatio: raw, receiveRatio: raw}, {name: 'closecall', sendRatio: own, receiveRatio: own}]}).verdict
  expect(verdict(0.95, 1)).toBe('met')
  expect(verdict(0.94, 1)).toBe('**not met**')
  expect(verdict(0.9, 0.93)).toBe("not met, within this run's noise (raw beside raw: 0.93)")
  expect(verdict(0.8, 0.93)).toBe('**not met**')
})
