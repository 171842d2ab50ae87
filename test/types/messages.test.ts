// Do the types of messages flow from codec and schema to whoever sends and listens? Checked by the compiler when the suite type-checks its tests.

import {type} from 'arktype'
import * as v from 'valibot'
import {describe, expectTypeOf, it} from 'vitest'
import {z} from 'zod'
import {connect, type Client, type Codec, type Message, type Options, type SendData} from '../../src/index.ts'
import {json, type JsonData} from '../../src/codecs/index.ts'
import {acknowledged} from '../../src/delivery/index.ts'
import {streams} from '../../src/streams/index.ts'

interface Price {
  symbol: string
  price: number
}

interface Order {
  id: number
  item: string
}

const url = 'wss://example.test'

const orders: Codec<{ack: number}, Order> = {encode: JSON.stringify, decode: JSON.parse}

describe('without codec and schema', () => {
  it('messages are what the runtime delivers and sends [CC-184]', () => {
    void (() => {
      const client = connect(url)
      expectTypeOf(client).toEqualTypeOf<Client<any, SendData>>()
      expectTypeOf(client).toEqualTypeOf<Client>()
      expectTypeOf(connect(url, {lint: 'off'})).toEqualTypeOf<Client>()
      client.on('message', (data) => expectTypeOf(data).toBeAny())
      client.send(new Uint8Array(1))
      // @ts-expect-error a WebSocket takes no object
      client.send({id: 1})
    })
  })
})

describe('with a codec', () => {
  it('send() and deliver() take what it encodes [CC-184]', () => {
    void (() => {
      const client = connect(url, {codec: json})
      client.send({id: 1})
      void client.deliver([1, 'a', null])
      expectTypeOf(client.send).parameter(0).toEqualTypeOf<JsonData>()
      // @ts-expect-error JSON has no undefined
      client.send(undefined)
      // @ts-expect-error nor a BigInt
      client.send(5n)
      expectTypeOf(client.takeUnsent()).toEqualTypeOf<Message<JsonData>[]>()
      client.on('drop', ({data}) => expectTypeOf(data).toEqualTypeOf<JsonData>())
      client.on('message', (data) => expectTypeOf(data).toBeAny())
    })
  })

  it('of your own, it is your type that is sent [CC-184]', () => {
    void (() => {
      const client = connect(url, {codec: orders})
      client.send({id: 1, item: 'tea'})
      // @ts-expect-error that is no order
      client.send({id: 1})
      // @ts-expect-error nor is a text
      client.send('tea')
    })
  })

  it('of your own, what it decodes to is what is told, read and streamed [CC-184]', () => {
    void (async () => {
      const client = connect(url, {codec: orders, onOpen: async (session) => expectTypeOf(await session.receive()).toEqualTypeOf<{ack: number}>()})
      client.on('message', (data) => expectTypeOf(data).toEqualTypeOf<{ack: number}>())
      for await (const data of client) expectTypeOf(data).toEqualTypeOf<{ack: number}>()
      expectTypeOf(streams(client).readable).toEqualTypeOf<ReadableStream<{ack: number}>>()
      expectTypeOf(streams(client).writable).toEqualTypeOf<WritableStream<Order>>()
      expectTypeOf(client.takeUnsent()).toEqualTypeOf<Message<Order>[]>()
      // @ts-expect-error that is no order
      void client.deliver('tea')
    })
  })

  it('that encodes to what no WebSocket takes is refused [CC-184]', () => {
    // @ts-expect-error a WebSocket takes no number
    void ((): Client<any, any> => connect(url, {codec: {encode: (data: Order) => data.id, decode: JSON.parse}}))
    // @ts-expect-error nor a promise
    void (() => connect(url, {codec: {encode: async (data: Order) => JSON.stringify(data), decode: JSON.parse}}))
  })
})

const zod = z.object({symbol: z.string(), price: z.number()})
const valibot = v.object({symbol: v.string(), price: v.number()})
const ark = type({symbol: 'string', price: 'number'})

