// Does the page's own telling become the right signal?

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {pageEnvironment, type Environment, type Signal} from '../../src/platform/environment.ts'

type Listening = [type: string, capture: unknown]

let target: EventTarget
let listening: Listening[]
let environment: Environment
let heard: Signal[]

beforeEach(() => {
  target = new EventTarget()
  listening = []
  heard = []
  vi.stubGlobal('document', {visibilityState: 'visible'})
  vi.stubGlobal('addEventListener', (type: string, listener: EventListener, capture: boolean) => {
    listening.push([type, capture])
    target.addEventListener(type, listener, capture)
  })
  vi.stubGlobal('removeEventListener', (type: string, listener: EventListener, capture: boolean) => {
    const at = listening.findIndex((each) => each[0] === type && each[1] === capture)
    if (at >= 0) listening.splice(at, 1)
    target.removeEventListener(type, listener, capture)
  })
  environment = pageEnvironment()
})

afterEach(() => {
  vi.unstubAllGlobals()
})

const tell = (type: string, fields: object = {}): boolean => target.dispatchEvent(Object.assign(new Event(type), fields))

describe('the signals [CC-96] [CC-97]', () => {
  it.each<[string, object, Signal[], boolean]>([
    ['online', {}, ['online'], false],
    ['offline', {}, ['offline'], false],
    ['freeze', {}, ['freeze'], true],
    ['resume', {}, ['wake'], false],
    ['pageshow', {persisted: true}, ['wake'], false],
    ['pageshow', {persisted: false}, ['wake'], false],
    ['pagehide', {persisted: true}, ['pagehide'], true],
    // For good: nothing may be opened any more.
    ['pagehide', {persisted: false}, ['freeze'], true],
    ['visibilitychange', {}, ['wake'], false],
  ])('%s %j is %j', (type, fields, signals, frozen) => {
    environment.subscribe((signal) => heard.push(signal))
    tell(type, fields)
    expect(heard).toEqual(signals)
    expect(environment.frozen).toBe(frozen)
  })

  it('a page that is hidden is no signal', () => {
    vi.stubGlobal('document', {visibilityState: 'hidden'})
    environment.subscribe((signal) => heard.push(signal))
    tell('visibilitychange')
    expect(heard).toEqual([])
  })

  it('a frozen page is thawed by a wake only', () => {
    environment.subscribe((signal) => heard.push(signal))
    for (const type of ['freeze', 'online', 'offline']) tell(type)
    expect(environment.frozen).toBe(true)
    tell('resume')
    expect(environment.frozen).toBe(false)
  })
})

describe('the listeners [CC-99]', () => {
  it('are set with the first subscription, and go with the last', () => {
    expect(listening).toEqual([])
    const first = environment.subscribe(() => {})
    const set = [...listening]
    expect(set.length).toBeGreaterThan(0)
    const second = environment.subscribe(() => {})
    expect(listening).toEqual(set)
    first()
    first()
    expect(listening).toEqual(set)
    second()
    expect(listening).toEqual([])
    environment.subscribe(() => {})
    expect(listening).toEqual(set)
  })

  it('capture in a page, since not all these events bubble; nowhere else, since workerd refuses it', () => {
    environment.subscribe(() => {})
    expect(new Set(listening.map(([, capture]) => capture))).toEqual(new Set([true]))
    vi.stubGlobal('document', undefined)
    listening = []
    const stop = pageEnvironment().subscribe(() => {})
    expect(new Set(listening.map(([, capture]) => capture))).toEqual(new Set([false]))
    vi.stubGlobal('document', {})
    stop()
    expect(listening).toEqual([])
  })

  it('may unsubscribe while they are told', () => {
    const stop = environment.subscribe((signal) => {
      heard.push(signal)
      stop()
    })
    environment.subscribe((signal) => heard.push(signal))
    tell('online')
    tell('online')
    expect(heard).toEqual(['online', 'online', 'online'])
  })

  it('remember that the page is gone for good, though nobody listens any more [CC-98]', () => {
    const stop = environment.subscribe(() => {})
    tell('pagehide', {persisted: false})
    stop()
    expect(environment.frozen).toBe(true)
    environment.subscribe(() => {})
    expect(environment.frozen).toBe(true)
  })

  it('forget that the page was frozen when nobody listens any more', () => {
    const stop = environment.subscribe(() => {})
    tell('freeze')
    stop()
    expect(environment.frozen).toBe(false)
  })
})

it.each([
  [undefined, true],
  [{}, true],
  [{onLine: true}, true],
  [{onLine: false}, false],
])('with navigator %j it is online: %s [CC-55]', (navigator, online) => {
  vi.stubGlobal('navigator', navigator)
  expect(environment.online).toBe(online)
})
