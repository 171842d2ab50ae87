// Does a probe tell what happened, and what to do about it?

import {describe, expect, it} from 'vitest'
import {explain} from '../../src/catalog/index.ts'
import {closesWith, drops, echoes, goesSilent, refuses, saysThenCloses, sequence, type Behaviour, type Server} from '../helpers/servers.ts'
import {serving} from '../integration/harness.ts'
import {closecall, file, flat, jsonLines, start, type Ran} from './command.ts'

const probing = async (behaviour: Behaviour | 'nobody', ...args: string[]): Promise<Ran & {server: Server}> => {
  const server = await serving(behaviour)
  return {server, ...(await closecall('probe', `${server.url}/live`, ...args))}
}

describe('the first answer', () => {
  it('1007: whose fault it is, how to fix it, and that trying again is no use [CC-162]', async () => {
    const {exitCode, stdout, stderr} = await probing(closesWith(1007, 'invalid UTF-8'))
    expect({exitCode, stderr}).toEqual({exitCode: 1, stderr: ''})
    const {name, description, howToFix, whatClosecallDoes} = explain(1007)
    for (const part of [`closed: 1007 ${name} “invalid UTF-8”`, description, howToFix, `Verdict: stop, at fault: what we sent. ${whatClosecallDoes}`, 'Plan: no further attempt: trying again does not help']) expect(flat(stdout)).toContain(flat(part))
  })

  it('1013 with a hint: when the client would be back, as the server asked [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(1013, 'retry-after=3;spread=10'))
    expect(exitCode).toBe(3)
    expect(flat(stdout)).toContain(flat(`closed: 1013 ${explain(1013).name} “retry-after=3;spread=10”`))
    const [, seconds] = /Plan: closecall would try again in ([\d.]+) s, as the server asked/.exec(flat(stdout))!
    expect(Number(seconds)).toBeGreaterThanOrEqual(3)
    expect(Number(seconds)).toBeLessThanOrEqual(13)
  })

  it('says so if the server asks for more than the client waits [CC-162]', async () => {
    const {stdout} = await probing(closesWith(1013, 'retry-after=86400'))
    expect(flat(stdout)).toMatch(/Plan: closecall would try again in 60\d(\.\d)? s, although the server asked for 86400 s/)
  })

  it('401: that only other credentials help [CC-162]', async () => {
    const {exitCode, stdout} = await probing(refuses(401))
    expect(exitCode).toBe(1)
    expect(flat(stdout)).toContain('refused with HTTP 401')
    expect(flat(stdout)).toContain('Verdict: retry once with new credentials, at fault: missing permission')
    expect(flat(stdout)).toContain('Plan: no further attempt: an application would ask for new credentials')
  })

  it('403: that it is for good [CC-162]', async () => {
    const {exitCode, stdout} = await probing(refuses(403))
    expect(exitCode).toBe(1)
    expect(flat(stdout)).toContain('refused with HTTP 403')
  })

  it('503: that the server asked to come back in seven seconds [CC-162]', async () => {
    const {exitCode, stdout} = await probing(refuses(503, {'retry-after': '7'}))
    expect(exitCode).toBe(3)
    expect(flat(stdout)).toContain('refused with HTTP 503')
    expect(flat(stdout)).toMatch(/would try again in [78](\.\d)? s, as the server asked/)
    // The status says it: no words of the library beside it.
    expect(stdout).not.toContain('“')
  })

  it('nobody there: why, in the words of the runtime [CC-162]', async () => {
    const {exitCode, stdout} = await probing('nobody')
    expect(exitCode).toBe(3)
    expect(flat(stdout)).toContain('no connection “ECONNREFUSED”')
    expect(flat(stdout)).toContain(flat(explain(1006).whatClosecallDoes))
  })

  it('a connection cut without a close frame [CC-162]', async () => {
    const {exitCode, stdout} = await probing(drops())
    expect(exitCode).toBe(3)
    expect(flat(stdout)).toMatch(/lost without a valid close frame, after [\d.]+ m?s, 0 messages received/)
  })

  it('1000: that the server is done, and all is well [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(1000))
    expect(exitCode).toBe(0)
    expect(flat(stdout)).toContain('Plan: no further attempt: the server is done')
  })

  it('an open connection that is stable, and then properly closed [CC-162]', async () => {
    const {exitCode, stdout, server} = await probing(echoes(), '--stable-after', '1')
    expect(exitCode).toBe(0)
    expect(flat(stdout)).toMatch(/open, no subprotocol \d+\.\d\d s stable: open for 1 s \d+\.\d\d s closed from here: 1000$/)
    expect(server.connections.map(({closeCode}) => closeCode)).toEqual([1000])
  })

  it('does not wait for a server that does not answer its close [CC-162]', async () => {
    const {exitCode, stdout} = await probing(goesSilent(), '--stable-after', '1')
    expect(exitCode).toBe(0)
    expect(flat(stdout)).toMatch(/stable: open for 1 s .* closed from here, unanswered$/)
  })

  it('is told in French, with figures as the French write them [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(1007), '--lang', 'fr')
    expect(exitCode).toBe(1)
    const {name, description} = explain(1007, {locale: 'fr'})
    for (const part of [`fermée : 1007 ${name}`, 'Verdict : arrêter, en cause : ce que nous avons envoyé', description, 'Suite : aucun nouvel essai : réessayer n’y change rien']) expect(flat(stdout)).toContain(flat(part))
    expect(stdout).toMatch(/^ +0,\d\d\u00a0s {2}connexion$/m)
  })
})

