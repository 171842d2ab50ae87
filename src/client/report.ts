// What is somebody told who must mend the program?

import {closeCodes, diagnose, type Cause, type Close, type Diagnosis, type FailureCause, type FrameEvidence, type Verdict} from '../core/index.ts'
import {standardCode} from '../core/close-codes.ts'
import {ClosecallError} from '../core/errors.ts'
import {withoutSecrets} from '../core/secrets.ts'

/** One end of a connection, or of an attempt to make one. */
export interface HistoryEntry {
  /** Milliseconds since 1970. */
  at: number
  close: Close
  verdict: Verdict
  /** One line: what happened, and what the client did about it. Holds the server's words as a JSON string; escape it for HTML. */
  explanation: string
  /** What it has in common with others before it, if an extension has found something. */
  pattern?: Pattern
}

/** What several ends have in common. */
export interface Pattern {
  name: string
  /** What was seen, in a sentence. */
  explanation: string
  /** What to do about it, in a sentence. */
  advice: string
  /** The limit that is suspected, ms. */
  limit?: number
  /** Of the message that is suspected. */
  sequence?: number
}

export interface Stats {
  /** Connections that opened. */
  connections: number
  /** Connections tried again, of all time. */
  retries: number
  /** Messages, those of the heartbeat included; protocol pings and pongs not. */
  sent: number
  received: number
  /** Of the last heartbeat that was answered with a pong or an `isReply` message, ms. */
  roundTripTime?: number
  /** Messages and bytes in the send buffer. */
  unsent: number
  unsentBytes: number
  /** Messages of so many bytes are refused, since the server closed with 1009 for one. Absent: none was. */
  tooBig?: number
}

/**
 * A close that somebody must act on, with what the client knows of it. Serialises to JSON; holds no message contents (unless
 * `evidence.payloads` asks for them), no URL query, no credentials.
 */
export interface Report {
  /** One sentence for an error tracker; its `code` is `FAILED`. */
  error: ClosecallError
  /** Why it was reported: the verdict itself, or what was spent. */
  why: FailureCause
  /** Whether the client stopped. */
  failed: boolean
  close: Close
  verdict: Verdict
  /** What to do, in a sentence. */
  advice: string
  /**
   * Where this package's documents speak of the code: `docs/codes.md#1007`. `closecall/catalog` and `npx closecall explain 1007` say the
   * same. Of a code that the dialect speaks of: `docs/codes.md#discord`; of a dialect of your own, the page.
   */
  link: string
  /** Only where the fault is the sender's. */
  cause?: Cause
  confidence?: Diagnosis['confidence']
  /** Sequence of the message at fault, 1 for the first that this client ever sent, and where in it. */
  sequence?: number
  offset?: number
  /** What was sent last on this connection, oldest first. Only where the fault is the sender's. */
  frames: FrameEvidence[]
  connection: ConnectionFacts
}

/** What is known of the connection, and of the client that made it. */
export interface ConnectionFacts extends Stats {
  /** Without query and user. */
  url: string
  protocol: string
  extensions: string
  /** Bytes that the runtime had not passed on. */
  bufferedAmount: number
}

const adviceFor: Record<FailureCause, string> = {
  verdict: 'Look at what the server allows, and at the credentials.',
  strikes: 'Look at the log of the server: it ends like this again and again.',
  attempts: 'Look whether the server can be reached.',
}

/**
 * @param examine asked only where the fault is the sender's
 * @param source of the dialect that is spoken
 */
export function makeReport(why: FailureCause, {close, verdict, explanation}: HistoryEntry, failed: boolean, examine: () => FrameEvidence[], connection: ConnectionFacts, source: string | undefined): Report {
  const blamed = verdict.fault === 'sender'
  const frames = blamed ? examine() : []
  const diagnosis: Partial<Diagnosis> & {advice: string} = blamed ? diagnose(close, frames, connection.extensions) : {advice: adviceFor[why]}
  const {cause, confidence, sequence, offset, advice} = diagnosis
  const {code, status} = close
  const where = `${sequence ? `, message ${sequence}` : ''}${offset === undefined ? '' : `, offset ${offset}`}`
  const more = (verdict.dialect && source) ?? `npx closecall explain ${status ? `--status ${status}` : code}`
  return {
    error: new ClosecallError('FAILED', `${explanation}. ${cause && cause !== 'unknown' ? `Cause: ${cause} (${confidence})${where}. ` : ''}${advice} More: ${more}`, {last: close, verdict}),
    why,
    failed,
    close,
    verdict,
    ...diagnosis,
    link: `docs/codes.md#${verdict.dialect ?? (status ? 'refused-handshakes' : standardCode(code) in closeCodes ? code : 'close-codes')}`,
    frames,
    connection: {...connection, url: withoutSecrets(connection.url)},
  }
}
