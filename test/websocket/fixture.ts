// What do the tests of the drop-in share? A socket on fake time and a fake network, and a list of what it told.

import {ReconnectingWebSocket, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import {accepts, fakeClock, fakeNetwork, type Behaviour, type FakeClock, type FakeNetwork} from '../../src/testing/index.ts'
import {environment, url} from '../client/fixture.ts'

export interface Setup {
  socket: ReconnectingWebSocket
  clock: FakeClock
  network: FakeNetwork
  /** Each event in words: type, what it says, and the state that it was told in. */
  told: string[]
}

export const words = (event: Event): string => {
  const {type, data, code, reason, wasClean, final} = event as CloseEvent & MessageEvent & {final: boolean}
  const says = type === 'message' ? [data] : type === 'close' ? [code, ...(reason ? [reason] : []), ...(wasClean ? ['clean'] : []), ...(final ? ['final'] : [])] : []
  return [type, ...says, `in ${(event.target as WebSocket).readyState}`].join(' ')
}

export const setUp = (behaviour: Behaviour = accepts(), {address = url, protocols, ...options}: ReconnectingWebSocketOptions & {address?: ConstructorParameters<typeof ReconnectingWebSocket>[0]} = {}): Setup => {
  const clock = fakeClock()
  const network = fakeNetwork(behaviour)
  const socket = new ReconnectingWebSocket(address, protocols, {clock, environment, random: () => 0.5, WebSocket: network.WebSocket, ...options})
  const told: string[] = []
  for (const type of ['open', 'message', 'error', 'close']) socket.addEventListener(type, (event) => told.push(words(event)))
  return {socket, clock, network, told}
}

export const settled = async (setup: Setup): Promise<Setup> => {
  await setup.clock.advance(0)
  return setup
}

export const texts = ({network}: Setup): unknown[] => network.sockets.flatMap(({sent}) => sent.map(({data}) => data))
