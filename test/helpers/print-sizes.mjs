// `npm run size`: what does a page pay, and what may it pay?

import {measure} from './sizes.mjs'

const sizes = await measure()
console.log('minified    gzip  budget')
for (const {what, minified, gzip, budget} of sizes) {
  console.log(`${[minified, gzip, budget].map((bytes) => String(bytes).padStart(7)).join(' ')}  ${what}${gzip > budget ? `: ${gzip - budget} over budget` : ''}`)
}
process.exitCode = sizes.some(({gzip, budget}) => gzip > budget) ? 1 : 0
