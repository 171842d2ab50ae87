// Does what a caller holds behave over real sockets: functions that fail, listeners that interfere, iteration, disposal?

import {describe, expect, it, vi, onTestFinished} from 'vitest'
import {closesWith, drops, echoes, sequence} from '../helpers/servers.ts'
import {connecting, once, serving, state} from './harness.ts'

describe('an address function', () => {
  it.each<[string, () => unknown]>([
    ['throws', () => { throw new Error('no token') }],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['never answers', () => new Promise(() => {})],
    ['gives what is no URL', () => 'http//nonsense'],
    ['gives nothing', () => undefined],
  ])('that %s makes a failed attempt, and is asked again [CC-50]', async (_, fails) => {
    const server = await serving(echoes())
    let asked = 0
    const client = connecting({url: (() => (++asked < 3 ? fails() : server.url)) as never}, {connectTimeout: 1000})
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1006, opened: false})
    await state(client, 'open')
    expect(asked).toBe(3)
    expect(server.connections.length).toBe(1)
    expect(client.stats.retries).toBe(2)
  })

  it('whose answer comes after close() opens nothing [CC-50]', async () => {
    const server = await serving(echoes())
    let answer: (url: string) => void
    const client = connecting({url: (() => new Promise<string>((resolve) => (answer = resolve))) as never})
    await expect.poll(() => answer).toBeTypeOf('function')
    client.close()
    answer!(server.url)
    // One that follows: had the late answer opened a socket, it would have come before.
    const other = connecting(server)
    await other.ready
    expect(server.connections.length).toBe(1)
    expect(client.state.name).toBe('closed')
  })
})

describe('listeners', () => {
  it('may close the client when it opens: what had waited is sent or kept, not forgotten [CC-72] [CC-73]', async () => {
    const server = await serving(sequence(drops(), echoes()))
    const client = connecting(server)
    await state(client, 'backoff')
    client.send('kept')
    client.on('open', () => client.close())
    await state(client, 'closed')
    const arrived = server.connections.flatMap(({messages}) => messages.map(({data}) => String(data)))
    expect([...arrived, ...client.takeUnsent().map(({data}) => data)]).toEqual(['kept'])
    expect(server.connections.length).toBe(2)
  })

  it('may send, close and open from within an event [CC-6]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    const names: string[] = []
    client.on('state', ({name}) => names.push(name))
    client.once('open', () => {
      client.close()
      client.open()
    })
    await once(client, 'closed').catch(() => {})
    await expect.poll(() => client.state.name).toBe('open')
    expect(names.slice(-2)).toEqual(['connecting', 'open'])
    expect(client.send('here')).toBe('sent')
    expect(await once(client, 'message')).toBe('here')
  })

  it('that throw harm neither one another nor the connection [CC-83]', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    onTestFinished(() => void vi.unstubAllGlobals())
    const server = await serving(sequence(closesWith(1013), echoes()))
    const client = connecting(server)
    for (const name of ['state', 'open', 'close', 'retry', 'message'] as const) {
      client.on(name, () => {
        throw new Error(name)
      })
    }
    const heard: unknown[] = []
    client.on('message', (data) => heard.push(data))
    await state(client, 'backoff')
    await state(client, 'open')
    client.send('still here')
    await expect.poll(() => heard).toEqual(['still here'])
    client.close()
    await state(client, 'closed')
    expect(new Set(reported.map((error) => (error as Error).message))).toEqual(new Set(['state', 'open', 'close', 'retry', 'message']))
  })
})

describe('reconnect()', () => {
  it('twice makes one socket [CC-80]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    client.reconnect()
    client.reconnect()
    await client.ready
    client.send('one')
    await once(client, 'message')
    expect(server.connections.length).toBe(2)
    await server.until(() => server.connections[0]!.gone)
    expect(server.sockets).toBe(1)
  })

  it('ends a long wait at once [CC-80]', async () => {
    const server = await serving(sequence(closesWith(1013, 'retry-after=500'), echoes()))
    const client = connecting(server)
    expect((await state(client, 'backoff')).delay).toBeGreaterThanOrEqual(500_000)
    client.reconnect()
    await client.ready
    expect(server.connections.length).toBe(2)
  })
})

describe('waiting for it', () => {
  it('`ready` resolves when it is open, and rejects when it ends before [CC-84]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    expect(await client.ready).toBe(client)
    const nowhere = await serving('nobody')
    const other = connecting(nowhere)
    const ready = other.ready
    await state(other, 'backoff')
    other.close()
    await expect(ready).rejects.toMatchObject({name: 'ClosecallError', code: 'CLOSED'})
    const forbidden = await serving(closesWith(3003))
    const refused = connecting(forbidden)
    await state(refused, 'failed')
    await expect(refused.ready).rejects.toMatchObject({code: 'FAILED', message: expect.stringContaining('3003')})
  })

  it('iterates over messages across a reconnect, and ends with close() [CC-85]', async () => {
    const server = await serving(sequence(drops(), echoes()))
    const client = connecting(server)
    await state(client, 'backoff')
    for (const text of ['a', 'b', 'c']) client.send(text)
    const seen: unknown[] = []
    for await (const data of client) {
      seen.push(data)
      if (seen.length === 3) client.close()
    }
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('iteration throws when the client fails [CC-85]', async () => {
    const server = await serving(closesWith(1007, 'bad'))
    const client = connecting(server)
    await expect(
      (async () => {
        for await (const data of client) expect(data).toBeUndefined()
      })(),
    ).rejects.toMatchObject({code: 'FAILED'})
  })

  it('disposal waits for the closing handshake [CC-84] [CC-81]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    await client[Symbol.asyncDispose]()
    expect(client.state.name).toBe('closed')
    expect(server.connections[0]!.closeCode).toBe(1000)
  })

  it('a signal closes it for good [CC-84]', async () => {
    const server = await serving(echoes())
    const abort = new AbortController()
    const client = connecting(server, {signal: abort.signal})
    await client.ready
    abort.abort()
    await state(client, 'closed')
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
    const late = connecting(server, {signal: abort.signal})
    expect(late.state.name).toBe('closed')
  })
})
