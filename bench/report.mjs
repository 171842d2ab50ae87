// How does a run read? Tables, and sentences that are made of the same figures.

import {arch, cpus, platform} from 'node:os'
import {libraries} from './libraries.mjs'
import {judge, targets} from './targets.mjs'

const format = (value, digits) =>
  value === undefined ? '–'
  : typeof value === 'string' ? value
  : !Number.isFinite(value) ? 'never'
  : // No -0.
    (Number(value.toFixed(digits)) || 0).toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits})

const table = (heads, rows) =>
  [heads, heads.map((_, i) => (i ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const isPeer = ({name}) => !!libraries[name]?.package

const listed = (items) => (items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`)

/** Where a peer is better than `closecall` by more than a run differs from the next. */
const aheadIn = ({columns}, rows) => {
  const own = rows.find(({name}) => name === 'closecall')
  return columns.flatMap(({key, more, digits, ahead}) => {
    if (!ahead) return []
    const peers = rows.filter((row) => isPeer(row) && row[key] !== undefined && (more ? row[key] - own[key] : own[key] - row[key]) > ahead.by)
    if (!peers.length) return []
    peers.sort((a, b) => (more ? b[key] - a[key] : a[key] - b[key]))
    return [`${ahead.unit}: ${listed(peers.map((row) => `${row.name} (${format(row[key], digits)})`))}; closecall ${format(own[key], digits)}`]
  })
}

/** @returns a measure as markdown */
export const section = (measure, rows) => {
  const {title, how, columns} = measure
  const lines = aheadIn(measure, rows)
  return [
    `## ${title}`,
    how,
    table(['', ...columns.map(({label}) => label)], rows.map((row) => [row.name, ...columns.map(({key, digits}) => format(row[key], digits))])),
    lines.length ? `Ahead of closecall:\n\n${lines.map((line) => `- ${line}`).join('\n')}` : 'No peer is ahead of closecall here by more than runs differ.',
  ].join('\n\n')
}

const targetTable = (results) =>
  table(
    ['', 'target', 'measured', ''],
    targets.map((target) => {
      const {what, limit, least, aim, unit, digits} = target
      const {value, verdict} = judge(target, results)
      const bound = `${least ? '≥' : limit ? '≤' : ''} ${limit.toLocaleString('en')} ${unit}`.trim()
      return [what, aim === undefined ? bound : `${bound}, aim ${aim.toLocaleString('en')}`, `${format(value, digits)} ${unit}`.trim(), verdict]
    }),
  )

/** Of each peer, the measures that it is ahead in, by at least one column. */
const summary = (measures, results) => {
  const lines = Object.entries(measures).map(([key, measure]) => ({title: measure.title, said: aheadIn(measure, results[key]).join('\n')}))
  const titles = (of) => lines.filter(of).map(({title}) => title).join('; ') || 'nothing'
  const peers = Object.keys(libraries).filter((name) => isPeer({name}))
  return [...peers.map((name) => `- ${name}: ${titles(({said}) => said.includes(`${name} (`))}.`), `- None of them: ${titles(({said}) => !said)}.`].join('\n')
}

/** @returns docs/benchmarks.md */
export const page = (measures, results, {versions, load, minutes, date}) => {
  const met = targets.filter((target) => judge(target, results).verdict.startsWith('met')).length
  return `${[
    '# What it costs, beside others',
    `Written by \`npm run bench\` on ${date}, in ${minutes} minutes, on ${cpus().length} cores (${arch()}, ${platform()}) with Node ${process.version}. The load was ${load.toFixed(1)} before it began, and other programs may have run meanwhile: compare figures within this page only. Nothing here is written by hand.`,
    `Compared: ${listed(Object.entries(versions).map(([name, version]) => `${name} ${version}`))}.`,
    `## Targets\n\n${met} of ${targets.length} are met.`,
    targetTable(results),
    `## Where others are ahead of closecall\n\n${summary(measures, results)}\n\nBy how much, the lists below the tables say.`,
    ...Object.entries(measures).map(([key, measure]) => section(measure, results[key])),
  ].join('\n\n')}\n`
}
