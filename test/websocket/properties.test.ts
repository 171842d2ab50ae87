// Whatever happens, does the drop-in tell a story that a library can follow?

import fc from 'fast-check'
import {expect, it} from 'vitest'
import {accepts, acceptsThenCloses, drops, errorsWithoutClose, goesSilent, neverAnswers, refuses, type Behaviour} from '../../src/testing/index.ts'
import type {ReconnectingCloseEvent} from '../../src/websocket/index.ts'
import {newWorld, offline, online, tellPage, watchTheWorld} from '../client/fixture.ts'
import {setUp, settled} from './fixture.ts'

watchTheWorld()

const behaviours: Record<string, () => Behaviour> = {
  accepts: () => accepts(),
  refuses: () => refuses(),
  drops: () => drops(),
  neverAnswers: () => neverAnswers(),
  goesSilent: () => goesSilent(),
  errorsWithoutClose: () => errorsWithoutClose(),
  'closes with 1000': () => acceptsThenCloses(1000),
  'closes with 1007': () => acceptsThenCloses(1007),
  'closes with 1013': () => acceptsThenCloses(1013),
  'closes with 4001': () => acceptsThenCloses(4001),
}

const names = Object.keys(behaviours)

type Step = {does: 'wait'; ms: number} | {does: 'close' | 'open' | 'reconnect' | 'send' | 'hears' | 'cut' | 'offline' | 'online' | 'leave' | 'return'} | {does: 'serve'; how: string}

const step: fc.Arbitrary<Step> = fc.oneof(
  {weight: 4, arbitrary: fc.record({does: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 100, 1500, 11_000, 60_000)})},
  {weight: 4, arbitrary: fc.record({does: fc.constantFrom('close' as const, 'open' as const, 'reconnect' as const, 'send' as const, 'hears' as const, 'cut' as const, 'offline' as const, 'online' as const, 'leave' as const, 'return' as const)})},
  {weight: 2, arbitrary: fc.record({does: fc.constant('serve' as const), how: fc.constantFrom(...names)})},
)

it.each([
  ['it reconnects', {}],
  ['one shot', {reconnect: false}],
  ['the library greets first', {flushWhen: (data: unknown) => data === 'ack'}],
])('each connection is opened and closed, in order, and each end is told once; %s [CC-192] [CC-195] [CC-89]', async (_, options) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.array(step, {maxLength: 25}), fc.boolean(), async (first, steps, closesInOpen) => {
      newWorld()
      const setup = setUp(behaviours[first]!(), {...options, onReport: () => {}, buffer: {maxMessages: Infinity, maxBytes: Infinity}})
      const {socket, network, clock} = setup
      const begun = (): boolean => !['idle', 'closed', 'failed'].includes(socket.client.state.name)
      /** Beginnings that were asked for while it rested, and ends that were told. */
      let beginnings = 1
      let ends = 0
      let isOpen = false
      let erred = false
      let finished = false
      socket.onopen = () => {
        expect([isOpen, socket.readyState], 'open').toEqual([false, 1])
        expect(finished, 'opens after the end').toBe(false)
        isOpen = true
        if (closesInOpen) socket.close(4000)
      }
      socket.onmessage = () => expect([isOpen, socket.readyState], 'message').toEqual([true, 1])
      socket.onerror = () => {
        expect(erred, 'error twice').toBe(false)
        erred = true
      }
      socket.onclose = ((event: ReconnectingCloseEvent) => {
        expect(erred, `error before an unclean close only: ${event.code}`).toBe(!event.wasClean)
        erred = false
        isOpen = false
        if (!event.final) return
        ends++
        finished = !begun()
        if (finished) expect(socket.readyState).toBe(3)
      }) as never
      const restart = (act: () => void): void => {
        if (!begun()) beginnings++
        finished = false
        act()
      }
      for (const each of steps) {
        const last = network.sockets.at(-1)
        switch (each.does) {
          case 'wait':
            await clock.advance(each.ms)
            break
          case 'serve':
            network.behaviour = behaviours[each.how]!()
            break
          case 'open':
          case 'reconnect':
            // What was closed a moment ago is told of first.
            await settled(setup)
            restart(() => socket[each.does as 'open']())
            break
          case 'close':
            socket.close()
            expect(socket.readyState).toBeGreaterThan(1)
            break
          case 'send':
            socket.send('x')
            break
          case 'hears':
            if (last?.readyState === 1) last.server.send('ack')
            break
          case 'cut':
            if (last?.readyState === 1) last.server.drop()
            break
          case 'offline':
            offline()
            break
          case 'online':
            online()
            break
          case 'leave':
            tellPage('pagehide', {persisted: true})
            break
          case 'return':
            tellPage('pageshow')
            break
          default:
            each satisfies never
        }
        expect(network.live.length).toBeLessThan(2)
      }
      socket.close()
      await clock.advance(120_000)
      expect([socket.readyState, begun(), isOpen]).toEqual([3, false, false])
      expect(ends, 'one final close for each beginning').toBe(beginnings)
      expect([network.live.length, clock.pending]).toEqual([0, 0])
    }),
    {numRuns: 150},
  )
})
