// Whose agent opens the connection?

import {expect, it} from 'vitest'
import {echoes} from '../helpers/servers.ts'
import {serving} from '../integration/harness.ts'
import {connecting, WatchedAgent} from './fixture.ts'

it('an agent among the options of ws is used, where none is given beside them [CC-106]', async () => {
  const agent = new WatchedAgent()
  await connecting(await serving(echoes()), {ws: {agent}}).ready
  expect(agent.made).toHaveLength(1)
})
