// Does each close get the verdict that docs/spec.md gives it, and do the caller's wishes come first?

import fc from 'fast-check'
import {describe as group, expect, it} from 'vitest'
import {classify, CloseCode, closeCodes, describe, standardCode, type Close, type Verdict} from '../../src/core/index.ts'

const close = (facts: Partial<Close>): Close => ({code: 1006, reason: '', wasClean: false, opened: true, age: 0, origin: 'event', ...facts})

group('classify', () => {
  it.each([
    [1000, 'end', 'none'],
    [1001, 'retry', 'server'],
    [1002, 'retry', 'unknown'],
    [1003, 'stop', 'sender'],
    [1004, 'retry', 'unknown'],
    [1005, 'retry', 'unknown'],
    [1006, 'retry', 'network'],
    [1007, 'stop', 'sender'],
    [1008, 'refresh', 'policy'],
    [1009, 'stop', 'sender'],
    [1010, 'stop', 'sender'],
    [1011, 'retry', 'server'],
    [1012, 'retry', 'server'],
    [1013, 'retry', 'server'],
    [1014, 'retry', 'server'],
    [1015, 'retry', 'network'],
    [3000, 'refresh', 'policy'],
    [3003, 'stop', 'policy'],
    [3008, 'retry', 'unknown'],
  ] as const)('%i: %s, fault %s [CC-7]–[CC-16]', (code, action, fault) => {
    expect(classify({code})).toMatchObject({action, fault, report: fault === 'sender', name: closeCodes[code]![0]})
  })

  it.each([
    [1, 3, 'Illegal code'],
    [999, 3, 'Illegal code'],
    [1016, 3, 'Unassigned code'],
    [2999, 3, 'Unassigned code'],
    [3001, 5, 'Library code'],
    [3999, 5, 'Library code'],
    [4000, 5, 'Private code'],
    [4999, 5, 'Private code'],
    [5000, 3, 'Illegal code'],
    [65_535, 3, 'Illegal code'],
  ])('%i is retried, %i strikes, as %s [CC-11] [CC-16]', (code, budget, name) => {
    expect(classify({code})).toEqual({name, action: 'retry', fault: 'unknown', explanation: 'the cause is not known', backoff: 'exponential', budget, report: false})
  })

  it.each([
    [101, 'retry'],
    [200, 'retry'],
    [301, 'stop'],
    [308, 'stop'],
    [400, 'stop'],
    [401, 'refresh'],
    [403, 'stop'],
    [404, 'stop'],
    [407, 'refresh'],
    [408, 'retry'],
    [410, 'stop'],
    [425, 'retry'],
    [426, 'stop'],
    [429, 'retry'],
    [431, 'stop'],
    [500, 'retry'],
    [503, 'retry'],
    [530, 'retry'],
    [999, 'retry'],
    [70_000, 'retry'],
  ])('handshake status %i: %s [CC-13] [CC-17]', (status, action) => {
    expect(classify({code: 1006, status}).action).toBe(action)
  })

  it('says of 1012 and 1013 alone that another address may do better [CC-100]', () => {
    expect(Object.keys(closeCodes).map(Number).filter((code) => classify({code}).rotate)).toEqual([1012, 1013])
  })

  it('gives 1012 alone a spread of its own [CC-15]', () => {
    expect(Object.keys(closeCodes).map(Number).filter((code) => classify({code}).backoff === 'spread')).toEqual([1012])
  })

  it('limits the constructor that threw, not the function that failed [CC-21]', () => {
    expect(classify({code: 1006, origin: 'constructor'})).toMatchObject({action: 'retry', budget: 3, fault: 'policy'})
    expect(classify({code: 1006, origin: 'provider'})).not.toHaveProperty('budget')
  })

  it('puts an exact code before a range, and both before the table [CC-20]', () => {
    const verdicts = {'4000-4499': 'stop', 4001: 'retry', '1000-1015': {action: 'retry'}} as const
    expect(classify({code: 4002}, {verdicts}).action).toBe('stop')
    expect(classify({code: 4001}, {verdicts}).action).toBe('retry')
    expect(classify({code: 1007}, {verdicts})).toMatchObject({action: 'retry', fault: 'sender', report: true})
    expect(classify({code: 4500}, {verdicts})).toMatchObject({action: 'retry', budget: 5})
  })

  it('lifts the budget with a shorthand, and keeps it with a part of a verdict [CC-20]', () => {
    expect(classify({code: 4000}, {verdicts: {4000: 'retry'}})).not.toHaveProperty('budget')
    expect(classify({code: 4000}, {verdicts: {4000: {fault: 'server'}}})).toMatchObject({budget: 5, fault: 'server'})
    expect(classify({code: 4000}, {verdicts: {4000: {budget: 2}}})).toMatchObject({budget: 2, action: 'retry'})
  })

  it('overrides handshake statuses like codes [CC-20]', () => {
    expect(classify({code: 1006, status: 404}, {verdicts: {404: 'retry'}}).action).toBe('retry')
  })

  it('retries after 1000 when asked to, unless an override says otherwise [CC-9] [CC-20]', () => {
    expect(classify({code: 1000}, {onNormalClosure: 'retry'}).action).toBe('retry')
    expect(classify({code: 1001}, {onNormalClosure: 'end'}).action).toBe('retry')
    expect(classify({code: 1000}, {onNormalClosure: 'retry', verdicts: {1000: 'stop'}}).action).toBe('stop')
  })

  it('has a whole verdict for any number whatever [CC-18]', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.integer({min: 100, max: 999}), {nil: undefined}), (code, status) => {
        const verdict = classify({code: code as number, ...(status && {status})})
        expect(verdict.name).toMatch(/\S/)
        expect(['retry', 'refresh', 'stop', 'end']).toContain(verdict.action)
      }),
    )
  })

  it('names each code once for programs, too', () => {
    expect(Object.values(CloseCode).sort()).toEqual([...Object.keys(closeCodes).map(Number), 4912, 4913, 4914].sort())
  })
})

