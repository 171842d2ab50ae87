// What do the tests of the bindings share? Options for a client on fake time and a fake network, and a console that must stay silent.

import {afterEach, beforeEach, expect, vi} from 'vitest'
import type {Options} from '../../src/index.ts'
import {accepts, fakeClock, fakeNetwork, type Behaviour, type FakeClock, type FakeNetwork} from '../../src/testing/index.ts'

export const url = 'wss://example.test/live'

export interface Rig {
  clock: FakeClock
  network: FakeNetwork
  /** Chance is 0.5, so that the default jitter gives the nominal delay. */
  options: Pick<Options, 'clock' | 'random' | 'WebSocket'>
}

export const rig = (behaviour: Behaviour = accepts()): Rig => {
  const clock = fakeClock()
  const network = fakeNetwork(behaviour)
  return {clock, network, options: {clock, random: () => 0.5, WebSocket: network.WebSocket}}
}

/** URLs of the sockets that are alive. */
export const live = ({network}: Rig): string[] => network.live.map((socket) => socket.url)

/** Texts that the newest socket was given. */
export const sent = ({network}: Rig): unknown[] => network.last.sent.map(({data}) => data)

/** No socket, no timer: what a binding leaves behind. */
export const expectRest = ({clock, network}: Rig): void => {
  expect(network.live).toEqual([])
  expect(clock.pending).toBe(0)
}

/** To be called once in a test file: frameworks warn, and say what is wrong, on the console. @returns what was said, to be taken by who expects it */
export const watchTheConsole = (): {take: () => unknown[][]} => {
  let said: unknown[][] = []
  beforeEach(() => {
    for (const name of ['warn', 'error'] as const) vi.spyOn(console, name).mockImplementation((...words: unknown[]) => void said.push(words))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    expect(said.splice(0)).toEqual([])
  })
  return {take: () => said.splice(0)}
}
