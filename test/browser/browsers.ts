// How is a Chromium started whose tabs may be hidden, frozen and kept, as those of a user are?

import {chromium as playwright, type BrowserContext} from 'playwright-core'
import {chromiumArguments} from '../helpers/engines.ts'
import {start} from '../helpers/programs.ts'

/**
 * Not with Playwright's own start, which has every tab look visible and focused for ever, gives none to the bfcache and throttles
 * no timer: `noDefaults` leaves a browser as it is.
 */
export const startChromium = async (path: string): Promise<{context: BrowserContext; end: () => Promise<void>}> => {
  const {says, end} = await start(path, (home) => [...chromiumArguments, '--remote-debugging-port=0', `--user-data-dir=${home}`, 'about:blank'])
  try {
    const browser = await playwright.connectOverCDP(await says(/ws:\/\/127\S+/), {noDefaults: true})
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
