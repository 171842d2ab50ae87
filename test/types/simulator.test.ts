// Do the types of the simulator take what can be simulated, and refuse what can't? Checked by the compiler when the suite type-checks its tests.

import {describe, expectTypeOf, it} from 'vitest'
import type {Options} from '../../src/index.ts'
import type {CloseOptions, ReturnHint} from '../../src/server/index.ts'
import {formulas, simulate, transitionPolicy, type DelayFunction, type Hint, type Outage, type SimulateOptions, type TransitionOptions} from '../../src/simulator/index.ts'

describe('the types', () => {
  it('take each kind of policy [CC-241] [CC-242]', () => {
    expectTypeOf<DelayFunction>().toExtend<SimulateOptions['policy']>()
    expectTypeOf<(attempt: number) => number>().toExtend<SimulateOptions['policy']>()
    expectTypeOf(formulas[0]!).toExtend<SimulateOptions['policy']>()
    expectTypeOf(transitionPolicy()).toExtend<SimulateOptions['policy']>()
    expectTypeOf(simulate).returns.toHaveProperty('times')
  })

  it('take the options of connect(), as far as they say when to come back [CC-241]', () => {
    expectTypeOf<Pick<Options, 'backoff' | 'stableAfter' | 'connectTimeout' | 'verdicts'>>().toExtend<TransitionOptions>()
    // @ts-expect-error nothing is sent
    void ({lint: 'off'} satisfies TransitionOptions)
  })

  it('take the hints of closecall/server [CC-244]', () => {
    expectTypeOf<ReturnHint>().toExtend<Hint>()
    expectTypeOf<CloseOptions>().toExtend<Hint>()
  })

  it('refuse an outage that there is not, and what does not belong to one [CC-245]', () => {
    // @ts-expect-error no such kind
    void ({kind: 'fire'} satisfies Outage)
    // @ts-expect-error it lasts for no time
    void ({kind: 'shed', duration: 5} satisfies Outage)
    // @ts-expect-error how many?
    void (() => simulate({}))
  })
})
