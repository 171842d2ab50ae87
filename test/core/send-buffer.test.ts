// Does every message have one outcome, within bounds and in order, whatever happens?

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {byteLength, SendBuffer, type Entry, type Outcome, type OutcomeCause, type Wishes} from '../../src/core/index.ts'
import type {BufferLimits, Message, Sent} from '../../src/core/send-buffer.ts'

const text = (data: string) => ({data, binary: false})

const bufferOf = (limits: Partial<BufferLimits> = {}, window?: number): SendBuffer => new SendBuffer({maxMessages: 100, maxBytes: 1000, overflow: 'refuse', ttl: Infinity, ...limits}, window)

/** Takes a text, which must be accepted. */
const pushed = (buffer: SendBuffer, data: string, wishes?: Wishes, now = 0): Entry => {
  const entry = buffer.push(text(data), now, false, wishes)
  if (typeof entry === 'string') throw new Error(`${data}: ${entry}`)
  return entry
}

/** Everything that may go now. */
const flown = (buffer: SendBuffer, now = 0): Entry[] => {
  const entries: Entry[] = []
  for (let entry; (entry = buffer.next(now)); ) entries.push(entry)
  return entries
}

const dataOf = (entries: readonly {data: unknown}[]): unknown[] => entries.map(({data}) => data)

/** What was told since the last time, by message. */
const told = (buffer: SendBuffer): [unknown, Outcome][] => buffer.takeSettled().map(({entry, outcome}) => [entry.data, outcome])

const sure = {inDoubt: false, writes: 0}

describe('the send buffer', () => {
  it('refuses what goes over either bound, and changes nothing by it [CC-71]', () => {
    const buffer = bufferOf({maxMessages: 2, maxBytes: 5})
    expect(buffer.push(text('abc'), 0)).toMatchObject({data: 'abc', bytes: 3, state: 'waiting', writes: 0})
    expect(buffer.push(text('déf'), 0)).toBe('full')
    expect(buffer.push(text('de'), 0)).toMatchObject({bytes: 2})
    expect(buffer.push(text(''), 0)).toBe('full')
    expect([buffer.size, buffer.bytes, told(buffer)]).toEqual([2, 5, []])
  })

  it('needs no room for what can leave at once [CC-71]', () => {
    const buffer = bufferOf({maxMessages: 0, maxBytes: 0})
    expect(buffer.push(text('a'), 0)).toBe('full')
    expect(buffer.push(text('a'), 0, true)).toMatchObject({state: 'waiting'})
    expect(dataOf(flown(buffer))).toEqual(['a'])
    expect([buffer.size, buffer.flying]).toEqual([0, 1])
  })

  it('takes back to the front what could not be sent [CC-72]', () => {
    const buffer = bufferOf({maxMessages: 2, maxBytes: 10})
    for (const data of ['a', 'bc']) pushed(buffer, data)
    const first = buffer.next(0)!
    expect([first.data, first.writes, buffer.size, buffer.bytes, buffer.flying]).toEqual(['a', 1, 1, 2, 1])
    buffer.takeBack(first)
    expect([first.writes, buffer.size, buffer.bytes, buffer.flying]).toEqual([0, 2, 3, 0])
    expect(buffer.take()).toEqual([text('a'), text('bc')])
    expect(buffer.next(0)).toBeUndefined()
    expect([buffer.size, buffer.bytes]).toEqual([0, 0])
    buffer.takeBack(first)
    expect(buffer.size).toBe(0)
  })

  it('sends again, first and in order, what never left [CC-72]', () => {
    const buffer = bufferOf()
    for (const data of ['a', 'b', 'c', 'd']) pushed(buffer, data)
    const [a, b, c] = [buffer.next(0)!, buffer.next(0)!, buffer.next(0)!]
    buffer.lost({unsent: [b, c]})
    expect(a.state).toBe('over')
    expect(told(buffer)).toEqual([['a', {status: 'written', inDoubt: true, writes: 1}]])
    expect(dataOf(flown(buffer))).toEqual(['b', 'c', 'd'])
    buffer.lost({arrived: true})
    expect(told(buffer)).toEqual([
      ['b', {status: 'written', inDoubt: false, writes: 2}],
      ['c', {status: 'written', inDoubt: false, writes: 2}],
      ['d', {status: 'written', inDoubt: false, writes: 1}],
    ])
  })

  it('keeps what was handed to the socket directly and never left, between what flew and what waits [CC-72]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'a', {id: '1'})
    flown(buffer)
    pushed(buffer, 'c')
    buffer.lost({unsent: [text('b')]})
    expect(buffer.size).toBe(3)
    expect(dataOf(flown(buffer))).toEqual(['a', 'b', 'c'])
  })

  it('gives back messages as they were handed in [CC-73]', () => {
    const buffer = bufferOf()
    const bytes = new Uint8Array([1, 2])
    const given = {an: 'object'}
    buffer.push({data: bytes, binary: true}, 0)
    buffer.push({data: bytes, binary: false}, 0)
    pushed(buffer, '{"an":"object"}', {given})
    const taken = buffer.take()
    expect(taken).toEqual([
      {data: bytes, binary: true},
      {data: bytes, binary: false},
      {data: given, binary: false},
    ])
    expect(taken[2]!.data).toBe(given)
    expect(buffer.take()).toEqual([])
  })

  it('gives back in the order in which it would have left, and nothing that the server may have [CC-73]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'in doubt', {id: '1'})
    flown(buffer)
    pushed(buffer, 'b')
    pushed(buffer, 'a', {priority: 'high'})
    buffer.lost({})
    expect(buffer.size).toBe(3)
    expect(dataOf(buffer.take())).toEqual(['a', 'b'])
    expect(told(buffer)).toEqual([
      ['a', {status: 'unsent', why: 'taken', ...sure}],
      ['b', {status: 'unsent', why: 'taken', ...sure}],
    ])
    buffer.stop()
    expect(told(buffer)).toEqual([['in doubt', {status: 'written', inDoubt: true, writes: 1}]])
    expect(buffer.size).toBe(0)
  })

  it('tells who waits when it stops, and still has the messages, until it starts anew [CC-73]', () => {
    for (const taking of [true, false]) {
      const buffer = bufferOf()
      pushed(buffer, 'told', {tell: () => {}})
      pushed(buffer, 'not told')
      buffer.stop()
      expect(told(buffer)).toEqual([['told', {status: 'unsent', why: 'stopped', ...sure}]])
      expect(buffer.size).toBe(2)
      if (taking) expect(dataOf(buffer.take())).toEqual(['told', 'not told'])
      buffer.start()
      // What somebody was told is unsent stays so.
      expect(dataOf(flown(buffer))).toEqual(taking ? [] : ['not told'])
      expect([buffer.size, buffer.bytes]).toEqual([0, 0])
    }
  })

  it('lets go of what has left, also while it is never empty [CC-71]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const buffer = bufferOf()
    const left: WeakRef<object>[] = []
    pushed(buffer, 'stays for a while')
    for (let n = 0; n < 100; n++) {
      const data = new ArrayBuffer(8)
      left.push(new WeakRef(data))
      buffer.push({data, binary: true}, 0)
      buffer.next(0)
      buffer.left(buffer.nextTurn() - 1)
      buffer.takeSettled()
    }
    // A WeakRef holds its target until the turn of the event loop ends.
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(left.filter((reference) => reference.deref()).length).toBeLessThan(10)
    expect(buffer.size).toBe(1)
  })
})

