// Does the client read private codes as the service means them?

import {describe, expect, it} from 'vitest'
import {defineDialect, type DialectDefinition} from '../../src/dialects/index.ts'
import type {Dialect, Options, Verdict} from '../../src/index.ts'
import {accepts, acceptsThenCloses, refuses, sequence, type Behaviour} from '../../src/testing/index.ts'
import {expectRest, reportsOf, setUp, settled, takeUncaught, url, warned, watchTheWorld} from './fixture.ts'

watchTheWorld()

const definition: DialectDefinition = {
  name: 'tram',
  title: 'Tram',
  source: 'tram/docs/closing.md',
  subprotocols: ['tram.v2', 'tram.v1'],
  rules: {
    1000: {name: 'Shift over', meaning: 'the driver changes', action: 'retry', backoff: 'prompt'},
    1007: {name: 'No ticket', meaning: 'the ticket is torn', action: 'refresh', fault: 'policy'},
    4001: {name: 'Wrong line', meaning: 'this line does not go there', action: 'stop', fault: 'policy'},
    4002: {name: 'Full', meaning: 'every seat is taken', action: 'retry', fault: 'server', backoff: {initialDelay: 3000, factor: 3}, rotate: true},
    4003: {name: 'Bell', meaning: 'the bell was rung', action: 'stop', fault: 'sender'},
    '4100-4199': {name: 'Delay', meaning: 'something is on the rails', action: 'retry', budget: 2},
    4913: {name: 'Depot', meaning: 'the tram is in its depot', action: 'end', fault: 'none'},
  },
  messages: {
    about: /"tram"/,
    read: ({tram}) =>
      tram === 'leaves' ? {after: 0, spread: 0}
      : tram === 'waits' ? {after: 7000, spread: 0}
      : tram === 'ends' ? {verdict: {action: 'end', fault: 'none', name: 'Last stop', explanation: 'the server said that this was all'}}
      : tram === 'comes again' ? {verdict: {action: 'retry'}}
      : undefined,
  },
}

const tram = defineDialect(definition)
const bus: Dialect = {name: 'bus', subprotocols: ['bus'], judge: ({code}) => (code === 4001 ? {...tram.judge({code: 4002})!, name: 'Bus'} : undefined)}

/** Opens, says these things, and closes. */
const says =
  (code: number | undefined, ...messages: unknown[]): Behaviour =>
  (server) => {
    server.accept()
    for (const message of messages) server.send(typeof message === 'string' ? message : JSON.stringify(message))
    if (code) server.close(code)
  }

const verdict = async (code: number, options: Parameters<typeof setUp>[1] = {}): Promise<Verdict> => {
  const setup = await settled(setUp(acceptsThenCloses(code), {dialect: tram, onReport: () => {}, ...options}))
  setup.client.on('closed', () => {})
  setup.client.close()
  return setup.closes[0]!.verdict
}

