// @vitest-environment happy-dom
// Does a Svelte component hold its connection as it should: open for as long as it looks, by `$store` and by runes?

import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest'
import type {Report} from '../../src/index.ts'
import type {connection as makeConnection, Connection, Snapshot} from '../../src/svelte/index.ts'
import {accepts, acceptsThenCloses, refuses, sequence} from '../../src/testing/index.ts'
import {bundled} from '../helpers/components.ts'
import {expectRest, live, rig, sent, url, watchTheConsole, type Rig} from '../helpers/rig.ts'

watchTheConsole()

const shown = '<p>{live.state.name} {live.retryIn} {live.lastMessage}</p>'

/** Components are handed a connection, or what makes one. */
const components = {
  'Store.svelte': '<script>let {live} = $props()</script><p>{$live.state.name} {$live.retryIn} {$live.lastMessage}</p>',
  'Runes.svelte': `<script>let {live} = $props()</script>${shown}`,
  'Branches.svelte': "<script>let {live} = $props()</script>{#if live.state.name === 'idle'}<i>off</i>{:else}<p>{live.state.name}</p>{/if}",
  'State.svelte': '<script>let {live, drawn} = $props()</script><p>{drawn(live.state.name)}</p>',
  'Countdown.svelte': '<script>let {live, drawn} = $props()</script><p>{drawn(Math.ceil(live.retryIn / 1000))}</p>',
  'Rooms.svelte': `<script>
    import {connection} from './src/svelte/index.ts'
    let {options} = $props()
    let room = $state('a')
    const live = $derived(connection(room && 'wss://example.test/' + room, options))
  </script>${shown}<button onclick={() => (room = room === 'a' ? 'b' : null)}>next</button>`,
  'Pages.svelte': `<script>
    import First from 'State.svelte'
    import Second from 'Store.svelte'
    let {live} = $props()
    let first = $state(true)
  </script>{#if first}<First {live} drawn={(name) => name} />{:else}<Second {live} />{/if}<button onclick={() => (first = false)}>next</button>`,
}

const names = Object.keys(components).map((name) => name.split('.')[0]!)

interface Bundle {
  connection: typeof makeConnection
  mount: (component: unknown, options: {target: Element; props: object}) => object
  hydrate: Bundle['mount']
  unmount: (mounted: object) => void
  flushSync: () => void
  render: (component: unknown, options: {props: object}) => {body: string}
  [component: string]: unknown
}

let client: Bundle
let server: Bundle

const load = async (on: 'client' | 'server', more: string): Promise<Bundle> => {
  const entry = `export {connection} from './src/svelte/index.ts'\n${more}\n${names.map((name) => `export {default as ${name}} from '${name}.svelte'`).join('\n')}`
  const module = Buffer.from(await bundled({'entry.ts': entry, ...components}, on)).toString('base64')
  return import(/* @vite-ignore */ `data:text/javascript;base64,${module}`)
}

beforeAll(async () => {
  client = await load('client', "export {mount, hydrate, unmount, flushSync} from 'svelte'")
  server = await load('server', "export {render} from 'svelte/server'")
})

let target: HTMLElement
let mounted: object | undefined

beforeEach(() => {
  target = document.createElement('div')
  // Where events are delegated to.
  document.body.append(target)
})

afterEach(() => {
  if (mounted) client.unmount(mounted)
  mounted = undefined
  target.remove()
})

const mount = (name: string, props: object): void => {
  mounted = client.mount(client[name], {target, props})
  client.flushSync()
}

const pass = async (fakes: Rig, ms = 0): Promise<void> => {
  await fakes.clock.advance(ms)
  client.flushSync()
}

const unmount = async (fakes: Rig): Promise<void> => {
  client.unmount(mounted!)
  mounted = undefined
  await pass(fakes)
}

const text = (): string => target.querySelector('p')!.textContent!.trim().replace(/\s+/g, ' ')

const next = async (fakes: Rig): Promise<void> => {
  target.querySelector('button')!.click()
  await pass(fakes)
}