describe('of many that are replaced', () => {
  it('few are kept, however many wait [CC-172]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const buffer = bufferOf()
    for (let n = 0; n < 10; n++) pushed(buffer, 'waits')
    const replaced: WeakRef<Entry>[] = []
    for (let n = 0; n < 1000; n++) {
      replaced.push(new WeakRef(pushed(buffer, 'x', {key: 'x', priority: n % 2 ? 'high' : 'normal'})))
      buffer.takeSettled()
    }
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(replaced.filter((reference) => reference.deref()).length).toBeLessThan(32)
    expect(buffer.size).toBe(11)
  })
})

describe('overflow', () => {
  it('refuse: the newest is not taken [CC-170]', () => {
    const buffer = bufferOf({maxMessages: 2})
    for (const data of ['a', 'b']) pushed(buffer, data)
    expect(buffer.push(text('c'), 0)).toBe('full')
    expect(told(buffer)).toEqual([])
    expect(dataOf(buffer.take())).toEqual(['a', 'b'])
  })

  it('drop-newest: the newest is given up [CC-170]', () => {
    const buffer = bufferOf({maxMessages: 2, overflow: 'drop-newest'})
    for (const data of ['a', 'b']) pushed(buffer, data)
    expect(buffer.push(text('c'), 0)).toBe('overflow')
    expect(dataOf(buffer.take())).toEqual(['a', 'b'])
  })

  it('drop-oldest: as many make room as it takes, and each has its outcome [CC-170]', () => {
    const buffer = bufferOf({maxBytes: 6, overflow: 'drop-oldest'})
    for (const data of ['aa', 'bb', 'cc', 'ddd']) pushed(buffer, data)
    expect(told(buffer)).toEqual(['aa', 'bb'].map((data) => [data, {status: 'dropped', why: 'overflow', ...sure}]))
    expect([buffer.size, buffer.bytes]).toEqual([2, 5])
    expect(dataOf(buffer.take())).toEqual(['cc', 'ddd'])
  })

  it('drop-oldest: what is high goes last, and what could never fit takes no place [CC-170]', () => {
    const buffer = bufferOf({maxMessages: 2, maxBytes: 10, overflow: 'drop-oldest'})
    pushed(buffer, 'high', {priority: 'high'})
    for (const data of ['a', 'b']) pushed(buffer, data)
    expect(buffer.push(text('x'.repeat(11)), 0)).toBe('full')
    expect(told(buffer)).toEqual([['a', {status: 'dropped', why: 'overflow', ...sure}]])
    expect(dataOf(buffer.take())).toEqual(['high', 'b'])
  })

  it('nothing is dropped for one that could go without a buffer [CC-170]', () => {
    const buffer = bufferOf({maxMessages: 0, overflow: 'drop-oldest'})
    expect(buffer.push(text('a'), 0)).toBe('full')
    expect(buffer.push(text('a'), 0, true)).toMatchObject({data: 'a'})
  })
})

