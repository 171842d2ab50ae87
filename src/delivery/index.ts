// closecall/delivery: messages are kept until the server has them, with any server that acknowledges. Every export by name.

export {acknowledged, type AcknowledgedOptions, type DedupeOptions} from './acknowledged.ts'
export type {Delivery, MessageId} from '../core/index.ts'
