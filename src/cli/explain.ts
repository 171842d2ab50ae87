// How does the meaning of a code read in a terminal, alone or beside another?

import type {ComparedPoint, Comparison, Explanation} from '../catalog/index.ts'
import type {Action, Verdict} from '../core/index.ts'
import {entries, indent, pad, wrap, type Style, type Terminal} from './text.ts'
import type {Words} from './words.ts'

export const colorOf: Readonly<Record<Action, Style>> = {retry: 'yellow', refresh: 'yellow', stop: 'red', end: 'green'}

export const verdictIn = ({actions, faults, faultOf}: Words, {action, fault}: Pick<Verdict, 'action' | 'fault'>): string => `${actions[action]}, ${faultOf(faults[fault])}`

/** Columns between two texts side by side. */
const gap = 3

/** Narrower columns are no help. */
const narrowestColumn = 32

export const printExplanation = (output: Terminal, words: Words, explanation: Explanation): void => {
  const {print, style} = output
  const {labels} = words
  const {code, status, name, description, whenYouSee, howToFix, whenToSend, whatClosecallDoes} = explanation
  print(style('bold', `${status ? words.httpStatus(status) : code} ${name}`), '')
  for (const [heading, text] of [
    [labels.meaning, description],
    [labels.when, whenYouSee],
    [labels.fix, howToFix],
    [labels.closecall, whatClosecallDoes],
    [labels.send, whenToSend],
  ] as const)
    paragraph(output, heading, text)
  const facts = factsOf(words, explanation).filter((fact): fact is [string, string] => !!fact[1])
  print(...entries(output, facts.map(([label, text]) => [words.label(label), text])))
}

const paragraph = ({print, style, width}: Terminal, heading: string, text: string): void => print(style('bold', heading), ...indent(wrap(text, width - 2), 2), '')

/** Of a refusal nothing that speaks of close codes: none was sent. */
const factsOf = (words: Words, {status, kind, registeredName, constant, reference, sentBy, onWire, closeAccepts, verdict, dialect, link}: Explanation): [string, string | false | undefined][] => {
  const {labels, kinds, senders, yes, no} = words
  return [
    [labels.verdict, verdictIn(words, verdict)],
    [labels.reference, reference],
    [labels.dialect, dialect],
    [labels.kind, !status && kinds[kind]],
    [labels.registered, !status && registeredName],
    [labels.constant, !status && constant && `CloseCode.${constant}`],
    [labels.sender, !status && senders[sentBy]],
    [labels.wire, !status && (onWire ? yes : no)],
    [labels.closeAccepts, !status && (closeAccepts ? yes : no)],
    [labels.more, link],
  ]
}

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
