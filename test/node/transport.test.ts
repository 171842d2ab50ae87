// What does the `ws` transport tell of a handshake, and what does it leave behind?

import {Agent} from 'node:http'
import {describe, expect, it, onTestFinished} from 'vitest'
import {connect} from '../../src/index.ts'
import {webSocketClass} from '../../src/node/index.ts'
import {fakeClock, type FakeClock} from '../../src/testing/index.ts'
import {echoes, goesSilent, hangsHandshake, refuses, sequence, type Behaviour, type Server} from '../helpers/servers.ts'
import {once, serving, state} from '../integration/harness.ts'
import {answers, connecting, WatchedAgent} from './fixture.ts'

/** Every handler that was called, and with what error. */
const watched = (server: Pick<Server, 'url'>, protocols?: string | string[]): {socket: any; heard: string[]; errors: any[]; closed: Promise<void>} => {
  const socket: any = new (webSocketClass())(server.url, protocols)
  const heard: string[] = []
  const errors: any[] = []
  socket.onopen = () => heard.push('open')
  socket.onerror = ({error}: {error: Error}) => {
    heard.push('error')
    errors.push(error)
  }
  const closed = new Promise<void>((resolve) => {
    socket.onclose = ({code}: {code: number}) => {
      heard.push(`close ${code}`)
      resolve()
    }
  })
  onTestFinished(() => socket.terminate())
  return {socket, heard, errors, closed}
}

