// Plays the scenarios in Node, Bun or Deno: `play.mjs URLS [ws]`, with URLs by scenario as JSON. Prints the outcomes as JSON.

import process from 'node:process'
import {playAll} from './scenarios.mjs'

const [urls, library] = process.argv.slice(2)
const WebSocket = library === 'ws' ? (await import('ws')).default : undefined
const result = await playAll(JSON.parse(urls), WebSocket)
// Engines without a way to destroy a socket keep one to a mute peer, and with it the process.
process.stdout.write(JSON.stringify(result), () => process.exit())
