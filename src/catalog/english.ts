// What does this close mean, in English? For the script tag, which pays for no other language.

import type {Comparison, Explanation, ExplainOptions} from './explanation.ts'
import {en} from './en.ts'
import {compareIn, explainIn} from './explain.ts'

/** As in `closecall/catalog`, in English only. */
export const explain = (code: number, options?: ExplainOptions): Explanation => explainIn({en}, code, options)

/** As in `closecall/catalog`, in English only. */
export const compare = (left: number, right: number, options?: ExplainOptions): Comparison => compareIn({en}, left, right, options)
