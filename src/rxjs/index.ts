// closecall/rxjs: a connection as an observable. Every export by name.

export {connection, type Connection} from './connection.ts'
