// `npm run size`: what does a page pay, what may it pay, and what was it meant to? Run `npm run build` before.

import {measure} from './sizes.mjs'

const sizes = await measure()
console.log('minified    gzip   limit  design')
for (const {what, minified, gzip, limit, design} of sizes) {
  console.log(`${[minified, gzip, limit, design].map((bytes) => String(bytes ?? '').padStart(7)).join(' ')}  ${what}`)
}
process.exitCode = sizes.some(({gzip, limit}) => gzip > limit) ? 1 : 0
