// How does one run not slow the next? A process of its own for each: what a library does to the shapes of objects stays in it.

import {fork} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const runner = fileURLToPath(new URL('task.mjs', import.meta.url))

/**
 * Runs `tasks[task.kind](task)` of a module in a process of its own.
 *
 * @param module URL of the module, which exports `tasks`
 * @param flags of Node, beside `--expose-gc`
 * @returns what it returns, as JSON takes it
 */
export const alone = (module, task, flags = []) =>
  new Promise((resolve, reject) => {
    const child = fork(runner, [module, JSON.stringify(task)], {execArgv: ['--expose-gc', '--no-warnings', ...flags], stdio: ['ignore', 'ignore', 'pipe', 'ipc']})
    let said = ''
    let result
    child.stderr.on('data', (chunk) => (said += chunk))
    child.on('message', (message) => ({result} = message))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code || result === undefined) reject(new Error(`${JSON.stringify(task)} ended with ${code}: ${said.trim().split('\n').slice(-12).join('\n')}`))
      else resolve(result)
    })
  })

/** Turn by turn, so that what slows the machine for a while slows all. @returns the results of each name */
export const inTurns = async (names, rounds, run) => {
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // Nobody is always after the same neighbour.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]
      results[name].push(await run(name, round))
    }
  }
  return results
}

export const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