describe('ttl', () => {
  it('gives up in time what waits, and nothing else [CC-171]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'long', {expiresAt: 200})
    pushed(buffer, 'short', {expiresAt: 100})
    pushed(buffer, 'for ever')
    expect(buffer.expiresAt).toBe(100)
    buffer.expire(99)
    expect(told(buffer)).toEqual([])
    buffer.expire(100)
    expect(told(buffer)).toEqual([['short', {status: 'expired', ...sure}]])
    expect([buffer.expiresAt, buffer.size]).toEqual([200, 2])
    buffer.expire(200)
    expect([buffer.expiresAt, dataOf(buffer.take())]).toEqual([Infinity, ['for ever']])
  })

  it('is that of the buffer where the message says nothing [CC-171]', () => {
    const buffer = bufferOf({ttl: 50})
    pushed(buffer, 'a', undefined, 1000)
    pushed(buffer, 'b', {expiresAt: 2000}, 1000)
    buffer.expire(1050)
    expect(dataOf(buffer.take())).toEqual(['b'])
  })

  it('of many that come and go does not take square time, and none leaves too late [CC-171]', () => {
    const buffer = bufferOf({maxMessages: Infinity, maxBytes: Infinity, ttl: 30_000})
    // With a look for each it takes half a minute.
    for (let now = 0; now < 60_000; now++) pushed(buffer, '', undefined, now)
    expect(buffer.size).toBeLessThan(30_400)
    expect(buffer.next(60_000)).toMatchObject({expiresAt: 60_001})
  }, 5000)

  it('is looked at before a message leaves, and before one is refused [CC-171]', () => {
    const buffer = bufferOf({maxMessages: 1})
    pushed(buffer, 'a', {expiresAt: 10})
    expect(buffer.next(10)).toBeUndefined()
    expect(told(buffer)).toEqual([['a', {status: 'expired', ...sure}]])
    pushed(buffer, 'b', {expiresAt: 20})
    expect(pushed(buffer, 'c', undefined, 20).state).toBe('waiting')
    expect(told(buffer)).toEqual([['b', {status: 'expired', ...sure}]])
  })

  it('does not end what flies, but what comes back, and says whether the server may have it [CC-171]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'maybe', {id: '1', expiresAt: 10})
    pushed(buffer, 'never', {expiresAt: 10})
    const [, never] = flown(buffer)
    buffer.expire(10)
    expect(told(buffer)).toEqual([])
    buffer.lost({unsent: [never!]})
    buffer.expire(10)
    expect(told(buffer)).toEqual([
      ['maybe', {status: 'expired', inDoubt: true, writes: 1}],
      ['never', {status: 'expired', inDoubt: false, writes: 1}],
    ])
  })
})

