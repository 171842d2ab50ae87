// closecall/vue: a connection as a composable. Every export by name.

export {useConnection, type Connection} from './use-connection.ts'
export type {ConnectionOptions, MaybeAddress} from '../client/view.ts'
