// How does one wait for a client, and what is one told if that is in vain?

import {ClosecallError} from '../core/errors.ts'
import {describe, type State} from '../core/index.ts'

interface Watched {
  readonly state: State
  on(name: 'state' | 'drain', listener: () => void): () => void
}

/**
 * Looks at once, and whenever the state changes or there is room again.
 *
 * @param isSo what is waited for
 * @returns a promise that rejects when the client stops before, or has stopped
 */
export const until = (client: Watched, isSo: () => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const {state} = client
      if (isOver(state)) reject(stopped(state))
      else if (isSo()) resolve()
      else return
      for (const off of subscriptions) off()
    }
    const subscriptions = [client.on('state', look), client.on('drain', look)]
    look()
  })

/** Why nothing more will come of it, in a state in which the client has stopped, or is about to. */
export const stopped = (state: State): ClosecallError => {
  const ended = 'last' in state ? state : {}
  return state.name === 'failed' ? new ClosecallError('FAILED', describe(state.last, state.verdict, 'stop'), ended) : new ClosecallError('CLOSED', 'the client was closed', ended)
}

const isOver = ({name}: State): boolean => name === 'closed' || name === 'failed'

/** Whether a message may still be sent, now or later. */
export const takes = (state: State): boolean => state.name !== 'closing' && !isOver(state)
