// How does a probe read for a person, line by line?

import type {Close} from '../index.ts'
import type {Plan, ProbeEvent} from './probe.ts'
import {colorOf, verdictIn} from './explain.ts'
import {entries, harmless, indent, wrap, type Terminal} from './text.ts'
import type {Language, Words} from './words.ts'

type Told<Name extends ProbeEvent['event']> = Extract<ProbeEvent, {event: Name}>

/** Columns for the time. */
const margin = 11

/** @returns what prints an event */
export const timeline = (output: Terminal, words: Words, language: Language, watch: boolean, stableAfter: number): ((event: ProbeEvent) => void) => {
  const {print, style, width} = output
  const {labels, probe: said} = words
  /** By what was said: a 1006 is not always the same. */
  const explained = new Set<string>()
  const number = (value: number, least: number, most: number): string => new Intl.NumberFormat(language, {minimumFractionDigits: least, maximumFractionDigits: most, useGrouping: false}).format(value)
  const duration = (ms: number): string => (ms < 1000 ? `${number(ms, 0, 0)}\u00a0ms` : `${number(ms / 1000, 0, 1)}\u00a0s`)
  const others = (text: string): string => words.quoted(harmless(text))

  const line = (at: number, text: string, color?: Parameters<typeof style>[0]): void => {
    const [first = '', ...more] = wrap(text, width - margin)
    const time = style('dim', `${number(at / 1000, 2, 2)}\u00a0s`.padStart(margin - 2))
    print(`${time}  ${color ? style(color, first) : first}`, ...indent(color ? more.map((each) => style(color, each)) : more, margin))
  }

  const detail = (details: readonly (readonly [string, string])[]): void =>
    print(...entries(output, details.map(([label, text]) => [words.label(label), text]), margin))

  const planned = (plan: Plan, refresh: boolean): string => {
    if (plan.action === 'end') return said.ends
    if (plan.action === 'stop') return refresh ? said.noCredentials : said.stops[plan.why]
    const {delay, hint} = plan
    const when = (watch ? said.next : said.wouldBe)(duration(delay))
    if (!hint) return when
    // Rounding must make no liar of us.
    return `${when}, ${delay >= hint.after - 1000 ? said.asAsked : said.askedMore(duration(hint.after))}`
  }

  const closed = ({at, close, verdict, received, explanation, plan}: Told<'close'>): void => {
    const {reason, error, age, opened, status} = close
    const theirWords = [reason, status ? '' : error].filter((text) => text).map((text) => others(text!))
    const end = [howItEnded(close, explanation.name, words), ...theirWords].join(' ')
    line(at, [end, ...(opened ? [said.after(duration(age)), said.messages(received)] : [])].join(', '), colorOf[plan.action])
    const next = [labels.plan, planned(plan, verdict.action === 'refresh')] as const
    const {description} = explanation
    if (explained.has(description)) return detail([next])
    explained.add(description)
    detail([
      [labels.meaning, description],
      [labels.fix, explanation.howToFix],
      [labels.verdict, `${verdictIn(words, verdict)}. ${explanation.whatClosecallDoes}`],
      next,
    ])
  }

  return (event) => {
    const {at} = event
    switch (event.event) {
      case 'start': {
        const ws = event.transport === 'ws'
        print(...wrap(`${harmless(event.url, 1000)}${ws ? ` (${said.overWs})` : ''}`, width), ...(ws ? [] : wrap(said.overNative, width)))
        return
      }
      case 'connecting':
        return line(at, event.retry ? said.again(event.retry) : said.connecting)
      case 'open': {
        const {subprotocol, extensions, dialect} = event
        const facts = [said.open, subprotocol ? said.subprotocol(others(subprotocol)) : said.noSubprotocol, ...(extensions ? [said.extensions(others(extensions))] : []), ...(dialect ? [said.readAs(dialect)] : [])]
        return line(at, facts.join(', '), 'green')
      }
      case 'stable':
        return line(at, said.stable(duration(stableAfter)), 'green')
      case 'close':
        return closed(event)
      case 'pattern':
        return line(at, said.pattern(event.pattern), 'yellow')
      case 'left':
        return line(at, event.code === 1006 ? said.unanswered : `${words.label(said.leaving)} ${event.code}`)
      case 'interrupted':
        return line(at, said.interrupted)
      case 'summary':
        return watch ? line(at, said.summary(event.connections, event.retries, event.received)) : undefined
      default:
        return event satisfies never
    }
  }
}

const howItEnded = ({code, status, opened, origin}: Close, name: string, {label, probe: said}: Words): string =>
  status ? said.refused(status)
  : origin !== 'event' && origin !== 'error' ? said.origins[origin]
  : !opened ? said.notOpened
  : code === 1006 ? said.lost
  : `${label(said.closed)} ${code} ${name}`
