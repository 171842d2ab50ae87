// How is the command run as a user runs it: as a process, of the built file?

import {spawn, type ChildProcess} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {onTestFinished} from 'vitest'

export const file: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export interface Ran {
  exitCode: number | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** Resolves with all of stdout as soon as it matches. Rejects when the command ends without. */
  says: (pattern: RegExp) => Promise<string>
  ended: Promise<Ran>
}

/** Nobody's wishes for colours or columns but the test's. */
const environment = (wishes: Record<string, string>): NodeJS.ProcessEnv => ({...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, COLUMNS: undefined, NODE_OPTIONS: undefined, ...wishes})

/** @param shell that is given the arguments instead */
export const start = (args: readonly string[], env: Record<string, string> = {}, shell?: string): Running => {
  const child = spawn(shell ?? process.execPath, shell ? args : [file, ...args], {env: environment(env), stdio: ['ignore', 'pipe', 'pipe']})
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  const changed = (): void => {
    for (const look of [...watchers]) look()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    changed()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = new Promise<Ran>((resolve) => child.on('close', (exitCode) => resolve({exitCode, stdout, stderr})))
  return {
    child,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stdout)) return
          watchers.delete(look)
          resolve(stdout)
        }
        watchers.add(look)
        void ended.then(() => reject(new Error(`ended without ${pattern}:\n${stdout}\n${stderr}`)))
        look()
      }),
  }
}

/** To its end. */
export const closecall = (...args: string[]): Promise<Ran> => start(args).ended

/** As one line, however it was wrapped. */
export const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()

export const jsonLines = (text: string): any[] => text.trimEnd().split('\n').map((line) => JSON.parse(line))
