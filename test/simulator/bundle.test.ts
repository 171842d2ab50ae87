// Does a simulation need more than the language, and who pays for the formulas?

import {createContext, runInContext} from 'node:vm'
import {expect, it} from 'vitest'
import {simulate} from '../../src/simulator/index.ts'
import {textOf} from '../helpers/sizes.mjs'

it('needs nothing but ECMAScript, and gives the same there [CC-240]', async () => {
  const code = await textOf("export {simulate} from './src/simulator/index.ts'", {format: 'iife', globalName: 'simulator'})
  const herd = {clients: 300, seed: 5, outage: {kind: 'restart' as const}}
  const told = runInContext(`${code};JSON.stringify(simulator.simulate(${JSON.stringify(herd)}))`, createContext({})) as string
  expect(JSON.parse(told)).toEqual(JSON.parse(JSON.stringify(simulate(herd))))
  expect(JSON.parse(told)).toMatchObject({back: 1})
})

it('the formulas are paid for by who imports them [CC-252]', async () => {
  const [alone, both] = await Promise.all(['simulate', 'simulate, formulas'].map((names) => textOf(`export {${names}} from './src/simulator/index.ts'`)))
  expect(both).toContain('partysocket@')
  expect(alone).not.toContain('partysocket@')
})
