// Do the options of reconnecting-websocket and partysocket mean here what they meant there?

import {readFileSync} from 'node:fs'
import {describe, expect, it, vi} from 'vitest'
import {checkOptions} from '../../src/client/options.ts'
import {accepts, acceptsThenCloses, fakeNetwork, refuses, sequence} from '../../src/testing/index.ts'
import {fromReconnectingWebSocket, type PeerOptions} from '../../src/websocket/index.ts'
import {long, watchTheWorld} from '../client/fixture.ts'
import {setUp, settled} from './fixture.ts'

watchTheWorld()

const all: Required<PeerOptions> = {
  WebSocket: fakeNetwork(accepts()).WebSocket,
  maxReconnectionDelay: 8000,
  minReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  minUptime: 4000,
  connectionTimeout: 3000,
  maxRetries: 7,
  maxEnqueuedMessages: 20,
  startClosed: true,
  debug: true,
  debugLogger: () => {},
  shouldReconnectOnClose: () => true,
}

describe('fromReconnectingWebSocket() [CC-200]', () => {
  it('says each by our name', () => {
    expect(fromReconnectingWebSocket(all)).toEqual({
      WebSocket: all.WebSocket,
      backoff: {initialDelay: 500, maxDelay: 8000, factor: 1.5, maxAttempts: 7},
      stableAfter: 4000,
      connectTimeout: 3000,
      buffer: {maxMessages: 20},
      startClosed: true,
      classify: expect.any(Function),
      extensions: [expect.any(Function)],
    })
  })

  it('says nothing of what is not given', () => {
    expect(fromReconnectingWebSocket({})).toEqual({})
    expect(fromReconnectingWebSocket({debug: false, maxRetries: undefined} as PeerOptions)).toEqual({})
  })

  it.each<[PeerOptions, object]>([
    [{minReconnectionDelay: 60_000}, {initialDelay: 60_000, maxDelay: 60_000}],
    [{minReconnectionDelay: 2000}, {initialDelay: 2000, maxDelay: 30_000}],
    [{maxReconnectionDelay: 300}, {initialDelay: 300, maxDelay: 300}],
    [{maxReconnectionDelay: 60_000}, {initialDelay: 1000, maxDelay: 60_000}],
    [{minReconnectionDelay: 0, maxReconnectionDelay: 0}, {initialDelay: 1, maxDelay: 1}],
    [{maxRetries: 0}, {maxAttempts: 0}],
  ])('%j becomes a backoff that can be used: %j', (given, backoff) => {
    const options = fromReconnectingWebSocket(given)
    expect(options.backoff).toEqual(backoff)
    expect(checkOptions(options).backoff).toMatchObject(backoff)
  })

  it('does not look on a server that accepts and closes as a good one', () => {
    expect(fromReconnectingWebSocket({minUptime: 0, connectionTimeout: 0})).toEqual({stableAfter: 1000, connectTimeout: 1})
  })

  it.each([
    [{maxRetry: 3}, /^closecall: `maxRetry` must be an option that exists/],
    [{maxRetries: -1}, /^closecall: `maxRetries` must be 0\.\.Infinity, got -1/],
    [{minReconnectionDelay: '1000'}, /^closecall: `minReconnectionDelay` must be 0\.\./],
    [{minReconnectionDelay: 10, maxReconnectionDelay: 5}, /^closecall: `maxReconnectionDelay` must be at least `minReconnectionDelay` \(10\), got 5/],
    [{debugLogger: 'yes'}, /^closecall: `debugLogger` must be a function/],
    [null, /^closecall: `options` must be an object/],
  ])('answers %j by one sentence', (given, sentence) => {
    expect(() => fromReconnectingWebSocket(given as PeerOptions)).toThrow(sentence)
  })

  it('shouldReconnectOnClose ends what would be tried again, and tries again what would end, but for what must stop', async () => {
    const asked: number[] = []
    const options = fromReconnectingWebSocket({
      shouldReconnectOnClose({code}) {
        asked.push(code)
        return code !== 1013
      },
    })
    const setup = setUp(sequence(acceptsThenCloses(1000), acceptsThenCloses(1013)), options)
    await setup.clock.advance(long)
    expect(setup.told).toEqual(['open in 1', 'close 1000 clean in 0', 'open in 1', 'close 1013 clean final in 3'])
    const fatal = setUp(acceptsThenCloses(1007), {...options, onReport: () => {}})
    await fatal.clock.advance(long)
    expect(fatal.told).toEqual(['open in 1', 'close 1007 clean final in 3'])
    expect(asked).toEqual([1000, 1013, 1007])
  })

  it('maxRetries is followed by the end, which theirs kept to themselves', async () => {
    const setup = setUp(refuses(), {...fromReconnectingWebSocket({maxRetries: 2}), onReport: () => {}})
    await setup.clock.advance(long)
    expect(setup.network.sockets).toHaveLength(3)
    expect(setup.told.at(-1)).toBe('close 1006 final in 3')
  })

  it('debug logs each connection and each end in a line', async () => {
    const lines: unknown[] = []
    const logged = vi.spyOn(console, 'log').mockImplementation((...words) => void lines.push(...words))
    for (const options of [{debug: true}, {debug: true, debugLogger: (line: string) => void lines.push(`mine: ${line}`)}]) {
      const setup = await settled(setUp(sequence(acceptsThenCloses(1013), accepts()), fromReconnectingWebSocket(options)))
      setup.socket.close()
    }
    expect(logged).toHaveBeenCalledTimes(2)
    expect(lines).toEqual(['closecall: open', expect.stringMatching(/^closecall: 1013 Try Again Later/), 'mine: closecall: open', expect.stringMatching(/^mine: closecall: 1013/)])
  })

  it('each option has its line in docs/migration.md', () => {
    const page = readFileSync(new URL('../../docs/migration.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
    expect(Object.keys(all).filter((name) => !rows.includes(name))).toEqual([])
  })
})
