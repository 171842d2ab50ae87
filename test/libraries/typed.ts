// Do the libraries' own types take the class? Compiled, never run.

import {HttpTransportType, HubConnectionBuilder, type IHttpConnectionOptions} from '@microsoft/signalr'
import {createClient, type Client} from 'graphql-ws'
import type {Auth, HaWebSocket} from 'home-assistant-js-websocket'
import mqtt, {type MqttClient} from 'mqtt'
import {Socket} from 'phoenix'
import {webSocket, type WebSocketSubject} from 'rxjs/webSocket'
import {WebsocketProvider} from 'y-websocket'
import * as Y from 'yjs'
import {ReconnectingWebSocket, withOptions, type ReconnectingCloseEvent} from '../../src/websocket/index.ts'

const OneShot = withOptions({reconnect: false})

const isOver = (event: CloseEvent): boolean => (event as ReconnectingCloseEvent).verdict?.action === 'stop'

export const provider = (): WebsocketProvider => new WebsocketProvider('ws://localhost', 'room', new Y.Doc(), {WebSocketPolyfill: OneShot, shouldReconnect: (event) => !isOver(event)})

export const socket = (): Socket => {
  const made = new Socket('ws://localhost', {transport: OneShot})
  made.onClose((event) => void (isOver(event) && made.disconnect()))
  return made
}

// Their `@internal` keeps the option out of the types.
export const builder = (): HubConnectionBuilder =>
  new HubConnectionBuilder().withUrl('http://localhost', {WebSocket: OneShot, skipNegotiation: true, transport: HttpTransportType.WebSockets} as IHttpConnectionOptions)

export const createSocket = ({auth}: {auth?: Auth}): Promise<HaWebSocket> =>
  new Promise((resolve) => {
    const made = new ReconnectingWebSocket(auth!.wsUrl, [], {reconnect: false})
    made.onopen = () => resolve(Object.assign(made, {haVersion: ''}))
  })

export const client = (): Client => {
  let last: ReconnectingCloseEvent | undefined
  return createClient({
    url: 'ws://localhost',
    webSocketImpl: OneShot,
    on: {closed: (event) => void (last = event as ReconnectingCloseEvent)},
    shouldRetry: (thrown) => (thrown instanceof Event || !!(thrown as {code?: number})?.code) && last?.verdict?.action !== 'stop',
  })
}

export const mqttClient = (): MqttClient => mqtt.connect('ws://localhost', {forceNativeWebSocket: true, createWebsocket: (url, protocols) => new ReconnectingWebSocket(url, protocols, {reconnect: false})})

export const subject = (): WebSocketSubject<unknown> => {
  const made = webSocket<unknown>({url: 'ws://localhost', WebSocketCtor: OneShot, closeObserver: {next: (event) => void (isOver(event) && made.unsubscribe())}})
  return made
}
