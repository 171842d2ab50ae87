// Is a connection an observable like any other: shared, ended, subscribed to again?

import {EMPTY, firstValueFrom, map, of, Subject, take, throwError, toArray, type Subscription} from 'rxjs'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {isClosecallError, type Report} from '../../src/index.ts'
import {connection, type Connection} from '../../src/rxjs/index.ts'
import {accepts, acceptsThenCloses, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, rig, sent, url, watchTheConsole, type Rig} from '../helpers/rig.ts'

const said = watchTheConsole()

/** What a subscriber is told, one after the other. */
const hearing = (live: Connection): {heard: unknown[]; subscription: Subscription} => {
  const heard: unknown[] = []
  const subscription = live.subscribe({next: (data) => heard.push(data), error: (error) => heard.push(error), complete: () => heard.push('complete')})
  return {heard, subscription}
}

const namesOf = (live: Connection): string[] => {
  const names: string[] = []
  live.state$.subscribe(({name}) => names.push(name))
  return names
}

const say = async (fakes: Rig, ...messages: string[]): Promise<void> => {
  for (const data of messages) fakes.network.last.server.send(data)
  await fakes.clock.advance(0)
}

describe('subscribers [CC-233]', () => {
  it('share one connection, which is made for the first and closed after the last', async () => {
    const fakes = rig()
    const live = connection(url, fakes.options)
    await fakes.clock.advance(0)
    expect(fakes.network.sockets).toEqual([])
    const [first, second] = [hearing(live), hearing(live.pipe(map((data) => `mapped ${data}`)) as Connection)]
    await fakes.clock.advance(0)
    await say(fakes, 'a', 'b')
    first.subscription.unsubscribe()
    await say(fakes, 'c')
    expect(first.heard).toEqual(['a', 'b'])
    expect(second.heard).toEqual(['mapped a', 'mapped b', 'mapped c'])
    expect(fakes.network.live).toHaveLength(1)
    second.subscription.unsubscribe()
    await fakes.clock.advance(0)
    expect(fakes.network.sockets[0]!.closeFrame).toEqual({code: 1000, reason: ''})
    expectRest(fakes)
    expect(live.client).toBe(undefined)
  })

  it('that come back connect anew', async () => {
    const fakes = rig()
    const live = connection(url, fakes.options)
    for (const data of ['a', 'b']) {
      const value = firstValueFrom(live)
      await fakes.clock.advance(0)
      await say(fakes, data)
      expect(await value).toBe(data)
    }
    await fakes.clock.advance(0)
    expect(fakes.network.sockets).toHaveLength(2)
    expectRest(fakes)
  })

  it('hear messages over all reconnections, each as it comes', async () => {
    const fakes = rig((server) => {
      server.accept()
      server.send(`hello ${fakes.network.sockets.length}`)
      server.close(1013)
    })
    const all = firstValueFrom(connection(url, fakes.options).pipe(take(3), toArray()))
    await fakes.clock.advance(10_000)
    expect(await all).toEqual(['hello 0', 'hello 1', 'hello 2'])
    expectRest(fakes)
  })

  it('that leave while it waits leave no timer', async () => {
    const fakes = rig(refuses())
    const {subscription} = hearing(connection(url, fakes.options))
    await fakes.clock.advance(0)
    subscription.unsubscribe()
    expectRest(fakes)
  })
})

describe('the end [CC-234]', () => {
  it('after a 1007 is an error that says why; subscribing again connects anew', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1007, 'bad'), accepts()))
    const onReport = vi.fn<(report: Report) => void>()
    const live = connection(url, {...fakes.options, onReport})
    const {heard} = hearing(live)
    await fakes.clock.advance(0)
    const [error] = heard as [Error]
    expect(isClosecallError(error)).toBe(true)
    expect(error).toMatchObject({code: 'FAILED', close: {code: 1007, reason: 'bad'}, verdict: {action: 'stop'}})
    expect(heard).toHaveLength(1)
    expect(onReport).toHaveBeenCalledTimes(1)
    expectRest(fakes)
    // It stays to be seen.
    expect((await firstValueFrom(live.state$)).name).toBe('failed')
    const again = hearing(live)
    await fakes.clock.advance(0)
    expect((await firstValueFrom(live.state$)).name).toBe('open')
    again.subscription.unsubscribe()
    await fakes.clock.advance(0)
  })

  it('by complete() is a clean close', async () => {
    const fakes = rig()
    const live = connection(url, fakes.options)
    const names = namesOf(live)
    const {heard} = hearing(live)
    await fakes.clock.advance(0)
    live.complete()
    expect(heard).toEqual([])
    await fakes.clock.advance(0)
    expect(heard).toEqual(['complete'])
    expect(names).toEqual(['idle', 'connecting', 'open', 'closing', 'closed'])
    expectRest(fakes)
  })

  it('by a server that is done is one, too', async () => {
    const fakes = rig(acceptsThenCloses(1000))
    const {heard} = hearing(connection(url, fakes.options))
    await fakes.clock.advance(0)
    expect(heard).toEqual(['complete'])
    expectRest(fakes)
  })

  it('is there at once where an aborted signal was given', () => {
    const {heard} = hearing(connection(url, {...rig().options, signal: AbortSignal.abort()}))
    expect(heard).toEqual(['complete'])
  })

  it('is what connect() throws, where it throws', () => {
    const {heard} = hearing(connection('nonsense:', rig().options))
    expect(heard).toMatchObject([{code: 'INVALID', message: expect.stringMatching(/^closecall: `url` must be/)}])
  })
})

