// What is somebody told who must mend the program?

import {describe, expect, it} from 'vitest'
import {defineDialect} from '../../src/dialects/index.ts'
import {isClosecallError, type Report} from '../../src/index.ts'
import {accepts, acceptsThenCloses, drops, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {complained, expectRest, long, reportsOf, setUp, settled, takeUncaught, watchTheWorld, ways, type SetupOptions} from './fixture.ts'

watchTheWorld()

/** The one report of a server that closes so, after these messages. */
const reportOn = async (code: number, reason: string, messages: (string | Uint8Array)[], options: SetupOptions = {}): Promise<Report> => {
  const setup = setUp(accepts(), {kind: 'ws', lint: 'off', ...options})
  const reports = reportsOf(setup)
  await settled(setup)
  for (const data of messages) setup.client.send(data, {binary: false})
  await setup.clock.advance(250)
  setup.network.last.server.close(code, reason)
  await setup.clock.advance(long)
  expect(reports).toHaveLength(1)
  expect(setup.client.state.name).toBe('failed')
  expectRest(setup)
  return reports[0]!
}

describe('a report on 1007 [CC-61] [CC-62]', () => {
  it('names cause, message and offset of bytes that are not UTF-8', async () => {
    const report = await reportOn(1007, 'Invalid UTF-8', ['fine', Uint8Array.of(0x61, 0x62, 0xff, 0x63), 'fine again'])
    expect(report).toMatchObject({
      why: 'verdict',
      failed: true,
      close: {code: 1007, reason: 'Invalid UTF-8', opened: true, age: 250},
      verdict: {action: 'stop', fault: 'sender'},
      cause: 'ill-formed-text',
      confidence: 'certain',
      sequence: 2,
      offset: 2,
      advice: expect.stringMatching(/binary.*string/),
      connection: {url: 'wss://example.test/live', sent: 3, received: 0},
    })
    expect(report.error.message).toBe(
      'closecall: 1007 Invalid frame payload data ("Invalid UTF-8"): what this program sent was refused; not trying again. '
      + 'Cause: ill-formed-text (certain), message 2, offset 2. Send bytes in binary frames, or decode them to a string first. More: npx closecall explain 1007',
    )
    expect(report.frames).toMatchObject([
      {sequence: 1, kind: 'string', length: 4, age: 250, buffered: false, findings: []},
      {sequence: 2, kind: 'text bytes', length: 4, findings: ['ill-formed-utf8'], offset: 2},
      {sequence: 3, kind: 'string', findings: []},
    ])
  })

  it('knows the offset though the caller used the memory again [CC-64]', async () => {
    const bytes = Uint8Array.of(0x61, 0xc3, 0x28)
    const setup = setUp(accepts(), {kind: 'ws', lint: 'off'})
    const reports = reportsOf(setup)
    await settled(setup)
    setup.client.send(bytes, {binary: false})
    bytes.fill(0x20)
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports).toMatchObject([{cause: 'ill-formed-text', sequence: 1, offset: 1}])
  })

  it('knows the offset though the socket changed the bytes [CC-64]', async () => {
    const bytes = Uint8Array.of(0x61, 0xc3, 0x28)
    const setup = setUp((server) => {
      server.socket.send = () => void bytes.fill(0x20)
      server.accept()
    }, {kind: 'ws', lint: 'off'})
    const reports = reportsOf(setup)
    await settled(setup)
    setup.client.send(bytes, {binary: false})
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports).toMatchObject([{cause: 'ill-formed-text', sequence: 1, offset: 1}])
  })

  it('knows the age of each message', async () => {
    const setup = setUp()
    const reports = reportsOf(setup)
    await setup.clock.advance(1000)
    for (const data of ['a', 'b', 'c']) {
      setup.client.send(data)
      await setup.clock.advance(100)
    }
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports[0]!.frames.map(({age}) => age)).toEqual([300, 200, 100])
  })

  it('knows what the runtime had not passed on', async () => {
    const setup = await ways.open()
    const reports = reportsOf(setup)
    Object.assign(setup.network.last, {bufferedAmount: 7})
    setup.network.last.server.close(1009)
    await settled(setup)
    expect(reports).toMatchObject([{connection: {bufferedAmount: 7, unsentBytes: 0}}])
  })

  it('is sure of less where all was well', async () => {
    expect(await reportOn(1007, '', ['fine'])).toMatchObject({cause: 'unknown', confidence: 'none'})
    expect(await reportOn(1007, 'missing field `id`', ['{}'])).toMatchObject({cause: 'rejected-by-application', confidence: 'likely', sequence: 1})
    expect(await reportOn(1007, 'Invalid UTF-8', ['fine'])).toMatchObject({cause: 'damaged-in-transit', confidence: 'possible'})
    expect(await reportOn(1007, '', ['a\uD800'])).toMatchObject({cause: 'ill-formed-text', confidence: 'possible', offset: 1})
  })

  it('is an error and a line, and serialises', async () => {
    const report = await reportOn(1007, 'Invalid UTF-8', ['x'])
    expect(isClosecallError(report.error)).toBe(true)
    expect(report.error).toMatchObject({code: 'FAILED', close: {code: 1007}, verdict: {action: 'stop'}})
    expect(report.error.message).toContain('1007')
    expect(report.error.message).not.toContain('\n')
    const parsed = JSON.parse(JSON.stringify(report)) as Report
    expect(parsed).toMatchObject({close: {code: 1007}, frames: [{length: 1}], error: {name: 'ClosecallError', code: 'FAILED'}})
  })

  it.each<[number, string]>([
    [1007, 'docs/codes.md#1007'],
    [3003, 'docs/codes.md#3003'],
    [4001, 'docs/codes.md#close-codes'],
  ])('on %i links the entry of the catalog, and names the command that prints it [CC-66]', async (code, link) => {
    const report = await reportOn(code, '', ['x'], {verdicts: {4001: 'stop'}})
    expect(report.link).toBe(link)
    expect(report.error.message).toMatch(new RegExp(` More: npx closecall explain ${code}$`))
  })

  it('on a refused handshake links those [CC-66]', async () => {
    const setup = setUp(refuses(403))
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports[0]).toMatchObject({link: 'docs/codes.md#refused-handshakes'})
    expect(reports[0]!.error.message).toMatch(/ More: npx closecall explain --status 403$/)
  })

  it('holds no contents, no query and no user [CC-63]', async () => {
    const report = await reportOn(1007, '', ['secret payload', new TextEncoder().encode('secret bytes')], {url: 'wss://user:secret@example.test/live?token=secret', credentials: () => 'secret'})
    expect(JSON.stringify(report) + report.error.message + report.error.stack).not.toContain('secret')
    expect(report.connection.url).toBe('wss://example.test/live')
  })

  it('holds as much of the contents as was asked for', async () => {
    const redacted = await reportOn(1007, '', ['{"id": 42}'], {evidence: {payloads: 'redacted'}})
    expect(redacted.frames).toMatchObject([{payload: '{"xx": 99}'}])
    const full = await reportOn(1007, '', ['{"id": 42}', Uint8Array.of(0xff)], {evidence: {payloads: 'full'}})
    expect(full.frames).toMatchObject([{payload: '{"id": 42}'}, {payload: 'ff'}])
  })

  it('remembers the last 8 messages, or as many as asked', async () => {
    const messages = Array.from({length: 20}, (_, n) => String(n))
    expect((await reportOn(1007, '', messages)).frames.map(({sequence}) => sequence)).toEqual([13, 14, 15, 16, 17, 18, 19, 20])
    expect((await reportOn(1007, '', messages, {evidence: {frames: 2}})).frames.map(({sequence}) => sequence)).toEqual([19, 20])
    expect((await reportOn(1007, '', messages, {evidence: {frames: 0}})).frames).toEqual([])
  })

  it('accuses no message of an older connection', async () => {
    const setup = setUp(accepts(), {kind: 'ws', lint: 'off'})
    const reports = reportsOf(setup)
    await settled(setup)
    setup.client.send(Uint8Array.of(0xff), {binary: false})
    setup.client.reconnect()
    await settled(setup)
    setup.client.send('fine')
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports).toMatchObject([{frames: [{sequence: 2}], cause: 'unknown'}])
  })

  it('tells messages that had waited in the buffer', async () => {
    const setup = setUp(accepts())
    const reports = reportsOf(setup)
    setup.client.send('waited')
    await settled(setup)
    setup.client.send('did not')
    setup.network.last.server.close(1007)
    await settled(setup)
    expect(reports[0]!.frames).toMatchObject([{buffered: true}, {buffered: false}])
  })

  it('counts what is left in the buffer, which can be taken out; and open() starts again', async () => {
    const setup = setUp(sequence(drops(), (server) => server.refuse({status: 403}), accepts()))
    const reports = reportsOf(setup)
    await settled(setup)
    setup.client.send('a')
    setup.client.send('b')
    await setup.clock.advance(1000)
    expect(reports).toMatchObject([{why: 'verdict', connection: {unsent: 2}}])
    expect(setup.client.takeUnsent()).toMatchObject([{data: 'a'}, {data: 'b'}])
    setup.client.open()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })

  it('is made before listeners hear of the end, and reaches them with the client at rest', async () => {
    const setup = setUp(acceptsThenCloses(1007))
    const heard: string[] = []
    setup.client.on('report', ({failed}) => heard.push(`report ${failed} ${setup.client.state.name} ${setup.network.live.length}`))
    setup.client.on('failed', ({why}) => heard.push(`failed ${why}`))
    await settled(setup)
    expect(heard).toEqual(['report true failed 0', 'failed verdict'])
  })

  it('takes a reason of any kind [CC-87]', async () => {
    for (const reason of ['<script>', '\0\n\r\u2028', '"}', '\uD800', '💥'.repeat(30), '__proto__']) {
      const report = await reportOn(1007, reason, ['x'])
      expect(report.close.reason.length).toBeLessThanOrEqual(123)
      expect(report.error.message).not.toMatch(/[\n\r\0]/)
    }
  })

  it('cuts a reason that is longer than any can be [CC-87]', async () => {
    const report = await reportOn(1007, 'x'.repeat(1_000_000), ['x'])
    expect(report.close.reason).toHaveLength(123)
  })
})

