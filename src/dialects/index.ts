// closecall/dialects: what the codes of real services mean. Every export by name.

export {defineDialect, type DefinedDialect, type DialectDefinition, type DialectRule, type DialectRules, type MessageRules} from './define.ts'
export type {Dialect, InBandHint} from '../core/index.ts'
