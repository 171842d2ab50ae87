// Which of the two places for subprotocols counts, and what may stand in each?

import {expect, it} from 'vitest'
import {accepts, fakeClock, fakeNetwork} from '../../src/testing/index.ts'
import {ReconnectingWebSocket, withOptions} from '../../src/websocket/index.ts'
import {url} from '../client/fixture.ts'

const offered = async (make: (options: {clock: ReturnType<typeof fakeClock>; WebSocket: any}) => ReconnectingWebSocket): Promise<unknown> => {
  const clock = fakeClock()
  const network = fakeNetwork(accepts())
  const seen: unknown[] = []
  const WebSocket = class extends (network.WebSocket as any) {
    constructor(address: string, protocols: unknown) {
      super(address, protocols)
      seen.push(protocols)
    }
  }
  const socket = make({clock, WebSocket})
  await clock.advance(0)
  socket.close()
  return seen
}

it('offers what the option gives, a function included, where there is no argument [CC-191]', async () => {
  expect(await offered((options) => new ReconnectingWebSocket(url, undefined, {...options, protocols: () => ['asked']}))).toEqual([['asked']])
  expect(await offered((options) => new ReconnectingWebSocket(url, undefined, {...options, protocols: 'given'}))).toEqual([['given']])
  const Class = (options: object): ReconnectingWebSocket => new (withOptions({...options, protocols: async () => 'asked'}))(url)
  expect(await offered(Class)).toEqual(['asked'])
})

it('offers the argument, where there is one: an empty list is one, and null is a name, as the standard says [CC-191]', async () => {
  expect(await offered((options) => new ReconnectingWebSocket(url, 'argument', {...options, protocols: 'option'}))).toEqual([['argument']])
  expect(await offered((options) => new ReconnectingWebSocket(url, [], {...options, protocols: 'option'}))).toEqual([[]])
  expect(await offered((options) => new ReconnectingWebSocket(url, null as never, {...options, protocols: 'option'}))).toEqual([['null']])
})
