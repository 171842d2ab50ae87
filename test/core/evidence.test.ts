// Is the message at fault found, and what is wrong with it, without telling what it says?

import {isUtf8} from 'node:buffer'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {diagnose, EvidenceRing, firstIllFormedByte, inspect, kindOf, type Close, type Entry, type FrameEvidence} from '../../src/core/index.ts'

const close = (code: number, reason = ''): Close => ({code, reason, wasClean: true, opened: true, age: 0, origin: 'event'})

describe('firstIllFormedByte', () => {
  it.each([
    [[0x63, 0x61, 0x66, 0xe9], 3],
    [[0x80], 0],
    [[0xc0, 0xaf], 0],
    [[0x61, 0xc3], 1],
    [[0x61, 0xe2, 0x82], 1],
    [[0xe0, 0x80, 0x80], 0],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf0, 0x80, 0x80, 0x80], 0],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xf5, 0x80, 0x80, 0x80], 0],
    [[0xef, 0xbf, 0xbd, 0xff], 3],
  ])('finds where %j stops being UTF-8: %i [CC-61]', (bytes, offset) => {
    expect(firstIllFormedByte(new Uint8Array(bytes))).toBe(offset)
  })

  it('agrees with the runtime about any bytes [CC-61]', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({unit: 'binary'}).map((text) => new TextEncoder().encode(text)),
      fc.array(fc.constantFrom(0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff), {maxLength: 6}).map((list) => new Uint8Array(list)),
    )
    fc.assert(
      fc.property(bytes, (data) => {
        const offset = firstIllFormedByte(data)
        expect(offset === undefined).toBe(isUtf8(data))
        if (offset !== undefined) expect(isUtf8(data.subarray(0, offset))).toBe(true)
      }),
      {numRuns: 5000},
    )
  })
})

describe('inspect', () => {
  it.each([
    ['plain', [], undefined],
    ['Grüße 👋', [], undefined],
    ['ab\ud83dc', ['lone-surrogate'], 2],
    ['👋\udc00', ['lone-surrogate'], 2],
    ['caf\ufffd', ['replacement-character'], undefined],
    ['\x89PNG\r\n\x1a\n', ['binary-string'], undefined],
    ['été', [], undefined],
    ['\x85 and €', [], undefined],
    ['{"a":"\\ud83d"}', ['escaped-surrogate'], undefined],
    ['{"a":"\\udc4b"}', ['escaped-surrogate'], undefined],
    ['{"a":"\\ud83d\\udc4b"}', [], undefined],
    ['\ud800\ufffd', ['lone-surrogate', 'replacement-character'], 0],
  ])('%j: %j [CC-61]', (data, findings, offset) => {
    expect(inspect(data)).toEqual({findings, ...(offset !== undefined && {offset})})
  })

  it('is done with any text in linear time: a slow pattern would run into the time limit [CC-87]', () => {
    expect(inspect('\\ud83d'.repeat(20_000)).findings).toEqual(['escaped-surrogate'])
    expect(inspect('\x80'.repeat(100_000)).findings).toEqual(['binary-string'])
    expect(inspect('\xe9'.repeat(1_000_000)).findings).toEqual([])
  })
})

/** One that came from the send buffer. */
const waited: Entry = {data: 'two', binary: false, bytes: 3, wishes: {}, state: 'flying', writes: 1, inDoubt: false, turn: 0, expiresAt: undefined, end: 0}

