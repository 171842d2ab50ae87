// Do clients of closecall come back when servers that nobody here wrote tell them to? The servers are the programs of docs/servers.md.

import {once as onceOf} from 'node:events'
import {runInNewContext} from 'node:vm'
import {describe, expect, it} from 'vitest'
import type {Options} from '../../src/index.ts'
import * as server from '../../src/server/index.ts'
import names from '../helpers/peer-names.json'
import {connecting, once, state} from '../integration/harness.ts'
import {connecting as connectingFromNode} from '../node/fixture.ts'
import {bundle, page, peers, programBelow, type Peer} from './peers.ts'

/** The usual backoff, and a chance that is known. */
const lot = (random: number): Options => ({backoff: {}, random: () => random})

describe.each(peers.map((peer): [string, Peer] => [names[peer.name], peer]))('%s', (_, peer) => {
  it('closes with 1013, and the client comes back within the span of the hint [CC-156]', async () => {
    const server = await peer.start({room: 0})
    for (const random of [0, 0.5, 0.999]) {
      const retry = await once(connecting(server, lot(random)), 'retry')
      expect(retry).toMatchObject({last: {code: 1013, reason: 'retry-after=3;spread=10', opened: true}, verdict: {name: 'Try Again Later', action: 'retry', fault: 'server'}})
      expect(retry.delay).toBeCloseTo(3000 + random * 10_000)
    }
  })

  it('closes with 4913, which is the same to the client [CC-154] [CC-156]', async () => {
    const server = await peer.start({room: 0, alias: true})
    expect(await once(connecting(server, lot(0.5)), 'retry')).toMatchObject({
      last: {code: 4913, reason: 'retry-after=3;spread=10'},
      verdict: {name: 'Try Again Later', action: 'retry', fault: 'server'},
      delay: 8000,
    })
  })

  it.each([
    [1012, undefined],
    [4912, true],
  ] as const)('closes everybody with %i before it restarts, spread by their number [CC-156]', async (code, alias) => {
    // Three clients, and one in ten seconds can be taken.
    const {url, program} = await peer.start({pace: 0.1, alias})
    const clients = [0, 0.5, 0.999].map((random) => connecting({url}, lot(random)))
    await Promise.all(clients.map(({ready}) => ready))
    const [retries, [status]] = await Promise.all([Promise.all(clients.map((client) => once(client, 'retry'))), onceOf(program.child, 'exit'), program.child.kill('SIGTERM')])
    expect(status).toBe(0)
    for (const {last, verdict} of retries) {
      expect(last.code).toBe(code)
      expect(last.reason).toMatch(/^retry-after=2;spread=30(\.0)?$/)
      expect(verdict).toMatchObject({name: 'Service Restart', action: 'retry', fault: 'server'})
    }
    expect(retries.map(({delay}) => Math.round(delay))).toEqual([2000, 17_000, 31_970])
  })

  it('refuses the upgrade with 503, and the client waits for Retry-After [CC-155] [CC-156]', async () => {
    const server = await peer.start({door: 0})
    const {last, verdict, delay} = await once(connectingFromNode(server, {backoff: {}, random: () => 0.5}), 'retry')
    expect(last).toMatchObject({code: 1006, opened: false, status: 503})
    expect(verdict).toMatchObject({action: 'retry', fault: 'server'})
    expect(last.retryAfter! % 1000).toBe(0)
    expect(last.retryAfter).toBeGreaterThanOrEqual(5000)
    expect(last.retryAfter).toBeLessThanOrEqual(25_000)
    // A second is what Retry-After leaves open.
    expect(delay).toBe(last.retryAfter! + 500)
  })

  it('is content, and sends messages back [CC-156]', async () => {
    const client = connecting(await peer.start({}))
    await client.ready
    client.send('grüße 🎈')
    expect(await once(client, 'message')).toBe('grüße 🎈')
  })

  it('closes with 1007 on text that is not UTF-8, and the client says which message it was [CC-7] [CC-156]', async () => {
    const client = connecting(await peer.start({}), {...lot(0.5), lint: 'off'})
    await client.ready
    client.send('fine')
    client.send(Buffer.from('naïve', 'latin1'), {binary: false})
    expect(await state(client, 'failed')).toMatchObject({last: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}})
    expect(client.reports).toMatchObject([{cause: 'ill-formed-text', confidence: 'certain', sequence: 2, offset: 2}])
  })
})

describe('docs/servers.md', () => {
  const rows = [...page().matchAll(/^\| `(.+?)` \| (\d+) \| (?:`(.+)` )?\|$/gm)].map(([, call, code, reason = '']) => [call!, Number(code), reason] as const)

  it('shows calls', () => {
    expect(rows.length).toBeGreaterThan(3)
  })

  it.each(rows)('says of %s what it gives: %i %s [CC-150]', (call, code, reason) => {
    expect({...(runInNewContext(call, {...server}) as object)}).toEqual({code, reason})
  })

  it('has a program for uWebSockets.js that asks only for what there is [CC-156]', async () => {
    const text = await bundle(programBelow('uWebSockets.js'))
    expect(text).toContain('require("uWebSockets.js")')
    expect(text).toContain('retry-after')
  })
})

if (process.env.CLOSECALL_ENGINES === 'all') {
  it.each(Object.entries(names))('has found %s (%s)', (name) => {
    expect(peers.map((peer) => peer.name)).toContain(name)
  })
}
