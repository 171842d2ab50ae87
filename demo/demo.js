// What does the client do, and why? Shows it. Whatever a server says gets into the page as text only.

/** @typedef {import('../src/index.ts').State} State */

import {compare, explain, languages} from './catalog.js'
import {diagnosis} from './diagnosis.js'
import {dialects} from './dialects.js'

const {connect, classify, CloseCode, ReconnectingWebSocket} = globalThis.closecall

const byId = (id) => document.getElementById(id)

/** An element. Children are elements or texts; there is no way to give markup. */
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value)
  node.append(...children.filter((child) => child !== undefined && child !== ''))
  return node
}

/** Controls and invisible characters could reorder or hide what stands beside them: show them as what they are. */
const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`)

const seconds = (ms) => `${(Math.max(0, ms) / 1000).toFixed(1)} s`

/** How long a connection was open. */
const length = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : seconds(ms))

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'})

const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Closes that the page shows. */
const longest = 50

// ---- The client ----

const session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')

let credentialsAsked = 0

/** The dialect that is chosen on the page, if one is. */
const spoken = () => dialects.find(({name}) => name === byId('dialect').value)

const client = connect(`/live?session=${session}`, {
  autoOpen: false,
  // With something to ask anew, 1008 and 3000 get their one more try.
  credentials: () => `token ${++credentialsAsked}`,
  // The server echoes what it gets. Shorter than a real page would have it, so that a silent server is noticed while you look.
  heartbeat: {interval: 3000, timeout: 2000, message: 'heartbeat', isReply: (data) => data === 'heartbeat'},
  extensions: [diagnosis()],
  // Yours will be one of them; here whichever is chosen speaks.
  dialect: {
    get name() {
      return spoken()?.name ?? 'none'
    },
    get source() {
      return spoken()?.source
    },
    judge: (close) => spoken()?.judge(close),
    hint: (message) => spoken()?.hint?.(message),
  },
})

// For the curious, in the console.
globalThis.client = client

// ---- Where things stand ----

const tones = {idle: 'rest', connecting: 'busy', open: 'good', backoff: 'wait', suspended: 'wait', closing: 'busy', closed: 'rest', failed: 'stop'}

const lights = Object.fromEntries(Object.entries(tones).map(([name, tone]) => [name, make('li', {'data-tone': tone}, make('span', {}, name))]))
byId('states').append(...Object.values(lights))

const causeOf = ({last, verdict}) => `${last.code} ${verdict.name}${last.opened ? '' : ', never opened'}`

/** One sentence for each state, and what its countdown leads to, or what leads out of it. */
const sentences = {
  idle: () => ['Not started.'],
  connecting: ({attempt}) => [attempt ? `Retry ${attempt}: waiting for the server’s answer.` : 'Waiting for the server’s answer.', 'until it gives up'],
  open: ({attempt, stableAt}) => (stableAt && attempt ? [`Connected by retry ${attempt}. Stable soon: then its failures are forgotten.`, 'until stable'] : ['Connected. Messages go out at once.']),
  backoff: (state) => [`Retry ${state.attempt} is next, after ${causeOf(state)}.`, 'to the next attempt'],
  suspended: ({why}) => (why === 'page' ? ['The page is away. It goes on when that is back.'] : ['No network. It tries again when that is back, and once in a while anyway.', 'to the next try']),
  closing: () => ['Waiting for the server to answer the closing handshake.', 'until it leaves'],
  closed: (state) => [state.last ? `Ended as wished, with ${causeOf(state)}.` : 'Ended as wished.', 'open() starts anew'],
  failed: (state) => [`Stopped by ${causeOf(state)}. ${ends[state.why]}`, 'open() starts anew'],
}

const ends = {
  verdict: 'Trying again can’t help.',
  strikes: 'It came too often in a row.',
  attempts: 'All attempts are used up.',
}

const goalOf = (state) => state.retryAt ?? (state.name !== 'open' ? state.deadline : state.attempt ? state.stableAt : undefined)

const still = matchMedia('(prefers-reduced-motion: reduce)')
let countdown

const show = (/** @type {State} */ state) => {
  for (const [name, light] of Object.entries(lights)) {
    if (name === state.name) light.setAttribute('aria-current', 'true')
    else light.removeAttribute('aria-current')
  }
  const [sentence, towards] = sentences[state.name](state)
  byId('now').dataset.tone = tones[state.name]
  byId('headline').textContent = state.name
  document.title = `${state.name} · closecall demo`
  byId('sentence').textContent = sentence
  countDown(goalOf(state), towards)
  speak(state, sentence)
  showStats()
}

/** A countdown to a moment, not of a duration: a laptop that slept shows it right. */
const countDown = (goal, towards) => {
  cancelAnimationFrame(countdown)
  const count = byId('count')
  const bar = byId('bar')
  const whole = goal - Date.now()
  let shown
  const tick = () => {
    const left = goal - Date.now()
    const text = `${seconds(left)} ${towards}`
    if (text !== shown) count.textContent = shown = text
    bar.style.transform = `scaleX(${still.matches ? Math.ceil(left / 1000) / Math.ceil(whole / 1000) : Math.max(0, left / whole)})`
    if (left > 0) countdown = requestAnimationFrame(tick)
  }
  if (goal !== undefined && towards) return tick()
  count.textContent = towards ?? ''
  bar.style.transform = 'scaleX(0)'
}

/** Screen readers hear where things come to rest, not each step on the way. */
let speaking
const speak = (state, sentence) => {
  clearTimeout(speaking)
  if (state.name === 'connecting' || state.name === 'closing') return
  const when = state.retryAt ? ` Next attempt in about ${plural(Math.max(1, Math.round((state.retryAt - Date.now()) / 1000)), 'second')}.` : ''
  speaking = setTimeout(() => (byId('spoken').textContent = `${state.name}. ${sentence}${when}`), 400)
}

const figures = Object.fromEntries(
  ['connections', 'retries', 'sent', 'received', 'unsent', 'credentials'].map((name) => {
    const value = make('dd', {}, '0')
    byId('stats').append(make('div', {}, make('dt', {}, name), value))
    return [name, value]
  }),
)

const showStats = () => {
  const {roundTripTime} = client.stats
  if (roundTripTime !== undefined) byId('trip').textContent = `${roundTripTime} ms`
  for (const [name, value] of Object.entries({...client.stats, credentials: credentialsAsked})) if (figures[name]) figures[name].textContent = String(value)
}

// ---- What ended, and why ----

const toneOf = {retry: 'wait', refresh: 'busy', stop: 'stop', end: 'rest'}

/** The verdict in words. */
const faults = {
  none: 'The other side is done.',
  sender: 'What this page sent was refused.',
  server: 'The server could not go on.',
  network: 'The connection was lost.',
  policy: 'It is not allowed.',
  unknown: 'The server gave no clear cause.',
}

/** How the client came to know, where no close event said it. */
const origins = {
  error: 'The connection failed.',
  'connect-timeout': 'The server did not answer in time.',
  'close-timeout': 'The server did not answer the closing handshake; it was left behind.',
  heartbeat: 'The server gave no sign of life. The connection looked open, and was not.',
  stalled: 'The connection was closing, and did not end.',
  page: 'The page went to the back/forward cache.',
  reconnect: 'You asked for a new connection.',
}

/** Where the latest close tells what came of it, and the state it came in. */
let next
let before

const showClose = ({at, close, verdict, explanation}) => {
  next = make('span')
  byId('no-closes').hidden = true
  byId('timeline').prepend(
    make(
      'li',
      {'data-tone': toneOf[verdict.action]},
      make('div', {class: 'what'}, make('b', {}, String(close.code)), make('span', {}, verdict.name), meaning(close.code), make('time', {datetime: new Date(at).toISOString()}, clock.format(at))),
      make('p', {}, origins[close.origin] ?? (before === 'closing' ? 'You asked for it.' : faults[verdict.fault]), ' ', next),
      close.reason && make('p', {class: 'reason'}, make('span', {}, 'server’s reason '), make('bdi', {}, visible(close.reason))),
      make('p', {class: 'verdict'}, tag('action', verdict.action), tag('fault', verdict.fault), make('span', {}, close.opened ? `open for ${length(close.age)}` : 'never opened')),
      make('p', {class: 'explanation'}, make('bdi', {}, visible(explanation))),
    ),
  )
  while (byId('timeline').children.length > longest) byId('timeline').lastChild.remove()
}

/** Leads to what the catalog says. */
const meaning = (code) => {
  const button = make('button', {type: 'button', class: 'link', 'aria-label': `What ${code} means`}, 'meaning')
  button.addEventListener('click', () => {
    byId('explained-code').value = code
    byId('compared-code').value = ''
    lookUp()
    byId('explained').focus({preventScroll: true})
    byId('meaning').scrollIntoView({block: 'nearest', behavior: still.matches ? 'auto' : 'smooth'})
  })
  return button
}

const tag = (name, value) => make('span', {class: `tag ${name}`}, make('span', {}, `${name} `), value)

const outcomes = {
  backoff: ({delay}) => (delay ? `Next attempt after ${length(delay)}.` : 'Next attempt at once.'),
  suspended: ({why}) => (why === 'page' ? 'Waits for the page to be back.' : 'Waits for the network.'),
  failed: () => 'Stopped.',
}

// ---- Reports ----

const facts = (rows) => make('dl', {class: 'facts'}, ...rows.filter(([, value]) => value).map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))))

/** The bytes of a message that the demo itself made, the first ill-formed one marked. A report has no contents. */
const dump = ({bytes, meant}, offset) => {
  const pairs = bytes.match(/../g).slice(0, 64)
  return make(
    'figure',
    {class: 'dump'},
    make('p', {class: 'bytes'}, ...pairs.flatMap((pair, index) => [index === offset ? make('mark', {}, pair) : make('span', {}, pair), ' '])),
    make('figcaption', {}, `What Node sent for “${meant}”. The report itself keeps contents out; the demo shows them because it chose them.`),
  )
}

/** @param report as JSON, whoever made it */
const showReport = (report, who, twin) => {
  const {close, verdict, frames, cause, confidence, sequence, offset, advice} = report
  const json = JSON.stringify(report, undefined, 2)
  const copy = make('button', {type: 'button'}, 'Copy JSON')
  const code = make('pre', {tabindex: '0', 'aria-label': 'The report as JSON'}, json)
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(json)
      copy.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(code)
      code.closest('details').open = true
      copy.textContent = 'Selected'
    }
    setTimeout(() => (copy.textContent = 'Copy JSON'), 1500)
  })
  const where = sequence && `message ${sequence}${offset === undefined ? '' : `, offset ${offset}`}`
  byId('told').replaceChildren(
    make('p', {class: 'who'}, who),
    make('p', {class: 'title', 'data-tone': report.failed ? 'stop' : 'wait'}, make('b', {}, String(close.status ?? close.code)), ` ${verdict.name} `, meaning(close.code)),
    facts([
      ['Cause', cause && (confidence === 'none' ? cause : `${cause} (${confidence})`)],
      ['Where', where],
      ['Advice', advice],
      ['Reason', close.reason && make('bdi', {}, visible(close.reason))],
      ['Outcome', report.failed ? `failed, by ${report.why}` : 'goes on'],
      ['Unsent', report.unsent && `${plural(report.unsent, 'message')}, kept for takeUnsent()`],
    ]),
    twin ? dump(twin, offset) : '',
    frames.length ? frameTable(frames, sequence) : make('p', {class: 'empty'}, verdict.fault === 'sender' ? 'Nothing was sent on this connection.' : 'The fault is not with what was sent, so no messages are listed.'),
    twin ? make('p', {class: 'aside'}, `${twin.states.map(({name}) => name).join(' → ')} · ${plural(twin.handshakes, 'connection')} made`) : '',
    make('details', {}, make('summary', {}, 'As JSON'), code),
    make('div', {class: 'actions'}, copy),
  )
  byId('report').dataset.filled = ''
}

const frameTable = (frames, sequence) =>
  make(
    'div',
    {class: 'scroll', role: 'region', 'aria-label': 'Last messages sent', tabindex: '0'},
    make(
      'table',
      {},
      make('caption', {}, 'Last messages on this connection'),
      make('thead', {}, make('tr', {}, ...['No.', 'Kind', 'Length', 'Age', 'Found'].map((name) => make('th', {scope: 'col'}, name)))),
      make(
        'tbody',
        {},
        ...frames.map((frame) =>
          make(
            'tr',
            {class: frame.sequence === sequence ? 'guilty' : undefined},
            make('th', {scope: 'row'}, String(frame.sequence)),
            make('td', {}, frame.kind + (frame.buffered ? ', buffered' : '')),
            make('td', {}, String(frame.length)),
            make('td', {}, `${Math.round(frame.age)}\u00a0ms`),
            make('td', {class: frame.findings.length ? undefined : 'clean'}, frame.findings.length ? `${frame.findings.join(', ')}${frame.offset === undefined ? '' : ` at ${frame.offset}`}` : 'nothing'),
          ),
        ),
      ),
    ),
  )

const reveal = () => byId('report').scrollIntoView({block: 'nearest', behavior: still.matches ? 'auto' : 'smooth'})

// ---- What a code means ----

for (const language of languages) byId('language').append(make('option', {value: language}, new Intl.DisplayNames(language, {type: 'language'}).of(language)))
for (const {name, title} of dialects) byId('dialect').append(make('option', {value: name}, title))

/** The catalog's texts, in which backticks stand around code. */
const worded = (text) => make('span', {}, ...text.split('`').map((part, index) => (index % 2 ? make('code', {}, part) : part)))

