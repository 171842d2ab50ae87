// How does a test hold a client of `closecall/node`, and what do its servers do that others don't?

import {Agent} from 'node:http'
import {connect as connectTcp, type NetConnectOpts, type Socket} from 'node:net'
import {onTestFinished} from 'vitest'
import type {Client, Report} from '../../src/index.ts'
import {connect, type NodeOptions} from '../../src/node/index.ts'
import type {Behaviour, Server} from '../helpers/servers.ts'

/** A client over `closecall/node` for one test, in a hurry. Its reports are kept instead of going to the console. */
export const connecting = <Credentials>(server: Pick<Server, 'url'>, options: NodeOptions<Credentials> = {}): Client & {reports: Report[]} => {
  const reports: Report[] = []
  const client = connect(server.url, {backoff: {initialDelay: 5, maxDelay: 20}, onReport: (report) => reports.push(report), ...options})
  onTestFinished(() => client.close())
  return Object.assign(client, {reports})
}

/** Keeps every TCP connection that it made. */
export class WatchedAgent extends Agent {
  readonly made: Socket[] = []

  // Not what `ws` would connect with: an agent goes before.
  override createConnection(options: NetConnectOpts): Socket {
    const socket = connectTcp(options)
    this.made.push(socket)
    return socket
  }
}

/** Answers the request for an upgrade with these bytes, and ends TCP. */
export const answers =
  (text: string): Behaviour =>
  ({socket}) => {
    socket.resume()
    socket.end(text)
  }

/** What the client's `Authorization` said, connection by connection. */
export const authorizations = (server: Server): (string | undefined)[] => server.connections.map(({headers}) => headers.authorization)
