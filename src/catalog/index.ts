// closecall/catalog: what each close code means, in English and in French. Every export by name.

export type {CodeKind, ComparedPoint, Comparison, ExplainContext, Explanation, ExplainOptions, Listed} from './explanation.ts'
export {codes, compare, explain, languages} from './languages.ts'
