// @vitest-environment happy-dom
// Does a fake socket tell each event once where EventTarget has ideas of its own?

import {expect, it} from 'vitest'
import {fakeClock, fakeNetwork} from '../../src/testing/index.ts'

it('in happy-dom, which calls handlers that are an own property by itself', async () => {
  const network = fakeNetwork()
  const socket = new network.WebSocket('wss://example.test')
  const heard: string[] = []
  expect(socket.onopen).toBe(null)
  socket.onopen = () => heard.push('handler: open')
  socket.onmessage = ({data}) => heard.push(`handler: ${data}`)
  socket.addEventListener('message', (event) => heard.push(`listener: ${(event as MessageEvent).data}`))
  await fakeClock().advance(0)
  socket.server.send('x')
  await fakeClock().advance(0)
  expect(heard).toEqual(['handler: open', 'handler: x', 'listener: x'])
})
