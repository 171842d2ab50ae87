// Does a process end when its client has? Started by invalid-payload.test.ts with a server's URL and the story to act out.

import WebSocket from 'ws'
import {connect} from '../../dist/index.js'

const [url, story] = process.argv.slice(2)
const abort = new AbortController()
const client = connect(url, {WebSocket, lint: 'off', closeTimeout: 50, onReport: () => {}, signal: abort.signal})

const acts = {
  'fails with 1007': ['open', () => client.send(Buffer.from('café', 'latin1'), {binary: false})],
  closes: ['open', () => client.close()],
  'closes beside a mute peer': ['open', () => client.close()],
  'closes while connecting': ['connecting', () => setTimeout(() => client.close(), 50)],
  'closes in backoff': ['backoff', () => client.close()],
  'is aborted': ['open', () => abort.abort()],
  'is disposed of': ['open', () => client[Symbol.asyncDispose]()],
}
const [when, act] = acts[story]
const look = () => {
  if (client.state.name !== when) return
  off()
  act()
}
const off = client.on('state', look)
look()

// Asked when the process is about to end: if it had been held back by a socket or a timer, it would not get here.
process.on('exit', () => {
  const left = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|Tick|Micro|FS|Close|File)/.test(name))
  process.stdout.write(JSON.stringify({state: client.state.name, left}))
})
