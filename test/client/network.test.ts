// What does the client make of `offline` and `online`?

import {describe, expect, it, vi} from 'vitest'
import {accepts, acceptsThenCloses, drops, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, long, offline, online, setUp, settled, watchTheWorld, ways} from './fixture.ts'

watchTheWorld()

describe('without a network [CC-55]', () => {
  it('the first attempt is made all the same: the signal may be wrong', async () => {
    offline()
    const setup = setUp()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('an open connection is left alone', async () => {
    const setup = await ways.open()
    offline()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    expect(setup.client.send('x')).toBe('sent')
    setup.client.close()
  })

  it('a connection that ends is waited for, not for a delay', async () => {
    const setup = await ways.open()
    offline()
    setup.network.last.server.drop()
    await setup.clock.advance(29_000)
    expect(setup.client.state).toMatchObject({name: 'suspended', attempt: 1, retryAt: 45_000, last: {code: 1006}})
    expect(setup.states).toEqual(['open', 'suspended'])
    expect(setup.delays).toEqual([])
    setup.client.close()
  })

  it('the wait for a delay becomes a wait for the network', async () => {
    const setup = await ways.backoff()
    offline()
    expect(setup.client.state.name).toBe('suspended')
    setup.client.close()
    expectRest(setup)
  })

  it('what is sent is kept', async () => {
    const setup = await ways.suspended()
    expect(setup.client.send('x')).toBe('buffered')
    setup.network.behaviour = accepts()
    online()
    await setup.clock.advance(1000)
    expect(setup.network.last.sent).toEqual([{data: 'x', binary: false}])
    setup.client.close()
  })

  it('it looks for one by itself, now and then, since the signal may be wrong', async () => {
    const setup = await ways.suspended()
    await setup.clock.advance(44_999)
    expect(setup.network.sockets).toHaveLength(1)
    await setup.clock.advance(1)
    expect(setup.network.sockets).toHaveLength(2)
    expect(setup.client.state.name).toBe('suspended')
    setup.client.close()
  })

  it('however long the delays: never in a hot loop', async () => {
    offline()
    const setup = setUp(refuses(), {backoff: {maxDelay: 2 ** 31 - 1}, random: () => 0.9})
    // In a hot loop each round takes 1 ms.
    await setup.clock.advance(100)
    expect(setup.network.sockets).toHaveLength(1)
    setup.client.close()
  })

  it('a close still has its verdict', async () => {
    offline()
    const setup = setUp(acceptsThenCloses(1007))
    setup.client.on('report', () => {})
    await settled(setup)
    expect(setup.client.state.name).toBe('failed')
    expectRest(setup)
  })
})

describe('when the network is back [CC-55]', () => {
  it('the client follows within a second, not at once: `online` comes early', async () => {
    const setup = await ways.suspended()
    setup.network.behaviour = accepts()
    online()
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 500, attempt: 1})
    expect(setup.network.sockets).toHaveLength(1)
    await setup.clock.advance(500)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('a second `online` changes nothing', async () => {
    const setup = await ways.suspended()
    online()
    const {state} = setup.client
    online()
    expect(setup.client.state).toBe(state)
    setup.client.close()
  })

  it('too early, and refused once more, goes on as usual', async () => {
    const setup = await ways.suspended()
    online()
    await setup.clock.advance(500)
    expect(setup.client.state).toMatchObject({name: 'backoff', attempt: 2, delay: 2000})
    setup.client.close()
  })

  it('flapping is no hot loop', async () => {
    const setup = await ways.suspended()
    for (let times = 0; times < 50; times++) {
      online()
      await setup.clock.advance(10)
      offline()
      await setup.clock.advance(10)
    }
    expect(setup.network.sockets.length).toBeLessThan(4)
    setup.client.close()
    expectRest(setup)
  })

  it('a client that the user closed stays closed', async () => {
    const setup = await ways.suspended()
    setup.client.close()
    online()
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('closed')
    expect(setup.network.sockets).toHaveLength(1)
    expectRest(setup)
  })

  it('a client that failed stays failed', async () => {
    const setup = await ways.failed()
    offline()
    online()
    await setup.clock.advance(long)
    expect(setup.client.state.name).toBe('failed')
    expectRest(setup)
  })
})

describe('a runtime without these signals', () => {
  it('counts as online', async () => {
    vi.stubGlobal('navigator', undefined)
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)
    const setup = setUp(sequence(drops(), accepts()))
    await setup.clock.advance(1000)
    expect(setup.states).toEqual(['open', 'backoff', 'connecting', 'open'])
    setup.client.close()
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
  })
})
