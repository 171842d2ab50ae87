// The script tag: the same names on one global, `closecall`, and what the codes mean, in English.

export * from './index.ts'
export {compare, explain} from './catalog/english.ts'