describe('a dialect', () => {
  it('says what a code means, and what is done about it [CC-23]', async () => {
    const setup = await settled(setUp(acceptsThenCloses(4001), {dialect: tram}))
    expect(setup.client.state).toMatchObject({name: 'failed', why: 'verdict', verdict: {name: 'Wrong line', explanation: 'this line does not go there'}})
    expect(setup.closes[0]!.explanation).toBe('4001 Wrong line: this line does not go there; not trying again')
    expect(reportsOf(setup)).toEqual([])
    expectRest(setup)
  })

  it('leaves to the table what it does not list, and every refused handshake [CC-23]', async () => {
    expect(await verdict(4444)).toMatchObject({name: 'Private code', budget: 5})
    expect(await verdict(1013)).toMatchObject({name: 'Try Again Later', action: 'retry'})
    const refused = await settled(setUp(refuses(401), {dialect: tram}))
    expect(refused.client.state).toMatchObject({name: 'failed', verdict: {name: 'Unauthorized'}})
  })

  it('may give a registered code, and an alias, another meaning [CC-23]', async () => {
    expect(await verdict(1007)).toMatchObject({name: 'No ticket', action: 'refresh', report: false})
    expect(await verdict(4913)).toMatchObject({name: 'Depot', action: 'end'})
    const setup = await settled(setUp(acceptsThenCloses(1000), {dialect: tram}))
    expect(setup.client.state).toMatchObject({name: 'backoff', verdict: {name: 'Shift over'}})
    setup.client.close()
  })

  it("is not asked before the caller's overrides [CC-20] [CC-23]", async () => {
    expect(await verdict(4001, {verdicts: {4001: 'retry'}})).toMatchObject({name: 'Wrong line', action: 'retry'})
    expect(await verdict(4150, {verdicts: {'4100-4199': 'retry'}})).not.toHaveProperty('budget')
    expect(await verdict(1000, {onNormalClosure: 'end'})).toMatchObject({name: 'Shift over', action: 'end'})
    expect(await verdict(4001, {classify: (_close, _context, suggested) => ({...suggested, action: suggested.name === 'Wrong line' ? 'end' : 'stop'})})).toMatchObject({action: 'end'})
  })

  it('gives a delay of its own, and leads to another address [CC-23] [CC-36]', async () => {
    const setup = setUp(acceptsThenCloses(4002), {dialect: tram})
    await setup.clock.advance(40_000)
    expect(setup.delays).toEqual([3000, 9000, 27_000, 30_000])
    setup.client.close()
    const two = await settled(setUp(sequence(acceptsThenCloses(4002), accepts()), {dialect: tram, url: ['wss://a.test/', 'wss://b.test/']}))
    expect(two.client.state).toMatchObject({name: 'backoff', endpoint: 1})
    two.client.close()
  })

  it('comes back at once where it says so, but not again and again [CC-36]', async () => {
    const setup = setUp(acceptsThenCloses(1000), {dialect: tram})
    await setup.clock.advance(30_000)
    expect(setup.delays).toEqual([125, 2000, 4000, 8000, 16_000])
    setup.client.close()
  })

  it('has its reports, budgets and evidence like the table [CC-23]', async () => {
    const setup = setUp((server) => {
      server.accept()
      server.close(4003)
    }, {dialect: tram})
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatchObject({why: 'verdict', verdict: {name: 'Bell', fault: 'sender'}})
    const twice = setUp(acceptsThenCloses(4123), {dialect: tram, onReport: () => {}})
    await twice.clock.advance(60_000)
    expect(twice.client.state).toMatchObject({name: 'failed', why: 'strikes'})
    expect(twice.network.sockets).toHaveLength(2)
  })

  it('that throws is reported as uncaught, and leaves the table [CC-83]', async () => {
    const broken: Dialect = {
      name: 'broken',
      judge: () => {
        throw new Error('judge')
      },
      hint: () => {
        throw new Error('hint')
      },
    }
    const setup = await settled(setUp(says(1013, 'x'), {dialect: broken}))
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000, verdict: {name: 'Try Again Later'}})
    expect(setup.messages).toEqual(['x'])
    expect(takeUncaught().map((error) => (error as Error).message)).toEqual(['hint', 'judge'])
    setup.client.close()
  })

  it.each([{action: 'retyr'}, {backoff: {initialDelay: NaN}}, {backoff: {jitter: () => 0}}, {budget: null}])('whose verdict has %j in it is not believed [CC-83]', async (part) => {
    const judges = await settled(setUp(acceptsThenCloses(1013), {dialect: {name: 'mad', judge: () => ({...tram.judge({code: 4002})!, ...(part as object)})}}))
    expect(judges.client.state).toMatchObject({name: 'backoff', delay: 1000, verdict: {name: 'Try Again Later'}})
    const hints = await settled(setUp(says(1013, 'x'), {dialect: {name: 'mad', judge: () => undefined, hint: () => ({after: 0, verdict: part as never})}}))
    expect(hints.client.state).toMatchObject({name: 'backoff', delay: 1000, verdict: {name: 'Try Again Later'}})
    expect(takeUncaught()).toHaveLength(2)
    for (const {client} of [judges, hints]) client.close()
  })

  it('that throws is asked once, and reported once, also where a report is made [CC-83]', async () => {
    const judge = (): never => {
      throw new Error('judge')
    }
    const setup = setUp(acceptsThenCloses(1007), {dialect: {name: 'broken', judge}})
    const reports = reportsOf(setup)
    await settled(setup)
    expect(reports).toMatchObject([{verdict: {name: 'Invalid frame payload data'}, link: 'docs/codes.md#1007'}])
    expect(takeUncaught()).toHaveLength(1)
  })

  it('that tells no number for a delay is not believed [CC-83]', async () => {
    const setup = await settled(setUp(says(1013, 'x'), {dialect: {name: 'mad', judge: () => undefined, hint: () => ({after: NaN})}}))
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 1000})
    expect(takeUncaught().map((error) => (error as Error).message)).toEqual(['closecall: `after` must be 0..Infinity, got NaN'])
    setup.client.close()
  })

  it.each([
    [{}, 'an object'],
    [[tram, null], '[an object,null]'],
    [[tram, {name: 'never chosen', judge: () => undefined}], '[an object,an object]'],
    ['tram', '"tram"'],
  ])('%j is none: one sentence says so [CC-82]', (dialect, shown) => {
    expect(() => setUp(accepts(), {dialect: dialect as never})).toThrow(`closecall: \`dialect\` must be ${dialect === 'tram' ? 'an object of closecall/dialects' : 'a Dialect, or a list of those with subprotocols'}, got ${shown}`)
  })
})