describe('what is sent', () => {
  it('offers subprotocols, and headers whose values are never shown [CC-164] [CC-166]', async () => {
    const server = await serving(closesWith(4000))
    const {stdout, stderr} = await closecall('probe', `${server.url.replace('//', '//user:password1@')}/live?token=secret2`, '--header', 'Authorization: Bearer secret3', '--header', 'X-A: 1', '--header', 'x-a: 2:3', '--subprotocol', 'chat.v2')
    const [connection] = server.connections
    expect(connection!.path).toBe('/live?token=secret2')
    expect(connection!.headers).toMatchObject({authorization: 'Bearer secret3', 'x-a': '1, 2:3', 'sec-websocket-protocol': 'chat.v2'})
    expect(stdout).toContain(`${server.url}/live (over ws)\n`)
    expect(stdout + stderr).not.toMatch(/secret|password|user:/)
  })

  it('is nothing else: no message [CC-162]', async () => {
    const {server} = await probing(echoes(), '--stable-after', '1')
    expect(server.connections[0]!.messages).toEqual([])
  })
})

describe('the codes of a service', () => {
  it('are read as the dialect that is named [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(4409, 'Subscriber for 1 already exists'), '--dialect', 'graphql-transport-ws')
    expect(exitCode).toBe(1)
    expect(flat(stdout)).toMatch(/codes are read as those of graphql-transport-ws .*closed: 4409 Subscriber/)
  })

  it('are read as those of the dialect whose subprotocol the server chooses [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(4409), '--subprotocol', 'graphql-transport-ws', '--json')
    expect(exitCode).toBe(1)
    const [, , open, close] = jsonLines(stdout)
    expect(open).toMatchObject({subprotocol: 'graphql-transport-ws', dialect: 'graphql-transport-ws'})
    expect(close).toMatchObject({verdict: {action: 'stop'}, explanation: {dialect: 'graphql-transport-ws'}})
  })

  it('are not guessed where none is named and none negotiated [CC-162]', async () => {
    const {exitCode, stdout} = await probing(closesWith(4409))
    expect(exitCode).toBe(3)
    expect(stdout).not.toContain('graphql')
  })
})