/** The labels of a comparison are those of an explanation, too. */
const entryOf = (code, options) => {
  const {name, reference, whatClosecallDoes, description, whenYouSee, howToFix, verdict} = explain(code, options)
  const labels = Object.fromEntries(compare(code, code, options).points.map(({aspect, label}) => [aspect, label]))
  return [
    make('p', {class: 'title', 'data-tone': toneOf[verdict.action]}, make('b', {}, String(code)), ` ${name}`),
    facts([
      [labels.meaning, worded(description)],
      [labels.when, worded(whenYouSee)],
      [labels.closecall, worded(whatClosecallDoes)],
      [labels.fix, worded(howToFix)],
    ]),
    make('p', {class: 'aside'}, reference),
  ]
}

const comparisonOf = (left, right, options) => {
  const {codes, points, summary} = compare(left, right, options)
  return [
    make('p', {}, summary),
    make(
      'div',
      {class: 'scroll', role: 'region', 'aria-label': 'Comparison', tabindex: '0'},
      make(
        'table',
        {class: 'compared'},
        make('thead', {}, make('tr', {}, make('td', {}), ...codes.map(({code, name, verdict}) => make('th', {scope: 'col', 'data-tone': toneOf[verdict.action]}, make('b', {}, String(code)), ` ${name}`)))),
        make('tbody', {}, ...points.map(({label, left: said, right: saidOfOther, same}) => make('tr', {}, make('th', {scope: 'row'}, label), ...(same ? [make('td', {colspan: '2'}, worded(said))] : [make('td', {'data-code': left}, worded(said)), make('td', {'data-code': right}, worded(saidOfOther))])))),
      ),
    ),
  ]
}

