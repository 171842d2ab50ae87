// How is a program started so that nothing of it is left, whatever happens?

import {spawn, type ChildProcess, type StdioOptions} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export interface Program {
  child: ChildProcess
  /** The end of what it wrote to its error output. */
  readonly output: string
  /** Rejects when it ends by itself, or never started. */
  ended: Promise<never>
  /** Resolves with what its error output says, as soon as it does. */
  says: (pattern: RegExp) => Promise<string>
  /** Ends it, and all that it started. */
  end: () => Promise<void>
}

/**
 * In a process group of its own, with a home of its own.
 *
 * @param files that are in its home before it starts
 */
export const start = async (command: string, args: (home: string) => string[], files: Record<string, string> = {}, stdio: StdioOptions = ['ignore', 'ignore', 'pipe']): Promise<Program> => {
  const home = await mkdtemp(join(tmpdir(), 'closecall-program-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, name), content)
  const child = spawn(command, args(home), {stdio, detached: true, env: {...process.env, HOME: home}})
  let output = ''
  child.stderr!.on('data', (chunk) => (output = (output + chunk).slice(-4000)))
  const gone = once(child, 'exit')
  const ended = gone.then(([code, signal]): never => {
    throw new Error(`${command} ended with ${code ?? signal}. ${output}`)
  })
  // Whoever waits for something else hears of it, too.
  ended.catch(() => {})
  return {
    child,
    get output() {
      return output
    },
    ended,
    async says(pattern) {
      for (;;) {
        const [found] = pattern.exec(output) ?? []
        if (found) return found
        await Promise.race([once(child.stderr!, 'data'), ended])
      }
    },
    async end() {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It never started, or is gone.
      }
      await gone.catch(() => {})
      // Its children may still be writing.
      await rm(home, {recursive: true, force: true, maxRetries: 10, retryDelay: 100})
    },
  }
}

const preferences = {
  // Sockets to a host that failed are held back, for ever longer: right for a page, too slow for a test.
  'network.websocket.delay-failed-reconnects': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'services.settings.server': 'data:,',
}

/**
 * Shows one page; there is no driver, so the page must speak for itself.
 *
 * @param wishes preferences that differ from those above
 */
export const startFirefox = (path: string, url: string, wishes: Record<string, boolean> = {}): Promise<Program> =>
  start(path, (home) => ['--headless', '--no-remote', '--profile', home, url], {
    'user.js': Object.entries({...preferences, ...wishes}).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''),
  })
