// Are all dialects to be had by name, sound, and free for those who don't ask for them?

import {readdirSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import * as door from '../../src/dialects/index.ts'
import {dialectNamed, dialects} from '../../src/dialects/index.ts'
import {textOf} from '../helpers/sizes.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

const camel = (name: string): string => name.replace(/-[a-z\d]/g, ([, letter]) => letter!.toUpperCase())

/** What a bundler takes along for an import from the sources. */
const bundled = (source: string): Promise<string> => textOf(source, {charset: 'utf8'})

/** The dialects of which something stands in the code. */
const heldIn = (code: string): string[] => dialects.filter(({title, source}) => [title, source].some((words) => code.includes(JSON.stringify(words).slice(1, -1)))).map(({name}) => name)

describe('the registry', () => {
  it('has each dialect once, in order, exported under its name [CC-146]', () => {
    const names = dialects.map(({name}) => name)
    expect(names).toEqual([...new Set(names)].sort())
    for (const dialect of dialects) expect((door as Record<string, unknown>)[camel(dialect.name)], dialect.name).toBe(dialect)
    const files = readdirSync(`${root}/src/dialects`).map((file) => file.slice(0, -3))
    expect(files.filter((file) => !['all', 'announcement', 'define', 'durations', 'index'].includes(file))).toEqual(names)
  })

  it('knows by which subprotocol each is chosen [CC-24]', () => {
    expect(Object.fromEntries(dialects.flatMap(({name, subprotocols}) => (subprotocols ? [[name, subprotocols]] : [])))).toEqual({
      actioncable: ['actioncable-v1-json'],
      appsync: ['aws-appsync-event-ws'],
      'azure-web-pubsub': ['json.reliable.webpubsub.azure.v1', 'protobuf.reliable.webpubsub.azure.v1', 'json.webpubsub.azure.v1', 'protobuf.webpubsub.azure.v1'],
      centrifugo: ['centrifuge-json', 'centrifuge-protobuf'],
      'graphql-transport-ws': ['graphql-transport-ws'],
      kubernetes: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
      phoenix: ['phoenix'],
      wamp: ['wamp.2.json'],
      xmpp: ['xmpp'],
    })
  })

  it('finds a dialect by its name [CC-146]', () => {
    for (const dialect of dialects) expect(dialectNamed(dialect.name)).toBe(dialect)
  })

  it.each<[unknown, RegExp]>([
    ['discrod', /^closecall: `dialect` must be one of discord, got "discrod"$/],
    ['Discord', /^closecall: `dialect` must be one of actioncable, .*discord, .*xmpp, got "Discord"$/],
    ['graphql', /^closecall: `dialect` must be one of graphql-transport-ws, got "graphql"$/],
    ['discord-gateway', /^closecall: `dialect` must be one of discord, got "discord-gateway"$/],
    ['xyz', /^closecall: `dialect` must be one of actioncable, .*xmpp, got "xyz"$/],
    ['', /^closecall: `dialect` must be one of actioncable, .*xmpp, got ""$/],
    ['constructor', /^closecall: `dialect` must be one of .*, got "constructor"$/],
    [undefined, /^closecall: `dialect` must be one of .*, got undefined$/],
    ['x'.repeat(1e6), /^closecall: `dialect` must be one of .*, got "x{99}"$/],
  ])('answers %.20s with one sentence [CC-146]', (name, sentence) => {
    expect(() => dialectNamed(name as string)).toThrow(sentence)
  })
})

describe('what a page pays', () => {
  it('for a dialect is no other [CC-146]', async () => {
    for (const {name} of dialects) expect(heldIn(await bundled(`import {${camel(name)}} from './src/dialects/index.ts'\nconsole.log(${camel(name)})`))).toEqual([name])
  })

  it('for a dialect of its own is none of these [CC-146]', async () => {
    const code = await bundled("import {defineDialect} from './src/dialects/index.ts'\nconsole.log(defineDialect)")
    expect(code.includes('in lower case, with hyphens')).toBe(true)
    expect(heldIn(code)).toEqual([])
  })

  it('for all of them is all [CC-146]', async () => {
    expect(heldIn(await bundled("import {dialectNamed} from './src/dialects/index.ts'\nconsole.log(dialectNamed)"))).toEqual(dialects.map(({name}) => name))
  })

  it('for connect is none, nor what makes them [CC-146]', async () => {
    const code = await bundled("import {connect} from './src/index.ts'\nconsole.log(connect)")
    expect(code.includes('Try Again Later')).toBe(true)
    expect(code.includes('in lower case, with hyphens')).toBe(false)
    expect(heldIn(code)).toEqual([])
  })

  it('for importing without using is nothing [CC-146]', async () => {
    expect(await bundled("import {defineDialect, dialectNamed, dialects, discord} from './src/dialects/index.ts'")).toBe('')
  })
})

describe.each(dialects)('$name', (dialect) => {
  it('judges every close soundly [CC-141]', () => {
    const reason = fc.oneof(fc.string(), fc.constantFrom('{"reason":"","reconnect":false}', 'please reconnect'))
    fc.assert(
      fc.property(fc.integer({min: 0, max: 70_000}), reason, (code, words) => {
        const verdict = classify({code, reason: words}, {dialect})
        expect(['retry', 'refresh', 'stop', 'end']).toContain(verdict.action)
        expect(verdict.explanation).toMatch(/\S/)
        if (verdict.fault === 'sender') expect(verdict.report).toBe(true)
      }),
    )
  })

  it('names sources that can be found elsewhere [CC-140]', () => {
    const sources = [dialect.source, ...Object.values(dialect.rules).flat().map(({source}) => source ?? '')]
    for (const source of sources) expect(source).not.toMatch(/^\/|\/(?:home|tmp|work)\//)
  })

  it('bears any message [CC-143]', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.json(), fc.uint8Array()), (message) => {
        const {after = 0, spread = 0} = dialect.hint?.(message) ?? {}
        expect(Number.isFinite(after) && after >= 0 && Number.isFinite(spread) && spread >= 0).toBe(true)
      }),
    )
  })
})

describe('1007 and 1013', () => {
  // Gemini Live has other meanings for 1007. A command in Kubernetes is not run again, whatever ended it.
  it.each(dialects.filter(({name}) => !['gemini-live', 'kubernetes'].includes(name)))('$name: the one stops and is reported, the other comes back [CC-141]', (dialect) => {
    expect(classify({code: 1007}, {dialect})).toMatchObject({action: 'stop', fault: 'sender', report: true})
    expect(classify({code: 1013}, {dialect})).toMatchObject({action: 'retry', fault: 'server', rotate: true})
  })
})
