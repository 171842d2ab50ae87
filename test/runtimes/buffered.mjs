// What does `bufferedAmount` say once a connection broke while messages were on their way? Plain JavaScript, the same in
// every engine; buffered.test.ts has the servers and what is expected.

import {collectEscapes} from './escapes.mjs'

/** An end that was told by an `error` alone, ms. */
const grace = 300

/** Real time passes here. */
const limit = 15_000

/** Sends all at once, and tells what the socket says when it is told of the end. */
const play = (name, {url, count, size}, WebSocket) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url)
    let sent = 0
    const end = () => {
      clearTimeout(timer)
      const {readyState, bufferedAmount, extensions, constructor} = socket
      resolve({name, sent, readyState, bufferedAmount, extensions, native: constructor === globalThis.WebSocket})
      socket.close()
    }
    let timer = setTimeout(end, limit)
    socket.onclose = end
    socket.onerror = () => {
      clearTimeout(timer)
      timer = setTimeout(end, grace)
    }
    socket.onopen = () => {
      const message = 'x'.repeat(size)
      for (; sent < count; sent++) socket.send(message)
    }
  })

/** By what the platform knows the engine. Plain data. */
const signs = () => ({
  Bun: !!globalThis.Bun,
  InternalError: !!globalThis.InternalError,
  navigator: {userAgentData: {brands: globalThis.navigator?.userAgentData?.brands}},
})

/**
 * @param given by name: `{url, count, size}`
 * @param WebSocket absent: the engine's own
 */
export async function playBuffered(given, WebSocket = globalThis.WebSocket) {
  const escaped = collectEscapes()
  const outcomes = []
  for (const part of Object.entries(given)) outcomes.push({...(await play(...part, WebSocket)), signs: signs()})
  return {outcomes, escaped}
}