describe('priority and key', () => {
  it('high goes first, also after a break [CC-172]', () => {
    const buffer = bufferOf()
    for (const [data, priority] of [['a', 'normal'], ['H', 'high'], ['b', 'normal'], ['I', 'high']] as const) pushed(buffer, data, {priority})
    const all = flown(buffer)
    expect(dataOf(all)).toEqual(['H', 'I', 'a', 'b'])
    pushed(buffer, 'J', {priority: 'high'})
    buffer.lost({unsent: all.slice(1)})
    expect(dataOf(flown(buffer))).toEqual(['I', 'J', 'a', 'b'])
  })

  it('a newer one of the same key replaces one that waits, at the end [CC-172]', () => {
    const buffer = bufferOf({maxMessages: 2})
    pushed(buffer, 'x=1', {key: 'x'})
    pushed(buffer, 'y=1', {key: 'y'})
    pushed(buffer, 'x=2', {key: 'x'})
    expect(told(buffer)).toEqual([['x=1', {status: 'dropped', why: 'replaced', ...sure}]])
    expect(dataOf(flown(buffer))).toEqual(['y=1', 'x=2'])
    // It has left: nothing to replace.
    pushed(buffer, 'x=3', {key: 'x'})
    expect(told(buffer)).toEqual([])
  })

  it('one has the room of the one that it replaces, in bytes, too [CC-71] [CC-172]', () => {
    const buffer = bufferOf({maxBytes: 5})
    pushed(buffer, 'x=1', {key: 'x'})
    pushed(buffer, 'x=123', {key: 'x'})
    expect([dataOf(buffer.take()), told(buffer).length]).toEqual([['x=123'], 2])
  })

  it('one that is refused replaces nothing [CC-172]', () => {
    const buffer = bufferOf({maxBytes: 5})
    pushed(buffer, 'x=1', {key: 'x'})
    expect(buffer.push(text('x=1000'), 0, false, {key: 'x'})).toBe('full')
    expect(dataOf(buffer.take())).toEqual(['x=1'])
  })

  it('one that has expired leaves no more room than there is [CC-171] [CC-172]', () => {
    const buffer = bufferOf({maxBytes: 10})
    pushed(buffer, 'x=12', {key: 'x', expiresAt: 5})
    pushed(buffer, '123456')
    expect(buffer.push(text('x=123456'), 5, false, {key: 'x'})).toBe('full')
    expect(buffer.bytes).toBe(6)
  })

  it('one that comes back after a break gives way to a newer one that waits [CC-172]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'x=1', {key: 'x'})
    pushed(buffer, 'x=2', {key: 'x', id: '2'})
    const [first] = flown(buffer)
    expect(first!.data).toBe('x=2')
    pushed(buffer, 'x=3', {key: 'x'})
    const third = buffer.next(0)!
    pushed(buffer, 'x=4', {key: 'x'})
    told(buffer)
    buffer.lost({unsent: [third]})
    expect(told(buffer)).toEqual([
      ['x=3', {status: 'dropped', why: 'replaced', inDoubt: false, writes: 1}],
      ['x=2', {status: 'dropped', why: 'replaced', inDoubt: true, writes: 1}],
    ])
    expect(dataOf(flown(buffer))).toEqual(['x=4'])
  })

  it('of several that come back the newest stays, and can be replaced [CC-172]', () => {
    const buffer = bufferOf()
    const flight: Entry[] = []
    for (const data of ['x=1', 'x=2']) {
      pushed(buffer, data, {key: 'x'})
      flight.push(buffer.next(0)!)
    }
    buffer.lost({unsent: flight})
    expect(told(buffer)).toMatchObject([['x=1', {status: 'dropped', why: 'replaced'}]])
    pushed(buffer, 'x=3', {key: 'x'})
    expect(dataOf(flown(buffer))).toEqual(['x=3'])
  })
})

describe('cancel', () => {
  it('takes back what waits [CC-173]', () => {
    const buffer = bufferOf()
    const entry = pushed(buffer, 'a')
    buffer.cancel(entry)
    buffer.cancel(entry)
    expect(told(buffer)).toEqual([['a', {status: 'cancelled', ...sure}]])
    expect([buffer.size, buffer.bytes, buffer.next(0)]).toEqual([0, 0, undefined])
  })

  it('of what flies says that the server may have it, and it is not sent again [CC-173]', () => {
    const buffer = bufferOf()
    const entry = pushed(buffer, 'a', {id: '1'})
    flown(buffer)
    buffer.cancel(entry)
    expect(told(buffer)).toEqual([['a', {status: 'cancelled', inDoubt: true, writes: 1}]])
    buffer.lost({unsent: [entry]})
    expect([buffer.size, buffer.flying, buffer.acknowledge('1')]).toEqual([0, 0, false])
  })

  it('comes too late for what has its outcome [CC-173]', () => {
    const buffer = bufferOf()
    const entry = pushed(buffer, 'a')
    flown(buffer)
    buffer.left(0)
    buffer.cancel(entry)
    expect(told(buffer)).toEqual([['a', {status: 'written', inDoubt: false, writes: 1}]])
  })
})

