// @vitest-environment happy-dom
// Does a React component hold its connection as it should: one, for as long as it is mounted, and rendered for what it reads?

import {act, Activity, Component, createElement as h, StrictMode, useEffect, useState, type FunctionComponent, type ReactNode} from 'react'
import {createRoot, hydrateRoot, type Root} from 'react-dom/client'
import {renderToString} from 'react-dom/server'
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import type {Report, SendResult} from '../../src/index.ts'
import {useConnection, type Connection, type ConnectionOptions, type MaybeAddress} from '../../src/react/index.ts'
import {accepts, acceptsThenCloses, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, live, rig, sent, url, watchTheConsole, type Rig} from '../helpers/rig.ts'

const said = watchTheConsole()

let root: Root | undefined
let container: HTMLElement

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  container = document.createElement('div')
})

afterEach(() => {
  act(() => root?.unmount())
  root = undefined
  vi.unstubAllGlobals()
})

const render = (node: ReactNode): void => act(() => (root ??= createRoot(container)).render(node))

const pass = (fakes: Rig, ms = 0): Promise<void> => act(() => fakes.clock.advance(ms))

interface Props {
  url?: MaybeAddress
  options: ConnectionOptions
  /** What of the connection is shown. */
  shows?: (connection: Connection) => ReactNode
  children?: ReactNode
}

let latest: Connection
let renders: number

const Live: FunctionComponent<Props> = ({url: address = url, options, shows = ({state}) => state.name, children}) => {
  latest = useConnection(address, {...options})
  renders++
  return h('p', null, shows(latest), children)
}

const shown = (fakes: Rig, props: Partial<Props> = {}): ReactNode => h(Live, {options: fakes.options, ...props})

const text = (): string => container.textContent!

beforeEach(() => {
  renders = 0
})

describe('a component [CC-223]', () => {
  it('connects when it is mounted, and closes when it is unmounted', async () => {
    const fakes = rig()
    render(shown(fakes))
    expect(text()).toBe('connecting')
    await pass(fakes)
    expect(text()).toBe('open')
    act(() => root!.unmount())
    await fakes.clock.advance(0)
    expect(fakes.network.sockets[0]!.closeFrame).toEqual({code: 1000, reason: ''})
    expectRest(fakes)
  })

  it('opens no socket for the mount that StrictMode undoes, and one for the other', async () => {
    const fakes = rig()
    render(h(StrictMode, null, shown(fakes)))
    await pass(fakes)
    expect(text()).toBe('open')
    expect(fakes.network.sockets).toHaveLength(1)
    act(() => root!.unmount())
    await fakes.clock.advance(0)
    expectRest(fakes)
  })

  it('opens none for it either where React takes its time, as in a page', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)
    const fakes = rig()
    root = createRoot(container)
    root.render(h(StrictMode, null, shown(fakes)))
    await expect.poll(text).toBe('open')
    expect(fakes.network.sockets).toHaveLength(1)
    root.unmount()
    root = undefined
    await expect.poll(() => fakes.network.live).toEqual([])
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  })

  it('waits for open() with autoOpen: false, and for nobody whose signal is aborted', async () => {
    const fakes = rig()
    render(shown(fakes, {options: {...fakes.options, autoOpen: false}}))
    await pass(fakes)
    expect(text()).toBe('idle')
    expect(latest.send('x')).toBe('buffered')
    act(() => latest.client!.open())
    await pass(fakes)
    expect(sent(fakes)).toEqual(['x'])
    render(shown(fakes, {url: 'wss://example.test/other', options: {...fakes.options, signal: AbortSignal.abort()}}))
    await pass(fakes)
    expect(text()).toBe('closed')
    expect(fakes.network.sockets).toHaveLength(1)
  })

  it('that is unmounted at once opens none', async () => {
    const fakes = rig()
    render(shown(fakes))
    act(() => root!.unmount())
    await fakes.clock.advance(0)
    expect(fakes.network.sockets).toEqual([])
    expectRest(fakes)
  })

  it('that is hidden is closed, and connects again when it is shown', async () => {
    const fakes = rig()
    const tree = (mode: 'visible' | 'hidden'): ReactNode => h(Activity, {mode, children: shown(fakes)})
    render(tree('visible'))
    await pass(fakes)
    render(tree('hidden'))
    await pass(fakes)
    expectRest(fakes)
    render(tree('visible'))
    await pass(fakes)
    expect(fakes.network.live).toHaveLength(1)
    expect(text()).toBe('open')
  })

  it('shows the countdown after a 1013, and comes back', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1013), acceptsThenCloses(1013), accepts()))
    render(shown(fakes, {shows: ({state, retryIn}) => (retryIn === undefined ? state.name : `${state.name} ${Math.ceil(retryIn / 1000)}`)}))
    await pass(fakes)
    expect(text()).toBe('backoff 1')
    await pass(fakes, 1000)
    expect(text()).toBe('backoff 2')
    await pass(fakes, 1000)
    expect(text()).toBe('backoff 1')
    await pass(fakes, 1000)
    expect(text()).toBe('open')
  })

  it('shows a 1007 as failed, and tells onReport', async () => {
    const fakes = rig(acceptsThenCloses(1007, '<b>bad</b>'))
    const onReport = vi.fn<(report: Report) => void>()
    render(shown(fakes, {options: {...fakes.options, onReport}, shows: ({state}) => (state.name === 'failed' ? `${state.last.code} ${state.last.reason}` : state.name)}))
    await pass(fakes)
    expect(text()).toBe('1007 <b>bad</b>')
    expect(container.querySelector('b')).toBe(null)
    expect(onReport).toHaveBeenCalledTimes(1)
    expectRest(fakes)
  })

  it('hands what connect() throws to the error boundary', () => {
    class Boundary extends Component<{children: ReactNode}, {message?: string}> {
      override state: {message?: string} = {}
      static getDerivedStateFromError({message}: Error): {message: string} {
        return {message}
      }
      override render(): ReactNode {
        return this.state.message ?? this.props.children
      }
    }
    render(h(Boundary, null, shown(rig(), {options: {highWaterMark: -1}})))
    expect(text()).toMatch(/^closecall: `highWaterMark` must be/)
    expect(said.take().length).toBeGreaterThan(0)
  })
})

