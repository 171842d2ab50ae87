// What does a client go through in each scenario? Plain JavaScript, the same in every engine; runtimes.test.ts has the
// servers and what is expected.

import {connect} from '../../dist/index.js'
import {collectEscapes} from './escapes.mjs'

/** Real time passes here, and machines differ: long enough for a loaded one, short enough to be told of. */
const limit = 15_000

const quick = {initialDelay: 50, maxDelay: 200, restartSpread: [20, 50]}

/** Each resolves when its story has been told; the client is closed afterwards. */
const stories = {
  /** Until the server is content, or the client has stopped. */
  closes: ({back, reached}) => Promise.race([back(), reached('closed'), reached('failed')]),
  drops: ({back}) => back(),
  resets: ({back}) => back(),
  nobody: ({reached}) => reached('backoff', 3),
  'blocked port': ({reached}) => reached('backoff', 2),
  refuses: ({reached}) => Promise.race([reached('open'), reached('failed')]),
  hangs: ({reached}) => reached('open'),
  async mute({client, reached}) {
    await reached('open')
    client.close(3001, 'enough')
    await reached('closed')
  },
  async 'close while connecting'({client, pause}) {
    await pause(200)
    client.close()
    await pause(200)
  },
  loop: ({reached}) => reached('backoff', 4),
  async 'lone surrogate'({client, reached, received}) {
    await reached('open')
    client.send('fine')
    client.send('a\ud800b')
    await Promise.race([received(2), reached('failed')])
  },
  async refused({client, reached}) {
    await reached('open')
    client.send('one')
    client.send('two')
    await reached('failed')
  },
  async echo({client, reached, received}) {
    client.send('buffered grüße 🎈')
    await reached('open')
    await received(1)
    client.send('text')
    client.send(new Uint8Array([1, 2, 3]).buffer)
    client.send(new Uint8Array([0, 0, 255, 254, 0]).subarray(2, 4))
    await received(4)
    client.close(4000, 'done')
    await reached('closed')
  },
}

const options = {
  hangs: {connectTimeout: 1500},
  mute: {closeTimeout: 300},
  loop: {backoff: {initialDelay: 100, maxDelay: 10_000, jitter: 'none'}},
}

/** @returns what happened, as plain data */
async function play(name, url, WebSocket) {
  const [story] = name.split(':')
  const outcome = {name, states: [], history: [], delays: [], reports: [], messages: []}
  let asked = 0
  const client = connect(url, {
    ...(WebSocket && {WebSocket}),
    backoff: quick,
    lint: 'off',
    credentials: () => ++asked,
    onReport: ({close, cause, confidence, sequence, offset, frames}) => outcome.reports.push({code: close.code, cause, confidence, sequence, offset, frames: frames.length}),
    ...options[story],
  })
  const watchers = new Set()
  const changed = () => watchers.forEach((look) => look())
  const until = (condition) =>
    new Promise((resolve) => {
      const look = () => condition() && resolve()
      watchers.add(look)
      look()
    })
  outcome.states.push(client.state.name)
  client.on('state', ({name, delay}) => {
    // While open the state changes without a change of name.
    outcome.states.push(name)
    if (name === 'backoff') outcome.delays.push(delay)
    changed()
  })
  client.on('close', ({close, verdict, explanation}) => outcome.history.push({...close, action: verdict.action, explanation}))
  client.on('message', (data) => {
    outcome.messages.push(typeof data === 'string' ? data : data instanceof ArrayBuffer ? [...new Uint8Array(data)] : `neither text nor ArrayBuffer: ${data}`)
    changed()
  })
  const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay))
  const telling = stories[story]({
    client,
    pause,
    // Not counted in opens: Firefox under load tells of a connection that ends early only that it ended.
    back: () => until(() => client.state.name === 'open' && outcome.history.length > 0),
    reached: (state, times = 1) => until(() => outcome.states.filter((each) => each === state).length >= times),
    received: (count) => until(() => outcome.messages.length >= count),
  })
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      outcome.late = `after ${limit} ms in ${JSON.stringify(client.state)}`
      resolve()
    }, limit)
  })
  await Promise.race([telling, late])
  clearTimeout(timer)
  outcome.state = client.state.name
  outcome.asked = asked
  outcome.stats = client.stats
  // What closing it adds is no part of the story.
  const told = structuredClone(outcome)
  client.close()
  return told
}

/**
 * @param urls by name of scenario: a story, or `story:variant`
 * @param WebSocket absent: the engine's own
 */
export async function playAll(urls, WebSocket) {
  const escaped = collectEscapes()
  const outcomes = await Promise.all(Object.entries(urls).map(([name, url]) => play(name, url, WebSocket)))
  // What engines report late, they report within this time.
  await new Promise((resolve) => setTimeout(resolve, 300))
  return {outcomes, escaped}
}
