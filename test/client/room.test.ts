// Does `drained()` mean that there is room, and are bounds and outcomes kept where acknowledgements are awaited?

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {describe, expect, it} from 'vitest'
import {acknowledged} from '../../src/delivery/index.ts'
import {SendBuffer, type Entry} from '../../src/core/index.ts'
import {defaultBufferLimits} from '../../src/core/send-buffer.ts'
import {accepts, neverAnswers, sequence} from '../../src/testing/index.ts'
import {setUp, settled, watchTheWorld} from './fixture.ts'

watchTheWorld()

const delivery = () => acknowledged<string, string>({id: (data) => data, ack: (incoming) => (incoming.startsWith('ack ') ? incoming.slice(4) : undefined)})

describe('drained()', () => {
  it('resolves where there is no send buffer and nothing is under way [CC-188]', async () => {
    const setup = await settled(setUp(accepts(), {buffer: false}))
    let drained = false
    void setup.client.drained().then(() => (drained = true))
    await setup.clock.advance(1000)
    expect(drained).toBe(true)
    setup.client.close()
  })

  it('waits after a refusal, although no more than highWaterMark bytes wait [CC-188]', async () => {
    const setup = setUp(neverAnswers(), {buffer: {maxBytes: 10}})
    const {client, clock} = setup
    expect([client.send('12345678'), client.send('abc')]).toEqual(['buffered', 'refused'])
    let drained = false
    client.drained().then(() => (drained = true), () => {})
    await clock.advance(0)
    expect(drained).toBe(false)
    client.close()
  })
})

it.each([
  ['an empty one, without a send buffer', false, ''],
  ['one that is dropped as the newest', {maxBytes: 10, overflow: 'drop-newest'}, 'abc'],
] as const)('drained() waits after a refusal: %s [CC-188]', async (_, buffer, refused) => {
  const setup = setUp(neverAnswers(), {buffer})
  const {client, clock} = setup
  if (buffer) client.send('12345678')
  expect(client.send(refused)).toBe('refused')
  let drained = false
  client.drained().then(() => (drained = true), () => {})
  await clock.advance(0)
  expect(drained).toBe(false)
  client.close()
})

describe('with delivery', () => {
  it('what was written without a send buffer to come back to is in doubt, not unsent [CC-180]', async () => {
    const setup = await settled(setUp(accepts(), {buffer: false, delivery: delivery()}))
    const {client, clock, network} = setup
    const receipt = client.deliver('a')
    network.last.server.drop()
    await clock.advance(0)
    expect(await receipt).toEqual({status: 'written', inDoubt: true, writes: 1})
    client.close()
  })

  it('an acknowledgement that comes while `onOpen` works is told at once [CC-180]', async () => {
    const setup = await settled(setUp(sequence(accepts(), (server) => {
      server.accept()
      server.send('ack a')
    }), {delivery: delivery(), onOpen: ({attempt}) => (attempt ? new Promise(() => {}) : undefined)}))
    const {client, clock, network} = setup
    let status: string | undefined
    void client.deliver('a').then((outcome) => ({status} = outcome))
    network.last.server.drop()
    await clock.advance(2000)
    expect([client.state.name, status]).toEqual(['connecting', 'acknowledged'])
    client.close()
  })

  it('a message that is never acknowledged keeps none of those that are [CC-180]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const buffer = new SendBuffer(defaultBufferLimits, 2)
    const done: WeakRef<Entry>[] = []
    for (let n = 0; n < 1000; n++) {
      buffer.push({data: new ArrayBuffer(8), binary: true}, 0, true, {id: `${n}`})
      buffer.nextTurn()
      const entry = buffer.next(0)!
      if (!n) continue
      done.push(new WeakRef(entry))
      buffer.acknowledge(`${n}`)
      buffer.takeSettled()
    }
    expect(buffer.flying).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(done.filter((reference) => reference.deref()).length).toBeLessThan(100)
  })
})

describe('with a schema that takes its time', () => {
  it('what it lets through after close() is told to nobody [CC-185]', async () => {
    const waiting: (() => void)[] = []
    const setup = await settled(setUp(accepts(), {schema: {'~standard': {version: 1, vendor: 'test', validate: (value) => new Promise((resolve) => waiting.push(() => resolve({value})))}}}))
    setup.network.last.server.send('late')
    await settled(setup)
    setup.client.close()
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    waiting[0]!()
    await settled(setup)
    expect(setup.messages).toEqual([])
  })
})