describe('what flies', () => {
  it('has left when its turn is over and the runtime keeps nothing of it [CC-177]', () => {
    const buffer = bufferOf()
    for (const data of ['aa', 'bb']) pushed(buffer, data)
    flown(buffer)
    buffer.nextTurn()
    for (const data of ['cc', 'dd']) pushed(buffer, data)
    flown(buffer)
    // One byte of `bb` and all after it.
    buffer.left(1, 5)
    expect(told(buffer)).toMatchObject([['aa', {status: 'written', inDoubt: false}]])
    buffer.left(0)
    expect(told(buffer)).toMatchObject([['bb', {}]])
    buffer.left(1)
    expect(told(buffer)).toMatchObject([['cc', {}], ['dd', {}]])
    expect(buffer.flying).toBe(0)
  })

  it('is 500 messages or 64 KiB in a turn, and three times that altogether [CC-177]', () => {
    const many = bufferOf({maxMessages: Infinity, maxBytes: Infinity})
    for (let n = 0; n < 2000; n++) pushed(many, '')
    const large = bufferOf({maxMessages: Infinity, maxBytes: Infinity})
    for (let n = 0; n < 20; n++) pushed(large, 'x'.repeat(30_000))
    for (const [buffer, each, most] of [[many, 500, 1500], [large, 2, 6]] as const) {
      for (const expected of [each, each, each, 0]) {
        expect(flown(buffer)).toHaveLength(expected)
        buffer.nextTurn()
      }
      expect(buffer.flying).toBe(most)
      buffer.left(0)
      expect(buffer.flying).toBe(most - each)
      expect(flown(buffer)).toHaveLength(each)
    }
  })

  it('is 64 KiB to the byte, and as much again after a break or once it was taken back [CC-177]', () => {
    const half = 'x'.repeat(32_768)
    const buffer = bufferOf({maxBytes: Infinity})
    const push = (count: number): void => {
      for (let n = 0; n < count; n++) pushed(buffer, half)
    }
    push(12)
    for (let turn = 0; turn < 3; turn++) {
      expect(flown(buffer)).toHaveLength(2)
      if (turn < 2) buffer.nextTurn()
    }
    buffer.lost({})
    for (let turn = 0; turn < 3; turn++) {
      const flight = flown(buffer)
      expect(flight).toHaveLength(2)
      buffer.takeBack(flight[1]!)
      buffer.nextTurn()
      expect(buffer.next(0)).toBe(flight[1])
      buffer.nextTurn()
    }
    expect([buffer.size, buffer.flying]).toEqual([0, 6])
    push(1)
    expect(buffer.next(0)).toBeUndefined()
  })

  it('leaves room for another only if that may go whatever it is [CC-71] [CC-188]', () => {
    for (const [wishes, other] of [[{id: '1'}, {}], [{}, {id: '1'}]] as const) {
      const buffer = bufferOf({maxMessages: 0}, 1)
      expect([buffer.fits(0), buffer.fits(9, true)]).toEqual([false, true])
      buffer.push(text('x'.repeat(200_000)), 0, true, wishes)
      flown(buffer)
      buffer.nextTurn()
      expect([buffer.fits(9, true), typeof buffer.push(text('b'), 0, true, other)]).toEqual([false, 'object'])
    }
  })

  it('is one message at least, however large [CC-177]', () => {
    const buffer = bufferOf({maxBytes: Infinity})
    for (let n = 0; n < 2; n++) pushed(buffer, 'x'.repeat(1_000_000))
    expect(flown(buffer)).toHaveLength(1)
    buffer.nextTurn()
    expect(flown(buffer)).toHaveLength(0)
    buffer.left(0)
    expect(flown(buffer)).toHaveLength(1)
  })

  it('counts until it has left, also when it was cancelled [CC-173] [CC-177]', () => {
    const buffer = bufferOf({maxMessages: Infinity})
    for (let n = 0; n < 2000; n++) {
      const entry = pushed(buffer, '')
      buffer.nextTurn()
      if (buffer.next(0)) buffer.cancel(entry)
    }
    expect([buffer.flying, buffer.size]).toEqual([1500, 500])
    buffer.left(buffer.nextTurn())
    expect(buffer.flying).toBe(0)
  })

  it('what the socket did not take is none of what the runtime keeps [CC-177]', () => {
    for (const how of ['takeBack', 'reject'] as const) {
      const buffer = bufferOf()
      for (const data of ['a', 'b']) pushed(buffer, data)
      const [, b] = flown(buffer)
      buffer[how](b!)
      buffer[how](b!)
      expect(buffer.flying).toBe(1)
      buffer.left(0, 1)
      expect(buffer.flying).toBe(1)
      buffer.left(0)
      expect(buffer.flying).toBe(0)
    }
  })

  it('costs nothing to look at where acknowledgements are awaited [CC-180]', () => {
    const buffer = bufferOf({maxMessages: Infinity, maxBytes: Infinity}, Infinity)
    const ids = Array.from({length: 30_000}, (_, n) => `${n}`)
    for (const id of ids) pushed(buffer, id, {id})
    while (buffer.size) {
      flown(buffer)
      buffer.nextTurn()
    }
    // Each in a task of its own, as they arrive: in square time this takes a minute.
    while (ids.length) {
      expect(buffer.acknowledge(ids.pop()!)).toBe(true)
      buffer.left(buffer.nextTurn() - 3)
    }
    expect([told(buffer).length, buffer.flying]).toEqual([30_000, 0])
  }, 5000)

  it('has its outcome when the socket throws at it [CC-175]', () => {
    const buffer = bufferOf()
    pushed(buffer, 'a')
    buffer.reject(buffer.next(0)!)
    expect(told(buffer)).toMatchObject([['a', {status: 'dropped', why: 'undeliverable'}]])
    expect(buffer.flying).toBe(0)
  })

  it('is bounded by the window where acknowledgements are awaited, and in order [CC-180]', () => {
    const buffer = bufferOf({}, 2)
    for (const id of ['1', '2', '3']) pushed(buffer, id, {id})
    pushed(buffer, 'without')
    expect(buffer.acknowledge('1')).toBe(false)
    expect(dataOf(flown(buffer))).toEqual(['1', '2'])
    expect([buffer.acknowledge('2'), buffer.acknowledge('2'), buffer.acknowledge('3'), buffer.acknowledge('?')]).toEqual([true, false, false, false])
    expect(dataOf(flown(buffer))).toEqual(['3', 'without'])
    buffer.lost({})
    expect(told(buffer)).toMatchObject([['2', {status: 'acknowledged', inDoubt: false}], ['without', {status: 'written', inDoubt: true}]])
    expect(dataOf(flown(buffer))).toEqual(['1', '3'])
  })
})