const lookUp = () => {
  const [left, right] = ['explained-code', 'compared-code'].map((id) => byId(id).valueAsNumber)
  const options = {locale: byId('language').value, context: {dialect: spoken()}}
  byId('explained').lang = options.locale
  if (byId('look-up').checkValidity()) byId('explained').replaceChildren(...(Number.isNaN(right) ? entryOf(left, options) : comparisonOf(left, right, options)))
}

byId('look-up').addEventListener('input', lookUp)
byId('language').value = languages.find((language) => navigator.language.startsWith(language)) ?? 'en'
lookUp()

// ---- Listeners ----

client.on('close', showClose)
client.on('diagnosis', ({explanation, advice}) => {
  byId('timeline').firstChild.append(make('p', {class: 'pattern'}, make('span', {class: 'tag'}, make('span', {}, 'pattern '), explanation), ' ', advice))
})
client.on('state', (state) => {
  show(state)
  if (next && outcomes[state.name]) next.textContent = outcomes[state.name](state)
  if (state.name === 'open' || state.name === 'closed') next = undefined
  before = state.name
})
client.on('report', (report) => {
  showReport(JSON.parse(JSON.stringify(report)), 'Told by this page’s client')
  reveal()
})
client.on('message', (data) => {
  byId('heard').textContent = visible(String(data).slice(0, 200))
  showStats()
})