describe('of several dialects', () => {
  const both = {dialect: [bus, tram], onReport: () => {}}

  it('the one whose subprotocol the server chose is spoken [CC-24]', async () => {
    expect(await verdict(4001, {...both, protocols: ['tram.v1', 'bus']})).toMatchObject({name: 'Wrong line'})
    expect(await verdict(4001, {...both, protocols: ['bus', 'tram.v1']})).toMatchObject({name: 'Bus'})
  })

  it('none is, where the server chose none [CC-24]', async () => {
    expect(await verdict(4001, both)).toMatchObject({name: 'Private code'})
    expect(await verdict(4001, {...both, protocols: ['tram.v3']})).toMatchObject({name: 'Private code'})
  })

  it('one that is given alone is spoken whatever the server chose [CC-24]', async () => {
    expect(await verdict(4001, {protocols: ['tram.v3']})).toMatchObject({name: 'Wrong line'})
  })
})

describe('a message before the close', () => {
  it.each<[unknown, number]>([
    [{tram: 'leaves'}, 0],
    [{tram: 'waits'}, 7000],
  ])('%j says when to come back [CC-25]', async (message, delay) => {
    const setup = await settled(setUp(says(1001, message), {dialect: tram}))
    expect(setup.delays[0]).toBe(delay)
    expect(setup.messages[0]).toBe(JSON.stringify(message))
    setup.client.close()
  })

  it('says that there is no coming back [CC-25]', async () => {
    const setup = await settled(setUp(says(1001, {tram: 'ends'}), {dialect: tram}))
    expect(setup.client.state).toMatchObject({name: 'closed', verdict: {name: 'Last stop', action: 'end'}})
    expect(warned.mock.calls).toEqual([['closecall: 1001 Last stop: the server said that this was all; not reconnecting']])
    expectRest(setup)
  })

  it('turns an end into a retry, but never a stop [CC-25]', async () => {
    const ends = await settled(setUp(says(1000, {tram: 'comes again'}), {dialect: {...tram, judge: () => undefined}}))
    expect(ends.client.state).toMatchObject({name: 'backoff', verdict: {action: 'retry'}})
    ends.client.close()
    const stops = await settled(setUp(says(1003, {tram: 'comes again'}), {dialect: tram, onReport: () => {}}))
    expect(stops.client.state).toMatchObject({name: 'failed', verdict: {action: 'stop'}})
  })

  it('goes before its code, and behind the overrides [CC-25]', async () => {
    const setup = await settled(setUp(says(1001, {tram: 'ends'}), {dialect: tram, verdicts: {1001: 'retry'}}))
    expect(setup.client.state).toMatchObject({name: 'backoff', verdict: {name: 'Last stop', action: 'retry'}})
    setup.client.close()
  })

  it('is kept beside a later one that says something else [CC-25]', async () => {
    const setup = await settled(setUp(says(1000, {tram: 'waits'}, {tram: 'comes again'}, 'chat'), {dialect: tram}))
    expect(setup.client.state).toMatchObject({name: 'backoff', delay: 7000, verdict: {name: 'Shift over'}})
    setup.client.close()
  })

  it('is explained by who is at fault, where it says nothing else of that [CC-26]', async () => {
    const setup = await settled(setUp(says(1011, 'x'), {dialect: {name: 'terse', judge: () => undefined, hint: () => ({verdict: {fault: 'policy'}})}}))
    expect(setup.closes[0]!.explanation).toBe('1011 Internal Error: the server does not allow it; trying again')
    setup.client.close()
  })

  it("is shown to the caller's `classify` [CC-25]", async () => {
    const announced: unknown[] = []
    const classify: Options['classify'] = (_close, context) => void announced.push(context.announced)
    for (const message of [{tram: 'comes again'}, {tram: 'waits'}, 'chat']) (await settled(setUp(says(1001, message), {dialect: tram, classify}))).client.close()
    expect(announced).toEqual([{action: 'retry'}, undefined, undefined])
  })

  it('keeps its verdict, but not its spread, beside a later pause [CC-25]', async () => {
    const hint: Dialect['hint'] = (message) => (message === 'ends' ? {after: 1000, spread: 60_000, verdict: {action: 'end'}} : {after: 2000})
    const setup = await settled(setUp(says(1013, 'ends', 'waits'), {dialect: {name: 'odd', judge: () => undefined, hint}}))
    expect(setup.client.state).toMatchObject({name: 'closed', verdict: {action: 'end'}})
    const later = await settled(setUp(says(1013, 'waits', 'spreads'), {dialect: {name: 'odd', judge: () => undefined, hint: (message) => (message === 'waits' ? {after: 2000} : {spread: 0})}}))
    expect(later.delays).toEqual([2000])
    later.client.close()
  })

  it('is forgotten with its connection [CC-25]', async () => {
    const setup = await settled(setUp(sequence(says(1001, {tram: 'waits'}), acceptsThenCloses(1011)), {dialect: tram}))
    await setup.clock.advance(7000)
    expect(setup.delays).toEqual([7000, 2000])
    setup.client.close()
  })

  it('is not looked for where the dialect spoken has no such messages [CC-24] [CC-25]', async () => {
    const setup = await settled(setUp(says(1001, {tram: 'waits'}), {dialect: [bus, tram], protocols: ['bus']}))
    expect(setup.delays).toEqual([1000])
    setup.client.close()
  })

  it('leaves the listeners of the message free to close [CC-25]', async () => {
    const setup = setUp(says(undefined, {tram: 'waits'}), {dialect: tram})
    setup.client.once('message', () => setup.client.close())
    await settled(setup)
    expect(setup.client.state.name).toBe('closed')
    expectRest(setup)
  })
})

it('a dialect is asked on each attempt to the same address [CC-23]', async () => {
  const setup = setUp(sequence(acceptsThenCloses(4150), acceptsThenCloses(4001)), {dialect: tram, url, onReport: () => {}})
  await setup.clock.advance(1000)
  expect(setup.closes.map(({verdict: {name}}) => name)).toEqual(['Delay', 'Wrong line'])
})
