// Why is the default backoff what it is? `npm run herd` simulates, and writes docs/herd.md and the plots in docs/herd. A second run changes nothing.

import {mkdirSync, writeFileSync} from 'node:fs'
import * as Plot from '@observablehq/plot'
import {Window} from 'happy-dom'
import {createShedder} from '../dist/server.js'
import * as simulator from '../dist/simulator.js'
import {markdown, number, rowsOf, tablesOf} from './herd-rows.mjs'

const docs = new URL('../docs/', import.meta.url)
const {document} = new Window()
const {tables, herd, average, ruled, ours, slots, caps, jitters} = tablesOf({...simulator, createShedder})
const {formulas} = simulator
const named = (name) => formulas.find((formula) => formula.name === name)

/** Dark enough on white, and apart from each other also without colour sight: Okabe and Ito, "Color Universal Design", 2008. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#e69f00', '#56b4e9']

/** An SVG that stands alone: on white, whatever the page is, with a title, and a line about what is shown. */
function write(name, title, shown, options) {
  const plot = Plot.plot({
    document,
    width: 760,
    height: 420,
    marginTop: 64,
    marginRight: 30,
    marginBottom: 44,
    marginLeft: 60,
    ...options,
    style: {background: 'white', color: '#24292f', fontSize: '12px', fontFamily: 'system-ui, sans-serif'},
  })
  plot.setAttribute('role', 'img')
  plot.setAttribute('aria-label', title)
  const text = plot.outerHTML
    .replace(/(\d\.\d{2})\d+/g, '$1')
    .replace('>', `><title>${title}</title><rect width="100%" height="100%" fill="white"/><text x="14" y="24" text-anchor="start" font-size="15" font-weight="600">${title}</text><text x="14" y="44" text-anchor="start">${shown}</text>`)
  writeFileSync(new URL(`herd/${name}.svg`, docs), `${text.includes('xmlns=') ? text : text.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')}\n`)
}

const secondsOf = (counts, step) => {
  const sums = []
  for (let i = 0; i < counts.length; i += 1000 / step) sums.push(counts.slice(i, i + 1000 / step).reduce((sum, count) => sum + count, 0))
  return sums
}

/** Arrivals of each second over the capacity. */
const arrivalsOf = (who, {series}, capacity, most) => secondsOf(series.arrivals, series.step).slice(0, most).map((count, second) => ({who, second, load: count / capacity}))

/** The share that is back, once a second. */
const backOf = (who, {series, clients, up}, most, every = 1) => {
  const points = []
  for (let second = 0; second <= most; second += every) {
    const i = Math.floor((second * 1000 + up) / series.step)
    points.push({who, second, share: 100 * (series.connected[i] ?? series.connected.at(-1)) / clients})
  }
  return points
}

mkdirSync(new URL('herd/', docs), {recursive: true})

const progress = (text) => console.log(text)
const began = performance.now()
const made = Object.fromEntries(
  Object.entries(tables).map(([name, table]) => {
    progress(`table ${name}: ${table.rows.length} rows`)
    return [name, {head: table.head, rows: rowsOf(table)}]
  }),
)
const tableOf = (name) => markdown(made[name].head, made[name].rows)

