// Do the channels of Phoenix go on over closecall, whatever ends the connection?

import {Socket, type Channel, type SocketConnectOption} from 'phoenix'
import {describe, expect, it, onTestFinished} from 'vitest'
import type {ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import {proxyTo} from '../helpers/proxy.ts'
import {eachWay, expectNothingLeft, expectOneEach, modes, runRecipe, withoutPauses, type Run} from './recipe.ts'
import {servesPhoenix} from './session-servers.ts'

type Playing = Run<{socket: Socket; channel: Channel}>

const playing = async ({url}: {url: string}, options: ReconnectingWebSocketOptions = withoutPauses, more: Partial<SocketConnectOption> = {}): Promise<Playing> => {
  class Given extends Socket {
    constructor(url: string, opts: Partial<SocketConnectOption>) {
      super(url, {...opts, ...more})
      onTestFinished(() => this.disconnect())
    }
  }
  const run: Playing = await runRecipe('phoenix', {'ws://127.0.0.1:4000': url}, {phoenix: {Socket: Given}}, ['socket', 'channel'], options)
  await expect.poll(() => run.logged).toEqual(['hello'])
  return run
}

/** What the server answers. */
const pushed = (channel: Channel, event: string, payload: object): Promise<unknown> =>
  new Promise((resolve) => {
    const push = channel.push(event, payload)
    for (const status of ['ok', 'error', 'timeout'] as const) push.receive(status, (response) => resolve([status, response]))
  })

/** Phoenix is always the first to come back. */
const unhurried: ReconnectingWebSocketOptions = {random: () => 0.99, backoff: {initialDelay: 60_000, maxDelay: 60_000, restartSpread: [60_000, 60_000]}}

describe('Socket', () => {
  it.each(eachWay)('joins again and goes on, %s, after %s, and leaves nothing when it is disconnected [CC-214]', async (mode, drop) => {
    const server = await servesPhoenix()
    const {made: {socket, channel}, sockets, reports, logged} = await playing(server, {...withoutPauses, ...modes[mode], ...(mode === 'reconnecting' && unhurried)})
    const expected = ['hello']
    for (const round of [1, 2, 3]) {
      const before = `before ${round}`
      const after = `after ${round}`
      expected.push(before, after)
      expect(await pushed(channel, 'shout', {text: before})).toEqual(['ok', {}])
      const pushedWithout = new Promise((resolve) => {
        const ref = socket.onClose(() => {
          socket.off([ref])
          // Kept by the channel until it is joined again.
          resolve(pushed(channel, 'shout', {text: after}))
        })
      })
      await server.drop(drop)
      expect(await pushedWithout).toEqual(['ok', {}])
      expect(server.open).toBe(1)
    }
    await expect.poll(() => logged).toEqual(expected)
    expectOneEach(sockets, 4)
    expect(reports).toEqual([])
    socket.disconnect()
    await expectNothingLeft(server, sockets)
  })

  it('is not told of a second clean close by one socket: reconnecting is not for it [CC-214]', async () => {
    const server = await servesPhoenix()
    // closecall is always the first to come back.
    const {made: {socket, channel}, sockets} = await playing(server, {...withoutPauses, ...modes.reconnecting}, {reconnectAfterMs: () => 60_000})
    await server.drop(1012)
    await server.until(() => server.open === 1 && server.connections.length === 2)
    await expect.poll(() => channel.state).toBe('joined')
    await server.drop(1012)
    await expect.poll(() => socket.isConnected() && server.connections.length).toBe(3)
    expect(channel.state).toBe('joined')
    expect(await pushed(channel, 'shout', {text: 'to nobody'})).toEqual(['error', {reason: 'unmatched topic'}])
    socket.disconnect()
    await expectNothingLeft(server, sockets)
  })

  it.each(Object.entries(modes))('leaves nothing when it is disconnected while nobody lets it in, %s [CC-214]', async (_, mode) => {
    const server = await servesPhoenix()
    const {made: {socket}, sockets} = await playing(server, {...withoutPauses, ...mode})
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 3)
    socket.disconnect()
    server.refuse(0)
    await expectNothingLeft(server, sockets, 1000)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and is told as ever, %s [CC-214]', async (_, mode) => {
    const server = await servesPhoenix()
    const {made: {socket, channel}, sockets, reports} = await playing(server, {...withoutPauses, ...mode})
    const codes: number[] = []
    socket.onClose(({code}) => void codes.push(code))
    await pushed(channel, 'shout', {text: 'what the server can not read'})
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => codes).toEqual([1007])
    expect(sockets.map(({client}) => client.state.name)).toEqual(['failed'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    expect(reports[0]!.frames.length).toBe(3)
    await expectNothingLeft(server, sockets)
    // Who has mended it asks for it.
    socket.connect()
    await expect.poll(() => channel.state).toBe('joined')
  })

  it('waits as long as the server asked for with 1013, though each socket is a new one [CC-214]', async () => {
    const server = await servesPhoenix()
    const {made: {socket}, sockets} = await playing(server, {})
    await server.drop(1013, 'retry-after=60')
    await expect.poll(() => sockets.at(-1)!.client.state).toMatchObject({name: 'suspended', why: 'overload'})
    expect(sockets.length).toBe(2)
    socket.disconnect()
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('takes another socket when its heartbeat is not answered, and the old one is left for good [CC-214]', async () => {
    const server = await servesPhoenix()
    const proxy = await proxyTo(server.port)
    onTestFinished(() => proxy.close())
    const {made: {socket, channel}, sockets, logged} = await playing(proxy, {...withoutPauses, closeTimeout: 100}, {heartbeatIntervalMs: 300})
    const beats = (): number => server.connections[0]!.messages.filter(({data}) => String(data).includes('heartbeat')).length
    await server.until(() => beats() >= 2)
    expect(server.connections.length).toBe(1)
    proxy.apply({name: 'stall'})
    await expect.poll(() => channel.state, {timeout: 5000}).toBe('errored')
    proxy.calm()
    expect(await pushed(channel, 'shout', {text: 'again'})).toEqual(['ok', {}])
    await expect.poll(() => logged).toEqual(['hello', 'again'])
    await server.until(() => server.open === 1)
    socket.disconnect()
    await expectNothingLeft(server, sockets)
  })

  it('hands its token on as a subprotocol [CC-214]', async () => {
    const server = await servesPhoenix()
    const {sockets} = await playing(server, withoutPauses, {authToken: 'token'})
    expect(server.connections[0]!.headers['sec-websocket-protocol']).toBe(`phoenix,base64url.bearer.phx.${btoa('token').replaceAll('=', '')}`)
    expect(sockets[0]!.protocol).toBe('phoenix')
  })
})
