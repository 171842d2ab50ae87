// How does a server speak at-least-once? It handles each id once, acknowledges it every time, and records what it did.

import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {WebSocketServer, type RawData, type WebSocket} from 'ws'

/** What a client sends: anything, with an id of its own. */
export interface Numbered {
  id: number
}

export interface AckingOptions {
  /** Acknowledgements are gathered so long, ms, and told as a list. Default 0: each is told alone, at once. */
  gather?: number
  /** … or until there are so many. Default 100. */
  batch?: number
  /** Ids that are known again, of each client. No less than the client's window. Default 10 000. */
  remembers?: number
  /** Own messages that are sent again on each connection. Default 100. */
  resends?: number
}

export interface AckingServer {
  /** `ws:` URL. A client adds who it is: `?client=name`. */
  url: string
  port: number
  /** What this client sent, in the order in which it was first handled. */
  handled(client: string): readonly Numbered[]
  /** Messages that came again, and were acknowledged again. */
  readonly duplicates: number
  /** Sends a message of the server's own, which gets the next `seq` of this client. One that is away gets it when it is back. */
  tell(client: string, message: object): void
  close(): Promise<void>
}

/** What a server has to remember of a client from one connection to the next. */
interface Client {
  socket?: WebSocket
  ids: Set<number>
  handled: Numbered[]
  seq: number
  told: Set<string>
}

/** Serves on a free port of loopback. */
export async function acking({gather = 0, batch = 100, remembers = 10_000, resends = 100}: AckingOptions = {}): Promise<AckingServer> {
  const clients = new Map<string, Client>()
  let duplicates = 0

  const clientOf = (name: string): Client => {
    const client = clients.get(name) ?? {ids: new Set(), handled: [], seq: 0, told: new Set()}
    clients.set(name, client)
    return client
  }

  const server = new WebSocketServer({port: 0, host: '127.0.0.1'})
  server.on('connection', (socket, {url}) => {
    socket.on('error', () => {})
    const client = clientOf(new URL(url!, 'ws://localhost').searchParams.get('client') ?? '')
    // What still arrives over an older connection would be handled before what was sent ahead of it.
    client.socket?.terminate()
    client.socket = socket
    for (const text of client.told) socket.send(text)

    const acknowledge = acknowledging(socket, gather, batch)
    socket.on('message', (data) => {
      if (client.socket !== socket) return
      const message = read(data)
      if (!message) return socket.close(1003, 'not JSON with an id')
      if (client.ids.has(message.id)) duplicates++
      else client.handled.push(message)
      remember(client.ids, message.id, remembers)
      // Only now: what is acknowledged is never sent again.
      acknowledge(message.id)
    })
  })
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo

  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    handled: (name) => clientOf(name).handled,
    get duplicates() {
      return duplicates
    },
    tell(name, message) {
      const client = clientOf(name)
      const text = JSON.stringify({...message, seq: ++client.seq})
      remember(client.told, text, resends)
      client.socket?.send(text)
    },
    async close() {
      for (const socket of server.clients) socket.terminate()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** Tells acknowledgements one by one, or gathers them. */
const acknowledging = (socket: WebSocket, gather: number, batch: number): ((id: number) => void) => {
  const tell = (ack: number | number[]): void => socket.send(JSON.stringify({ack}))
  if (!gather) return tell
  let ids: number[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    tell(ids)
    ids = []
  }
  return (id) => {
    ids.push(id)
    if (ids.length === batch) flush()
    else if (ids.length === 1) timer = setTimeout(flush, gather)
  }
}

const read = (data: RawData): Numbered | undefined => {
  try {
    const message = JSON.parse(String(data)) as Numbered
    return Number.isSafeInteger(message?.id) ? message : undefined
  } catch {
    return undefined
  }
}

/** The oldest are forgotten. */
const remember = <T>(known: Set<T>, one: T, most: number): void => {
  known.add(one)
  if (known.size > most) for (const oldest of known) return void known.delete(oldest)
}