describe('the ring', () => {
  it('keeps the last sends in order, and knows each by number, kind, length and age [CC-61]', () => {
    const ring = new EvidenceRing(3)
    ring.record('one', {kind: 'string', source: 'sender'}, 100)
    ring.record('two', {kind: 'string', source: waited}, 200)
    ring.record(new Uint8Array(4), {kind: 'view', source: 'sender'}, 300)
    ring.record(new ArrayBuffer(5), {kind: 'ArrayBuffer', source: 'sender'}, 400)
    expect(ring.examine(1000)).toMatchObject([
      {sequence: 2, kind: 'string', length: 3, age: 800, buffered: true, findings: []},
      {sequence: 3, kind: 'view', length: 4, age: 700, buffered: false},
      {sequence: 4, kind: 'ArrayBuffer', length: 5, age: 600},
    ])
    ring.record('five', {kind: 'string', source: 'sender'}, 500)
    expect(ring.examine(1000).map(({sequence}) => sequence)).toEqual([3, 4, 5])
  })

  it('takes the bytes of a view for what they are, whatever its kind and wherever it begins [CC-61]', () => {
    const ring = new EvidenceRing()
    const bytes = Uint8Array.of(0, 0, 1, 2, 0, 4, 0, 0)
    const part = bytes.slice(2, 6)
    for (const data of [part, part.buffer, new DataView(bytes.buffer, 2, 4), new Uint16Array(bytes.buffer, 2, 2)]) ring.record(data, {kind: 'view', source: 'sender'}, 100)
    const fingerprints = ring.examine(1000).map(({fingerprint}) => fingerprint)
    expect(new Set(fingerprints).size).toBe(1)
    expect(fingerprints[0]).toMatch(/^[\da-f]{8}$/)
  })

  it('counts a view as long as it was when it was sent, though its memory was handed on since [CC-176]', () => {
    const ring = new EvidenceRing()
    const data = new DataView(new ArrayBuffer(8))
    ring.record('text', {kind: 'string', source: 'sender'}, 100)
    ring.record(data, {kind: 'view', source: 'sender'}, 100)
    structuredClone(data.buffer, {transfer: [data.buffer]})
    expect(ring.unsent(21, 14)).toEqual({again: [], gone: [], forgotten: 0})
    expect(ring.unsent(22, 14)).toEqual({again: [], gone: [{data, binary: true}], forgotten: 0})
    expect(ring.largest()).toEqual({source: 'sender', bytes: 8})
  })

  it('tells equal messages from different ones without telling what they say [CC-61] [CC-63]', () => {
    const ring = new EvidenceRing(3)
    for (const data of ['secret', 'secret', 'other']) ring.record(data, {kind: 'string', source: 'sender'}, 0)
    const [a, b, c] = ring.examine(0)
    expect(a!.fingerprint).toMatch(/^[\da-f]{8}$/)
    expect(a!.fingerprint).toBe(b!.fingerprint)
    expect(a!.fingerprint).not.toBe(c!.fingerprint)
    expect(JSON.stringify([a, b, c])).not.toContain('secret')
  })

  it('shows contents only as far as it was asked to [CC-63]', () => {
    const ring = new EvidenceRing(2)
    ring.record('{"name":"Zoë","pin":1234}', {kind: 'string', source: 'sender'}, 0)
    ring.record(new Uint8Array([0, 255]), {kind: 'view', source: 'sender'}, 0)
    expect(ring.examine(0, 'redacted').map(({payload}) => payload)).toEqual(['{"xxxx":"xxx","xxx":9999}', '99xx'])
    expect(ring.examine(0, 'full').map(({payload}) => payload)).toEqual(['{"name":"Zoë","pin":1234}', '00ff'])
    expect(ring.examine(0)[0]).not.toHaveProperty('payload')
  })

  it('keeps only kind and length of what is over 64 KiB [CC-64]', () => {
    const ring = new EvidenceRing(1)
    ring.record('x'.repeat(65_537), {kind: 'string', source: 'sender'}, 0)
    expect(ring.examine(0, 'full')).toEqual([{sequence: 1, kind: 'string', length: 65_537, buffered: false, replayed: false, age: 0, findings: []}])
  })

  it('keeps what is 64 KiB and no more; a small view counts as the memory that it holds on to [CC-64]', () => {
    const ring = new EvidenceRing(4)
    ring.record('x'.repeat(65_536), {kind: 'string', source: 'sender'}, 0)
    ring.record(new Uint8Array(new ArrayBuffer(65_536), 0, 1), {kind: 'view', source: 'sender'}, 0)
    ring.record(new ArrayBuffer(65_537), {kind: 'ArrayBuffer', source: 'sender'}, 0)
    ring.record(new Uint8Array(new ArrayBuffer(65_537), 0, 1), {kind: 'view', source: 'sender'}, 0)
    expect(ring.examine(0, 'full').map((frame) => 'fingerprint' in frame)).toEqual([true, true, false, false])
  })

  it('redacts up to 64 characters [CC-63]', () => {
    const ring = new EvidenceRing(2)
    for (const length of [64, 65]) ring.record('a'.repeat(length), {kind: 'string', source: 'sender'}, 0)
    expect(ring.examine(0, 'redacted').map(({payload}) => payload)).toEqual(['x'.repeat(64), 'x'.repeat(64)])
  })

  it.each([
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('has the fingerprint that FNV-1a gives: of %j, %s [CC-61]', (data, fingerprint) => {
    const ring = new EvidenceRing(2)
    ring.record(data, {kind: 'string', source: 'sender'}, 0)
    ring.record(new TextEncoder().encode(data), {kind: 'view', source: 'sender'}, 0)
    expect(ring.examine(0)).toMatchObject([{fingerprint}, {fingerprint}])
  })

  it('knows no negative age, though the clock was set back [CC-61]', () => {
    const ring = new EvidenceRing(1)
    ring.record('a', {kind: 'string', source: 'sender'}, 500)
    expect(ring.examine(100)).toMatchObject([{age: 0}])
  })

  it('forgets an old connection, but goes on counting [CC-61]', () => {
    const ring = new EvidenceRing(2)
    ring.record('a', {kind: 'string', source: 'sender'}, 0)
    ring.clear()
    ring.record('b', {kind: 'string', source: 'sender'}, 0)
    expect(ring.examine(0).map(({sequence}) => sequence)).toEqual([2])
    expect(ring.sent).toBe(2)
  })

  it('remembers nothing when told so, but counts', () => {
    const ring = new EvidenceRing(0)
    ring.record('a', {kind: 'string', source: 'sender'}, 0)
    expect(ring.examine(0)).toEqual([])
    expect(ring.sent).toBe(1)
  })
})

describe('diagnose', () => {
  const frame = (facts: Partial<FrameEvidence>): FrameEvidence => ({sequence: 1, age: 0, kind: 'string', length: 1, buffered: false, replayed: false, findings: [], ...facts})
  const fine = frame({sequence: 1})
  const illFormed = frame({sequence: 2, kind: 'text bytes', findings: ['ill-formed-utf8'], offset: 3})
  const halved = frame({sequence: 3, findings: ['lone-surrogate'], offset: 9})

  it('is certain about text bytes that are not UTF-8, whatever the reason says [CC-62]', () => {
    expect(diagnose(close(1007, 'name is required'), [fine, illFormed, halved])).toMatchObject({cause: 'ill-formed-text', confidence: 'certain', sequence: 2, offset: 3})
  })

  it('believes a reason that speaks of something other than encoding [CC-62]', () => {
    expect(diagnose(close(1007, 'API key not valid'), [fine, halved])).toMatchObject({cause: 'rejected-by-application', confidence: 'likely', sequence: 3})
  })

  it('suspects a lone surrogate [CC-62]', () => {
    expect(diagnose(close(1007, 'Invalid UTF-8'), [fine, halved])).toMatchObject({cause: 'ill-formed-text', confidence: 'possible', sequence: 3, offset: 9})
  })

  it('suspects the way when all was well formed [CC-62]', () => {
    expect(diagnose(close(1007, 'Invalid UTF-8'), [fine])).toMatchObject({cause: 'damaged-in-transit', confidence: 'possible'})
    expect(diagnose(close(1007, ''), [fine], 'permessage-deflate')).toMatchObject({cause: 'damaged-in-transit', confidence: 'possible'})
    expect(diagnose(close(1007, 'inflate failed'), [fine], 'permessage-deflate')).toMatchObject({cause: 'damaged-in-transit', confidence: 'likely'})
  })

  it('says so when it does not know [CC-62]', () => {
    expect(diagnose(close(1007), [fine])).toEqual({cause: 'unknown', confidence: 'none', advice: expect.stringMatching(/\w/) as string})
    expect(diagnose(close(1010), [])).toMatchObject({cause: 'unknown'})
    expect(diagnose(close(1007, 'API key not valid'), [])).toMatchObject({cause: 'unknown'})
  })

  it('looks for ill-formed text only after a 1007 [CC-62]', () => {
    expect(diagnose(close(1010, 'utf'), [illFormed, halved], 'permessage-deflate')).toEqual({cause: 'unknown', confidence: 'none', advice: expect.any(String) as string})
  })

  it('names the largest message on 1009 and the last on 1003 [CC-62]', () => {
    const large = frame({sequence: 7, length: 1_000_000})
    expect(diagnose(close(1009), [fine, large, halved])).toMatchObject({cause: 'too-big', sequence: 7})
    expect(diagnose(close(1003), [fine, large])).toMatchObject({cause: 'unsupported-kind', sequence: 7})
    // Where nothing is known to have been sent, the code is all there is.
    expect(diagnose(close(1009), [])).toEqual({cause: 'too-big', confidence: 'possible', advice: expect.any(String)})
    expect(diagnose(close(1003), [])).toEqual({cause: 'unsupported-kind', confidence: 'possible', advice: expect.any(String)})
  })
})

describe('kindOf', () => {
  it('knows what can be sent [CC-74] [CC-82]', () => {
    expect(['', new ArrayBuffer(1), new DataView(new ArrayBuffer(1)), new Blob([]), Buffer.from('a')].map((data) => kindOf(data))).toEqual(['string', 'ArrayBuffer', 'view', 'Blob', 'view'])
    expect(kindOf(Buffer.from('a'), false)).toBe('text bytes')
    for (const wrong of [undefined, null, 1, true, {}, [], () => '', Symbol.iterator, {size: 3}]) expect(kindOf(wrong)).toBeUndefined()
  })
})

it('a ring that is cleared while a message is handed to the socket keeps the message to itself', () => {
  const [one, other] = [new EvidenceRing(), new EvidenceRing()]
  one.record('before', {kind: 'string', source: 'sender'}, 1)
  one.clear()
  one.recordText('mine', {kind: 'string', source: 'sender'}, 2)
  expect(other.examine(3)).toEqual([])
  expect(one.examine(3)).toMatchObject([{sequence: 2, length: 4}])
})
