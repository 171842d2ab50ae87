// Passes at ad42dec, and kills a mutant that the other tests let live.

import {expect, it, vi} from 'vitest'
import {probe} from '../../src/probe/index.ts'
import {fakeClock} from '../../src/testing/index.ts'
import {watchTheWorld} from '../client/fixture.ts'

watchTheWorld()

it('ends its own request, and its timer, when the headers are there, whoever else is still asked [CC-107]', async () => {
  const fetched = vi.fn<(url: string, init: {signal: AbortSignal}) => Promise<Response>>(async () => new Response(null, {status: 200}))
  vi.stubGlobal('fetch', fetched)
  const clock = fakeClock()
  const close = {code: 1006, reason: '', wasClean: false, opened: false, age: 0, origin: 'event'} as const
  await probe('https://example.test/health')({clock, random: () => 0}).investigate!(close, 'wss://example.test/', new AbortController().signal)
  expect(fetched.mock.calls[0]![1].signal.aborted).toBe(true)
  expect(clock.pending).toBe(0)
})
