// What can happen to the connections of a server that a library brings along? They are counted, and ended midway.

import {once} from 'node:events'
import type {Socket} from 'node:net'
import {onTestFinished} from 'vitest'
import {WebSocketServer, type WebSocket} from 'ws'
import {refuses, serve, type Server} from '../helpers/servers.ts'

/** How a connection ends: by a reset of TCP, or by a close frame with this code. */
export type Drop = 'RST' | 1000 | 1007 | 1012 | 1013

export interface DroppingServer extends Server {
  /** WebSockets that are open. */
  readonly open: number
  /** Ends all that are open, and resolves when the last of them is gone. */
  drop(how: Drop, reason?: string): Promise<void>
  /** From now on it answers whoever comes with this status; 0: no more. */
  refuse(status: number): void
}

/**
 * Serves for one test.
 *
 * @param use makes the library's own server of a WebSocketServer
 * @param protocols those that it speaks, where the library doesn't say so itself
 */
export const dropping = async (use: (sockets: WebSocketServer) => void, protocols: readonly string[] = []): Promise<DroppingServer> => {
  const sockets = new WebSocketServer({noServer: true, handleProtocols: (offered) => protocols.find((name) => offered.has(name)) ?? false})
  const open = new Map<WebSocket, Socket>()
  let status = 0
  use(sockets)
  const server = await serve((visit) => {
    if (status) return refuses(status)(visit)
    const {request, socket, head, connection, changed} = visit
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      open.set(accepted, socket)
      // What a library makes of it is its own affair.
      accepted.on('error', () => {})
      // First: who waits for a change sees what came of it.
      sockets.emit('connection', accepted, request)
      accepted.on('close', (code) => {
        if (code !== 1006) connection.closeCode = code
        open.delete(accepted)
        changed()
      })
      accepted.on('message', (data, binary) => {
        connection.messages.push({opcode: binary ? 'binary' : 'text', data: data as Buffer})
        changed()
      })
      changed()
    })
  })
  onTestFinished(() => server.close())
  // What reads the server must ask it, not a copy.
  return Object.defineProperties({} as DroppingServer, {
    ...Object.getOwnPropertyDescriptors(server),
    open: {get: () => open.size},
    refuse: {value: (answer: number) => void (status = answer)},
    drop: {
      async value(how: Drop, reason?: string) {
        const gone = [...open].map(async ([accepted, socket]) => {
          const closed = once(accepted, 'close')
          if (how === 'RST') socket.resetAndDestroy()
          else accepted.close(how, reason)
          await closed
        })
        await Promise.all(gone)
      },
    },
  })
}
