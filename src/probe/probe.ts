// A connection never opened, and browsers don't say why: what does the server answer to a plain request?

import {duration, fill, must} from '../core/check.ts'
import type {Extension, ExtensionHost} from '../client/extension.ts'
import {parseRetryAfter, type Failure} from '../core/index.ts'
import {baseURL} from '../platform/websocket.ts'

export interface ProbeOptions {
  /** Longest wait for an answer, ms; `connectTimeout` ends it, too. Default 3000. */
  timeout?: number
  /** More for `fetch`: `headers`, `credentials`, `mode` … */
  init?: Omit<RequestInit, 'body' | 'cache' | 'method' | 'redirect' | 'signal'>
  /**
   * Which handshake status an answer stands for; undefined: none. Must answer at once. Default: that of the answer where it speaks of the
   * service (401, 403, 407, 408, 425, 429 and 5xx), none where it may speak of the request only, which is no handshake.
   */
  status?: (response: Response) => number | undefined
}

/**
 * Asks a URL by HTTP GET whenever an attempt failed and the runtime did not say why, at most once an attempt. A status that speaks
 * of the service is then judged as if the handshake had shown it, its `Retry-After` included; anything else becomes the close's
 * `error`, in words. No answer, or no `fetch`, changes no verdict. So the URL must answer 200 while all is well: a 403 stops the
 * client, and so does a 401 where there are no credentials to ask for again.
 *
 * Redirects are not followed and bodies not read. From another origin the server must allow the request by CORS, and expose
 * `Retry-After`.
 *
 * @param url `http:`, `https:` or relative to the page; or a function of the WebSocket's URL
 * @throws one sentence for an argument that can't be used
 * @example connect('wss://api.example.com/live', {extensions: [probe('https://api.example.com/health')]})
 */
export const probe = (url: string | URL | ((webSocketURL: string) => string | URL), options: ProbeOptions = {}): Extension => {
  const settings: Settings = fill('options', {timeout: 3000, init: {}, status: statusOfService}, rules, options)
  if (typeof url !== 'function') toURL(url)
  return ({clock}) => ({
    investigate: async ({error}, webSocketURL, signal) => {
      if (signal.aborted || typeof globalThis.fetch !== 'function') return undefined
      const learned = await ask(toURL(typeof url === 'function' ? url(webSocketURL) : url), settings, clock, signal)
      // What the runtime said stays said, and leaves room for what we know.
      return {...learned, error: [error?.slice(0, 120).replace(/\.$/, ''), learned.error].filter(Boolean).join('; ')}
    },
  })
}

type Settings = Required<ProbeOptions>

const rules = {timeout: duration, init: 'an object', status: 'a function'}

const toURL = (value: unknown): string => {
  let url: URL | undefined
  try {
    // A function that forgot to return would otherwise lead to `undefined` beside the page.
    if (typeof value === 'string' || (value as URL).href) url = new URL(value as string, baseURL())
  } catch {
    // Said below.
  }
  // `fetch` takes no user in a URL.
  must(url && /^https?:$/.test(url.protocol) && !(url.username || url.password), 'url', 'an http: or https: URL without a user', url?.href ?? value)
  return url!.href
}

const ask = async (url: string, {timeout, init, status}: Settings, clock: ExtensionHost['clock'], signal: AbortSignal): Promise<Failure> => {
  const request = new AbortController()
  const end = (): void => {
    clock.clearTimeout(timer)
    request.abort()
  }
  const timer = clock.setTimeout(end, timeout)
  signal.addEventListener('abort', end)
  try {
    const response = await fetch(url, {...init, method: 'GET', redirect: 'manual', cache: 'no-store', signal: request.signal}).catch(() => undefined)
    if (!response) return {error: 'the probe got no answer'}
    const told = status(response)
    if (told === undefined) return {error: `the server answers ${response.status ? `HTTP ${response.status} to ` : ''}a plain request`}
    return {status: told, retryAfter: parseRetryAfter(response.headers.get('retry-after') ?? '', clock.now())?.after}
  } finally {
    // Of the answer, too, whose body nobody reads.
    end()
  }
}

/** A WebSocket's address often answers 400, 404 or 426 to a plain request, and then all is well. */
const statusOfService = ({status}: Response): number | undefined =>
  [401, 403, 407, 408, 425, 429].includes(status) || (status >= 500 && status < 600) ? status : undefined
