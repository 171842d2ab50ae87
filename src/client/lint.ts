// Is something wrong with a message that is about to leave?

import {firstIllFormedByte, inspect, type Finding, type FrameKind, type SendData} from '../core/index.ts'
import {bytesOf} from '../core/evidence.ts'

/** Every how many messages the whole of a text is looked over. */
const thoroughEvery = 512

const nothing: readonly Finding[] = []
const illFormed: readonly Finding[] = ['ill-formed-utf8']

/**
 * Cheap checks on each message, the thorough one on some: a program that gets this wrong does so again and again.
 *
 * @param sent messages before it
 */
export const lint = (data: SendData, kind: FrameKind, sent: number): readonly Finding[] => {
  if (typeof data === 'string') return looksOdd(data, sent) ? inspect(data).findings : nothing
  return kind === 'text bytes' && firstIllFormedByte(bytesOf(data as ArrayBuffer)) !== undefined ? illFormed : nothing
}

/** Whether a text needs a thorough look. */
export const looksOdd = (text: string, sent: number): boolean => sent % thoroughEvery === 0 || text.includes('\uFFFD') || !isWellFormed(text)

// Runtimes before 2023 lack String.prototype.isWellFormed.
const isWellFormed = (text: string): boolean => (text as {isWellFormed?: () => boolean}).isWellFormed?.() ?? !/\p{Surrogate}/u.test(text)
