// Does `acknowledged` hand out, heed and remember ids as it says, whatever the server says?

import {describe, expect, it} from 'vitest'
import {acknowledged, type AcknowledgedOptions} from '../../src/delivery/index.ts'
import type {Delivery} from '../../src/index.ts'

interface Numbered {
  id?: any
}
/** What a client makes of it for itself. */
const begun = (options: AcknowledgedOptions): Delivery => acknowledged(options)()

const id = ({id}: Numbered): any => id
const ack = (incoming: any): any => incoming?.ack

describe('options that can\'t be used are refused at once, by one sentence', () => {
  it.each<[unknown, string]>([
    [undefined, '`options` must be an object, got undefined'],
    [{}, '`id` must be a function, got "undefined"'],
    [{id}, '`ack` must be a function, got "undefined"'],
    [{id: 'id', ack}, '`id` must be a function, got "string"'],
    [{id, ack: null}, '`ack` must be a function, got "object"'],
    [{id, ack, window: 0}, '`window` must be 1..65536, got 0'],
    [{id, ack, window: Infinity}, '`window` must be 1..65536, got Infinity'],
    [{id, ack, window: 1.5}, '`window` must be a whole number, got 1.5'],
    [{id, ack, windows: 5}, '`windows` must be an option that exists, got "number"'],
    [{id, ack, dedupe: 'id'}, '`dedupe` must be a function or an object, got "id"'],
    [{id, ack, dedupe: {}}, '`dedupe.id` must be a function, got "undefined"'],
    [{id, ack, dedupe: {id, remember: 0}}, '`dedupe.remember` must be 1..1000000, got 0'],
    [{id, ack, dedupe: {id, remember: 1.5}}, '`dedupe.remember` must be a whole number, got 1.5'],
    [{id, ack, dedupe: {id, onDuplicate: 'ack'}}, '`dedupe.onDuplicate` must be a function, got "string"'],
    [{id, ack, dedupe: {id, keep: 3}}, '`dedupe.keep` must be an option that exists, got "number"'],
  ])('%o [CC-181]', (options, sentence) => {
    expect(() => acknowledged(options as never)).toThrow(expect.objectContaining({code: 'INVALID', message: `closecall: ${sentence}`}))
  })

  it('and has defaults for the others [CC-180]', () => {
    const delivery = begun({id, ack})
    expect(delivery.window).toBe(256)
    expect(delivery.seen).toBeUndefined()
  })
})

describe('an id', () => {
  it.each(['', 'a', 'a'.repeat(256), 0, -1.5])('is a text or a number: %j [CC-181]', (value) => {
    expect(begun({id, ack}).id({id: value})).toBe(value)
  })

  it('is undefined where no acknowledgement will come [CC-181]', () => {
    const delivery = begun({id, ack})
    expect(delivery.id({})).toBeUndefined()
    expect(delivery.knows!('undefined')).toBe(false)
  })

  it.each([null, NaN, Infinity, true, 5n, {}, [], Symbol('s'), 'a'.repeat(257), Promise.resolve(1)])('is nothing else: %o [CC-181]', (value) => {
    expect(() => begun({id, ack}).id({id: value})).toThrow(/^closecall: `id` must be a text .*, got "\w+"$/)
  })
})

describe('an acknowledgement', () => {
  it.each<[unknown, unknown[]]>([
    [undefined, []],
    [null, []],
    ['a', ['a']],
    ['', ['']],
    [0, [0]],
    [[1, 2], [1, 2]],
    [[1, 1, 'a', 'a'], [1, 'a']],
    [[], []],
    [[1, null, NaN, [2], {}, 'b', undefined, true, 'x'.repeat(257)], [1, 'b']],
    [Array.from({length: 5}), []],
    [NaN, []],
    [true, []],
    ['x'.repeat(257), []],
    [{length: 3, 0: 'a'}, []],
    [new Set([1]), []],
    [() => 1, []],
  ])('of %o names %o [CC-181]', (value, named) => {
    expect(begun({id, ack}).acked({ack: value})).toEqual(named)
  })

  it.each([
    [1, 1000],
    [500, 2000],
  ])('with a window of %i names at most %i [CC-181]', (window, most) => {
    const flood = Array.from({length: 100_000}, (_, n) => n)
    expect(begun({id, ack, window}).acked({ack: flood})).toEqual(flood.slice(0, most))
  })

  it('is thrown at whose function throws: the caller\'s [CC-181]', () => {
    expect(() => begun({id, ack: (incoming: any) => incoming.ack}).acked(null)).toThrow(TypeError)
  })
})

describe('what is remembered', () => {
  it('are the ids that were given out, the newest 1000, as texts [CC-181]', () => {
    const {id: give, knows} = begun({id, ack, window: 1})
    for (let n = 0; n <= 1000; n++) give({id: n})
    expect([0, 1, '1', 1000, 1001, 'a'].map((value) => knows!(value))).toEqual([false, true, true, true, false, false])
  })

  it('is more where the window is wider [CC-181]', () => {
    const {id: give, knows} = begun({id, ack, window: 300})
    for (let n = 0; n <= 1200; n++) give({id: n})
    expect([0, 1].map((value) => knows!(value))).toEqual([false, true])
  })

  it('are the ids that were acknowledged, too, when many more were given out since [CC-181]', () => {
    const {id: give, acked, knows} = begun({id, ack, window: 1})
    for (let n = 0; n < 5000; n++) give({id: n})
    acked({ack: 0})
    // It was awaited: the client didn't ask.
    acked({ack: [0, 1]})
    expect([0, 1].map((value) => knows!(value))).toEqual([true, false])
  })

  it('is not what nobody knew [CC-181]', () => {
    const {acked, knows} = begun({id, ack})
    for (let times = 0; times < 3; times++) {
      acked({ack: 'made up'})
      expect(knows!('made up')).toBe(false)
    }
  })
})

describe('a duplicate', () => {
  it('is a message with an id that was there before [CC-183]', () => {
    const {seen} = begun({id, ack, dedupe: ({id}) => id})
    expect([1, 2, '1', 1, 2, 3].map((value) => seen!({id: value}))).toEqual([false, false, true, true, true, false])
  })

  it.each([undefined, null, NaN, {}, [1], true, 'x'.repeat(257)])('is none with %o for an id [CC-183]', (value) => {
    const {seen} = begun({id, ack, dedupe: ({id}) => id})
    expect([seen!({id: value}), seen!({id: value})]).toEqual([false, false])
  })

  it.each([
    [undefined, 1000],
    [3, 3],
  ])('is forgotten, the oldest first: `remember` %o [CC-183]', (remember, count) => {
    const {seen} = begun({id, ack, dedupe: {id, remember}} as never)
    for (let n = 0; n < count; n++) expect(seen!({id: n})).toBe(false)
    // One that comes again is among the newest.
    expect(seen!({id: 0})).toBe(true)
    expect(seen!({id: 'one more'})).toBe(false)
    expect(seen!({id: 0})).toBe(true)
    expect(seen!({id: 1})).toBe(false)
  })

  it('is forgotten by age alone, over many, with gaps and out of order [CC-183]', () => {
    const {seen} = begun({id, ack, dedupe: {id: ({id}) => id, remember: 50}})
    /** What it means, told plainly: the newest last. */
    let newest: number[] = []
    for (let n = 0; n < 20_000; n++) {
      const value = n - ((n * 7919) % 97)
      expect(seen!({id: value})).toBe(newest.includes(value))
      newest = [...newest.filter((other) => other !== value), value].slice(-50)
    }
  })
})
