// What does an explanation hold?

import type {ClassifyRules, Close, CloseCode, Dialect, Verdict} from '../core/index.ts'

/**
 * - `registered`: at IANA, with a meaning
 * - `reserved`: kept aside by RFC 6455: 1004, and 1005, 1006, 1015, which are never sent
 * - `alias`: 4912–4914, closecall's doubles of 1012–1014
 * - `unassigned`: 1016–2999, for protocols and extensions to come
 * - `library`: other 3000–3999, for libraries and frameworks
 * - `private`: other 4000–4999, for agreements between applications
 * - `illegal`: no close code at all, though browsers pass some on
 */
export type CodeKind = 'registered' | 'reserved' | 'alias' | 'unassigned' | 'library' | 'private' | 'illegal'

/** One close code, for a person. All texts are plain text in the language of `locale`; escape them like any other text. */
export interface Explanation {
  code: number
  /** Language of the texts, as a BCP 47 tag. */
  locale: string
  kind: CodeKind
  /** In the language, or, where the code is private, as the service calls it. */
  name: string
  /** As registered, in English; absent where it is not. */
  registeredName?: string
  /** `CloseCode[constant]` is the code; absent where it has no name. */
  constant?: keyof typeof CloseCode
  /** The standard, or the service's document, that says so. */
  reference: string
  /** Who may send it. */
  sentBy: 'either' | 'client' | 'server' | 'nobody'
  /** Whether it may be in a close frame. */
  onWire: boolean
  /** Whether a browser's `close()` takes it. */
  closeAccepts: boolean
  description: string
  whenYouSee: string
  howToFix: string
  /** For the author of the other end: when to close with it. */
  whenToSend: string
  /** What closecall does about it, with its figures. */
  whatClosecallDoes: string
  verdict: Verdict
  /** HTTP status of the refused handshake that the texts speak of. */
  status?: number
  /** Name of the dialect whose meaning it is; absent where the dialect does not speak of the code. */
  dialect?: string
  /** Its entry in this package's documents: `docs/codes.md#1007`; of a dialect of your own, the page. */
  link: string
}

/** What is known beyond the code: facts of the close (a whole `Close` will do), a dialect, the overrides in force. */
export type ExplainContext = Partial<Close> & Omit<ClassifyRules, 'dialect'> & {dialect?: Dialect | undefined}

export interface ExplainOptions {
  /**
   * A BCP 47 tag, or several in the order of preference, as in `navigator.languages`. `'fr-CA'` finds `fr`. Of a list the first
   * that there is counts, English where there is none. Default `'en'`.
   */
  locale?: string | readonly string[]
  /** Default: nothing is known but the code, and closecall's own rules hold. */
  context?: ExplainContext
}

/** One respect in which two codes are compared. */
export interface ComparedPoint {
  aspect: 'meaning' | 'fault' | 'when' | 'closecall' | 'fix' | 'use'
  /** The aspect, in the language. */
  label: string
  left: string
  right: string
  /** Whether both say the same. */
  same: boolean
}

/** An entry of the catalog. */
export interface Listed {
  /** `1007`, `4000–4999`, `HTTP 401`, `HTTP 5xx`. */
  title: string
  /** Of the code or status, or of the first of the range that has no entry of its own. */
  explanation: Explanation
}

export interface Comparison {
  locale: string
  codes: readonly [Explanation, Explanation]
  points: readonly ComparedPoint[]
  /** The difference that matters, in a sentence or two. */
  summary: string
}
