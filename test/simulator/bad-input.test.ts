// Is what can't be simulated refused at once, with a sentence that says why?

import {describe, expect, it} from 'vitest'
import {isClosecallError} from '../../src/core/index.ts'
import {delayPolicy, simulate, transitionPolicy, type SimulateOptions} from '../../src/simulator/index.ts'

/** What it says, if it is a sentence of ours. */
const said = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isClosecallError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'nothing'
}

const boom = (): never => {
  throw new Error('boom')
}

describe('simulate()', () => {
  it.each<[unknown, string]>([
    [undefined, '`options` must be an object, got undefined'],
    [null, '`options` must be an object, got null'],
    [{}, '`clients` must be given, got undefined'],
    [{clients: 0}, '`clients` must be 1..1000000, got 0'],
    [{clients: -5}, '`clients` must be 1..1000000, got -5'],
    [{clients: 1e9}, '`clients` must be 1..1000000, got 1000000000'],
    [{clients: NaN}, '`clients` must be 1..1000000, got NaN'],
    [{clients: Infinity}, '`clients` must be 1..1000000, got Infinity'],
    [{clients: '10'}, '`clients` must be 1..1000000, got "10"'],
    [{clients: 2.5}, '`clients` must be a whole number, got 2.5'],
    [{clients: 10, client: 3}, '`client` must be an option that exists, got "number"'],
    [{clients: 10, seed: 0.5}, '`seed` must be a whole number, got 0.5'],
    [{clients: 10, seed: NaN}, '`seed` must be -9007199254740991..9007199254740991, got NaN'],
    [{clients: 10, server: {capacity: 0}}, '`capacity` must be 0.001..1000000000, got 0'],
    [{clients: 10, server: {capacity: NaN}}, '`capacity` must be 0.001..1000000000, got NaN'],
    [{clients: 10, server: {capacity: Infinity}}, '`capacity` must be 0.001..1000000000, got Infinity'],
    [{clients: 10, server: {queue: -1}}, '`queue` must be 0..3600, got -1'],
    [{clients: 10, server: {refusalCost: NaN}}, '`refusalCost` must be 0..1000, got NaN'],
    [{clients: 10, server: {sheds: '1013'}}, '`sheds` must be close or refuse, got "1013"'],
    [{clients: 10, server: {hint: 5}}, '`hint` must be an object or a function, got 5'],
    [{clients: 10, server: {hint: {after: -1}}}, '`hint.after` must be 0..2147483647, got -1'],
    [{clients: 10, server: {hint: {spread: 2 ** 31}}}, '`hint.spread` must be 0..2147483647, got 2147483648'],
    [{clients: 10, server: {hint: {retryAfter: 1}}}, '`hint.retryAfter` must be an option that exists, got "number"'],
    [{clients: 10, server: 100}, '`server` must be an object, got 100'],
    [{clients: 10, outage: 'cut'}, '`outage` must be an object, got "cut"'],
    [{clients: 10, outage: {}}, '`outage.kind` must be shed or restart or cut or brownout or flapping, got undefined'],
    [{clients: 10, outage: {kind: 'fire'}}, '`outage.kind` must be shed or restart or cut or brownout or flapping, got "fire"'],
    [{clients: 10, outage: {kind: 'toString'}}, '`outage.kind` must be shed or restart or cut or brownout or flapping, got "toString"'],
    [{clients: 10, outage: {kind: 'shed', duration: 5}}, '`outage.duration` must be an option that exists, got "number"'],
    [{clients: 10, outage: {kind: 'cut', duration: NaN}}, '`outage.duration` must be 0..3600000, got NaN'],
    [{clients: 10, outage: {kind: 'brownout', capacity: 0}}, '`outage.capacity` must be 0.001..1, got 0'],
    [{clients: 10, outage: {kind: 'flapping', times: 1.5}}, '`outage.times` must be a whole number, got 1.5'],
    [{clients: 10, network: {roundTrip: -1}}, '`roundTrip` must be 0..60000, got -1'],
    [{clients: 10, network: {news: NaN}}, '`news` must be 0..3600000, got NaN'],
    [{clients: 10, limit: {time: Infinity}}, '`time` must be 1..86400000, got Infinity'],
    [{clients: 10, limit: {attempts: 0}}, '`attempts` must be 1..100000, got 0'],
    [{clients: 10, step: 0}, '`step` must be 1..3600000, got 0'],
    [{clients: 10, step: 1, limit: {time: 86_400_000}}, '`step` must be at least a millionth of `limit.time` (86400000), got 1'],
    [{clients: 10, policy: 'full'}, '`policy` must be an object or a function, got "full"'],
    [{clients: 10, policy: {backoff: {}}}, '`policy` must be a function, or made by transitionPolicy() or delayPolicy(), got an object'],
    [{clients: 10, policy: {delay: 5}}, '`delay` must be a function, got "number"'],
    [{clients: 10, policy: {machine: 5}}, '`policy.machine` must be an object, got 5'],
  ])('%j: %s [CC-250]', (options, sentence) => {
    expect(said(() => simulate(options as SimulateOptions))).toBe(`INVALID closecall: ${sentence}`)
  })

  it.each<[string, unknown, string]>([
    ['NaN', NaN, 'NaN'],
    ['a negative number', -1, '-1'],
    ['Infinity', Infinity, 'Infinity'],
    ['more than a timer counts', 2 ** 31, '2147483648'],
    ['text', '500', 'string'],
    ['null', null, 'object'],
  ])('a policy that returns %s [CC-250]', (_, value, got) => {
    const delay = (attempt: number) => (attempt < 2 ? 0 : value) as number
    expect(said(() => simulate({clients: 10, server: {capacity: 0.1}, policy: delay}))).toBe(`INVALID closecall: the delay of \`policy\` must be a number from 0 to 2147483647, or undefined to give up, got ${got} for attempt 2`)
  })

  it.each<[string, string, SimulateOptions]>([
    ['a policy', 'the policy threw', {clients: 10, policy: boom}],
    ['a jitter function', 'the policy threw', {clients: 10, policy: transitionPolicy({backoff: {jitter: boom}})}],
    ['a `classify`', 'the policy threw', {clients: 10, policy: transitionPolicy({classify: boom})}],
    ['a hint', '`server.hint` threw', {clients: 10, server: {hint: boom}}],
  ])('%s that throws: one sentence, with what it threw as its cause [CC-250]', (_, sentence, options) => {
    const error = (() => {
      try {
        simulate(options)
      } catch (thrown) {
        return thrown as Error
      }
      return undefined
    })()
    expect(isClosecallError(error)).toBe(true)
    expect(error!.message).toBe(`closecall: ${sentence}: boom`)
    expect(error!.cause).toMatchObject({message: 'boom'})
  })

  it('a hint that can\'t be used, or a verdict of `classify` that there is not [CC-250]', () => {
    expect(said(() => simulate({clients: 10, server: {hint: () => ({after: NaN})}}))).toBe('INVALID closecall: `hint.after` must be 0..2147483647, got NaN')
    expect(said(() => simulate({clients: 10, server: {hint: () => 5 as never}}))).toBe('INVALID closecall: `hint` must be an object, got 5')
    expect(said(() => simulate({clients: 10, policy: transitionPolicy({classify: () => ({action: 'ignore' as never})})}))).toMatch(/^INVALID closecall: `classify.action` must be /)
  })

  it('what throws something else than an error is told without it [CC-250]', () => {
    expect(
      said(() =>
        simulate({
          clients: 1,
          policy: () => {
            // eslint-disable-next-line no-throw-literal, typescript/only-throw-error
            throw 'boom'
          },
        }),
      ),
    ).toBe('INVALID closecall: the policy threw')
  })
})

