// Is a runtime's count of what never left believed exactly where that has been measured?

import {afterEach, describe, expect, it, vi} from 'vitest'
import {unsentBytes} from '../../src/platform/websocket.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A socket of the runtime's own class (here any), in a runtime that has these globals. */
const socketIn = (globals: Record<string, unknown>, fields: object = {}): any => {
  for (const [name, value] of Object.entries({navigator: undefined, ...globals, WebSocket: EventTarget})) vi.stubGlobal(name, value)
  return Object.assign(new EventTarget(), {readyState: 3, bufferedAmount: 500, extensions: ''}, fields)
}

const brands = (...names: string[]): object => ({navigator: {userAgentData: {brands: names.map((brand) => ({brand}))}}})
const trusted: Record<string, object> = {Firefox: {InternalError: Error}, Chromium: brands('Not)A;Brand', 'Chromium'), Bun: {Bun: {}}}

describe('what certainly never left [CC-176]', () => {
  it.each(Object.entries(trusted))('is what a closed socket of %s still counts', (_, globals) => {
    expect(unsentBytes(socketIn({...globals}))).toBe(500)
  })

  it.each(Object.entries(trusted))('is nothing in %s while the socket may still send', (_, globals) => {
    for (const readyState of [0, 1, 2]) expect(unsentBytes(socketIn({...globals}, {readyState}))).toBe(0)
  })

  it.each(Object.entries(trusted))('is nothing in %s for a socket of another class', (_, globals) => {
    const socket = socketIn({...globals})
    vi.stubGlobal('WebSocket', Map)
    expect(unsentBytes(socket)).toBe(0)
  })

  it('is nothing in a runtime that nobody measured', () => {
    expect(unsentBytes(socketIn({}))).toBe(0)
    expect(unsentBytes(socketIn({WebSocketPair: Map}))).toBe(0)
    expect(unsentBytes(socketIn({navigator: {}}))).toBe(0)
    expect(unsentBytes(socketIn({...brands('Deno')}))).toBe(0)
    expect(unsentBytes(socketIn({navigator: {userAgentData: {}}}))).toBe(0)
  })

  it.each(Object.entries(trusted))('is the same in %s with compression, unless it counts compressed bytes', (name, globals) => {
    expect(unsentBytes(socketIn({...globals}, {extensions: 'permessage-deflate'}))).toBe(name === 'Bun' ? 0 : 500)
  })

  it('is nothing where the socket counts nothing', () => {
    expect(unsentBytes(socketIn({InternalError: Error}, {bufferedAmount: undefined}))).toBe(0)
  })
})
