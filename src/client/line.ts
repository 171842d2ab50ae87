// What do those who send and receive know of the connection?

import {EventEmitter} from 'eventemitter3'
import {initialState, type Event, type Stamp, type State} from '../core/index.ts'
import type {Signal} from '../platform/environment.ts'
import type {WebSocketLike} from '../platform/websocket.ts'
import {takes} from './waiting.ts'

type DistributiveOmit<T, K extends keyof any> = T extends unknown ? Omit<T, K> : never

/** What happened, before it is stamped. */
export type Happening = DistributiveOmit<Event, keyof Stamp>

/** What a WebSocket needs more than a client. */
export interface DropIn {
  /** Given each message's own event before the listeners of `message`, without a step between, where nothing is decoded. */
  readonly hear?: (event: {readonly data: any}) => void
  /** Whether bytes that must wait are copied: the standard reads them when they are sent, and later they may be others. */
  readonly copies?: boolean
}

/** The connection as it stands, and the client's voice. One object for all who need it: a page may have many clients. */
export class Line {
  readonly emitter: EventEmitter = new EventEmitter()
  readonly dropIn: DropIn
  /** Lets the client handle a signal; or, without one, its deadline. One function for all: each would cost every client a hundred bytes. */
  readonly tell: (signal?: Signal) => void
  state: State = initialState
  socket: WebSocketLike | undefined
  /** Something is being handled. */
  isBusy = false
  /** What happened meanwhile. */
  mailbox: Happening[] | undefined

  constructor(dropIn: DropIn, tell: (signal?: Signal) => void) {
    this.dropIn = dropIn
    this.tell = tell
  }

  /** The socket, if it is open and nothing else must be handled first. */
  ready(): WebSocketLike | undefined {
    const {state, socket, mailbox} = this
    return state.name === 'open' && socket!.readyState === 1 && !mailbox?.length ? socket : undefined
  }

  /** Looks whether the socket is closing and has not said so. */
  look(): void {
    if (this.state.name === 'open' && this.socket!.readyState !== 1) this.tell('wake')
  }

  /** Whether the client may still send. */
  takes(): boolean {
    return takes(this.state)
  }
}
