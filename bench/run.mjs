// `npm run build && npm run bench`: what closecall costs beside other libraries. All of it writes docs/benchmarks.md; `npm run bench -- send heap` only prints these.

import {access, writeFile} from 'node:fs/promises'
import {loadavg} from 'node:os'
import {cut, flush} from './flush.mjs'
import {leaks} from './leaks.mjs'
import {versions} from './libraries.mjs'
import {heap, open} from './lifecycle.mjs'
import {loopback} from './loopback.mjs'
import {receive, send} from './messages.mjs'
import {recovery} from './recovery.mjs'
import {page, section} from './report.mjs'
import {parse, size} from './size.mjs'

const measures = {receive, send, loopback, open, heap, flush, cut, size, parse, recovery, leaks}

/** They count, or wait: none slows another so that it would show. */
const together = new Set(['heap', 'cut', 'size', 'recovery', 'leaks'])

const fail = (sentence) => {
  console.error(sentence)
  process.exit(1)
}

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !measures[name])
if (unknown.length) fail(`no such measure: ${unknown.join(', ')}. There are ${Object.keys(measures).join(', ')}.`)
await access(new URL('../dist/index.js', import.meta.url)).catch(() => fail('there is nothing to measure: run `npm run build` before'))

const names = chosen.length ? Object.keys(measures).filter((name) => chosen.includes(name)) : Object.keys(measures)
const [load] = loadavg()
const start = Date.now()
const results = {}

const run = async (name) => {
  const began = Date.now()
  results[name] = await measures[name].measure()
  console.log(`${section(measures[name], results[name])}\n\n(${name}: ${((Date.now() - began) / 1000).toFixed(0)} s)\n`)
}

for (const name of names) if (!together.has(name)) await run(name)
const others = names.filter((name) => together.has(name) && name !== 'recovery')
await Promise.all([
  names.includes('recovery') && run('recovery'),
  (async () => {
    for (const name of others) await run(name)
  })(),
])

const minutes = ((Date.now() - start) / 60_000).toFixed(1)
console.log(`${minutes} minutes`)
if (!chosen.length) {
  const date = new Date().toISOString().slice(0, 10)
  await writeFile(new URL('../docs/benchmarks.md', import.meta.url), page(measures, results, {versions: await versions(), load, minutes, date}))
  console.log('written: docs/benchmarks.md')
}
process.exit()
