// What can happen to a connection, and what can each engine know of it? One row each: the fault, the client's part, what it is told.

import {accept, acceptWith, closeFrame, deflated, frame, header, refuse, text, type Fault} from '../helpers/fault-server.ts'
import type {EngineName} from './engines.ts'

/** The client's part in it. Plain data: faults.mjs plays it. */
export interface Part {
  /**
   * - `meets` (unless told): says hello, and waits for an end, or for a message after which it closes with 4000 itself
   * - `closes`: with these arguments, as soon as it is open
   * - `leaves`: closes while it is connecting, so long after the socket was made
   * - `sends`: one of each kind that can be sent
   */
  does?: 'meets' | 'closes' | 'leaves' | 'sends'
  /** What it sends instead of hello: this text, or so many bytes. */
  says?: string | number
  /** So long without an end is the end of the story, where no message can come, ms. */
  quiet?: number
  /** Arguments of `close()`. */
  with?: [code?: number, reason?: string]
  /** Closes twice. */
  twice?: boolean
  /** Sends this after it closed. */
  sayLate?: string
  /** Of `leaves`, ms. */
  after?: number
  /** Not among others: so much at once makes an engine late for everybody. */
  alone?: boolean
  /** Of the client. */
  options?: {connectTimeout?: number; closeTimeout?: number; protocols?: string[]}
}

/**
 * What the client is told, and what that comes to:
 *
 * - `1013`, `503`: a close code or a status
 * - `1006 error`, and other origins: it had to find out by itself
 * - `open`: all is well, and a close with 4000 works
 * - `closed`: it never came to a connection that could end
 * - `refused`: the argument was; the connection is as before
 *
 * ` or ` stands between what a race in the engine or in TCP decides.
 */
export type Told = string

export interface Row {
  /** What happens, for readers. */
  what: string
  fault: Fault
  client?: Part
  told: Told
  /** Engines that know more, or less. */
  except?: Partial<Record<EngineName, Told>>
  /** Whether there ever is an open connection, where the client is told of an end. `maybe`: engines differ, as Firefox under load does. Default `true`. */
  opens?: boolean | 'maybe'
  /** What the server must have read: the code of the client's close frame. */
  hears?: number | undefined
  /** What the server must have read of a message, in hexadecimal. */
  reads?: (engine: EngineName) => string
  /** Requests that an engine makes of one attempt, where it makes more than one. */
  requests?: Partial<Record<EngineName, number>>
  /** All that follows belongs to a frame that never ends, the answer to the client's close, too. */
  drowns?: boolean
  /** What the client must have got. Default: at most two messages. */
  messages?: string[]
  /** What `send()` must have answered. */
  answers?: string[]
}

const on = (told: Told, ...engines: EngineName[]): Row['except'] => Object.fromEntries(engines.map((engine) => [engine, told]))
const undici = ['node22', 'node24', 'node26'] as const

/** The client says hello, and then this. */
const after = (...steps: NonNullable<Fault['steps']>): Fault => ({steps: ['hears', ...steps]})

const here = text('still here')

/** A code that anybody may send. */
const closes = (code: number, except?: Row['except']): Row => ({what: `closes with ${code}`, fault: after(closeFrame(code)), told: `${code}`, ...(except && {except})})

/** A code that nobody may send: three engines pass it on, to the others it is a protocol error. */
const illegal = (code: number, told = `${code}`): Row => ({...closes(code, on(told, 'chromium', 'firefox', 'workerd')), told: '1006'})

/** A code that only exists inside an endpoint: two engines pass it on. */
const internal = (code: number): Row => ({...closes(code, on(`${code}`, 'firefox', 'workerd')), told: '1006'})

/** libsoup takes 1012 to 1014 for illegal. */
const notWebKit = on('1006', 'webkitgtk')

