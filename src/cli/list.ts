// Which codes and which dialects are there?

import type {Listed} from '../catalog/index.ts'
import type {Verdict} from '../core/index.ts'
import type {DefinedDialect, DialectRule} from '../dialects/index.ts'
import {colorOf, verdictIn} from './explain.ts'
import {indent, pad, wrap, type Terminal} from './text.ts'
import type {Words} from './words.ts'

/** Columns for a code or a range. */
const keyWidth = 13

/** Where names have less, the verdict goes below. */
const narrowestName = 16

export const printCodes = (output: Terminal, words: Words, codes: readonly Listed[]): void => {
  for (const {title, explanation} of codes) printRow(output, words, title, explanation.name, explanation.verdict)
}

const printRow = ({print, style, width}: Terminal, words: Words, key: string, name: string, verdict: Pick<Verdict, 'action' | 'fault'>): void => {
  const room = width - keyWidth
  const nameWidth = Math.floor(room * 0.4)
  const beside = nameWidth >= narrowestName
  const names = wrap(name, beside ? nameWidth - 1 : room)
  const verdicts = wrap(verdictIn(words, verdict), beside ? room - nameWidth : room).map((line) => style(colorOf[verdict.action], line))
  const lines = beside ? Array.from({length: Math.max(names.length, verdicts.length)}, (_, i) => pad(names[i] ?? '', nameWidth) + (verdicts[i] ?? '')) : [...names, ...verdicts]
  for (const [i, line] of lines.entries()) print(pad(i ? '' : key, keyWidth) + line)
}

/** A dialect's data, one rule a row. */
export const describeDialect = ({name, title, source, subprotocols = [], rules}: DefinedDialect): object => ({
  name,
  title,
  source,
  subprotocols,
  rules: rowsOf(rules).map(([codes, {reason, ...rule}]) => ({codes, ...rule, ...(reason && {reason: String(reason)})})),
})

/** By their first code. A code comes before the range that begins with it, as numbers come first among names. */
const rowsOf = (rules: DefinedDialect['rules']): [string, DialectRule][] =>
  Object.entries(rules)
    .sort(([a], [b]) => parseInt(a) - parseInt(b))
    .flatMap(([codes, list]) => ([list].flat() as DialectRule[]).map((rule): [string, DialectRule] => [codes, rule]))

export const printDialect = (output: Terminal, words: Words, {name, title, source, subprotocols = [], rules}: DefinedDialect): void => {
  const {print, style, width} = output
  print(style('bold', `${title} (${name})`), ...wrap(source, width), ...(subprotocols.length ? wrap(words.probe.subprotocol(subprotocols.join(', ')), width) : []), '')
  for (const [codes, {name: called, meaning, action, fault = 'unknown', reason}] of rowsOf(rules)) {
    printRow(output, words, codes.replace('-', '–'), called, {action, fault})
    print(...indent(wrap(`${meaning}${reason ? ` (${words.reasonMatches} ${reason})` : ''}`, width - keyWidth), keyWidth).map((line) => style('dim', line)))
  }
}

export const printDialects = ({print, width}: Terminal, words: Words, all: readonly DefinedDialect[]): void => {
  const nameWidth = Math.max(...all.map(({name}) => name.length)) + 2
  for (const {name, title, subprotocols = []} of all) {
    const [first = '', ...more] = wrap(`${title}${subprotocols.length ? ` (${words.probe.subprotocol(subprotocols.join(', '))})` : ''}`, width - nameWidth)
    print(pad(name, nameWidth) + first, ...indent(more, nameWidth))
  }
}
