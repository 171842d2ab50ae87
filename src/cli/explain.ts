// How does the meaning of a code read in a terminal, alone or beside another?

import type {ComparedPoint, Comparison, Explanation} from '../catalog/index.ts'
import type {Action, Verdict} from '../core/index.ts'
import {entry, indent, pad, wrap, type Style, type Terminal} from './text.ts'
import type {Words} from './words.ts'

export const colorOf: Readonly<Record<Action, Style>> = {retry: 'yellow', refresh: 'yellow', stop: 'red', end: 'green'}

export const verdictIn = ({actions, faults, faultOf}: Words, {action, fault}: Pick<Verdict, 'action' | 'fault'>): string => `${actions[action]}; ${faultOf(faults[fault])}`

/** Columns between two texts side by side. */
const gap = 3

/** Narrower columns are no help. */
const narrowestColumn = 32

export const printExplanation = (output: Terminal, words: Words, explanation: Explanation): void => {
  const {print, style} = output
  const {labels} = words
  const {code, status, name, description, whenYouSee, howToFix, whenToSend, whatClosecallDoes, verdict} = explanation
  print(style('bold', `${status ? words.httpStatus(status) : code} ${name}`), '')
  for (const [heading, text] of [
    [labels.meaning, description],
    [labels.when, whenYouSee],
    [labels.fix, howToFix],
    [labels.closecall, whatClosecallDoes],
    [labels.send, whenToSend],
  ] as const)
    paragraph(output, heading, text)
  facts(output, words, [[labels.verdict, verdictIn(words, verdict)], ...factsOf(words, explanation)])
}

const paragraph = ({print, style, width}: Terminal, heading: string, text: string): void => print(style('bold', heading), ...indent(wrap(text, width - 2), 2), '')

const facts = (output: Terminal, {label}: Words, list: readonly (readonly [string, string])[]): void => {
  const labelWidth = Math.max(...list.map(([name]) => label(name).length)) + 1
  for (const [name, text] of list) output.print(...entry(output, label(name), labelWidth, text))
}

/** Of a refusal nothing that speaks of close codes: none was sent. */
const factsOf = ({labels, kinds, senders, yes, no}: Words, {kind, status, registeredName, constant, reference, sentBy, onWire, closeAccepts, dialect, link}: Explanation): [string, string][] => [
  [labels.reference, reference],
  ...(status ? [] : ([
    [labels.kind, kinds[kind]],
    ...(registeredName ? [[labels.registered, registeredName]] : []),
    ...(constant ? [[labels.constant, `CloseCode.${constant}`]] : []),
    [labels.sender, senders[sentBy]],
    [labels.wire, onWire ? yes : no],
    [labels.closeAccepts, closeAccepts ? yes : no],
  ] as [string, string][])),
  ...(dialect ? [[labels.dialect, dialect] as [string, string]] : []),
  [labels.more, link],
]

/** Side by side where there is room, else one after the other. */
export const printComparison = (output: Terminal, {labels}: Words, {codes, points, summary}: Comparison): void => {
  const {print, style, width} = output
  const column = Math.floor((width - 2 - gap) / 2)
  const titles = codes.map(({code, name}) => `${code} ${name}`) as [string, string]
  const beside = (left: string, right: string, change: (line: string) => string = (line) => line): string[] => {
    const [lefts, rights] = [wrap(left, column), wrap(right, column)]
    return indent(
      Array.from({length: Math.max(lefts.length, rights.length)}, (_, i) => change(pad(lefts[i] ?? '', column)) + ' '.repeat(gap) + change(rights[i] ?? '')),
      2,
    )
  }
  const below = (left: string, right: string): string[] =>
    [left, right].flatMap((text, i) => [...wrap(titles[i]!, width - 2).map((line) => `  ${style('dim', line)}`), ...indent(wrap(text, width - 4), 4)])
  const wide = column >= narrowestColumn
  const pair = ({left, right, same}: ComparedPoint): string[] => (same ? indent(wrap(left, width - 2), 2) : (wide ? beside : below)(left, right))

  print(...(wide ? beside(...titles, (line) => style('bold', line)) : titles.map((title) => style('bold', title))), '')
  for (const point of points) print(style('bold', point.label), ...pair(point), '')
  print(style('bold', labels.difference), ...indent(wrap(summary, width - 2), 2))
}
