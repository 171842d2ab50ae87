// How are browsers started whose tabs may be hidden, frozen and kept, as those of a user are?

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {chromium as playwright, type BrowserContext} from 'playwright-core'
import {chromiumArguments} from '../helpers/engines.ts'

interface Running {
  /** Resolves with what a line of its output says, as soon as there is one. */
  said: (pattern: RegExp) => Promise<string>
  end: () => Promise<void>
}

/** In a process group of its own, with a home of its own. */
const start = async (command: string, args: (home: string) => string[], files: Record<string, string> = {}): Promise<Running> => {
  const home = await mkdtemp(join(tmpdir(), 'closecall-browser-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, name), content)
  const child = spawn(command, args(home), {stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: {...process.env, HOME: home}})
  const exited = once(child, 'exit')
  exited.catch(() => {})
  let output = ''
  child.stderr.on('data', (chunk) => (output = (output + chunk).slice(-4000)))
  return {
    async said(pattern) {
      for (;;) {
        const [found] = pattern.exec(output) ?? []
        if (found) return found
        await Promise.race([
          once(child.stderr, 'data'),
          exited.then(() => {
            throw new Error(`${command} ended. ${output}`)
          }),
        ])
      }
    },
    async end() {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It never started, or is gone.
      }
      await exited.catch(() => {})
      // Its children may still be writing.
      await rm(home, {recursive: true, force: true, maxRetries: 10, retryDelay: 100})
    },
  }
}

/**
 * Not with Playwright's own start, which has every tab look visible and focused for ever, gives none to the bfcache and throttles
 * no timer: `noDefaults` leaves a browser as it is.
 */
export const startChromium = async (path: string): Promise<{context: BrowserContext; end: () => Promise<void>}> => {
  const {said, end} = await start(path, (home) => [...chromiumArguments, '--remote-debugging-port=0', `--user-data-dir=${home}`, 'about:blank'])
  try {
    const browser = await playwright.connectOverCDP(await said(/ws:\/\/127\S+/), {noDefaults: true})
    return {
      context: browser.contexts()[0]!,
      async end() {
        await browser.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

const preferences = {
  // Sockets to a host that failed are held back, for ever longer: right for a page, too slow for a test.
  'network.websocket.delay-failed-reconnects': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'services.settings.server': 'data:,',
}

/** Shows one page; there is no driver, so the page must speak for itself. */
export const startFirefox = (path: string, url: string): Promise<Running> =>
  start(path, (home) => ['--headless', '--no-remote', '--profile', home, url], {
    'user.js': Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''),
  })
