// Do the formulas of others do what their libraries do?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {backoff} from '../../src/core/index.ts'
import {formulas, simulate, transitionPolicy, type Outage, type Simulation} from '../../src/simulator/index.ts'

const named = (name: string) => formulas.find((formula) => formula.name === name)!

const delays = (name: string, random: number, attempts = 5, lot = 0.5): (number | undefined)[] => {
  const {delay} = named(name)
  let previous = 0
  return Array.from({length: attempts}, (_, attempt) => {
    const next = delay(attempt, random, previous, {code: 1006, hint: undefined, opened: false, lot})
    previous = next ?? 0
    return next === undefined ? undefined : Math.round(next)
  })
}

describe('a formula', () => {
  it.each(formulas)('$name: gives a delay, or gives up for good, and names its source [CC-252]', ({delay, source, resets}) => {
    expect(source).toMatch(/RFC|AWS|grpc|@\d+\.\d+\.\d+ .*\w+\.(js|mjs|ts):\d|README|what jitter is for/)
    expect(resets === 'open' || resets > 0).toBe(true)
    fc.assert(
      fc.property(fc.nat(100), fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), fc.double({min: 0, max: 30_000, noNaN: true}), fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (attempt, random, previous, lot) => {
        const told = {code: 1013, hint: undefined, opened: true, lot}
        const ms = delay(attempt, random, previous, told)
        if (ms === undefined) expect(delay(attempt + 1, random, previous, told)).toBeUndefined()
        else expect(ms >= 0 && ms < 2 ** 31).toBe(true)
      }),
    )
  })

  it('has a name of its own [CC-252]', () => {
    expect(new Set(formulas.map(({name}) => name)).size).toBe(formulas.length)
    expect(formulas.length).toBeGreaterThan(20)
  })

  // By hand from the sources; those of libraries as they were measured with their real code, where that was done.
  it.each<[string, number, (number | undefined)[], number?]>([
    ['RFC 6455', 0.5, [2500, 5000, 10_000, 20_000, 30_000]],
    ['AWS full jitter', 0.5, [500, 1000, 2000, 4000, 8000]],
    ['AWS equal jitter', 0.5, [750, 1500, 3000, 6000, 12_000]],
    ['AWS decorrelated jitter', 0.5, [2000, 3500, 5750, 9125, 14_188]],
    ['gRPC', 0.5, [1000, 1600, 2560, 4096, 6554]],
    ['no jitter', 0.1, [1000, 2000, 4000, 8000, 16_000]],
    ['reconnecting-websocket', 0, [3640, 4732, 6152, 7997, 10_000], 0.66],
    ['partysocket', 0, [3000, 3900, 5070, 6591, 8568]],
    ['rews', 0.5, [113, 225, 450, 900, 1800]],
    ['sockette', 0, [1000, 1000, 1000, 1000, 1000]],
    ['robust-websocket', 0, [0, 3000, 10_000, undefined, undefined]],
    ['websocket-ts, exponential', 0, [2000, 4000, 8000, 16_000, 32_000]],
    ['stable-socket', 0.4, [120, 1040, 2080, 4160, 8320]],
    ['sturdy-websocket', 0, [0, 1000, 1500, 2250, 3375]],
    ['y-websocket', 0, [100, 200, 400, 800, 1600]],
    ['socket.io', 0.55, [1275, 2550, 5000, 5000, 5000]],
    ['socket.io', 0.45, [775, 1550, 3100, 5000, 5000]],
    ['SignalR', 0, [0, 2000, 10_000, 30_000, undefined]],
    ['graphql-ws', 0, [1300, 2300, 4300, 8300, 16_300]],
    ['centrifuge', 0.5, [750, 1000, 1500, 2500, 4500]],
    ['Phoenix', 0, [10, 50, 100, 150, 200]],
    ['Ably', 0.5, [0, 18_000, 22_500, 27_000, 27_000]],
    ['NATS', 0.5, [0, 2050, 2050, 2050, 2050]],
  ])('%s with %d: %j [CC-252]', (name, random, expected, lot) => {
    expect(delays(name, random, 5, lot)).toEqual(expected)
  })
})

describe('a herd of others', () => {
  const outages: Record<string, Outage> = {A: {kind: 'shed'}, C: {kind: 'cut', duration: 30_000}}

  // Their real code, 500 clients each in virtual time, in another simulation: attempts per client, and seconds until 50, 99 and 100 % were back.
  it.each<[string, string, number, number, number]>([
    ['reconnecting-websocket', 'A', 5.35, 31.1, 70.7],
    ['partysocket', 'A', 27.2, 250, 522],
    ['rews', 'A', 8.81, 31.1, 63.1],
    ['sockette', 'A', 28.2, 31.1, 60.5],
    ['stable-socket', 'A', 141, 30.2, 59.6],
    ['sturdy-websocket', 'A', 27.3, 588, 1400],
    ['robust-websocket', 'A', 358, 30.1, 59.5],
    ['websocket-ts, constant', 'A', 28.2, 31.1, 60.5],
    ['reconnecting-websocket', 'C', 8.45, 30.1, 70.3],
    ['partysocket', 'C', 32.1, 270, 543],
    ['rews', 'C', 12.8, 30, 61.7],
    ['sockette', 'C', 55.2, 30.2, 59.6],
    ['stable-socket', 'C', 12.4, 337, 939],
  ])('of %s does in %s what one of its real code did [CC-252]', (name, scenario, attempts, half, nearly) => {
    const found: Simulation = simulate({clients: 5000, policy: named(name), outage: outages[scenario], server: {sheds: scenario === 'A' ? 'close' : 'refuse'}})
    const close = (value: number, measured: number): void => expect(Math.abs(value / measured - 1), `${value}, measured ${measured}`).toBeLessThan(0.16)
    close(found.attempts.mean, attempts)
    close(found.times.half / 1000, half)
    close(found.times.nearly / 1000, nearly)
  })

  it('of closecall\'s own formula does what closecall\'s machine does [CC-252]', () => {
    const [machine, formula] = [transitionPolicy(), (attempt: number, random: number) => backoff(attempt, random)].map((policy) => simulate({clients: 20_000, policy}))
    for (const figure of ['half', 'most', 'nearly', 'all'] as const) expect(Math.abs(machine!.times[figure] / formula!.times[figure] - 1)).toBeLessThan(0.03)
    expect(machine!.attempts.mean).toBeCloseTo(formula!.attempts.mean, 1)
  })
})
