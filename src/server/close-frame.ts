// What does a server say when it closes, so that clients come back at the right time?

import {check, fill, follows, must} from '../core/check.ts'
import {byteLength, CloseCode} from '../core/index.ts'

/** What the `close(code, reason)` of a server library takes. */
export interface CloseFrame {
  code: number
  /** At most 123 bytes in UTF-8. */
  reason: string
}

/**
 * When clients are to come back: each at a moment drawn from `[after, after + spread)`, ms from now. A hint goes before the client's
 * own backoff, which would grow with every refusal: say nothing where nothing is known. Clients take each number for ten minutes at most,
 * unless their `backoff.maxHint` says otherwise.
 */
export interface ReturnHint {
  /** How long nobody is wanted, ms: until the restart is over, the window of a rate limit, the queue has drained. Default: not said; a spread then begins at once. */
  after?: number
  /**
   * Over how long they come back, ms. Choose the clients that are closed, divided by the connections that the server can take per ms:
   * 10 000 clients at 200 a second need 50 000. Default: not said; clients take one second after `after`.
   */
  spread?: number
}

/** What a close with a meaning of its own may say. */
export interface CloseOptions extends ReturnHint {
  /**
   * Sends the code's double in the private range (4912–4914) instead. Clients of closecall, and only they, take it for the same.
   * WebKit's libsoup makes 1006 of 1012–1014, Deno of 1014: what is lost with the code is the hint, the spread, and the other address.
   * Default false.
   */
  alias?: boolean
}

/** The longest that a timer can count. */
const pause = '0..2147483647'

export const hintRules: Readonly<Record<'after' | 'spread', string>> = {after: pause, spread: pause}

/** [RFC 6455 §7.4]: of the others some have no meaning, some are never sent. */
const sendable = '1000..1003 or 1007..1014 or 3000..4999'

/** What a control frame holds, less the code. [RFC 6455 §5.5] */
const longestReason = 123

/**
 * A code and a reason that any server library sends as they are: the reason is cut to 123 bytes of UTF-8, never within a character
 * or an emoji, and half a surrogate pair becomes U+FFFD. A hint goes before the text, so it is never cut.
 *
 * @param code 1000–1003, 1007–1014 or 3000–4999
 * @param text for developers who read logs; clients look for a hint in it, too
 * @throws one sentence for a code that may not be sent, or a hint that can't be used
 * @example
 * const {code, reason} = closeReason(CloseCode.InternalError, 'the database is away', {after: 5000})
 * socket.close(code, reason) // 1011, 'retry-after=5; the database is away'
 */
export function closeReason(code: number, text = '', hint: ReturnHint = {}): CloseFrame {
  must(Number.isInteger(code) && follows(code, sendable), 'code', `one that may be sent, ${sendable}`, code)
  check(text, 'text', 'a string')
  const {after, spread} = fill<ReturnHint>('hint', {}, hintRules, hint)
  const said = [part('retry-after', after), part('spread', spread)].filter(Boolean).join(';')
  // A hint by itself fits, and a server that sheds thousands has no time to look for characters in it.
  return {code, reason: text ? cut(said ? `${said}; ${text}` : text) : said}
}

/**
 * 1013: too much to do for now. Clients come back when the hint says, at another address first if they have several; without a hint
 * by their exponential backoff.
 *
 * @throws one sentence for an option that can't be used
 * @example
 * const {code, reason} = tryAgainLater({after: 3000, spread: 10_000})
 * socket.close(code, reason) // 1013, 'retry-after=3;spread=10'
 */
export const tryAgainLater = (options: CloseOptions = {}): CloseFrame => frame(CloseCode.TryAgainLater, CloseCode.TryAgainLaterAlias, options)

/**
 * 1012: this server goes, and one like it comes. Clients come back when the hint says, at another address first if they have several;
 * without a hint after 5–30 s, drawn evenly.
 *
 * @throws one sentence for an option that can't be used
 * @example
 * const {code, reason} = serviceRestart({after: 2000, spread: (sockets.size / 200) * 1000}) // 200 a second
 * for (const socket of sockets) socket.close(code, reason)
 */
export const serviceRestart = (options: CloseOptions = {}): CloseFrame => frame(CloseCode.ServiceRestart, CloseCode.ServiceRestartAlias, options)

/**
 * 1014: from a gateway or proxy, for the server behind it that gave no good answer. Clients come back when the hint says; without one
 * by their exponential backoff.
 *
 * @throws one sentence for an option that can't be used
 * @example
 * const {code, reason} = badGateway()
 * socket.close(code, reason) // 1014, ''
 */
export const badGateway = (options: CloseOptions = {}): CloseFrame => frame(CloseCode.BadGateway, CloseCode.BadGatewayAlias, options)

const frame = (code: number, double: number, options: CloseOptions): CloseFrame => {
  const {alias, ...hint} = fill<CloseOptions>('options', {}, {...hintRules, alias: 'a boolean'}, options)
  return closeReason(alias ? double : code, '', hint)
}

/** In seconds, to the millisecond: what has three decimals at most is never written with an exponent. */
const part = (key: string, ms: number | undefined): string => (ms === undefined ? '' : `${key}=${Math.round(ms) / 1000}`)

const cut = (text: string): string => {
  let kept = ''
  let bytes = 0
  // No more is looked at than could count: a reason may be a whole stack trace.
  const wellFormed = text.slice(0, 4 * longestReason).replace(/\p{Surrogate}/gu, '\uFFFD')
  for (const {segment} of new Intl.Segmenter('en').segment(wellFormed)) {
    bytes += byteLength(segment)
    if (bytes > longestReason) break
    kept += segment
  }
  return kept
}
