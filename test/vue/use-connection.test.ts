// @vitest-environment happy-dom
// Does a Vue component, or a scope of its own, hold its connection as it should?

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {createApp, createSSRApp, defineComponent, effectScope, getCurrentInstance, h, nextTick, onMounted, onUpdated, ref, shallowRef, watch, type App, type Component, type VNodeChild} from 'vue'
import {renderToString} from 'vue/server-renderer'
import type {AttemptContext, Report, SendResult} from '../../src/index.ts'
import {useConnection, type Connection, type ConnectionOptions, type MaybeAddress} from '../../src/vue/index.ts'
import {accepts, acceptsThenCloses, refuses, sequence} from '../../src/testing/index.ts'
import {expectRest, live, rig, sent, url, watchTheConsole, type Rig} from '../helpers/rig.ts'

const said = watchTheConsole()

let app: App | undefined
let container: HTMLElement
let held: Connection
let updates: number

beforeEach(() => {
  container = document.createElement('div')
  updates = 0
})

afterEach(() => {
  app?.unmount()
  app = undefined
})

const mount = (component: Component): void => {
  app = createApp(component)
  app.mount(container)
}

/** What is drawn comes in a microtask. */
const pass = async (fakes: Rig, ms = 0): Promise<void> => {
  await fakes.clock.advance(ms)
  await nextTick()
}

const text = (): string => container.textContent!

const showing = (options: ConnectionOptions, shows: (connection: Connection) => VNodeChild = ({state}) => state.value.name, address: Parameters<typeof useConnection>[0] = url): Component =>
  defineComponent(() => {
    held = useConnection(address, options)
    onUpdated(() => void updates++)
    return () => h('p', [shows(held)])
  })

describe('a component [CC-229]', () => {
  it('connects when it is mounted, and closes when it is unmounted', async () => {
    const fakes = rig()
    mount(showing(fakes.options))
    await pass(fakes)
    expect(text()).toBe('open')
    app!.unmount()
    app = undefined
    expect(held.state.value.name).toBe('idle')
    await pass(fakes)
    expect(fakes.network.sockets[0]!.closeFrame).toEqual({code: 1000, reason: ''})
    expectRest(fakes)
  })

  it('shows the countdown after a 1013, and comes back', async () => {
    const fakes = rig(sequence(acceptsThenCloses(1013), acceptsThenCloses(1013), accepts()))
    mount(showing(fakes.options, ({state, retryIn}) => (retryIn.value === undefined ? state.value.name : `${state.value.name} ${Math.ceil(retryIn.value / 1000)}`)))
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
    mount(showing({...fakes.options, onReport}, ({state: {value: state}}) => (state.name === 'failed' ? `${state.last.code} ${state.last.reason}` : state.name)))
    await pass(fakes)
    expect(text()).toBe('1007 <b>bad</b>')
    expect(container.querySelector('b')).toBe(null)
    expect(onReport).toHaveBeenCalledTimes(1)
    expectRest(fakes)
  })

  it('is drawn again for what it reads only, while onMessage hears everything', async () => {
    const fakes = rig()
    const heard: unknown[] = []
    mount(showing({...fakes.options, onMessage: (data) => heard.push(data)}))
    await pass(fakes)
    const before = updates
    for (const data of ['a', 'b', 'c']) {
      fakes.network.last.server.send(data)
      await pass(fakes)
    }
    expect(updates).toBe(before)
    expect(heard).toEqual(['a', 'b', 'c'])
    expect(held.lastMessage.value).toBe('c')
  })

  it('is not drawn for a countdown that it does not read', async () => {
    const fakes = rig(refuses())
    mount(showing({...fakes.options, backoff: {initialDelay: 10_000, jitter: 'none'}}))
    await pass(fakes)
    const before = updates
    await pass(fakes, 9000)
    expect(updates).toBe(before)
    expect(held.retryIn.value).toBe(1000)
  })

  it('may ask for it when it is mounted already', async () => {
    const fakes = rig()
    mount(
      defineComponent(() => {
        const connection = shallowRef<Connection>()
        onMounted(() => {
          expect(getCurrentInstance()!.isMounted).toBe(true)
          connection.value = useConnection(url, fakes.options)
        })
        return () => connection.value?.state.value.name
      }),
    )
    await pass(fakes)
    expect(text()).toBe('open')
    app!.unmount()
    app = undefined
    await pass(fakes)
    expectRest(fakes)
  })

  it('hands what connect() throws to the error handler', () => {
    const errors: unknown[] = []
    app = createApp(showing({highWaterMark: -1}))
    app.config.errorHandler = (error) => errors.push(error)
    app.mount(container)
    expect(errors).toMatchObject([{message: expect.stringMatching(/^closecall: `highWaterMark` must be/)}])
  })
})