describe('a policy', () => {
  it.each<[() => unknown, string]>([
    [() => transitionPolicy(null as never), '`options` must be an object, got null'],
    [() => transitionPolicy({jitter: 1} as never), '`jitter` must be an option that exists, got "number"'],
    [() => transitionPolicy({backoff: {initialDelay: 0}}), '`initialDelay` must be 1..2147483647, got 0'],
    [() => transitionPolicy({backoff: {initialDelay: 5000, maxDelay: 1000}}), '`maxDelay` must be at least `initialDelay` (5000), got 1000'],
    [() => transitionPolicy({backoff: {jitter: 2}}), '`jitter` must be 0..1 or full or equal or decorrelated or none or a function, got 2'],
    [() => transitionPolicy({backoff: {restartSpread: [5, 1]}}), '`restartSpread` must be two delays, the shorter first, got [5,1]'],
    [() => transitionPolicy({stableAfter: 5}), '`stableAfter` must be 1000..2147483647, got 5'],
    [() => transitionPolicy({verdicts: {1013: 'ignore' as never}}), '`verdicts.1013` must be retry or refresh or stop or end or an object, got "ignore"'],
    [() => transitionPolicy({verdicts: {1013: {action: 'ignore' as never}}}), '`verdicts.1013.action` must be retry or refresh or stop or end, got "ignore"'],
    [() => transitionPolicy({verdicts: {abc: 'retry'} as never}), '`verdicts` must be keyed by codes or ranges, got "abc"'],
    [() => transitionPolicy({classify: 5 as never}), '`classify` must be a function, got "number"'],
    [() => delayPolicy(5 as never), '`delay` must be a function, got "number"'],
    [() => delayPolicy(() => 5, {resets: -1}), '`resets` must be open or 0..2147483647, got -1'],
    [() => delayPolicy(() => 5, {resets: 'closed' as never}), '`resets` must be open or 0..2147483647, got "closed"'],
  ])('that can\'t be: %o, %s [CC-250]', (make, sentence) => {
    expect(said(make)).toBe(`INVALID closecall: ${sentence}`)
  })
})
