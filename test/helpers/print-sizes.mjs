// `npm run size`: what does a page pay, what may it pay, and what was it meant to? `npm run size -- --parts`: for what? Run `npm run build` before.

import {measure, partsOf} from './sizes.mjs'

const row = (numbers, what) => console.log(`${numbers.map((bytes) => String(bytes ?? '').padStart(7)).join(' ')}  ${what}`)

if (process.argv.includes('--parts')) {
  const {parts, bound} = await partsOf()
  console.log('minified    gzip  less, if `connect` were without')
  for (const {name, minified, gzip} of parts) row([minified, gzip], name)
  console.log('\n           gzip  alone')
  for (const {what, gzip} of bound) row([undefined, gzip], what)
} else {
  const sizes = await measure()
  console.log('minified    gzip   limit  design')
  for (const {what, minified, gzip, limit, design} of sizes) row([minified, gzip, limit, design], what)
  process.exitCode = sizes.some(({gzip, limit}) => gzip > limit) ? 1 : 0
}