const codes: Record<string, Row> = {
  srvClose0: illegal(0, '1006'),
  srvClose1: illegal(1),
  srvClose999: illegal(999),
  srvClose1000: closes(1000),
  srvClose1001: closes(1001),
  srvClose1002: closes(1002),
  srvClose1003: closes(1003),
  srvClose1004: illegal(1004),
  srvClose1005: internal(1005),
  srvClose1006: internal(1006),
  srvClose1007: closes(1007),
  srvClose1008: closes(1008),
  srvClose1009: closes(1009),
  srvClose1010: closes(1010),
  srvClose1011: closes(1011),
  srvClose1012: closes(1012, notWebKit),
  srvClose1013: closes(1013, notWebKit),
  srvClose1014: closes(1014, on('1006', 'webkitgtk', 'deno')),
  srvClose1015: internal(1015),
  srvClose1016: illegal(1016),
  srvClose2000: illegal(2000),
  srvClose2999: illegal(2999),
  srvClose3000: closes(3000),
  srvClose4000: closes(4000),
  // The doubles of 1012 to 1014 are there for the engines that lose those.
  srvClose4912: closes(4912),
  srvClose4913: closes(4913),
  srvClose4914: closes(4914),
  srvClose4999: closes(4999),
  srvClose5000: illegal(5000),
  srvClose65535: illegal(65_535),
}

/** A bad close frame: to most a protocol error like any other. */
const badClose = (what: string, body: Buffer, except: Row['except'], first = 0x88): Row => ({what, fault: after(frame(first, body)), told: '1006', except: except!})

const reason = (bytes: string | Uint8Array): Buffer => Buffer.concat([Buffer.of(1000 >> 8, 1000 & 0xff), Buffer.from(bytes as string)])

/** The three codes that matter most, each in a close that does not end as it should. */
const family = (name: string, what: string, rest: NonNullable<Fault['steps']>, except: Row['except'] = {}, more: (code: number) => Partial<Row> = () => ({})): Record<string, Row> =>
  Object.fromEntries(
    [1013, 1000, 1007].map((code): [string, Row] => [
      code === 1013 ? name : `${name}${code}`,
      {what: `closes with ${code}, ${what}`, fault: after(closeFrame(code), ...rest), told: `${code}`, except: {...(code === 1013 && notWebKit), ...except}, ...more(code)},
    ]),
  )

const closeFrames: Record<string, Row> = {
  closeEmpty: {what: 'a close frame without a code', fault: after(frame(0x88)), told: '1005'},
  close1: badClose('a close frame with one byte', Buffer.of(3), on('1005', 'firefox', 'workerd')),
  closeBadUtf8: badClose('a close reason that is not UTF-8', reason(Buffer.of(0x61, 0xff, 0xfe)), on('1000', 'workerd')),
  closeTooLong: badClose('a close frame of 126 bytes', reason('x'.repeat(124)), on('1000', 'deno', 'workerd')),
  closeFragmented: badClose('a close frame without FIN', reason(''), on('1006 error', 'workerd'), 0x08),
  closeSameSegment: {what: 'accepts and closes with 1013 in one segment', opens: 'maybe', fault: {answer: acceptWith(closeFrame(1013)), steps: ['closing', 'fin']}, told: '1013', except: {...notWebKit}},
  msgThenClose: {what: 'a message, then closes with 1013', fault: after(text('message'), closeFrame(1013)), told: '1013', except: {...notWebKit}, messages: ['message']},
  msgCloseSameSegment: {
    what: 'accepts, a message and 1013 in one segment',
    opens: 'maybe',
    fault: {answer: acceptWith(text('message'), closeFrame(1013)), steps: ['closing', 'fin']},
    told: '1013',
    except: {...notWebKit},
    messages: ['message'],
  },
  ...family('closeNoFin', 'and never ends TCP', ['mute'], on('1006 stalled', ...undici), () => ({client: {options: {closeTimeout: 500}}})),
  ...family('closeThenFin', 'and ends TCP at once', ['fin']),
  ...family('closeThenMsg', 'and goes on with a message', [text('more')], on('1006', 'chromium')),
  // Who is first, the reset or the answer to the close frame?
  ...family('closeThenRst', 'and resets TCP at once', ['rst'], {}, (code) => ({told: `${code} or 1006`})),
}

