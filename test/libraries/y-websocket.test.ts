// Do the documents of y-websocket converge over closecall, whatever ends the connection?

import {docs} from '@y/websocket-server/utils'
import {describe, expect, it, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import {WebsocketProvider} from 'y-websocket'
import * as Y from 'yjs'
import type {ReconnectingCloseEvent, ReconnectingWebSocketOptions} from '../../src/websocket/index.ts'
import type {DroppingServer} from './dropping.ts'
import {eachWay, expectNothingLeft, expectOneEach, modes, runRecipe, withoutPauses, type Run} from './recipe.ts'
import {servesYjs} from './session-servers.ts'

/** In a hurry, and without the channel to other pages, over which documents would converge, too. */
class Provider extends WebsocketProvider {
  constructor(url: string, room: string, doc: Y.Doc, options: object) {
    super(url, room, doc, {...options, maxBackoffTime: 20, disableBc: true})
    onTestFinished(() => {
      this.destroy()
      doc.destroy()
    })
  }
}

type Playing = Run<{provider: Provider; doc: Y.Doc}>

const playing = async (server: DroppingServer, options: ReconnectingWebSocketOptions = withoutPauses): Promise<Playing> => {
  const run: Playing = await runRecipe('y-websocket', {'ws://127.0.0.1:1234': server.url}, {'y-websocket': {WebsocketProvider: Provider}, yjs: Y}, ['provider', 'doc'], options)
  await expect.poll(() => run.made.provider.synced).toBe(true)
  return run
}

/** Somebody else in the room, without closecall. */
const somebodyIn = async (server: DroppingServer): Promise<Provider> => {
  const provider = new Provider(server.url, 'my-room', new Y.Doc(), {WebSocketPolyfill: WebSocket})
  await expect.poll(() => provider.synced).toBe(true)
  return provider
}

const textOf = (doc: Y.Doc): string => doc.getText('notes').toString()

const write = (doc: Y.Doc, words: string): void => doc.getText('notes').insert(0, words)

describe('WebsocketProvider', () => {
  it.each(eachWay)('converges again, %s, after %s, and leaves nothing when it is destroyed [CC-213]', async (mode, drop) => {
    const server = await servesYjs()
    const {made: {provider, doc}, sockets, reports} = await playing(server, {...withoutPauses, ...modes[mode]})
    const somebody = await somebodyIn(server)
    const written: string[] = []
    const both = (round: number, when: string): void => {
      for (const [name, each] of [['ours', doc], ['theirs', somebody.doc]] as const) {
        const words = `${name} ${when} ${round}; `
        written.push(words)
        write(each, words)
      }
    }
    for (const round of [1, 2, 3]) {
      both(round, 'before')
      const {length} = server.connections
      const ended = server.drop(drop)
      both(round, 'meanwhile')
      await ended
      both(round, 'after')
      await server.until(() => server.connections.length >= length + 2 && server.open === 2)
      await expect.poll(() => written.every((words) => textOf(doc).includes(words)) && textOf(doc) === textOf(somebody.doc)).toBe(true)
      await expect.poll(() => provider.synced).toBe(true)
    }
    expectOneEach(sockets, 4)
    expect(sockets.at(-1)).toBe(provider.ws)
    expect(server.open).toBe(2)
    expect(reports).toEqual([])
    somebody.destroy()
    provider.destroy()
    await expectNothingLeft(server, sockets)
  })

  it.each(Object.entries(modes))('leaves nothing when it is destroyed while nobody lets it in, %s [CC-213]', async (_, mode) => {
    const server = await servesYjs()
    const {made: {provider}, sockets} = await playing(server, {...withoutPauses, ...mode})
    server.refuse(503)
    await server.drop('RST')
    await server.until(() => server.connections.length >= 4)
    provider.destroy()
    server.refuse(0)
    await expectNothingLeft(server, sockets)
  })

  it.each(Object.entries(modes))('stops after 1007, with evidence, and the provider is told as ever, %s [CC-213]', async (_, mode) => {
    const server = await servesYjs()
    const {made: {provider, doc}, sockets, reports, logged} = await playing(server, {...withoutPauses, ...mode})
    const heard: unknown[] = []
    provider.on('connection-close', (event) => heard.push((event as ReconnectingCloseEvent | null)?.code))
    provider.on('closed', ({code, reason}) => heard.push({code, reason}))
    write(doc, 'what the server can not read')
    await server.drop(1007, 'invalid payload')
    await expect.poll(() => heard).toEqual([1007, {code: 1007, reason: 'invalid payload'}])
    expect(logged).toEqual(['the room is closed to us: 1007'])
    expect(sockets.map(({client}) => client.state.name)).toEqual(['failed'])
    expect(reports).toMatchObject([{failed: true, close: {code: 1007}, verdict: {action: 'stop', fault: 'sender'}}])
    expect(reports[0]!.frames.at(-1)!.length).toBeGreaterThan('what the server can not read'.length)
    await expectNothingLeft(server, sockets)
    // Who has mended it asks for it.
    provider.connect()
    await expect.poll(() => provider.synced).toBe(true)
  })

  it('waits as long as the server asked for with 1013, though each socket is a new one [CC-213]', async () => {
    const server = await servesYjs()
    const {made: {provider, doc}, sockets} = await playing(server, {})
    await server.drop(1013, 'retry-after=60')
    await expect.poll(() => sockets.at(-1)!.client.state).toMatchObject({name: 'suspended', why: 'overload'})
    write(doc, 'kept by Yjs')
    expect(sockets.length).toBe(2)
    expect(sockets[1]!.client.stats.unsent).toBe(0)
    provider.destroy()
    await expectNothingLeft(server, sockets)
    expect(server.connections.length).toBe(1)
  })

  it('is not seen by others after a drop until its presence is said anew, as with any WebSocket [CC-213]', async () => {
    const server = await servesYjs()
    const {made: {provider}} = await playing(server)
    const {awareness} = provider
    const present = (): unknown => docs.get('my-room')!.awareness.getStates().get(awareness.clientID)
    awareness.setLocalState({name: 'ada'})
    await expect.poll(present).toEqual({name: 'ada'})
    await server.drop('RST')
    await expect.poll(() => server.open === 1 && provider.synced).toBe(true)
    expect(present()).toBe(undefined)
    const sayAnew = (): void => awareness.setLocalState(awareness.getLocalState())
    sayAnew()
    await expect.poll(present).toEqual({name: 'ada'})
    provider.on('sync', (synced) => void (synced && sayAnew()))
    await server.drop('RST')
    await server.until(() => server.connections.length === 3)
    await expect.poll(present).toEqual({name: 'ada'})
  })
})