// ---- What the server is asked to do ----

const say = (words, wrong = false) => {
  byId('said').textContent = wrong ? `That went wrong: ${visible(words)}.` : `As asked, it ${visible(words)}.`
  byId('said').classList.toggle('wrong', wrong)
}

const post = async (path, body) => {
  const response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

const command = async (name, details) => {
  try {
    const {said} = await post(`/command?session=${session}`, {command: name, ...details})
    say(said)
  } catch (error) {
    say(error.message, true)
  }
}

/** The number in a field, or undefined after pointing out what is wrong with it. */
const numberIn = (id) => (byId(id).reportValidity() ? byId(id).valueAsNumber : undefined)

const closeWith = (code, reason = byId('reason').value, count = numberIn('count-close')) => count && command('close', {code, reason, count})

const refuseWith = (status) => {
  const count = numberIn('count-refuse')
  const retryAfter = byId('retry-after').value && numberIn('retry-after')
  if (status && count && retryAfter !== undefined) command('refuse', {status, count, ...(retryAfter !== '' && {retryAfter})})
}

const onSubmit = (id, act) =>
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault()
    act()
  })

const onClick = (id, act) => byId(id).addEventListener('click', act)

const signs = {retry: '↻', refresh: '⟳', stop: '■', end: '●'}

