// `npm test`: builds, checks types and lint, runs every test in every engine, and against every server, that is here. The last line counts.
// Arguments go to vitest: `npm test -- test/core`. With CLOSECALL_ENGINES=all one that is not here is a failure.

import {spawn} from 'node:child_process'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules/.bin', name)
const filters = process.argv.slice(2)

/** The longest that all of vitest may take. */
const limit = 15 * 60_000

/** @returns {Promise<{ok: boolean, said: string}>} */
const run = (command, args, stdio = 'pipe') =>
  new Promise((resolve) => {
    const child = spawn(command, args, {cwd: root, stdio: ['ignore', stdio, stdio], timeout: limit})
    let said = ''
    child.stdout?.on('data', (chunk) => (said += chunk))
    child.stderr?.on('data', (chunk) => (said += chunk))
    child.on('error', (error) => resolve({ok: false, said: String(error)}))
    child.on('close', (code) => resolve({ok: code === 0, said}))
  })

let passed = 0
let failed = 0

const step = async (name, command, args) => {
  const start = Date.now()
  const {ok, said} = await run(command, args)
  if (ok) passed++
  else failed++
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name}, ${((Date.now() - start) / 1000).toFixed(1)} s${ok ? '' : `\n${said.trimEnd()}`}`)
}

const fail = (sentence) => {
  failed++
  console.log(`FAILED  ${sentence}`)
}

// Files of an earlier build would be tested, and packed, as if they were of this one.
await rm(join(root, 'dist'), {recursive: true, force: true})
await step('build', bin('rollup'), ['--config', 'rollup.config.mjs', '--silent'])
await Promise.all([
  step('types of the source', 'npm', ['run', '--silent', 'typecheck']),
  step('types of the tests', bin('tsc'), ['--project', 'test']),
  step('lint', 'npm', ['run', '--silent', 'lint']),
])

const folder = await mkdtemp(join(tmpdir(), 'closecall-test-'))
const file = join(folder, 'report.json')
const vitest = await run(bin('vitest'), ['run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters], 'inherit')
let report
try {
  report = JSON.parse(await readFile(file, 'utf8'))
} catch {
  fail('vitest ended without a report')
}
await rm(folder, {recursive: true, force: true})

if (report) {
  const before = failed
  passed += report.numPassedTests
  failed += report.numFailedTests
  for (const {name, status, assertionResults, message} of report.testResults) {
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) fail(`${name}: ${message || 'a hook, or the file itself'}`)
  }
  const left = report.numPendingTests + report.numTodoTests
  if (left && !filters.length) fail(`${left} tests were left out: a test runs, or it is not there`)
  if (!report.numTotalTests) fail('vitest ran no test')
  // An error that nobody caught is in no test's result.
  else if (!vitest.ok && failed === before) fail('vitest: see above')

  console.log('')
  for (const [what, list, file] of [
    ['engines', 'engine-names.json', 'test/runtimes/runtimes.test.ts'],
    ['servers', 'peer-names.json', 'test/server/peers.test.ts'],
  ]) {
    const all = Object.values(JSON.parse(await readFile(new URL(`helpers/${list}`, import.meta.url), 'utf8')))
    const results = report.testResults.filter(({name}) => name.endsWith(file))
    const ran = new Set(results.flatMap(({assertionResults}) => assertionResults.map(({ancestorTitles}) => ancestorTitles[0])))
    console.log(`${what} that ran: ${all.filter((name) => ran.has(name)).join(', ') || 'none'}`)
    // Where nobody looked, nothing was missed.
    console.log(`${what} not found: ${(results.length ? all.filter((name) => !ran.has(name)) : []).join(', ') || 'none'}`)
  }
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0
