// Does the buffer keep its bounds and its order, and give back all it took?

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

  it('keeps a message until it is said to have left [CC-72]', () => {
    const buffer = new SendBuffer()
    buffer.push(text('a'))
    expect(buffer.peek()?.data).toBe('a')
    expect(buffer.peek()?.data).toBe('a')
    buffer.shift()
    expect(buffer.peek()).toBeUndefined()
    buffer.shift()
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

  it('loses nothing and keeps order and bounds, whatever comes and goes [CC-71] [CC-73]', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string().map((data) => ({data})), fc.constantFrom('shift', 'take')), {maxLength: 300}), (script) => {
        const buffer = new SendBuffer({maxMessages: 20, maxBytes: 60})
        const model: string[] = []
        const bytes = (): number => model.reduce((sum, data) => sum + byteLength(data), 0)
        for (const step of script) {
          if (step === 'shift') {
            expect(buffer.peek()?.data).toBe(model[0])
            buffer.shift()
            model.shift()
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
