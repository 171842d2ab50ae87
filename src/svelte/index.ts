// closecall/svelte: a connection as a store, and as reactive properties. Every export by name.

export {connection, type Connection} from './connection.ts'
export type {ConnectionOptions, MaybeAddress, Snapshot} from '../client/view.ts'
