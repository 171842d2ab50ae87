// How does a real 1007 come about? A closecall client in this process sends bytes that are not UTF-8 in a text frame, which no browser can.

import {gzipSync} from 'node:zlib'
import WebSocket from 'ws'
import {connect} from '../dist/index.js'

/** Three ways to get it wrong, as programs do. */
export const mistakes = {
  'latin-1': {meant: 'Grüße aus Köln', bytes: Buffer.from('Grüße aus Köln', 'latin1')},
  'cut-short': {meant: 'Total: 25 €', bytes: Buffer.from('Total: 25 €').subarray(0, -1)},
  'compressed': {meant: '{"text":"hello"}', bytes: gzipSync('{"text":"hello"}')},
}

/**
 * @param url of a server that checks what it gets
 * @param mistake a key of {@link mistakes}
 * @returns what the client saw, as plain JSON: its states, its history, its report
 */
export async function provoke1007(url, mistake, signal) {
  const {meant, bytes} = mistakes[mistake]
  const states = []
  let report
  // By default a warning comes before such bytes leave (`lint`). Here we want to see what comes after.
  const client = connect(url, {WebSocket, signal, autoOpen: false, lint: 'off', onReport: (told) => (report = told)})
  const resting = new Promise((resolve) => {
    client.on('state', ({name}) => {
      states.push({name, at: Date.now()})
      if (name === 'failed' || name === 'closed') resolve()
    })
  })
  client.once('open', () => {
    client.send('hello')
    client.send(JSON.stringify({type: 'greeting', to: 'Köln'}))
    client.send(bytes, {binary: false})
  })
  const limit = setTimeout(() => client.close(), 5000)
  client.open()
  await resting
  clearTimeout(limit)
  return {mistake, meant, bytes: bytes.toString('hex'), states, report, history: client.history, stats: client.stats}
}