describe('with a schema', () => {
  it('of zod, valibot or arktype, listeners are given its output [CC-185]', () => {
    void (() => {
      for (const client of [connect(url, {codec: json, schema: zod}), connect(url, {codec: json, schema: valibot}), connect(url, {codec: json, schema: ark})]) expectTypeOf(client).toEqualTypeOf<Client<Price, JsonData>>()
      const client = connect(url, {schema: zod, codec: json})
      client.on('message', (data, event) => {
        expectTypeOf(data).toEqualTypeOf<Price>()
        expectTypeOf(event.data).toBeAny()
        // @ts-expect-error it has no volume
        void data.volume
      })
      client.once('message', (data) => expectTypeOf(data).toEqualTypeOf<Price>())
      // @ts-expect-error a message is no text
      client.on('message', (data: string) => data)
    })
  })

  it('iterators yield its output [CC-185]', () => {
    void (async () => {
      const client = connect(url, {codec: json, schema: zod})
      for await (const data of client) expectTypeOf(data).toEqualTypeOf<Price>()
      for await (const data of client.messages({maxMessages: 10})) expectTypeOf(data).toEqualTypeOf<Price>()
    })
  })

  it('a session sends and receives as the client does [CC-185]', () => {
    void (() =>
      connect(url, {
        codec: json,
        schema: zod,
        onOpen: async (session) => {
          session.send({subscribe: 'prices'})
          // @ts-expect-error JSON has no BigInt
          session.send(5n)
          expectTypeOf(await session.receive()).toEqualTypeOf<Price>()
          await session.receive(({price}) => price > 5)
          // @ts-expect-error it has no volume
          await session.receive(({volume}) => volume > 5)
        },
      }))
  })

  it('a session that waits for some messages is given their type [CC-174] [CC-185]', () => {
    void (() =>
      connect(url, {
        codec: json,
        schema: z.discriminatedUnion('type', [z.object({type: z.literal('welcome'), id: z.number()}), z.object({type: z.literal('price')})]),
        onOpen: async (session) => {
          expectTypeOf(await session.receive((data) => data.type === 'welcome')).toEqualTypeOf<{type: 'welcome'; id: number}>()
          expectTypeOf((await session.receive()).type).toEqualTypeOf<'welcome' | 'price'>()
        },
      }))
  })

  it('it is the output that counts, not the input [CC-185]', () => {
    void (() => {
      expectTypeOf(connect(url, {schema: z.string().transform((text) => text.length)})).toEqualTypeOf<Client<number, SendData>>()
      expectTypeOf(connect(url, {schema: v.pipe(v.string(), v.transform(Number))})).toEqualTypeOf<Client<number, SendData>>()
      expectTypeOf(connect(url, {schema: type('string.numeric.parse')})).toEqualTypeOf<Client<number, SendData>>()
      expectTypeOf(connect(url, {schema: v.pipeAsync(v.string(), v.checkAsync(async () => true))})).toEqualTypeOf<Client<string, SendData>>()
    })
  })

  it('what is no Standard Schema is refused [CC-185]', () => {
    // @ts-expect-error it has no `~standard`
    void ((): Client => connect(url, {schema: {parse: JSON.parse}}))
    // @ts-expect-error nor has this
    void ((): Client => connect(url, {schema: (value: unknown) => value}))
  })
})

describe('with delivery', () => {
  it('its functions know the messages [CC-185]', () => {
    void (() => {
      const client = connect(url, {codec: orders, schema: z.object({ack: z.number()}), delivery: acknowledged({id: (order: Order) => order.id, ack: (message: {ack: number}) => message.ack})})
      expectTypeOf(client).toEqualTypeOf<Client<{ack: number}, Order>>()
    })
  })

  it('whose functions don\'t say their types, those of codec and schema stay [CC-184] [CC-185]', () => {
    void (() => {
      const delivery = acknowledged({id: (order) => order.id, ack: (message) => message.ack})
      const client = connect(url, {codec: orders, delivery: acknowledged({id: (order) => order.id, ack: (message) => message.ack})})
      for (const same of [client, connect(url, {codec: orders, delivery})]) expectTypeOf(same).toEqualTypeOf<Client<{ack: number}, Order>>()
      expectTypeOf(connect(url, {codec: json, delivery: acknowledged({id: (order) => order.id, ack: (message) => message.ack})})).toEqualTypeOf<Client<any, JsonData>>()
      expectTypeOf(connect(url, {codec: json, schema: zod, delivery: acknowledged({id: (order) => order.id, ack: () => undefined})})).toEqualTypeOf<Client<Price, JsonData>>()
    })
  })

  it('types that don\'t fit are refused [CC-185]', () => {
    // @ts-expect-error an order is no text
    void (() => connect(url, {codec: orders, delivery: acknowledged({id: (data: string) => data, ack: () => undefined})}))
    const delivery = acknowledged({id: (order: Order) => order.id, ack: (message: {ack: number}) => message.ack})
    expectTypeOf(delivery().id).parameter(0).toEqualTypeOf<Order>()
    // @ts-expect-error an id is a text or a number
    void (() => acknowledged({id: (order: Order) => order, ack: () => 1}))
    // @ts-expect-error it can't do without `ack`
    void (() => acknowledged({id: () => 1}))
  })
})

it('both types can be said instead [CC-184] [CC-185]', () => {
  void (() => {
    const client = connect<Price, Order>(url, {codec: json})
    client.on('message', (data) => expectTypeOf(data).toEqualTypeOf<Price>())
    client.send({id: 1, item: 'tea'})
    // @ts-expect-error that is no order
    client.send({id: 1})
    void ({codec: json, schema: zod, onOpen: (session) => session.send({id: 1, item: 'tea'})} satisfies Options<Price, Order>)
  })
})