/** What most engines notice by themselves. workerd stops at the error. */
const violates = (what: string, fault: Fault, except: Row['except'] = on('1006 error', 'workerd')): Row => ({what, fault, told: '1006', except: except!})

const bad = Buffer.from([0x61, 0xff, 0xfe])

/** Not UTF-8: workerd delivers it all the same. */
const illFormed = (what: string, ...steps: NonNullable<Fault['steps']>): Row => violates(what, after(...steps, here), on('open', 'workerd'))

const compressing: Fault['answer'] = accept({'Sec-WebSocket-Extensions': 'permessage-deflate'})

const frames: Record<string, Row> = {
  badUtf8: illFormed('text that is not UTF-8', text(bad)),
  badUtf8Surrogate: illFormed('text with half a surrogate pair', text(Buffer.from([0x61, 0xed, 0xa0, 0x80]))),
  badUtf8Trunc: illFormed('text that ends within a character', text(Buffer.from([0x61, 0xe2, 0x82]))),
  badUtf8FirstFrag: illFormed('text that is not UTF-8, its last fragment later', frame(0x01, bad), 300, frame(0x80, 'end')),
  goodUtf8Split: {what: 'a character split between two fragments', fault: after(frame(0x01, Buffer.from([0x61, 0xe2, 0x82])), frame(0x80, Buffer.from([0xac]))), told: 'open', messages: ['a€']},
  deflateOk: {what: 'a compressed message', fault: {answer: compressing, steps: ['hears', deflated('still here')]}, told: 'open', except: on('1006', 'deno')!},
  deflateBadUtf8: {...illFormed('compressed text that is not UTF-8'), fault: {answer: compressing, steps: ['hears', deflated(bad), deflated('still here')]}},
  badDeflate: violates('compressed data that is none', {answer: compressing, steps: ['hears', frame(0xc1, Buffer.from([0xff, 0xff, 0xff, 0xff]))]}),
  rsv1: violates('RSV1 without compression', after(frame(0xc1, 'x'))),
  rsv2: violates('RSV2', after(frame(0xa1, 'x'))),
  op3: violates('an unknown data opcode', after(frame(0x83, 'x'))),
  op11: violates('an unknown control opcode', after(frame(0x8b, 'x'))),
  masked: violates('a masked frame from the server', after(Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x78 ^ 1]), here), on('open', 'firefox', 'deno', 'workerd')),
  contNoStart: violates('a continuation of nothing', after(frame(0x80, 'x'))),
  newMsgInFrag: violates('a new message within a fragmented one', after(frame(0x01, 'x'), text('y'))),
  pingFragmented: violates('a ping without FIN', after(frame(0x09, 'x'))),
  pingTooLong: violates('a ping of 126 bytes', after(frame(0x89, 'x'.repeat(126)), here), on('open', 'workerd')),
  ping: {what: 'a ping; the pong is answered with 1000', fault: after(frame(0x89, 'x'), 'pong', closeFrame(1000)), told: '1000'},
  pongUnsolicited: {what: 'a pong that nobody asked for', fault: after(frame(0x8a, 'x'), here), told: 'open'},
  msgSameSegment: {what: 'accepts and sends a message in one segment', fault: {answer: acceptWith(text('still here'))}, told: 'open'},
}

const ends: Record<string, Row> = {
  fin: {what: 'ends TCP without a close frame', fault: after('fin'), told: '1006'},
  rst: {what: 'resets TCP', fault: after('rst'), told: '1006'},
  finMidFrame: {what: 'ends TCP within a frame', fault: after(header(0x81, 100), Buffer.from('x'), 'fin'), told: '1006'},
  finSameSegment: {what: 'accepts and ends TCP in one segment', fault: {steps: ['fin']}, told: '1006', opens: 'maybe'},
  silentIdle: {what: 'says nothing', fault: {}, client: {quiet: 1000}, told: 'open'},
}

/** A handshake that fails. Node 22 tells only that, and no close follows. */
const fails = (what: string, fault: Fault, except: Row['except'] = {}): Row => ({what, fault, told: '1006', except: {...on('1006 error', 'node22'), ...except}, opens: false})

