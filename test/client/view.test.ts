// Does a view show what a page needs of a client, and no more often than it changes?

import {describe, expect, it, vi} from 'vitest'
import {keyOf, View} from '../../src/client/view.ts'
import type {Options} from '../../src/index.ts'
import {acceptsThenCloses, sequence, accepts, refuses} from '../../src/testing/index.ts'
import {expectRest, live, rig, sent, url, watchTheConsole, type Rig} from '../helpers/rig.ts'

watchTheConsole()

const idle = {state: {name: 'idle', epoch: 0}, retryIn: undefined, lastMessage: undefined, client: undefined}

const viewOf = (with_: Rig, options: Options = {}): View => {
  const view = new View()
  view.start(url, {...with_.options, ...options})
  return view
}

describe('a view [CC-220]', () => {
  it('shows an idle client where there is none, and refuses to send', () => {
    const view = new View()
    expect(view.snapshot).toEqual(idle)
    expect(view.send('x')).toBe('refused')
    view.stop()
    expect(view.snapshot).toEqual(idle)
  })

  it('shows what its client does, and tells of each change', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1013), accepts()))
    const view = viewOf(fakes)
    const names: string[] = []
    view.subscribe(() => names.push(view.snapshot.state.name))
    expect(view.snapshot.state.name).toBe('connecting')
    expect(view.snapshot.client!.state.name).toBe('connecting')
    await fakes.clock.advance(1000)
    expect(names).toEqual(['open', 'backoff', 'connecting', 'open'])
    expect(view.send('x')).toBe('sent')
    expect(sent(fakes)).toEqual(['x'])
    view.stop()
    await fakes.clock.advance(0)
    expectRest(fakes)
    expect(view.snapshot).toEqual(idle)
    expect(view.send('x')).toBe('refused')
  })

  it('gives the same object until something changes', async () => {
    const fakes = rig()
    const view = viewOf(fakes)
    view.subscribe(() => {})
    await fakes.clock.advance(0)
    const open = view.snapshot
    // The state's own bookkeeping, of heartbeat and stability, is nothing that a page shows.
    await fakes.clock.advance(20_000)
    expect(view.snapshot).toBe(open)
    fakes.network.last.server.send('x')
    await fakes.clock.advance(0)
    expect(view.snapshot).not.toBe(open)
    expect(view.snapshot.state).toBe(open.state)
    view.stop()
  })

  it('closes the client that it had when it is given another address', async () => {
    const fakes = rig()
    const view = viewOf(fakes)
    await fakes.clock.advance(0)
    fakes.network.last.server.send('x')
    await fakes.clock.advance(0)
    view.start('wss://other.test', fakes.options)
    expect(view.snapshot).toMatchObject({state: {name: 'connecting'}, lastMessage: undefined})
    await fakes.clock.advance(0)
    expect(live(fakes)).toEqual(['wss://other.test/'])
    view.start(undefined, fakes.options)
    await fakes.clock.advance(0)
    expectRest(fakes)
  })

  it('has no client when that could not be made', () => {
    const view = new View()
    expect(() => view.start('nonsense:', rig().options)).toThrow('closecall: `url` must be')
    expect(() => view.start(url, {...rig().options, onMessage: 'log' as never})).toThrow('closecall: `onMessage` must be a function, got "string"')
    vi.stubGlobal('WebSocket', undefined)
    expect(() => view.start(url, {})).toThrow('closecall: this runtime has no WebSocket')
    vi.unstubAllGlobals()
    expect(view.snapshot).toEqual(idle)
  })

  it('goes on telling others when one of those who listen throws', async () => {
    const thrown: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => thrown.push(error))
    const fakes = rig()
    const view = viewOf(fakes)
    const told = vi.fn<() => void>()
    view.subscribe(() => {
      throw new Error('mine')
    })
    const off = view.subscribe(told)
    await fakes.clock.advance(0)
    expect(told).toHaveBeenCalledTimes(1)
    expect(thrown).toMatchObject([{message: 'mine'}])
    off()
    fakes.network.last.server.send('x')
    await fakes.clock.advance(0)
    expect(told).toHaveBeenCalledTimes(1)
    view.stop()
    await fakes.clock.advance(0)
    vi.unstubAllGlobals()
  })
})

