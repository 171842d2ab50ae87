// @vitest-environment happy-dom
// Does the client work in a page, with a WebSocket class that nobody here wrote?
//
// mock-socket plays the server. It is never the oracle, since it differs from every real socket: a refused handshake
// arrives as a clean 1000, close events fire inside `server.close()`, there is no bufferedAmount, bytes arrive as strings.

import {Server, WebSocket as MockSocket, type Client as MockClient} from 'mock-socket'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {connect, type Client, type Options, type WebSocketClass} from '../../src/index.ts'

const address = 'ws://page.test/live'

let server: Server
let connections: MockClient[]
let client: Client | undefined

/** Its events come by real timers, so these tests wait for events of the client, with small delays. */
const quick: Options = {WebSocket: MockSocket as unknown as WebSocketClass, random: () => 0.5, backoff: {initialDelay: 5, maxDelay: 20}}

const open = async (options: Options = {}): Promise<Client> => {
  client = connect(address, {...quick, ...options})
  return client.ready
}

const next = <Name extends 'close' | 'open' | 'retry' | 'failed' | 'closed' | 'message'>(name: Name): Promise<any> =>
  new Promise((resolve) => client!.once(name, resolve as never))

/** Any code, and clean as told: mock-socket can do that for all clients at once only. */
const closeAll = (code: number, reason: string, wasClean = true): void => {
  server.close({code, reason, wasClean})
  // It forgets its URL with that: a new server for those who come back.
  server.stop()
  listen()
}

const listen = (): void => {
  server = new Server(address, {mock: false})
  server.on('connection', (socket) => connections.push(socket))
}

beforeEach(() => {
  connections = []
  listen()
})

afterEach(async () => {
  await client?.[Symbol.asyncDispose]()
  client = undefined
  server.stop()
})

describe('in a page', () => {
  it('there is a document, and the class of the page is not touched', async () => {
    expect(document.baseURI).toBeTypeOf('string')
    const {WebSocket} = globalThis
    await open()
    expect(globalThis.WebSocket).toBe(WebSocket)
    expect(connections).toHaveLength(1)
  })

  it('sends what waited, and receives', async () => {
    const received: unknown[] = []
    const echoed = new Promise<void>((resolve) => {
      server.on('connection', (socket) =>
        socket.on('message', (data) => {
          received.push(data)
          if (received.length === 2) socket.send('answer')
        }),
      )
      client = connect(address, quick)
      client.on('message', (data) => {
        received.push(data)
        resolve()
      })
      expect(client.send('waited')).toBe('buffered')
      client.on('open', () => queueMicrotask(() => expect(client!.send('then')).toBe('sent')))
    })
    await echoed
    expect(received).toEqual(['waited', 'then', 'answer'])
    expect(client!.bufferedAmount).toBe(0)
  })

  it('comes back after a 1013, and says why it was away', async () => {
    await open()
    const retry = next('retry')
    closeAll(1013, 'busy')
    expect(await retry).toMatchObject({name: 'backoff', attempt: 1, delay: 5, last: {code: 1013, reason: 'busy'}, verdict: {name: 'Try Again Later'}})
    await client!.ready
    expect(client!.state).toMatchObject({name: 'open', attempt: 1})
    expect(connections).toHaveLength(2)
  })

  it('stops on a 1007, with a report', async () => {
    const reports: unknown[] = []
    await open({onReport: (report) => reports.push(report)})
    client!.send('x')
    const failed = next('failed')
    closeAll(1007, 'Invalid UTF-8')
    expect(await failed).toMatchObject({why: 'verdict', last: {code: 1007}})
    expect(reports).toMatchObject([{cause: 'damaged-in-transit', frames: [{sequence: 1, length: 1}]}])
    expect(connections).toHaveLength(1)
  })

  it('takes an unclean 1006 for a cut', async () => {
    await open()
    const retry = next('retry')
    closeAll(1006, '', false)
    expect(await retry).toMatchObject({last: {code: 1006, wasClean: false, opened: true}})
  })

  it('closes, and stays closed when the page comes online', async () => {
    await open()
    const closed = next('closed')
    client!.close(4000, 'done')
    expect(await closed).toMatchObject({name: 'closed', last: {code: 4000, reason: 'done'}})
    window.dispatchEvent(new Event('online'))
    expect(client!.state.name).toBe('closed')
    expect(connections).toHaveLength(1)
  })

  it('an event of the page reaches a client that waits: offline, and online again', async () => {
    await open({backoff: {initialDelay: 10_000}})
    const retry = next('retry')
    closeAll(1006, '')
    await retry
    window.dispatchEvent(new Event('offline'))
    expect(client!.state.name).toBe('suspended')
    // happy-dom's navigator.onLine stays true, so that is all a page can be told here.
    window.dispatchEvent(new Event('online'))
    expect(client!.state).toMatchObject({name: 'backoff', delay: 500})
  })

  it('an error without a close, as this class gives it, ends the connection', async () => {
    await open()
    const retry = next('retry')
    server.simulate('error')
    expect(await retry).toMatchObject({last: {code: 1006, origin: 'error', opened: true}})
  })

  it('resolves relative addresses against the page', async () => {
    document.head.innerHTML = '<base href="http://page.test/app/">'
    client = connect('../live', quick)
    await client.ready
    expect(client.url).toBe(address)
    document.head.innerHTML = ''
  })
})
