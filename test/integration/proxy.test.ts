// Does the proxy of the tests do to a connection what it says, and nothing else?

import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {describe, expect, it, onTestFinished} from 'vitest'
import {proxyTo, schedule, type Proxy, type Way} from '../helpers/proxy.ts'

/** One end of a connection through the proxy. */
interface End {
  socket: Socket
  /** What arrived: the text, then `FIN` or `RST`. */
  readonly got: string
}

const watching = (socket: Socket): End => {
  let got = ''
  socket.setEncoding('latin1')
  socket.on('data', (text) => (got += text))
  socket.on('end', () => (got += 'FIN'))
  socket.on('error', (error: NodeJS.ErrnoException) => (got += error.code === 'ECONNRESET' ? 'RST' : error.message))
  onTestFinished(() => void socket.destroy())
  return {
    socket,
    get got() {
      return got
    },
  }
}

const setting = async (): Promise<{proxy: Proxy; join: () => Promise<Record<Way, {from: End; to: End}>>; dial: () => End}> => {
  const server = createServer({allowHalfOpen: true})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const proxy = await proxyTo((server.address() as AddressInfo).port)
  onTestFinished(() => proxy.close())
  const dial = (): End => watching(connect({port: Number(new URL(proxy.url).port), host: '127.0.0.1', allowHalfOpen: true}))
  return {
    proxy,
    dial,
    join: async () => {
      const arrival = once(server, 'connection')
      const client = dial()
      const [socket] = (await arrival) as [Socket]
      const upstream = watching(socket)
      return {up: {from: client, to: upstream}, down: {from: upstream, to: client}}
    },
  }
}

/** Long enough for loopback, so that "nothing came" means something. */
const breath = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 50))

const until = async (end: End, text: string): Promise<void> => {
  await expect.poll(() => end.got, {interval: 5, timeout: 5000}).toBe(text)
}

/** libuv takes bytes and a reset that come together for bytes and an end. */
const untilBroken = async (end: End, text: string): Promise<void> => {
  await expect.poll(() => end.got, {interval: 5, timeout: 5000}).toMatch(new RegExp(`^${text}(RST|FIN)$`))
}

describe.each(['up', 'down'] as const)('the proxy, %s', (way) => {
  const other = way === 'up' ? 'down' : 'up'

  it('passes bytes and their end on', async () => {
    const {proxy, join} = await setting()
    const ways = await join()
    ways[way].from.socket.end('all of it')
    await until(ways[way].to, 'all of itFIN')
    ways[other].from.socket.end('and back')
    await until(ways[other].to, 'and backFIN')
    await expect.poll(() => proxy.connections).toBe(0)
  })

  it('delays, in order, also what comes after the delay was lifted', async () => {
    const {proxy, join} = await setting()
    const {from, to} = (await join())[way]
    proxy.apply({name: 'latency', ms: 100, way})
    const start = performance.now()
    from.socket.write('first ')
    await breath()
    proxy.calm()
    from.socket.write('second')
    await until(to, 'first second')
    expect(performance.now() - start).toBeGreaterThanOrEqual(99)
  })

  it('limits the bandwidth, and the sender feels it', async () => {
    const {proxy, join} = await setting()
    const {from, to} = (await join())[way]
    proxy.apply({name: 'bandwidth', bytesPerSecond: 100_000, way})
    const start = performance.now()
    from.socket.write('x'.repeat(20_000))
    await expect.poll(() => to.got.length, {interval: 5}).toBe(20_000)
    // All but the last piece have waited for the one before.
    expect(performance.now() - start).toBeGreaterThanOrEqual(149)
    from.socket.write('x'.repeat(20_000_000))
    await breath()
    expect(from.socket.writableLength).toBeGreaterThan(1_000_000)
    proxy.calm()
    await expect.poll(() => to.got.length, {interval: 5, timeout: 10_000}).toBe(20_020_000)
  })

  it('stalls, and passes everything on afterwards, also to a peer that has long gone on', async () => {
    const {proxy, join} = await setting()
    const {from, to} = (await join())[way]
    proxy.apply({name: 'stall', way})
    from.socket.write('late')
    await breath()
    expect(to.got).toBe('')
    from.socket.resetAndDestroy()
    await breath()
    expect(to.got).toBe('')
    proxy.calm()
    await untilBroken(to, 'late')
  })

  it('takes bytes into a black hole, and nothing follows them, but the other way goes on', async () => {
    const {proxy, join} = await setting()
    const ways = await join()
    const {from, to} = ways[way]
    proxy.apply({name: 'blackhole', way})
    from.socket.write('x'.repeat(10_000_000))
    await expect.poll(() => from.socket.writableLength, {timeout: 5000}).toBe(0)
    ways[other].from.socket.write('heard')
    await until(ways[other].to, 'heard')
    proxy.calm()
    from.socket.end('more')
    await breath()
    expect(to.got).toBe('')
    expect(proxy.connections).toBe(1)
  })

  it('lets a connection that lost nothing survive a black hole', async () => {
    const {proxy, join} = await setting()
    const {from, to} = (await join())[way]
    proxy.apply({name: 'blackhole', way})
    await breath()
    proxy.calm()
    from.socket.write('alive')
    await until(to, 'alive')
  })

  it('closes one half, and the other goes on', async () => {
    const {proxy, join} = await setting()
    const ways = await join()
    ways[way].from.socket.write('before')
    await until(ways[way].to, 'before')
    proxy.apply({name: 'half-close', way})
    await until(ways[way].to, 'beforeFIN')
    ways[way].from.socket.write('after')
    ways[other].from.socket.write('still')
    await until(ways[other].to, 'still')
    expect(ways[way].to.got).toBe('beforeFIN')
  })

  it.each([0, 1, 7])('cuts after exactly %i bytes more', async (after) => {
    const {proxy, join} = await setting()
    const {from, to} = (await join())[way]
    from.socket.write('before ')
    await until(to, 'before ')
    proxy.apply({name: 'cut', after, way})
    from.socket.write('hello ')
    from.socket.write('world')
    await untilBroken(to, `before ${'hello world'.slice(0, after)}`)
    await until(from, 'RST')
    await expect.poll(() => proxy.connections).toBe(0)
  })
})