describe('--watch', () => {
  it('goes on as the client does, and closes when it is interrupted [CC-163]', async () => {
    const server = await serving(sequence(closesWith(1001), echoes()))
    const {child, says, ended} = start(['probe', server.url, '--watch'])
    const before = await says(/retry 1\n[^]*\bopen,/)
    expect(flat(before)).toMatch(/closed: 1001 .*Plan: next attempt in [\d.]+ m?s .*connecting again, retry 1 .*open, no subprotocol/)
    child.kill('SIGINT')
    const {exitCode, stdout, stderr} = await ended
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(flat(stdout.slice(before.length))).toMatch(/interrupted .*closed from here: 1000 .*connections: 2, retries: 1, messages received: 0$/)
    await server.until(() => server.connections[1]!.closeCode === 1000)
  })

  it('explains a code once [CC-163]', async () => {
    const server = await serving(sequence(refuses(503), refuses(503), echoes()))
    const {child, says, ended} = start(['probe', server.url, '--watch'])
    await says(/\bopen,/)
    child.kill('SIGTERM')
    const {exitCode, stdout} = await ended
    expect(exitCode).toBe(0)
    expect(stdout.match(/refused with HTTP 503/g)).toHaveLength(2)
    expect(stdout.match(/Plan:/g)).toHaveLength(2)
    expect(stdout.match(/Verdict:/g)).toHaveLength(1)
  })

  it('explains a 1006 anew where it means something else [CC-163]', async () => {
    const server = await serving(sequence(drops(), ({socket}) => void socket.destroy(), closesWith(1000)))
    const {exitCode, stdout} = await closecall('probe', server.url, '--watch')
    expect(exitCode).toBe(0)
    expect(flat(stdout)).toMatch(/lost without a valid close frame.*What it means:.*no connection.*What it means:/)
  })

  it('tells patterns, and counts the messages of each connection [CC-163]', async () => {
    const server = await serving(saysThenCloses('busy', 1001))
    const {child, says, ended} = start(['probe', server.url, '--watch', '--json'])
    await says(/"event":"pattern"/)
    child.kill('SIGINT')
    const events = jsonLines((await ended).stdout)
    expect(events.find(({event}) => event === 'pattern').pattern.name).toBe('rejected-after-open')
    const closes = events.filter(({event}) => event === 'close')
    expect(closes.length).toBeGreaterThan(2)
    for (const {received} of closes) expect(received).toBe(1)
  })

  it('calls each connection stable once, and goes on [CC-163]', async () => {
    let lose = (): void => {}
    const staysUntilLost: Behaviour = (visit) => {
      lose = () => visit.socket.destroy()
      echoes()(visit)
    }
    const server = await serving(sequence(closesWith(1001), staysUntilLost, closesWith(1000)))
    const {says, ended} = start(['probe', server.url, '--watch', '--json', '--stable-after', '2'])
    await says(/"event":"stable"/)
    lose()
    const {exitCode, stdout} = await ended
    expect(exitCode).toBe(0)
    const events = jsonLines(stdout)
    expect(events.map(({event}) => event)).toEqual(['start', 'connecting', 'open', 'close', 'connecting', 'open', 'stable', 'close', 'connecting', 'open', 'close', 'summary'])
    expect(events.filter(({event}) => event === 'connecting').map(({retry}) => retry)).toEqual([0, 1, 1])
  })

  it('does not wait when it is interrupted again [CC-163]', async () => {
    const server = await serving(goesSilent())
    const {child, says, ended} = start(['probe', server.url, '--watch'])
    await says(/\bopen,/)
    child.kill('SIGINT')
    await says(/interrupted/)
    child.kill('SIGINT')
    // By the signal itself, for which a shell says 130.
    expect((await ended).exitCode).toBeNull()
    expect(child.signalCode).toBe('SIGINT')
  })

  it('ends by itself when the client stops for good [CC-163]', async () => {
    const server = await serving(sequence(closesWith(1001), closesWith(1007)))
    const {exitCode, stdout} = await closecall('probe', server.url, '--watch')
    expect(exitCode).toBe(1)
    expect(flat(stdout)).toMatch(/closed: 1001 .*closed: 1007 .*connections: 2, retries: 1/)
  })

  it('interrupted while it waits for a retry: that is the answer [CC-163]', async () => {
    const server = await serving(closesWith(1013, 'retry-after=60'))
    const {child, says, ended} = start(['probe', server.url, '--watch'])
    await says(/Plan:/)
    child.kill('SIGINT')
    expect((await ended).exitCode).toBe(3)
  })
})

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('interrupted by %s before anything is known: %i [CC-167]', async (signal, code) => {
  const server = await serving(({socket}) => void socket.resume())
  const {child, says, ended} = start(['probe', server.url])
  await says(/connecting/)
  child.kill(signal)
  const {exitCode, stdout, stderr} = await ended
  expect({exitCode, stderr}).toEqual({exitCode: code, stderr: ''})
  expect(stdout).toContain('interrupted')
})

