// Is what the client says of a loss, of room and of a failure no more than it knows?

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {describe, expect, it, vi} from 'vitest'
import {json} from '../../src/codecs/index.ts'
import type {Receipt} from '../../src/index.ts'
import {accepts, acceptsThenCloses, goesSilent, sequence, stalls} from '../../src/testing/index.ts'
import {setUp, settled, watchTheWorld} from './fixture.ts'

watchTheWorld()

describe('a loss', () => {
  it('is in doubt where the message at fault is only the likely one [CC-179]', async () => {
    const {client, clock, network} = await settled(setUp(stalls(), {verdicts: {1009: 'retry'}, onReport: () => {}}))
    const [small, large] = ['s'.repeat(10), 'l'.repeat(100)].map((data) => client.deliver(data))
    network.last.server.close(1009)
    await clock.advance(0)
    expect(await large).toEqual({status: 'dropped', why: 'too-big', inDoubt: true, writes: 1})
    expect(await small).toEqual({status: 'written', inDoubt: true, writes: 1})
    client.close()
  })

  it('is told by number where the runtime held more than is remembered [CC-176]', async () => {
    const setup = await settled(setUp(sequence(stalls(), accepts())))
    const {client, clock, network} = setup
    vi.stubGlobal('WebSocket', network.WebSocket)
    vi.stubGlobal('Bun', {})
    const drops: unknown[] = []
    client.on('drop', (dropped) => drops.push(dropped))
    const data = 'x'.repeat(1000)
    const count = 5000
    for (let i = 0; i < count; i++) client.send(data)
    network.last.server.drop()
    await clock.advance(5000)
    const again = network.last.sent.length
    expect(again).toBeGreaterThan(100)
    expect(drops).toEqual([{data: undefined, binary: false, messages: count - again, outcome: {status: 'dropped', why: 'not-kept', inDoubt: true, writes: 1}}])
    client.close()
  })
})

it('each message that the runtime still held is known, bytes too [CC-176]', async () => {
  const setup = await settled(setUp(sequence(stalls(), accepts())))
  const {client, clock, network} = setup
  vi.stubGlobal('WebSocket', network.WebSocket)
  vi.stubGlobal('Bun', {})
  const drops: unknown[] = []
  client.on('drop', ({data}) => drops.push(data))
  const all = Array.from({length: 20}, () => new Uint8Array(1000))
  for (const data of all) client.send(data)
  network.last.server.drop()
  await clock.advance(5000)
  // Of the first, nobody knows how much of the count is headers of the others.
  expect(drops.map((data) => all.indexOf(data as (typeof all)[0]))).toEqual(all.map((_, index) => index).slice(1))
  client.close()
})

describe('drained()', () => {
  it.each([['closed', 1000, 'CLOSED'], ['failed', 1007, 'FAILED']] as const)('rejects once the client is %s, whatever there is room for [CC-188]', async (_, code, error) => {
    const {client} = await settled(setUp(acceptsThenCloses(code), {onReport: () => {}}))
    client.on('closed', () => {})
    expect(client.bufferedAmount).toBe(0)
    await expect(client.drained()).rejects.toMatchObject({code: error})
  })

  it('waits while the client is closing: for the end, or for another beginning [CC-188]', async () => {
    for (const ends of [true, false]) {
      const {client, clock} = await settled(setUp(sequence(goesSilent(), accepts())))
      client.close()
      expect(client.state.name).toBe('closing')
      const drained = client.drained().then(() => 'drained', ({code}: {code: string}) => code)
      if (!ends) client.reconnect()
      await clock.advance(10_000)
      expect(await drained).toBe(ends ? 'CLOSED' : 'drained')
      client.close()
      await clock.advance(10_000)
    }
  })
})

describe('an onOpen that fails', () => {
  it.each([
    ['took too long', () => new Promise(() => {}), 'onOpen took longer than `connectTimeout`'],
    ['threw a text', () => Promise.reject('no token'), 'no token'], // eslint-disable-line prefer-promise-reject-errors
    ['threw nothing', () => Promise.reject(undefined), undefined], // eslint-disable-line prefer-promise-reject-errors
  ])('says so where it %s [CC-174]', async (_, onOpen, error) => {
    const {client, clock} = await settled(setUp(accepts(), {onOpen}))
    await clock.advance(10_000)
    expect(client.history[0]!.close).toMatchObject({origin: 'setup', code: 1006, opened: true})
    expect(client.history[0]!.close.error).toBe(error)
    client.close()
  })

  it('does not take the blame for a connection that failed meanwhile, and told no end [CC-174]', async () => {
    const {client, clock, network} = await settled(setUp(accepts(), {onOpen: () => new Promise(() => {})}))
    network.last.server.error('reset')
    await clock.advance(10_000)
    expect(client.history[0]!.close).toMatchObject({origin: 'error', error: 'reset'})
    client.close()
  })
})

describe('a receipt', () => {
  it('does not keep the message [CC-175]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const {client, clock} = await settled(setUp(accepts(), {codec: {...json, encode: () => 'x'}}))
    const receipts: Receipt[] = []
    const deliver = (): WeakRef<object> => {
      const data = new ArrayBuffer(8)
      receipts.push(client.deliver(data))
      return new WeakRef(data)
    }
    const messages = Array.from({length: 20}, deliver)
    await clock.advance(1000)
    expect((await Promise.all(receipts)).map(({status}) => status)).toEqual(messages.map(() => 'written'))
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(messages.filter((message) => message.deref()).length).toBe(0)
    receipts[0]!.cancel()
    client.close()
  })
})
