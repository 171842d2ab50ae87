// Is a pattern told of a real server, too?

import {expect, it} from 'vitest'
import {diagnosis} from '../../src/diagnosis/index.ts'
import {closesWith} from '../helpers/servers.ts'
import {connecting, fasterClock, once, serving} from '../integration/harness.ts'

it('a server that accepts and closes is diagnosed after three connections [CC-111]', async () => {
  const server = await serving(closesWith(4401, 'who are you?'))
  // Time stands still: a loaded machine must not make a connection look like one that lasted.
  const client = connecting(server, {clock: {...fasterClock(1), now: () => 1000}, extensions: [diagnosis()]})
  expect(await once(client, 'diagnosis')).toMatchObject({name: 'rejected-after-open', explanation: expect.stringContaining('4401')})
  expect(server.connections).toHaveLength(3)
  expect(client.history.map(({pattern}) => pattern?.name)).toEqual([undefined, undefined, 'rejected-after-open'])
})