const closers = [...Array.from({length: 16}, (_, index) => 1000 + index), 3000, 3003, 3008, 4000].map((code) => {
  const button = make('button', {type: 'button'})
  button.addEventListener('click', () => closeWith(code))
  byId('codes').append(button)
  return {code, button}
})

/** Each says what the client does, which depends on the dialect that it speaks. */
const labelClosers = () => {
  for (const {code, button} of closers) {
    const {action, name} = classify({code}, {dialect: spoken()})
    Object.assign(button, {title: name, ariaLabel: `${code} ${name}: ${action}`})
    button.dataset.tone = toneOf[action]
    button.replaceChildren(make('b', {}, String(code)), make('span', {}, make('i', {'aria-hidden': 'true'}, signs[action]), ` ${action}`))
  }
}

/** The fields for a code propose those that the service speaks of, or those that have a name. */
const proposeCodes = () => {
  const dialect = spoken()
  const codes = Object.keys(dialect?.rules ?? {}).map((key) => parseInt(key))
  byId('known').replaceChildren(...(codes.length ? codes : Object.values(CloseCode)).map((code) => make('option', {value: code, label: classify({code}, {dialect}).name})))
}

for (const tell of [labelClosers, proposeCodes]) {
  byId('dialect').addEventListener('input', tell)
  tell()
}

for (const status of [401, 403, 404, 429, 503]) {
  const button = make('button', {type: 'button'}, String(status))
  button.addEventListener('click', () => refuseWith(status))
  byId('statuses').append(button)
}

for (const button of document.querySelectorAll('[data-command]')) button.addEventListener('click', () => command(button.dataset.command))
for (const button of document.querySelectorAll('button[data-code]')) button.addEventListener('click', () => closeWith(Number(button.dataset.code), '', 1))

onClick('overload', () => command('close', {code: 1013, reason: 'overloaded', count: 4}))
onClick('hinted', () => command('close', {code: 1013, reason: 'retry-after=3', count: 1}))
onSubmit('any', () => closeWith(numberIn('code')))
onSubmit('any-status', () => refuseWith(numberIn('status')))
onSubmit('restart', () => command('restart', {seconds: numberIn('seconds')}))
onSubmit('shed', () => command('close', {code: 1013, reason: `retry-after=${numberIn('after')};spread=${numberIn('spread')}`, count: numberIn('count-shed')}))

onSubmit('twin', async () => {
  const button = byId('real-1007')
  // Not `disabled`, which would take the focus away.
  if (button.ariaBusy === 'true') return
  button.ariaBusy = 'true'
  try {
    const twin = await post(`/twin?session=${session}`, {mistake: byId('mistake').value})
    showReport(twin.report, 'Told by the client in Node, the page’s twin', twin)
    byId('spoken').textContent = `The client in Node failed with 1007 and reports: ${twin.report.cause}, message ${twin.report.sequence}, offset ${twin.report.offset}.`
    reveal()
  } catch (error) {
    say(error.message, true)
  }
  button.ariaBusy = 'false'
})

