// What does each herd do after the same outage? Computes beside the page, one policy after the other, and tells each result at once.

import {createShedder} from './server.js'
import {formulas, simulate, transitionPolicy} from './simulator.js'

/** As the facts about the peers were measured. A brown-out is as long as the bound was when all was well. */
const outages = {
  shed: {kind: 'shed'},
  restart: {kind: 'restart', duration: 5000},
  cut: {kind: 'cut', duration: 30_000},
  brownout: {kind: 'brownout', capacity: 0.5, duration: 60_000},
  flapping: {kind: 'flapping', up: 5000, down: 5000, times: 6},
}

/** Whoever hammers would keep a laptop busy for minutes: after so many the simulation stops, and says so. */
const limitOf = (clients) => ({time: 1_800_000, attempts: Math.max(60, Math.min(300, 2_000_000 / clients))})

/** What the server says with 1012 and 1013. A restart knows how long it takes: nobody is wanted before. */
const hints = {
  none: () => undefined,
  spread: (bound, capacity, away) => (now) => ({after: Math.max(0, away - now), spread: bound * 1000}),
  slot: (_, capacity, away) => {
    let clock = 0
    const shedder = createShedder({capacity, now: () => clock})
    return (now) => {
      clock = now
      return (now < away ? shedder.restart(away - now) : shedder.shed()).hint
    }
  },
}

onmessage = ({data: {run, clients, bound, cost, outage, hint, seed, policies}}) => {
  try {
    const capacity = clients / bound
    const away = outage === 'restart' ? outages.restart.duration : 0
    const limit = limitOf(clients)
    for (const [index, name] of policies.entries()) {
      const formula = formulas.find((formula) => formula.name === name)
      const policy = formula ?? transitionPolicy()
      // None of the formulas reads it: nothing is made up for them.
      const said = formula ? undefined : hints[hint](bound, capacity, away)
      const {series, ...figures} = simulate({clients, seed, server: {capacity, refusalCost: cost, hint: said}, outage: outages[outage], policy, limit})
      const arrivals = Float64Array.from(series.arrivals)
      const accepted = Float64Array.from(series.accepted)
      postMessage({run, index, figures, step: series.step, arrivals, accepted}, [arrivals.buffer, accepted.buffer])
    }
    postMessage({run, done: true})
  } catch (error) {
    postMessage({run, error: error.message})
  }
}
