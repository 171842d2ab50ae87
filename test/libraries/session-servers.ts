// What do the servers of Yjs, Phoenix, SignalR and Home Assistant say? Those that npm has, and where it has none, the protocol as its document has it.

import type {IncomingMessage} from 'node:http'
import {docs, setupWSConnection} from '@y/websocket-server/utils'
import {onTestFinished} from 'vitest'
import type {WebSocket} from 'ws'
import {dropping, type DroppingServer} from './dropping.ts'

interface Visitor {
  socket: WebSocket
  request: IncomingMessage
}

/** @param greet is called with each connection */
const serving = (greet: (visitor: Visitor) => void, protocols?: readonly string[]): Promise<DroppingServer> =>
  dropping((sockets) => void sockets.on('connection', (socket, request) => greet({socket, request})), protocols)

/** The server of y-websocket itself. A room is named by the path, and forgotten with the test. */
export const servesYjs = (): Promise<DroppingServer> =>
  serving(({socket, request}) => {
    setupWSConnection(socket, request)
    const room = request.url!.slice(1)
    onTestFinished(() => {
      docs.get(room)?.destroy()
      docs.delete(room)
    })
  })

type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown]

/**
 * Phoenix Channels, JSON, version 2.0.0. Every topic may be joined; `shout` is told to all of a topic, any other event is answered by what it said.
 *
 * @see phoenixframework/phoenix lib/phoenix/socket.ex, lib/phoenix/socket/serializers/v2_json_serializer.ex
 */
export const servesPhoenix = (): Promise<DroppingServer> => {
  const visitors = new Set<{joins: Map<string, string>; tell: (frame: Frame) => void}>()
  return serving(({socket}) => {
    const joins = new Map<string, string>()
    const tell = (frame: Frame): void => socket.send(JSON.stringify(frame))
    const visitor = {joins, tell}
    visitors.add(visitor)
    socket.on('close', () => visitors.delete(visitor))
    socket.on('message', (text) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(String(text)) as Frame
      const reply = (status: 'ok' | 'error', response: unknown): void => tell([joinRef, ref, topic, 'phx_reply', {status, response}])
      const current = joins.get(topic)
      if (topic === 'phoenix' && event === 'heartbeat') return reply('ok', {})
      if (event === 'phx_join') {
        // A topic has one channel on each connection: the older is closed.
        if (current !== undefined) tell([current, current, topic, 'phx_close', {}])
        joins.set(topic, joinRef!)
        return reply('ok', {})
      }
      if (current === undefined) return reply('error', {reason: 'unmatched topic'})
      // Meant for an older channel of this topic.
      if (current !== joinRef) return
      if (event === 'phx_leave') {
        joins.delete(topic)
        reply('ok', {})
        return tell([joinRef, ref, topic, 'phx_close', {}])
      }
      if (event !== 'shout') return reply('ok', payload)
      for (const {joins: others, tell: shout} of visitors) if (others.has(topic)) shout([null, null, topic, event, payload])
      return reply('ok', {})
    })
  }, ['phoenix'])
}

interface HubMessage {
  type?: number
  protocol?: string
  version?: number
  invocationId?: string
  target?: string
  arguments?: unknown[]
}

/**
 * A SignalR hub, JSON. `Echo` returns its argument, `Broadcast` invokes `message` on all clients, `Never` does not return.
 *
 * @see dotnet/aspnetcore src/SignalR/docs/specs/HubProtocol.md
 */
export const servesSignalR = (): Promise<DroppingServer & {readonly greeted: number}> => {
  const clients = new Set<(message: object) => void>()
  return serving(({socket}) => {
    const tell = (message: object): void => socket.send(`${JSON.stringify(message)}\u001E`)
    let isGreeted = false
    // As often as ASP.NET does.
    const alive = setInterval(() => isGreeted && tell({type: 6}), 15_000)
    socket.on('close', () => {
      clearInterval(alive)
      clients.delete(tell)
    })
    const hear = ({type, protocol, version, invocationId, target, arguments: given = []}: HubMessage): void => {
      const complete = (what: object): void => void (invocationId !== undefined && tell({type: 3, invocationId, ...what}))
      if (!isGreeted) {
        isGreeted = protocol === 'json' && version === 1
        if (isGreeted) clients.add(tell)
        return tell(isGreeted ? {} : {error: `The protocol '${protocol}' is not supported.`})
      }
      if (type === 7) return socket.close(1000)
      if (type !== 1) return
      if (target === 'Echo') return complete({result: given[0]})
      if (target === 'Broadcast') {
        for (const each of clients) each({type: 1, target: 'message', arguments: given})
        return complete({result: null})
      }
      if (target !== 'Never') complete({error: `Unknown hub method '${target}'`})
    }
    // A message may hold several records.
    socket.on('message', (text) => {
      for (const record of String(text).split('\u001E').slice(0, -1)) hear(JSON.parse(record) as HubMessage)
    })
  }).then((server) => Object.defineProperty(server as DroppingServer & {greeted: number}, 'greeted', {get: () => clients.size}))
}

interface Command {
  id: number
  type: string
  access_token?: string
  event_type?: string
  event_data?: unknown
  subscription?: number
}

/** What {@link servesHomeAssistant} lets in. */
export const accessToken = 'let-me-in'

/**
 * The WebSocket API of Home Assistant. Whoever fires an event fires it for all who subscribed to it; `never` is not answered.
 *
 * @see home-assistant/developers.home-assistant docs/api/websocket.md
 */
export const servesHomeAssistant = (): Promise<DroppingServer & {readonly greeted: number}> => {
  const buses = new Set<(type: string, data: unknown) => void>()
  return serving(({socket}) => {
    const tell = (message: object): void => socket.send(JSON.stringify(message))
    const subscriptions = new Map<number, string | undefined>()
    const bus = (event_type: string, data: unknown): void => {
      for (const [id, wanted] of subscriptions) if (wanted === undefined || wanted === event_type) tell({id, type: 'event', event: {event_type, data, origin: 'REMOTE'}})
    }
    socket.on('close', () => buses.delete(bus))
    let last = 0
    const obey = ({id, type, event_type, event_data, subscription}: Command): void => {
      const answer = (result: unknown): void => tell({id, type: 'result', success: true, result})
      const fail = (code: string, message: string): void => tell({id, type: 'result', success: false, error: {code, message}})
      if (!(id > last)) return fail('id_reuse', 'Identifier values have to increase.')
      last = id
      switch (type) {
        case 'ping':
          return tell({id, type: 'pong'})
        case 'supported_features':
          return answer(null)
        case 'subscribe_events':
          subscriptions.set(id, event_type)
          return answer(null)
        case 'unsubscribe_events':
          return subscriptions.delete(subscription!) ? answer(null) : fail('not_found', 'Subscription not found.')
        case 'fire_event':
          answer({context: {id: `${id}`, parent_id: null, user_id: null}})
          for (const each of buses) each(event_type!, event_data)
          return
        case 'never':
          return
        default:
          fail('unknown_command', 'Unknown command.')
      }
    }
    const ha_version = '2026.11.0'
    tell({type: 'auth_required', ha_version})
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as Command
      if (buses.has(bus)) return obey(message)
      if (message.type === 'auth' && message.access_token === accessToken) {
        buses.add(bus)
        return tell({type: 'auth_ok', ha_version})
      }
      tell({type: 'auth_invalid', message: message.type === 'auth' ? 'Invalid access token or password' : 'Auth message incorrectly formatted'})
      socket.close()
    })
  }).then((server) => Object.defineProperty(server as DroppingServer & {greeted: number}, 'greeted', {get: () => buses.size}))
}
