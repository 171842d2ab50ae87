// How many bytes does a page pay? Measured on the built package, as a bundler would take it.

import {readFile} from 'node:fs/promises'
import {SourceMap} from 'node:module'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'
import {build} from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bytes, minified and gzipped: `limit` is what each may take and fails the tests, `design` what it was meant to take. */
export const budgets = JSON.parse(await readFile(new URL('budgets.json', import.meta.url), 'utf8'))

/** What the bindings are for, and from which of its modules. */
const frameworks = ['react', 'rxjs', 'svelte/reactivity', 'vue']

/** @param source a module that uses what is measured, so that nothing of it is dropped */
async function bundled(source, options = {}) {
  const {outputFiles} = await build({
    stdin: {contents: source, resolveDir: root},
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    // Who takes a binding has the framework.
    external: frameworks,
    outfile: 'bundle.js',
    ...options,
  })
  return outputFiles.find(({path}) => path.endsWith('.js')).contents
}

const lengths = async (code) => ({minified: (await code).length, gzip: gzipSync(await code, {level: 9}).length})

const connect = "export {connect} from 'closecall'"

/** What a page that has `connect` pays more for what another door gives. */
const beyondConnect = async (door, names = door) => {
  const [both, alone] = await Promise.all([`${connect}\nexport {${names}} from 'closecall/${door}'`, connect].map((source) => lengths(bundled(source))))
  return {minified: both.minified - alone.minified, gzip: both.gzip - alone.gzip}
}

const measured = {
  connect: {what: "import {connect} from 'closecall', with eventemitter3", bytes: () => lengths(bundled(connect))},
  core: {what: "import {classify, backoff} from 'closecall/core'", bytes: () => lengths(bundled("export {classify, backoff} from 'closecall/core'"))},
  global: {what: 'closecall.global.js', bytes: () => lengths(readFile(new URL('../../dist/closecall.global.js', import.meta.url)))},
  catalog: {what: "import {explain, compare} from 'closecall/catalog', in all languages, beside connect", bytes: () => beyondConnect('catalog', 'explain, compare')},
  ...Object.fromEntries(['diagnosis', 'overload', 'probe'].map((name) => [name, {what: `closecall/${name}, beside connect`, bytes: () => beyondConnect(name)}])),
  codecs: {what: "import {json} from 'closecall/codecs'", bytes: () => lengths(bundled("export {json} from 'closecall/codecs'"))},
  delivery: {what: "import {acknowledged} from 'closecall/delivery', beside connect", bytes: () => beyondConnect('delivery', 'acknowledged')},
  streams: {what: 'closecall/streams, beside connect', bytes: () => beyondConnect('streams')},
  ...Object.fromEntries([['react', 'useConnection'], ['rxjs', 'connection'], ['svelte', 'connection'], ['vue', 'useConnection']].map(([name, names]) => [name, {what: `closecall/${name}, beside connect and ${name} itself`, bytes: () => beyondConnect(name, names)}])),
  dialect: {what: "import {graphqlTransportWs} from 'closecall/dialects', beside connect", bytes: () => beyondConnect('dialects', 'graphqlTransportWs')},
  websocket: {what: "import {ReconnectingWebSocket} from 'closecall/websocket', with the client beneath", bytes: () => lengths(bundled("export {ReconnectingWebSocket} from 'closecall/websocket'"))},
  server: {what: "import {tryAgainLater} from 'closecall/server'", bytes: () => lengths(bundled("export {tryAgainLater} from 'closecall/server'"))},
  shedder: {what: "import {createShedder} from 'closecall/server'", bytes: () => lengths(bundled("export {createShedder} from 'closecall/server'"))},
  simulator: {what: "import {simulate} from 'closecall/simulator'", bytes: () => lengths(bundled("export {simulate} from 'closecall/simulator'"))},
}

/** @returns {Promise<{name: string, what: string, minified: number, gzip: number, limit: number, design: number}[]>} */
export function measure() {
  return Promise.all(Object.entries(measured).map(async ([name, {what, bytes}]) => ({name, what, ...(await bytes()), ...budgets[name]})))
}

/**
 * What stands in the way of a smaller `connect`: how many bytes, gzipped, it would be less without each module, since what is like other
 * text costs least; and what it can't be less than, whatever else were left out.
 *
 * @returns {Promise<{parts: {name: string, minified: number, gzip: number}[], bound: {what: string, gzip: number}[]}>}
 */
export async function partsOf(source = connect) {
  let map
  const plugin = {name: 'map', setup: ({onEnd}) => onEnd(({outputFiles}) => void (map = new SourceMap(JSON.parse(outputFiles.find(({path}) => path.endsWith('.map')).text))))}
  const code = new TextDecoder().decode(await bundled(source, {sourcemap: 'external', plugins: [plugin]}))
  const owners = code.split('\n').flatMap((line, row) => Array.from({length: line.length + 1}, (_, column) => /\b(?:src|node_modules)\/.*/.exec(map.findEntry(row, column).originalSource)?.[0] ?? 'what holds them together'))
  const without = (name) => [...code].filter((_, i) => owners[i] !== name).join('')
  const zipped = (text) => gzipSync(text, {level: 9}).length
  const parts = [...new Set(owners)].map((name) => ({name, minified: code.length - without(name).length, gzip: zipped(code) - zipped(without(name))}))
  const bound = await Promise.all(
    [
      ['the decisions: table, classify, hints, backoff, heartbeat, addresses, machine', "export {transition} from 'closecall/core'"],
      ['the same and eventemitter3', "export {transition} from 'closecall/core'\nexport {EventEmitter} from 'eventemitter3'"],
    ].map(async ([what, text]) => ({what, gzip: (await lengths(bundled(text))).gzip})),
  )
  return {parts: parts.sort((one, other) => other.gzip - one.gzip), bound}
}

/** The text of a bundle, of the package or, by its path, of a source. */
export const textOf = async (source, options) => new TextDecoder().decode(await bundled(source, options))

/** What stays of an import that is not used. */
export const unused = async () => (await bundled(['', '/catalog', '/codecs', '/core', '/delivery', '/diagnosis', '/dialects', '/overload', '/probe', '/react', '/rxjs', '/server', '/simulator', '/streams', '/svelte', '/testing', '/vue', '/websocket'].map((door) => `import 'closecall${door}'`).join('\n'))).length

/** Folders of `src` that something in the bundle came from. */
export async function foldersIn(source) {
  const outputs = []
  await bundled(source, {sourcemap: 'external', plugins: [{name: 'outputs', setup: ({onEnd}) => onEnd(({outputFiles}) => void outputs.push(...outputFiles))}]})
  const {sources} = JSON.parse(outputs.find(({path}) => path.endsWith('.map')).text)
  return [...new Set(sources.map((path) => /\bsrc\/(\w+)\//.exec(path)?.[1]).filter(Boolean))].sort()
}