const say = async (fakes: Rig, ...messages: string[]): Promise<void> => {
  for (const data of messages) {
    fakes.network.last.server.send(data)
    await pass(fakes)
  }
}

describe.each(['Store', 'Runes'])('a component that looks by %s [CC-231]', (name) => {
  it('is connected while it is there, and not before and after', async () => {
    const fakes = rig()
    const live = client.connection(url, fakes.options)
    await pass(fakes)
    expect(fakes.network.sockets).toEqual([])
    mount(name, {live})
    await pass(fakes)
    expect(text()).toBe('open')
    await say(fakes, 'a')
    expect(text()).toBe('open a')
    await unmount(fakes)
    expect(fakes.network.sockets[0]!.closeFrame).toEqual({code: 1000, reason: ''})
    expectRest(fakes)
  })

  it('shows the countdown after a 1013, and comes back', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1013), acceptsThenCloses(1013), accepts()))
    mount(name, {live: client.connection(url, fakes.options)})
    await pass(fakes)
    expect(text()).toBe('backoff 1000')
    await pass(fakes, 1000)
    expect(text()).toBe('backoff 2000')
    await pass(fakes, 1000)
    expect(text()).toBe('backoff 1000')
    await pass(fakes, 1000)
    expect(text()).toBe('open')
  })

  it('shows a 1007 as failed, and tells onReport', async () => {
    const fakes = rig(acceptsThenCloses(1007))
    const onReport = vi.fn<(report: Report) => void>()
    mount(name, {live: client.connection(url, {...fakes.options, onReport})})
    await pass(fakes)
    expect(text()).toBe('failed')
    expect(onReport).toHaveBeenCalledTimes(1)
    expectRest(fakes)
  })

  it('opens nothing on a server, and takes over what was rendered [CC-227]', async () => {
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('WebSocket', undefined)
    // A relative URL is one only in a page.
    const {body} = server.render(server[name], {props: {live: server.connection('/live')}})
    vi.unstubAllGlobals()
    target.innerHTML = body
    expect(text()).toBe('idle')
    const fakes = rig()
    mounted = client.hydrate(client[name], {target, props: {live: client.connection(url, fakes.options)}})
    await pass(fakes)
    expect(text()).toBe('open')
  })
})

it('takes over another branch than that which the server rendered [CC-227]', async () => {
  vi.stubGlobal('document', undefined)
  target.innerHTML = server.render(server.Branches, {props: {live: server.connection(url)}}).body
  vi.unstubAllGlobals()
  expect(target.textContent).toBe('off')
  const fakes = rig()
  mounted = client.hydrate(client.Branches, {target, props: {live: client.connection(url, fakes.options)}})
  await pass(fakes)
  expect(target.textContent).toBe('open')
})

