// closecall/streams: a client as a pair of WHATWG streams. Every export by name.

export {streams, type Streamed, type Streams, type StreamsOptions} from './streams.ts'