describe('who is told [CC-60]', () => {
  const fail = async (options: SetupOptions = {}) => {
    const setup = setUp(acceptsThenCloses(1007, 'bad'), options)
    await settled(setup)
    return setup
  }

  it('onReport, and then not the console', async () => {
    const reports: Report[] = []
    await fail({onReport: (report) => reports.push(report)})
    expect(reports).toHaveLength(1)
    expect(complained).not.toHaveBeenCalled()
  })

  it('else a listener, and then not the console', async () => {
    const setup = setUp(acceptsThenCloses(1007))
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports).toHaveLength(1)
    expect(complained).not.toHaveBeenCalled()
  })

  it('both, where there are both', async () => {
    const both: Report[] = []
    const setup = setUp(acceptsThenCloses(1007), {onReport: (report) => both.push(report)})
    setup.client.on('report', (report) => both.push(report))
    await settled(setup)
    expect(both).toHaveLength(2)
    expect(both[0]).toBe(both[1])
  })

  it('else the console, in one line', async () => {
    await fail()
    expect(complained).toHaveBeenCalledTimes(1)
    expect(complained.mock.calls[0]![0]).toMatch(/^closecall: 1007 Invalid frame payload data \("bad"\).*$/)
  })

  it('an onReport that throws stops nothing', async () => {
    const setup = await fail({
      onReport: () => {
        throw new Error('of onReport')
      },
    })
    expect(takeUncaught()).toMatchObject([{message: 'of onReport'}])
    expect(setup.client.state.name).toBe('failed')
  })
})

