// Which herds are simulated to see that nothing gets worse?

import {readFileSync} from 'node:fs'

const clients = 10_000

/** N/C = 60 s, and a server that is up, unless said otherwise. */
const herds = {
  'shed, no hint': {},
  'shed, a refusal costs a tenth of an accept': {server: {refusalCost: 0.1}},
  'shed, the same, N/C = 150 s': {server: {refusalCost: 0.1, capacity: clients / 150}},
  'shed, the same, N/C = 300 s': {server: {refusalCost: 0.1, capacity: clients / 300}},
  'shed, one spread for all': {server: {hint: {spread: 60_000}}},
  'shed, a slot for each': {slots: true},
  'restart for 5 s, no hint': {outage: {kind: 'restart', duration: 5000}},
  'restart for 5 s, one spread for all': {outage: {kind: 'restart', duration: 5000}, server: {hint: {after: 5000, spread: 60_000}}},
  'cut for 30 s': {outage: {kind: 'cut', duration: 30_000}},
  'brownout for a minute': {outage: {kind: 'brownout', capacity: 0.5, duration: 60_000}},
  'flapping': {outage: {kind: 'flapping', up: 5000, down: 5000, times: 6}},
  ...Object.fromEntries([2, 10, 60].map((seconds) => [`nobody else, cut for ${seconds} s`, {server: {capacity: 1e9}, outage: {kind: 'cut', duration: seconds * 1000}}])),
}

/** To three digits: that no two runs differ is another test's affair. */
const rounded = (value) => Number(value.toPrecision(3))

/**
 * The figures of closecall with default options. Less is better for all of them.
 *
 * @param modules `simulate` and `createShedder`, of the sources or of the build
 * @returns {Record<string, Record<string, number>>}
 */
export const figuresOf = ({simulate, createShedder}) => {
  const slots = () => {
    let time = 0
    const shedder = createShedder({capacity: clients / 60, now: () => time})
    return (now) => {
      time = now
      return shedder.shed().hint
    }
  }
  return Object.fromEntries(
    Object.entries(herds).map(([name, {slots: given, ...options}]) => {
      const {attempts, times, bound, peak} = simulate({clients, ...options, ...(given && {server: {hint: slots()}})})
      // Where nobody waits for anybody, what counts is how long it takes to come back.
      const alone = name.startsWith('nobody')
      return [name, Object.fromEntries(Object.entries({attempts: attempts.mean, ...(alone ? {lag: times.half / 1000} : {nearly: times.nearly / bound, all: times.all / bound, peak: peak.second})}).map(([figure, value]) => [figure, rounded(value)]))]
    }),
  )
}

export const kept = new URL('../simulator/figures.json', import.meta.url)

/** @returns {Record<string, Record<string, number>>} */
export const keptFigures = () => JSON.parse(readFileSync(kept, 'utf8'))
