// How do ten thousand clients come back? Asks a worker, and draws what it answers. Nothing is loaded before the panel comes near.

const byId = (id) => document.getElementById(id)

const panel = byId('herd')

const number = new Intl.NumberFormat('en')

const steps = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]

/** The rivals that are shown at first: by a cloud's book, with little jitter, with none. */
const chosen = ['AWS full jitter', 'reconnecting-websocket', 'partysocket']

/** Sliders tell many values on the way to one. */
const patience = 200

const three = new Intl.NumberFormat('en', {maximumSignificantDigits: 3})

const seconds = (ms) => `${three.format(ms / 1000)} s`

const tries = (mean) => `${three.format(mean)} ${three.format(mean) === '1' ? 'attempt' : 'attempts'}`

const times = (ratio) => `${three.format(ratio)} ×`

// ---- The settings ----

const policies = [1, 2, 3].map((place) => byId(`herd-policy-${place}`))

const settings = () => ({
  clients: steps[byId('herd-clients').valueAsNumber],
  bound: byId('herd-bound').valueAsNumber,
  cost: byId('herd-cost').valueAsNumber,
  outage: byId('herd-outage').value,
  hint: byId('herd-hint').value,
  // As it is: the simulator says what is wrong with it.
  seed: byId('herd-seed').valueAsNumber,
  policies: ['closecall', ...policies.map(({value}) => value)],
})

const tellSliders = () => {
  const {clients, bound, cost} = settings()
  const words = {
    'herd-clients': number.format(clients),
    'herd-bound': `${bound} s`,
    'herd-cost': cost ? `${cost.toFixed(2)} accepts` : 'nothing',
  }
  for (const [id, said] of Object.entries(words)) {
    byId(`${id}-said`).textContent = said
    byId(id).setAttribute('aria-valuetext', said)
  }
}

// ---- The worker ----

let worker
let busy = false
/** The button stops what it takes long to compute. */
let stoppable = false
let offering
let run = 0
let pending
/** What was asked, and what is known of it, one for each policy. */
let asked
let results = []

const hire = () => {
  const hired = new Worker('/herd-worker.js', {type: 'module', name: 'herd'})
  hired.addEventListener('message', ({data}) => data.run === run && hear(data))
  hired.addEventListener('error', () => hired === worker && fail('the simulator could not be loaded.'))
  return hired
}

/** A simulation can't be interrupted from within: its worker is let go, and what it says late is not heard. */
const stop = () => {
  clearTimeout(pending)
  run++
  if (busy) {
    worker.terminate()
    worker = undefined
  }
  rest()
}

const rest = (resting = true) => {
  busy = !resting
  clearTimeout(offering)
  stoppable = false
  byId('herd-run').textContent = 'Run'
  // Who changes something and presses Run at once means the run that the change has begun already.
  if (!resting) {
    offering = setTimeout(() => {
      stoppable = true
      byId('herd-run').textContent = 'Stop'
    }, 1000)
  }
  byId('herd-tiles').ariaBusy = byId('herd-figures').ariaBusy = String(!resting)
}

const start = () => {
  stop()
  asked = settings()
  results = []
  for (const shown of [byId('herd-said'), ...tiles, ...rows]) shown.dataset.stale = ''
  worker ??= hire()
  rest(false)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
  worker.postMessage({run, ...asked})
}

const soon = () => {
  clearTimeout(pending)
  pending = setTimeout(start, patience)
}

const say = (words, wrong = false) => {
  byId('herd-said').textContent = words
  byId('herd-said').classList.toggle('wrong', wrong)
  delete byId('herd-said').dataset.stale
}

const fail = (words) => {
  worker?.terminate()
  worker = undefined
  rest()
  say(`That can’t be simulated: ${words}`, true)
}

const hear = ({index, error, done, ...result}) => {
  if (error) return fail(error)
  if (done) {
    rest()
    return say(sentence(results[0].figures))
  }
  results[index] = result
  showCaption()
  showFigures(index)
  plot(index)
  for (const shown of [tiles[index], rows[index]]) delete shown.dataset.stale
}

const sentence = ({attempts, bound, times: {nearly}, back}) =>
  `closecall: ${nearly === Infinity ? `${Math.floor(back * 100)} % were back when it was stopped` : `99 % are back after ${seconds(nearly)}`}, with ${tries(attempts.mean)} each. The best for all: ${seconds(bound)}.`

// ---- Figures ----

const rows = [...panel.querySelectorAll('tbody tr')]
const tiles = [...panel.querySelectorAll('.tile')]

