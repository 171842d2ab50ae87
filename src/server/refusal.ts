// How is a request for an upgrade refused, so that the client comes back at the right time?

import {fill, must} from '../core/check.ts'
import {hintRules, type ReturnHint} from './close-frame.ts'

/** What `new Response(null, …)` takes, and whatever else answers HTTP. */
export interface Refusal {
  status: number
  statusText: string
  headers: Record<string, string>
}

export interface RefusalOptions extends ReturnHint {
  /** 503: the server has too much to do. 429: this client asks for too much. Default 503. */
  status?: 429 | 503
  /** From 0 up to 1. Default `Math.random`. */
  random?: () => number
}

const statusTexts: Readonly<Record<number, string>> = {429: 'Too Many Requests', 503: 'Service Unavailable'}

/**
 * An answer that refuses the upgrade, with `Retry-After` in whole seconds, rounded up. HTTP knows no spread, so each answer draws its
 * own moment from `[after, after + spread)`: make one for each request. Without `after` and `spread` there is no `Retry-After`, and
 * clients go by their exponential backoff.
 *
 * Only clients outside a page can read it. To a page every refusal looks the same: where the hint matters, accept, and close with
 * `tryAgainLater()`.
 *
 * @throws one sentence for an option that can't be used
 * @see RFC 9110 §10.2.3
 * @example
 * return new Response(null, httpRetryAfter({after: 5000, spread: 20_000}))
 * // {status: 503, statusText: 'Service Unavailable', headers: {'Retry-After': '17'}}
 */
export function httpRetryAfter(options: RefusalOptions = {}): Refusal {
  const {after, spread, status = 503, random = Math.random} = fill<RefusalOptions>('options', {}, rules, options)
  const statusText = statusTexts[status]
  must(statusText, 'status', '429 or 503', status)
  const delay = (after ?? 0) + random() * (spread ?? 0)
  return {status, statusText: statusText!, headers: after === undefined && spread === undefined ? {} : {'Retry-After': String(Math.ceil(delay / 1000))}}
}

/**
 * The same as text, for a server that is left alone with the TCP socket: Node's `upgrade` event.
 *
 * @throws one sentence for an option that can't be used
 * @see RFC 9112 §4
 * @example
 * server.on('upgrade', (request, socket, head) => {
 *   if (full()) socket.on('error', () => {}).end(rawRetryAfter({after: 5000, spread: 20_000}), () => socket.destroy())
 *   else wss.handleUpgrade(request, socket, head, welcome)
 * })
 */
export function rawRetryAfter(options: RefusalOptions = {}): string {
  const {status, statusText, headers} = httpRetryAfter(options)
  const fields = Object.entries({...headers, Connection: 'close', 'Content-Length': '0'}).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${statusText}\r\n${fields.join('')}\r\n`
}

const rules = {...hintRules, status: 'a number', random: 'a function'}
