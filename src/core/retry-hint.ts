// Did the server say when to come back?

/** When to come back, in milliseconds from now: at a moment drawn from `[after, after + spread)`. */
export interface RetryHint {
  after: number
  /** Absent: one second, the precision of `Retry-After`, so that clients given the same number don't return in the same instant. */
  spread?: number
}

// A number in seconds after the key, in plain text (`retry-after=1.5;spread=10`) or in JSON (`{"retryAfter":1.5}`,
// `{"Retry-After":"10"}`, `{"retry_after_ms":1500}`). Never JSON.parse: a reason such as `503` or `null` is JSON, too, and
// has undone another client. A number that doesn't end where it should is no number of ours.
const after = /\bretry[-_]?after(?:[-_]?(ms|seconds|s))?"?\s*[=:]\s*"?(\d+(?:\.\d+)?)(?![\w.])/i
const spread = /\bspread"?\s*[=:]\s*"?(\d+(?:\.\d+)?)(?![\w.])/i

/**
 * The hint in a close reason, if there is one: `retry-after=SECONDS`, `spread=SECONDS`, both joined by `;`, or JSON with one
 * of `retryAfter`, `retry_after`, `retryAfterMs`, `retry_after_ms`, `retry_after_seconds`, `Retry-After`. Not clamped: that is the machine's part.
 *
 * @example parseRetryHint('retry-after=3;spread=10') // {after: 3000, spread: 10000}
 */
export function parseRetryHint(reason: string): RetryHint | undefined {
  const pause = after.exec(reason)
  const width = spread.exec(reason)
  if (!pause && !width) return undefined
  return {
    after: pause ? Number(pause[2]) * (pause[1]?.toLowerCase() === 'ms' ? 1 : 1000) : 0,
    spread: width ? Number(width[1]) * 1000 : undefined,
  }
}

/**
 * The hint in an HTTP `Retry-After` field: whole seconds, or a date.
 *
 * @param now milliseconds since 1970, to measure a date from
 * @see RFC 9110 §10.2.3
 */
export function parseRetryAfter(field: string, now: number): RetryHint | undefined {
  const text = field.trim()
  const pause = /^\d+$/.test(text) ? Number(text) * 1000 : /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) - now : NaN
  return Number.isNaN(pause) ? undefined : {after: Math.max(0, pause)}
}
