// Where does the drop-in not do what the standard says, and why? Held to the cases both ways: what is listed must fail as it is listed, all else must pass.

/** As it is by default, in Chromium, and there in place of the global class; over `ws` in Node 20; over Node's own class. */
const reconnecting = ['reconnecting', 'global', 'ws', 'node']

/** Ours, everywhere. */
const ours = [...reconnecting, 'one-shot']

/** Ours, in Chromium. */
const inPage = ['reconnecting', 'one-shot', 'global']

const inNode = ['ws', 'node']

/**
 * @typedef {object} Exception
 * @property {string} what is different, as docs/websocket.md says it
 * @property {string} why it is so; of a runtime: what comes of it here
 * @property {string[]} where it is so, by the names of the runs
 * @property {Record<string, string | [says: string, where: string[]]>} cases by name: what of their failure is said, and where, if not everywhere
 */

/** Of the drop-in itself. @type {Exception[]} */
export const exceptions = [
  {
    what: '`send()` in CONNECTING keeps the message instead of throwing an `InvalidStateError`.',
    why: 'A library need not know that there is no connection just now. With `buffer: false` it throws.',
    where: ours,
    cases: {'throws while it is CONNECTING': 'nothing was thrown'},
  },
  {
    what: 'After a connection that was lost, and in its `error` and `close` listeners, `readyState` is CONNECTING; CLOSED only at the end.',
    why: 'It is connecting again. With `reconnect: false` it is CLOSED.',
    where: reconnecting,
    cases: {
      'is CLOSED in the `close` listener when the server closed with 4000': 'expected 3, got 0',
      'is CLOSED in the `close` listener when the connection was cut': 'expected 3, got 0',
      // Over `ws` a handshake's status is seen, and this one is the end.
      'is CLOSED in the `error` listener when nobody answers': ['expected 3, got 0', ['reconnecting', 'global', 'node']],
      'is CLOSED in the `close` listener when nobody answers': ['expected 3, got 0', ['reconnecting', 'global', 'node']],
      'stays CLOSED': 'expected 3, got 1',
    },
  },
  {
    what: '`open`, `error` and `close` are told of each connection and each attempt: more than once, and after a `close`.',
    why: 'Libraries greet the server in `onopen`. `event.final` tells the last `close`. With `reconnect: false` there is one of each.',
    where: reconnecting,
    cases: {
      'tells `open` once': 'expected 1, got 2',
      'tells nothing after `close` when the server closed with 4000': 'expected undefined, got "open"',
      'tells nothing after `close` when the connection was cut': 'expected undefined, got "open"',
      'tells nothing after `close` when it was refused': ['expected undefined, got "error"', ['reconnecting', 'global', 'node']],
    },
  },
  {
    what: '`error` is told before every `close` that is not clean, also of a connection that was open and was cut.',
    why: 'Who looks at errors hears of every such end, not only of attempts that failed.',
    where: ours,
    cases: {'tells no error where the connection was cut: it did not fail it': 'expected 0, got 1'},
  },
  {
    what: '`bufferedAmount` forgets what a lost connection did not pass on; what is sent after it counts until the next has passed it on.',
    why: 'A connection that is over is let go of. What must be sent again is in the send buffer and counts; the rest is told by `client.on(\'drop\')`.',
    where: ours,
    cases: {
      'does not forget what was buffered when the connection is lost': ['expected 4, got 0', reconnecting],
      'counts what the end of the connection left behind': 'expected true, got false',
    },
  },
  {
    what: '`error` and `close` of a `close()` in CONNECTING come in a microtask, not in a task.',
    why: 'A page that is being left may never run the task.',
    where: ours,
    cases: {'tells of a close() while CONNECTING in a task of its own': 'expected [2,0], got [3,2]'},
  },
  {
    what: '`isTrusted` of `open`, `error` and `close` events is false.',
    why: 'Only the runtime can make events that are trusted; those of messages are its own.',
    where: ours,
    cases: {'is told with a trusted open event': 'got false', 'is told with a trusted close event': 'got false'},
  },
  {
    what: 'A `message` event keeps `currentTarget` and `composedPath()` when it has been told, and its `target` when it is dispatched elsewhere.',
    why: 'It is the runtime\'s own event, made ours, not a copy: a copy that is dispatched costs several times as much.',
    where: ours,
    cases: {
      'leaves a message event with its target, and nothing of the dispatch': 'expected [true,null,0,[]], got [true,{',
      // An event of `ws` can't be dispatched at all.
      'lets an event of its own be dispatched elsewhere': ['expected [true,"text"], got [false,"text"]', [...inPage, 'node']],
    },
  },
  {
    what: 'What a `message` listener throws is reported when all were told, not before the next is.',
    why: 'An `onerror` of the page does not run in the midst of it.',
    where: inPage,
    cases: {'reports what a listener throws before it calls the next (message)': 'expected 1, got 0'},
  },
  {
    what: 'A passive `message` listener can cancel an event.',
    why: 'No message of a socket can be cancelled; only an event that somebody else dispatches.',
    where: ours,
    cases: {'cancels nothing from a passive listener (message)': 'expected true, got false'},
  },
  {
    what: 'A function as `url` or `protocols`, and a list as `url`, is not made a string.',
    why: 'A function is asked on each attempt, and a list has addresses to choose from.',
    where: ours,
    cases: {
      'takes a list for the string that it makes': ['/a,b"', inPage],
      'takes a function for the string that it makes': ['/f"', inPage],
      'takes a function for the string that it makes, as protocols': 'nothing was thrown',
    },
  },
  {
    what: 'Constants and `Symbol.toStringTag` are getters; neither they nor attributes and methods are enumerable.',
    why: 'It is a class of the language. The constants can\'t be written, as the standard asks.',
    where: ours,
    cases: {
      'has constants that are values, enumerable and for ever': 'got undefined',
      'has a tag that is a value': 'got undefined',
      'has accessors that are enumerable': 'expected true, got false',
      'is iterated over with its attributes, methods and constants': 'expected true, got false',
    },
  },
  {
    what: '`length` of the constructor and of `close()` counts arguments that may be left out.',
    why: 'Nothing should depend on it.',
    where: ours,
    cases: {'asks for no more arguments than it needs': 'expected [1,0,1], got [2,2,1]'},
  },
]

