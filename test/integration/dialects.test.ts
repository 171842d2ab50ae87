// Does a client over a real socket speak the dialect that it is given, or that the server chose?

import {expect, it} from 'vitest'
import {actioncable, discord, graphqlTransportWs} from '../../src/dialects/index.ts'
import {tryAgainLater} from '../../src/server/index.ts'
import {closesWith, echoes, saysThenCloses, sequence} from '../helpers/servers.ts'
import {connecting, once, serving, state} from './harness.ts'

it('stops at a private code that the service says is for good [CC-23]', async () => {
  const server = await serving(closesWith(4004, 'Authentication failed.'))
  const client = connecting(server, {dialect: discord})
  expect(await state(client, 'failed')).toMatchObject({verdict: {name: 'Authentication failed', fault: 'policy'}})
  expect(server.connections).toHaveLength(1)
})

it('speaks the dialect whose subprotocol the server chose [CC-24]', async () => {
  const server = await serving(closesWith(4409))
  const client = connecting(server, {dialect: [actioncable, graphqlTransportWs], protocols: ['graphql-transport-ws', 'actioncable-v1-json']})
  expect(await state(client, 'failed')).toMatchObject({verdict: {name: 'SubscriberAlreadyExists'}})
  const other = connecting(server, {dialect: [actioncable, graphqlTransportWs], protocols: ['actioncable-v1-json', 'graphql-transport-ws']})
  expect(await once(other, 'retry')).toMatchObject({verdict: {name: 'Private code'}})
})

it('does not come back to a server that said so in a message [CC-25]', async () => {
  const server = await serving(saysThenCloses('{"type":"disconnect","reason":"unauthorized","reconnect":false}', 1000))
  const client = connecting(server, {dialect: actioncable})
  const ended = await state(client, 'failed')
  expect(ended.verdict).toMatchObject({action: 'stop', fault: 'policy'})
  expect(server.connections).toHaveLength(1)
})

it('comes back after a 1000 to a server that said so in a message [CC-25]', async () => {
  const server = await serving(sequence(saysThenCloses('{"op":7,"d":null}', 1000), echoes()))
  const client = connecting(server, {dialect: discord})
  await once(client, 'retry')
  await state(client, 'open')
  expect(server.connections).toHaveLength(2)
})

it('takes the alias of 1013 for 1013, hint and all [CC-22]', async () => {
  const {code, reason} = tryAgainLater({after: 3000, spread: 10_000, alias: true})
  const server = await serving(closesWith(code, reason))
  const {delay, verdict} = await once(connecting(server), 'retry')
  expect(code).toBe(4913)
  expect(verdict).toMatchObject({name: 'Try Again Later', fault: 'server'})
  expect(delay).toBeGreaterThanOrEqual(3000)
  expect(delay).toBeLessThan(13_000)
})
