// What must a language say? A file that leaves something out does not compile.

import type {Action, CloseCode, Fault, JitterRule} from '../core/index.ts'
import type {Status} from './facts.ts'
import type {CodeKind, ComparedPoint} from './explanation.ts'

/** The codes that have an entry of their own. An alias speaks through the code that it stands for. */
export type NamedCode = Exclude<(typeof CloseCode)[keyof typeof CloseCode], 4912 | 4913 | 4914>

/** What is known of some closes beyond their code: it never opened, nobody answered the heartbeat, or there was no socket. */
export type Situation = 'unopened' | 'heartbeat' | 'provider' | 'setup' | 'constructor'

/** What to expect of another attempt. `few`: as for `retry`, but the client counts. */
export type Outlook = Action | 'few'

/** One kind of close. All but `name` and `gist` are whole sentences. */
export interface Entry {
  name: string
  /** What it is in half a line, such as can follow "1013 is". No two codes have the same. */
  gist: string
  description: string
  whenYouSee: string
  howToFix: string
  whenToSend: string
}

/** How pauses grow, ms. */
export interface Growth {
  /** Nominal length of the first. */
  first: number
  factor: number
  /** Where growth ends. */
  most: number
  jitter: JitterRule
}

export interface Language {
  codes: Readonly<Record<NamedCode, Entry>>
  /** Codes without a name. */
  kinds: Readonly<Record<Exclude<CodeKind, 'registered' | 'reserved' | 'alias'>, Entry>>
  /** Refused handshakes, by HTTP status. */
  statuses: Readonly<Record<Status, Omit<Entry, 'gist'>>>
  situations: Readonly<Record<Situation, Omit<Entry, 'whenToSend'>>>
  /** @param code that the alias stands for */
  alias: (code: number, entry: Entry) => Pick<Entry, 'description' | 'whenYouSee' | 'whenToSend'>
  /** A code as a service means it. @param title of the service */
  dialect: (title: string) => Pick<Entry, 'whenYouSee' | 'whenToSend'>
  /** A name that a dialect, or the caller, gives: what can follow "4409 is". */
  named: (name: string) => string
  /** A sentence of what a dialect, or the caller, says of a code. */
  meaning: (text: string) => string
  /** What to do about a code of which only a dialect's verdict is known. */
  remedies: Readonly<Record<Fault, string>>
  /** Who is at fault. */
  faults: Readonly<Record<Fault, string>>

  /** What closecall does, a sentence for each part of it. */
  does: {
    end: string
    stop: string
    refresh: string
    /** @param pause from `pauses` */
    retry: (pause: string) => string
    /** @param budget the last of so many in a row */
    limit: (budget: number) => string
    /** The server may say when to come back. */
    hint: string
    /** Another address is tried. */
    rotate: string
    /** Each is reported. */
    report: string
    /** What was sent last is in the report. */
    evidence: string
  }
  /** When closecall tries again: what can follow "it tries again". ms */
  pauses: {
    growing: (growth: Growth) => string
    /** Drawn evenly from between the two. */
    drawn: (least: number, most: number) => string
    /** At once, or within so long. */
    prompt: (most: number) => string
    hinted: (least: number, most: number) => string
    /** One pause for the first failure, another for those that follow. */
    afterwards: (first: string, later: string) => string
  }

  aspects: Readonly<Record<ComparedPoint['aspect'], string>>
  /** Relative clauses that can follow a gist. */
  outlooks: Readonly<Record<Outlook, string>>
  /** The same of two codes. */
  outlooksOfBoth: Readonly<Record<Outlook, string>>
  summaries: {
    /** @param left code, gist and, where they differ, outlook */
    differ: (left: readonly [code: number, ...string[]], right: readonly [code: number, ...string[]]) => string
    same: (left: number, right: number) => string
  }
  /** The last touch to every text, if the language has a typography of its own. */
  typeset?: (text: string) => string
}
