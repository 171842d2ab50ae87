// closecall/react: a connection as a hook. Every export by name.

export {useConnection, type Connection} from './use-connection.ts'
export type {ConnectionOptions, MaybeAddress, Snapshot} from '../client/view.ts'