progress('plots')
const capacity = 10_000 / 60
{
  const shown = {'closecall': ours, 'closecall, a slot for each': ours, 'AWS full jitter': named('AWS full jitter'), 'rews': named('rews'), 'partysocket': named('partysocket')}
  const results = Object.entries(shown).map(([who, policy]) => [who, herd(policy, 'shed', who.includes('slot') ? {hint: slots(capacity)} : {})])
  const names = Object.keys(shown)
  write('arrivals', 'A server sheds everybody: how many attempts a second?', 'Times its capacity, on a logarithmic scale; N/C = 60 s. Dashed: the capacity', {
    height: 640,
    marginRight: 150,
    x: {label: 'seconds after the loss', domain: [0, 90]},
    y: {label: null, type: 'log', domain: [0.1, 200], grid: true, ticks: [0.1, 1, 10, 100], tickFormat: String},
    fy: {label: null, domain: names, axis: null},
    color: {domain: names, range: colours},
    marks: [
      Plot.ruleY([1], {stroke: '#57606a', strokeDasharray: '4 3'}),
      Plot.rectY(results.flatMap(([who, result]) => arrivalsOf(who, result, capacity, 90)).filter(({load}) => load >= 0.1), {x1: 'second', x2: ({second}) => second + 1, y1: 0.1, y2: 'load', fy: 'who', fill: 'who', inset: 0.3}),
      Plot.text(names.map((who) => ({who})), {fy: 'who', text: 'who', fill: 'who', frameAnchor: 'right', textAnchor: 'start', dx: 8, fontWeight: 600, lineWidth: 11}),
    ],
  })

  const others = {'closecall': ours, 'a slot for each': ours, 'AWS full jitter': named('AWS full jitter'), 'rews': named('rews'), 'gRPC': named('gRPC'), 'socket.io': named('socket.io'), 'partysocket': named('partysocket')}
  const found = Object.entries(others).map(([who, policy]) => backOf(who, herd(policy, 'shed', who.includes('slot') ? {hint: slots(capacity)} : {}), 120))
  write('back', 'A server sheds everybody: how many are back?', 'Percent of the clients; N/C = 60 s. Dashed: no policy is quicker', {
    x: {label: 'seconds after the loss', domain: [0, 120]},
    y: {label: null, domain: [0, 100], grid: true},
    color: {domain: Object.keys(others), range: colours, legend: false},
    marks: [
      Plot.line([[0, 0], [60, 100]], {stroke: '#57606a', strokeDasharray: '4 3'}),
      Plot.line(found.flat(), {x: 'second', y: 'share', stroke: 'who', strokeWidth: 1.8}),
      // Where each has come to, apart from the others.
      Plot.text(
        [['a slot for each', 7, 36], ['rews', 46, 66], ['AWS full jitter', 67, 91], ['closecall', 72, 98], ['socket.io', 62, 76], ['gRPC', 84, 82], ['partysocket', 100, 17]].map(([who, second, share]) => ({who, second, share})),
        {x: 'second', y: 'share', text: 'who', fill: 'who', textAnchor: 'start', fontWeight: 600, stroke: 'white', strokeWidth: 4},
      ),
    ],
  })
}
{
  const points = [
    ...Object.entries(jitters).flatMap(([name, jitter]) => (jitter === 'none' ? [] : caps.map((cap) => ({name: `${cap} s`, jitter: name.split(' (')[0], cap, ...average(ruled(jitter, cap))})))),
    ...formulas.filter(({name}) => !name.startsWith('AWS')).map((formula) => ({name: formula.name, jitter: 'others', ...average(formula)})),
  ].filter(({time, attempts}) => time < 3 && attempts < 13)
  const rules = [...new Set(points.map(({jitter}) => jitter))]
  // Those that others lie beside are written on the other side.
  const sides = {'RFC 6455': [-8, -8, 'end'], 'reconnecting-websocket': [4, 30, 'middle'], 'socket.io': [0, -12, 'middle'], 'rews': [8, 6, 'start'], 'centrifuge': [4, -10, 'start']}
  const labels = points
    .filter(({jitter}) => jitter === 'others' || jitter.startsWith('half') || jitter === 'full')
    .map((point) => {
      const [dx, dy, textAnchor] = sides[point.name] ?? (point.jitter.startsWith('half') ? [-10, 8, 'end'] : [8, -6, 'start'])
      return Plot.text([point], {x: 'attempts', y: 'time', text: 'name', fill: 'jitter', textAnchor, dx, dy, fontSize: 11, stroke: 'white', strokeWidth: 3})
    })
  write('rules', 'Attempts and time, averaged over 15 herds', 'Time until 99 % are back, over the bound. Below and to the left is better', {
    height: 520,
    x: {label: 'attempts per client (log)', type: 'log', domain: [2.8, 14], ticks: [3, 4, 5, 6, 7, 8, 10, 12], tickFormat: String, grid: true},
    y: {label: null, domain: [1, 2.4], grid: true},
    color: {domain: rules, range: [colours[0], colours[2], colours[1], colours[3], '#57606a']},
    marks: [
      Plot.line(points.filter(({jitter}) => jitter !== 'others'), {x: 'attempts', y: 'time', stroke: 'jitter'}),
      Plot.dot(points, {x: 'attempts', y: 'time', fill: 'jitter', r: 3.5}),
      Plot.dot(points.filter(({jitter, cap}) => jitter.startsWith('half') && cap === 30), {x: 'attempts', y: 'time', stroke: colours[0], r: 8, strokeWidth: 2}),
      ...labels,
      Plot.text(rules, {x: () => 9.5, y: (_, i) => 2.05 - i * 0.075, text: (rule) => (rule === 'others' ? 'other libraries and standards' : `${rule}, caps 60 to 8 s${rule.startsWith('half') ? ' (ring: default)' : ''}`), fill: (rule) => rule, fontWeight: 600, textAnchor: 'middle'}),
    ],
  })
}
{
  const names = caps.map((cap) => `cap ${cap} s`)
  const points = caps.flatMap((cap) => backOf(`cap ${cap} s`, herd(ruled(0.5, cap), 'costly', {seconds: 150, count: 5000, limit: {time: 600_000, attempts: 1000}}), 420, 3))
  write('collapse', 'A refusal costs a tenth of an accept: how many are back?', 'Percent of the clients, by the cap of the backoff; N/C = 150 s. Dashed: the bound', {
    marginRight: 80,
    x: {label: 'seconds after the loss', domain: [0, 420]},
    y: {label: null, domain: [0, 105], ticks: [0, 25, 50, 75, 100], grid: true},
    color: {domain: names, range: [colours[1], colours[5], colours[0], colours[2]]},
    marks: [
      Plot.line(points, {x: 'second', y: 'share', stroke: 'who', strokeWidth: 2}),
      Plot.text([['cap 60 s', 95, 58], ['cap 30 s', 172, 62], ['cap 16 s', 312, 48], ['cap 8 s', 330, 5]].map(([who, second, share]) => ({who, second, share})), {x: 'second', y: 'share', text: 'who', fill: 'who', textAnchor: 'start', fontWeight: 600, stroke: 'white', strokeWidth: 4}),
      Plot.line([[0, 0], [150, 100]], {stroke: '#57606a', strokeDasharray: '4 3'}),
    ],
  })
}
{
  const plain = simulator.transitionPolicy({verdicts: {1012: {backoff: 'exponential'}}})
  const shown = {'spread over 5–30 s (default)': herd(ours, 'restart'), 'as after any other close': herd(plain, 'restart'), 'after and spread are said': herd(ours, 'restart', {hint: {after: 5000, spread: 60_000}})}
  const names = Object.keys(shown)
  write('restart', 'A server restarts in 5 s: how many attempts a second?', 'Times its capacity, on a logarithmic scale; N/C = 60 s. Dashed: the capacity', {
    height: 440,
    marginRight: 150,
    x: {label: 'seconds after the loss', domain: [0, 90]},
    y: {label: null, type: 'log', domain: [0.1, 30], ticks: [0.1, 1, 10], tickFormat: String, grid: true},
    fy: {label: null, domain: names, axis: null},
    color: {domain: names, range: colours},
    marks: [
      Plot.ruleY([1], {stroke: '#57606a', strokeDasharray: '4 3'}),
      Plot.rectY(names.flatMap((who) => arrivalsOf(who, shown[who], capacity, 90)).filter(({load}) => load >= 0.1), {x1: 'second', x2: ({second}) => second + 1, y1: 0.1, y2: 'load', fy: 'who', fill: 'who', inset: 0.3}),
      Plot.text(names.map((who) => ({who})), {fy: 'who', text: 'who', fill: 'who', frameAnchor: 'right', textAnchor: 'start', dx: 8, fontWeight: 600, lineWidth: 11}),
    ],
  })
}