describe('renders [CC-224]', () => {
  const messages = async (fakes: Rig, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      fakes.network.last.server.send(`${i}`)
      await pass(fakes)
    }
  }

  it('none for messages where only the state is read', async () => {
    const fakes = rig()
    const onMessage = vi.fn<(data: unknown) => void>()
    render(shown(fakes, {options: {...fakes.options, onMessage}}))
    await pass(fakes)
    const before = renders
    await messages(fakes, 100)
    expect(renders).toBe(before)
    expect(onMessage).toHaveBeenCalledTimes(100)
  })

  it('one for each last message that is read, and none for its like', async () => {
    const fakes = rig()
    render(shown(fakes, {shows: ({lastMessage}) => lastMessage}))
    await pass(fakes)
    const before = renders
    await messages(fakes, 3)
    expect(text()).toBe('2')
    expect(renders).toBe(before + 3)
    fakes.network.last.server.send('2')
    await pass(fakes)
    expect(renders).toBe(before + 3)
  })

  it('none for the state where only send is used', async () => {
    const fakes = rig(acceptsThenCloses(1013))
    render(shown(fakes, {shows: ({send}) => typeof send}))
    await pass(fakes, 60_000)
    expect(renders).toBe(1)
  })

  it('none for the countdown where it is not read, one a second where it is', async () => {
    const fakes = rig(refuses())
    const options = {...fakes.options, backoff: {initialDelay: 10_000, jitter: 'none'}} as const
    render(shown(fakes, {options}))
    await pass(fakes)
    const before = renders
    await pass(fakes, 9000)
    expect(renders).toBe(before)
    act(() => root!.render(shown(fakes, {options, shows: ({retryIn}) => retryIn})))
    expect(text()).toBe('1000')
    await pass(fakes, 1000)
    expect(fakes.network.sockets).toHaveLength(2)
    const waiting = renders
    for (let second = 0; second < 5; second++) await pass(fakes, 1000)
    expect(renders).toBe(waiting + 5)
  })

  it('shows what was not read before as it is now', async () => {
    const fakes = rig()
    render(shown(fakes))
    await pass(fakes)
    await messages(fakes, 3)
    render(shown(fakes, {shows: ({state, lastMessage}) => `${state.name} ${lastMessage}`}))
    expect(text()).toBe('open 2')
    await messages(fakes, 1)
    expect(text()).toBe('open 0')
  })

  it('gives another object when something changes that was read, and the same until then', async () => {
    const fakes = rig()
    render(shown(fakes))
    await pass(fakes)
    const before = latest
    await messages(fakes, 1)
    render(shown(fakes))
    expect(latest).toBe(before)
    expect(latest.send).toBe(before.send)
    // Read in an event handler of an older render: as it is, and as it was read from then on.
    expect(before.lastMessage).toBe('0')
    await messages(fakes, 2)
    expect(latest).not.toBe(before)
    expect(latest.send).toBe(before.send)
    expect([before.lastMessage, latest.lastMessage]).toEqual(['0', '1'])
  })

  it('has everything in a spread', async () => {
    const fakes = rig()
    render(shown(fakes, {shows: (connection) => Object.keys({...connection}).sort().join(' ')}))
    await pass(fakes)
    expect(text()).toBe('client lastMessage retryIn send state')
  })
})

