// A real 1007: is it seen, told, explained and left alone?

import {execFile} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {closesWithoutFin, drops, echoes, goesSilent, hangsHandshake, sequence} from '../helpers/servers.ts'
import {connecting, once, serving, state} from './harness.ts'

const run = promisify(execFile)

/** Bytes as an encoder of pictures makes them: a magic number, then what looks like chance. */
const picture = Buffer.alloc(200_000)
for (let i = 0, x = 1; i < picture.length; i++) picture[i] = (x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0) >>> 24
picture.set([0x89, 0x50, 0x4e, 0x47])

const bad = [
  ['café in Latin-1', Buffer.from('café', 'latin1'), 3],
  ['a text cut within a character', Buffer.from('5 € or 6 €').subarray(0, -1), 11],
  ['a picture of 200 kB', picture, 0],
  ['a surrogate in UTF-8', Buffer.from([0x61, 0xed, 0xa0, 0x80]), 1],
  ['a NUL in two bytes', Buffer.from([0x61, 0x62, 0xc0, 0x80]), 2],
  ['UTF-16', Buffer.from('\uFEFFgrüße', 'utf16le'), 0],
] as const

describe('text frames that are not UTF-8', () => {
  it.each(bad)('fails on %s: one connection, one report that names the message and the offset [CC-7] [CC-62]', async (_, bytes, offset) => {
    const server = await serving(echoes())
    const client = connecting(server, {lint: 'off'})
    await client.ready
    for (const text of ['one', 'zwei', 'trois €']) client.send(text)
    expect(client.send(bytes, {binary: false})).toBe('sent')

    const failed = await state(client, 'failed')
    expect(failed).toMatchObject({why: 'verdict', last: {code: 1007, opened: true, origin: 'event'}, verdict: {action: 'stop', fault: 'sender', report: true}})
    expect(client.reports).toHaveLength(1)
    const report = client.reports[0]!
    expect(report).toMatchObject({failed: true, cause: 'ill-formed-text', confidence: 'certain', sequence: 4, offset})
    expect(report.frames.map(({sequence}) => sequence)).toEqual([1, 2, 3, 4])
    expect(report.frames[3]).toMatchObject({kind: 'text bytes', length: bytes.length, findings: ['ill-formed-utf8'], offset, buffered: false})
    expect(report.frames.slice(0, 3).every(({findings}) => findings.length === 0)).toBe(true)
    expect(report.error.message).toContain(`message 4, offset ${offset}`)

    // Nothing of the client is left, and nothing more comes.
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
    expect(server.connections[0]!.messages.map(({data}) => String(data))).toEqual(['one', 'zwei', 'trois €'])
  })

  it('says the same of a message that had waited in the send buffer [CC-61]', async () => {
    const server = await serving(sequence(drops(), echoes()))
    const client = connecting(server, {lint: 'off'})
    await state(client, 'backoff')
    expect(client.send('fine')).toBe('buffered')
    expect(client.send(Buffer.from('naïve', 'latin1'), {binary: false})).toBe('buffered')
    await state(client, 'failed')
    expect(client.reports[0]).toMatchObject({sequence: 2, offset: 2, cause: 'ill-formed-text'})
    expect(client.reports[0]!.frames[1]).toMatchObject({buffered: true})
    expect(server.connections.length).toBe(2)
  })

  it('keeps contents, query and credentials out of the report, which is plain JSON [CC-63]', async () => {
    const server = await serving(echoes())
    const client = connecting({url: `${server.url}/live?token=verysecret`}, {lint: 'off'})
    await client.ready
    client.send('attack at dawn')
    client.send(Buffer.from('à l’aube', 'latin1'), {binary: false})
    await state(client, 'failed')
    const json = JSON.stringify(client.reports[0])
    expect(JSON.parse(json)).toMatchObject({close: {code: 1007}, cause: 'ill-formed-text', sequence: 2})
    expect(json).not.toMatch(/verysecret|dawn|aube/)
  })

  it('sends bytes that are UTF-8 as text [CC-74]', async () => {
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    client.send(Buffer.from('grüße 🎈'), {binary: false})
    expect(await once(client, 'message')).toBe('grüße 🎈')
    expect(server.connections[0]!.messages[0]!.opcode).toBe('text')
    client.send(picture)
    expect(Buffer.from((await once(client, 'message')) as ArrayBuffer).equals(picture)).toBe(true)
    expect(server.connections[0]!.messages[1]!.opcode).toBe('binary')
  })

  it('does not send them with `lint: "throw"` [CC-65]', async () => {
    const server = await serving(echoes())
    const client = connecting(server, {lint: 'throw'})
    await client.ready
    expect(() => client.send(Buffer.from('café', 'latin1'), {binary: false})).toThrow(/ill-formed-utf8/)
    client.send('after')
    expect(await once(client, 'message')).toBe('after')
    expect(server.connections[0]!.messages).toHaveLength(1)
  })
})