it('holds and loses both ways where none is named', async () => {
  const {proxy, join} = await setting()
  const {up, down} = await join()
  proxy.apply({name: 'stall'})
  for (const {from} of [up, down]) from.socket.write('held')
  await breath()
  expect([up.to.got, down.to.got]).toEqual(['', ''])
  proxy.calm()
  await Promise.all([up, down].map(({to}) => until(to, 'held')))
  proxy.apply({name: 'blackhole'})
  for (const {from} of [up, down]) from.socket.write('lost')
  await breath()
  proxy.calm()
  await breath()
  expect([up.to.got, down.to.got]).toEqual(['held', 'held'])
})

it('resets both sides, and new connections are as good as any', async () => {
  const {proxy, join} = await setting()
  const {up, down} = await join()
  proxy.apply({name: 'reset'})
  await Promise.all([up, down].map(({to}) => until(to, 'RST')))
  const next = await join()
  next.up.from.socket.write('hello')
  await until(next.up.to, 'hello')
})

it('refuses new connections, and keeps the others', async () => {
  const {proxy, join, dial} = await setting()
  const {up} = await join()
  proxy.apply({name: 'refuse'})
  await until(dial(), 'RST')
  up.from.socket.write('hello')
  await until(up.to, 'hello')
  proxy.calm()
  await join()
})

it('passes a reset on, and resets who cannot reach the server', async () => {
  const {proxy, join} = await setting()
  const {up} = await join()
  up.from.socket.resetAndDestroy()
  await until(up.to, 'RST')
  const nobody = await proxyTo(Number(new URL(proxy.url).port))
  await proxy.close()
  const lost = watching(connect(Number(new URL(nobody.url).port), '127.0.0.1'))
  await until(lost, 'RST')
  await nobody.close()
})

it('leaves nothing behind', async () => {
  const {proxy, join, dial} = await setting()
  const {up, down} = await join()
  proxy.apply({name: 'stall'})
  up.from.socket.write('held')
  await proxy.close()
  await Promise.all([up, down].map(({to}) => until(to, 'RST')))
  const late = dial()
  await expect.poll(() => late.got).toContain('ECONNREFUSED')
  await expect.poll(() => proxy.connections).toBe(0)
})

describe('schedule()', () => {
  it('gives the same for the same seed, and another for another', () => {
    expect(schedule(1, 60_000)).toEqual(schedule(1, 60_000))
    expect(schedule(1, 60_000)).not.toEqual(schedule(2, 60_000))
  })

  it.each([1, 2, 3, 4_294_967_295])('has every fault in a minute, and a calm end (seed %i)', (seed) => {
    const spells = schedule(seed, 60_000, 5000)
    const total = spells.reduce((sum, {lasts, calm}) => sum + lasts + calm, 0)
    expect(total).toBeGreaterThanOrEqual(65_000)
    expect(total).toBeLessThan(67_500)
    expect(spells.at(-1)).toEqual({faults: [], lasts: 0, calm: 5000})
    expect(new Set(spells.flatMap(({faults}) => faults.map(({name}) => name)))).toEqual(new Set(['latency', 'bandwidth', 'stall', 'blackhole', 'refuse', 'reset', 'half-close', 'cut']))
  })
})