describe('the URL [CC-225]', () => {
  it('when it is another closes the connection and opens a new one', async () => {
    const fakes = rig()
    const shows = ({state, lastMessage}: Connection): string => `${state.name} ${lastMessage}`
    render(shown(fakes, {shows}))
    await pass(fakes)
    fakes.network.last.server.send('a')
    await pass(fakes)
    expect(text()).toBe('open a')
    const {client} = latest
    render(shown(fakes, {shows, url: 'wss://example.test/other'}))
    expect(text()).toBe('connecting undefined')
    expect(client!.state.name).toBe('closing')
    await pass(fakes)
    expect(live(fakes)).toEqual(['wss://example.test/other'])
    expect(latest.client).not.toBe(client)
  })

  it('when it is null closes the connection, and refuses what is sent', async () => {
    const fakes = rig()
    render(shown(fakes))
    await pass(fakes)
    render(h(Live, {options: fakes.options, url: null}))
    expect(text()).toBe('idle')
    await pass(fakes)
    expectRest(fakes)
    expect(latest.send('x')).toBe('refused')
    expect(latest.client).toBe(undefined)
    render(shown(fakes))
    await pass(fakes)
    expect(text()).toBe('open')
  })

  it('is the same when it says the same, and when it is a function', async () => {
    const fakes = rig(acceptsThenCloses(1013))
    const path = (name: string) => () => `wss://example.test/${name}`
    render(shown(fakes, {url: path('a')}))
    await pass(fakes)
    render(shown(fakes, {url: path('b')}))
    await pass(fakes)
    expect(fakes.network.sockets).toHaveLength(1)
    // It is asked on the next attempt, as the latest render gave it.
    await pass(fakes, 1000)
    expect(fakes.network.sockets.map((socket) => socket.url)).toEqual(['wss://example.test/a', 'wss://example.test/b'])
    render(shown(fakes, {url: new URL(url)}))
    await pass(fakes)
    render(shown(fakes, {url: new URL(url)}))
    await pass(fakes)
    expect(fakes.network.sockets).toHaveLength(3)
  })
})

