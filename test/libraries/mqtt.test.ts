// Do the messages of MQTT.js arrive over closecall, whatever ends the connection?

import {createRequire} from 'node:module'
import {Worker} from 'node:worker_threads'
import {Aedes, type PublishPacket} from 'aedes'
import mqtt, {type IClientOptions, type MqttClient} from 'mqtt'
import {describe, expect, it, onTestFinished} from 'vitest'
import {createWebSocketStream} from 'ws'
import type {ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import {dropping, type DroppingServer} from './dropping.ts'
import {eachWay, expectNothingLeft, modes, runRecipe, withoutPauses, type Run} from './recipe.ts'

interface Broker extends DroppingServer {
  /** Clients that are connected, as MQTT has it. */
  readonly clients: number
  /** Whether anybody ever subscribed to anything. */
  readonly subscribed: boolean
  /** What clients published, repeated messages as well. */
  readonly published: readonly {topic: string; payload: Buffer}[]
  publish(topic: string, text: string, qos?: 0 | 1): Promise<void>
  /** Is told of the next message that is published, which is then never acknowledged. */
  once(swallow: () => void): void
}

/** Aedes, which keeps everything in memory. */
const brokering = async (): Promise<Broker> => {
  const published: {topic: string; payload: Buffer}[] = []
  let swallow: (() => void) | undefined
  let subscribed = false
  const aedes = await Aedes.createBroker({
    authorizePublish: (_client, {topic, payload}, done) => {
      published.push({topic, payload: payload as Buffer})
      const swallows = swallow
      swallow = undefined
      if (swallows) swallows()
      else done(null)
    },
  })
  aedes.on('subscribe', () => (subscribed = true))
  const server = await dropping((sockets) => {
    sockets.on('connection', (socket, request) => {
      const stream = createWebSocketStream(socket)
      // A client that resets the connection is an expected thing here.
      stream.on('error', () => {})
      aedes.handle(stream, request)
    })
  }, ['mqtt'])
  onTestFinished(() => new Promise<void>((resolve) => aedes.close(resolve)))
  return Object.defineProperties({} as Broker, {
    ...Object.getOwnPropertyDescriptors(server),
    clients: {get: () => aedes.connectedClients},
    subscribed: {get: () => subscribed},
    published: {value: published},
    publish: {
      value: (topic: string, payload: string, qos: 0 | 1 = 1) =>
        new Promise<void>((resolve, reject) => {
          aedes.publish({cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain: false, dup: false} as PublishPacket, (error) => (error ? reject(error) : resolve()))
        }),
    },
    once: {value: (given: () => void) => void (swallow = given)},
  })
}

type Playing = Run<{client: MqttClient}>

/** The program of the page, in a hurry, once it is subscribed. */
const playing = async (broker: Broker, options: ReconnectingWebSocketOptions = withoutPauses, theirs: IClientOptions = {}): Promise<Playing> => {
  const connect = (url: string, given: IClientOptions): MqttClient => {
    const client = mqtt.connect(url, {...given, reconnectPeriod: 5, ...theirs})
    onTestFinished(() => void client.end(true))
    return client
  }
  const run: Playing = await runRecipe('mqtt', {'ws://127.0.0.1:9001': broker.url}, {mqtt: {connect}}, ['client'], options)
  await expect.poll(() => broker.subscribed, eventually).toBe(true)
  await expect.poll(() => run.made.client.connected, eventually).toBe(true)
  return run
}

const eventually = {timeout: 10_000, interval: 5}

/** More than one frame of the library's, and every byte. */
const large = Buffer.from(Uint8Array.from({length: 300_000}, (_, i) => i))

describe('connect', () => {
  it.each(eachWay)('gets every QoS 1 message, %s, after %s, and leaves nothing when it is ended [CC-211]', async (mode, drop) => {
    const broker = await brokering()
    const {made: {client}, sockets, reports, logged} = await playing(broker, {...withoutPauses, ...modes[mode]})
    const sent: string[] = []
    const publish = (text: string): Promise<void> => {
      sent.push(`orders/tea: ${text}`)
      return broker.publish('orders/tea', text)
    }
    for (const round of [1, 2, 3]) {
      await publish(`before ${round}`)
      const ended = broker.drop(drop)
      const meanwhile = publish(`meanwhile ${round}`)
      await ended
      await meanwhile
      await publish(`after ${round}`)
      // At least once.
      await expect.poll(() => [...new Set(logged)], eventually).toEqual(sent)
      await expect.poll(() => [client.connected, broker.open], eventually).toEqual([true, 1])
      expect(sockets.length).toBe(round + 1)
    }
    // One for each connection, one connection for each, and those that ended are over: none came back beneath.
    expect(broker.connections.length).toBe(4)
    expect(sockets.map(({client: beneath}) => beneath.stats.connections)).toEqual([1, 1, 1, 1])
    expect(sockets.map(({readyState}) => readyState)).toEqual([3, 3, 3, 1])
    expect(sockets.map(({binaryType}) => binaryType)).toEqual(Array.from(sockets, () => 'arraybuffer'))
    expect(sockets.map(({client: beneath}) => beneath.takeUnsent())).toEqual([[], [], [], []])
    expect(reports).toEqual([])
    await client.endAsync()
    await expectNothingLeft(broker, sockets)
    expect(broker.clients).toBe(0)
  })

  it.each(eachWay)('publishes again, %s, what was not acknowledged before %s [CC-211]', async (mode, drop) => {
    const broker = await brokering()
    const {made: {client}, sockets} = await playing(broker, {...withoutPauses, ...modes[mode]})
    broker.once(() => void broker.drop(drop))
    await client.publishAsync('readings', large, {qos: 1})
    expect(broker.published.map(({topic, payload}) => [topic, payload.equals(large)])).toEqual([
      ['readings', true],
      ['readings', true],
    ])
    expect(broker.connections.length).toBe(2)
    await client.endAsync()
    await expectNothingLeft(broker, sockets)
  })

  it.each(Object.entries(modes))('keeps what is published while nobody lets it in, and sends it once it is back, %s [CC-211]', async (_, mode) => {
    const broker = await brokering()
    const {made: {client}, sockets, logged} = await playing(broker, {...withoutPauses, ...mode})
    broker.refuse(503)
    await broker.drop('RST')
    await broker.until(() => broker.connections.length >= 4)
    const outcomes = ([0, 1] as const).map((qos) => client.publishAsync(`orders/${qos}`, 'kept', {qos}))
    broker.refuse(0)
    await Promise.all(outcomes)
    // What is stored goes before what is queued.
    await expect.poll(() => logged, eventually).toEqual(['orders/1: kept', 'orders/0: kept'])
    await client.endAsync()
    await expectNothingLeft(broker, sockets)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and leaves nothing, %s [CC-211]', async (_, mode) => {
    const broker = await brokering()
    const {made: {client}, sockets, reports} = await playing(broker, {...withoutPauses, ...mode})
    const heard: unknown[] = []
    sockets[0]!.addEventListener('close', ({code, reason, final}) => heard.push([code, reason, final]))
    client.on('close', () => heard.push('close'))
    client.on('end', () => heard.push('end'))
    client.on('error', (error) => heard.push(error))
    await client.publishAsync('readings', '21', {qos: 0})
    await broker.drop(1007, 'invalid payload')
    await expect.poll(() => heard.length, eventually).toBe(3)
    expect(heard[0]).toEqual([1007, 'invalid payload', true])
    expect(heard.slice(1).sort()).toEqual(['close', 'end'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    expect(reports[0]!.frames.length).toBeGreaterThan(2)
    expect(sockets.map(({client: beneath}) => beneath.state.name)).toEqual(['failed'])
    await expectNothingLeft(broker, sockets)
    expect(broker.connections.length).toBe(1)
    // Who has mended it asks for it.
    client.reconnect()
    await expect.poll(() => client.connected, eventually).toBe(true)
    await client.endAsync()
    await expectNothingLeft(broker, sockets)
  })

  it.each(Object.entries(modes))('leaves nothing when it is ended while nobody lets it in, %s [CC-211]', async (_, mode) => {
    const broker = await brokering()
    const {made: {client}, sockets} = await playing(broker, {...withoutPauses, ...mode})
    broker.refuse(503)
    await broker.drop('RST')
    await broker.until(() => broker.connections.length >= 4)
    await client.endAsync()
    broker.refuse(0)
    await expectNothingLeft(broker, sockets)
  })

  it('waits as long as the broker asked for with 1013, though each socket is a new one and MQTT.js waits for none so long [CC-211]', async () => {
    const broker = await brokering()
    const {made: {client}, sockets} = await playing(broker, {}, {connectTimeout: 50})
    await broker.drop(1013, 'retry-after=60')
    await expect.poll(() => sockets.length, eventually).toBeGreaterThan(3)
    await expect.poll(() => sockets.at(-1)!.client.state, eventually).toMatchObject({name: 'suspended', why: 'overload'})
    await client.endAsync(true)
    await expectNothingLeft(broker, sockets)
    expect(broker.connections.length).toBe(1)
  })

  it('throws where it takes the socket for one of ws: in Node, if the first connect() of the program was without forceNativeWebSocket [CC-211]', async () => {
    // What it takes sockets for is settled once for a program: this is another.
    const program = `
      const {parentPort, workerData} = require('node:worker_threads')
      const mqtt = require(workerData)
      const tell = (options) => {
        try {
          mqtt.connect('ws://127.0.0.1:1', {...options, createWebsocket: () => new EventTarget()}).on('error', () => {})
        } catch (error) {
          parentPort.postMessage(error)
        }
      }
      tell({})
      tell({forceNativeWebSocket: true})`
    const worker = new Worker(program, {eval: true, workerData: createRequire(import.meta.url).resolve('mqtt')})
    onTestFinished(async () => void (await worker.terminate()))
    const told: Error[] = []
    worker.on('message', (error: Error) => told.push(error))
    await expect.poll(() => told, eventually).toMatchObject([{name: 'TypeError'}, {name: 'TypeError'}])
  })
})
