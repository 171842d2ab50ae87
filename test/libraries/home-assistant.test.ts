// Do the subscriptions of a Home Assistant connection go on over closecall, whatever ends the one beneath?

import * as library from 'home-assistant-js-websocket'
import {createConnection, createLongLivedTokenAuth, ERR_CONNECTION_LOST, ERR_INVALID_AUTH, type Connection} from 'home-assistant-js-websocket'
import {describe, expect, it, onTestFinished} from 'vitest'
import {homeAssistant} from '../../src/dialects/index.ts'
import {ReconnectingWebSocket, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import type {DroppingServer} from './dropping.ts'
import {expectNothingLeft, expectOneEach, hurried, modes, recording, runRecipe, type Run} from './recipe.ts'
import {accessToken, servesHomeAssistant} from './session-servers.ts'

type Playing = Run<{connection: Connection}>

const httpOf = (server: DroppingServer): string => server.url.replace('ws', 'http')

/** With the `createSocket` of the page. */
const playing = async (server: DroppingServer, options: ReconnectingWebSocketOptions = {}, token = accessToken): Promise<Playing> => {
  const connecting = async (given: library.ConnectionOptions): Promise<Connection> => {
    const connection = await createConnection(given)
    onTestFinished(() => connection.close())
    return connection
  }
  return await runRecipe('home-assistant', {'http://127.0.0.1:8123': httpOf(server), TOKEN: token}, {'home-assistant-js-websocket': {...library, createConnection: connecting}}, ['connection'], options)
}

/** With the `createSocket` of the library, which takes the class that is global. */
const playingGlobally = async (server: DroppingServer, options: ReconnectingWebSocketOptions = {}): Promise<Playing> => {
  const sockets: ReconnectingWebSocket[] = []
  const logged: unknown[] = []
  const {WebSocket} = globalThis
  globalThis.WebSocket = recording(sockets, {...hurried, reconnect: false, ...options}) as never
  onTestFinished(() => void (globalThis.WebSocket = WebSocket))
  const connection = await createConnection({auth: createLongLivedTokenAuth(httpOf(server), accessToken)})
  onTestFinished(() => connection.close())
  await connection.subscribeEvents(({data}: {data: unknown}) => logged.push(data), 'doorbell')
  return {made: {connection}, sockets, logged, reports: []}
}

const ways = {'its own createSocket': playingGlobally, 'that of the page': playing}
const waysAndDrops = (Object.keys(ways) as (keyof typeof ways)[]).flatMap((way) => (['RST', 1012, 1013] as const).map((drop) => [way, drop] as const))

const ring = (connection: Connection, times: number): Promise<unknown> => connection.sendMessagePromise({type: 'fire_event', event_type: 'doorbell', event_data: {times}})

const ready = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    const listener = (): void => {
      connection.removeEventListener('ready', listener)
      resolve()
    }
    connection.addEventListener('ready', listener)
  })

