// Does a SignalR connection go on over closecall, whatever ends the one beneath?

import * as library from '@microsoft/signalr'
import {HubConnectionBuilder, HubConnectionState, NullLogger, type HubConnection} from '@microsoft/signalr'
import {describe, expect, it, onTestFinished} from 'vitest'
import {webSocketClass} from '../../src/node/index.ts'
import {overload} from '../../src/overload/index.ts'
import type {WebSocketClass} from '../../src/platform/websocket.ts'
import {withOptions, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import type {DroppingServer} from './dropping.ts'
import {eachWay, expectNothingLeft, expectOneEach, hurried, modes, runRecipe, type Run} from './recipe.ts'
import {servesSignalR} from './session-servers.ts'

type Playing = Run<{connection: HubConnection}>

/** The library's own delays are 0, 2, 10, 30 s. */
const delays = [0, 20, 20, 20, 20, 20, 20, 20]

class Builder extends HubConnectionBuilder {
  override withAutomaticReconnect(): HubConnectionBuilder {
    return super.withAutomaticReconnect(delays)
  }

  override build(): HubConnection {
    const connection = this.configureLogging(NullLogger.instance) && super.build()
    onTestFinished(() => connection.stop())
    return connection
  }
}

const playing = async (server: DroppingServer, options: ReconnectingWebSocketOptions = {}): Promise<Playing> => {
  const run: Playing = await runRecipe('signalr', {'http://127.0.0.1:5000': server.url.replace('ws', 'http')}, {'@microsoft/signalr': {...library, HubConnectionBuilder: Builder}}, ['connection'], options)
  await expect.poll(() => run.logged).toEqual(['hello'])
  return run
}

describe('HubConnection', () => {
  it.each(eachWay)('is connected again and goes on, %s, after %s, and leaves nothing when it is stopped [CC-215]', async (mode, drop) => {
    const server = await servesSignalR()
    const {made: {connection}, sockets, reports, logged} = await playing(server, modes[mode])
    const told: string[] = []
    connection.onreconnecting((error) => told.push(error!.message))
    connection.onreconnected(() => told.push('again'))
    const expected = ['hello']
    for (const round of [1, 2, 3]) {
      expect(await connection.invoke('Echo', round)).toBe(round)
      // What was asked for and not answered is lost, and its caller is told.
      const lost = connection.invoke('Never').catch((error: Error) => error.message)
      await server.until(() => server.connections.at(-1)!.messages.some(({data}) => String(data).includes('Never')))
      await server.drop(drop)
      const words = `WebSocket closed with status code: ${drop === 'RST' ? 1006 : drop} (no reason given).`
      expect(await lost).toBe(words)
      await expect.poll(() => told.length).toBe(round * 2)
      expect(told.slice(-2)).toEqual([words, 'again'])
      await connection.invoke('Broadcast', `again ${round}`)
      expected.push(`again ${round}`)
      expect(server.open).toBe(1)
    }
    await expect.poll(() => logged).toEqual(expected)
    expectOneEach(sockets, 4)
    expect(reports).toEqual([])
    await connection.stop()
    await expectNothingLeft(server, sockets)
  })

  it('comes through attempts that fail, one-shot, and leaves none of them [CC-215]', async () => {
    const server = await servesSignalR()
    const {made: {connection}, sockets} = await playing(server)
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 4)
    server.refuse(0)
    await expect.poll(() => connection.state).toBe(HubConnectionState.Connected)
    expect(await connection.invoke('Echo', 'again')).toBe('again')
    expect([server.open, server.greeted]).toEqual([1, 1])
    await connection.stop()
    await expectNothingLeft(server, sockets)
  })

  it('leaves each attempt that failed behind, which then comes back by itself: reconnecting is not for it [CC-215]', async () => {
    const server = await servesSignalR()
    const {made: {connection}, sockets} = await playing(server, modes.reconnecting)
    server.refuse(503)
    await server.drop('RST')
    await expect.poll(() => sockets.length).toBeGreaterThanOrEqual(4)
    server.refuse(0)
    await expect.poll(() => connection.state).toBe(HubConnectionState.Connected)
    await connection.stop()
    await server.until(() => server.greeted === 0)
    // Open, and nobody will ever say a word on them.
    await server.until(() => server.open >= 2)
    const orphans = sockets.filter(({readyState}) => readyState < 2)
    expect(orphans.length).toBeGreaterThanOrEqual(2)
    for (const orphan of orphans) orphan.close()
    await expectNothingLeft(server, sockets)
  })

  it('leaves nothing when it is stopped while nobody lets it in, one-shot [CC-215]', async () => {
    const server = await servesSignalR()
    const {made: {connection}, sockets} = await playing(server)
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 3)
    await connection.stop()
    server.refuse(0)
    await expectNothingLeft(server, sockets)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and is told as ever, %s [CC-215]', async (_, mode) => {
    const server = await servesSignalR()
    const {made: {connection}, sockets, reports, logged} = await playing(server, mode)
    const told: unknown[] = []
    connection.onreconnecting((error) => told.push(error!.message))
    connection.onclose((error) => told.push(error))
    await connection.invoke('Echo', 'what the server can not read')
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => told).toEqual(['WebSocket closed with status code: 1007 (invalid payload).', undefined])
    expect(connection.state).toBe(HubConnectionState.Disconnected)
    expect(sockets.map(({client}) => client.state.name)).toEqual(['failed'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    expect(reports[0]!.frames.length).toBe(4)
    expect(logged).toMatchObject(['hello', {name: 'ClosecallError', code: 'FAILED'}])
    await expectNothingLeft(server, sockets)
    // Who has mended it asks for it.
    await connection.start()
    expect(await connection.invoke('Echo', 'mended')).toBe('mended')
  })

  it('waits as long as the server asked for with 1013 if it is to, until it is stopped and told so [CC-215]', async () => {
    const server = await servesSignalR()
    const leaving = new AbortController()
    const {made: {connection}, sockets} = await playing(server, {extensions: [overload()], signal: leaving.signal})
    await server.drop(1013, 'retry-after=60')
    await expect.poll(() => sockets.at(-1)!.client.state).toMatchObject({name: 'suspended', why: 'overload'})
    expect(sockets.length).toBe(2)
    // stop() waits for the attempt that is under way.
    const stopped = connection.stop()
    leaving.abort()
    await stopped
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('hands no header on from Node, which the class beneath then must [CC-215]', async () => {
    const server = await servesSignalR()
    const connect = async (WebSocket: WebSocketClass): Promise<HubConnection> => {
      const connection = new Builder()
        .withUrl(server.url.replace('ws', 'http'), {
          WebSocket: withOptions({...hurried, reconnect: false, WebSocket}),
          accessTokenFactory: () => 'token',
          skipNegotiation: true,
          transport: library.HttpTransportType.WebSockets,
        } as library.IHttpConnectionOptions)
        .build()
      await connection.start()
      return connection
    }
    await connect(hurried.WebSocket)
    const headers = (): Record<string, string> => ({authorization: 'Bearer token'})
    await connect(webSocketClass({headers}))
    expect(server.connections.map(({headers: {authorization}}) => authorization)).toEqual([undefined, 'Bearer token'])
  })
})