/** A cell of what was made, for the prose. */
const cell = (table, row, column) => made[table].rows.find(([name]) => name === row)[made[table].head.indexOf(column)]
const ratio = (policy) => number(average(policy).attempts * average(policy).time)

writeFileSync(
  new URL('herd.md', docs),
  `# What clients do together

<!-- Written by \`npm run herd\`. -->

When a server goes, all its clients come back: what they do then, they do together. This page says what comes of closecall's default backoff in a herd, what came of others, and where others are ahead. Every figure is simulated by \`closecall/simulator\`; \`npm run herd\` writes them, and a second run changes nothing.

## The model

N clients lose their connections within 100 ms. The server accepts C a second, one after the other, and lets nobody wait for longer than a second; whom it has no room for it accepts and closes with 1013. A round trip takes 80 ms. In most herds N/C is 60 s: with luck and no idle moment the last is back after a minute. That is the bound; 50, 90, 99 and 100 % are times over it, so a perfect 99 % is 0.99. N is 10,000 (2,000 where others are compared, 1,000 in averages); results hardly depend on it. *Attempts* are per client, *peak* is the busiest second of attempts over the capacity, *fairness* is Jain's index of the waits (0.75 is that of a server that is never idle).

closecall's clients are its own state machine, with close codes, hints and all. Others are their formulas, with sources in \`src/simulator/formulas.ts\`; eight were also measured with their real code, and agree. Left out: fallback hosts and transports, TLS, priorities, clients that leave.

## The default

First delay 1 s, doubling, times 0.5 to 1.5, cap 30 s; forgotten after 10 s of a connection. After a 1012 the first is drawn from 5–30 s. A hint goes before all that.

${tableOf('default')}

![Attempts per second over time, for five policies](herd/arrivals.svg)

Without a word of the server the first second is bad with every backoff that begins at a second: N clients within a second are ${cell('default', 'shed with 1013', 'peak')} times the capacity. A hint in the close reason is what helps: one number for all is enough, and the server knows it (clients over capacity).

![Share of clients that are back over time](herd/back.svg)

## Jitter

Cap 30 s, all else as above. Averages are geometric, over 15 herds: shed, restarted, cut, with N/C of 10, 30, 60, 150 and 300 s; *product* is attempts times time; *costly: lost* counts the herds of those five sizes that never come back where a refusal costs a tenth of an accept; *alone* is the median time that one client takes once the network is there again, after about 2, 10 and 60 s.

${tableOf('jitter')}

Half to one and a half has the fewest attempts, the least product, and loses no herd, since its delays are the longest on average: those of full jitter are half as long. The price is time: full and equal jitter have 99 % back a little sooner on average and much sooner in their worst herd (N/C = 10 s, cut for 30 s: who has just begun a long pause when the network is back has to sit it out), and who is alone waits for some seconds longer after a long outage. Without jitter everybody comes in step.

## Cap

${tableOf('cap')}

![Attempts and time by jitter and cap, and those of others](herd/rules.svg)

A cap of 16 s is quicker, for the herd and for who is alone, at the same product, and collapses in the largest costly herd; 60 s is safer still, but after a long outage who is alone waits for longer than 16 s at the median. 30 s has the least product, and is between them.

### When it collapses

A refusal takes time, too. If all clients together ask for more refusals than the server has time for, it accepts nobody any more, however long it goes on: a metastable failure. At the cap a client tries once per mean delay, so the herd is stable if

> mean delay at the cap > cost of a refusal × N/C

where the cost is in accepts. With jitter around the nominal delay the mean is the cap, with full jitter half of it, with equal three quarters. The table has 99 % over the bound for a cost of 0.1; what is not back after half an hour never will be.

${tableOf('stability')}

![Share of clients that are back over time, by cap](herd/collapse.svg)

## After a 1012

Its registration asks for "a randomized delay of 5 - 30s". The server is away for 5 s here.

${tableOf('restart')}

![Attempts per second after a restart](herd/restart.svg)

The spread saves attempts and halves the peak. It is slower where the server could take everybody within seconds: with N/C = 10 s, 99 % are back after ${made.restart.rows[0][5]} times the bound instead of ${made.restart.rows[3][5]}. Say \`after\` and \`spread\` in the close reason, and it is neither.

## After a 1013

${tableOf('refusal')}

A first delay of 5–30 s would save an attempt and most of the peak here, too, and is not the default: a single client that is told "try again later" would wait for 17 s on average where it now waits for one. Hints: what is too short costs an attempt, what is too long costs the time. One \`retry-after\` for all without a \`spread\` sends everybody back in the same second, and is the worst of these by far.

## Compared with others

*Costly* is shed, with refusals that cost a tenth of an accept. Who is not back by 99 % after half an hour, or 500 attempts per client, is given by what is.

${tableOf('others')}

Averages over the 15 herds, and who is alone, as above; ∞: in one of them at least, 99 % are not back within half an hour or 400 attempts per client.

${tableOf('alone')}

Where others are ahead:

- By time: rews (${cell('others', 'rews', '99 %')} of the bound when shed), centrifuge and AWS's jitters are back sooner than closecall (${cell('others', '**closecall**', '99 %')}), and so is whoever tries once a second or more often, as long as refusals cost nothing. rews pays with ${cell('others', 'rews', 'shed: attempts')} attempts per client and a peak of ${cell('others', 'rews', 'peak')} times the capacity.
- By attempts: AnyCable (${cell('others', 'AnyCable', 'shed: attempts')} when shed) and RFC 6455's own 0–5 s (${cell('others', 'RFC 6455', 'shed: attempts')}) need fewer than closecall (${cell('others', '**closecall**', 'shed: attempts')}), since they begin later: who is alone waits for longer. Their products of attempts and time are ${ratio(named('AnyCable'))} and ${ratio(named('RFC 6455'))}, closecall's is ${ratio(ours)}.
- Alone: whoever tries once a second is back within a second after any outage.

Whoever gives up after some attempts leaves users offline: SignalR, NATS, graphql-ws and robust-websocket in most of these herds.
`,
)
progress(`docs/herd.md, and 5 plots in docs/herd: ${((performance.now() - began) / 1000).toFixed(0)} s`)
