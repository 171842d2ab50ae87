// Do headers, agent and credentials get where they belong, and nowhere else?

import {execFile} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {build} from 'esbuild'
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {connect as connectOver, isClosecallError} from '../../src/index.ts'
import {connect, webSocketClass, type NodeOptions} from '../../src/node/index.ts'
import {fakeClock} from '../../src/testing/index.ts'
import {closesAfter, closesWith, drops, echoes, goesSilent, hangsHandshake, refuses, sequence, type Behaviour} from '../helpers/servers.ts'
import {once, serving, state} from '../integration/harness.ts'
import {authorizations, connecting, WatchedAgent} from './fixture.ts'

describe('headers', () => {
  it('are sent with every handshake, a list as several lines [CC-106]', async () => {
    const server = await serving(sequence(drops(), echoes()))
    const client = connecting(server, {headers: {'x-sensor': '2', 'X-Tag': ['a', 'b']}})
    await once(client, 'retry')
    await client.ready
    for (const {headers} of server.connections) expect(headers).toMatchObject({'x-sensor': '2', 'x-tag': 'a, b'})
    expect(server.connections.length).toBe(2)
  })

  it('can\'t undo the handshake [CC-106]', async () => {
    const server = await serving(echoes())
    await connecting(server, {headers: {connection: 'close', upgrade: 'h2c', 'sec-websocket-version': '7', 'sec-websocket-key': 'AAAA'}}).ready
    expect(server.connections[0]!.headers).toMatchObject({upgrade: 'websocket', 'sec-websocket-version': '13'})
  })

  it('are asked for on every attempt, with what credentials gave last [CC-106]', async () => {
    const server = await serving(sequence(drops(), drops(), echoes()))
    const credentials = vi.fn<() => Promise<{id: number}>>(async () => ({id: 7}))
    let count = 0
    const headers = ({id}: {id: number}) => ({authorization: `${id}, ${++count}`})
    const client = connecting(server, {credentials, headers})
    await expect.poll(() => server.connections.length).toBe(3)
    await client.ready
    expect(authorizations(server)).toEqual(['7, 1', '7, 2', '7, 3'])
    expect(credentials).toHaveBeenCalledTimes(1)
  })

  it('may be undefined, and are asked for without credentials, too [CC-106]', async () => {
    const server = await serving(echoes())
    const headers = vi.fn<() => undefined>(() => undefined)
    await connecting(server, {headers}).ready
    expect(headers).toHaveBeenCalledExactlyOnceWith(undefined)
  })

  it.each<[string, () => any]>([
    ['throw', () => { throw new Error('no token yet') }],
    ['come later', async () => ({authorization: 'secret'})],
    ['are a list', () => ['authorization', 'secret']],
    ['are a Headers', () => new Headers({authorization: 'secret'})],
    ['hold a line break', () => ({authorization: 'secret\r\nx: y'})],
    ['hold what is no string', () => ({authorization: Object('secret')})],
    ['are badly named', () => ({'secret\r\n': 'x'})],
  ])('that %s are a failed attempt, in words without the value [CC-21] [CC-63] [CC-106]', async (_, headers) => {
    const server = await serving(echoes())
    const client = connecting(server, {headers})
    const {last} = await once(client, 'retry')
    expect(last).toMatchObject({origin: 'constructor', opened: false})
    expect(last.error).toMatch(/^(no token yet|closecall: `headers.*` must be .*)$/)
    await state(client, 'failed')
    expect(JSON.stringify([client.history, client.reports, client.reports.map(({error}) => error.message)])).not.toContain('secret')
    expect(server.connections.length).toBe(0)
  })
})

