// `npm run table`: prints what the client does on each code; with `--write`, puts it into the README. Run `npm run build` before.

import {readFileSync, writeFileSync} from 'node:fs'
import {between} from './between.mjs'
import {tableOfCodes} from './observe.mjs'

const table = await tableOfCodes()
console.log(table)
if (process.argv.includes('--write')) {
  const page = new URL('../../README.md', import.meta.url)
  writeFileSync(page, between(readFileSync(page, 'utf8'), 'table', table))
}
