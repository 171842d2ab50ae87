// Does hovering in an editor explain? Asked of TypeScript's language service, as editors ask it.

import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {runInNewContext} from 'node:vm'
import ts from 'typescript'
import {describe, expect, it} from 'vitest'
import * as catalog from '../../src/catalog/index.ts'
import {classify, CloseCode, type Action} from '../../src/core/index.ts'
import {dialectNamed, graphqlTransportWs} from '../../src/dialects/index.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const file = at('hovered.ts')

const text = `
import {CloseCode, type Options, type Report, type Verdict} from '../../src/index.ts'
import {compare, explain} from '../../src/catalog/index.ts'
import {dialectNamed} from '../../src/dialects/index.ts'
declare const all: {options: Options, report: Report, verdict: Verdict}
${Object.keys(CloseCode).map((name) => `CloseCode.${name};`).join('\n')}
all.options.dialect; all.report.link; all.verdict.explanation;
explain(1007); compare(1007, 1013); dialectNamed('discord');
`

const service = ts.createLanguageService({
  getScriptFileNames: () => [file],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => (name === file ? ts.ScriptSnapshot.fromString(text) : ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, 'utf8')) : undefined),
  getCurrentDirectory: () => at('.'),
  getCompilationSettings: () => ({module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: []}),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
})

/** What an editor shows of the last name in `words`, or of the function called there. */
const hover = (words: string): {shown: string; tags: [name: string, text: string][]} => {
  const {documentation, tags = []} = service.getQuickInfoAtPosition(file, text.indexOf(`${words};`) + words.split('(')[0]!.length - 1) ?? {}
  return {shown: ts.displayPartsToString(documentation), tags: tags.map(({name, text: parts}) => [name, ts.displayPartsToString(parts)])}
}

describe('hovering over a constant', () => {
  const said: Record<Action, RegExp> = {retry: /closecall (retries|comes back)/, refresh: /closecall asks for new ones and tries once more/, stop: /closecall stops/, end: /closecall ends/}

  it.each(Object.entries(CloseCode))('CloseCode.%s tells of %i, what closecall does about it, and where it is written [CC-137]', (name, code) => {
    const {shown, tags} = hover(`CloseCode.${name}`)
    const {action, budget, report} = classify({code})
    expect(shown).toMatch(new RegExp(`^${code}: .{10,}\\. `))
    expect(shown).toMatch(said[action])
    expect(/three in a row and it stops/.test(shown)).toBe(budget === 3)
    if (report) expect(shown).toMatch(/and reports/)
    expect(tags).toEqual([['see', expect.stringMatching(/RFC 6455|hybi|IANA|closecall/)]])
  })
})

it.each(['all.options.dialect', 'all.report.link', 'all.verdict.explanation', 'explain(1007)', 'compare(1007, 1013)'])('hovering over %s says where more is known [CC-137]', (words) => {
  const {shown, tags} = hover(words)
  expect(shown.length).toBeGreaterThan(80)
  expect(`${shown} ${JSON.stringify(tags)}`).toMatch(/closecall\/|npx closecall|`explain`|`verdicts`/)
})

it('shows how to choose a dialect [CC-137]', () => {
  expect(hover('all.options.dialect').tags).toContainEqual(['example', expect.stringContaining("from 'closecall/dialects'")])
})

describe('an example in an editor', () => {
  const examples = ['explain(1007)', 'compare(1007, 1013)', "dialectNamed('discord')"].flatMap((words) =>
    hover(words).tags.filter(([tag]) => tag === 'example').flatMap(([, lines]) => [...lines.matchAll(/^(.+?) \/\/ '(.+)'$/gm)].map(([, code, result]) => [code!, result!] as const)),
  )

  it('is there', () => {
    expect(examples.length).toBeGreaterThan(4)
  })

  it.each(examples)('%s gives what it says [CC-137]', (code, result) => {
    const given = String(runInNewContext(code, {...catalog, dialectNamed, graphqlTransportWs}))
    if (result.endsWith('…')) expect(given.startsWith(result.slice(0, -1))).toBe(true)
    else expect(given).toBe(result)
  })
})
