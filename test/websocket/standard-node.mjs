// Plays the cases of the standard in Node: `standard-node.mjs PLAY [ws]`. Prints the outcomes as JSON.

import process from 'node:process'
import {playCases} from './play-cases.mjs'
import {variants} from './variants.mjs'

const [play, library] = process.argv.slice(2)
const {variant, servers, names} = JSON.parse(play)
const native = library === 'ws' ? (await import('ws')).default : globalThis.WebSocket
const outcomes = await playCases(variants[variant](native), servers, (take) => process.on('uncaughtException', take), {page: false, names})
process.stdout.write(JSON.stringify(outcomes), () => process.exit())
