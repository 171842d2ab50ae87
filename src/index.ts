// closecall: the public door. Every export by name.

export {Client, connect} from './client/client.ts'
export type {Codec, Schema, SchemaIssue, SchemaResult} from './client/codec.ts'
export type {ClientEvents, Dropped, Invalid, MessageData} from './client/events.ts'
export type {End, Extension, ExtensionHooks, ExtensionHost} from './client/extension.ts'
export type {Address, AttemptContext, HeartbeatOptions, Options, SendOptions} from './client/options.ts'
export type {InboxOptions} from './client/messages.ts'
export type {Receipt, SendResult} from './client/outbox.ts'
export type {ConnectionFacts, HistoryEntry, Pattern, Report, Stats} from './client/report.ts'
export type {Session} from './client/session.ts'
export {
  classify,
  CloseCode,
  ClosecallError,
  isClosecallError,
  type Action,
  type BufferLimits,
  type Cause,
  type ClassifyContext,
  type Close,
  type ClosecallErrorCode,
  type CloseOrigin,
  type Delivery,
  type Diagnosis,
  type Dialect,
  type EvidenceOptions,
  type Failure,
  type FailureCause,
  type Fault,
  type Finding,
  type FrameEvidence,
  type FrameKind,
  type InBandHint,
  type Jitter,
  type Message,
  type MessageId,
  type Outcome,
  type OutcomeCause,
  type OutcomeStatus,
  type RetryHint,
  type SendData,
  type State,
  type StateName,
  type Verdict,
  type VerdictOverride,
  type VerdictOverrides,
} from './core/index.ts'
export type {Clock} from './platform/clock.ts'
export type {Environment, Signal} from './platform/environment.ts'
export type {WebSocketClass, WebSocketLike} from './platform/websocket.ts'
