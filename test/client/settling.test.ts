// One attempt, one end, whatever the runtime does: each of its ways, by name.

import {describe, expect, it, vi} from 'vitest'
import {
  accepts,
  acceptsThenCloses,
  closedFromTheStart,
  closesLate,
  closesSynchronously,
  closesTwice,
  errorsAfterClose,
  errorsWithoutClose,
  fakeClock,
  goesSilent,
  neverAnswers,
  neverDeliversClose,
  refuses,
  sequence,
  throwsOnConstruct,
  type Behaviour,
} from '../../src/testing/index.ts'
import {expectRest, long, setUp, settled, watchTheWorld, type Setup} from './fixture.ts'

watchTheWorld()

interface Case {
  behaviour: Behaviour
  /** What the one settlement says. */
  close: object
  /** When it comes at the latest, ms. */
  within: number
  options?: object
}

const failing: Record<string, Case> = {
  'an error without a close, before open (Node 22, WebKitGTK)': {behaviour: errorsWithoutClose(), close: {code: 1006, origin: 'error', opened: false}, within: 100},
  'a close that comes twice': {behaviour: closesTwice(acceptsThenCloses(1013)), close: {code: 1013, origin: 'event', opened: true}, within: 0},
  'a refusal whose close comes twice': {behaviour: closesTwice(refuses()), close: {code: 1006, origin: 'event', opened: false}, within: 0},
  'an error after the close (workerd)': {behaviour: errorsAfterClose(acceptsThenCloses(1013)), close: {code: 1013, origin: 'event'}, within: 0},
  'a socket that is CLOSED from the start (Chromium under CSP)': {behaviour: closedFromTheStart(), close: {code: 1006, origin: 'error', opened: false}, within: 100},
  'one of which nothing at all is told': {behaviour: closedFromTheStart(goesSilent()), close: {code: 1006, origin: 'error', opened: false}, within: 100},
  'a constructor that throws': {behaviour: throwsOnConstruct(new Error('mixed content')), close: {code: 1006, origin: 'constructor', opened: false, error: 'mixed content'}, within: 0},
  'a handshake that nobody answers': {behaviour: neverAnswers(), close: {code: 1006, origin: 'connect-timeout', opened: false}, within: 10_000},
  'one that nobody answers, given up synchronously (Node 24, 26)': {behaviour: closesSynchronously(), close: {code: 1006, origin: 'connect-timeout', opened: false}, within: 10_000},
  'a received close that is never told (Node)': {behaviour: neverDeliversClose(acceptsThenCloses(1013)), close: {code: 1006, origin: 'stalled', opened: true}, within: 7000},
}

describe.each(Object.entries(failing))('%s', (_name, {behaviour, close, within, options}) => {
  it('is one end, in time [CC-4] [CC-52] [CC-53] [CC-56]', async () => {
    const setup = setUp(sequence(behaviour, accepts()), options)
    await setup.clock.advance(within)
    expect(setup.closes).toMatchObject([{close}])
    expect(setup.client.state).toMatchObject({name: 'backoff', attempt: 1})
    await setup.clock.advance(long)
    expect(setup.closes).toHaveLength(1)
    expect(setup.client.state).toMatchObject({name: 'open'})
    setup.client.close()
    await settled(setup)
    expectRest(setup)
  })

  it('is over when the client is closed meanwhile [CC-81]', async () => {
    const setup = setUp(behaviour, options)
    await settled(setup)
    setup.client.close()
    await setup.clock.advance(2000)
    expect(setup.client.state.name).toBe('closed')
    const {length} = setup.closes
    await setup.clock.advance(long)
    expect(setup.closes).toHaveLength(length)
    expectRest(setup)
  })
})

describe('a close that comes late', () => {
  it('to our own close() is not waited for [CC-81]', async () => {
    const clock = fakeClock()
    const setup = await settled(setUp(closesLate(clock, 60_000), {clock}))
    setup.client.close()
    await clock.advance(2000)
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'close-timeout'}}])
    expect(setup.client.state.name).toBe('closed')
    await clock.advance(60_000)
    expect(setup.closes).toHaveLength(1)
    expectRest(setup)
  })

  it('after an error is not waited for, and changes nothing later [CC-4] [CC-53]', async () => {
    const clock = fakeClock()
    const setup = setUp(sequence(closesLate(clock, 30_000, refuses(503)), accepts()), {clock})
    await clock.advance(100)
    expect(setup.closes).toMatchObject([{close: {origin: 'error', status: 503}}])
    await clock.advance(60_000)
    expect(setup.closes).toHaveLength(1)
    expect(setup.client.state.name).toBe('open')
    setup.client.close()
  })
})

describe('a received close that is never told [CC-56]', () => {
  const stalled = async (options: object = {}): Promise<Setup> => settled(setUp(sequence(neverDeliversClose(acceptsThenCloses(1013, 'busy')), accepts()), options))

  it('is found by the next message: that is kept for the next connection', async () => {
    const setup = await stalled()
    expect(setup.client.send('x')).toBe('buffered')
    await setup.clock.advance(2000)
    expect(setup.closes).toMatchObject([{close: {origin: 'stalled'}}])
    await setup.clock.advance(1000)
    expect(setup.network.last.sent).toEqual([{data: 'x', binary: false}])
    setup.client.close()
  })

  it('has closeTimeout to be told', async () => {
    const setup = await stalled({closeTimeout: 300})
    await setup.clock.advance(5299)
    expect(setup.closes).toEqual([])
    await setup.clock.advance(1)
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
  })

  it('is told with its code where the class can be made to tell it', async () => {
    const setup = await stalled({kind: 'ws'})
    await setup.clock.advance(5000)
    // The fake says 1006 where `ws` says what it had received.
    expect(setup.closes).toMatchObject([{close: {code: 1006, origin: 'event'}}])
    setup.client.close()
  })

  it('is looked for in no page, where runtimes tell', async () => {
    vi.stubGlobal('document', {})
    const setup = await settled(setUp())
    await setup.clock.advance(10_000)
    expect(setup.clock.pending).toBe(0)
    setup.client.close()
  })
})

describe('a timer that comes late [CC-57]', () => {
  it('leaves a socket that opened meanwhile the time to tell', async () => {
    const setup = await settled(setUp(neverAnswers()))
    await setup.clock.jump(60_000)
    expect(setup.client.state).toMatchObject({name: 'connecting', late: true})
    setup.network.last.server.accept()
    await settled(setup)
    expect(setup.client.state.name).toBe('open')
    expect(setup.closes).toEqual([])
    setup.client.close()
  })

  it('… once', async () => {
    const setup = await settled(setUp(neverAnswers()))
    await setup.clock.jump(60_000)
    await setup.clock.jump(60_000)
    expect(setup.closes).toMatchObject([{close: {origin: 'connect-timeout'}}])
    setup.client.close()
  })

  it('a little late is not late', async () => {
    const setup = await settled(setUp(neverAnswers()))
    await setup.clock.jump(10_900)
    expect(setup.closes).toHaveLength(1)
    setup.client.close()
  })
})

it('a mute peer that is left behind is destroyed, where the class can [CC-54]', async () => {
  const setup = await settled(setUp(goesSilent(), {kind: 'ws'}))
  setup.client.close()
  await setup.clock.advance(2000)
  await settled(setup)
  expect(setup.network.last.readyState).toBe(3)
})
