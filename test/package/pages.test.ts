// Is what the pages say of the code still so?

import {readFileSync, readdirSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {codes} from '../../src/catalog/index.ts'
import {makeReport, type ConnectionFacts} from '../../src/client/report.ts'
import {classify, type Close} from '../../src/core/index.ts'
import * as door from '../../src/dialects/index.ts'
import {between} from '../helpers/between.mjs'
import {pageOfCodes} from '../helpers/codes.mjs'
import {tableOfCodes} from '../helpers/observe.mjs'

const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

const connection: ConnectionFacts = {url: 'wss://example.test/', protocol: '', extensions: '', bufferedAmount: 0, connections: 1, retries: 0, sent: 0, received: 0, unsent: 0, unsentBytes: 0}

describe('README.md', () => {
  it('names every dialect', () => {
    const [, count, list] = /There are (\d+): <!-- dialects -->(.*)<!-- \/dialects -->/.exec(page('README.md'))!
    expect(list!.match(/`[^`]+`/g)!.map((name) => name.slice(1, -1))).toEqual(door.dialects.map(({name}) => name))
    expect(Number(count)).toBe(door.dialects.length)
  })

  it('has the table of codes as it is observed', async () => {
    expect(page('README.md'), 'run `npm run build && npm run table -- --write`').toBe(between(page('README.md'), 'table', await tableOfCodes()))
  })
})

describe('docs/codes.md', () => {
  it('says what the catalog and the dialects say [CC-136]', () => {
    expect(page('docs/codes.md'), 'run `npm run build && npm run codes`').toBe(pageOfCodes())
  })

  it('has a place for every link of the catalog, once [CC-136]', () => {
    const anchors = [...page('docs/codes.md').matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)
    expect(new Set(anchors).size).toBe(anchors.length)
    for (const {explanation} of codes()) expect(anchors).toContain(explanation.link.split('#')[1])
    for (const [, anchor] of page('docs/codes.md').matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor)
  })

  it('names what each dialect is imported by [CC-136]', () => {
    const named = [...page('docs/codes.md').matchAll(/^Dialect `(.+?)`, in code `(.+?)`\./gm)].map(([, name, imported]) => [name, imported])
    expect(named).toEqual(door.dialects.map((dialect) => [dialect.name, Object.entries(door).find(([, each]) => each === dialect)?.[0]]))
  })

  it('has a place for the link of every report [CC-66]', () => {
    const text = page('docs/codes.md')
    // A heading is a place, too.
    const anchors = new Set([...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!), ...[...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'))])
    const linkOf = (close: Partial<Close>, dialect?: door.DefinedDialect): string => {
      const whole: Close = {code: 1006, reason: '', wasClean: true, opened: true, age: 0, origin: 'event', ...close}
      const verdict = {...classify(whole), ...(dialect && {dialect: dialect.name})}
      return makeReport('verdict', {at: 0, close: whole, verdict, explanation: ''}, true, () => [], connection, dialect?.source).link
    }
    const links = new Set([...Array.from({length: 65_535}, (_, i) => linkOf({code: i + 1})), ...[200, 301, 401, 404, 503].map((status) => linkOf({status})), ...door.dialects.map((dialect) => linkOf({}, dialect))])
    expect(links.size).toBeGreaterThan(50)
    for (const link of links) {
      const [path, anchor] = link.split('#')
      expect(path).toBe('docs/codes.md')
      expect(anchors).toContain(anchor)
    }
  })
})

describe('docs/spec.md', () => {
  const rules = [...page('docs/spec.md').matchAll(/^- \*\*\[(CC-\d+)\]\*\*/gm)].map(([, rule]) => rule!)

  it('gives each number once', () => {
    expect(new Set(rules).size).toBe(rules.length)
    expect(rules.length).toBeGreaterThan(40)
  })

  it('has a test for every rule, and a rule for every tag', () => {
    const files = readdirSync(new URL('..', import.meta.url), {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.test.ts'))
    const tests = files.map((name) => page(`test/${name}`)).join('\n')
    const tags = new Set([...tests.matchAll(/\[(CC-\d+)\]/g)].map(([, tag]) => tag!))
    expect(rules.filter((rule) => !tags.has(rule)), 'rules without a test').toEqual([])
    expect([...tags].filter((tag) => !rules.includes(tag)), 'tags without a rule').toEqual([])
  })
})
