// Which classes are the cases of the standard run on?

import {withOptions} from '../../dist/websocket.js'

/** Short waits: a case that is to see what comes after a close must not wait for long. */
const brief = {backoff: {initialDelay: 20, maxDelay: 50, jitter: 'none', restartSpread: [20, 50]}, lint: 'off'}

/**
 * Each makes the class, of the one that there is.
 *
 * - `native`: the control. What fails here is a wrong case, or a deviation of the runtime.
 * - `reconnecting`: as it is by default
 * - `one-shot`: with `reconnect: false`
 * - `global`: in place of the global class
 *
 * @type {Record<string, (native: any) => any>}
 */
export const variants = {
  native: (native) => native,
  reconnecting: (native) => withOptions({WebSocket: native, ...brief}),
  'one-shot': (native) => withOptions({WebSocket: native, reconnect: false, ...brief}),
  global: (native) => (globalThis.WebSocket = withOptions({WebSocket: native, ...brief})),
}
