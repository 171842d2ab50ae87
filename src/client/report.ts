// What is somebody told who must mend the program?

import {describe, diagnose, type Cause, type Close, type Diagnosis, type FailureCause, type FrameEvidence, type Verdict} from '../core/index.ts'
import {ClosecallError} from './errors.ts'

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
  /** Only where the fault is the sender's. */
  cause?: Cause
  confidence?: Diagnosis['confidence']
  /** Sequence of the message at fault, and where in it. */
  sequence?: number
  offset?: number
  /** What was sent last on this connection, oldest first. Only where the fault is the sender's. */
  frames: FrameEvidence[]
  connection: {
    /** Without query and user. */
    url: string
    protocol: string
    extensions: string
    /** Messages on all connections. */
    sent: number
    received: number
    /** Bytes that the runtime had not passed on. */
    bufferedAmount: number
  }
  /** Messages that wait in the send buffer; `takeUnsent()` has them. */
  unsent: number
}

const spent: Record<FailureCause, string> = {
  verdict: 'Look at what the server expects, and at the credentials.',
  strikes: 'It ended like this too often in a row: look at the log of the server.',
  attempts: 'All attempts are used up: look whether the server can be reached.',
}

/** @param facts with the full URL, which goes no further */
export function makeReport(facts: Omit<Report, 'error' | 'advice' | keyof Diagnosis>): Report {
  const {close, verdict, why, failed, frames, connection} = facts
  const diagnosis = verdict.fault === 'sender' ? diagnose(close, frames, connection.extensions) : {advice: spent[why]}
  const {cause, confidence, sequence, offset, advice} = diagnosis as Diagnosis
  const where = sequence ? `, message ${sequence}${offset === undefined ? '' : `, offset ${offset}`}` : ''
  const line = `${describe(close, verdict, failed ? 'stop' : verdict.action)}. ${cause ? `Cause: ${cause} (${confidence})${where}. ` : ''}${advice}`
  return {
    error: new ClosecallError('FAILED', line, {last: close, verdict}),
    ...facts,
    ...diagnosis,
    connection: {...connection, url: connection.url.replace(/\?.*|(?<=\/\/).*@/g, '')},
  }
}
