// Which browsers does this machine have? A test that needs one is registered only where there is one.

import {existsSync} from 'node:fs'

const first = (...paths: (string | undefined)[]): string | undefined => paths.find((path) => path && existsSync(path))

/** Path of Chromium or Chrome: `CHROMIUM_PATH`, or where distributions put it. */
export const chromium = (): string | undefined => first(process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome')

/** Path of Firefox: `FIREFOX_PATH`, or where distributions put it. */
export const firefox = (): string | undefined => first(process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox')

/** Path of WebKitGTK's small browser: `MINIBROWSER_PATH`, or where Debian puts it. It needs a display, or `xvfb-run`. */
export const miniBrowser = (): string | undefined => first(process.env.MINIBROWSER_PATH, '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser')

export interface Engines {
  chromium?: string
  firefox?: string
  miniBrowser?: string
}

/** The engines that are here, by name. */
export const findEngines = (): Engines => {
  const found: [keyof Engines, string | undefined][] = [['chromium', chromium()], ['firefox', firefox()], ['miniBrowser', miniBrowser()]]
  return Object.fromEntries(found.filter(([, path]) => path))
}

/** For a headless Chromium that talks to nobody but us. The sandbox needs rights that containers don't give. */
export const chromiumArguments: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