/** Who sees the status of a refusal. */
const refuses = (status: number, headers: Parameters<typeof refuse>[1] = {}, more: Partial<Row> = {}): Row => ({
  ...fails(`refuses with ${status}`, {answer: refuse(status, headers)}, on(`${status}`, 'node-ws', 'bun', 'deno', 'workerd')),
  ...more,
})

/** WebKitGTK goes where it is sent. */
const redirects = (status: number, scheme = 'ws'): Row => {
  const row = refuses(status, ({host, port}) => ({Location: `${scheme}://${host}:${port}/there`}))
  return {...row, what: `redirects with ${status} to ${scheme}:`, except: {...row.except, webkitgtk: 'open'}, client: {quiet: 1000}, requests: {webkitgtk: 2}}
}

/** workerd has this word for an upgrade that it can't accept. */
const saysBadGateway = on('502', 'workerd')

const chat: Part = {options: {protocols: ['chat']}}

const handshakes: Record<string, Row> = {
  refused: fails('nobody listens', {listens: 'nobody'}),
  dns: fails('a host name that does not exist', {listens: 'unknown'}),
  hang: {what: 'never answers the request', fault: {answer: () => '', steps: ['mute']}, client: {options: {connectTimeout: 1500}}, told: '1006 connect-timeout', opens: false},
  hsFin: fails('ends TCP instead of an answer', {answer: () => '', steps: ['fin']}),
  hsRst: fails('resets TCP instead of an answer', {answer: () => '', steps: ['rst']}),
  hsPartial: fails('ends TCP within its answer', {answer: () => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso', steps: ['fin']}),
  garbage: fails('answers with something else than HTTP', {answer: () => '\x00\x01\x02 nonsense\r\n\r\n', steps: ['fin']}),
  badAccept: fails('a wrong Sec-WebSocket-Accept', {answer: accept({'Sec-WebSocket-Accept': 'd3Jvbmcgd3JvbmcgV1JPTkcgd3I='}), steps: ['hears', here]}, {...on('open', 'deno'), ...saysBadGateway}),
  noAccept: fails('no Sec-WebSocket-Accept', {answer: accept({'Sec-WebSocket-Accept': ''}), steps: ['hears', here]}, {...on('open', 'deno'), ...saysBadGateway}),
  // Node 22 says nothing at all here.
  noUpgradeHdr: {...fails('no Upgrade header', {answer: accept({Upgrade: ''})}, {...on('1006 connect-timeout', 'node22'), ...saysBadGateway}), client: {options: {connectTimeout: 1500}}},
  badExt: fails('an extension that was not offered', {answer: accept({'Sec-WebSocket-Extensions': 'x-unknown'}), steps: ['hears', here]}, {...on('open', 'deno'), ...saysBadGateway}),
  badProto: fails('a subprotocol that was not offered', {answer: accept({'Sec-WebSocket-Protocol': 'other'}), steps: ['hears', here]}, on('open', 'deno', 'workerd', 'firefox')),
  noProto: {
    ...fails('no subprotocol, although one was offered', {steps: ['hears', here]}, on('open', 'deno', 'workerd', 'firefox', 'webkitgtk')),
    client: chat,
  },
  proto: {what: 'the subprotocol that was offered', fault: {answer: accept({'Sec-WebSocket-Protocol': 'chat'}), steps: ['hears', here]}, client: chat, told: 'open'},
  http10: {what: 'accepts with HTTP/1.0', fault: {answer: accept({}, '1.0'), steps: ['hears', here]}, told: 'open', except: on('1006', 'firefox', 'webkitgtk')!, opens: 'maybe'},
  setCookie: {what: 'accepts and sets a cookie', fault: {answer: accept({'Set-Cookie': 'a=b'}), steps: ['hears', here]}, told: 'open'},
  http200: refuses(200),
  http400: refuses(400),
  http401: refuses(401, {'WWW-Authenticate': 'Basic realm="closecall"'}, {requests: {node24: 2, node26: 2}}),
  http403: refuses(403),
  http404: refuses(404),
  http426: refuses(426, {Upgrade: 'websocket'}),
  http429: refuses(429, {'Retry-After': '7'}),
  http500: refuses(500),
  http502: refuses(502),
  http503: refuses(503, {'Retry-After': '7'}),
  http503keepalive: {...refuses(503, {Connection: 'keep-alive'}), what: 'refuses with 503, and keeps TCP'},
  redirWs301: redirects(301),
  redirWs302: redirects(302),
  redirWs307: redirects(307),
  redirHttp302: redirects(302, 'http'),
  wssSelfSigned: fails('wss: with a certificate that nobody trusts', {listens: 'tls', scheme: 'wss'}, on('1015', 'firefox')),
  wsToTls: fails('ws: to a server that expects TLS', {listens: 'tls'}),
  wssToPlain: {
    ...fails('wss: to a server without TLS, which waits', {scheme: 'wss'}),
    client: {options: {connectTimeout: 1500}},
    told: '1006 connect-timeout',
    except: on('1006', 'workerd')!,
  },
}

/** `close()` with what the client takes. Whoever asks for an end is told of one, whatever else it says. */
const says = (code: number, reason = '', part: Part = {}): Row => ({
  what: `close(${code}${reason && ', …'})`,
  fault: {},
  client: {does: 'closes', with: [code, reason], ...part},
  told: `${code}`,
  hears: code,
})

/** `close()` with what the client refuses, with one sentence: some engines would send it, and others throw. */
const mayNot = (code: number, reason = '', what = `close(${code})`): Row => ({what, fault: {}, client: {does: 'closes', with: [code, reason]}, told: 'refused', hears: 4000})

const ours: Record<string, Row> = {
  cliCloseEmpty: {...says(1000), what: 'close()', client: {does: 'closes', with: []}},
  ...Object.fromEntries([0, 999, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 1015, 2999, 5000].map((code) => [`cliClose${code}`, mayNot(code)])),
  cliClose1000: says(1000),
  cliClose1005: {...says(1005), what: 'close(1005): a close frame without a code'},
  cliClose3000: says(3000),
  cliClose4000: says(4000),
  cliClose4999: says(4999),
  cliCloseReason123: {...says(1000, 'x'.repeat(123)), what: 'close(1000) with a reason of 123 bytes'},
  cliCloseReason124: mayNot(1000, 'x'.repeat(124), 'close(1000) with a reason of 124 bytes'),
  cliCloseReasonLone: {...says(1000, 'a\ud800b'), what: 'close(1000) with half a surrogate pair in the reason'},
  cliCloseTwice: {...says(1000, '', {twice: true}), what: 'close(1000) twice'},
  ackNoFin: {
    ...says(1000, '', {options: {closeTimeout: 500}}),
    what: 'close(1000); it is answered, but TCP does not end',
    fault: {steps: ['closing', closeFrame(1000), 'mute']},
    told: '1006 close-timeout',
    except: on('1000', 'firefox', 'deno', 'workerd')!,
  },
  ackOther: {...says(1000), what: 'close(1000); the answer says 4321', fault: {steps: ['closing', closeFrame(4321), 'fin']}, told: '4321'},
  noAckFin: {...says(1000), what: 'close(1000); TCP ends without an answer', fault: {steps: ['closing', 'fin']}, told: '1006', except: on('1005', 'deno')!},
  silentClose: {
    ...says(1000, '', {options: {closeTimeout: 500}}),
    what: 'close(1000); nothing comes back',
    fault: {steps: ['mute']},
    told: '1006 close-timeout',
  },
  msgWhileClosing: {
    ...says(1000),
    what: 'close(1000); two messages come before the answer',
    fault: {steps: ['closing', text('late'), text('later'), closeFrame(1000), 'fin']},
    messages: [],
  },
  closeInConnecting: {what: 'close() as soon as the socket is made', fault: {}, client: {does: 'leaves', after: 0}, told: 'closed', opens: false},
  closeInConnectingHang: {what: 'close() while the handshake hangs', fault: {answer: () => '', steps: ['mute']}, client: {does: 'leaves', after: 200}, told: 'closed', opens: false},
}

const mega = 1 << 20

/** Limits of what an engine receives. Whoever refuses says 1009 to the server, and nothing to us. */
const receives = (size: number, except: Row['except'] = {}): Row => ({what: `a message of ${size} MiB`, fault: after({payload: size * mega}), client: {alone: true}, told: 'open', except: except!})

const sending: Record<string, Row> = {
  sendConnecting: {what: 'send() while connecting', fault: {steps: ['echo']}, client: {says: 'early'}, told: 'open', messages: ['early'], answers: ['buffered']},
  sendClosing: {...says(1000, '', {sayLate: 'late'}), what: 'send() while closing', answers: ['refused']},
  sendLone: {
    what: 'send() of half a surrogate pair',
    fault: after(here),
    client: {says: 'a\ud800b'},
    told: 'open',
    // workerd alone puts it on the wire, which is not UTF-8; to the others it is U+FFFD.
    reads: (engine) => (engine === 'workerd' ? '61eda08062' : '61efbfbd62'),
  },
  sendOdd: {what: 'send() of a text, nothing, a view, an ArrayBuffer', fault: {steps: ['echo']}, client: {does: 'sends'}, told: 'open', messages: ['grüße', '', '2,3', '', '1,2,3']},
  binaryType: {what: 'bytes arrive', fault: after(frame(0x82, Buffer.from([1, 2]))), told: 'open', messages: ['1,2']},
  bufferedAmount: {what: 'send() of 1 MiB', fault: after(here), client: {says: mega}, told: 'open'},
  bufferedNoRead: {what: 'send() of 8 MiB to a server that reads later', fault: {steps: ['deaf', 500, 'listens', 'hears', here]}, client: {says: 8 * mega}, told: 'open'},
  send200: {what: 'send() of 200 MiB', fault: after(here), client: {says: 200 * mega, alone: true}, told: 'open'},
  sendThenClose: {...says(1000, '', {says: mega}), what: 'send() of 1 MiB, then close(1000)'},
  closeWhileNoRead: {
    ...says(1000, '', {says: 32 * mega, alone: true, options: {closeTimeout: 500}}),
    what: 'send() of 32 MiB to a server that does not read, then close(1000)',
    fault: {steps: ['deaf', 'mute']},
    told: '1006 close-timeout',
    hears: undefined,
  },
  recv20: receives(20),
  recv64: receives(64, {...on('1006 error', 'workerd'), ...on('1006', 'deno')}),
  recv110: receives(110, {...on('1006 error', 'workerd'), ...on('1006', 'deno', 'node-ws')}),
  recv200: receives(200, {...on('1006 error', 'workerd'), ...on('1006', 'deno', 'node-ws', 'bun', ...undici)}),
  oversize300M: {
    what: 'a frame that says it has 300 MiB',
    fault: after(header(0x82, 300 * mega), Buffer.from('x')),
    client: {quiet: 3000},
    drowns: true,
    told: '1006',
    except: {...on('1006 error', 'workerd'), ...on('open', 'chromium', 'firefox', 'webkitgtk')},
  },
  oversizeTiB: {...violates('a frame that says it has 1 TiB', after(header(0x82, 1n << 40n), Buffer.from('x')), {...on('1006 error', 'workerd'), ...on('open', 'webkitgtk')}), client: {quiet: 3000}, drowns: true},
  oversizeMsb: violates('a frame with a length of 64 bits', after(header(0x82, 1n << 63n), Buffer.from('x'))),
}

/** By what it is about. */
export const sections: Record<string, Record<string, Row>> = {
  'The server closes': codes,
  'The server closes, and something is odd about it': closeFrames,
  'The connection ends, or is silent': ends,
  'The server sends': frames,
  'The connection is not made': handshakes,
  'The client closes': ours,
  'The client sends; messages are big': sending,
}

export const rows: Record<string, Row> = Object.assign({}, ...Object.values(sections))
