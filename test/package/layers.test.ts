// Do imports between the folders of `src` go one way?

import {readdirSync, readFileSync} from 'node:fs'
import {dirname, relative, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import * as ts from 'typescript'
import {describe, expect, it} from 'vitest'

const src = fileURLToPath(new URL('../../src', import.meta.url))

interface Layer {
  /** Folders it may import from, besides itself. */
  from?: string[]
  /** Folders of which it may import types. */
  types?: string[]
  packages?: string[]
}

const shell: Layer = {from: ['client', 'platform', 'core']}
const pure: Layer = {from: ['core']}

/** A new folder needs a line here. */
const layers: Record<string, Layer> = {
  core: {},
  platform: {from: ['core']},
  client: {from: ['core', 'platform'], packages: ['eventemitter3']},
  websocket: shell,
  diagnosis: shell,
  overload: shell,
  probe: shell,
  node: {...shell, packages: ['ws']},
  react: {...shell, packages: ['react']},
  rxjs: {...shell, packages: ['rxjs']},
  svelte: {...shell, packages: ['svelte/reactivity']},
  vue: {...shell, packages: ['vue']},
  catalog: pure,
  codecs: {types: ['client']},
  delivery: pure,
  dialects: pure,
  server: pure,
  simulator: pure,
  streams: shell,
  testing: {from: ['core'], types: ['platform']},
  // Node only: the command. Everybody's doors are open to it, and nobody imports it.
  cli: {from: ['index.ts', 'catalog', 'client', 'core', 'diagnosis', 'dialects', 'node', 'probe'], packages: ['node:fs', 'node:util']},
}

interface Import {
  line: string
  specifier: string
  typeOnly: boolean
}

/** As the compiler reads them, dynamic ones included. */
const importsOf = (file: string, text: string): Import[] => {
  const found: Import[] = []
  const look = (node: ts.Node): void => {
    const line = node.getText().split('\n')[0]!
    if (ts.isImportDeclaration(node)) found.push({line, specifier: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword})
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) found.push({line, specifier: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly: node.isTypeOnly})
    else if (ts.isImportTypeNode(node)) found.push({line, specifier: ((node.argument as ts.LiteralTypeNode).literal as ts.StringLiteral).text, typeOnly: true})
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) found.push({line, specifier: (node.arguments[0] as ts.StringLiteral).text, typeOnly: false})
    ts.forEachChild(node, look)
  }
  look(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return found
}

const files = readdirSync(src, {recursive: true, encoding: 'utf8'}).filter((file) => /\.[cm]?ts$/.test(file) && file.includes('/'))

it('there are folders to look at', () => {
  expect(files).toContain('core/machine.ts')
  expect(importsOf('a.ts', "import type {A} from './a.ts'\nimport {\n  b,\n} from 'b'\nexport * from '../c.ts'\nvoid import('d')").map(({specifier, typeOnly}) => [specifier, typeOnly])).toEqual([
    ['./a.ts', true],
    ['b', false],
    ['../c.ts', false],
    ['d', false],
  ])
})

describe.each(files)('src/%s', (file) => {
  const folder = file.split('/')[0]!
  const text = readFileSync(resolve(src, file), 'utf8')

  it('is in a folder with a layer', () => {
    expect(Object.keys(layers)).toContain(folder)
  })

  it('imports from folders below its own only', () => {
    const {from = [], types = [], packages = []} = layers[folder]!
    for (const {line, specifier, typeOnly} of importsOf(file, text)) {
      if (!specifier.startsWith('.')) {
        expect(packages, line).toContain(specifier)
        continue
      }
      const target = relative(src, resolve(src, dirname(file), specifier)).split('/')[0]!
      expect([folder, ...from, ...(typeOnly ? types : [])], line).toContain(target)
      // Node strips types without looking for the file.
      expect(specifier, line).toMatch(/\.ts$/)
    }
  })
})
