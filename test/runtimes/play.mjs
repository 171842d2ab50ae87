// Plays a suite in Node, Bun or Deno: `play.mjs PLAY [ws]`, with the suite's name and what it is given as JSON. Prints the outcomes as JSON.

import process from 'node:process'
import {suites} from './suites.mjs'

const [play, library] = process.argv.slice(2)
const {suite, given} = JSON.parse(play)
const WebSocket = library === 'ws' ? (await import('ws')).default : undefined
const result = await suites[suite](given, WebSocket)
// Engines without a way to destroy a socket keep one to a mute peer, and with it the process.
process.stdout.write(JSON.stringify(result), () => process.exit())
