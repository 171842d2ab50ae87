// Is something wrong with a message that is about to leave?

import {firstIllFormedByte, type Finding, type FrameKind, type SendData} from '../core/index.ts'
import {bytesOf, findingsIn} from '../core/inspect.ts'

/** Every how many texts one is looked over thoroughly. */
const thoroughEvery = 512

/** Every how many texts, after so many, one is searched for U+FFFD: that takes twice as long as to see whether it is well-formed. */
const searchEvery = 8

/**
 * Whether a text needs a thorough look: it fails a cheap check, or it is its turn, since a program that gets this wrong does so again and again.
 *
 * @param count texts before it
 * @param strict whether each must be searched: it is not enough to find one of many
 */
export const looksOdd = (text: string, count: number, strict: boolean): boolean =>
  !isWellFormed(text) || ((strict || count < thoroughEvery || count % searchEvery === 0) && text.includes('\uFFFD')) || count % thoroughEvery === 0

export const lint = (data: SendData, kind: FrameKind): readonly Finding[] =>
  typeof data === 'string' ? findingsIn(data)
  : kind === 'text bytes' && firstIllFormedByte(bytesOf(data as ArrayBuffer)) !== undefined ? ['ill-formed-utf8']
  : []

// Runtimes before 2023 lack String.prototype.isWellFormed.
const isWellFormed = (text: string & {isWellFormed?: () => boolean}): boolean => (text.isWellFormed ? text.isWellFormed() : !/\p{Surrogate}/u.test(text))