describe('Connection', () => {
  it.each(waysAndDrops)('subscribes again and goes on, one-shot, with %s, after %s, and leaves nothing when it is closed [CC-216]', async (way, drop) => {
    const server = await servesHomeAssistant()
    const {made: {connection}, sockets, logged} = await ways[way](server)
    const expected: unknown[] = []
    const rung = async (times: number): Promise<void> => {
      await ring(connection, times)
      expected.push({times})
      await expect.poll(() => logged).toEqual(expected)
    }
    for (const round of [1, 2, 3]) {
      await rung(round)
      // What was asked for and not answered is lost, and its caller is told.
      const lost = connection.sendMessagePromise({type: 'never'}).catch((answer: unknown) => answer)
      await server.until(() => server.connections.at(-1)!.messages.some(({data}) => String(data).includes('never')))
      const again = ready(connection)
      await server.drop(drop)
      expect(await lost).toMatchObject({error: {code: ERR_CONNECTION_LOST}})
      await again
      await server.until(() => server.connections.at(-1)!.messages.some(({data}) => String(data).includes('subscribe_events')))
      await rung(round + 0.5)
      expect([server.open, server.greeted]).toEqual([1, 1])
    }
    expectOneEach(sockets, 4)
    expect(sockets.at(-1)).toBe(connection.socket)
    connection.close()
    await expectNothingLeft(server, sockets)
  })

  it.each(waysAndDrops)('leaves the socket that was lost behind, which then comes back by itself, with %s, after %s: reconnecting is not for it [CC-216]', async (way, drop) => {
    const server = await servesHomeAssistant()
    const {made: {connection}, sockets, logged} = await ways[way](server, modes.reconnecting)
    await ring(connection, 1)
    const again = ready(connection)
    await server.drop(drop)
    await again
    await server.until(() => server.open === 2)
    await expect.poll(() => sockets.map(({readyState}) => readyState)).toEqual([1, 1])
    expect(connection.socket).toBe(sockets[1])
    await ring(connection, 2)
    await expect.poll(() => logged).toEqual([{times: 1}, {times: 2}])
    // What ends the one that nobody wants ends the other for the library, too.
    const disconnected = new Promise((resolve) => connection.addEventListener('disconnected', resolve))
    sockets[0]!.reconnect()
    await disconnected
    expect(sockets[1]!.readyState).toBe(1)
    connection.close()
    for (const socket of sockets) socket.close()
    await expectNothingLeft(server, sockets)
  })

  it.each(Object.entries(ways))('leaves nothing when it is closed while nobody lets it in, one-shot, with %s [CC-216]', async (_, play) => {
    const server = await servesHomeAssistant()
    const {made: {connection}, sockets} = await play(server)
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length === 2)
    connection.close()
    server.refuse(0)
    // Its second pause is a second.
    await expectNothingLeft(server, sockets, 1300)
  })

  it('leaves nothing when it is closed while it connects, one-shot, with that of the page [CC-216]', async () => {
    const server = await servesHomeAssistant()
    const {made: {connection}, sockets} = await playing(server)
    await server.drop('RST')
    await server.until(() => server.connections.length === 2)
    connection.close()
    await expectNothingLeft(server, sockets, 1300)
    expect(server.connections.length).toBe(2)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and asks for no other, %s [CC-216]', async (_, mode) => {
    const server = await servesHomeAssistant()
    const {made: {connection}, sockets, reports} = await playing(server, mode)
    const codes: number[] = []
    connection.socket!.addEventListener('close', ({code}) => codes.push(code))
    await ring(connection, 1)
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => codes).toEqual([1007])
    expect(connection.connected).toBe(false)
    expect(sockets.map(({client}) => client.state.name)).toEqual(['failed'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    // Authentication, features, subscription, event.
    expect(reports[0]!.frames.length).toBe(4)
    await expectNothingLeft(server, sockets)
  })

  it('is told that its token is not valid, and so is the report, one-shot [CC-216]', async () => {
    const server = await servesHomeAssistant()
    await expect(playing(server, {}, 'guessed')).rejects.toBe(ERR_INVALID_AUTH)
    expect(server.connections.length).toBe(1)
    await expectNothingLeft(server, [])
  })
})

describe('flushWhen', () => {
  /** Who speaks the protocol himself, and needs a moment for his token. */
  const speaking = (server: DroppingServer, options: ReconnectingWebSocketOptions): {socket: ReconnectingWebSocket; heard: string[]} => {
    const socket = new ReconnectingWebSocket(`${server.url}/api/websocket`, [], {...hurried, dialect: homeAssistant, onReport: () => {}, ...options})
    onTestFinished(() => socket.close())
    const heard: string[] = []
    socket.onopen = async () => {
      await new Promise(setImmediate)
      socket.send(JSON.stringify({type: 'auth', access_token: accessToken}))
    }
    socket.onmessage = ({data}) => heard.push((JSON.parse(data as string) as {type: string}).type)
    socket.send(JSON.stringify({id: 1, type: 'ping'}))
    return {socket, heard}
  }

  it('keeps what waits until the server has answered the greeting, on each connection [CC-216]', async () => {
    const server = await servesHomeAssistant()
    const {socket, heard} = speaking(server, {flushWhen: (data) => (data as string).includes('"auth_ok"')})
    await expect.poll(() => heard).toEqual(['auth_required', 'auth_ok', 'pong'])
    const lost = new Promise((resolve) => socket.addEventListener('close', resolve, {once: true}))
    await server.drop(1012)
    await lost
    socket.send(JSON.stringify({id: 1, type: 'ping'}))
    await expect.poll(() => heard.slice(3)).toEqual(['auth_required', 'auth_ok', 'pong'])
    socket.close()
    await expectNothingLeft(server, [socket])
  })

  it('is what that takes: without it what waited is taken for the greeting [CC-216]', async () => {
    const server = await servesHomeAssistant()
    const {socket, heard} = speaking(server, {})
    const dropped: unknown[] = []
    socket.client.on('drop', ({outcome}) => dropped.push(outcome))
    await expect.poll(() => heard).toEqual(['auth_required', 'auth_invalid'])
    await expect.poll(() => socket.client.state).toMatchObject({name: 'failed', verdict: {name: 'auth_invalid'}})
    expect(dropped).toMatchObject([{inDoubt: true}])
    await expectNothingLeft(server, [socket])
  })
})