describe('a hostile server', () => {
  const hostile = '\u001b[31mred\u001b]0;title\u0007\u009b2J\u202eevil\u2066\u2028\u200b\r\n\\'
  const harmless = String.raw`“\x1b[31mred\x1b]0;title\x07\x9b2J\u{202e}evil\u{2066}\u{2028}\u{200b}\x0d\x0a\\”`

  it('writes nothing to the terminal but visible characters [CC-166]', async () => {
    const {stdout, stderr} = await probing(closesWith(4000, hostile))
    // Broken over lines, as a long word is.
    expect(stdout.replace(/\n */g, '')).toContain(harmless)
    expect(stdout + stderr).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u)
  })

  it('nor in JSON, where its words are whole [CC-165] [CC-166]', async () => {
    const {stdout} = await probing(closesWith(4000, hostile), '--json')
    expect(jsonLines(stdout).find(({event}) => event === 'close').close.reason).toBe(hostile)
    expect(stdout).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u)
  })

  it('with an endless refusal says a line [CC-166]', async () => {
    const {exitCode, stdout} = await probing(({socket}) => {
      socket.end(`HTTP/1.1 503 ${'\u001b[2Jx'.repeat(2000)}\r\ncontent-length: 0\r\n\r\n`)
    })
    expect(exitCode).toBe(3)
    expect(stdout.length).toBeLessThan(4000)
    expect(stdout).not.toMatch(/(?!\n)\p{C}/u)
  })

  it.each([30, 50])('keeps to the width of the terminal: %i [CC-166]', async (columns) => {
    const server = await serving(closesWith(4000, 'w'.repeat(120)))
    const {stdout} = await start(['probe', server.url], {COLUMNS: String(columns)}).ended
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
    expect(flat(stdout)).toContain(flat(explain(4000).description))
  })
})

describe('--json', () => {
  it('is one object a line [CC-165]', async () => {
    const {server, exitCode, stdout} = await probing(closesWith(1013, 'retry-after=3'), '--json')
    expect(exitCode).toBe(3)
    const events = jsonLines(stdout)
    expect(events.map(({event}) => event)).toEqual(['start', 'connecting', 'open', 'close', 'summary'])
    for (const {at} of events) expect(at).toBeGreaterThanOrEqual(0)
    const [first, , , close, last] = events
    expect(first).toMatchObject({url: `${server.url}/live`, transport: 'ws'})
    expect(close).toMatchObject({
      close: {code: 1013, reason: 'retry-after=3', opened: true},
      verdict: {action: 'retry', fault: 'server'},
      explanation: {code: 1013, locale: 'en'},
      plan: {action: 'retry', hint: {after: 3000}},
    })
    expect(close.plan.delay).toBeGreaterThan(2900)
    expect(last).toMatchObject({exitCode: 3, connections: 1, retries: 0, received: 0})
  })

  it('tells of a refusal, with status and Retry-After [CC-165]', async () => {
    const {stdout} = await probing(refuses(503, {'retry-after': '7'}), '--json')
    expect(jsonLines(stdout).find(({event}) => event === 'close')).toMatchObject({close: {status: 503, retryAfter: 7000, opened: false}, plan: {action: 'retry', hint: {after: 7000}}})
  })
})

describe('a reader that has had enough', () => {
  it('ends the command, silently, and the connection [CC-167]', async () => {
    const server = await serving(echoes())
    const {child, says, ended} = start(['probe', server.url, '--watch', '--stable-after', '1'])
    await says(/connecting/)
    child.stdout!.destroy()
    // What it says next finds nobody.
    expect(await ended).toMatchObject({exitCode: 0, stderr: ''})
    await server.until(() => server.connections[0]!.gone)
  })

  it('ends a list, too [CC-167]', async () => {
    const {exitCode, stdout, stderr} = await start(['-c', '"$0" "$1" list --json | head -n 1', process.execPath, file], {}, 'sh').ended
    expect({exitCode, stdout, stderr}).toEqual({exitCode: 0, stdout: '[\n', stderr: ''})
  })
})

it('tells a defect of its own from what it says of servers [CC-167]', async () => {
  const {exitCode, stderr, stdout} = await start(['explain', 'a', 'b'], {NODE_OPTIONS: '--import=data:text/javascript,delete%20Intl.ListFormat'}).ended
  expect(exitCode).toBe(70)
  expect(stderr).toMatch(/^TypeError: Intl\.ListFormat is not a constructor\n/)
  expect(stdout).toBe('')
})

it('says so if its output can’t be written [CC-167]', async () => {
  const {exitCode, stderr} = await start(['-c', '"$0" "$1" list > /dev/full', process.execPath, file], {}, 'sh').ended
  expect({exitCode, stderr}).toEqual({exitCode: 5, stderr: 'ENOSPC: no space left on device, write\n'})
})
