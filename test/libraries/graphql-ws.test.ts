// Do the subscriptions of graphql-ws go on over closecall, whatever ends the connection?

import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import type * as GraphQL from 'graphql'
import {createClient, type Client, type Sink} from 'graphql-ws'
import {useServer} from 'graphql-ws/use/ws'
import {describe, expect, it, onTestFinished} from 'vitest'
import * as core from '../../src/core/index.ts'
import {graphqlTransportWs} from '../../src/dialects/index.ts'
import {ReconnectingWebSocket, type ReconnectingCloseEvent, type ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import {dropping, type DroppingServer} from './dropping.ts'
import {expectNothingLeft, hurried, modes, recording, runRecipe, withoutPauses, type Run} from './recipe.ts'

// Vite would find another copy than graphql-ws does, and a schema of one is none to the other.
const {buildSchema} = createRequire(import.meta.url)('graphql') as typeof GraphQL

const schema = buildSchema(`
  type Query { hello(name: String!): String! }
  type Mutation { order(item: String!): Int! }
  type Subscription { news(topic: String!): String! }
`)

interface Paper extends DroppingServer {
  /** Connections that were acknowledged. */
  readonly sessions: number
  /** Subscriptions that are served. */
  readonly readers: number
  /** Orders that were taken, repeated ones as well. */
  readonly orders: readonly string[]
  publish(topic: string, text: string): void
  /** Holds back every answer to `connection_init` until it is called again, with false. */
  holdBack(holds: boolean): void
}

/** The server of graphql-ws itself, with a newspaper. The first order is never answered. */
const printing = async (): Promise<Paper> => {
  const readers = new Set<{topic: string; hear: (text: string) => void}>()
  const orders: string[] = []
  let sessions = 0
  let held: Promise<void> | undefined
  let release = (): void => {}
  const news = ({topic}: {topic: string}): AsyncIterableIterator<{news: string}> => {
    const kept: string[] = []
    let wake = (): void => {}
    let over = false
    const reader = {
      topic,
      hear: (text: string) => {
        kept.push(text)
        wake()
      },
    }
    readers.add(reader)
    const end = (): void => {
      over = true
      readers.delete(reader)
      wake()
    }
    // Not a generator: one that waits can't be told to end.
    const iterator = (async function* () {
      for (;;) {
        while (kept.length) yield {news: kept.shift()!}
        if (over) return
        await new Promise<void>((resolve) => (wake = resolve))
      }
    })()
    const give = iterator.return.bind(iterator)
    iterator.return = (value) => {
      end()
      return give(value)
    }
    return iterator
  }
  const order = ({item}: {item: string}): number | Promise<number> => (orders.push(item) === 1 ? new Promise<number>(() => {}) : orders.length)
  const server = await dropping((sockets) =>
    useServer(
      {
        schema,
        roots: {query: {hello: ({name}: {name: string}) => `hello ${name}`}, mutation: {order}, subscription: {news}},
        onConnect: async () => {
          sessions++
          await held
        },
      },
      sockets,
    ),
  )
  return Object.defineProperties({} as Paper, {
    ...Object.getOwnPropertyDescriptors(server),
    sessions: {get: () => sessions},
    readers: {get: () => readers.size},
    orders: {value: orders},
    publish: {value: (topic: string, text: string) => readers.forEach((reader) => reader.topic === topic && reader.hear(text))},
    holdBack: {
      value: (holds: boolean) => {
        release()
        held = holds ? new Promise((resolve) => (release = resolve)) : undefined
      },
    },
  })
}

type Playing = Run<{client: Client}>

const playing = (server: DroppingServer, options: ReconnectingWebSocketOptions = withoutPauses): Promise<Playing> =>
  runRecipe(
    'graphql-ws',
    {'ws://127.0.0.1:4000': server.url},
    {'closecall/core': {...core, backoff: (attempt: number, random: number) => core.backoff(attempt, random, {initialDelay: 5, maxDelay: 20, factor: 2, jitter: 0.5})}, 'graphql-ws': {createClient}},
    ['client'],
    options,
  )

interface Reading {
  /** What it was told, in order: news, and how it ended. */
  told: unknown[]
  stop: () => void
}

const operate = (client: Client, query: string): Reading => {
  const told: unknown[] = []
  const sink: Sink<any> = {
    next: ({data}) => void told.push(Object.values(data)[0]),
    error: (reason) => void told.push(reason),
    complete: () => void told.push('complete'),
  }
  return {told, stop: client.subscribe({query}, sink)}
}

const read = (client: Client, topic: string): Reading => operate(client, `subscription { news(topic: "${topic}") }`)

const eventually = {timeout: 10_000, interval: 5}

describe('createClient', () => {
  it.each(['RST', 1012, 1013] as const)('goes on with its subscriptions after %s, one-shot, and leaves nothing when it is disposed of [CC-210]', async (drop) => {
    const server = await printing()
    const {made: {client}, sockets, reports} = await playing(server)
    const sports = read(client, 'sports')
    const weather = read(client, 'weather')
    const expected: string[] = []
    for (const round of [1, 2, 3, 4]) {
      await expect.poll(() => server.readers, eventually).toBe(2)
      for (const topic of ['sports', 'weather']) server.publish(topic, `${topic} ${round}`)
      expected.push(`${round}`)
      await expect.poll(() => [sports.told, weather.told], eventually).toEqual(['sports', 'weather'].map((topic) => expected.map((each) => `${topic} ${each}`)))
      const hello = operate(client, '{ hello(name: "ada") }')
      await expect.poll(() => hello.told, eventually).toEqual(['hello ada', 'complete'])
      expect(server.open).toBe(1)
      if (round < 4) await server.drop(drop)
    }
    // One for each connection, one connection for each, and those that ended are over.
    expect(server.connections.length).toBe(4)
    expect(sockets.map(({client: beneath}) => beneath.stats.connections)).toEqual([1, 1, 1, 1])
    expect(sockets.map(({readyState}) => readyState)).toEqual([3, 3, 3, 1])
    expect(sockets.map(({client: beneath}) => beneath.takeUnsent())).toEqual([[], [], [], []])
    expect(reports).toEqual([])
    await client.dispose()
    await expect.poll(() => [sports.told.at(-1), weather.told.at(-1)], eventually).toEqual(['complete', 'complete'])
    await expectNothingLeft(server, sockets)
  })

  it.each(['RST', 1012, 1013] as const)('goes on in reconnecting mode, too, after %s, but for each drop a connection is left that outlives it [CC-210]', async (drop) => {
    const server = await printing()
    const {made: {client}, sockets} = await playing(server, {...withoutPauses, ...modes.reconnecting})
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    await server.drop(drop)
    // The library's next, and the one that came back beneath: both have greeted.
    await expect.poll(() => [server.open, server.sessions], eventually).toEqual([2, 3])
    await expect.poll(() => server.readers, eventually).toBe(1)
    server.publish('sports', 'after')
    await expect.poll(() => told, eventually).toEqual(['after'])
    expect(sockets.map(({readyState, client: beneath}) => [readyState, beneath.stats.connections])).toEqual([[1, 2], [1, 1]])
    await client.dispose()
    await expect.poll(() => told.at(-1), eventually).toBe('complete')
    await expect.poll(() => sockets.map(({readyState}) => readyState), eventually).toEqual([1, 3])
    expect(server.open).toBe(1)
    // Nobody else knows it.
    sockets[0]!.close()
    await expectNothingLeft(server, sockets)
  })

  it.each(['RST', 1012, 1013] as const)('sends a mutation again that was not answered before %s: it is done twice [CC-210]', async (drop) => {
    const server = await printing()
    const {made: {client}, sockets} = await playing(server)
    const {told} = operate(client, 'mutation { order(item: "tea") }')
    await expect.poll(() => server.orders, eventually).toEqual(['tea'])
    await server.drop(drop)
    await expect.poll(() => told, eventually).toEqual([2, 'complete'])
    expect(server.orders).toEqual(['tea', 'tea'])
    // The last operation is over: it closes by itself.
    await expectNothingLeft(server, sockets)
    expect(server.connections.map(({closeCode}) => closeCode).at(-1)).toBe(1000)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and its sinks get the close event, %s [CC-210]', async (_, mode) => {
    const server = await printing()
    const {made: {client}, sockets, reports} = await playing(server, {...withoutPauses, ...mode})
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => told, eventually).toMatchObject([{type: 'close', code: 1007, reason: 'invalid payload', wasClean: true, final: true, verdict: {action: 'stop', fault: 'sender'}}])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    // `connection_init`, and the subscription.
    expect(reports[0]!.frames.map(({kind}) => kind)).toEqual(['string', 'string'])
    expect(sockets.map(({client: beneath}) => beneath.state.name)).toEqual(['failed'])
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('gives up where the verdict says so, although it is only told of an error [CC-210]', async () => {
    const server = await printing()
    server.refuse(403)
    const {made: {client}, sockets} = await playing(server)
    const {told} = read(client, 'sports')
    await expect.poll(() => told, eventually).toMatchObject([{type: 'error'}])
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('is told of an error before an unclean close, as the standard has it, which its defaults take for final [CC-210]', async () => {
    const server = await printing()
    const sockets: ReconnectingWebSocket[] = []
    const client = createClient({url: server.url, webSocketImpl: recording(sockets, {...hurried, reconnect: false}), retryWait: async () => {}})
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    await server.drop('RST')
    await expect.poll(() => told, eventually).toMatchObject([{type: 'error'}])
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('keeps trying while nobody lets it in, and leaves nothing when it is disposed of meanwhile [CC-210]', async () => {
    const server = await printing()
    const {made: {client}, sockets} = await playing(server)
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 4)
    const disposed = Promise.resolve(client.dispose()).catch(({type}: Event) => type)
    await expect.poll(() => told, eventually).toEqual(['complete'])
    expect(await disposed).toBe('error')
    server.refuse(0)
    await expectNothingLeft(server, sockets)
  })

  it('leaves a connection that it terminates, and goes on with another [CC-210]', async () => {
    const server = await printing()
    const {made: {client}, sockets} = await playing(server)
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    client.terminate()
    await server.until(() => server.connections.length === 2 && server.connections[0]!.closeCode === 4499)
    await expect.poll(() => server.readers, eventually).toBe(1)
    server.publish('sports', 'after')
    await expect.poll(() => told, eventually).toEqual(['after'])
    await client.dispose()
    await expectNothingLeft(server, sockets)
  })
})

describe('graphql-transport-ws without a library', () => {
  const subscription = (id: string): string => JSON.stringify({id, type: 'subscribe', payload: {query: 'subscription { news(topic: "sports") }'}})

  /** The program of the page for who has no library. */
  const [, program] = /\n## Without graphql-ws\n.*?```js\n(.*?)```/s.exec(readFileSync(new URL('../../docs/recipes/graphql-ws.md', import.meta.url), 'utf8'))!

  const speaking = (server: Paper, text = program!): {socket: ReconnectingWebSocket; news: string[]; closes: ReconnectingCloseEvent[]} => {
    class Hurried extends ReconnectingWebSocket {
      constructor(url: string, protocols: string, options: ReconnectingWebSocketOptions) {
        super(url, protocols, {...hurried, onReport: () => {}, ...options})
      }
    }
    // eslint-disable-next-line no-new-func
    const socket = new Function('ReconnectingWebSocket', 'graphqlTransportWs', 'url', `${text}\nreturn socket`)(Hurried, graphqlTransportWs, server.url) as ReconnectingWebSocket
    onTestFinished(() => socket.close())
    const news: string[] = []
    const closes: ReconnectingCloseEvent[] = []
    socket.addEventListener('message', ({data}) => {
      const {type, id, payload} = JSON.parse(data as string) as {type: string; id: string; payload: {data: {news: string}}}
      if (type === 'next') news.push(`${id}: ${payload.data.news}`)
    })
    socket.addEventListener('close', (event) => closes.push(event))
    return {socket, news, closes}
  }

  const typesOf = (server: Paper, connection: number): string[] => server.connections[connection]!.messages.map(({data}) => (JSON.parse(String(data)) as {type: string}).type)

  it.each(['RST', 1012, 1013] as const)('keeps what waited until each connection_ack, where flushWhen says so, after %s [CC-210]', async (drop) => {
    const server = await printing()
    server.holdBack(true)
    const {socket, news, closes} = speaking(server)
    socket.send(subscription('a'))
    await expect.poll(() => server.sessions, eventually).toBe(1)
    expect([socket.readyState, typesOf(server, 0)]).toEqual([1, ['connection_init']])
    server.holdBack(true)
    await expect.poll(() => server.readers, eventually).toBe(1)
    await server.drop(drop)
    await expect.poll(() => closes.length, eventually).toBe(1)
    // Said while there is no session: for the next one.
    socket.send(subscription('b'))
    await expect.poll(() => server.sessions, eventually).toBe(2)
    expect([socket.readyState, typesOf(server, 1)]).toEqual([1, ['connection_init']])
    server.holdBack(false)
    await expect.poll(() => server.readers, eventually).toBe(1)
    server.publish('sports', 'after')
    await expect.poll(() => news, eventually).toEqual(['b: after'])
    expect(typesOf(server, 1)).toEqual(['connection_init', 'subscribe'])
    expect(closes.map(({final}) => final)).toEqual([false])
    socket.close()
    await expectNothingLeft(server, [socket])
  })

  it('is closed with 4401 for what waited, where nothing says so and the server takes its time [CC-210]', async () => {
    const server = await printing()
    server.holdBack(true)
    const without = program!.replace(/^ *flushWhen.*\n/m, '')
    expect(without).not.toBe(program)
    const {socket, closes} = speaking(server, without)
    const dropped: string[] = []
    socket.client.on('drop', ({data}) => dropped.push(data as string))
    socket.send(subscription('a'))
    await expect.poll(() => closes, eventually).toMatchObject([{code: 4401, final: true, verdict: {name: 'Unauthorized', action: 'stop', dialect: 'graphql-transport-ws'}}])
    expect(dropped).toEqual([subscription('a')])
    await expectNothingLeft(server, [socket])
  })

  it.each(['RST', 1013] as const)('does no harm under graphql-ws, which waits by itself, after %s [CC-210]', async (drop) => {
    const server = await printing()
    const {made: {client}, sockets} = await playing(server, {...withoutPauses, flushWhen: (data) => (JSON.parse(data as string) as {type: string}).type === 'connection_ack'})
    const {told} = read(client, 'sports')
    await expect.poll(() => server.readers, eventually).toBe(1)
    await server.drop(drop)
    await server.until(() => server.connections.length === 2)
    await expect.poll(() => server.readers, eventually).toBe(1)
    server.publish('sports', 'after')
    await expect.poll(() => told, eventually).toEqual(['after'])
    await client.dispose()
    await expectNothingLeft(server, sockets)
  })
})
