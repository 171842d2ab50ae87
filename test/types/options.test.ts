// Do the types take what users hand in, and refuse what can't work? Checked by the compiler when the suite type-checks its tests.

import {describe, expectTypeOf, it} from 'vitest'
import type {WebSocket as NodeWebSocket} from 'ws'
import {connect, type Client, type Options, type State} from '../../src/index.ts'

describe('the types', () => {
  it('take every WebSocket class', () => {
    expectTypeOf<typeof NodeWebSocket>().toExtend<NonNullable<Options['WebSocket']>>()
    expectTypeOf<typeof WebSocket>().toExtend<NonNullable<Options['WebSocket']>>()
  })

  it('take an address as text, URL or function, at once or later', () => {
    expectTypeOf(connect).parameter(0).extract<string>().toBeString()
    expectTypeOf(connect).parameter(0).extract<URL>().toEqualTypeOf<URL>()
    expectTypeOf<() => Promise<URL>>().toExtend<Parameters<typeof connect>[0]>()
    // @ts-expect-error a number is no address
    void ((): Client => connect(80))
  })

  it('refuse unknown options, verdicts and events', () => {
    // @ts-expect-error no such option
    void ({maxDelay: 3} satisfies Options)
    // @ts-expect-error no such verdict
    void ({verdicts: {1013: 'ignore'}} satisfies Options)
    // @ts-expect-error no such event
    void ((client: Client) => client.on('reconnect', () => {}))
  })

  it('know what listeners are given', () => {
    void ((client: Client) => {
      client.on('retry', (state) => {
        expectTypeOf(state.retryAt).toBeNumber()
        expectTypeOf(state.verdict.name).toBeString()
      })
      client.on('state', (state) => expectTypeOf(state).toEqualTypeOf<State>())
      client.on('report', ({cause}) => expectTypeOf(cause).exclude<undefined>().toExtend<string>())
    })
  })

  it('narrow a state by its name', () => {
    void ((state: State) => {
      if (state.name === 'backoff') expectTypeOf(state.last.code).toBeNumber()
      // @ts-expect-error an open client waits for nothing
      if (state.name === 'open') void state.retryAt
    })
  })
})
