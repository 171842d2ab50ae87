// Does a real server that is full see its clients come back one after the other?

import {onTestFinished, expect, it} from 'vitest'
import {overload} from '../../src/overload/index.ts'
import {closesWith, echoes} from '../helpers/servers.ts'
import {connecting, fasterClock, serving, state} from '../integration/harness.ts'

it('eight clients are told together, wait together, and are all let in; another server is none of it [CC-115] [CC-116]', async () => {
  const [full, fine] = await Promise.all([serving((visit) => (visit.index < 8 ? closesWith(1013, 'retry-after=40') : echoes())(visit)), serving(echoes())])
  const options = {clock: fasterClock(20), extensions: [overload()], backoff: {}, connectTimeout: 3_600_000}
  const clients = Array.from({length: 8}, () => connecting(full, options))
  const told = await Promise.all(clients.map((client) => state(client, 'backoff')))
  const pause = Math.max(...told.map(({retryAt}) => retryAt))
  const late = connecting(full, options)
  const waits = await state(late, 'suspended')
  expect(waits.why).toBe('overload')
  expect(waits.retryAt).toBeGreaterThanOrEqual(pause)
  await connecting(fine, options).ready

  const opened: number[] = []
  for (const client of [...clients, late]) onTestFinished(client.on('open', () => opened.push(options.clock.now())))
  await Promise.all([...clients, late].map((client) => state(client, 'open', 15_000)))
  expect(full.connections).toHaveLength(8 + 9)
  expect(Math.min(...opened)).toBeGreaterThanOrEqual(pause - 1)
  expect(clients.flatMap(({history}) => history.map(({close}) => close.code))).toEqual(Array(8).fill(1013))
})
