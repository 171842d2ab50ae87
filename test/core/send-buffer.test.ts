// Does the buffer keep its bounds and its order, and give back all it took?

import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {byteLength, SendBuffer} from '../../src/core/index.ts'

const text = (data: string) => ({data, binary: false})

describe('the send buffer', () => {
  it('refuses what goes over either bound, and changes nothing by it [CC-71]', () => {
    const buffer = new SendBuffer({maxMessages: 2, maxBytes: 5})
    expect(buffer.push(text('abc'))).toBe(true)
    expect(buffer.push(text('déf'))).toBe(false)
    expect(buffer.push(text('de'))).toBe(true)
    expect(buffer.push(text(''))).toBe(false)
    expect([buffer.size, buffer.bytes]).toEqual([2, 5])
  })

  it('takes back to the front what could not be sent [CC-72]', () => {
    const buffer = new SendBuffer({maxMessages: 2, maxBytes: 10})
    buffer.push(text('a'))
    buffer.push(text('bc'))
    const first = buffer.shift()!
    expect([first.data, buffer.size, buffer.bytes]).toEqual(['a', 1, 2])
    buffer.unshift(first)
    expect([buffer.size, buffer.bytes]).toEqual([2, 3])
    expect(buffer.take()).toEqual([text('a'), text('bc')])
    expect(buffer.shift()).toBeUndefined()
    expect([buffer.size, buffer.bytes]).toEqual([0, 0])
  })

  it('gives back messages as they were handed in [CC-73]', () => {
    const buffer = new SendBuffer()
    const bytes = new Uint8Array([1, 2])
    buffer.push({data: bytes, binary: true})
    buffer.push({data: bytes, binary: false})
    expect(buffer.take()).toEqual([
      {data: bytes, binary: true},
      {data: bytes, binary: false},
    ])
    expect(buffer.take()).toEqual([])
  })

  it('lets go of what has left, also while it is never empty [CC-71]', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const buffer = new SendBuffer()
    const left: WeakRef<object>[] = []
    buffer.push(text('stays for a while'))
    for (let n = 0; n < 100; n++) {
      const data = new ArrayBuffer(8)
      left.push(new WeakRef(data))
      buffer.push({data, binary: true})
      buffer.shift()
    }
    // A WeakRef holds its target until the turn of the event loop ends.
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    expect(left.filter((reference) => reference.deref()).length).toBeLessThan(10)
    expect(buffer.size).toBe(1)
  })

  it('loses nothing and keeps order and bounds, whatever comes and goes [CC-71] [CC-73]', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string().map((data) => ({data})), fc.constantFrom('shift', 'take')), {maxLength: 300}), (script) => {
        const buffer = new SendBuffer({maxMessages: 20, maxBytes: 60})
        const model: string[] = []
        const bytes = (): number => model.reduce((sum, data) => sum + byteLength(data), 0)
        for (const step of script) {
          if (step === 'shift') {
            expect(buffer.shift()?.data).toBe(model.shift())
          } else if (step === 'take') {
            expect(buffer.take().map(({data}) => data)).toEqual(model.splice(0))
          } else if (typeof step === 'object') {
            const fits = model.length < 20 && bytes() + byteLength(step.data) <= 60
            expect(buffer.push(text(step.data))).toBe(fits)
            if (fits) model.push(step.data)
          }
          expect(buffer.size).toBe(model.length)
          expect(buffer.bytes).toBe(bytes())
        }
      }),
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
