// Which ways lead from state to state? Found by walking the machine itself, so that no drawing can be out of date.

const clean = {reason: '', wasClean: true}

/** One event of each kind, and one `closed` for each kind of verdict. `epoch` is filled in while walking. */
export const events = [
  {type: 'open'},
  {type: 'reconnect'},
  {type: 'close', code: 1000, reason: ''},
  {type: 'opened', asks: true},
  {type: 'ready', asks: true},
  {type: 'deadline'},
  {type: 'error', failure: {}},
  {type: 'closed', close: {code: 1000, ...clean}},
  {type: 'closed', close: {code: 1007, ...clean}},
  {type: 'closed', close: {code: 1008, ...clean}},
  {type: 'closed', close: {code: 1013, ...clean}},
  {type: 'hint', hint: {after: 5000}},
  {type: 'online'},
  {type: 'offline'},
  {type: 'wake'},
  {type: 'freeze'},
  {type: 'pagehide'},
  {type: 'postponed', delay: 5000},
  {type: 'explained', failure: {}},
  {type: 'explained', failure: {status: 404}},
]

/** What may be the case when something happens. */
const surroundings = (policies) => policies.flatMap((policy) => [true, false].flatMap((online) => [true, false].map((frozen) => [policy, online, frozen])))

/** What an event is called on an arrow: its type, and what the verdict said; and that it was to be the only connection, if that is why it ended. */
const label = (event, before, {state}) => {
  const judged = state.verdict && state.last !== before.last ? `: ${state.verdict.action}` : ''
  const once = judged && before.name !== 'closing' && state.name === 'closed' && state.verdict.action !== 'end' ? ' once' : ''
  return `${event.type}${judged}${once}`
}

/**
 * Walks from the initial state along every event, so many steps deep.
 *
 * @returns {{from: string, to: string, event: string}[]} each way once, in the order of the states
 */
export function explore({transition, initialState, defaultPolicy, table}, depth = 5) {
  // With everything that changes a way: only then is an attempt that failed looked into, and a connection set up.
  const policies = [{}, {investigates: true}, {setsUp: true}, {reconnects: false}].map((more) => ({...defaultPolicy, refreshable: true, ...more, heartbeat: {interval: 1000, timeout: 1000}}))
  const names = Object.keys(table)
  const edges = new Map()
  let frontier = [initialState]
  for (let step = 0; step < depth; step++) {
    const found = new Map()
    for (const before of frontier) {
      for (const [policy, online, frozen] of surroundings(policies)) {
        for (const sample of events) {
          const event = {...sample, now: 1000 * step, random: 0.5, online, frozen, epoch: before.epoch}
          const after = transition(before, event, policy)
          if (after.state === before) continue
          const edge = {from: before.name, to: after.state.name, event: label(event, before, after)}
          edges.set(Object.values(edge).join(), edge)
          // What lies ahead depends on little of the state: walk on from one of each kind.
          const {name, attempt, refresh, since, failure, unexplained, streak, last, why} = after.state
          found.set(JSON.stringify([name, why, Math.min(attempt, 2), refresh, since !== undefined, !!failure, !!unexplained, streak?.key, last?.code]), after.state)
        }
      }
    }
    frontier = [...found.values()]
  }
  return [...edges.values()].sort((a, b) => names.indexOf(a.from) - names.indexOf(b.from) || names.indexOf(a.to) - names.indexOf(b.to) || a.event.localeCompare(b.event))
}

/** The ways as a diagram that GitHub and editors draw. Ways between the same two states share an arrow; ways from a state to itself are left out. */
export function diagram(edges) {
  const arrows = new Map()
  for (const {from, to, event} of edges) {
    if (from === to) continue
    const key = `${from} --> ${to}`
    arrows.set(key, [...(arrows.get(key) ?? []), event])
  }
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> idle', ...[...arrows].map(([arrow, labels]) => `  ${arrow}: ${labels.join(', ').replaceAll(': ', ' ')}`), '```'].join('\n')
}

/** States down, events across: where each leads. */
export function grid(edges, table) {
  const types = [...new Set(events.map(({type}) => type))]
  const cell = (name, type) => [...new Set(edges.filter(({from, event}) => from === name && event.split(':')[0] === type).map(({to}) => (to === name ? '·' : to)))].join(' / ')
  return [
    `| in | ${types.join(' | ')} |`,
    `| --- |${' --- |'.repeat(types.length)}`,
    ...Object.keys(table).map((name) => `| \`${name}\` | ${types.map((type) => cell(name, type)).join(' | ')} |`),
  ].join('\n')
}

/** What stands between the markers of `docs/spec.md`. */
export const section = (core) => {
  const edges = explore(core)
  return `${grid(edges, core.table)}\n\nEmpty: changes nothing. \`·\`: stays in the state, but something about it changes.\n\n${diagram(edges)}`
}
