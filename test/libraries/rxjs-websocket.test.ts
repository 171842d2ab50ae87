// Does a WebSocketSubject of RxJS go on over closecall, whatever ends the connection?

import * as rxjs from 'rxjs'
import {webSocket, type WebSocketSubject} from 'rxjs/webSocket'
import {describe, expect, it, onTestFinished} from 'vitest'
import type {WebSocket} from 'ws'
import * as core from '../../src/core/index.ts'
import type {ReconnectingWebSocket, ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import {dropping, type DroppingServer} from './dropping.ts'
import {expectNothingLeft, expectOneEach, hurried, modes, recording, runRecipe, withoutPauses, type Run} from './recipe.ts'

interface Message {
  topic: string
  text: string
}

interface Exchange extends DroppingServer {
  /** Subscriptions that are served. */
  readonly readers: number
  publish(topic: string, text: string): void
}

/** What `multiplex` is made for. Says back what is said to it, and on which connection. */
const exchanging = async (): Promise<Exchange> => {
  const readers = new Map<WebSocket, Set<string>>()
  let connections = 0
  const server = await dropping((sockets) => {
    sockets.on('connection', (socket) => {
      const number = ++connections
      const topics = new Set<string>()
      readers.set(socket, topics)
      socket.on('close', () => readers.delete(socket))
      socket.on('error', () => {})
      socket.on('message', (data) => {
        const {subscribe, unsubscribe, say} = JSON.parse(String(data)) as {subscribe?: string; unsubscribe?: string; say?: string}
        if (subscribe) topics.add(subscribe)
        if (unsubscribe) topics.delete(unsubscribe)
        if (say) socket.send(JSON.stringify({topic: 'echo', text: `${say} on ${number}`}))
      })
    })
  })
  return Object.defineProperties({} as Exchange, {
    ...Object.getOwnPropertyDescriptors(server),
    readers: {get: () => [...readers.values()].reduce((sum, {size}) => sum + size, 0)},
    publish: {value: (topic: string, text: string) => readers.forEach((topics, socket) => topics.has(topic) && socket.send(JSON.stringify({topic, text})))},
  })
}

/** What was said on a connection. */
const said = (server: Exchange, connection: number): (string | undefined)[] => server.connections[connection]!.messages.map(({data}) => (JSON.parse(String(data)) as {say?: string}).say).filter(Boolean)

type Playing = Run<{subject: WebSocketSubject<any>; lasting: rxjs.MonoTypeOperatorFunction<any>; reading: rxjs.Subscription}>

const quickly = {initialDelay: 5, maxDelay: 20, factor: 2, jitter: 0.5}

const playing = async (server: Exchange, options: ReconnectingWebSocketOptions = withoutPauses): Promise<Playing> => {
  const run: Playing = await runRecipe(
    'rxjs',
    {'ws://127.0.0.1:8080': server.url},
    {'closecall/core': {...core, backoff: (attempt: number, random: number) => core.backoff(attempt, random, quickly)}, rxjs, 'rxjs/webSocket': {webSocket}},
    ['subject', 'lasting', 'reading'],
    options,
  )
  onTestFinished(() => run.made.reading.unsubscribe())
  await expect.poll(() => server.readers, eventually).toBe(1)
  return run
}

interface Heard {
  /** What it was told, in order: texts, and how it ended. */
  told: unknown[]
  subscription: rxjs.Subscription
}

const hear = (source: rxjs.Observable<Message>): Heard => {
  const told: unknown[] = []
  const subscription = source.subscribe({next: ({text}) => told.push(text), error: (reason) => told.push(reason), complete: () => told.push('complete')})
  onTestFinished(() => subscription.unsubscribe())
  return {told, subscription}
}

/** A subject without the page's operators. */
const plain = (server: Exchange, options: ReconnectingWebSocketOptions): {subject: WebSocketSubject<any>; sockets: ReconnectingWebSocket[]} => {
  const sockets: ReconnectingWebSocket[] = []
  return {subject: webSocket<any>({url: server.url, WebSocketCtor: recording(sockets, {...hurried, ...options})}), sockets}
}

const drops = ['RST', 1012, 1013] as const

const eventually = {timeout: 10_000, interval: 5}

describe('webSocket', () => {
  it.each(drops)('goes on with its subscriptions after %s, one-shot, says what it was given meanwhile, and leaves nothing [CC-212]', async (drop) => {
    const server = await exchanging()
    const {made: {subject, lasting, reading}, sockets, reports, logged} = await playing(server)
    const {told, subscription} = hear(subject.pipe(lasting, rxjs.filter(({topic}) => topic === 'echo')))
    const expected: string[] = []
    for (const round of [1, 2, 3, 4]) {
      await expect.poll(() => [server.open, server.readers], eventually).toEqual([1, 1])
      server.publish('prices', `${round}`)
      expected.push(`${round}`)
      await expect.poll(() => logged, eventually).toEqual(expected)
      subject.next({say: `${round}`})
      await server.until(() => said(server, round - 1).includes(`${round}`))
      if (round === 4) break
      await server.drop(drop)
      await expect.poll(() => sockets[round - 1]!.readyState, eventually).toBe(3)
      subject.next({say: `meanwhile ${round}`})
    }
    expect(server.connections.map((_, i) => said(server, i))).toEqual([['1'], ['meanwhile 1', '2'], ['meanwhile 2', '3'], ['meanwhile 3', '4']])
    // Each that is lasting comes back in its own time, so only what is said from then on is sure to be heard.
    await expect
      .poll(() => {
        subject.next({say: 'still there'})
        return told.at(-1)
      }, eventually)
      .toBe('still there on 4')
    expect(server.connections.length).toBe(4)
    expectOneEach(sockets, 4)
    expect(reports).toEqual([])
    reading.unsubscribe()
    await expect.poll(() => server.readers, eventually).toBe(0)
    // Somebody still listens.
    expect(server.open).toBe(1)
    subscription.unsubscribe()
    await expectNothingLeft(server, sockets)
  })

  it.each(drops)('goes on by repeat and retry alone after %s, as with any WebSocket [CC-212]', async (drop) => {
    const server = await exchanging()
    const {subject, sockets} = plain(server, {reconnect: false})
    const {told, subscription} = hear(subject.multiplex(() => ({subscribe: 'prices'}), () => ({unsubscribe: 'prices'}), ({topic}) => topic === 'prices').pipe(rxjs.repeat({delay: 5}), rxjs.retry({delay: 5})) as rxjs.Observable<Message>)
    for (const round of [1, 2, 3]) {
      await expect.poll(() => [server.open, server.readers], eventually).toEqual([1, 1])
      server.publish('prices', `${round}`)
      await expect.poll(() => told.at(-1), eventually).toBe(`${round}`)
      if (round < 3) await server.drop(drop)
    }
    expect(told).toEqual(['1', '2', '3'])
    expect(sockets.length).toBe(3)
    subscription.unsubscribe()
    await expectNothingLeft(server, sockets)
  })

  it.each(drops)('has two connections after %s in reconnecting mode, speaks on one, listens on the other, and leaves one that outlives it [CC-212]', async (drop) => {
    const server = await exchanging()
    // It comes back when it is told to, so that it is the last to open.
    const {subject, sockets} = plain(server, {backoff: {initialDelay: 60_000, maxDelay: 60_000, restartSpread: [60_000, 60_000]}})
    const {told, subscription} = hear(subject.pipe(rxjs.repeat({delay: 5}), rxjs.retry({delay: 5})))
    await server.until(() => server.open === 1)
    await server.drop(drop)
    await expect.poll(() => sockets.map(({readyState}) => readyState), eventually).toEqual([0, 1])
    subject.next({say: 'before'})
    await expect.poll(() => told, eventually).toEqual(['before on 2'])
    sockets[0]!.reconnect()
    await expect.poll(() => sockets.map(({readyState}) => readyState), eventually).toEqual([1, 1])
    subject.next({say: 'after'})
    await server.until(() => server.connections[2]!.messages.length === 1)
    await expect.poll(() => sockets[0]!.client.stats.received, eventually).toBe(1)
    expect(server.connections.map(({messages}) => messages.map(({data}) => String(data)))).toEqual([[], ['{"say":"before"}'], ['{"say":"after"}']])
    expect(told).toEqual(['before on 2'])
    subscription.unsubscribe()
    await expect.poll(() => sockets.map(({readyState}) => readyState), eventually).toEqual([1, 3])
    expect(server.open).toBe(1)
    // Nobody else knows it.
    sockets[0]!.close()
    await expectNothingLeft(server, sockets)
  })

  it.each(drops)('is over after %s in reconnecting mode without retry and repeat, and closes the socket once it is back [CC-212]', async (drop) => {
    const server = await exchanging()
    const {subject, sockets} = plain(server, {})
    const {told} = hear(subject)
    await server.until(() => server.open === 1)
    await server.drop(drop)
    await expect.poll(() => told, eventually).toMatchObject([drop === 'RST' ? {type: 'error'} : 'complete'])
    await server.until(() => server.connections.length === 2)
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(2)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and its observers get the close event, %s [CC-212]', async (_, mode) => {
    const server = await exchanging()
    const {made: {subject, lasting}, sockets, reports, logged} = await playing(server, {...withoutPauses, ...mode})
    const {told} = hear(subject.pipe(lasting))
    subject.next({say: 'what the server can not read'})
    await expect.poll(() => told.length, eventually).toBe(1)
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => told.slice(1), eventually).toMatchObject([{type: 'close', code: 1007, reason: 'invalid payload', wasClean: true, final: true, verdict: {action: 'stop', fault: 'sender'}}])
    expect(logged).toEqual(['1007 Invalid frame payload data ("invalid payload"): what this program sent was refused; not trying again'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    // The subscription, and what was said.
    expect(reports[0]!.frames.map(({kind}) => kind)).toEqual(['string', 'string'])
    expect(sockets.map(({client}) => client.state.name)).toEqual(['failed'])
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('completes when the server ends with 1000, and when it is completed itself [CC-212]', async () => {
    const server = await exchanging()
    const first = await playing(server)
    const heard = hear(first.made.subject.pipe(first.made.lasting))
    first.sockets[0]!.client.on('closed', () => {})
    await server.drop(1000)
    await expect.poll(() => heard.told, eventually).toEqual(['complete'])
    expect(first.made.reading.closed).toBe(true)
    const second = await playing(server)
    second.made.subject.complete()
    await expect.poll(() => second.made.reading.closed, eventually).toBe(true)
    await expectNothingLeft(server, [...first.sockets, ...second.sockets])
    expect(server.connections.map(({closeCode}) => closeCode)).toEqual([1000, 1005])
  })

  it('keeps trying while nobody lets it in, and leaves nothing when it is unsubscribed meanwhile [CC-212]', async () => {
    const server = await exchanging()
    const {made: {reading}, sockets} = await playing(server)
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 4)
    reading.unsubscribe()
    server.refuse(0)
    await expectNothingLeft(server, sockets)
  })

  it('waits as long as the server asked for with 1013, though each socket is a new one [CC-212]', async () => {
    const server = await exchanging()
    const {made: {reading}, sockets} = await playing(server, {})
    await server.drop(1013, 'retry-after=60')
    await expect.poll(() => sockets.at(-1)!.client.state, eventually).toMatchObject({name: 'suspended', why: 'overload'})
    reading.unsubscribe()
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })
})