const cell = (value, beside) => {
  const soft = document.createElement('span')
  soft.textContent = beside ?? ''
  return beside ? [value, ' ', soft] : [value]
}

const showCaption = () => {
  const {clients, bound} = asked
  byId('herd-figures').caption.textContent = `${number.format(clients)} clients; the server takes ${three.format(clients / bound)} a second`
}

const showFigures = (index) => {
  const {clients, back, bound, attempts, peak, gaveUp, times: after, stopped} = results[index].figures
  const moment = (ms, beside) => (ms === Infinity ? [stopped ? 'not yet' : 'never'] : cell(seconds(ms), beside && times(ms / bound)))
  const lost = Math.round(clients * (1 - back))
  const values = [[three.format(attempts.mean)], moment(after.half), moment(after.nearly, true), moment(after.all, true), [times(peak.second)], cell(lost ? number.format(lost) : 'none', stopped ? 'stopped' : gaveUp && 'gave up')]
  const [name, ...cells] = rows[index].cells
  name.textContent = asked.policies[index]
  cells.forEach((place, at) => place.replaceChildren(...values[at]))
  rows[index].toggleAttribute('data-lost', lost > 0)
}

const summary = ({figures: {attempts, times: {nearly}, back, peak, stopped}}) => {
  const share = `${Math.floor(back * 100)} % back`
  return `${nearly < Infinity ? `99 % after ${seconds(nearly)}` : stopped ? `${share}, stopped` : `only ${share}`} · ${tries(attempts.mean)} · peak ${times(peak.second)}`
}

// ---- Charts ----

let uPlot
const charts = []

/** What can be told apart on a chart of some hundred pixels. */
const mostBins = 160

/** What a logarithm can't show is drawn below the axis, where nobody sees it. */
const floor = 0.1

const isLinear = () => byId('herd-scale').value === 'linear'

const colour = (name) => getComputedStyle(panel).getPropertyValue(`--${name}`).trim()

/**
 * All four on one span, in seconds since the server is up for good: as long as most herds of such a server take. What goes on for longer,
 * the figures say. Only where the server comes and goes is there something to see before that.
 */
const spanOf = ({up}, {bound, outage}) => [outage === 'flapping' ? -up / 1000 : 0, Math.max(40, bound * 2.5)]

const dataOf = ({figures, step, arrivals, accepted}, settings) => {
  const least = isLinear() ? 0 : floor / 2
  const [from, to] = spanOf(figures, settings)
  const bin = Math.max(1, Math.ceil((to - from) / mostBins))
  const capacity = settings.clients / settings.bound
  const xs = Array.from({length: Math.ceil((to - from) / bin) + 1}, (_, index) => from + index * bin)
  const skipped = figures.up / 1000 + from
  const at = (index) => ((skipped + index * bin) * 1000) / step
  const mean = (series) =>
    xs.map((_, index) => {
      // Nobody knows how it would have gone on.
      if (figures.stopped && at(index) >= series.length) return null
      const sum = series.subarray(at(index), at(index + 1)).reduce((total, count) => total + count, 0)
      return Math.max(sum / bin / capacity, least)
    })
  return [xs, mean(arrivals), mean(accepted)]
}

const optionsOf = (index, {figures}, settings, {clientWidth: width, clientHeight: height}) => {
  const [from, to] = spanOf(figures, settings)
  const linear = isLinear()
  const top = linear ? 4 : 10 ** Math.ceil(Math.log10(settings.bound))
  const font = `12px ${getComputedStyle(panel).fontFamily}`
  const axis = {stroke: colour('soft'), font, grid: {stroke: colour('line'), width: 1}, ticks: {show: false}, gap: 4}
  const splits = linear ? [0, 1, 2, 3, 4] : [0.1, 1, 10, 100, 1000].filter((split) => split <= top)
  const series = (name, filled) => ({stroke: colour(name), width: 1.5, fill: `color-mix(in srgb, ${colour(name)} ${filled}%, ${colour('sunken')})`, points: {show: false}, paths: uPlot.paths.stepped({align: 1})})
  return {
    width,
    height,
    ms: 1,
    padding: [10, 22, 2, 0],
    legend: {show: false},
    cursor: {y: false, drag: {x: false, y: false, setScale: false}, points: {show: false}, sync: {key: 'herd', scales: ['x', null]}},
    scales: {x: {time: false, range: [from, to]}, y: {distr: linear ? 1 : 3, range: linear ? [0, top] : [floor, top]}},
    axes: [
      {...axis, size: 24, space: 56, incrs: [5, 10, 20, 30, 60, 120, 300], values: (_, at) => at.map((second) => `${number.format(second)} s`)},
      {...axis, size: 50, splits: () => splits, filter: (_, at) => at, values: (_, at) => at.map((ratio) => `${ratio} ×`)},
    ],
    series: [{}, series('stop', 14), series('good', 40)],
    hooks: {draw: [drawLines(figures)], setCursor: [(chart) => showMoment(index, chart)]},
  }
}

