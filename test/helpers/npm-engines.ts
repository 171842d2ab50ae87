// Which JavaScript engines from npm are here? `.ci/run` installs them into `.cache/rt`; a test is registered only where there is one.

import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const paths = {
  node22: 'node22/bin/node',
  node24: 'node24/bin/node',
  node26: 'node26/bin/node',
  bun: '@oven/bun-linux-x64/bin/bun',
  deno: '@deno/linux-x64-glibc/deno',
  workerd: '@cloudflare/workerd-linux-64/bin/workerd',
  hermes: 'hermes-compiler/hermesc/linux64-bin/hermesc',
} as const

export type NpmEngine = keyof typeof paths

/** Path of the engine's binary. */
export const npmEngine = (name: NpmEngine): string | undefined => {
  const path = fileURLToPath(new URL(`../../.cache/rt/node_modules/${paths[name]}`, import.meta.url))
  return existsSync(path) ? path : undefined
}