describe('the agent and the options of ws', () => {
  it('are used [CC-106]', async () => {
    const server = await serving(sequence(drops(), echoes()))
    const agent = new WatchedAgent()
    const client = connecting(server, {agent, ws: {perMessageDeflate: false, maxPayload: 3, origin: 'https://example.test', headers: {'x-from': 'ws'}, agent: 'theirs'}})
    await once(client, 'retry')
    await client.ready
    expect(agent.made.length).toBe(2)
    expect(server.connections[1]!.headers).toMatchObject({origin: 'https://example.test', 'x-from': 'ws'})
    expect(server.connections[1]!.headers).not.toHaveProperty('sec-websocket-extensions')
    client.send('four')
    expect((await once(client, 'close')).close).toMatchObject({error: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'})
  })

  it('yield to headers that are given beside them [CC-106]', async () => {
    const server = await serving(echoes())
    await connecting(server, {headers: {'x-from': 'us'}, ws: {headers: {'x-from': 'ws'}}}).ready
    expect(server.connections[0]!.headers['x-from']).toBe('us')
  })
})

describe('credentials', () => {
  const tokens = () => {
    let count = 0
    return {credentials: vi.fn<() => Promise<string>>(async () => `token ${++count}`), headers: (token: string) => ({authorization: token})}
  }

  it.each<[string, Behaviour]>([
    ['a status of 401', refuses(401)],
    ['a status of 407', refuses(407)],
    ['1008', closesWith(1008)],
    ['3000', closesWith(3000)],
  ])('are refreshed once for %s, and tried at once [CC-13] [CC-106]', async (_, behaviour) => {
    const server = await serving(sequence(behaviour, echoes()))
    const {credentials, headers} = tokens()
    const client = connecting(server, {credentials, headers, backoff: {}})
    expect(await once(client, 'retry')).toMatchObject({delay: 0, verdict: {action: 'refresh'}})
    await client.ready
    expect(authorizations(server)).toEqual(['token 1', 'token 2'])
    expect(credentials).toHaveBeenCalledTimes(2)
  })

  it.each<[string, Behaviour]>([
    ['a second 401', refuses(401)],
    ['a 407 after a 401', sequence(refuses(401), refuses(407))],
    ['a 1008 after a 401', sequence(refuses(401), closesWith(1008))],
    ['a second 3000', closesWith(3000)],
  ])('are not refreshed again for %s: that is the end [CC-13] [CC-106]', async (_, behaviour) => {
    const server = await serving(behaviour)
    const {credentials, headers} = tokens()
    const client = connecting(server, {credentials, headers})
    expect(await state(client, 'failed')).toMatchObject({why: 'strikes'})
    await server.until(() => server.sockets === 0)
    expect(authorizations(server)).toEqual(['token 1', 'token 2'])
    expect(JSON.stringify([client.state, client.history, client.reports])).not.toContain('token')
  })

  it.each<[string, NodeOptions]>([
    ['without them', {}],
    ['with headers alone', {headers: () => ({authorization: 'always the same'})}],
  ])('can\'t be refreshed %s: the first 401 is the end [CC-13] [CC-106]', async (_, options) => {
    const server = await serving(refuses(401))
    expect(await state(connecting(server, options), 'failed')).toMatchObject({why: 'verdict', last: {status: 401}})
    expect(server.connections.length).toBe(1)
  })

  it('that come too late are not used, nor those that were asked for before [CC-50] [CC-106]', async () => {
    const server = await serving(echoes())
    const clock = fakeClock()
    let late!: (token: string) => void
    const credentials = vi.fn<() => string | Promise<string>>(() => 'new').mockImplementationOnce(() => new Promise((resolve) => (late = resolve)))
    const client = connecting(server, {clock, credentials, headers: (token) => ({authorization: token})})
    await clock.advance(10_000)
    await clock.advance(20)
    await client.ready
    late('old')
    client.reconnect()
    await client.ready
    await server.until(() => server.connections.length === 2)
    expect(authorizations(server)).toEqual(['new', 'new'])
  })

  it('that throw leave those that were had before [CC-50] [CC-106]', async () => {
    const server = await serving(sequence(closesWith(1008), echoes()))
    const answers = [() => 'first', () => Promise.reject(new Error('no network')), () => 'second']
    const credentials = vi.fn<() => string | Promise<string>>(() => answers.shift()!())
    const client = connecting(server, {credentials, headers: (token) => ({authorization: token})})
    await expect.poll(() => client.history.map(({close}) => close.origin)).toEqual(['event', 'provider'])
    await client.ready
    expect(authorizations(server)).toEqual(['first', 'second'])
  })
})

describe('what can\'t be used', () => {
  it.each<[any, RegExp]>([
    [{WebSocket: Function}, /^closecall: `WebSocket` must be left out: `closecall\/node` brings its own, got "function"$/],
    [null, /^closecall: `options` must be an object, got null$/],
    [{headers: 'authorization: secret'}, /^closecall: `headers` must be a plain object or a function that returns one, got "string"$/],
    [{headers: {authorization: 5}}, /^closecall: `headers.authorization` must be a string, or a list of them, that fits an HTTP field, got "number"$/],
    [{headers: {authorization: 'secret\n'}}, /^closecall: `headers.authorization` must be [^\n]*, got "string"$/],
    [{headers: {authorization: ['secret', undefined]}}, /^closecall: `headers.authorization` must be [^\n]*, got "object"$/],
    [{headers: {'secret:': 'x'}}, /^closecall: `headers` must be named by tokens, got "string"$/],
    [{agent: 'http://proxy'}, /^closecall: `agent` must be an object, got "http:\/\/proxy"$/],
    [{ws: true}, /^closecall: `ws` must be an object, got true$/],
    [{credentials: 'secret'}, /^closecall: `credentials` must be a function, got "string"$/],
    [{header: {}}, /^closecall: `header` must be an option that exists, got "object"$/],
  ])('%o is answered at once by one sentence [CC-82] [CC-106]', (options, sentence) => {
    const caught = (() => {
      try {
        return void connect('ws://127.0.0.1', options).close()
      } catch (error) {
        return error as Error
      }
    })()
    expect(caught).toSatisfy(isClosecallError)
    expect(caught!.message).toMatch(sentence)
  })

  it.each<any>([{header: {}}, {headers: 'secret'}, null])('so is %o for the class [CC-82] [CC-105]', (options) => {
    expect(() => webSocketClass(options)).toThrow(/^closecall: `(header|headers|options)` must be (?!.*secret)/)
  })
})

/** A program of its own, from one file: `closecall/node` and `ws` bundled. */
const program = `
  import {connect} from './src/node/index.ts'
  const [url, story] = process.argv.slice(2)
  const client = connect(url, {heartbeat: {interval: 5}, backoff: {initialDelay: 5}, closeTimeout: 50, onReport: () => {}, credentials: () => 1, headers: () => ({'x-a': 'b'})})
  const acts = {
    'after a pong': () => client.stats.roundTripTime !== undefined && client.close(),
    'beside a mute peer': () => client.state.name === 'open' && client.close(),
    'while connecting': () => client.state.name === 'connecting' && client.close(),
    'in backoff after a 503': () => client.state.name === 'backoff' && client.close(),
    'after a second 401': () => {},
  }
  const timer = setInterval(() => {
    acts[story]()
    if (client.state.name === 'closing' || client.state.name === 'closed' || client.state.name === 'failed') clearInterval(timer)
  }, 5)
  process.on('exit', () => {
    const left = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|Tick|Micro|FS|Close|File)/.test(name))
    process.stdout.write(JSON.stringify({state: client.state.name, left}))
  })`

describe('a process', () => {
  let folder: string
  let file: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'closecall-node-'))
    file = join(folder, 'program.cjs')
    await build({stdin: {contents: program, resolveDir: fileURLToPath(new URL('../..', import.meta.url))}, bundle: true, platform: 'node', format: 'cjs', outfile: file, logLevel: 'silent'})
  })

  afterAll(() => rm(folder, {recursive: true}))

  it.each<[string, Behaviour]>([
    ['after a pong', echoes()],
    ['beside a mute peer', goesSilent()],
    ['while connecting', hangsHandshake()],
    ['in backoff after a 503', refuses(503, {'retry-after': '60'})],
    ['after a second 401', refuses(401)],
  ])('ends by itself when its client ends %s [CC-5] [CC-105]', async (story, behaviour) => {
    const server = await serving(behaviour)
    const {stdout} = await promisify(execFile)(process.execPath, [file, server.url, story], {timeout: 10_000})
    expect(JSON.parse(stdout)).toEqual({state: story === 'after a second 401' ? 'failed' : 'closed', left: []})
    await server.until(() => server.sockets === 0)
  })
})

it('listens no more to a socket that is left behind [CC-54] [CC-105]', async () => {
  const server = await serving(closesAfter(1, 1013))
  const sockets: any[] = []
  const Class: any = webSocketClass()
  const client = connectOver(server.url, {
    backoff: {},
    WebSocket: class extends Class {
      constructor(...given: unknown[]) {
        super(...given)
        sockets.push(this)
      }
    } as any,
  })
  await client.ready
  client.send('go')
  await once(client, 'retry')
  client.close()
  const [{onopen, onmessage, onclose, onpong, readyState}] = sockets
  expect({onopen, onmessage, onclose, onpong, readyState}).toEqual({onopen: null, onmessage: null, onclose: null, onpong: null, readyState: 3})
})