group('aliases', () => {
  it.each([
    [4912, 1012],
    [4913, 1013],
    [4914, 1014],
  ])('%i is judged like %i, overrides included [CC-22]', (alias, code) => {
    expect(standardCode(alias)).toBe(code)
    expect(classify({code: alias})).toEqual(classify({code}))
    expect(classify({code: alias}, {verdicts: {[code]: {budget: 7}}})).toMatchObject({budget: 7})
    expect(classify({code: alias}, {verdicts: {[code]: 'end', '4900-4999': 'stop'}})).toMatchObject({action: 'stop'})
    expect(classify({code}, {verdicts: {[alias]: 'stop'}})).toMatchObject({action: 'retry'})
  })

  it('are not what they stand for where a dialect speaks of them [CC-22]', () => {
    const dialect = {name: 'ours', judge: ({code}: {code: number}) => (code === 4913 ? {...classify({code: 4913}), name: 'Banned', action: 'stop' as const} : undefined)}
    expect(classify({code: 4913}, {dialect, verdicts: {1013: 'retry', '1000-1999': 'retry'}})).toMatchObject({name: 'Banned', action: 'stop'})
    expect(classify({code: 4913}, {dialect, verdicts: {4913: 'retry'}})).toMatchObject({name: 'Banned', action: 'retry'})
    expect(classify({code: 4912}, {dialect, verdicts: {1012: 'end'}})).toMatchObject({action: 'end'})
  })

  it('are three, and no other code is changed [CC-22]', () => {
    expect([4911, 4915, 1013, 912, 8813].map(standardCode)).toEqual([4911, 4915, 1013, 912, 8813])
  })
})