describe('where nothing may wait', () => {
  it('what comes back is told, and takes no room from what comes next [CC-71] [CC-175]', () => {
    const buffer = bufferOf({maxMessages: 0})
    const entry = buffer.push(text('a'), 0, true, {tell: () => {}}) as Entry
    flown(buffer)
    buffer.lost({unsent: [entry]})
    expect(told(buffer)).toMatchObject([['a', {status: 'unsent', why: 'full'}]])
    expect(buffer.next(0)).toBeUndefined()
    expect([buffer.size, buffer.bytes]).toEqual([0, 0])
    expect(buffer.push(text('b'), 0, true)).toMatchObject({data: 'b'})
  })
})

describe('1009', () => {
  it('what is as large is refused from then on, and what waits is given up [CC-179]', () => {
    const buffer = bufferOf()
    for (const data of ['small', 'large', 'larger']) pushed(buffer, data)
    buffer.refuseFrom(6)
    expect(told(buffer)).toEqual([['larger', {status: 'dropped', why: 'too-big', ...sure}]])
    buffer.refuseFrom(5)
    buffer.refuseFrom(100)
    expect(buffer.tooBig).toBe(5)
    expect(buffer.push(text('12345'), 0)).toBe('too-big')
    expect(buffer.push(text('1234'), 0)).toMatchObject({data: '1234'})
    expect(buffer.size).toBe(1)
  })

  it('the message at fault is not sent again, nor another of its size [CC-179]', () => {
    const buffer = bufferOf()
    for (const id of ['a', 'bbbb', 'cccc']) pushed(buffer, id, {id})
    const [, fault] = flown(buffer)
    buffer.refuseFrom(4)
    buffer.lost({fault: {entry: fault!, why: 'too-big', inDoubt: true}})
    expect(told(buffer)).toMatchObject([['bbbb', {status: 'dropped', why: 'too-big'}], ['cccc', {status: 'dropped', why: 'too-big', inDoubt: true}]])
    expect(dataOf(flown(buffer))).toEqual(['a'])
  })
})