describe('state$ and retryIn$ [CC-234]', () => {
  it('tell of the way there, open nothing, and do not end', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1013), accepts()))
    const live = connection(url, {...fakes.options, backoff: {initialDelay: 2500, jitter: 'none'}})
    const names = namesOf(live)
    const left: unknown[] = []
    const countdown = live.retryIn$.subscribe({next: (value) => left.push(value), complete: () => left.push('complete')})
    await fakes.clock.advance(0)
    expect(fakes.network.sockets).toEqual([])
    const {subscription} = hearing(live)
    await fakes.clock.advance(2500)
    await say(fakes, 'a', 'b')
    subscription.unsubscribe()
    await fakes.clock.advance(0)
    expect(names).toEqual(['idle', 'connecting', 'open', 'backoff', 'connecting', 'open', 'idle'])
    expect(left).toEqual([undefined, 2500, 2000, 1000, undefined])
    countdown.unsubscribe()
    expectRest(fakes)
  })
})

describe('what is sent [CC-235]', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('goes through the client; without one it is refused', async () => {
    const fakes = rig()
    const live = connection(url, fakes.options)
    expect(live.send('too early')).toBe('refused')
    const {subscription} = hearing(live)
    expect(live.send('waits')).toBe('buffered')
    await fakes.clock.advance(0)
    expect(live.send('leaves', {priority: 'high'})).toBe('sent')
    live.next('also')
    expect(sent(fakes)).toEqual(['waits', 'leaves', 'also'])
    subscription.unsubscribe()
    expect(live.send('too late')).toBe('refused')
    await fakes.clock.advance(0)
  })

  it('may come from a source, whose end closes it', async () => {
    const fakes = rig()
    const live = connection(url, fakes.options)
    const {heard} = hearing(live)
    await fakes.clock.advance(0)
    of('a', 'b').subscribe(live)
    await fakes.clock.advance(0)
    expect(sent(fakes)).toEqual(['a', 'b'])
    expect(heard).toEqual(['complete'])
    EMPTY.subscribe(live)
    expectRest(fakes)
  })

  it('by next() is not dropped silently: what is refused is thrown', async () => {
    const fakes = rig(sequence(refuses(), acceptsThenCloses(1007)))
    const live = connection(url, {...fakes.options, buffer: {maxMessages: 1}, onReport: () => {}})
    expect(() => live.next('x')).toThrow('closecall: a message was refused: nobody is subscribed, so there is no connection')
    hearing(live)
    live.next('kept')
    expect(() => live.next('one too many')).toThrow(expect.objectContaining({code: 'OVERFLOW', message: 'closecall: a message was refused: it is too big, or the send buffer is full'}))
    await fakes.clock.advance(1000)
    expect(() => live.next('x')).toThrow(expect.objectContaining({code: 'FAILED', close: expect.objectContaining({code: 1007})}))
    expect(said.take()).toEqual([["closecall: a message to send was in doubt; said once, see `on('drop')`"]])
  })

  it('by a source is thrown where RxJS reports it, and so is the failure of the source', () => {
    const live = connection(url, rig().options)
    const source = new Subject<string>()
    source.subscribe(live)
    source.next('x')
    expect(() => vi.runAllTimers()).toThrow('closecall: a message was refused: nobody is subscribed')
    throwError(() => new Error('mine')).subscribe(live)
    expect(() => vi.runAllTimers()).toThrow('mine')
    expect(said.take()).toEqual([])
  })
})
