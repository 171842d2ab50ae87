// The script tag: the same names on one global, `closecall`, the drop-in class, and what the codes mean, in English.

export * from './index.ts'
export {compare, explain} from './catalog/english.ts'
export {ReconnectingWebSocket, withOptions} from './websocket/index.ts'
