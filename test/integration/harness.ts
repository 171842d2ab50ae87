// How does an integration test hold a client and a server, and let go of both?

import {onTestFinished} from 'vitest'
import WebSocket from 'ws'
import {connect, type Client, type ClientEvents, type Clock, type Options, type Report, type State, type StateName} from '../../src/index.ts'
import {nobodyListens, serve, type Behaviour, type Server} from '../helpers/servers.ts'

/** A server for one test. */
export async function serving(behaviour: Behaviour | 'nobody'): Promise<Server> {
  const server = behaviour === 'nobody' ? await nobodyListens() : await serve(behaviour)
  onTestFinished(() => server.close())
  return server
}

/** A client over `ws` for one test, in a hurry. Its reports are kept instead of going to the console. */
export function connecting(server: Pick<Server, 'url'>, options: Options = {}): Client & {reports: Report[]} {
  const reports: Report[] = []
  const client = connect(server.url, {WebSocket, backoff: {initialDelay: 5, maxDelay: 20}, onReport: (report) => reports.push(report), ...options})
  onTestFinished(() => client.close())
  return Object.assign(client, {reports})
}

/** Resolves at the event with what its first listener argument is. Rejects after `limit` ms: a test that waits must say for what. */
export function once<Name extends keyof ClientEvents>(client: Client, name: Name, limit = 10_000): Promise<Parameters<ClientEvents[Name]>[0]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off()
      reject(new Error(`no ${name} within ${limit} ms; the client is ${JSON.stringify(client.state)}`))
    }, limit)
    const off = client.once(name, ((value: Parameters<ClientEvents[Name]>[0]) => {
      clearTimeout(timer)
      resolve(value)
    }) as ClientEvents[Name])
  })
}

/** Resolves with the state of this name: the present one, or the next. */
export function state<Name extends StateName>(client: Client, name: Name, limit = 10_000): Promise<Extract<State, {name: Name}>> {
  type Named = Extract<State, {name: Name}>
  if (client.state.name === name) return Promise.resolve(client.state as Named)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off()
      reject(new Error(`not ${name} within ${limit} ms, but ${JSON.stringify(client.state)}; ${client.history.map(({explanation}) => explanation).join(' | ')}`))
    }, limit)
    const off = client.on('state', (next) => {
      if (next.name !== name) return
      clearTimeout(timer)
      off()
      resolve(next as Named)
    })
  })
}

/** Real time, only faster: so many of its seconds pass in one of ours. */
export function fasterClock(factor: number): Clock {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * factor,
    setTimeout: (callback, delay) => setTimeout(callback, delay / factor),
    clearTimeout: (timer) => clearTimeout(timer as number),
  }
}
