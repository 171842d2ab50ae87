// Is docs/cli.md true?

import {readFileSync} from 'node:fs'
import {expect, it} from 'vitest'
import {closesWith} from '../helpers/servers.ts'
import {serving} from '../integration/harness.ts'
import {closecall, flat} from './command.ts'

const text = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

/** What differs from one time to the next: the port, and times. */
const lasting = (output: string): string =>
  flat(output)
    .replace(/:\d{4,5}\//, ':8080/')
    .replace(/\b\d+\.\d\d s/g, '0.00 s')
    .replace(/after [\d.]+ m?s, /, 'after 3 ms, ')
    .replace(/again in [\d.]+ s/, 'again in 7.8 s')

it('its example is what the command says [CC-162]', async () => {
  const server = await serving(closesWith(1013, 'retry-after=3;spread=10'))
  const [, example] = /<!-- example[^]*?```text\n([^]*?)```/.exec(text)!
  expect(lasting(example!)).toBe(lasting((await closecall('probe', `${server.url}/live`)).stdout))
})

it('names the exit codes that the help names [CC-167]', async () => {
  const {stdout} = await closecall('--help')
  const firstWords = (matches: Iterable<RegExpMatchArray>): string[] => [...matches].map(([, codes, meaning]) => `${codes}: ${meaning!.replaceAll('`', '').trim()}`)
  const helped = firstWords(stdout.slice(stdout.indexOf('Exit codes')).matchAll(/^ {2}(\d[\d, ]*?) {2}([^;:\n]*)/gm))
  expect(helped).toHaveLength(8)
  expect(firstWords(text.matchAll(/^\| (\d[\d, ]*?) \| ([^;:|]*)/gm))).toEqual(helped)
})

it('knows every option that the help knows [CC-167]', async () => {
  const {stdout} = await closecall('--help')
  for (const [option] of stdout.matchAll(/--[a-z-]+/g)) if (!['--help', '--version'].includes(option)) expect(text).toContain(option)
})
