// closecall/core: the decisions, pure. Every export by name.

export {backoff, defaultBackoff, type Backoff, type Jitter, type JitterFunction, type JitterRule} from './backoff.ts'
export {diagnose, type Cause, type Diagnosis} from './cause.ts'
export {classify, describe, type ClassifyRules, type VerdictOverride, type VerdictOverrides} from './classify.ts'
export {type Close, type CloseOrigin} from './close.ts'
export {
  CloseCode,
  closeCodeRanges,
  closeCodes,
  handshakeStatuses,
  handshakeStatusRanges,
  standardCode,
  type Action,
  type Fault,
  type Row,
  type Verdict,
} from './close-codes.ts'
export {type Delivery, type MessageId} from './delivery.ts'
export {type Dialect, type InBandHint} from './dialect.ts'
export {ClosecallError, isClosecallError, type ClosecallErrorCode} from './errors.ts'
export {type Memory, type Streak} from './endpoints.ts'
export {EvidenceRing, type EvidenceOptions, type FrameEvidence, type Payloads, type Sending, type Source} from './evidence.ts'
export {type Beat, type HeartbeatRules} from './heartbeat.ts'
export {firstIllFormedByte, inspect, kindOf, type Finding, type FrameKind} from './inspect.ts'
export {
  deadlineOf,
  defaultPolicy,
  initialState,
  isResting,
  table,
  transition,
  type ClassifyContext,
  type CloseReport,
  type Effect,
  type Event,
  type EventType,
  type Failure,
  type FailureCause,
  type Policy,
  type RetryPolicy,
  type Stamp,
  type State,
  type StateName,
  type Step,
} from './machine.ts'
export {parseRetryAfter, parseRetryHint, type RetryHint} from './retry-hint.ts'
export {
  byteLength,
  messageOf,
  SendBuffer,
  type BlobLike,
  type BufferLimits,
  type Entry,
  type Loss,
  type Message,
  type Outcome,
  type OutcomeCause,
  type OutcomeStatus,
  type SendData,
  type Sent,
  type Wishes,
} from './send-buffer.ts'
