// Which of several addresses is tried next?

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {nextEndpoint, speaksOfEndpoint, type Memory} from '../../src/core/endpoints.ts'
import {classify, defaultPolicy, initialState, transition, type Close, type Event, type State} from '../../src/core/index.ts'

const memory = (endpoint: number, retryAt: number, failures = 1): Memory => ({endpoint, failures, streak: {key: 1013, strikes: failures}, retryAt, earliest: retryAt})

describe('the next address [CC-100]', () => {
  it.each<[string, Memory, Memory[], number, number]>([
    ['the next in the list, if nothing is held against it', memory(0, 1000), [], 3, 1],
    ['… over the end of the list', memory(2, 1000), [], 3, 0],
    ['the one after it, if that may be tried sooner', memory(0, 1000), [memory(1, 900)], 3, 2],
    ['the next of those that may be tried at once', memory(0, 1000), [memory(1, -5), memory(2, -10)], 3, 1],
    ['the soonest, if none may be tried at once', memory(0, 3000), [memory(1, 2000), memory(2, 1000)], 3, 2],
    ['the same, if the others come later', memory(0, 1000), [memory(1, 2000), memory(2, 3000)], 3, 0],
    ['the same, if there is no other', memory(0, 1000), [], 1, 0],
    ['the same, if it may be tried at once', memory(0, 0), [], 2, 0],
    ['none that the list has no more', memory(0, 1000), [memory(2, 0)], 2, 1],
  ])('is %s', (_, here, elsewhere, endpoints, next) => {
    expect(nextEndpoint(here, elsewhere, endpoints, 0).endpoint).toBe(next)
  })

  it('keeps what is known of it [CC-101]', () => {
    expect(nextEndpoint(memory(0, 9000), [memory(1, 5000, 4)], 2, 0)).toEqual(memory(1, 5000, 4))
  })
})

describe('a close speaks of its address [CC-100]', () => {
  const close = (part: Partial<Close>): Close => ({code: 1006, reason: '', wasClean: false, opened: true, age: 0, origin: 'event', ...part})

  it.each<[string, Partial<Close>, boolean]>([
    ['1013', {code: 1013}, true],
    ['1012', {code: 1012}, true],
    ['never opened', {opened: false}, true],
    ['never opened in time', {opened: false, origin: 'connect-timeout'}, true],
    ['refused', {opened: false, status: 503}, true],
    ['no address was given', {opened: false, origin: 'provider'}, false],
    ['cut', {code: 1006}, false],
    ['1011', {code: 1011}, false],
    ['silence', {origin: 'heartbeat'}, false],
  ])('%s: %s', (_, part, answer) => {
    expect(speaksOfEndpoint(close(part), classify(close(part)))).toBe(answer)
  })

  it('or not, as the verdict says', () => {
    const rotates = {1011: {rotate: true}, 1013: {rotate: false}}
    expect(speaksOfEndpoint(close({code: 1011}), classify(close({code: 1011}), {verdicts: rotates}))).toBe(true)
    expect(speaksOfEndpoint(close({code: 1013}), classify(close({code: 1013}), {verdicts: rotates}))).toBe(false)
  })
})

it('no address is met sooner than its own backoff allows, whatever the others do [CC-101]', () => {
  const refusal = fc.record({status: fc.constantFrom(undefined, 503), random: fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true})})
  fc.assert(
    fc.property(fc.integer({min: 1, max: 4}), fc.array(refusal, {minLength: 1, maxLength: 40}), (endpoints, refusals) => {
      let now = 0
      const happen = (state: State, event: object, random = 0): State =>
        transition(state, {epoch: state.epoch, now, random, online: true, endpoints, ...event} as Event, defaultPolicy).state
      const failures = Array<number>(endpoints).fill(0)
      const allowedAt = Array<number>(endpoints).fill(0)
      let state = happen(initialState, {type: 'open'})
      for (const {status, random} of refusals) {
        if (state.name !== 'connecting') throw new Error(state.name)
        const {endpoint} = state
        expect(now).toBeGreaterThanOrEqual(allowedAt[endpoint]!)
        allowedAt[endpoint] = now + Math.min(30_000, 1000 * 2 ** failures[endpoint]!++) * (0.5 + random) - 1e-6
        const waiting = happen(state, {type: 'closed', close: {code: 1006, ...(status && {status})}}, random)
        if (waiting.name !== 'backoff') throw new Error(waiting.name)
        // Never idle where an address is free.
        if (allowedAt.some((at) => at <= now)) expect(waiting.delay).toBeLessThanOrEqual(1000)
        now = waiting.retryAt
        state = happen(waiting, {type: 'deadline'})
      }
    }),
  )
})
