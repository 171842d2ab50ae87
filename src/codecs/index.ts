// closecall/codecs: values on the wire. Every export by name.

export {json, type JsonData} from './json.ts'
export type {Codec} from '../client/codec.ts'
