// Which socket do all libraries take? That of `ws`, which Node 20 has no other beside; it tells errors in events of its own, which a dispatch refuses.

import {WebSocket} from 'ws'

/**
 * @param opened called with each socket that opens, before any listener of a library
 * @param closed called with each that closes
 */
export const socketClass = (opened = () => {}, closed = () => {}) =>
  class RealSocket extends WebSocket {
    #errorListeners = new Map()

    constructor(...args) {
      super(...args)
      this.on('open', () => opened(this))
      this.on('close', () => closed(this))
      this.on('error', () => {})
    }

    addEventListener(type, listener, options) {
      if (type !== 'error') return super.addEventListener(type, listener, options)
      const told = () => listener.call(this, new Event('error'))
      this.#errorListeners.set(listener, told)
      super.addEventListener(type, told, options)
    }

    removeEventListener(type, listener, options) {
      super.removeEventListener(type, type === 'error' ? (this.#errorListeners.get(listener) ?? listener) : listener, options)
    }
  }
