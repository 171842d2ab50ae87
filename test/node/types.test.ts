// Do the types of `closecall/node` take what users hand in, and refuse what can't work? Checked by the compiler.

import {Agent} from 'node:https'
import {describe, expectTypeOf, it} from 'vitest'
import type {ClientOptions} from 'ws'
import type {Client, Options} from '../../src/index.ts'
import {connect, webSocketClass, type NodeOptions} from '../../src/node/index.ts'

const url = 'wss://example.test'

describe('the types of closecall/node', () => {
  it('hand to headers what credentials give', () => {
    void ((): Client =>
      connect(url, {
        credentials: async () => ({token: 'x'}),
        headers: (credentials) => {
          expectTypeOf(credentials).toEqualTypeOf<{token: string}>()
          return {authorization: credentials.token, 'x-tags': ['a', 'b']}
        },
      }))
    // @ts-expect-error credentials are text, not a number
    void ((): Client => connect(url, {credentials: () => 'x', headers: (token: number) => ({authorization: `${token}`})}))
    // @ts-expect-error a header is text
    void ((): Client => connect(url, {headers: {'content-length': 5}}))
    // @ts-expect-error headers can't be waited for
    void ((): Client => connect(url, {headers: async () => ({})}))
  })

  it('take every option of the main connect but the class, and those of ws', () => {
    expectTypeOf<Omit<Options, 'WebSocket'>>().toExtend<NodeOptions>()
    void ((options: ClientOptions): Client => connect(url, {agent: new Agent(), ws: options}))
    void ((): Client => connect(url, {ws: {rejectUnauthorized: false}, heartbeat: false}))
    // @ts-expect-error it brings its own
    void ((): Client => connect(url, {WebSocket: globalThis.WebSocket}))
    // @ts-expect-error no such option
    void ((): Client => connect(url, {header: {}}))
  })

  it('give a class for the main connect', () => {
    expectTypeOf(webSocketClass({headers: () => ({})})).toExtend<NonNullable<Options['WebSocket']>>()
  })
})