describe('options that are written inline [CC-226]', () => {
  it('do not reconnect; handlers are called as the latest render gave them', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1008), accepts()))
    const calls: string[] = []
    const Inline: FunctionComponent<{name: string}> = ({name}) => {
      const {state} = useConnection(({credentials}) => `${url}?${credentials}`, {
        ...fakes.options,
        backoff: {maxAttempts: name === 'first' ? 5 : 0},
        credentials: () => `${name}-token`,
        onOpen: () => void calls.push(`${name} onOpen`),
        onMessage: (data) => void calls.push(`${name} ${data}`),
        classify: (close, _, suggested) => (calls.push(`${name} classify ${close.code}`), suggested),
        onReport: () => void calls.push(`${name} onReport`),
      })
      return state.name
    }
    render(h(Inline, {name: 'first'}))
    render(h(Inline, {name: 'second'}))
    await pass(fakes, 1000)
    expect(text()).toBe('open')
    expect(fakes.network.sockets.map((socket) => socket.url)).toEqual([`${url}?second-token`, `${url}?second-token`])
    render(h(Inline, {name: 'third'}))
    fakes.network.last.server.send('hello')
    fakes.network.last.server.close(1007)
    await pass(fakes)
    expect(calls).toEqual(['second onOpen', 'second classify 1008', 'second onOpen', 'third hello', 'third classify 1007', 'third onReport'])
  })

  it('may lose a handler, which then is not called', async () => {
    const fakes = rig()
    const onMessage = vi.fn<(data: unknown) => void>()
    render(shown(fakes, {options: {...fakes.options, onMessage}}))
    await pass(fakes)
    render(shown(fakes))
    fakes.network.last.server.send('x')
    await pass(fakes)
    expect(onMessage).not.toHaveBeenCalled()
  })
})

describe('on a server [CC-227]', () => {
  it('nothing is opened, and what was rendered is taken over', async () => {
    const fakes = rig()
    vi.stubGlobal('document', undefined)
    vi.stubGlobal('WebSocket', undefined)
    // A relative URL is one only in a page.
    const html = renderToString(shown(fakes, {url: '/live'}))
    vi.unstubAllGlobals()
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    expect(html).toBe('<p>idle</p>')
    expect(fakes.network.sockets).toEqual([])
    container.innerHTML = html
    await act(async () => (root = hydrateRoot(container, shown(fakes))))
    await pass(fakes)
    expect(text()).toBe('open')
  })
})

describe('what is sent [CC-228]', () => {
  it('before the component is mounted, and after it is unmounted, is refused', async () => {
    const fakes = rig()
    const results: SendResult[] = []
    const shows = ({send}: Connection): string => {
      if (renders === 1) results.push(send('too early'))
      return ''
    }
    render(shown(fakes, {shows}))
    await pass(fakes)
    expect(latest.send('in time')).toBe('sent')
    act(() => root!.unmount())
    results.push(latest.send('too late'))
    expect(results).toEqual(['refused', 'refused'])
    await fakes.clock.advance(0)
    expect(sent(fakes)).toEqual(['in time'])
  })

  it('by the effect of a child is buffered, once also in StrictMode, and the child finds the client', async () => {
    const fakes = rig()
    const results: SendResult[] = []
    const heard: unknown[] = []
    const Child: FunctionComponent<{connection: Connection}> = ({connection: {send, client}}) => {
      useEffect(() => void results.push(send('join')), [send])
      useEffect(() => client?.on('message', (data) => heard.push(data)), [client])
      return null
    }
    const Parent: FunctionComponent = () => h(Child, {connection: useConnection(url, fakes.options)})
    render(h(StrictMode, null, h(Parent)))
    await pass(fakes)
    expect(results).toEqual(['buffered', 'buffered'])
    expect(sent(fakes)).toEqual(['join'])
    fakes.network.last.server.send('x')
    await pass(fakes)
    expect(heard).toEqual(['x'])
  })

  it('may be delivered by the client, which tells what became of it', async () => {
    const fakes = rig()
    render(shown(fakes))
    await pass(fakes)
    const receipt = latest.client!.deliver('x')
    await pass(fakes)
    expect(await receipt).toMatchObject({status: 'written'})
  })
})

it('a message that changes the URL closes the connection it came from [CC-223]', async () => {
  const fakes = rig()
  const Moving: FunctionComponent = () => {
    const [path, setPath] = useState('a')
    const {state} = useConnection(`wss://example.test/${path}`, {...fakes.options, onMessage: setPath})
    return `${path} ${state.name}`
  }
  render(h(Moving))
  await pass(fakes)
  fakes.network.last.server.send('b')
  await pass(fakes)
  expect(text()).toBe('b open')
  expect(live(fakes)).toEqual(['wss://example.test/b'])
})
