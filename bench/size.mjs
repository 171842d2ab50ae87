// How many bytes, and how much of a page's start, does each cost? Of what a consumer imports, as a bundler takes it.

import vm from 'node:vm'
import {brotliCompressSync, gzipSync} from 'node:zlib'
import {textOf} from '../test/helpers/sizes.mjs'
import {FakeSocket} from './fake-socket.mjs'
import {libraries, namesFor} from './libraries.mjs'

const bundles = () => Promise.all(namesFor('size').filter((name) => libraries[name].source).map(async (name) => ({name, text: await textOf(libraries[name].source)})))

const measureSize = async () =>
  (await bundles()).map(({name, text}) => ({name, minified: Buffer.byteLength(text), gzip: gzipSync(text, {level: 9}).length, brotli: brotliCompressSync(text).length}))

export const size = {
  title: 'Size',
  how: 'Bytes of what a page imports, dependencies included, bundled and minified by esbuild for ES2022.',
  columns: [
    {key: 'minified', label: 'minified', digits: 0},
    {key: 'gzip', label: 'gzip', digits: 0, ahead: {by: 0.5, unit: 'bytes gzip'}},
    {key: 'brotli', label: 'brotli', digits: 0, ahead: {by: 0.5, unit: 'bytes brotli'}},
  ],
  measure: measureSize,
}

/** Runs of each, turn by turn. */
const times = 250

/** What some look for when they are loaded. */
const globals = {EventTarget, Event, MessageEvent, DOMException, console, setTimeout, clearTimeout}

/** @returns ms to compile and to evaluate a script, in a realm of its own, and with nothing of it in any cache */
const once = (text, n) => {
  const context = vm.createContext({...globals, WebSocket: FakeSocket})
  // One flat string, as a page gets it.
  const source = Buffer.from(`${text}\n//${n}`).toString()
  const start = process.hrtime.bigint()
  const script = new vm.Script(source)
  const compiled = process.hrtime.bigint()
  script.runInContext(context)
  return [Number(compiled - start) / 1e6, Number(process.hrtime.bigint() - compiled) / 1e6]
}

const measureParse = async () => {
  const scripts = [
    {name: 'an empty script', text: ''},
    ...(await Promise.all(namesFor('parse').filter((name) => libraries[name].source).map(async (name) => ({name, text: await textOf(libraries[name].source, {format: 'iife', globalName: 'bundle'})})))),
  ]
  const results = new Map(scripts.map(({name}) => [name, []]))
  for (let n = 0; n < times; n++) for (const {name, text} of scripts) results.get(name).push(once(text, n))
  // Of a busy machine, the tenth best is the first that is no stroke of luck.
  const decile = (name, of) => results.get(name).map(of).sort((a, b) => a - b)[Math.floor(times / 10)]
  const sum = ([compile, evaluate]) => compile + evaluate
  const empty = decile('an empty script', sum)
  return scripts.map(({name}) => ({
    name,
    compile: decile(name, ([compile]) => compile),
    evaluate: decile(name, ([, evaluate]) => evaluate),
    beyond: name === 'an empty script' ? undefined : decile(name, sum) - empty,
  }))
}

export const parse = {
  title: 'Compiling and evaluating',
  how: `The same bundles as scripts, each time compiled without a cache and run in a new realm: the first decile of ${times} times, turn by turn. Functions are compiled when they are first called, which is not in it.`,
  columns: [
    {key: 'compile', label: 'compile, ms', digits: 3},
    {key: 'evaluate', label: 'evaluate, ms', digits: 3},
    {key: 'beyond', label: 'both, beyond an empty script, ms', digits: 3, ahead: {by: 0.02, unit: 'ms to compile and evaluate'}},
  ],
  measure: measureParse,
}
