// Which of our messages made the peer close, and why?

import type {Close} from './close.ts'
import type {FrameEvidence} from './evidence.ts'
import type {Finding} from './inspect.ts'

/**
 * Why the peer refused what we sent.
 *
 * - `ill-formed-text`: a text frame was not UTF-8
 * - `rejected-by-application`: the reason speaks of something other than encoding
 * - `damaged-in-transit`: what we sent was well formed; a proxy, a compression layer or the server broke it
 * - `too-big`, `unsupported-kind`: what 1009 and 1003 say
 */
export type Cause = 'ill-formed-text' | 'rejected-by-application' | 'damaged-in-transit' | 'too-big' | 'unsupported-kind' | 'unknown'

export interface Diagnosis {
  cause: Cause
  confidence: 'certain' | 'likely' | 'possible' | 'none'
  /** What to do, in a sentence. */
  advice: string
  /** Sequence of the message at fault, and the offset in it. */
  sequence?: number
  offset?: number
}

/** Who speaks so means encoding or compression, not the application's own rules. */
const speaksOfEncoding = /utf|unicode|encod|decod|charact|byte|inflat|deflat|compress/i

/**
 * Names the cause of a close that is the sender's fault.
 *
 * @param extensions as negotiated; permessage-deflate is a suspect of its own
 */
export function diagnose({code, reason}: Close, frames: readonly FrameEvidence[], extensions = ''): Diagnosis {
  const found = (finding: Finding): FrameEvidence | undefined => frames.find(({findings}) => findings.includes(finding))
  const last = frames.at(-1)
  const illFormed = found('ill-formed-utf8')
  const halved = found('lone-surrogate')
  const compressed = extensions.includes('permessage-deflate')
  const [cause, confidence, frame]: [Cause, Diagnosis['confidence'], FrameEvidence?] =
    code === 1009 ? ['too-big', last ? 'likely' : 'possible', [...frames].sort((a, b) => b.length - a.length)[0]]
    : code === 1003 ? ['unsupported-kind', last ? 'likely' : 'possible', last]
    : code !== 1007 || !last ? ['unknown', 'none']
    : illFormed ? ['ill-formed-text', 'certain', illFormed]
    : reason && !speaksOfEncoding.test(reason) ? ['rejected-by-application', 'likely', last]
    : halved ? ['ill-formed-text', 'possible', halved]
    : reason || compressed ? ['damaged-in-transit', reason && compressed ? 'likely' : 'possible']
    : ['unknown', 'none']
  return {cause, confidence, advice: advice[cause], sequence: frame?.sequence, offset: frame?.offset}
}

const advice: Record<Cause, string> = {
  'ill-formed-text': 'Send bytes in binary frames, or decode them to a string first.',
  'rejected-by-application': 'The server refused what a message says: see its reason.',
  'damaged-in-transit': 'All was well formed here: try without compression and proxies.',
  'too-big': 'Split the message, or raise the limit of the server.',
  'unsupported-kind': 'Send strings for bytes, or bytes for strings.',
  unknown: 'Nothing that was sent is known to be at fault: see what the server expects.',
}