/** As many turns of the event loop as it may take for something that should not come. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a refused handshake', () => {
  it.each([
    [503, {action: 'retry', fault: 'server', name: 'Server error'}],
    [429, {action: 'retry', fault: 'server', name: 'Too Many Requests'}],
    [408, {action: 'retry', fault: 'server', name: 'Timeout'}],
    [200, {action: 'retry', fault: 'unknown', name: 'Not a WebSocket'}],
  ])('is known by its status: %i [CC-17] [CC-105]', async (status, verdict) => {
    const server = await serving(refuses(status))
    const {last, verdict: given} = await once(connecting(server), 'retry')
    expect(last).toMatchObject({code: 1006, opened: false, status, error: `Unexpected server response: ${status}`})
    expect(last).not.toHaveProperty('retryAfter')
    expect(given).toMatchObject(verdict)
  })

  it.each([301, 302, 307, 404])('fails with %i, and no other address is asked [CC-17] [CC-105]', async (status) => {
    const elsewhere = await serving(echoes())
    const server = await serving(refuses(status, {location: elsewhere.url.replace('ws', 'http')}))
    const {last} = await state(connecting(server), 'failed')
    expect(last).toMatchObject({status, opened: false})
    expect(server.connections.length).toBe(1)
    expect(elsewhere.connections.length).toBe(0)
  })

  const inAnHour = (): string => new Date(Date.now() + 3_600_000).toUTCString()

  it.each<[string, () => string, number, number]>([
    ['seconds', () => '7', 7000, 8000],
    ['a date', () => new Date(Date.now() + 60_000).toUTCString(), 50_000, 61_000],
    ['a date that is over', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 0, 1000],
    ['a date beyond the limit', inAnHour, 600_000, 601_000],
    ['seconds beyond the limit', () => '99999999999', 600_000, 601_000],
    ['seconds that are no time', () => '9'.repeat(400), 500, 1500],
    ['NaN', () => 'NaN', 500, 1500],
    ['Infinity', () => 'Infinity', 500, 1500],
    ['an exponent', () => '1e99', 500, 1500],
    ['less than nothing', () => '-5', 500, 1500],
    ['a fraction', () => '0.5', 500, 1500],
    ['nothing', () => '', 500, 1500],
    ['a long text', () => 'Sun '.repeat(3000), 500, 1500],
  ])('Retry-After with %s [CC-42] [CC-44] [CC-105]', async (_, field, from, to) => {
    const server = await serving(refuses(503, {'retry-after': field()}))
    const client = connecting(server, {backoff: {}})
    const {delay} = await once(client, 'retry')
    expect(delay).toBeGreaterThanOrEqual(from)
    expect(delay).toBeLessThanOrEqual(to)
  })

  it('takes the first of several Retry-After, and an hour only where the caller allows it [CC-42] [CC-105]', async () => {
    const server = await serving(answers('HTTP/1.1 429 No\r\nretry-after: 3600\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n'))
    const {delay} = await once(connecting(server, {backoff: {maxHint: 86_400_000}}), 'retry')
    expect(delay).toBeGreaterThanOrEqual(3_600_000)
    expect(delay).toBeLessThanOrEqual(3_601_000)
  })

  it('is over with its headers: a body of 64 MiB is not read [CC-105]', async () => {
    const server = await serving(({socket}) => {
      socket.resume()
      socket.write(`HTTP/1.1 503 No\r\ncontent-length: ${64 * 1024 * 1024}\r\n\r\n`)
      socket.write(Buffer.alloc(64 * 1024 * 1024))
    })
    const agent = new WatchedAgent()
    const {last} = await once(connecting(server, {backoff: {}, agent}), 'retry')
    expect(last.status).toBe(503)
    await server.until(() => server.sockets === 0)
    expect(agent.made.map(({destroyed}) => destroyed)).toEqual([true])
    expect(agent.made[0]!.bytesRead).toBeLessThan(1024 * 1024)
  })

  it('is over with its headers: a body that never ends is not waited for [CC-105]', async () => {
    const server = await serving(({socket}) => void socket.resume().write('HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n'))
    expect((await once(connecting(server, {backoff: {}}), 'retry')).last.status).toBe(503)
    await server.until(() => server.sockets === 0)
  })

  it('leaves no socket in a keep-alive agent [CC-105]', async () => {
    const agent = new Agent({keepAlive: true})
    const server = await serving(answers('HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n'))
    await once(connecting(server, {backoff: {}, agent}), 'retry')
    await server.until(() => server.sockets === 0)
    await turns()
    expect([agent.sockets, agent.freeSockets, agent.requests].flatMap((left) => Object.keys(left))).toEqual([])
  })
})

describe('the class', () => {
  const choosesOtherProtocol: Behaviour = (visit) => {
    visit.request.headers['sec-websocket-protocol'] = 'other'
    echoes()(visit)
  }
  const wrongKey = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: AAAA\r\n\r\n'
  it.each<[string, Behaviour | 'nobody']>([
    ['nobody listens', 'nobody'],
    ['the status is 503', refuses(503)],
    ['the status is 401', refuses(401, {'www-authenticate': 'Basic'})],
    ['the status is 302', refuses(302, {location: '/'})],
    ['the accept key is wrong', answers(wrongKey)],
    ['another subprotocol is chosen', choosesOtherProtocol],
    ['no upgrade is named', answers('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
    ['the answer is not HTTP', answers('\0\x01\x02 hello\r\n\r\n')],
    ['there is no answer', ({socket}) => socket.destroy()],
    ['the answer is cut short', ({socket}) => void socket.write('HTTP/1.1 503', () => socket.destroy())],
    ['the headers have no end', answers(`HTTP/1.1 503 No\r\nx: ${'x'.repeat(100_000)}`)],
  ])('tells one error and one close where %s [CC-105]', async (_, behaviour) => {
    const {heard, closed, socket} = watched(await serving(behaviour), 'chat')
    await closed
    await turns()
    expect(heard).toEqual(['error', 'close 1006'])
    expect(socket.readyState).toBe(3)
  })

  it('tells status and pause on the error [CC-105]', async () => {
    const {errors, closed} = watched(await serving(refuses(503, {'retry-after': '3'})))
    await closed
    expect(errors).toMatchObject([{message: 'Unexpected server response: 503', status: 503, retryAfter: 3000}])
  })

  it('can be terminated while connecting and while open, and tells it once [CC-105]', async () => {
    const mute = await serving(hangsHandshake())
    const early = watched(mute)
    await mute.until(() => mute.connections.length === 1)
    early.socket.terminate()
    early.socket.terminate()
    await early.closed
    await turns()
    expect(early.heard).toEqual(['error', 'close 1006'])
    await mute.until(() => mute.sockets === 0)

    const silent = await serving(goesSilent())
    const late = watched(silent)
    await new Promise<void>((resolve) => late.socket.addEventListener('open', () => resolve()))
    late.socket.terminate()
    await late.closed
    await turns()
    expect(late.heard).toEqual(['open', 'close 1006'])
    await silent.until(() => silent.sockets === 0)
  })

  it('is quiet where nobody listens, as the standard interface is [CC-105]', async () => {
    const server = await serving(refuses(503))
    const socket: any = new (webSocketClass())(server.url)
    await expect.poll(() => socket.readyState).toBe(3)
    await turns()
  })

  it('has pings, and an onpong that is null until it is set [CC-105]', async () => {
    const server = await serving(echoes())
    const {socket} = watched(server)
    expect(socket.onpong).toBe(null)
    await new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()))
    const pong = new Promise<void>((resolve) => (socket.onpong = resolve))
    socket.ping()
    await pong
    expect(server.connections[0]!.pings).toBe(1)
  })

  it('goes into the main connect [CC-105]', async () => {
    const server = await serving(sequence(refuses(429, {'retry-after': '0'}), echoes()))
    const client = connect(server.url, {WebSocket: webSocketClass({headers: {'x-sensor': '2'}}), random: () => 0})
    onTestFinished(() => client.close())
    const {last} = await once(client, 'retry')
    expect(last).toMatchObject({status: 429, retryAfter: 0})
    await client.ready
    expect(server.connections.map(({headers}) => headers['x-sensor'])).toEqual(['2', '2'])
  })

  it('sends bytes in text frames [CC-74] [CC-105]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    client.send(new TextEncoder().encode('čaj'), {binary: false})
    expect(await once(client, 'message')).toBe('čaj')
    expect(server.connections[0]!.messages).toMatchObject([{opcode: 'text'}])
  })

  it('offers subprotocols, and tells the one that was chosen [CC-105]', async () => {
    const server = await serving(echoes())
    const client = connecting(server, {protocols: () => ['chat.v2', 'chat.v1']})
    await client.ready
    expect(server.connections[0]!.headers['sec-websocket-protocol']).toBe('chat.v2,chat.v1')
    expect(client.protocol).toBe('chat.v2')
  })
})

describe('protocol pings', () => {
  const setUp = async (behaviour: Behaviour, options: Parameters<typeof connecting>[1] = {}): Promise<{server: Server; clock: FakeClock; client: ReturnType<typeof connecting>}> => {
    const server = await serving(behaviour)
    const clock = fakeClock()
    const client = connecting(server, {clock, ...options})
    await client.ready
    return {server, clock, client}
  }

  it('keep an idle link alive by default, and measure it [CC-90] [CC-95] [CC-105]', async () => {
    const {server, clock, client} = await setUp(echoes())
    expect(client.stats).not.toHaveProperty('roundTripTime')
    for (const pings of [1, 2, 3]) {
      await clock.advance(30_000)
      await server.until(() => server.connections[0]!.pings === pings)
      // What the server sends after its pong comes after it.
      client.send('hello')
      await once(client, 'message')
      expect(client.stats.roundTripTime).toBe(0)
    }
    expect(client.state.name).toBe('open')
    expect(server.connections.length).toBe(1)
    expect(client.history).toEqual([])
  })

  it('replace a connection on which nobody answers [CC-90] [CC-91] [CC-105]', async () => {
    const {server, clock, client} = await setUp(sequence(goesSilent(), echoes()))
    await clock.advance(30_000)
    await server.until(() => server.connections[0]!.pings === 1)
    await clock.advance(9999)
    expect(client.state.name).toBe('open')
    await clock.advance(1)
    await clock.advance(0)
    await client.ready
    expect(client.history).toMatchObject([{close: {code: 1006, origin: 'heartbeat'}}])
    expect(server.connections.length).toBe(2)
    await server.until(() => server.connections[0]!.gone)
    expect(server.sockets).toBe(1)
  })

  it('are not sent with heartbeat: false [CC-93] [CC-105]', async () => {
    const {server, clock, client} = await setUp(echoes(), {heartbeat: false})
    await clock.advance(3_600_000)
    client.send('anything')
    expect(await once(client, 'message')).toBe('anything')
    expect(server.connections[0]!.pings).toBe(0)
    expect(client.stats).not.toHaveProperty('roundTripTime')
  })

  it('yield to a message of the caller\'s [CC-90] [CC-105]', async () => {
    const {server, clock, client} = await setUp(echoes(), {heartbeat: {message: 'ping', isReply: (data) => data === 'ping'}})
    await clock.advance(30_000)
    await expect.poll(() => client.stats.roundTripTime).toBe(0)
    expect(server.connections[0]).toMatchObject({pings: 0, messages: [{opcode: 'text'}]})
  })
})
