// Which herds are in docs/herd.md, and what comes of each? A row is simulated when it is asked for, so that a test may ask for some.

/** N/C, seconds. */
const lengths = [10, 30, 60, 150, 300]

const outages = {
  shed: {outage: {kind: 'shed'}},
  restart: {outage: {kind: 'restart', duration: 5000}},
  cut: {outage: {kind: 'cut', duration: 30_000}},
  brownout: {outage: {kind: 'brownout', capacity: 0.5, duration: 60_000}},
  flapping: {outage: {kind: 'flapping', up: 5000, down: 5000, times: 6}},
  costly: {outage: {kind: 'shed'}, server: {refusalCost: 0.1}},
}

const clients = 10_000

/** After so many attempts per client it is as good as lost. */
const enough = 500

export const number = (value, digits = 3) =>
  value === Infinity ? '∞'
  : value >= 100 ? Math.round(value).toLocaleString('en')
  : String(Number(value.toPrecision(digits)))

const percent = (share) => `${number(100 * share)} %`
const seconds = (ms) => (ms === Infinity ? 'never' : `${number(ms / 1000)} s`)

/**
 * @param modules what `closecall/simulator` and `closecall/server` export, built or not
 * @returns tables by name, each with a head and rows by name
 */
export function tablesOf({simulate, transitionPolicy, formulas, createShedder}) {
  /** `kind` of outage, `seconds` for N/C. */
  const herd = (policy, kind = 'shed', {seconds = 60, count = clients, hint, ...rest} = {}) => {
    const {outage, server} = outages[kind]
    return simulate({clients: count, outage, policy, server: {...server, capacity: count / seconds, hint}, limit: {attempts: enough}, ...rest})
  }

  /** What a server with a shedder says: at the moment of the loss, where it goes, for `away` ms; afterwards to whom it has no room for. */
  const slots = (capacity, away) => {
    let time = 0
    const shedder = createShedder({capacity, now: () => time})
    return (now) => {
      time = now
      return (now === 0 && away !== undefined ? shedder.restart(away) : shedder.shed()).hint
    }
  }

  /** The median time from the network's return until a client is back that has the server for itself, on average over outages of about so long: who has no jitter would be lucky or not. */
  const lag = (policy, duration) => {
    const all = [0.8, 0.9, 1, 1.1, 1.2].map((factor) => simulate({clients: 500, policy, server: {capacity: 1e9}, outage: {kind: 'cut', duration: factor * duration}, limit: {time: 2 * duration + 600_000, attempts: 10_000}}).times.half)
    return all.reduce((sum, time) => sum + time, 0) / all.length
  }
  const lags = (policy) => [2000, 10_000, 60_000].map((duration) => seconds(lag(policy, duration)))

  const known = new Map()
  /** Geometrically over 15 herds: three ways to lose everybody, five sizes. And how many of five are lost where a refusal costs a tenth of an accept. */
  const average = (policy) => {
    if (!known.has(policy)) {
      const small = {count: 1000, limit: {attempts: 400}}
      const all = ['shed', 'restart', 'cut'].flatMap((kind) => lengths.map((seconds) => herd(policy, kind, {seconds, ...small})))
      const mean = (of) => Math.exp(all.reduce((sum, each) => sum + Math.log(of(each)), 0) / all.length)
      known.set(policy, {
        attempts: mean(({attempts}) => attempts.mean),
        time: mean(({times, bound}) => times.nearly / bound),
        worst: Math.max(...all.map(({times, bound}) => times.nearly / bound)),
        lost: lengths.filter((seconds) => herd(policy, 'costly', {seconds, count: 1000, limit: {attempts: 150}}).times.nearly === Infinity).length,
      })
    }
    return known.get(policy)
  }
  const averages = (policy) => {
    const {attempts, time, worst, lost} = average(policy)
    return [number(attempts), number(time), number(attempts * time), number(worst), `${lost} of ${lengths.length}`]
  }

  const outcome = ({attempts, times, bound, peak, fairness, back}) => [number(attempts.mean), ...[times.half, times.most, times.nearly, times.all].map((time) => number(time / bound)), number(peak.second), number(fairness, 2), percent(back)]
  const outcomes = ['attempts', '50 %', '90 %', '99 %', '100 %', 'peak', 'fairness', 'back']

  const ours = transitionPolicy()
  const backoff = (rules) => transitionPolicy({backoff: rules})
  const cached = new Map()
  const ruled = (jitter, cap) => {
    const key = `${jitter} ${cap}`
    if (!cached.has(key)) cached.set(key, jitter === 0.5 && cap === 30 ? ours : backoff({jitter, maxDelay: cap * 1000}))
    return cached.get(key)
  }
  const jitters = {'half to one and a half (0.5)': 0.5, 'full': 'full', 'equal': 'equal', 'decorrelated': 'decorrelated', 'none': 'none'}
  const caps = [8, 16, 30, 60]

  const against = (policy) => [...['shed', 'cut'].flatMap((kind) => {
    const {attempts, times, bound, peak, back} = herd(policy, kind, {count: 2000})
    return [number(attempts.mean), back < 0.99 ? `${percent(back)} back` : number(times.nearly / bound), number(peak.second)]
  }), ...(() => {
    const {attempts, times, bound, back} = herd(policy, 'costly', {count: 2000})
    return [number(attempts.mean), back < 0.99 ? `${percent(back)} back` : number(times.nearly / bound)]
  })()]

  const tables = {
    default: {
      head: ['herd', ...outcomes],
      rows: [
        ['shed with 1013', () => outcome(herd(ours))],
        ['the same, one `spread` of 60 s for all', () => outcome(herd(ours, 'shed', {hint: {spread: 60_000}}))],
        ['the same, a slot for each', () => outcome(herd(ours, 'shed', {hint: slots(clients / 60)}))],
        ['the same, a refusal costs a tenth of an accept', () => outcome(herd(ours, 'costly'))],
        ['restart, away for 5 s', () => outcome(herd(ours, 'restart'))],
        ['the same, `after` 5 s and `spread` 60 s', () => outcome(herd(ours, 'restart', {hint: {after: 5000, spread: 60_000}}))],
        ['the same, a slot for each', () => outcome(herd(ours, 'restart', {hint: slots(clients / 60, 5000)}))],
        ['network cut for 30 s', () => outcome(herd(ours, 'cut'))],
        ['the same, who is shed is given a slot', () => outcome(herd(ours, 'cut', {hint: slots(clients / 60)}))],
        ['half the capacity for a minute', () => outcome(herd(ours, 'brownout'))],
        ['comes and goes six times', () => outcome(herd(ours, 'flapping'))],
      ],
    },
    jitter: {
      head: ['jitter', 'attempts', '99 %', 'product', 'worst', 'costly: lost', 'peak', 'alone, 2 s', '10 s', '60 s'],
      rows: Object.entries(jitters).map(([name, jitter]) => [name, () => [...averages(ruled(jitter, 30)), number(herd(ruled(jitter, 30)).peak.second), ...lags(ruled(jitter, 30))]]),
    },
    cap: {
      head: ['cap', 'attempts', '99 %', 'product', 'worst', 'costly: lost', 'alone, 2 s', '10 s', '60 s'],
      rows: caps.map((cap) => [`${cap} s`, () => [...averages(ruled(0.5, cap)), ...lags(ruled(0.5, cap))]]),
    },
    stability: {
      head: ['N/C', 'mean delay must exceed', ...caps.map((cap) => `cap ${cap} s`)],
      rows: [60, 150, 300].map((length) => [`${length} s`, () => [`${number(length / 10)} s`, ...caps.map((cap) => {
        const {times, bound, back} = herd(ruled(0.5, cap), 'costly', {seconds: length, count: 5000})
        return back < 0.99 ? `${percent(back)} back` : number(times.nearly / bound)
      })]]),
    },
    restart: {
      head: ['after a 1012', 'N/C', ...outcomes],
      rows: ['spread over 5–30 s (default)', 'as after any other close'].flatMap((name, i) => [10, 60, 300].map((length) => [`${name} | ${length} s`, () => outcome(herd(i ? transitionPolicy({verdicts: {1012: {backoff: 'exponential'}}}) : ours, 'restart', {seconds: length}))])),
    },
    refusal: {
      head: ['after a 1013', ...outcomes],
      rows: [
        ['exponential (default)', () => outcome(herd(ours))],
        ['first over 5–30 s, as after a 1012', () => outcome(herd(transitionPolicy({verdicts: {1013: {backoff: 'spread'}}})))],
        ['one `spread` for all', () => outcome(herd(ours, 'shed', {hint: {spread: 60_000}}))],
        ['one `spread` for all, half as long as it takes', () => outcome(herd(ours, 'shed', {hint: {spread: 30_000}}))],
        ['one `spread` for all, twice as long', () => outcome(herd(ours, 'shed', {hint: {spread: 120_000}}))],
        ['a slot for each', () => outcome(herd(ours, 'shed', {hint: slots(clients / 60)}))],
        ['one `retry-after` for all, 30 s', () => outcome(herd(ours, 'shed', {hint: {after: 30_000}}))],
      ],
    },
    others: {
      head: ['policy', 'shed: attempts', '99 %', 'peak', 'cut: attempts', '99 %', 'peak', 'costly: attempts', '99 %'],
      rows: [['**closecall**', () => against(ours)], ...formulas.map((formula) => [formula.name, () => against(formula)])],
    },
    alone: {
      head: ['policy', 'attempts', '99 %', 'product', 'worst', 'costly: lost', 'alone, 2 s', '10 s', '60 s'],
      rows: [['**closecall**', () => [...averages(ours), ...lags(ours)]], ...formulas.map((formula) => [formula.name, () => [...averages(formula), ...lags(formula)]])],
    },
  }
  return {tables, herd, average, ruled, ours, slots, caps, jitters}
}

/** A table as Markdown has it. */
export const markdown = (head, rows) => {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i ? '---:' : '---'))), ...rows.map(line)].join('\n')
}

/** The rows of a table, simulated. A name with a bar in it is two cells. */
export const rowsOf = ({rows}, told = () => {}) => rows.map(([name, run]) => (told(name), [...name.split(' | '), ...run()]))
