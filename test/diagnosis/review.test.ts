// What an adversarial reading found: each of these fails at ad42dec.

import {expect, it} from 'vitest'
import {diagnosis} from '../../src/diagnosis/index.ts'
import {accepts, refuses, type Behaviour} from '../../src/testing/index.ts'
import type {Extension} from '../../src/index.ts'
import {setUp, settled, url, watchTheWorld} from '../client/fixture.ts'

watchTheWorld()
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

it('an attempt that was put off, or given up, is not one whose socket Firefox held back [CC-113]', async () => {
  let asked = 0
  // Another extension puts the second attempt off; when it is made, its address does not come.
  const putsOff: Extension = () => ({admit: () => (asked === 2 ? 1000 : 0)})
  const setup = await settled(setUp(refuses(), {url: () => (++asked > 2 ? new Promise<string>(() => {}) : url), extensions: [diagnosis({userAgent: firefox}), putsOff]}))
  const told: string[] = []
  setup.client.on('diagnosis', ({name}) => told.push(name))
  await setup.clock.advance(15_000)
  expect(setup.closes.map(({close}) => close.origin)).toEqual(['event', 'connect-timeout'])
  expect(told).toEqual([])
  setup.client.close()
})

it('two extensions that each find a pattern are both heard [CC-104]', async () => {
  const finds = (name: string): Extension => () => ({settled: () => ({name, explanation: `${name}.`, advice: 'x.'})})
  const setup = setUp(refuses(), {extensions: [finds('a'), finds('b')]})
  const told: string[] = []
  setup.client.on('diagnosis', ({name}) => told.push(name))
  await settled(setup)
  expect(told).toEqual(['a', 'b'])
  setup.client.close()
})

it('a link that is cut is not said to be ended by the server [CC-111]', async () => {
  const cut: Behaviour = (server) => {
    server.accept()
    server.drop()
  }
  const setup = setUp(cut, {extensions: [diagnosis()]})
  const told: string[] = []
  setup.client.on('diagnosis', ({explanation}) => told.push(explanation))
  await setup.clock.advance(10_000)
  expect(told).toHaveLength(1)
  expect(told[0]).not.toMatch(/by the server, with 1006/)
  setup.client.close()
})

class Counting {
  admitted = 0
  admit() {
    this.admitted++
  }
}
it('an extension may be an object with methods [CC-102]', async () => {
  const counting = new Counting()
  const setup = await settled(setUp(accepts(), {extensions: [() => counting as never]}))
  expect(counting.admitted).toBe(1)
  setup.client.close()
})
