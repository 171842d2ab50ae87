// What does the client do on each close code, against real servers?

import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {closesWith, closesWithBody, echoes, sequence} from '../helpers/servers.ts'
import {connecting, serving, state} from './harness.ts'

/** The first retry after a 1012 is spread over 5–30 s; not here. */
const quick = {initialDelay: 5, maxDelay: 20, restartSpread: [1, 10]} as const

describe('codes after which the client comes back', () => {
  const codes = [1001, 1002, 1011, 1012, 1013, 1014, 3008, 3500, 4000, 4999]
  it.each(codes)('reconnects after %i [CC-10]', async (code) => {
    const server = await serving(sequence(closesWith(code, 'words of the server'), echoes()))
    const client = connecting(server, {backoff: quick})

    const retry = await state(client, 'backoff')
    expect(retry.last).toMatchObject({code, reason: 'words of the server', wasClean: true, opened: true, origin: 'event'})
    expect(retry.verdict.action).toBe('retry')

    await state(client, 'open')
    expect(server.connections.length).toBe(2)
    expect(server.connections[0]!.closeCode).toBe(code)
    expect(client.history.map(({close}) => close.code)).toEqual([code])
    expect(client.reports).toEqual([])
  })

  it('reconnects after a close frame without a code (1005) [CC-10]', async () => {
    const server = await serving(sequence(closesWithBody(Buffer.alloc(0)), echoes()))
    const client = connecting(server)
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1005, reason: '', wasClean: true})
    await state(client, 'open')
    expect(server.connections.length).toBe(2)
  })
})

describe('codes that end it', () => {
  it('rests after 1000, and reports nothing [CC-9]', async () => {
    const server = await serving(closesWith(1000, 'bye'))
    const client = connecting(server)
    const closed = await state(client, 'closed')
    expect(closed.last).toMatchObject({code: 1000, reason: 'bye', wasClean: true})
    expect(client.reports).toEqual([])
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
  })

  it('comes back after 1000 where `onNormalClosure` says so [CC-9]', async () => {
    const server = await serving(sequence(closesWith(1000), echoes()))
    const client = connecting(server, {onNormalClosure: 'retry'})
    await state(client, 'backoff')
    await state(client, 'open')
    expect(server.connections.length).toBe(2)
  })

  it.each([1003, 1007, 1009, 1010])('stops after %i with a report: what was sent is at fault [CC-12]', async (code) => {
    const server = await serving(closesWith(code, 'no'))
    const client = connecting(server)
    const failed = await state(client, 'failed')
    expect(failed).toMatchObject({why: 'verdict', last: {code, reason: 'no'}, verdict: {action: 'stop', fault: 'sender'}})
    expect(client.reports).toHaveLength(1)
    expect(client.reports[0]).toMatchObject({failed: true, why: 'verdict', close: {code}})
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
  })

  it('stops after 3003: asking again would change nothing [CC-14]', async () => {
    const server = await serving(closesWith(3003))
    const client = connecting(server, {credentials: () => 'token'})
    expect(await state(client, 'failed')).toMatchObject({why: 'verdict', verdict: {fault: 'policy'}})
    expect(server.connections.length).toBe(1)
  })
})

describe('codes that ask for other credentials', () => {
  it.each([1008, 3000])('asks once more after %i, and is let in [CC-13]', async (code) => {
    const server = await serving(sequence(closesWith(code), echoes()))
    let asked = 0
    const client = connecting(server, {credentials: () => ++asked})
    await state(client, 'backoff')
    await state(client, 'open')
    expect(asked).toBe(2)
    expect(server.connections.length).toBe(2)
  })

  it.each([1008, 3000])('stops after the second %i [CC-13]', async (code) => {
    const server = await serving(closesWith(code))
    let asked = 0
    const client = connecting(server, {credentials: () => ++asked})
    expect(await state(client, 'failed')).toMatchObject({why: 'strikes', last: {code}})
    expect(asked).toBe(2)
    expect(server.connections.length).toBe(2)
  })

  it.each([1008, 3000])('stops after the first %i if there is nobody to ask [CC-13]', async (code) => {
    const server = await serving(closesWith(code))
    const client = connecting(server)
    expect(await state(client, 'failed')).toMatchObject({why: 'verdict', last: {code}})
    expect(server.connections.length).toBe(1)
  })
})

describe('codes with a budget', () => {
  it.each([
    [1002, 3],
    [3999, 5],
    [4000, 5],
  ])('stops at %i in a row after %i connections [CC-11] [CC-16]', async (code, connections) => {
    const server = await serving(closesWith(code))
    const client = connecting(server)
    expect(await state(client, 'failed')).toMatchObject({why: 'strikes', last: {code}})
    expect(server.connections.length).toBe(connections)
  })

  it('forgets strikes when another code comes between [CC-19]', async () => {
    const server = await serving(sequence(closesWith(1002), closesWith(1002), closesWith(1011), closesWith(1002), closesWith(1002), echoes()))
    const client = connecting(server)
    await server.until(() => server.connections.length === 6)
    await state(client, 'open')
    expect(client.history.map(({close}) => close.code)).toEqual([1002, 1002, 1011, 1002, 1002])
  })
})

describe('close frames that no server may send', () => {
  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])('takes %i on the wire for a lost connection, and comes back [CC-18]', async (code) => {
    const server = await serving(sequence(closesWith(code, 'illegal'), echoes()))
    const client = connecting(server)
    // `ws` checks the code itself, and tells in the error what it saw.
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1006, reason: '', error: 'WS_ERR_INVALID_CLOSE_CODE'})
    await state(client, 'open')
    expect(server.connections[0]!.closeCode).toBe(1002)
    expect(server.connections.length).toBe(2)
  })

  it.each([
    ['a body of one byte', Buffer.from([3]), 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH'],
    ['a reason that is not UTF-8', Buffer.from([0x03, 0xe9, 0xff, 0xfe]), 'WS_ERR_INVALID_UTF8'],
  ])('takes %s for a lost connection, and comes back [CC-18]', async (_, body, error) => {
    const server = await serving(sequence(closesWithBody(body), echoes()))
    const client = connecting(server)
    expect((await state(client, 'backoff')).last).toMatchObject({code: 1006, error})
    await state(client, 'open')
    expect(server.connections.length).toBe(2)
  })
})

describe('closes that the caller makes', () => {
  it.each([
    [1000, ''],
    [3000, 'mine'],
    [4999, 'x'.repeat(123)],
  ])('sends %i, and ends closed with the answer [CC-81]', async (code, reason) => {
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    client.close(code, reason)
    expect(client.state.name).toBe('closing')
    expect((await state(client, 'closed')).last).toMatchObject({code, reason, wasClean: true})
    expect(server.connections[0]).toMatchObject({closeCode: code, closeReason: reason})
    await server.until(() => server.sockets === 0)
    expect(server.connections.length).toBe(1)
  })

  it('says nothing on the console: it is what the caller wished [CC-9]', async () => {
    const lines = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => lines.mockRestore())
    const server = await serving(echoes())
    const client = connecting(server)
    await client.ready
    client.close()
    await client[Symbol.asyncDispose]()
    expect(lines.mock.calls).toEqual([])
  })

  it('overrides by code and by range hold on the wire [CC-20]', async () => {
    const server = await serving(sequence(closesWith(1011), closesWith(4410)))
    const client = connecting(server, {verdicts: {1011: {budget: 9}, '4400-4499': 'stop'}})
    expect(await state(client, 'failed')).toMatchObject({why: 'verdict', last: {code: 4410}})
    expect(server.connections.length).toBe(2)
  })
})
