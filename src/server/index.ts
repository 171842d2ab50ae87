// closecall/server: well-formed close frames for any server library. Every export by name.

export {CloseCode} from '../core/index.ts'
