// What does each close mean, in English?

import type {Language} from './language.ts'

let format: Intl.NumberFormat | undefined
const number = (value: number): string => (format ??= new Intl.NumberFormat('en', {maximumFractionDigits: 3})).format(value)

const seconds = (...ms: number[]): string => `${[...new Set(ms.map((each) => number(each / 1000)))].join('–')} s`

const askServer = 'Ask who runs the server what is meant, and for a code from 4000 to 4999 that says it.'
const ownCode = 'Never send it; codes of your own begin at 4000.'
const lookUp = 'Look it up in the documentation of the service; choose its dialect in `closecall/dialects`, or define one.'
const freshToken = 'Get new credentials and reconnect; if they are refused as well, stop.'

export const en: Language = {
  codes: {
    1000: {
      name: 'Normal Closure',
      gist: 'a deliberate end',
      description: 'The connection has served its purpose, and one side ended it.',
      whenYouSee: 'After your own `close()`, or when the server is done. Some servers also say it for idle timeouts and shutdowns.',
      howToFix: "Nothing. If a server says it and wants you back, set `onNormalClosure: 'retry'`.",
      whenToSend: 'When nothing is left to do.',
    },
    1001: {
      name: 'Going Away',
      gist: 'a departure',
      description: 'The other end is leaving: a server goes down, or a page is left.',
      whenYouSee: 'With deployments, and at the idle and lifetime limits of gateways; on a server, when the user leaves the page.',
      howToFix: 'Reconnect and restore subscriptions. At regular intervals it is a limit: send heartbeats, or replace the connection in time.',
      whenToSend: 'When you go down, or end a connection for its age. 1012 says that you will be back in a moment.',
    },
    1002: {
      name: 'Protocol error',
      gist: 'a breach of the protocol',
      description: 'The closing end received bytes that break the rules of the WebSocket protocol.',
      whenYouSee: 'With a proxy that alters the stream, a defect in a library at either end, or broken compression. Some servers say it for idle timeouts.',
      howToFix: 'Try without proxy and compression, and update the libraries of both ends.',
      whenToSend: 'Leave it to your WebSocket library.',
    },
    1003: {
      name: 'Unsupported Data',
      gist: 'a message of the wrong kind',
      description: 'The closing end does not take this kind of message: bytes where it wants text, mostly.',
      whenYouSee: 'When binary data goes to an API that speaks text, or the reverse.',
      howToFix: 'Send what the API documents: text as a string, bytes as an `ArrayBuffer`.',
      whenToSend: 'When a message is text and you take bytes only, or the reverse. If only its content is wrong, answer with a message.',
    },
    1004: {
      name: 'Reserved',
      gist: 'a code without a meaning',
      description: 'Kept aside by RFC 6455, which gives it no meaning.',
      whenYouSee: 'From a server that made up its codes, or took them from an old draft.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    1005: {
      name: 'No Status Rcvd',
      gist: 'a close without a code',
      description: 'The close frame carried no code. The number stands for that and is never sent.',
      whenYouSee: 'When the server, or this program, called `close()` without arguments.',
      howToFix: 'Have the server give a code and a reason.',
      whenToSend: 'Never send it; give a code.',
    },
    1006: {
      name: 'Abnormal Closure',
      gist: 'a lost connection',
      description: 'The connection ended without a close frame, or never came about. The number stands for that and is never sent.',
      whenYouSee: 'With a lost network, a device that slept, a proxy that cuts idle connections, a crashed server, a refused handshake, or data that the browser refused. A browser does not say which.',
      howToFix: 'Send heartbeats. If it never opens, test address, certificate and HTTP status outside the browser. If it follows the same message each time, suspect that: many servers drop the connection where they should say 1007.',
      whenToSend: 'Never send it; say why with a close frame.',
    },
    1007: {
      name: 'Invalid frame payload data',
      gist: 'a bug in the sender',
      description: 'A message was not what it claimed to be: text whose bytes are not UTF-8, or compressed data that does not inflate.',
      whenYouSee: 'With bytes in a text frame, a character cut in two, a relay that passes bytes on as text, broken compression, or an API that says 1007 for “bad request”. A browser sends all text as valid UTF-8: there, only the last three remain.',
      howToFix: 'Look at the last messages sent: bytes belong in binary frames, and encoded text must not be cut inside a character. Read the close reason, and try without compression. The same message fails again.',
      whenToSend: 'When text is not UTF-8, or a message does not inflate; not for content that you merely reject, nor for overload.',
    },
    1008: {
      name: 'Policy Violation',
      gist: 'a refusal for a rule not named',
      description: 'A rule of the closing end was broken that has no better code, or is not to be told.',
      whenYouSee: 'With credentials that are missing or expired, an origin that is not allowed, a rate or connection limit, a session that is gone.',
      howToFix: 'Read the close reason. Renew the credentials once; if it comes straight back, stop.',
      whenToSend: 'When no other code fits: 1003, 1009, 3000 and 3003 say more, and 1013 is for limits that pass.',
    },
    1009: {
      name: 'Message Too Big',
      gist: 'a message over the limit',
      description: 'A message is larger than the closing end takes.',
      whenYouSee: 'With large documents or files in one message. Limits differ: 128 KB at AWS API Gateway, 100 MiB in `ws`.',
      howToFix: 'Split or compress the message, or upload it over HTTP. Keep it out of any queue that would send it again.',
      whenToSend: 'When a message is over your limit, which you document.',
    },
    1010: {
      name: 'Mandatory Ext.',
      gist: 'a missing extension',
      description: 'The client can’t do without an extension that the server did not agree to.',
      whenYouSee: 'Hardly ever: browsers insist on no extension. From native clients, or a confused server.',
      howToFix: 'Enable the extension on the server, or do without it.',
      whenToSend: 'Only as a client, with the missing extensions as the reason; a server refuses the handshake instead.',
    },
    1011: {
      name: 'Internal Error',
      gist: 'a failure in the server',
      description: 'The closing end, a server as a rule, met something that it could not cope with.',
      whenYouSee: 'With an exception in the server’s code, a deadline that passed, or, with Python servers, a pong of yours that came too late.',
      howToFix: 'Retry. If the same message always precedes it, report that one to the server’s owner. If the reason speaks of keepalive, look for what blocks your event loop.',
      whenToSend: 'When your code failed and no other code says it better.',
    },
    1012: {
      name: 'Service Restart',
      gist: 'a restart',
      description: 'The service restarts and will be back soon.',
      whenYouSee: 'With deployments; uvicorn and Phoenix say it when they shut down.',
      howToFix: 'Reconnect after a random pause, so that not everybody returns at once, and restore subscriptions.',
      whenToSend: 'When you restart. Clients are asked to come back after a random 5–30 s.',
    },
    1013: {
      name: 'Try Again Later',
      gist: 'a passing overload',
      description: 'The service is up but does not want you just now: it has too much to do.',
      whenYouSee: 'When load is shed, a cap on connections is reached, or a part of the service is under maintenance.',
      howToFix: 'Wait and come back, after a longer pause each time, with some randomness in it, or when the server says. If it lasts: fewer connections, another address, more capacity. The registration is stricter: another address, or when the user asks.',
      whenToSend: 'When you have too much to do for now. `retry-after=30` in the reason says when to come back.',
    },
    1014: {
      name: 'Bad Gateway',
      gist: 'a failure behind a gateway',
      description: 'A gateway got no valid answer from the server behind it, as with HTTP 502.',
      whenYouSee: 'When a server behind a gateway is down or restarting.',
      howToFix: 'Retry. If it lasts, look at the gateway’s logs and at the server behind it.',
      whenToSend: 'As a gateway, when the server behind you fails.',
    },
    1015: {
      name: 'TLS handshake',
      gist: 'a failed TLS handshake',
      description: 'The encrypted channel could not be set up. The number stands for that and is never sent.',
      whenYouSee: 'In some native clients, with certificates that are expired, self-signed or for another host. Browsers say 1006.',
      howToFix: 'Mend the certificate chain or the host name; look at the device’s clock, and for proxies that inspect traffic.',
      whenToSend: 'Never send it.',
    },
    3000: {
      name: 'Unauthorized',
      gist: 'a lack of valid credentials',
      description: 'Credentials are missing or not valid, as with HTTP 401.',
      whenYouSee: 'With a token that is absent, malformed or expired. Some services mean something else by it.',
      howToFix: freshToken,
      whenToSend: 'When credentials are missing or not valid, and new ones would do.',
    },
    3003: {
      name: 'Forbidden',
      gist: 'a lack of permission',
      description: 'You are known, and not allowed to do this, as with HTTP 403.',
      whenYouSee: 'With the wrong plan, role, room or origin. Some services mean something else by it.',
      howToFix: 'Get the permission, or ask for something else.',
      whenToSend: 'When new credentials would not help.',
    },
    3008: {
      name: 'Timeout',
      gist: 'an answer that came too late',
      description: 'Something took too long, as with HTTP 408.',
      whenYouSee: 'With a login message or heartbeat of the application that comes too late. Some services mean something else by it.',
      howToFix: 'Retry, and answer sooner: look for what blocks your event loop, or for a throttled tab.',
      whenToSend: 'When the client did not do in time what your protocol asks.',
    },
  },

  kinds: {
    illegal: {
      name: 'Illegal code',
      gist: 'no close code',
      description: 'This is no close code: they go from 1000 to 4999.',
      whenYouSee: 'From a server that made it up; some browsers pass it on. From 100 to 599 it may be an HTTP status.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    unassigned: {
      name: 'Unassigned code',
      gist: 'a code that nobody has defined',
      description: 'Kept for the protocol and its extensions, which give it no meaning so far.',
      whenYouSee: 'From a server that made it up, or knows a newer standard.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    library: {
      name: 'Library code',
      gist: 'a code of some library',
      description: 'For libraries, frameworks and applications, which register such codes at IANA. No registration of this one is known.',
      whenYouSee: 'From a service with codes of its own.',
      howToFix: lookUp,
      whenToSend: 'When your library defines and registers it; applications use 4000 to 4999.',
    },
    private: {
      name: 'Private code',
      gist: 'a code of some service',
      description: 'For agreements between a service and its clients. It can’t be registered, and services mean different things by it.',
      whenYouSee: 'From a service with codes of its own.',
      howToFix: lookUp,
      whenToSend: 'With the meaning that your service documents.',
    },
  },

  statuses: {
    401: {
      name: 'Unauthorized',
      description: 'The handshake was refused: credentials are missing or not valid.',
      whenYouSee: 'With a token or cookie that is absent or expired. In a browser, credentials travel in cookies, the URL or a subprotocol: its handshake has no headers of yours.',
      howToFix: freshToken,
      whenToSend: 'When credentials are missing or not valid, and new ones would do.',
    },
    403: {
      name: 'Forbidden',
      description: 'The handshake was refused: you are not allowed.',
      whenYouSee: 'With an origin that is not on the server’s list, a lack of permission, or a firewall.',
      howToFix: 'Have the origin allowed, or get the permission.',
      whenToSend: 'When new credentials would not help.',
    },
    407: {
      name: 'Proxy Authentication Required',
      description: 'A proxy on the way wants credentials.',
      whenYouSee: 'In company networks.',
      howToFix: 'Give them to the proxy: in the settings of the system, or through `agent`.',
      whenToSend: 'As a proxy.',
    },
    408: {
      name: 'Request Timeout',
      description: 'The handshake did not reach the server in time.',
      whenYouSee: 'On a slow network.',
      howToFix: 'Retry.',
      whenToSend: 'When the handshake does not arrive in time.',
    },
    425: {
      name: 'Too Early',
      description: 'The handshake was sent before TLS was set up, and might be a replay.',
      whenYouSee: 'With TLS 1.3 early data.',
      howToFix: 'Retry: the next one waits for TLS.',
      whenToSend: 'When the handshake came as early data.',
    },
    429: {
      name: 'Too Many Requests',
      description: 'There were too many handshakes in too short a time.',
      whenYouSee: 'At a rate limit for the account or the address.',
      howToFix: 'Wait as long as `Retry-After` says, and connect less often.',
      whenToSend: 'When one client asks too often; say in `Retry-After` when to come back.',
    },
    '2xx': {
      name: 'Not a WebSocket',
      description: 'The address answers, but not as a WebSocket.',
      whenYouSee: 'With a wrong path, a login page, or a proxy that does not pass `Upgrade` on.',
      howToFix: 'Check the address, and have proxies pass `Upgrade` and `Connection` on.',
      whenToSend: 'Never: it says that all is well.',
    },
    '3xx': {
      name: 'Redirect',
      description: 'The server redirects the handshake, which browsers don’t follow.',
      whenYouSee: 'With `http:` where it should be `https:`, a missing slash, or a login.',
      howToFix: 'Connect to the final address.',
      whenToSend: 'Hardly ever: clients need not follow.',
    },
    '4xx': {
      name: 'Refused',
      description: 'The server refused the handshake: something about the request is wrong.',
      whenYouSee: 'With a wrong path (404), a missing upgrade or another version (426), or a bad header (400).',
      howToFix: 'Check address, path, subprotocols and headers.',
      whenToSend: 'When the same handshake would be refused again.',
    },
    '5xx': {
      name: 'Server error',
      description: 'The server, or a gateway before it, could not take the connection.',
      whenYouSee: 'With overload or maintenance (503), a server behind a gateway that is down (502) or slow (504), or a defect (500).',
      howToFix: 'Wait and come back, after a longer pause each time, or as `Retry-After` says.',
      whenToSend: '503 with `Retry-After`, when you have too much to do for now.',
    },
  },

  situations: {
    unopened: {
      name: 'Never opened',
      gist: 'a connection that never opened',
      description: 'The connection never opened. A browser does not say why.',
      whenYouSee: 'With a wrong address, no network, a closed port, DNS, TLS, a content security policy, or an HTTP answer such as 401 or 503.',
      howToFix: 'Start from the error, if one is named. A browser names none: try `npx closecall probe`, or let `closecall/probe` find the HTTP status.',
    },
    heartbeat: {
      name: 'No sign of life',
      gist: 'a silent connection',
      description: 'The server gave no sign of life in time, and the connection was given up.',
      whenYouSee: 'After a change of network or a sleep of the device, or with a server that hangs or does not answer the heartbeat.',
      howToFix: 'If it is regular, make sure that the server answers `heartbeat.message`, or give it more time.',
    },
    provider: {
      name: 'No address',
      gist: 'an address that could not be had',
      description: 'The `url`, `protocols` or `credentials` function failed or took too long; no socket was opened.',
      whenYouSee: 'When it throws, rejects, or gives what is no address.',
      howToFix: 'Mend the function, or whatever it asks.',
    },
    setup: {
      name: 'Not set up',
      gist: 'a connection that could not be set up',
      description: 'The connection was open, but the `onOpen` function failed or took too long, so it was given up.',
      whenYouSee: 'When it throws or rejects: the server did not accept the login, or did not answer it.',
      howToFix: 'Start from the error. If the login was refused, ask for new credentials; if it takes long, raise `connectTimeout`.',
    },
    constructor: {
      name: 'Not allowed here',
      gist: 'a refusal by the runtime',
      description: 'The runtime refused to make the socket.',
      whenYouSee: 'With a `ws:` address in a page from `https:`, a content security policy, or a bad subprotocol.',
      howToFix: 'Use `wss:`, have `connect-src` allow the address, and read the error’s words.',
    },
  },

  alias: (code, {description, whenYouSee}) => ({
    description: `The double of ${code}, for clients that never see ${code} itself. ${description}`,
    whenYouSee: `From servers that use \`closecall/server\`; others may mean something else. ${whenYouSee}`,
    whenToSend: `In place of ${code} where clients never see it: WebKitGTK makes a 1006 of it.`,
  }),
  dialect: (title) => ({
    whenYouSee: `From ${title}. Elsewhere the code may mean something else.`,
    whenToSend: `When you serve clients of ${title}, and this is what you mean.`,
  }),
  named: (name) => `“${name}”`,
  meaning: (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`,
  remedies: {
    none: 'Nothing.',
    sender: 'Mend what this program sends: the same fails again.',
    server: 'Come back, after a longer pause each time. If it lasts, tell who runs the server.',
    network: 'Reconnect. If it lasts, look at what lies between.',
    policy: 'Get the credentials or the permission that it takes.',
    unknown: 'Look it up in the documentation of the service.',
  },
  faults: {
    none: 'Nobody.',
    sender: 'The sender: what this program sent was refused.',
    server: 'The server: it could not go on.',
    network: 'The network, or whatever lies between.',
    policy: 'Whoever may grant what the server does not allow.',
    unknown: 'That is not known.',
  },

  does: {
    end: 'closecall stays closed.',
    stop: 'closecall stops at once and reports it.',
    refresh: 'closecall asks for new credentials and tries again at once. With a second refusal in a row, or nobody to ask, it stops and reports.',
    retry: (pause) => `closecall tries again ${pause}.`,
    limit: (budget) => `After ${number(budget)} in a row it stops and reports.`,
    hint: 'If the server says when to come back, that goes first.',
    rotate: 'Where there are several addresses, it tries the next within a second.',
    report: 'It reports each.',
    evidence: 'The report has evidence of what was sent last.',
  },
  pauses: {
    growing: ({first, factor, most, jitter}) => {
      if (jitter === 'decorrelated') return `after ${seconds(first)} to three times the last pause, ${seconds(most)} at most`
      const steady = factor === 1 || first === most
      const growth = steady ? '' : `, ${factor === 2 ? 'doubling' : `times ${number(factor)} each time,`} to ${seconds(most)}`
      const chance =
        jitter === 'none' || jitter === 0 ? ''
        : typeof jitter === 'number' ? `each ±${number(jitter * 100)} %`
        : jitter === 'full' ? 'each drawn from 0 to that'
        : 'each drawn from half of that to all of it'
      return `after ${seconds(first)}${growth}${chance && `, ${chance}`}`
    },
    drawn: (least, most) => `after a random ${seconds(least, most)}`,
    prompt: (most) => (most ? `within ${seconds(most)}` : 'at once'),
    hinted: (least, most) => `after ${seconds(least, most)}, as the server asks`,
    afterwards: (first, later) => `${first}; if that fails, ${later}`,
  },

  aspects: {
    meaning: 'What it means',
    fault: 'Who is at fault',
    when: 'When you see it',
    closecall: 'What closecall does',
    fix: 'What to do',
    use: 'When to send it',
  },
  outlooks: {
    end: 'which needs nothing',
    stop: 'which no retry mends',
    refresh: 'which new credentials may mend',
    retry: 'which a retry with backoff gets over',
    few: 'which a few retries may get over',
  },
  outlooksOfBoth: {
    end: 'Neither needs anything.',
    stop: 'No retry mends either.',
    refresh: 'New credentials may mend either.',
    retry: 'A retry with backoff gets over either.',
    few: 'A few retries may get over either.',
  },
  summaries: {
    differ: ([left, ...leftIs], [right, ...rightIs]) => `${left} is ${leftIs.join(', ')}; ${right} is ${rightIs.join(', ')}.`,
    same: (left, right) => (left === right ? `Both are ${left}: there is no difference.` : `${left} and ${right} mean the same here.`),
  },
}
