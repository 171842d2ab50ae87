// Does a person read what the catalog says, and a program get it as it is?

import {describe, expect, it} from 'vitest'
import {codes, compare, explain, languages as catalogLanguages} from '../../src/catalog/index.ts'
import {languages} from '../../src/cli/words.ts'
import {dialects} from '../../src/dialects/index.ts'
import {closecall, flat, start} from './command.ts'

const locales = ['en', 'fr'] as const
const graphql = dialects.find(({name}) => name === 'graphql-transport-ws')!

it('speaks each language that the catalog speaks [CC-160]', () => {
  expect(Object.keys(languages).sort()).toEqual([...catalogLanguages].sort())
})

describe.each(locales)('explain, in %s', (locale) => {
  it.each([1007, 1013, 4913, 999, 4000])('%i: all that the catalog says [CC-160]', async (code) => {
    const {exitCode, stdout, stderr} = await closecall('explain', String(code), '--lang', locale)
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    const {name, description, whenYouSee, howToFix, whenToSend, whatClosecallDoes, reference, link, verdict} = explain(code, {locale})
    const {actions, faults, faultOf} = languages[locale]
    expect(stdout.split('\n')[0]).toBe(`${code} ${name}`)
    for (const part of [description, whenYouSee, howToFix, whenToSend, whatClosecallDoes, reference, link, `${actions[verdict.action]}, ${faultOf(faults[verdict.fault])}`]) expect(flat(stdout)).toContain(flat(part))
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('under the headings of a comparison [CC-160]', async () => {
    const {stdout} = await closecall('explain', '1007', '--lang', locale)
    for (const {aspect, label, left} of compare(1007, 1007, {locale}).points) if (aspect !== 'fault') expect(stdout).toContain(`\n${label}\n  ${left.slice(0, 20)}`)
  })

  it('two codes are compared point by point, side by side [CC-160]', async () => {
    const {exitCode, stdout} = await closecall('explain', '1007', '1013', '--lang', locale)
    expect(exitCode).toBe(0)
    const {codes: both, points, summary} = compare(1007, 1013, {locale})
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(new RegExp(`^  1007 .* {2,}1013 ${both[1].name}$`))
    for (const {label, left, right} of points) {
      const from = lines.indexOf(label) + 1
      expect(from, label).toBeGreaterThan(0)
      const rows = lines.slice(from, lines.indexOf('', from))
      const columns = [0, 40].map((start) => flat(rows.map((row) => row.slice(start, start + 40)).join('\n')))
      expect(columns).toEqual([flat(left), flat(right)])
    }
    expect(flat(stdout)).toContain(flat(summary))
    expect(stdout).not.toMatch(/ $/m)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('what holds for both is said once [CC-160]', async () => {
    const {stdout} = await closecall('explain', '1007', '1009', '--lang', locale)
    const {left, same} = compare(1007, 1009, {locale}).points.find(({aspect}) => aspect === 'closecall')!
    expect(same).toBe(true)
    expect(flat(stdout).split(flat(left))).toHaveLength(2)
  })

  it('in a narrow terminal one after the other [CC-160]', async () => {
    const {stdout} = await start(['explain', '1007', '1013', '--lang', locale], {COLUMNS: '60'}).ended
    const {points} = compare(1007, 1013, {locale})
    for (const {left, right} of points) {
      expect(flat(stdout)).toContain(flat(left))
      expect(flat(stdout)).toContain(flat(right))
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })

  it('a code that may be an HTTP status, within the width [CC-166]', async () => {
    const {stdout} = await start(['explain', '404', '--lang', locale], {COLUMNS: '40'}).ended
    expect(flat(stdout)).toContain('closecall explain --status 404')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40)
  })

  it('the HTTP status of a refusal [CC-160]', async () => {
    const {exitCode, stdout} = await closecall('explain', '--status', '429', '--lang', locale)
    expect(exitCode).toBe(0)
    const {name, description} = explain(1006, {locale, context: {status: 429}})
    expect(stdout.split('\n')[0]).toBe(`HTTP 429 ${name}`)
    expect(flat(stdout)).toContain(flat(description))
    // None was sent.
    expect(stdout).not.toContain('1006')
    expect(stdout).not.toContain(languages[locale].kinds.reserved)
  })

  it('every code, range and status in a list, with its verdict [CC-161]', async () => {
    const {exitCode, stdout} = await closecall('list', '--lang', locale)
    expect(exitCode).toBe(0)
    const {actions} = languages[locale]
    const listed = codes({locale})
    expect(stdout.match(/^\S.*/gm)!.map((line) => line.slice(0, 12).trim())).toEqual(listed.map(({title}) => title))
    for (const [i, line] of stdout.match(/^\S.*/gm)!.entries()) expect(line).toContain(actions[listed[i]!.explanation.verdict.action].slice(0, 12))
  })
})

it.each([30, 40, 50])('a list breaks no word where there is little room: %i [CC-161]', async (columns) => {
  const {stdout} = await start(['list'], {COLUMNS: String(columns)}).ended
  for (const {explanation} of codes()) for (const word of explanation.name.split(' ')) expect(stdout).toMatch(new RegExp(`\\b${word.replace('.', '\\.')}`))
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
})

describe('a dialect', () => {
  it('says what the service means by a code [CC-160]', async () => {
    const {exitCode, stdout} = await closecall('explain', '4409', '--dialect', 'graphql-transport-ws')
    expect(exitCode).toBe(0)
    const {name, description, verdict} = explain(4409, {context: {dialect: graphql}})
    expect(stdout.split('\n')[0]).toBe(`4409 ${name}`)
    expect(flat(stdout)).toContain(flat(description))
    expect(flat(stdout)).toContain('Dialect: graphql-transport-ws')
    expect(verdict).not.toEqual(explain(4409).verdict)
  })

  it('is listed, rule by rule [CC-161]', async () => {
    for (const dialect of dialects) {
      const {exitCode, stdout} = await closecall('list', '--dialect', dialect.name)
      expect(exitCode).toBe(0)
      expect(stdout).toContain(dialect.title)
      for (const [key, rules] of Object.entries(dialect.rules))
        for (const {meaning} of [rules].flat()) {
          expect(stdout).toMatch(new RegExp(`^${key.replace('-', '–')} `, 'm'))
          expect(flat(stdout)).toContain(flat(meaning))
        }
    }
  })

  it('is listed in the order of its codes, a code before the range that begins with it [CC-161]', async () => {
    const {stdout} = await closecall('list', '--dialect', 'pusher')
    const keys = stdout.match(/^\d{4}\S*/gm)!
    expect(keys).toContain('4200–4299')
    expect(keys).toEqual([...keys].sort((a, b) => parseInt(a) - parseInt(b) || a.length - b.length))
  })

  it('all are named [CC-161]', async () => {
    const {exitCode, stdout} = await closecall('list', '--dialects')
    expect(exitCode).toBe(0)
    expect(stdout.match(/^\S+/gm)).toEqual(dialects.map(({name}) => name))
    expect(stdout).not.toMatch(/ $/m)
  })
})

describe('--json', () => {
  const json = async (...args: string[]): Promise<unknown> => {
    const {exitCode, stdout, stderr} = await closecall(...args, '--json')
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    return JSON.parse(stdout)
  }

  it('is what the catalog says [CC-165]', async () => {
    expect(await json('explain', '1007', '--lang', 'fr')).toEqual(explain(1007, {locale: 'fr'}))
    expect(await json('explain', '4409', '--dialect', 'graphql-transport-ws')).toEqual(explain(4409, {context: {dialect: graphql}}))
    expect(await json('explain', '1007', '1013')).toEqual(compare(1007, 1013))
    expect(await json('explain', '--status', '503')).toEqual(explain(1006, {context: {status: 503}}))
    expect(await json('list')).toEqual(codes())
  })

  it('is what the dialects are made of [CC-165]', async () => {
    const list = (await json('list', '--dialects')) as {name: string; rules: {codes: string; name: string; action: string; reason?: string}[]}[]
    expect(list.map(({name}) => name)).toEqual(dialects.map(({name}) => name))
    const one = await json('list', '--dialect', 'graphql-transport-ws')
    expect(one).toEqual(list.find(({name}) => name === 'graphql-transport-ws'))
    const reasons = list.flatMap(({rules}) => rules.map(({reason}) => reason)).filter((reason) => reason !== undefined)
    expect(reasons.length).toBeGreaterThan(5)
    for (const reason of reasons) expect(reason).toMatch(/^\/.+\/[a-z]*$/)
    expect(list.every(({rules}) => rules.every(({codes: keys, name, action}) => keys && name && action))).toBe(true)
  })
})

it.each(locales)('names the services that use a private code, without guessing which is meant, in %s [CC-160]', async (locale) => {
  const {stdout} = await closecall('explain', '4409', '--lang', locale)
  expect(stdout).toContain(`4409 ${explain(4409, {locale}).name}\n`)
  expect(flat(stdout)).toMatch(/4409.*\bgraphql-transport-ws\b.* closecall explain 4409 --dialect \S+$/)
  expect(flat(stdout)).not.toMatch(/discord/)
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  for (const args of [['1007'], ['4913'], ['4409', '--dialect', 'graphql-transport-ws'], ['4998', '4999']]) expect((await closecall('explain', ...args, '--lang', locale)).stdout).not.toContain('--dialect')
})

it('takes 0 for what Deno means by it [CC-160]', async () => {
  expect((await closecall('explain', '0')).stdout).toMatch(/^1006 Abnormal Closure\n/)
})

it('asks whether an HTTP status was meant [CC-160]', async () => {
  expect((await closecall('explain', '503')).stdout).toMatch(/closecall explain --status 503\n$/)
  expect((await closecall('explain', '600')).stdout).not.toContain('--status')
})
