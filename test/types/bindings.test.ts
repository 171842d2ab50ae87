// Do the types of messages flow through the bindings? Checked by the compiler when the suite type-checks its tests.

import type {Observable} from 'rxjs'
import {describe, expectTypeOf, it} from 'vitest'
import type {ShallowRef} from 'vue'
import {z} from 'zod'
import {json, type JsonData} from '../../src/codecs/index.ts'
import type {Client, Codec, SendData, SendResult, State} from '../../src/index.ts'
import {useConnection} from '../../src/react/index.ts'
import {connection as observe} from '../../src/rxjs/index.ts'
import {connection} from '../../src/svelte/index.ts'
import {useConnection as useInVue} from '../../src/vue/index.ts'

interface Order {
  id: number
}

const url = 'wss://example.test'
const codec: Codec<{ack: number}, Order> = {encode: JSON.stringify, decode: JSON.parse}
const schema = z.object({price: z.number()})

describe('the types', () => {
  it('are those of connect(): without codec, with one, with a schema [CC-220]', () => {
    void (() => {
      expectTypeOf(useConnection(url).client).toEqualTypeOf<Client<any, SendData> | undefined>()
      expectTypeOf(useConnection(null, {lint: 'off'}).send).parameter(0).toEqualTypeOf<SendData>()
      expectTypeOf(useConnection(url, {codec}).lastMessage).toEqualTypeOf<{ack: number} | undefined>()
      expectTypeOf(useConnection(url, {codec}).send).parameter(0).toEqualTypeOf<Order>()
      const {lastMessage, send, state, retryIn} = useConnection(url, {codec: json, schema, onMessage: (data) => expectTypeOf(data).toEqualTypeOf<{price: number}>()})
      expectTypeOf(lastMessage).toEqualTypeOf<{price: number} | undefined>()
      expectTypeOf(send).parameter(0).toEqualTypeOf<JsonData>()
      expectTypeOf(send).returns.toEqualTypeOf<SendResult>()
      expectTypeOf(state).toEqualTypeOf<State>()
      expectTypeOf(retryIn).toEqualTypeOf<number | undefined>()
      // @ts-expect-error no such option
      useConnection(url, {reconnectInterval: 1})
    })
  })

  it('reach refs, stores and observables [CC-220]', () => {
    void (() => {
      expectTypeOf(useInVue(() => url, {codec}).lastMessage).toEqualTypeOf<Readonly<ShallowRef<{ack: number} | undefined>>>()
      expectTypeOf(connection(url, {codec}).lastMessage).toEqualTypeOf<{ack: number} | undefined>()
      connection(url, {codec: json, schema}).subscribe(({lastMessage}) => expectTypeOf(lastMessage).toEqualTypeOf<{price: number} | undefined>())
      const live = observe(url, {codec})
      expectTypeOf(live).toExtend<Observable<{ack: number}>>()
      expectTypeOf(live.next).parameter(0).toEqualTypeOf<Order>()
      // @ts-expect-error there is no observable without a URL
      observe(null)
    })
  })
})