describe('for any script', () => {
  type Step =
    | {do: 'push'; count: number; size: number; key?: string; ttl?: number; priority?: 'high'; id: boolean; tell: boolean; open: boolean}
    | {do: 'next' | 'left' | 'lost'; count: number}
    | {do: 'acknowledge' | 'cancel'; which: number}
    | {do: 'wait'; ms: number}
    | {do: 'refuseFrom'; bytes: number}
    | {do: 'takeBack' | 'reject' | 'nextTurn' | 'take' | 'stop' | 'stop and take'}

  const count = fc.oneof({weight: 5, arbitrary: fc.nat(5)}, fc.constantFrom(600, 3000))
  const step: fc.Arbitrary<Step> = fc.oneof(
    {weight: 6, arbitrary: fc.record({do: fc.constant('push' as const), count, size: fc.oneof({weight: 4, arbitrary: fc.nat(8)}, fc.constantFrom(500, 40_000, 70_000)), key: fc.constantFrom('k', 'l'), ttl: fc.nat(50), priority: fc.constant('high' as const), id: fc.boolean(), tell: fc.boolean(), open: fc.boolean()}, {requiredKeys: ['do', 'count', 'size', 'id', 'tell', 'open']})},
    {weight: 5, arbitrary: fc.record({do: fc.constantFrom('next' as const, 'left' as const, 'lost' as const), count})},
    {weight: 2, arbitrary: fc.record({do: fc.constantFrom('acknowledge' as const, 'cancel' as const), which: fc.nat(20)})},
    fc.record({do: fc.constant('wait' as const), ms: fc.nat(40)}),
    fc.record({do: fc.constant('refuseFrom' as const), bytes: fc.integer({min: 6, max: 80_000})}),
    {weight: 4, arbitrary: fc.record({do: fc.constantFrom('takeBack' as const, 'reject' as const, 'nextTurn' as const, 'nextTurn' as const, 'take' as const, 'stop' as const, 'stop and take' as const)})},
  )
  const limits = (...maxMessages: number[]): fc.Arbitrary<BufferLimits> => fc.record({maxMessages: fc.constantFrom(...maxMessages), maxBytes: fc.constantFrom(0, 20, 1000, 10_000_000), overflow: fc.constantFrom('refuse' as const, 'drop-oldest' as const, 'drop-newest' as const), ttl: fc.constantFrom(30, Infinity)})

  it.each([[[1, 5, 4000]], [[0]]])('every accepted message has one outcome, bounds and order hold, and what may have arrived is never said to be unsent [CC-175]: for at most %j', (most) => {
    fc.assert(
      fc.property(limits(...most), fc.constantFrom(1, 3, 2000), fc.array(step, {maxLength: 40}), (given, window, script) => {
        const buffer = new SendBuffer(given, window)
        /** In the order of acceptance. */
        const accepted: Entry[] = []
        const numbers = new Map<Entry, number>()
        const outcomes = new Map<Entry, Outcome>()
        const writes = new Map<Entry, number>()
        const mayBeThere = new Set<Entry>()
        /** What was written on this connection, oldest first. */
        let line: Entry[] = []
        /** And of that what the runtime has passed on. */
        const gone = new Set<Entry>()
        let now = 0

        const all = (state: Entry['state']): Entry[] => accepted.filter((entry) => entry.state === state)
        const hear = (): void => {
          for (const {entry, outcome} of buffer.takeSettled()) {
            if (!numbers.has(entry) || outcomes.has(entry)) throw new Error(`another outcome for ${entry.data}: ${outcome.status}`)
            outcomes.set(entry, outcome)
            const {status, why, inDoubt} = outcome
            if (outcome.writes !== (writes.get(entry) ?? 0)) throw new Error(`${outcome.writes} writes`)
            if (status === 'written' && !outcome.writes) throw new Error('written, and never was')
            if (status === 'acknowledged' && (entry.wishes.id === undefined || inDoubt)) throw new Error('acknowledged, and never could be')
            if (mayBeThere.has(entry) && !inDoubt && status !== 'acknowledged') throw new Error(`${status} ${why} is certain, and may have arrived`)
            if (inDoubt && !outcome.writes) throw new Error('in doubt, and never left')
          }
        }
        const fly = (most: number): void => {
          const last = {high: -1, normal: -1}
          for (let entry; most-- > 0 && (entry = buffer.next(now)); ) {
            const priority = entry.wishes.priority ?? 'normal'
            const number = numbers.get(entry)!
            if (number <= last[priority] || (priority === 'high' && last.normal >= 0)) throw new Error('out of order')
            if (outcomes.has(entry) || now >= (entry.wishes.expiresAt ?? Infinity)) throw new Error('given, and over')
            last[priority] = number
            line.push(entry)
            writes.set(entry, (writes.get(entry) ?? 0) + 1)
          }
          for (const entry of all('waiting')) {
            const priority = entry.wishes.priority ?? 'normal'
            if (numbers.get(entry)! < last[priority] || (priority === 'high' && last.normal >= 0)) throw new Error('passed over')
          }
        }
        const lose = (newest: number): void => {
          const unsent: readonly Sent[] = newest ? line.slice(-newest) : []
          for (const entry of all('flying')) if (!unsent.includes(entry)) mayBeThere.add(entry)
          const room = buffer.size + all('flying').length
          buffer.lost({unsent})
          expect(buffer.size).toBeLessThanOrEqual(room)
          expect(buffer.flying).toBe(0)
          line = []
          gone.clear()
        }
        const isPlain = ({wishes}: Entry): boolean => wishes.id === undefined
        const leave = (kept: number): void => {
          const flying = all('flying').filter(isPlain)
          buffer.left(buffer.nextTurn() - 1, kept)
          let end = line.length
          while (kept > 0 && end) kept -= line[--end]!.bytes
          for (const entry of line.slice(0, end)) gone.add(entry)
          for (const entry of flying) if ((entry.state === 'flying') === gone.has(entry)) throw new Error(`${entry.data}: ${entry.state}`)
        }
        const take = (): void => {
          const waiting = accepted.filter(({state}) => state === 'waiting' || state === 'back')
          const expected = (['high', 'normal'] as const).flatMap((priority) => waiting.filter((entry) => (entry.wishes.priority ?? 'normal') === priority && !mayBeThere.has(entry)))
          expect(dataOf(buffer.take() as Message[])).toEqual(dataOf(expected))
        }
        const newestFlying = (): Entry | undefined => (line.at(-1)?.state === 'flying' ? line.at(-1) : undefined)

        const run = (step: Step): void => {
          switch (step.do) {
            case 'push':
              for (let n = 0; n < step.count; n++) {
                const {size, bytes} = buffer
                const number = numbers.size
                const {key, ttl, priority, id, tell, open} = step
                const entry: Entry | OutcomeCause = buffer.push(text(`${number}`.padStart(5).padEnd(step.size)), now, open, {
                  ...(key && {key}),
                  ...(priority && {priority}),
                  ...(ttl !== undefined && {expiresAt: now + ttl}),
                  ...(id && {id: `${number}`}),
                  ...(tell && {tell: () => {}}),
                })
                if (typeof entry !== 'string') {
                  accepted.push(entry)
                  numbers.set(entry, number)
                }
                hear()
                if (open) fly(Infinity)
                if (buffer.size > Math.max(given.maxMessages, size) || buffer.bytes > Math.max(given.maxBytes, bytes)) throw new Error(`${buffer.size} messages, ${buffer.bytes} bytes`)
                if (typeof entry === 'string') break
              }
              return
            case 'next':
              return fly(step.count)
            case 'takeBack': {
              const entry = newestFlying()
              if (!entry) return
              writes.set(entry, writes.get(entry)! - 1)
              line.pop()
              return buffer.takeBack(entry)
            }
            case 'reject': {
              const entry = newestFlying()
              if (!entry || mayBeThere.has(entry)) return
              line.pop()
              return buffer.reject(entry)
            }
            case 'nextTurn':
              return void buffer.nextTurn()
            case 'left':
              return leave(step.count)
            case 'acknowledge': {
              const awaited = all('flying').filter(({wishes}) => wishes.id !== undefined)
              const entry = awaited[step.which % awaited.length]
              if (entry) expect(buffer.acknowledge(entry.wishes.id!)).toBe(true)
              expect(buffer.acknowledge('never sent')).toBe(false)
              return
            }
            case 'cancel': {
              const entry = accepted.at(-1 - step.which)
              if (entry?.state === 'flying') mayBeThere.add(entry)
              if (entry) buffer.cancel(entry)
              return
            }
            case 'wait':
              now += step.ms
              return buffer.expire(now)
            case 'lost':
              return lose(step.count)
            case 'refuseFrom':
              return buffer.refuseFrom(step.bytes)
            case 'take':
              return take()
            default:
              lose(0)
              buffer.stop()
              if (step.do === 'stop and take') take()
              hear()
              buffer.start()
          }
        }

        for (const each of script) {
          run(each)
          hear()
          const kept = accepted.filter(({state}) => state === 'waiting' || state === 'back')
          expect(buffer.size).toBe(kept.length)
          expect(buffer.bytes).toBe(kept.reduce((sum, {bytes}) => sum + bytes, 0))
          const flying = all('flying')
          // Also what was cancelled since: it is on its way all the same.
          const plain = line.filter((entry) => isPlain(entry) && !gone.has(entry))
          const awaited = flying.filter((entry) => !isPlain(entry))
          expect(buffer.flying).toBe(plain.length)
          expect(plain.length).toBeLessThanOrEqual(1500)
          if (plain.length > 1) expect(plain.reduce((sum, {bytes}) => sum + bytes, 0)).toBeLessThanOrEqual(3 * 65_536)
          expect(awaited.length).toBeLessThanOrEqual(window)
        }
        lose(1)
        buffer.stop()
        take()
        hear()
        expect(accepted.filter((entry) => !outcomes.has(entry))).toEqual([])
        expect([buffer.size, buffer.bytes, buffer.flying]).toEqual([0, 0, 0])
      }),
      {numRuns: 200},
    )
  })
})

describe('byteLength', () => {
  it('counts what goes on the wire [CC-71]', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (data) => {
        expect(byteLength(data)).toBe(new TextEncoder().encode(data).length)
      }),
    )
    expect(byteLength('a\ud800b')).toBe(5)
    expect(byteLength(new Uint8Array(7))).toBe(7)
    expect(byteLength(new ArrayBuffer(7))).toBe(7)
    expect(byteLength(new Blob(['1234567']))).toBe(7)
  })
})
