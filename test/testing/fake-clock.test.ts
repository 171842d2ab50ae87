// Does fake time pass as real time does, only when told to?

import {describe, expect, it} from 'vitest'
import {fakeClock} from '../../src/testing/index.ts'

describe('fakeClock', () => {
  it('stands still until it is moved', async () => {
    const clock = fakeClock({now: 5000})
    const ran: string[] = []
    clock.setTimeout(() => ran.push('timer'), 1)
    await Promise.resolve()
    expect(clock.now()).toBe(5000)
    expect(ran).toEqual([])
    await clock.advance(1)
    expect(clock.now()).toBe(5001)
    expect(ran).toEqual(['timer'])
  })

  it('starts at 0', () => {
    expect(fakeClock().now()).toBe(0)
  })

  it('runs timers in the order of their moments, each at its own, and those of one moment in the order they were set', async () => {
    const clock = fakeClock()
    const ran: [string, number][] = []
    for (const [name, delay] of [['late', 30], ['early', 10], ['first of two', 20], ['second of two', 20], ['never', 31]] as const) {
      clock.setTimeout(() => ran.push([name, clock.now()]), delay)
    }
    await clock.advance(30)
    expect(ran).toEqual([['early', 10], ['first of two', 20], ['second of two', 20], ['late', 30]])
    expect(clock.pending).toBe(1)
  })

  it('runs a timer set on the way, if it falls due', async () => {
    const clock = fakeClock()
    const ran: number[] = []
    const again = (): void => {
      ran.push(clock.now())
      clock.setTimeout(again, 10)
    }
    clock.setTimeout(again, 10)
    await clock.advance(35)
    expect(ran).toEqual([10, 20, 30])
    expect(clock.nextAt).toBe(40)
  })

  it('settles promises before, between and after', async () => {
    const clock = fakeClock()
    const ran: string[] = []
    const wait = (delay: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, delay))
    void (async () => {
      await Promise.resolve()
      ran.push(`before, ${clock.now()}`)
      await wait(10)
      ran.push(`between, ${clock.now()}`)
      await wait(10)
      ran.push(`after, ${clock.now()}`)
    })()
    await clock.advance(20)
    expect(ran).toEqual(['before, 0', 'between, 10', 'after, 20'])
  })

  it('runs what is due now, and no more, when it advances by 0', async () => {
    const clock = fakeClock()
    const ran: string[] = []
    clock.setTimeout(() => ran.push('now'), 0)
    clock.setTimeout(() => ran.push('later'), 1)
    await clock.advance(0)
    expect(ran).toEqual(['now'])
  })

  it('forgets a timer that is cleared, also from within another timer', async () => {
    const clock = fakeClock()
    const ran: string[] = []
    const doomed = clock.setTimeout(() => ran.push('doomed'), 10)
    clock.setTimeout(() => clock.clearTimeout(doomed), 10 - 1)
    await clock.advance(20)
    clock.clearTimeout(doomed)
    clock.clearTimeout(undefined)
    expect(ran).toEqual([])
    expect(clock.pending).toBe(0)
    expect(clock.nextAt).toBeUndefined()
  })

  it('counts delays as runtimes do: below 0 is 0, and what 31 bits can\'t hold is 1', async () => {
    const clock = fakeClock()
    const ran: [string, number][] = []
    clock.setTimeout(() => ran.push(['below 0', clock.now()]), -5)
    clock.setTimeout(() => ran.push(['not a number', clock.now()]), NaN)
    clock.setTimeout(() => ran.push(['too long', clock.now()]), 2 ** 31)
    clock.setTimeout(() => ran.push(['longest', clock.now()]), 2 ** 31 - 1)
    await clock.advance(1)
    expect(ran).toEqual([['below 0', 0], ['not a number', 0], ['too long', 1]])
    await clock.advance(2 ** 31)
    expect(ran.at(-1)).toEqual(['longest', 2 ** 31 - 1])
  })

  it('jumps as a machine that slept: timers run late, and at one moment', async () => {
    const clock = fakeClock()
    const ran: [string, number][] = []
    clock.setTimeout(() => ran.push(['b', clock.now()]), 20)
    clock.setTimeout(() => ran.push(['a', clock.now()]), 10)
    await clock.jump(1000)
    expect(ran).toEqual([['a', 1000], ['b', 1000]])
  })

  it('rejects with what a timer throws, and goes on afterwards', async () => {
    const clock = fakeClock()
    const ran: number[] = []
    clock.setTimeout(() => {
      throw new Error('of the timer')
    }, 10)
    clock.setTimeout(() => ran.push(clock.now()), 20)
    await expect(clock.advance(20)).rejects.toThrow('of the timer')
    await clock.advance(20)
    expect(ran).toEqual([20])
  })

  it('rejects on a hot loop instead of running for ever', async () => {
    const clock = fakeClock()
    const again = (): void => void clock.setTimeout(again, 0)
    again()
    await expect(clock.advance(0)).rejects.toThrow('a hot loop')
  })

  it.each([-1, NaN, Infinity])('refuses to move by %s', async (ms) => {
    const clock = fakeClock()
    await expect(clock.advance(ms)).rejects.toThrow(`\`ms\` must be a finite number, 0 or more, got ${ms}`)
    await expect(clock.jump(ms)).rejects.toThrow(RangeError)
    expect(clock.now()).toBe(0)
  })

  it('can be taken apart', async () => {
    const {setTimeout, clearTimeout, now, advance} = fakeClock()
    const ran: number[] = []
    setTimeout(() => ran.push(now()), 5)
    clearTimeout(setTimeout(() => ran.push(-1), 5))
    await advance(5)
    expect(ran).toEqual([5])
  })
})