describe('after a 1007', () => {
  it('gives back what was accepted and not sent [CC-73]', async () => {
    const strict = await serving(closesWithoutFin(1007, 'Invalid UTF-8'))
    const client = connecting(strict)
    await client.ready
    await strict.until(() => strict.connections[0]!.closeCode === 1007)
    // The close frame is here, and the close event is not: what is sent now can't leave any more.
    expect(client.send('late')).toBe('buffered')
    expect(client.send(Buffer.from([1, 2, 3]))).toBe('buffered')
    await strict.close()

    await state(client, 'failed')
    expect(client.reports[0]).toMatchObject({close: {code: 1007, reason: 'Invalid UTF-8'}})
    expect(client.stats.unsent).toBe(2)
    expect(client.send('too late')).toBe('refused')
    const unsent = client.takeUnsent()
    expect(unsent).toEqual([
      {data: 'late', binary: false},
      {data: Buffer.from([1, 2, 3]), binary: true},
    ])
    expect(client.takeUnsent()).toEqual([])
    expect(client.stats).toMatchObject({unsent: 0, unsentBytes: 0})
    expect(strict.connections.length).toBe(1)
  })

  it('open() connects again, and the old verdict is forgotten [CC-80]', async () => {
    const server = await serving(echoes())
    const client = connecting(server, {lint: 'off'})
    await client.ready
    client.send(Buffer.from([0xff]), {binary: false})
    await state(client, 'failed')
    await expect(client.ready).rejects.toMatchObject({code: 'FAILED'})

    client.open()
    expect(client.state).toMatchObject({name: 'connecting', attempt: 0})
    await client.ready
    client.send('mended')
    expect(await once(client, 'message')).toBe('mended')
    expect(server.connections.length).toBe(2)
    expect(client.reports).toHaveLength(1)
  })

  it('complains on the console in one line when nobody listens [CC-60]', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => lines.mockRestore())
    const server = await serving(echoes())
    const client = connecting(server, {lint: 'off', onReport: undefined as never})
    await client.ready
    client.send(Buffer.from('café', 'latin1'), {binary: false})
    await state(client, 'failed')
    expect(lines.mock.calls).toHaveLength(1)
    expect(String(lines.mock.calls[0]![0])).toMatch(/^(?=.*1007)(?=.*offset 3)[^\n]+$/)
  })
})

describe('a process with nothing else to do', () => {
  const stories = ['fails with 1007', 'closes', 'closes beside a mute peer', 'closes while connecting', 'closes in backoff', 'is aborted', 'is disposed of'] as const
  it.each(stories)('ends by itself when its client %s [CC-5]', async (story) => {
    const server = await serving(
      story === 'closes beside a mute peer' ? goesSilent()
      : story === 'closes in backoff' ? drops()
      : story === 'closes while connecting' ? hangsHandshake()
      : echoes(),
    )
    // Killed after this time, which rejects: it had not ended by itself.
    const {stdout} = await run(process.execPath, [fileURLToPath(new URL('ends-by-itself.mjs', import.meta.url)), server.url, story], {timeout: 10_000})
    expect(JSON.parse(stdout)).toEqual({state: story === 'fails with 1007' ? 'failed' : 'closed', left: []})
    expect(server.connections.length).toBe(1)
    await server.until(() => server.sockets === 0)
  })
})
