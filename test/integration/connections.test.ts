// What does the client do when the connection fails without a close code: dropped, reset, silent, refused?

import {describe, expect, it} from 'vitest'
import {drops, echoes, goesSilent, hangsHandshake, refuses, resets, sequence} from '../helpers/servers.ts'
import {connecting, once, serving, state} from './harness.ts'

describe('a connection that breaks', () => {
  it.each([
    ['ended (FIN)', drops],
    ['reset (RST)', resets],
  ])('is made anew when TCP is %s [CC-10]', async (_, breaks) => {
    const server = await serving(sequence(breaks(), breaks(), echoes()))
    const client = connecting(server)
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1006, wasClean: false, opened: true})
    await server.until(() => server.connections.length === 3)
    await state(client, 'open')
    expect(client.stats).toMatchObject({connections: 3, retries: 2})
  })

  it('keeps trying for as long as nobody listens [CC-18]', async () => {
    const nowhere = await serving('nobody')
    const client = connecting(nowhere)
    for (let attempt = 1; attempt <= 5; attempt++) {
      const retry = await once(client, 'retry')
      expect(retry).toMatchObject({attempt, last: {code: 1006, opened: false, age: 0, error: 'ECONNREFUSED'}})
    }
    client.close()
    expect(client.state.name).toBe('closed')
  })

  it('stops after `maxAttempts` retries, and says so [CC-34]', async () => {
    const nowhere = await serving('nobody')
    const client = connecting(nowhere, {backoff: {initialDelay: 1, maxDelay: 2, maxAttempts: 3}})
    expect(await state(client, 'failed')).toMatchObject({why: 'attempts'})
    expect(client.stats.retries).toBe(3)
    expect(client.history).toHaveLength(4)
    expect(client.reports).toHaveLength(1)
  })
})

describe('a peer that says nothing', () => {
  it('gives up a handshake that is never answered, and lets go of its socket [CC-52]', async () => {
    const server = await serving(sequence(hangsHandshake(), echoes()))
    const client = connecting(server, {connectTimeout: 1000})
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1006, opened: false, origin: 'connect-timeout'})
    await server.until(() => server.connections[0]!.gone)
    await state(client, 'open')
    expect(server.connections.length).toBe(2)
  })

  it('is closed within `closeTimeout` when it does not answer the close frame, and its socket is gone [CC-81]', async () => {
    const server = await serving(goesSilent())
    const client = connecting(server, {closeTimeout: 50})
    await client.ready
    client.close(4321, 'enough')
    expect((await state(client, 'closed')).last).toMatchObject({code: 1006, origin: 'close-timeout'})
    await server.until(() => server.connections[0]!.gone)
    expect(server.connections[0]).toMatchObject({closeCode: 4321, closeReason: 'enough'})
    expect(server.connections.length).toBe(1)
  })

  it('is left behind by reconnect() at once [CC-80]', async () => {
    const server = await serving(sequence(goesSilent(), echoes()))
    const client = connecting(server)
    await client.ready
    client.reconnect()
    expect(client.state.name).toBe('connecting')
    await client.ready
    await server.until(() => server.connections[0]!.gone)
    expect(server.connections.length).toBe(2)
  })

  it('may be closed while its handshake hangs, without an error escaping [CC-54]', async () => {
    const server = await serving(hangsHandshake())
    const client = connecting(server)
    await server.until(() => server.connections.length === 1)
    client.close()
    expect(client.state.name).toBe('closed')
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
  })
})

describe('a handshake that is refused', () => {
  it.each([401, 407])('asks for credentials exactly once more after HTTP %i, and is let in [CC-13]', async (status) => {
    const server = await serving(sequence(refuses(status), echoes()))
    let asked = 0
    const client = connecting(server, {credentials: () => ++asked})
    expect(await state(client, 'backoff')).toMatchObject({delay: 0, refresh: true, last: {status, opened: false}})
    await state(client, 'open')
    expect(asked).toBe(2)
    expect(server.connections.length).toBe(2)
  })

  it.each([401, 407])('stops after the second HTTP %i in a row [CC-13]', async (status) => {
    const server = await serving(refuses(status))
    let asked = 0
    const client = connecting(server, {credentials: () => ++asked})
    expect(await state(client, 'failed')).toMatchObject({why: 'strikes', last: {status}})
    expect(asked).toBe(2)
    expect(server.connections.length).toBe(2)
    expect(client.reports).toHaveLength(1)
  })

  it('hands what the credentials function gave to the address and the protocols [CC-51]', async () => {
    const server = await serving(sequence(refuses(401), echoes()))
    let token = 0
    const client = connecting(server, {credentials: () => ++token, protocols: ({credentials}) => [`token.${String(credentials)}`]})
    await state(client, 'backoff')
    await state(client, 'open')
    expect(server.connections.map(({headers}) => headers['sec-websocket-protocol'])).toEqual(['token.1', 'token.2'])
    expect(client.protocol).toBe('token.2')
  })

  it.each([301, 400, 403, 404, 426])('stops after HTTP %i [CC-17]', async (status) => {
    const server = await serving(refuses(status))
    const client = connecting(server, {credentials: () => 'token'})
    expect(await state(client, 'failed')).toMatchObject({why: 'verdict', last: {status, code: 1006}})
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
    expect(client.reports).toHaveLength(1)
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('comes back after HTTP %i [CC-17]', async (status) => {
    const server = await serving(sequence(refuses(status, {'retry-after': '1'}), refuses(status), echoes()))
    const client = connecting(server)
    expect((await state(client, 'backoff')).last).toMatchObject({status, opened: false})
    await server.until(() => server.connections.length === 3)
    await state(client, 'open')
    expect(client.reports).toEqual([])
  })

  it('keeps what was sent before the refusal, and sends it once it is let in [CC-72]', async () => {
    const server = await serving(sequence(refuses(503), echoes()))
    const client = connecting(server)
    expect(client.send('early')).toBe('buffered')
    expect(await once(client, 'message')).toBe('early')
    expect(server.connections[1]!.messages.map(({data}) => String(data))).toEqual(['early'])
  })
})
