// How is a value written as JSON, and read?

import type {Codec} from '../client/codec.ts'

/** What JSON can have a form for. Whether it has, the value itself must say: see {@link json}. */
export type JsonData = string | number | boolean | object | null

/**
 * JSON, as text. For the `codec` option.
 *
 * What `JSON.stringify` throws at (a cycle, a BigInt, a `toJSON()` that throws) or has no form for (undefined, a function, a symbol) is refused by
 * `send()` and `deliver()` (`INVALID`, with the error as its `cause`), and nothing is sent. What it writes otherwise than it is given (NaN as
 * `null`, a Date as text, a Map as `{}`) goes out like that.
 *
 * Incoming text is parsed, and so are bytes that are UTF-8. What can't be is told by `invalid`, and so is a Blob: leave `binaryType` at
 * `'arraybuffer'`. Parsed is not checked: the `schema` option says what a message must be.
 *
 * @example
 * import {json} from 'closecall/codecs'
 * const client = connect('wss://api.example.com/live', {codec: json})
 * client.send({subscribe: 'prices'})
 * client.on('message', ({price}) => console.log(price))
 */
export const json: Codec<any, JsonData> = {
  encode: (data) => {
    const text: string | undefined = JSON.stringify(data)
    if (text === undefined) throw new TypeError(`JSON has no form for what is ${typeof data}`)
    return text
  },
  decode: (data: unknown) => JSON.parse(typeof data === 'string' ? data : textOf(data)),
}

/** @param data an ArrayBuffer or a view, also of another realm */
const textOf = (data: unknown): string => {
  // A Blob's bytes are there only after a while, and messages have an order.
  if ((data as ArrayBuffer | null | undefined)?.byteLength === undefined) throw new TypeError("a Blob can't be decoded at once: `binaryType` must be 'arraybuffer'")
  return new TextDecoder('utf-8', {fatal: true}).decode(data as ArrayBuffer)
}
