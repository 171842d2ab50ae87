// Which languages are there? Another one is a file beside this, and a line here.

import type {Comparison, Explanation, ExplainOptions, Listed} from './explanation.ts'
import {en} from './en.ts'
import {codesIn, compareIn, explainIn, type Languages} from './explain.ts'
import {fr} from './fr.ts'

const all = {en, fr} satisfies Languages

/** The languages that there are, as BCP 47 tags in lower case. */
export const languages: readonly string[] = Object.keys(all)

/**
 * What a close code means, when it is seen, what to do about it, and what closecall does.
 *
 * With facts of the close in `context` it says more: a refused handshake by its `status`, a connection that never opened, a retry
 * hint in the `reason`. With a `dialect` there, private codes say what the service means by them; with `verdicts`, what closecall does
 * is what it does under them. `context` can be a whole `Close`, and is never shown: no text holds a server's words.
 *
 * @param code 1–65535, or 0, which Deno reports for 1006
 * @throws ClosecallError `INVALID`: one sentence for what is no code, no language that there is, or no context
 * @example
 * explain(1007).howToFix // 'Look at the last messages sent: …'
 * explain(1013, {locale: 'fr'}).name // 'Réessayez plus tard'
 * explain(1006, {context: {status: 429}}).name // 'Too Many Requests'
 * explain(4409, {context: {dialect: graphqlTransportWs}}).name // 'SubscriberAlreadyExists'
 */
export const explain = (code: number, options?: ExplainOptions): Explanation => explainIn(all, code, options)

/**
 * The difference between two codes, point by point: what they mean, who is at fault, when they are seen, what closecall does, what
 * to do, and when to send which. The `context` holds for both; `explain` says more about it.
 *
 * @throws as `explain` does
 * @example
 * compare(1007, 1013).summary // '1007 is a bug in the sender, which no retry mends; 1013 is a passing overload, which a retry with backoff gets over.'
 */
export const compare = (left: number, right: number, options?: ExplainOptions): Comparison => compareIn(all, left, right, options)

/**
 * Everything that has an entry of its own: the named codes and, among them in rising order, the ranges; then the HTTP statuses of
 * refused handshakes.
 *
 * @throws as `explain` does
 * @example codes().map(({title, explanation}) => `${title} ${explanation.name}`) // ['1–999 Illegal code', '1000 Normal Closure', …]
 */
export const codes = (options?: Pick<ExplainOptions, 'locale'>): readonly Listed[] => codesIn(all, options)
