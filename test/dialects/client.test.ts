// Does a client do what the dialects say?

import {describe, expect, it} from 'vitest'
import {actioncable, dialectNamed, discord, graphqlTransportWs, socketIo, type DefinedDialect} from '../../src/dialects/index.ts'
import {accepts, acceptsThenCloses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, takeUncaught, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

/** A server that says something, and closes. */
const saysThenCloses =
  (messages: readonly (string | Uint8Array)[], code: number, reason = ''): Behaviour =>
  (server) => {
    server.accept()
    for (const message of messages) server.send(message)
    server.close(code, reason)
  }

const meet = (dialect: DefinedDialect, server: Behaviour, options?: SetupOptions): Promise<Setup> => {
  const setup = setUp(sequence(server, accepts()), {dialect, ...options})
  setup.client.on('closed', () => {})
  setup.client.on('report', () => {})
  return settled(setup)
}

describe('a client with a dialect', () => {
  it('stops where the service says so, and says what it means [CC-140]', async () => {
    const setup = await meet(discord, acceptsThenCloses(4004, 'Authentication failed.'))
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'verdict', verdict: {name: 'Authentication failed'}})
    expect(setup.closes[0]!.explanation).toBe('4004 Authentication failed ("Authentication failed."): the token sent with Identify is wrong; not trying again')
    expectRest(setup)
  })

  it.each<[string, number, number]>([
    ['discord', 4009, 125],
    ['discord', 4000, 1000],
    ['pusher', 4100, 2000],
    ['pusher', 4200, 125],
    ['liveblocks', 1013, 2000],
  ])('%s waits after %i as the service asks: %i ms [CC-140]', async (name, code, delay) => {
    const {client, delays} = await meet(dialectNamed(name), acceptsThenCloses(code))
    expect(delays).toEqual([delay])
    client.close()
  })

  it('comes back at once when it was told to, though the close says nothing of it [CC-144]', async () => {
    const {client, delays, messages} = await meet(discord, saysThenCloses(['{"t":null,"s":null,"op":7,"d":null}'], 1000))
    expect(delays).toEqual([500])
    // The program gets the message all the same.
    expect(messages).toHaveLength(1)
    client.close()
  })

  it.each<[string, string, string, number]>([
    ['actioncable', '{"type":"disconnect","reason":"unauthorized","reconnect":false}', 'failed', 1000],
    ['actioncable', '{"type":"disconnect","reason":"remote","reconnect":false}', 'closed', 1006],
    ['actioncable', '{"type":"disconnect","reason":"server_restart","reconnect":true}', 'backoff', 1000],
    ['home-assistant', '{"type":"auth_invalid","message":"Invalid password"}', 'failed', 1000],
    ['signalr', '{"type":7}\u001E', 'closed', 1000],
    ['signalr', '{"type":7,"allowReconnect":true}\u001E', 'backoff', 1000],
    ['socket-io', '41', 'closed', 1005],
  ])('%s: after %s it is %s, though the code is %i [CC-144]', async (name, message, state, code) => {
    const {client} = await meet(dialectNamed(name), saysThenCloses([message], code))
    expect(client.state.name).toBe(state)
    client.close()
  })

  it('forgets what a message said when another takes it back [CC-144]', async () => {
    const {client} = await meet(socketIo, saysThenCloses(['41', '40{"sid":"wZX3oN0bSVIhsaknAAAI"}'], 1005))
    expect(client.state.name).toBe('backoff')
    client.close()
  })

  it('forgets what was said on an older connection [CC-144]', async () => {
    const setup = setUp(sequence(saysThenCloses(['{"op":7,"d":null}'], 1006), acceptsThenCloses(4004)), {dialect: discord})
    setup.client.on('report', () => {})
    await setup.clock.advance(500)
    expect(setup.client.state).toMatchObject({name: 'failed', verdict: {name: 'Authentication failed'}})
  })

  it('bears a server that says nonsense [CC-143]', async () => {
    const {client, messages} = await meet(discord, saysThenCloses(['{"op":7', '{"op":9,"d":', '[{"op":7}]', 'null "op":7'], 4000))
    expect(client.state).toMatchObject({name: 'backoff', delay: 1000})
    expect(messages).toHaveLength(4)
    expect(takeUncaught()).toEqual([])
    client.close()
  })

  it('speaks the dialect whose subprotocol the server chose [CC-140]', async () => {
    const options = {dialect: [actioncable, graphqlTransportWs], protocols: ['graphql-transport-ws', 'actioncable-v1-json']}
    const named = async (protocol: string): Promise<string | undefined> => {
      const {client} = await meet(discord, (server) => void (server.accept({protocol}), server.close(4409)), options)
      const {state} = client
      client.close()
      return 'verdict' in state ? state.verdict?.name : undefined
    }
    expect(await named('graphql-transport-ws')).toBe('SubscriberAlreadyExists')
    expect(await named('actioncable-v1-json')).toBe('Private code')
  })
})
