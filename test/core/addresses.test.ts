// Is no address met before the time that it asked for, whatever the signals?

import fc from 'fast-check'
import {expect, it} from 'vitest'
import {defaultPolicy, deadlineOf, initialState, transition, type Event, type State} from '../../src/core/index.ts'

const closes = fc.oneof(
  {weight: 6, arbitrary: fc.constantFrom({code: 1006, reason: ''}, {code: 1013, reason: 'retry-after=60;spread=0'})},
  fc.record({code: fc.constantFrom(1006, 1011, 1012, 1013, 1015, 4000), reason: fc.constantFrom('', 'retry-after=0;spread=0')}),
  fc.record({status: fc.constantFrom(503, 429, 200), retryAfter: fc.constantFrom(undefined, 30_000)}),
  fc.constant({origin: 'constructor'}),
  fc.constant({origin: 'heartbeat'}),
)
const happenings = fc.array(
  fc.oneof(
    {weight: 6, arbitrary: fc.record({type: fc.constant('due')})},
    {weight: 8, arbitrary: fc.record({type: fc.constant('closed'), close: closes})},
    {weight: 2, arbitrary: fc.record({type: fc.constant('opened')})},
    {weight: 1, arbitrary: fc.record({type: fc.constant('error'), failure: fc.constant({error: 'x'})})},
    {weight: 2, arbitrary: fc.record({type: fc.constant('pass'), ms: fc.nat(20_000)})},
    {weight: 1, arbitrary: fc.record({type: fc.constant('postponed'), delay: fc.nat(20_000)})},
    {weight: 1, arbitrary: fc.record({type: fc.constant('explained'), failure: fc.constantFrom({}, {status: 503})})},
    {weight: 6, arbitrary: fc.record({type: fc.constantFrom('online', 'offline', 'wake', 'freeze', 'pagehide')})},
  ),
  {maxLength: 40, size: 'max'},
)

it.each([false, true])('no address is met before the time that it asked for, whatever else happens; looked into: %s [CC-55] [CC-101]', (investigates) => {
  fc.assert(
    fc.property(happenings, fc.integer({min: 1, max: 3}), fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}), (script, endpoints, random) => {
      let state: State = initialState
      let [now, online, frozen] = [0, true, false]
      const policy = {...defaultPolicy, investigates, backoff: {...defaultPolicy.backoff, initialDelay: 30_000, maxDelay: 200_000}}
      const notBefore: number[] = [0, 0, 0]
      const go = (event: object): void => {
        const before = state
        const step = transition(state, {now, random, online, frozen, endpoints, epoch: state.epoch, ...event} as Event, policy)
        state = step.state
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        expect(step.effects.filter(({type}) => type === 'settle').length).toBeLessThan(2)
        const at = deadlineOf(state)
        if (at !== undefined) expect(at - now).toBeLessThanOrEqual(2 ** 31)
        for (const effect of step.effects) {
          if (effect.type === 'settle' && 'endpoint' in before && state.name !== 'failed' && state.name !== 'closed') {
            const {last} = effect
            if (last.code === 1013 && last.reason.includes('60')) notBefore[before.endpoint] = now + 60_000
            if (last.retryAfter && last.opened === false) notBefore[before.endpoint] = now + 30_000
          }
          if (effect.type === 'connect') {
            expect(frozen).toBe(false)
            const {endpoint} = state as Extract<State, {name: 'connecting'}>
            expect(endpoint).toBeLessThan(endpoints)
            // Sums of fractions may differ in the last bit.
            if ('why' in before && before.why === 'overload') expect(now).toBeGreaterThanOrEqual(before.retryAt! - 1e-6)
            expect(now).toBeGreaterThanOrEqual(notBefore[endpoint]! - 1e-6)
          }
        }
      }
      go({type: 'open'})
      for (const happening of script) {
        if (happening.type === 'due') {
          if (deadlineOf(state) === undefined) continue
          now = Math.max(now, deadlineOf(state) ?? now)
          go({type: 'deadline'})
        } else if (happening.type === 'pass') {
          now = Math.min(now + (happening as {ms: number}).ms, deadlineOf(state) ?? Infinity)
        } else {
          if (happening.type === 'online') online = true
          if (happening.type === 'offline') online = false
          if (happening.type === 'wake') frozen = false
          if (happening.type === 'freeze' || happening.type === 'pagehide') frozen = true
          if (happening.type === 'closed' && !['connecting', 'open'].includes(state.name)) continue
          go(happening)
        }
      }
    }),
    {numRuns: 2000},
  )
})
