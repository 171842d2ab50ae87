// What was aimed at, and is it so? Compared with what a run measured, never written by hand.

/**
 * `of`: the measure, the row and the column that it is about. `limit`: at most, or, with `least`, at least. `aim`: what would be better still.
 *
 * @typedef {{what: string, of: string[], limit: number, least?: boolean, aim?: number, unit: string, digits: number}} Target
 * @type {Target[]}
 */
export const targets = [
  {what: 'receive, in process, beyond raw', of: ['receive', 'closecall', 'beyond'], limit: 15, unit: 'ns', digits: 1},
  {what: 'receive, allocated', of: ['receive', 'closecall', 'bytes'], limit: 0, unit: 'bytes', digits: 1},
  {what: "send, in process, beyond raw, with `lint: 'off'`", of: ['send', "closecall, lint: 'off'", 'beyond'], limit: 5, unit: 'ns', digits: 1},
  {what: 'send, in process, beyond raw, with the default', of: ['send', 'closecall', 'beyond'], limit: 15, unit: 'ns', digits: 1},
  {what: 'send, allocated', of: ['send', 'closecall', 'bytes'], limit: 0, unit: 'bytes', digits: 1},
  {what: 'throughput over loopback, sending', of: ['loopback', 'closecall', 'sendRatio'], limit: 0.95, least: true, unit: '× raw', digits: 2},
  {what: 'throughput over loopback, receiving', of: ['loopback', 'closecall', 'receiveRatio'], limit: 0.95, least: true, unit: '× raw', digits: 2},
  {what: 'construct + open', of: ['open', 'closecall', 'ratio'], limit: 5, unit: '× raw', digits: 1},
  {what: 'heap per idle client, beyond its socket', of: ['heap', 'closecall', 'beyond'], limit: 1500, unit: 'bytes', digits: 0},
  {what: '`connect`, gzip', of: ['size', 'closecall', 'gzip'], limit: 5000, aim: 4000, unit: 'bytes', digits: 0},
  {what: 'compile and evaluate', of: ['parse', 'closecall', 'beyond'], limit: 0.4, unit: 'ms', digits: 2},
  {what: 'a lone client after 2 s of outage, median lag', of: ['recovery', 'closecall', 'after2'], limit: 1.5, unit: 's', digits: 2},
  {what: 'the same after 10 s', of: ['recovery', 'closecall', 'after10'], limit: 5.5, unit: 's', digits: 2},
  {what: 'the same after 60 s', of: ['recovery', 'closecall', 'after60'], limit: 16, unit: 's', digits: 2},
  {what: 'after 1,000 reconnections, sockets in memory', of: ['leaks', 'closecall', 'sockets'], limit: 1, unit: '', digits: 0},
  {what: 'timers, once it is closed', of: ['leaks', 'closecall', 'afterOpen'], limit: 0, unit: '', digits: 0},
  {what: 'growth, a reconnection', of: ['leaks', 'closecall', 'growth'], limit: 0, unit: 'bytes', digits: 0},
]

/** What is shown as equal is equal. */
const rounded = (value, digits) => Number(value.toFixed(digits))

/**
 * @param {Target} target
 * @param {Record<string, Record<string, any>[]>} results
 * @returns the figure of a target in what was measured, and the verdict
 */
export const judge = ({of: [measure, name, key], limit, least, aim, digits}, results) => {
  const rows = results[measure]
  const value = rows.find((row) => row.name === name)[key]
  const shown = rounded(value, digits)
  const isMet = (bound) => (least ? shown >= bound : shown <= bound)
  if (isMet(limit)) return {value, verdict: aim === undefined ? 'met' : `met${isMet(aim) ? ', and the aim' : ''}`}
  // A raw socket beside a raw socket says how far from 1 a ratio is by chance.
  const raw = least && rows.find((row) => row.name === 'raw')[key]
  if (least && shown >= limit * Math.min(raw, 1)) return {value, verdict: `not met, within this run's noise (raw beside raw: ${raw.toFixed(digits)})`}
  return {value, verdict: '**not met**'}
}
