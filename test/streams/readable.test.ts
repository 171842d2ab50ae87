// Does a reader get every message, at its own pace, and learn how it ended?

import {describe, expect, it, vi} from 'vitest'
import {streams, type StreamsOptions} from '../../src/streams/index.ts'
import {accepts, acceptsThenCloses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, setUp, settled, watchTheWorld, type Setup, type SetupOptions} from '../client/fixture.ts'

watchTheWorld()

interface Reading extends Setup {
  readable: ReadableStream<any>
  hear(...messages: string[]): Promise<void>
}

const start = async (how?: StreamsOptions, behaviour: Behaviour = accepts(), options: SetupOptions = {}): Promise<Reading> => {
  const setup = setUp(behaviour, options)
  const {readable} = streams(setup.client, how)
  await settled(setup)
  return {
    ...setup,
    readable,
    hear: async (...messages) => {
      for (const message of messages) setup.network.last.server.send(message)
      await settled(setup)
    },
  }
}

describe('a reader', () => {
  it('gets every message since the stream was made, over a reconnect [CC-187]', async () => {
    const {client, clock, network, readable, hear} = await start()
    const reader = readable.getReader()
    await hear('a', 'b')
    network.last.server.drop()
    await clock.advance(5000)
    await hear('c')
    for (const value of ['a', 'b', 'c']) expect(await reader.read()).toEqual({done: false, value})
    client.close()
  })

  it('may ask before there is one [CC-187]', async () => {
    const {client, readable, hear} = await start()
    const reader = readable.getReader()
    const reads = [reader.read(), reader.read()]
    await hear('a', 'b')
    expect(await Promise.all(reads)).toEqual([{done: false, value: 'a'}, {done: false, value: 'b'}])
    client.close()
  })

  it('takes out of the inbox what it reads and no more [CC-187]', async () => {
    const setup = setUp()
    let asked = 0
    const {messages} = setup.client
    setup.client.messages = (...given) => {
      const iterator = messages.apply(setup.client, given)
      const {next} = iterator
      iterator.next = () => (asked++, next())
      return iterator
    }
    const reader = streams(setup.client).readable.getReader()
    await settled(setup)
    for (const data of ['a', 'b', 'c']) setup.network.last.server.send(data)
    await settled(setup)
    expect(asked).toBe(0)
    await reader.read()
    await settled(setup)
    expect(asked).toBe(1)
    setup.client.close()
  })

  it('that is too slow is told, after what is kept [CC-187]', async () => {
    const {client, readable, hear} = await start({maxMessages: 2})
    await hear('a', 'b', 'c')
    const reader = readable.getReader()
    expect([(await reader.read()).value, (await reader.read()).value]).toEqual(['a', 'b'])
    await expect(reader.read()).rejects.toMatchObject({code: 'OVERFLOW'})
    await expect(reader.closed).rejects.toMatchObject({code: 'OVERFLOW'})
    expect(client.state.name).toBe('open')
    client.close()
  })

  it.each([
    ['drop-oldest', ['b', 'c']],
    ['drop-newest', ['a', 'b']],
  ] as const)('gets with %s what fits [CC-187]', async (overflow, kept) => {
    const {client, readable, hear} = await start({maxMessages: 2, overflow})
    await hear('a', 'b', 'c')
    const reader = readable.getReader()
    expect([(await reader.read()).value, (await reader.read()).value]).toEqual(kept)
    client.close()
  })
})

describe('the stream', () => {
  it('ends when the client is closed, after what was received [CC-187]', async () => {
    const setup = await start()
    await setup.hear('a')
    setup.client.close()
    await settled(setup)
    const reader = setup.readable.getReader()
    expect([await reader.read(), await reader.read()]).toEqual([{done: false, value: 'a'}, {done: true, value: undefined}])
    await reader.closed
    expectRest(setup)
  })

  it('errors when the client fails, after what was received [CC-187]', async () => {
    const setup = await start({}, (server) => {
      server.accept()
      server.send('a')
      server.close(1007)
    }, {onReport: () => {}})
    const reader = setup.readable.getReader()
    expect((await reader.read()).value).toBe('a')
    await expect(reader.read()).rejects.toMatchObject({name: 'ClosecallError', code: 'FAILED', close: {code: 1007}})
    expectRest(setup)
  })

  it('does not notice a retry [CC-187]', async () => {
    const {client, clock, readable} = await start({}, sequence(acceptsThenCloses(1013), accepts()))
    const read = readable.getReader().read()
    await clock.advance(10_000)
    client.close()
    await clock.advance(0)
    expect(await read).toEqual({done: true, value: undefined})
  })

  it('that is cancelled listens no more, and closes nothing [CC-187]', async () => {
    const {client, readable, hear} = await start()
    const off = vi.fn<() => void>()
    const {on} = client
    client.on = (...given) => {
      const undo = on.apply(client, given)
      return () => {
        off()
        undo()
      }
    }
    const other = streams(client).readable
    await other.cancel('enough')
    expect(off).toHaveBeenCalledTimes(2)
    const reader = readable.getReader()
    const read = reader.read()
    await reader.cancel()
    expect(await read).toEqual({done: true, value: undefined})
    await hear('a')
    expect(client.state.name).toBe('open')
    client.close()
  })

  it('can be iterated, and piped through others [CC-187]', async () => {
    const setup = await start()
    await setup.hear('a', 'b')
    setup.client.close()
    await settled(setup)
    const upper = new TransformStream<string, string>({transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase())})
    const seen: string[] = []
    await setup.readable.pipeThrough(upper).pipeTo(new WritableStream({write: (chunk) => void seen.push(chunk)}))
    expect(seen).toEqual(['A', 'B'])
  })
})