describe('who looks [CC-231]', () => {
  it('takes over in the same turn from who leaves: the connection stays', async () => {
    const fakes = rig()
    mount('Pages', {live: client.connection(url, fakes.options)})
    await pass(fakes)
    await say(fakes, 'a')
    await next(fakes)
    expect(text()).toBe('open a')
    expect(fakes.network.sockets).toHaveLength(1)
    await unmount(fakes)
    expectRest(fakes)
  })

  it('takes over from a subscriber, too', async () => {
    const fakes = rig()
    const live = client.connection(url, fakes.options)
    const leave = live.subscribe(() => {})
    await pass(fakes)
    leave()
    const stop = live.subscribe(() => {})
    await pass(fakes)
    expect(fakes.network.sockets).toHaveLength(1)
    expect(live.state.name).toBe('open')
    stop()
    await pass(fakes)
    expectRest(fakes)
  })

  it('at another URL gets another connection, and none without one', async () => {
    const fakes = rig()
    mount('Rooms', {options: fakes.options})
    await pass(fakes)
    await say(fakes, 'hello')
    expect([text(), live(fakes)]).toEqual(['open hello', ['wss://example.test/a']])
    await next(fakes)
    expect([text(), live(fakes)]).toEqual(['open', ['wss://example.test/b']])
    await next(fakes)
    expect(text()).toBe('idle')
    expectRest(fakes)
  })

  it('is counted once, however often it says that it leaves', async () => {
    const fakes = rig()
    const live = client.connection(url, fakes.options)
    const [leave, stay] = [live.subscribe(() => {}), live.subscribe(() => {})]
    leave()
    leave()
    await pass(fakes)
    expect(fakes.network.live).toHaveLength(1)
    stay()
    await pass(fakes)
    expectRest(fakes)
  })

  it('may come back: it connects anew', async () => {
    const fakes = rig()
    const live = client.connection(url, fakes.options)
    live.subscribe(() => {})()
    await pass(fakes)
    const stop = live.subscribe(() => {})
    await pass(fakes)
    expect(live.state.name).toBe('open')
    stop()
    await pass(fakes)
    expect(live.state.name).toBe('idle')
  })

  it('is not counted where connect() throws', () => {
    const live = client.connection(url, {highWaterMark: -1})
    for (let time = 0; time < 2; time++) expect(() => live.subscribe(() => {})).toThrow('closecall: `highWaterMark` must be')
  })
})

describe('what changes [CC-232]', () => {
  it('is drawn by property only where that is read; onMessage hears everything', async () => {
    const fakes = rig()
    const heard: unknown[] = []
    const drawn = vi.fn<(name: string) => string>((name) => name)
    mount('State', {live: client.connection(url, {...fakes.options, onMessage: (data) => heard.push(data)}), drawn})
    await pass(fakes)
    expect(drawn.mock.calls).toEqual([['connecting'], ['open']])
    await say(fakes, 'a', 'b', 'c')
    expect(drawn).toHaveBeenCalledTimes(2)
    expect(heard).toEqual(['a', 'b', 'c'])
  })

  it('is not drawn for a message by who came later', async () => {
    const fakes = rig()
    const live = client.connection(url, fakes.options)
    const stop = live.subscribe(() => {})
    await pass(fakes)
    const drawn = vi.fn<(name: string) => string>((name) => name)
    mount('State', {live, drawn})
    await say(fakes, 'a')
    expect(drawn.mock.calls).toEqual([['open']])
    stop()
  })

  it('is drawn once a second where the countdown is read', async () => {
    const fakes = rig(refuses())
    const drawn = vi.fn<(left: number) => number>((left) => left)
    mount('Countdown', {live: client.connection(url, {...fakes.options, backoff: {initialDelay: 3000, jitter: 'none'}}), drawn})
    await pass(fakes)
    for (let second = 0; second < 2; second++) await pass(fakes, 1000)
    expect(drawn.mock.calls).toEqual([[NaN], [3], [2], [1]])
  })

  it('is told a subscriber at once, with every message, also with one like the last', async () => {
    const fakes = rig()
    const told: Snapshot[] = []
    const stop = client.connection(url, fakes.options).subscribe((snapshot) => told.push(snapshot))
    await pass(fakes)
    await say(fakes, 'a', 'a')
    expect(told.map(({state, lastMessage}) => `${state.name} ${lastMessage}`)).toEqual(['connecting undefined', 'open undefined', 'open a', 'open a'])
    stop()
    await pass(fakes)
  })
})

describe('what is sent [CC-228]', () => {
  it('while nobody looks is refused', async () => {
    const fakes = rig()
    const connection: Connection = client.connection(url, fakes.options)
    const results = [connection.send('too early')]
    const stop = connection.subscribe(() => {})
    results.push(connection.send('waits'))
    await pass(fakes)
    results.push(connection.send('leaves'))
    expect(connection.client!.stats.sent).toBe(2)
    stop()
    await pass(fakes)
    results.push(connection.send('too late'))
    expect(results).toEqual(['refused', 'buffered', 'sent', 'refused'])
    expect(sent(fakes)).toEqual(['waits', 'leaves'])
  })
})
