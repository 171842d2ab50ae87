// How is a text laid out in a terminal, and made harmless first if somebody else wrote it?

import * as util from 'node:util'

/** More of other people's words is no help. */
const longest = 200

/**
 * Other people's words, on one line: control, format and bidirectional characters, line and paragraph separators are shown as escapes,
 * `\x1b` for ESC, and so do nothing to a terminal; a backslash is doubled, so that none is taken for one.
 */
export const harmless = (text: string, most: number = longest): string => {
  const escaped = text.slice(0, most).replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, (character) => {
    const point = character.codePointAt(0)!
    const hex = point.toString(16)
    return character === '\\' ? '\\\\' : point < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
  })
  return text.length > most ? `${escaped}…` : escaped
}

/** One line of JSON that says the same to every parser and nothing to a terminal. */
export const harmlessJSON = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? character : [...Array(character.length).keys()].map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )

const segmenter = new Intl.Segmenter()
const lettersOf = (text: string): string[] => [...segmenter.segment(text)].map(({segment}) => segment)

/** Columns that a terminal gives to it. */
const widthOf = (text: string): number =>
  lettersOf(text).reduce((width, letter) => width + (/^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u.test(letter) ? 2 : 1), 0)

export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** Lines of at most this width, broken at spaces; a word that is longer is broken anywhere. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let line = ''
  // Not at a no-break space.
  for (const word of text.split(/[ \n]+/)) {
    if (line && widthOf(`${line} ${word}`) <= width) {
      line += ` ${word}`
      continue
    }
    if (line) lines.push(line)
    line = ''
    for (const letter of widthOf(word) > width ? lettersOf(word) : [word]) {
      if (line && widthOf(line + letter) > width) {
        lines.push(line)
        line = ''
      }
      line += letter
    }
  }
  return line ? [...lines, line] : lines
}

export type Style = Parameters<typeof util.styleText>[0]

/** Where the output goes. */
export interface Terminal {
  readonly width: number
  readonly style: (style: Style, text: string) => string
  readonly print: (...lines: string[]) => void
}

type Output = Pick<typeof process.stdout, 'write'> & Partial<Pick<typeof process.stdout, 'columns' | 'hasColors' | 'isTTY'>>

/** Wider lines are hard to read. */
const widest = 100
const narrowest = 30

export const terminal = (output: Output, env: NodeJS.ProcessEnv): Terminal => {
  const colored = env.FORCE_COLOR === undefined ? !!output.isTTY && !env.NO_COLOR && !!output.hasColors?.() : !/^(0|false)$/.test(env.FORCE_COLOR)
  return {
    width: Math.min(widest, Math.max(narrowest, output.columns || Number(env.COLUMNS) || 80)),
    // Node has it from 20.12 on, and would ask the stream itself in later versions.
    style: (style, text) => (colored && util.styleText ? util.styleText(style, text, {validateStream: false}) : text),
    print: (...lines) => void output.write(lines.map((line) => `${line.trimEnd()}\n`).join('')),
  }
}

/** Lines with so many spaces before each. */
export const indent = (lines: readonly string[], by: number): string[] => lines.map((line) => ' '.repeat(by) + line)

/** A narrower text beside a label is no help. */
const narrowestText = 20

/** A list of labels, and beside each its text, wrapped; below it where there is no room. */
export const entries = ({width, style}: Terminal, list: readonly (readonly [label: string, text: string])[], by = 0): string[] => {
  const labelWidth = Math.max(...list.map(([label]) => widthOf(label))) + 1
  const room = width - by - labelWidth
  const beside = (label: string, text: string): string[] => wrap(text, room).map((line, i) => style('dim', pad(i ? '' : label, labelWidth)) + line)
  const below = (label: string, text: string): string[] => [style('dim', label), ...indent(wrap(text, width - by - 2), 2)]
  return indent(
    list.flatMap(([label, text]) => (room < narrowestText ? below : beside)(label, text)),
    by,
  )
}