describe('the countdown [CC-221]', () => {
  const waiting = async (): Promise<{fakes: Rig; view: View}> => {
    const fakes = rig(refuses())
    const view = viewOf(fakes, {backoff: {initialDelay: 3500, jitter: 'none'}})
    await fakes.clock.advance(0)
    return {fakes, view}
  }

  it('changes as whole seconds go by, and is gone when the attempt is made', async () => {
    const {fakes, view} = await waiting()
    const seen: unknown[] = []
    view.subscribe(() => seen.push([fakes.clock.now(), view.snapshot.retryIn]))
    expect(view.snapshot.retryIn).toBe(3500)
    await fakes.clock.advance(3499)
    expect(seen).toEqual([[500, 3000], [1500, 2000], [2500, 1000]])
    seen.length = 0
    fakes.network.behaviour = accepts()
    await fakes.clock.advance(1)
    expect(seen.at(-1)).toEqual([3500, undefined])
    view.stop()
  })

  it('sets no timer while nobody looks, and is right all the same', async () => {
    const {fakes, view} = await waiting()
    // The client's own.
    expect(fakes.clock.pending).toBe(1)
    const first = view.snapshot
    await fakes.clock.advance(499)
    expect(view.snapshot).toBe(first)
    await fakes.clock.advance(2001)
    expect(view.snapshot.retryIn).toBe(1000)
    const off = view.subscribe(() => {})
    expect(fakes.clock.pending).toBe(2)
    off()
    expect(fakes.clock.pending).toBe(1)
    view.stop()
    expectRest(fakes)
  })

  it('sets none while nothing is due', async () => {
    const fakes = rig()
    const view = viewOf(fakes)
    await fakes.clock.advance(0)
    const before = fakes.clock.pending
    view.subscribe(() => {})
    expect(fakes.clock.pending).toBe(before)
    expect(view.snapshot.retryIn).toBe(undefined)
    view.stop()
  })

  it('is never less than nothing, and changes only when somebody is told, where timers are late', async () => {
    const fakes = rig(refuses())
    let late = 0
    const view = viewOf(fakes, {clock: {...fakes.clock, now: () => fakes.clock.now() + late}})
    await fakes.clock.advance(0)
    late = 5000
    expect(view.snapshot.retryIn).toBe(0)
    late = 0
    const off = view.subscribe(() => {})
    const {snapshot} = view
    late = 5000
    expect(view.snapshot).toBe(snapshot)
    off()
    view.stop()
  })

  it('is what is left after a sleep', async () => {
    const {fakes, view} = await waiting()
    view.subscribe(() => {})
    await fakes.clock.jump(2600)
    expect(view.snapshot.retryIn).toBe(900)
    view.stop()
  })
})

describe('messages [CC-222]', () => {
  it('reach onMessage one by one, with the event, and the last is kept', async () => {
    const fakes = rig()
    const heard: unknown[] = []
    const view = new View()
    view.start(url, {...fakes.options, onMessage: (data, event) => heard.push([data, event.data])})
    await fakes.clock.advance(0)
    for (const data of ['a', 'b', 'b']) fakes.network.last.server.send(data)
    await fakes.clock.advance(0)
    expect(heard).toEqual([['a', 'a'], ['b', 'b'], ['b', 'b']])
    expect(view.snapshot.lastMessage).toBe('b')
    view.stop()
  })
})

describe('addresses [CC-225]', () => {
  it.each([
    ['a text', url, url],
    ['a URL', new URL(url), url],
    ['several', ['wss://a.test', new URL('wss://b.test')], 'wss://a.test wss://b.test/'],
    ['the page itself', '', ''],
    ['a function', () => url, true],
    ['null', null, false],
    ['undefined', undefined, false],
  ])('are told apart by what they say: %s', (_, address, key) => {
    expect(keyOf(address)).toBe(key)
  })
})
