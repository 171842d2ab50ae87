// Is every message accounted for, whatever the network does? A minute of it, or CLOSECALL_SOAK seconds; CLOSECALL_SEED gives another minute.

import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {setInterval as ticks, setTimeout as sleep} from 'node:timers/promises'
import {describe, it, type TestContext} from 'vitest'
import {WebSocketServer} from 'ws'
import type {Client, Codec, Delivery, Outcome} from '../../src/index.ts'
import {connect, type NodeOptions} from '../../src/node/index.ts'
import {acking, type Numbered} from '../helpers/acking-server.ts'
import {generator, play, proxyTo, schedule, type Proxy} from '../helpers/proxy.ts'

const lasts = Number(process.env.CLOSECALL_SOAK ?? 60) * 1000
const seed = Number(process.env.CLOSECALL_SEED ?? 5)

/** In a hurry: what takes half a minute in a page takes a second here. */
const options: NodeOptions = {
  backoff: {initialDelay: 50, maxDelay: 300},
  stableAfter: 1000,
  connectTimeout: 1000,
  closeTimeout: 5000,
  heartbeat: {interval: 300, timeout: 300},
  onReport: () => {},
}

const json: Codec<any, object> = {encode: (data) => JSON.stringify(data), decode: (data) => JSON.parse(data as string)}

/** Ids of ours, `seq` of the server's. */
const delivery = (): Delivery<{ack?: number | number[]; seq?: number}, Numbered> => {
  let last = 0
  return {
    window: 64,
    id: ({id}) => id,
    acked: ({ack = []}) => [ack].flat(),
    seen({seq}) {
      if (seq === undefined) return false
      if (seq <= last) return true
      last = seq
      return false
    },
  }
}

/** Calls every few ms, until the network is calm for good. */
const meanwhile = async (proxy: Proxy, every: number, speak: () => unknown): Promise<void> => {
  let isOver = false
  const weather = play(proxy, schedule(seed, lasts)).then(() => (isOver = true))
  for await (const _ of ticks(every)) {
    if (isOver) break
    await speak()
  }
  await weather
}

const within = <T>(limit: number, what: string, wanted: Promise<T>): Promise<T> =>
  Promise.race([wanted, sleep(limit, undefined, {ref: false}).then((): never => {
    throw new Error(`no ${what} within ${limit} ms`)
  })])

/** A server that keeps what it gets, connection by connection. */
const keeping = async ({onTestFinished}: TestContext): Promise<{port: number; connections: number[][]}> => {
  const connections: number[][] = []
  const server = new WebSocketServer({port: 0, host: '127.0.0.1'})
  server.on('connection', (socket) => {
    const messages: number[] = []
    connections.push(messages)
    socket.on('error', () => {})
    socket.on('message', (data) => messages.push((JSON.parse(String(data)) as Numbered).id))
  })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  await once(server, 'listening')
  return {port: (server.address() as AddressInfo).port, connections}
}

const through = async (port: number, {onTestFinished}: TestContext): Promise<Proxy> => {
  const proxy = await proxyTo(port)
  onTestFinished(() => proxy.close())
  return proxy
}

const connecting = (url: string, own: NodeOptions, {onTestFinished}: TestContext): Client<any, any> => {
  const client: Client<any, any> = connect(url, {...options, codec: json, ...own})
  onTestFinished(() => client.close())
  return client
}

describe(`on a bad network for ${lasts / 1000} s (seed ${seed})`, () => {
  it.concurrent('loses, reorders and doubles nothing that is acknowledged, either way [CC-182]', {timeout: lasts + 60_000}, async (test) => {
    const {expect} = test
    const server = await acking({gather: 10, batch: 20, resends: 1000})
    test.onTestFinished(() => server.close())
    const proxy = await through(server.port, test)
    const client = connecting(`${proxy.url}/?client=one`, {delivery}, test)
    const heard: number[] = []
    client.on('message', ({seq}) => void (seq && heard.push(seq)))
    let opened = 0
    client.on('open', () => opened++)
    const invalid: unknown[] = []
    client.on('invalid', (each) => invalid.push(each))

    const random = generator(seed)
    const receipts: Promise<Outcome>[] = []
    let told = 0
    await meanwhile(proxy, 5, async () => {
      if (random() < 0.2) server.tell('one', {told: ++told})
      for (let left = Math.floor(random() * 10); left; left--) receipts.push(client.deliver({id: receipts.length, text: 'x'.repeat(random() * 200)}))
      await client.drained()
    })

    const outcomes = await within(30_000, 'outcome of every message', Promise.all(receipts))
    expect(opened).toBeGreaterThan(lasts / 6000)
    expect(outcomes.filter(({status}) => status !== 'acknowledged')).toEqual([])
    expect(server.handled('one').map(({id}) => id)).toEqual(receipts.map((_, id) => id))
    expect(server.duplicates).toBeGreaterThan(0)
    await expect.poll(() => heard.length).toBe(told)
    expect(heard).toEqual(heard.map((_, i) => i + 1))
    expect(invalid).toEqual([])
  })

  it.concurrent('accounts for every message that is not acknowledged [CC-178]', {timeout: lasts + 60_000}, async (test) => {
    const {expect} = test
    const server = await keeping(test)
    const proxy = await through(server.port, test)
    const client = connecting(proxy.url, {buffer: {maxMessages: 150}}, test)
    const random = generator(seed)
    const receipts: Promise<Outcome>[] = []
    const drops: number[] = []
    client.on('drop', ({data}) => drops.push(data.id))
    await meanwhile(proxy, 5, () => {
      for (let left = Math.floor(random() * 6); left; left--) {
        const id = receipts.length
        const wish = [{}, {ttl: 1 + Math.floor(random() * 300)}, {key: `${id % 3}`}][Math.floor(random() * 10)]
        const receipt = client.deliver({id, text: 'x'.repeat(random() * 200)}, wish)
        receipts.push(receipt)
        if (random() < 0.05) setTimeout(receipt.cancel, random() * 100)
      }
    })
    client.close()
    const outcomes = await within(30_000, 'outcome of every message', Promise.all(receipts))

    const arrivals = server.connections.flat()
    const arrived = new Set(arrivals)
    expect(arrivals.length, 'none twice').toBe(arrived.size)
    // Whatever is late comes over an older connection: order is each connection's own.
    for (const messages of server.connections) expect(messages).toEqual([...messages].sort((a, b) => a - b))
    const wrong = outcomes.map((outcome, id) => ({id, ...outcome, arrived: arrived.has(id)})).filter(({inDoubt, status, arrived}) => !inDoubt && arrived !== (status === 'written'))
    expect(wrong).toEqual([])
    const unlucky = outcomes.flatMap(({status, why, inDoubt}, id) => (status === 'expired' || why === 'replaced' || (status === 'written' && inDoubt) ? [id] : []))
    expect(drops.sort((a, b) => a - b)).toEqual(unlucky)
    // It was as bad as it was meant to be.
    expect(server.connections.length).toBeGreaterThan(lasts / 6000)
    expect(new Set(outcomes.map(({status, why}) => why ?? status))).toEqual(new Set(['written', 'expired', 'cancelled', 'replaced', 'full']))
    expect(outcomes.some(({status, inDoubt}) => status === 'written' && inDoubt)).toBe(true)
  })
})