/** Of the runtime, which the drop-in passes on, or does not. @type {Exception[]} */
export const deviations = [
  {
    what: 'Chromium cuts the fraction of a close code off, where the standard rounds.',
    why: 'The drop-in rounds.',
    where: ['native'],
    cases: {
      'throws for 1000.6 as a code': 'nothing was thrown',
      'throws for 4999.5 as a code': 'nothing was thrown',
      'makes 1000 of 999.5': '999 is neither',
      'makes 3000 of 2999.5': '2999 is neither',
      'makes 3000 of 2999.6': '2999 is neither',
      'makes 3002 of 3001.5': 'expected 3002, got 3001',
    },
  },
  {
    what: 'Chromium takes `undefined` for the code 0 where a reason follows it.',
    why: 'The drop-in takes it for no code, and says 1000 with the reason.',
    where: ['native'],
    cases: {
      'takes a reason without a code': '0 is neither',
      'says no code where the reason is empty and no code is given': '0 is neither',
      'throws for a reason of more than 123 bytes in UTF-8': '0 is neither',
    },
  },
  {
    what: 'Chromium and Node call capturing listeners of an `EventTarget` in the order in which they were added, not before the others.',
    why: 'So with `open`, `error` and `close` of the drop-in; those of `message` are called as the standard says.',
    where: ['native', ...ours],
    cases: {
      'takes a capturing callback for another one, and calls it first (open)': 'got ["bubbling","both","both","capturing"]',
      'takes a capturing callback for another one, and calls it first (close)': 'got ["bubbling","both","both","capturing"]',
      'takes a capturing callback for another one, and calls it first (message)': ['got ["bubbling","both","both","capturing"]', ['native']],
      'calls the listeners of a message in their order, capturing ones first, each once': ['got ["listener","handler"', ['native']],
    },
  },
  {
    what: 'Chromium and Node report nothing of a listener that is an object without `handleEvent()`.',
    why: 'So with `open`, `error` and `close` of the drop-in; that of a `message` is reported.',
    where: ['native', ...ours],
    cases: {
      'reports an object without a handleEvent() as a TypeError (open)': 'got []',
      'reports an object without a handleEvent() as a TypeError (close)': 'got []',
      'reports an object without a handleEvent() as a TypeError (message)': ['got []', ['native']],
    },
  },
  {
    what: 'Chromium takes a space in the host of a `ws:` URL.',
    why: 'The drop-in parses URLs with the `URL` of the runtime.',
    where: ['native', ...inPage],
    cases: {'refuses what is no URL: ws://foo bar': 'nothing was thrown'},
  },
  {
    what: 'Node names the error of an event that is dispatched twice otherwise, and knows no `composedPath()` of an event on its way.',
    why: 'Its `EventTarget` does it.',
    where: inNode,
    cases: {
      'dispatches no event that is being dispatched (open)': 'expected "InvalidStateError", got "Error"',
      'dispatches no event that is being dispatched (message)': 'expected "InvalidStateError", got "Error"',
      'dispatches no event that is being dispatched (close)': 'expected "InvalidStateError", got "Error"',
      'tells an event that somebody else makes, and changes nothing for it (open)': 'got [true,true,2,false,0,false,0]',
      'tells an event that somebody else makes, and changes nothing for it (close)': 'got [true,true,2,false,0,false,0]',
    },
  },
  {
    what: 'Node 20 lets passive listeners cancel, and has no `CloseEvent`.',
    why: 'A `close` is told there by an `Event` with the same fields.',
    where: ['ws'],
    cases: {
      'cancels nothing from a passive listener (open)': 'expected true, got false',
      'cancels nothing from a passive listener (close)': 'expected true, got false',
      'tells a MessageEvent and a CloseEvent that somebody else makes, with what they hold': 'CloseEvent is not defined',
      'tells `close` with a CloseEvent': '"interface":"Event"',
    },
  },
  {
    what: 'Node\'s own class makes `message` events that are not trusted, and offers no two subprotocols that differ by case.',
    why: 'The drop-in hands its events on, and what it refuses is an attempt that failed.',
    where: ['node'],
    cases: {'is told with a trusted message event': 'expected true, got false', 'takes two that differ by case': 'did not come to its end'},
  },
  {
    what: 'The `message` events of `ws` are no `MessageEvent`s: they have `type`, `target` and `data`.',
    why: 'Handed on as they are, as `ws` does it.',
    where: ['ws'],
    cases: {
      'tells `message` with a MessageEvent': 'got {"type":"message","target":true',
      'has the text of a message in `data`, and the origin of the server, and nothing else': 'got ["text",null,null,null,null]',
      'is told with a trusted message event': 'expected true, got undefined',
      'lets an event of its own be dispatched elsewhere': 'must be an instance of Event',
    },
  },
  {
    what: '`ws` counts in `bufferedAmount` only what the kernel did not take.',
    why: 'The drop-in adds its send buffer to it, and nothing else.',
    where: ['ws'],
    cases: {
      ...Object.fromEntries(['a text', 'a text beyond ASCII, in UTF-8', 'half a surrogate pair, as what is sent for it', 'an ArrayBuffer', 'a view', 'what is made a text'].map((what) => [`counts ${what} at once`, 'got 0'])),
      'adds up what is sent': 'expected 12, got 5',
    },
  },
  {
    what: '`ws` refuses an object that only looks like bytes or a Blob.',
    why: 'What looks like them is handed on: it may be of another realm, or a polyfill.',
    where: ['ws'],
    cases: {'makes a text of an object that looks like bytes': 'must be of type string', 'makes a text of an object that looks like a Blob': 'must be of type string'},
  },
]

/** @returns what the case says where it is an exception in this run; undefined: it must pass */
export const saidOf = (run, name) => {
  for (const {where, cases} of [...exceptions, ...deviations]) {
    if (!Object.hasOwn(cases, name)) continue
    const [says, only] = typeof cases[name] === 'string' ? [cases[name], where] : cases[name]
    if (only.includes(run)) return says
  }
  return undefined
}

const table = (list, second) => [`| What | ${second} |`, '| --- | --- |', ...list.map(({what, why}) => `| ${what} | ${why} |`)].join('\n')

/** The tables of docs/websocket.md. */
export const tables = () => ({exceptions: table(exceptions, 'Why'), deviations: table(deviations, 'What comes of it here')})