/** The capacity, and the moment when all could be back. */
const drawLines = ({bound}) => (chart) => {
  const {ctx, bbox, pxRatio = devicePixelRatio} = chart
  const y = chart.valToPos(1, 'y', true)
  const x = chart.valToPos(bound / 1000, 'x', true)
  ctx.save()
  ctx.lineWidth = 1.5 * pxRatio
  ctx.strokeStyle = colour('ink')
  ctx.setLineDash([6 * pxRatio, 4 * pxRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.strokeStyle = colour('accent')
  ctx.setLineDash([2 * pxRatio, 3 * pxRatio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.font = `${12 * pxRatio}px ${getComputedStyle(panel).fontFamily}`
  ctx.textAlign = 'right'
  ctx.textBaseline = 'bottom'
  // Legible on whatever is behind it.
  ctx.setLineDash([])
  ctx.lineWidth = 4 * pxRatio
  ctx.lineJoin = 'round'
  ctx.strokeStyle = colour('sunken')
  ctx.fillStyle = colour('ink')
  for (const write of ['strokeText', 'fillText']) ctx[write]('capacity', bbox.left + bbox.width - 4 * pxRatio, y - 4 * pxRatio)
  ctx.restore()
}

const plot = (index) => {
  const place = tiles[index].querySelector('.plot')
  const result = results[index]
  if (!result || !uPlot) return
  charts[index]?.destroy()
  charts[index] = new uPlot(optionsOf(index, result, asked, place), dataOf(result, asked), place)
  const {figures} = result
  place.ariaLabel = `${asked.policies[index]}: clients that try and clients that are accepted, against capacity, over time. ${summary(result)}. The table below has all figures.`
  tiles[index].toggleAttribute('data-lost', figures.back < 1)
  tiles[index].querySelector('b').textContent = asked.policies[index]
  showMoment(index)
}

/** What was at the moment that is pointed at; what came of it all otherwise. */
const showMoment = (index, chart) => {
  const at = chart?.cursor.idx
  const moment = at === null || at === undefined || chart.data[1][at] === null ? undefined : chart.data.map((values) => values[at])
  const told = (ratio) => times(ratio === floor / 2 ? 0 : ratio)
  tiles[index].querySelector('figcaption span').textContent = moment ? `${number.format(moment[0])} s: ${told(moment[1])} try, ${told(moment[2])} accepted` : summary(results[index])
}

const plotAll = () => tiles.forEach((_, index) => plot(index))

// ---- Coming into sight ----

const begin = async () => {
  const [{default: drawer}, {formulas}] = await Promise.all([import('/uPlot.esm.js'), import('/simulator.js')])
  uPlot = drawer
  policies.forEach((select, place) => {
    select.append(...formulas.map(({name}) => new Option(name, name, name === chosen[place], name === chosen[place])))
    rows[place + 1].cells[0].textContent = tiles[place + 1].querySelector('b').textContent = select.value
  })
  const form = byId('herd-settings')
  form.addEventListener('input', (event) => {
    if (event.target === byId('herd-scale')) return plotAll()
    tellSliders()
    soon()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    start()
  })
  byId('herd-run').addEventListener('click', () => {
    if (!stoppable) return start()
    stop()
    say('Stopped.')
  })
  byId('herd-again').addEventListener('click', () => {
    byId('herd-seed').valueAsNumber = Math.trunc(byId('herd-seed').valueAsNumber || 0) + 1
    soon()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', plotAll)
  new ResizeObserver(() => {
    for (const [index, chart] of charts.entries()) {
      const {clientWidth: width, clientHeight: height} = tiles[index].querySelector('.plot')
      if (chart && (chart.width !== width || chart.height !== height)) chart.setSize({width, height})
    }
  }).observe(byId('herd-tiles'))
  start()
}

const watch = new IntersectionObserver(
  ([{isIntersecting}]) => {
    if (!isIntersecting) return
    watch.disconnect()
    begin().catch(() => say('The simulator could not be loaded.', true))
  },
  {rootMargin: '400px'},
)

tellSliders()
watch.observe(panel)