group('a dialect in classify', () => {
  const known: Verdict = {name: 'Known', action: 'retry', fault: 'server', explanation: 'so it is', backoff: 'prompt', budget: 4, report: false}
  const dialect = {name: 'ours', judge: ({code}: {code: number}) => (code === 4001 ? known : undefined)}

  it('goes before the table and after the overrides, whose shorthand lifts its budget [CC-20] [CC-23]', () => {
    expect(classify({code: 4001}, {dialect})).toEqual({...known, dialect: 'ours'})
    expect(classify({code: 4002}, {dialect})).toEqual(classify({code: 4002}))
    expect(classify({code: 4001}, {dialect, verdicts: {'4000-4999': 'stop'}})).toEqual({name: 'Known', action: 'stop', fault: 'server', explanation: 'so it is', backoff: 'prompt', report: false, dialect: 'ours'})
    expect(classify({code: 4001}, {dialect, verdicts: {4001: {fault: 'sender'}}})).toMatchObject({fault: 'sender', explanation: 'what this program sent was refused', budget: 4})
    expect(classify({code: 4001}, {dialect, verdicts: {4001: {fault: 'sender', explanation: 'no'}}})).toMatchObject({explanation: 'no'})
  })

  it('is asked about 1006 for what is no code [CC-18] [CC-23]', () => {
    const lost = {name: 'ours', judge: ({code}: {code: number}) => (code === 1006 ? known : undefined)}
    for (const code of [0, NaN, -1, 1.5, 65_536, undefined]) expect(classify({code: code as number}, {dialect: lost})).toEqual({...known, dialect: 'ours'})
  })

  it('gives way to an announcement that names another fault, with its explanation [CC-25] [CC-26]', () => {
    expect(classify({code: 4001}, {dialect, announced: {fault: 'none'}})).toMatchObject({fault: 'none', explanation: 'nothing is wrong'})
    expect(classify({code: 4001}, {dialect, announced: {fault: 'none', explanation: 'all is said'}})).toMatchObject({explanation: 'all is said'})
  })

  it('is named in what it says, in the code or in a message, and in nothing else [CC-23] [CC-25]', () => {
    expect(classify({code: 1000}, {dialect, announced: {action: 'retry'}})).toMatchObject({action: 'retry', dialect: 'ours'})
    expect(classify({code: 1007}, {dialect, announced: {action: 'retry'}})).toEqual(classify({code: 1007}))
    expect(classify({code: 4002}, {dialect})).not.toHaveProperty('dialect')
  })

  it("keeps its words where an override names the fault that it has already [CC-26]", () => {
    expect(classify({code: 4001}, {dialect, verdicts: {4001: {fault: 'server', budget: 9}}})).toMatchObject({explanation: 'so it is', budget: 9})
  })

  it("reads a runtime's own event, whose facts are not its own properties [CC-23]", () => {
    class Closed {
      get code(): number {
        return 4001
      }
      get reason(): string {
        return 'so it is'
      }
    }
    expect(classify(new Closed(), {dialect: {name: 'ours', judge: ({reason}) => (reason === 'so it is' ? known : undefined)}}).name).toBe('Known')
  })

  it('is not changed by what was announced, or by overrides [CC-25]', () => {
    const before = structuredClone(known)
    expect(classify({code: 4001}, {dialect, announced: {action: 'end', name: 'Last'}, verdicts: {4001: {report: true}}})).toMatchObject({action: 'end', name: 'Last', report: true})
    expect(known).toEqual(before)
  })
})

it('every verdict has its explanation, on one line [CC-26]', () => {
  for (let code = 1; code < 5100; code++) expect(classify({code}).explanation).toMatch(/^[a-z][a-z ]+$/)
})

group('describe', () => {
  it('says on one line what happened, whose fault it is and what is done [CC-86]', () => {
    const verdict = classify({code: 1013})
    expect(describe(close({code: 1013, reason: 'busy'}), verdict)).toBe('1013 Try Again Later ("busy"): the server could not go on; trying again')
    expect(describe(close({status: 503, error: 'Unexpected server response: 503'}), classify({code: 1006, status: 503}))).toContain('503 Server error')
    expect(describe(close({origin: 'connect-timeout'}), classify({code: 1006}), 'stop')).toBe('1006 Abnormal Closure: no answer within the connect timeout; not trying again')
  })

  it('lets no line break or control character of the server through [CC-87]', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (reason) => {
        expect(describe(close({code: 1011, reason}), classify({code: 1011}))).not.toMatch(/[\0-\x1f]/)
      }),
    )
  })
})
