// What does an explanation hold?

import type {ClassifyRules, Close, CloseCode, Verdict} from '../core/index.ts'

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
  /** What closecall does about it, with its figures. */
  whatClosecallDoes: string
  verdict: Verdict
  /** Name of the dialect that it was read in. */
  dialect?: string
  /** Its entry in this package's documents: `docs/codes.md#1007`. */
  link: string
}

/** What is known beyond the code: facts of the close, a dialect, the overrides in force. */
export type ExplainContext = Partial<Omit<Close, 'code'>> & ClassifyRules

export interface ExplainOptions {
  /**
   * A BCP 47 tag, or several in the order of preference, as in `navigator.languages`. `'fr-CA'` finds `fr`. Of a list the first
   * that there is counts, English where there is none. Default `'en'`.
   */
  locale?: string | readonly string[]
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

export interface Comparison {
  locale: string
  codes: readonly [Explanation, Explanation]
  points: readonly ComparedPoint[]
  /** The difference that matters, in a sentence or two. */
  summary: string
}
