// closecall/overload: clients of one origin slow down together. Every export by name.

export {sessionStore, type Store} from '../platform/storage.ts'
export {overload, type OverloadOptions} from './overload.ts'
