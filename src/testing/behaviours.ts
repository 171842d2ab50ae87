// How do servers and runtimes behave, the good ones and the bad? Each by its name.

import type {Clock} from '../platform/clock.ts'
import type {AcceptOptions, Behaviour, Lies, Refusal} from './fake-websocket.ts'

/** Accepts every connection, and keeps to the standard from then on. */
export const accepts =
  (options?: AcceptOptions): Behaviour =>
  (server) =>
    server.accept(options)

/**
 * Refuses the handshake: `error`, then `close` with 1006.
 *
 * @param status HTTP status for the error event, as `ws` shows it; without one the client learns nothing, as in browsers
 * @param options `retryAfter` in ms
 * @example fakeNetwork(refuses(503, {retryAfter: 7000}))
 */
export const refuses =
  (status?: number, options: Omit<Refusal, 'status'> = {}): Behaviour =>
  (server) =>
    server.refuse({...options, ...(status !== undefined && {status})})

/**
 * Opens, and closes right after: what overloaded and broken servers do, and what makes a client that forgets its failures on
 * `open` come back in a hot loop.
 *
 * @param code any number, illegal ones, too
 * @example fakeNetwork(acceptsThenCloses(1013, 'retry-after=5'))
 */
export const acceptsThenCloses =
  (code: number, reason?: string): Behaviour =>
  (server) => {
    server.accept()
    server.close(code, reason)
  }

/** Leaves the handshake unanswered: no event ever comes, until the client gives up. */
export const neverAnswers = (): Behaviour => () => {}

/** Opens, then says nothing more, and leaves the client's close frame unanswered. */
export const goesSilent = (): Behaviour => (server) => {
  server.silent = true
  server.accept()
}

/** Opens, and the network takes nothing more: what is sent stays in `bufferedAmount`, until the test says `server.stalled = false`. */
export const stalls = (): Behaviour => (server) => {
  server.stalled = true
  server.accept()
}

/** Opens, then the line is cut: `close` with 1006. */
export const drops = (): Behaviour => (server) => {
  server.accept()
  server.drop()
}

/**
 * One behaviour for each connection, in this order; the last for all that follow. It counts for itself: make one for each network.
 *
 * @example fakeNetwork(sequence(refuses(503), drops(), accepts()))
 */
export const sequence = (...behaviours: [Behaviour, ...Behaviour[]]): Behaviour => {
  let connections = 0
  return (server) => behaviours[Math.min(connections++, behaviours.length - 1)]!(server)
}

/** The runtime refuses to construct a socket, as for `ws:` in an `https:` page. */
export const throwsOnConstruct =
  (error: unknown): Behaviour =>
  () => {
    throw error
  }

const lying =
  <Lie extends keyof Lies>(lie: Lie, behaviour: Behaviour, how: Lies[Lie] = true as Lies[Lie]): Behaviour =>
  (server) => {
    server.lies[lie] = how
    behaviour(server)
  }

/** A failed handshake gives `error` and no `close`, and the socket stays CONNECTING: Node 22, Chromium under CSP. Default: `refuses()`. */
export const errorsWithoutClose = (behaviour: Behaviour = refuses()): Behaviour => lying('errorsWithoutClose', behaviour)

/**
 * Every `close` event comes twice. Lies go around a behaviour, and around each other.
 *
 * @param behaviour default `accepts()`
 * @example fakeNetwork(closesTwice(errorsAfterClose(acceptsThenCloses(1013))))
 */
export const closesTwice = (behaviour: Behaviour = accepts()): Behaviour => lying('closesTwice', behaviour)

/** `close()` while CONNECTING fires `error` and `close` before it returns, and `readyState` stays CLOSING: Node 24 and 26. Default: `neverAnswers()`. */
export const closesSynchronously = (behaviour: Behaviour = neverAnswers()): Behaviour => lying('closesSynchronously', behaviour)

/** An `error` event follows every `close` that the server began: workerd. Default: `accepts()`. */
export const errorsAfterClose = (behaviour: Behaviour = accepts()): Behaviour => lying('errorsAfterClose', behaviour)

/**
 * Once either side has sent a close frame the socket is CLOSING, and no event tells: Node's own class, where the server
 * doesn't close TCP. Default: `accepts()`.
 */
export const neverDeliversClose = (behaviour: Behaviour = accepts()): Behaviour => lying('neverDeliversClose', behaviour)

/** Messages still arrive after `close()`: ws, Deno, workerd. Default: `accepts()`. */
export const deliversWhileClosing = (behaviour: Behaviour = accepts()): Behaviour => lying('deliversWhileClosing', behaviour)

/**
 * The socket is CLOSED when its constructor returns, an `error` event follows, and no `close`: Chromium, where a CSP forbids the
 * address. Default: `neverAnswers()`; with `goesSilent()` no event comes at all.
 */
export const closedFromTheStart = (behaviour: Behaviour = neverAnswers()): Behaviour => lying('closedFromTheStart', behaviour)

/**
 * Every `close` event comes so much later: up to 60 s in Chromium, 36 s in Bun, 30 s in ws. Default: `accepts()`.
 *
 * @param delay ms, on this clock
 * @example fakeNetwork(closesLate(clock, 60_000))
 */
export const closesLate = (clock: Clock, delay: number, behaviour: Behaviour = accepts()): Behaviour =>
  lying('putsOffClose', behaviour, (fire) => void clock.setTimeout(fire, delay))