describe('where a report leads [CC-66]', () => {
  const dialect = defineDialect({name: 'tram', title: 'Tram', source: 'tram/docs/closing.md', rules: {4001: {name: 'Wrong line', meaning: 'this line does not go there', action: 'stop', fault: 'policy'}}, messages: {about: /"bye"/, read: ({bye}) => ({verdict: {action: bye === 'for now' ? 'retry' : 'stop'}})}})

  const says =
    (code: number, message: string): Behaviour =>
    (server) => {
      server.accept()
      server.send(message)
      server.close(code)
    }

  it.each<[string, Behaviour, SetupOptions, link: string, more: string]>([
    ['a code of the standard', acceptsThenCloses(1007), {}, '1007', 'npx closecall explain 1007'],
    ['an alias', acceptsThenCloses(4913), {verdicts: {4913: 'stop'}}, '4913', 'npx closecall explain 4913'],
    ['a private code', acceptsThenCloses(4001), {verdicts: {4001: 'stop'}}, 'close-codes', 'npx closecall explain 4001'],
    ['an illegal code', acceptsThenCloses(999), {}, 'close-codes', 'npx closecall explain 999'],
    ['an HTTP status', refuses(404), {}, 'refused-handshakes', 'npx closecall explain --status 404'],
    ['a code that a dialect speaks of', acceptsThenCloses(4001), {dialect}, 'tram', 'tram/docs/closing.md'],
    ['one that it does not speak of', acceptsThenCloses(1007), {dialect}, '1007', 'npx closecall explain 1007'],
    ['a message of the dialect before the close', says(1000, '{"bye":"for good"}'), {dialect}, 'tram', 'tram/docs/closing.md'],
    ['such a message where the code is the reason', says(1007, '{"bye":"for now"}'), {dialect}, '1007', 'npx closecall explain 1007'],
    ['a dialect without a source', acceptsThenCloses(4001), {dialect: {name: 'tram', judge: dialect.judge}}, 'tram', 'npx closecall explain 4001'],
  ])('%s', async (_name, behaviour, options, link, more) => {
    const setup = setUp(behaviour, options)
    const reports = reportsOf(setup)
    await setup.clock.advance(long)
    expect(reports).toMatchObject([{link: `docs/codes.md#${link}`}])
    expect(reports[0]!.error.message.split('. More: ')[1]).toBe(more)
  })

  it('names no cause that is not known', async () => {
    const {error, cause} = await reportOn(1007, '', [])
    expect(cause).toBe('unknown')
    expect(error.message).not.toMatch(/cause/i)
  })
})