describe('the URL [CC-230]', () => {
  it.each([
    ['a ref', (address: ReturnType<typeof ref<MaybeAddress>>) => address],
    ['a getter', (address: ReturnType<typeof ref<MaybeAddress>>) => () => address.value],
  ])('may be %s: another closes the connection and opens a new one, null closes it', async (_, given) => {
    const fakes = rig()
    const address = ref<MaybeAddress>(url)
    mount(showing(fakes.options, ({state, lastMessage}) => `${state.value.name} ${lastMessage.value}`, given(address)))
    await pass(fakes)
    fakes.network.last.server.send('a')
    await pass(fakes)
    expect(text()).toBe('open a')
    address.value = 'wss://example.test/other'
    await pass(fakes)
    expect(text()).toBe('open undefined')
    expect(live(fakes)).toEqual(['wss://example.test/other'])
    address.value = null
    await pass(fakes)
    expect(text()).toBe('idle undefined')
    expect(held.send('x')).toBe('refused')
    expect(held.client.value).toBe(undefined)
    expectRest(fakes)
  })

  it('that a getter returns as a function is asked on every attempt, and is no other', async () => {
    const fakes = rig(acceptsThenCloses(1013))
    const count = ref(0)
    mount(showing(fakes.options, undefined, () => (void count.value, ({attempt}: AttemptContext) => `${url}?${attempt}`)))
    await pass(fakes)
    count.value++
    await pass(fakes, 1000)
    expect(fakes.network.sockets.map((socket) => socket.url)).toEqual([`${url}?0`, `${url}?1`])
  })
})

describe('a scope outside any component [CC-229]', () => {
  it('connects at once, and closes when it is disposed of', async () => {
    const fakes = rig()
    const scope = effectScope()
    const address = ref(url)
    const names: string[] = []
    const {send, state} = scope.run(() => {
      const connection = useConnection(address, fakes.options)
      watch(connection.state, ({name}) => names.push(name), {flush: 'sync'})
      return connection
    })!
    expect(state.value.name).toBe('connecting')
    expect(send('x')).toBe('buffered')
    await pass(fakes)
    expect(names).toEqual(['open'])
    expect(sent(fakes)).toEqual(['x'])
    scope.stop()
    expect(send('y')).toBe('refused')
    address.value = 'wss://example.test/other'
    await pass(fakes)
    expect(fakes.network.sockets).toHaveLength(1)
    expectRest(fakes)
  })

  it('is missed where there is none: Vue says so', async () => {
    const fakes = rig()
    const {client} = useConnection(url, fakes.options)
    expect(said.take()).toMatchObject([[expect.stringContaining('onScopeDispose() is called when there is no active effect scope')]])
    client.value!.close()
    await pass(fakes)
    expectRest(fakes)
  })
})

describe('on a server [CC-227]', () => {
  it('nothing is opened, and what was rendered is taken over', async () => {
    const fakes = rig()
    vi.stubGlobal('WebSocket', undefined)
    // A relative URL is one only in a page.
    const html = await renderToString(createSSRApp(showing(fakes.options, undefined, '/live')))
    vi.unstubAllGlobals()
    expect(html).toBe('<p>idle</p>')
    expect(fakes.network.sockets).toEqual([])
    container.innerHTML = html
    app = createSSRApp(showing(fakes.options))
    app.mount(container)
    await pass(fakes)
    expect(text()).toBe('open')
  })
})

describe('what is sent [CC-228]', () => {
  it('in setup, and after the component is unmounted, is refused', async () => {
    const fakes = rig()
    const results: SendResult[] = []
    mount(
      defineComponent(() => {
        const {send} = (held = useConnection(url, fakes.options))
        results.push(send('too early'))
        onMounted(() => results.push(send('in time')))
        return () => ''
      }),
    )
    await pass(fakes)
    app!.unmount()
    app = undefined
    results.push(held.send('too late'))
    expect(results).toEqual(['refused', 'buffered', 'refused'])
    expect(sent(fakes)).toEqual(['in time'])
    await pass(fakes)
  })

  it('by the mounted hook of a child is buffered', async () => {
    const fakes = rig()
    const results: SendResult[] = []
    const Child = defineComponent({
      props: ['send'],
      setup: ({send}) => {
        onMounted(() => results.push(send('join')))
        return () => ''
      },
    })
    mount(
      defineComponent(() => {
        const {send} = useConnection(url, fakes.options)
        return () => h(Child, {send})
      }),
    )
    await pass(fakes)
    expect(results).toEqual(['buffered'])
    expect(sent(fakes)).toEqual(['join'])
  })
})