// ---- What the client is asked to do ----

onClick('open', () => client.open())
onClick('close', () => client.close())
onClick('reconnect', () => client.reconnect())

/** Messages that the page shows; the style has room for as many. */
const shown = 5

const outcomeTones = {sent: 'rest', buffered: 'busy', refused: 'stop', written: 'good', acknowledged: 'good', dropped: 'stop'}

/** A line about a message, the newest first. @returns what says how it stands with it */
const lineFor = (method, text) => {
  const said = make('span')
  byId('outcomes').prepend(make('li', {}, make('code', {}, method), make('bdi', {}, text.length > 200 ? `${text.length} characters` : visible(text)), said))
  while (byId('outcomes').children.length > shown) byId('outcomes').lastChild.remove()
  return (status, words = status, button = '') => {
    const isInUse = said.contains(document.activeElement)
    said.dataset.tone = words.includes('in doubt') ? 'wait' : (outcomeTones[status] ?? 'rest')
    said.replaceChildren(make('span', {}, words), button && ' ', button)
    // Its button is gone.
    if (isInUse) byId('deliver').focus()
    byId('sent').textContent = words
    showStats()
  }
}

const outcomeOf = ({status, why, inDoubt}) => `${status}${why ? `: ${why}` : ''}${inDoubt ? ', in doubt' : ''}`

client.on('drop', ({data, outcome}) => lineFor('drop', typeof data === 'string' ? data : 'bytes')(outcome.status, outcomeOf(outcome)))

const send = (text) => {
  const result = client.send(text)
  lineFor('send()', text)(result)
}

const deliver = async (text) => {
  const tell = lineFor('deliver()', text)
  const receipt = client.deliver(text)
  const cancel = make('button', {type: 'button', class: 'link'}, make('code', {}, 'cancel()'))
  cancel.addEventListener('click', () => receipt.cancel())
  tell('buffered', 'under way', cancel)
  const outcome = await receipt
  tell(outcome.status, outcomeOf(outcome))
}

onSubmit('send', () => send(byId('text').value))
onClick('deliver', () => void deliver(byId('text').value))
onClick('too-big', () => send('x'.repeat(20_000)))
onClick('take', () => {
  byId('sent').textContent = `${client.takeUnsent().length} taken`
  showStats()
})

// ---- As a WebSocket ----

const ofLibrary = `${session}-library`
const readyStates = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED']
let socket

const eventWords = {
  open: () => '',
  message: ({data}) => visible(data).slice(0, 200),
  error: () => '',
  close: ({code, wasClean, final}) => `${code}, ${wasClean ? 'clean' : 'not clean'}, final: ${final}`,
}

const construct = () => {
  socket?.close()
  byId('events').replaceChildren()
  const made = (socket = new ReconnectingWebSocket(`/live?session=${ofLibrary}`, [], {reconnect: !byId('one-shot').checked, onReport: () => {}}))
  for (const [type, words] of Object.entries(eventWords)) {
    made.addEventListener(type, (event) => {
      if (made !== socket) return
      byId('events').prepend(make('li', {}, make('code', {}, type), make('bdi', {}, words(event)), make('span', {}, readyStates[made.readyState])))
      while (byId('events').children.length > shown) byId('events').lastChild.remove()
    })
  }
}

onSubmit('construct', construct)
onClick('drop-in-send', () => (socket ?? construct(), socket.send('hello')))
onClick('drop-in-close', () => socket?.close())
for (const button of document.querySelectorAll('[data-drop-in]')) {
  button.addEventListener('click', () => {
    if (!socket) construct()
    const {dropIn, closeCode} = button.dataset
    // What comes of it, the events say.
    post(`/command?session=${ofLibrary}`, {command: dropIn, ...(closeCode && {code: Number(closeCode), reason: '', count: 1})}).catch((error) => say(error.message, true))
  })
}

// Heartbeats are no messages to listen to.
setInterval(showStats, 1000)

show(client.state)
client.open()