describe('a report on other ends [CC-60]', () => {
  it.each<[string, Behaviour, SetupOptions, object]>([
    ['1003', acceptsThenCloses(1003), {}, {why: 'verdict', cause: 'unsupported-kind'}],
    ['1009', acceptsThenCloses(1009), {}, {why: 'verdict', cause: 'too-big'}],
    ['1010', acceptsThenCloses(1010), {}, {why: 'verdict', cause: 'unknown'}],
    ['3003', acceptsThenCloses(3003), {}, {why: 'verdict', verdict: {fault: 'policy'}}],
    ['strikes', acceptsThenCloses(1002), {}, {why: 'strikes', close: {code: 1002}}],
    ['attempts', refuses(), {backoff: {maxAttempts: 1}}, {why: 'attempts', close: {code: 1006, opened: false}}],
    ['HTTP 404', refuses(404), {}, {why: 'verdict', close: {status: 404}}],
  ])('%s: the client failed, so there is one', async (_name, behaviour, options, expected) => {
    const setup = setUp(behaviour, options)
    const reports = reportsOf(setup)
    await setup.clock.advance(long)
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatchObject({failed: true, advice: expect.stringMatching(/\.$/), ...expected})
    expectRest(setup)
  })

  it.each([3003, 4001])('%i: no message is evidence where the fault is not the sender\'s [CC-61]', async (code) => {
    const report = await reportOn(code, '', ['a', 'b'], {verdicts: {4001: 'stop'}})
    expect(report.frames).toEqual([])
    expect(report).not.toHaveProperty('cause')
  })

  it('1009 names the largest message', async () => {
    expect(await reportOn(1009, '', ['a', 'abc', 'ab'])).toMatchObject({cause: 'too-big', sequence: 2})
  })

  it('there is none on a wished end, nor on a retry', async () => {
    for (const behaviour of [acceptsThenCloses(1000), acceptsThenCloses(1013), refuses()]) {
      const setup = setUp(behaviour)
      const reports = reportsOf(setup)
      await setup.clock.advance(10_000)
      setup.client.close()
      await setup.clock.advance(10_000)
      expect(reports).toEqual([])
    }
    const setup = await ways.open()
    const reports = reportsOf(setup)
    setup.client.close()
    await settled(setup)
    expect(reports).toEqual([])
  })

  it('there is one for each close that is to be reported, also where the client goes on', async () => {
    const setup = setUp(acceptsThenCloses(4000), {verdicts: {4000: {action: 'retry', report: true, budget: 3}}})
    const reports = reportsOf(setup)
    await setup.clock.advance(long)
    expect(reports.map(({failed, why}) => [failed, why])).toEqual([[false, 'verdict'], [false, 'verdict'], [true, 'strikes']])
  })
})
