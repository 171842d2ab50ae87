// Does an iterator of messages end when it should, and then give nothing more?

import {expect, it} from 'vitest'
import {setUp, settled, watchTheWorld} from './fixture.ts'

watchTheWorld()

const done = {done: true, value: undefined}

it('left, it gives nothing more: not what it kept, not what comes, and who waits is told [CC-189]', async () => {
  const setup = await settled(setUp())
  const {client, network} = setup
  const [waiting, keeping, other] = [client.messages(), client.messages(), client.messages()]
  const waits = [waiting.next(), waiting.next()]
  await waiting.return!()
  expect(await Promise.all(waits)).toEqual([done, done])
  network.last.server.send('a')
  await settled(setup)
  await keeping.return!()
  network.last.server.send('b')
  await settled(setup)
  for (const iterator of [waiting, keeping]) expect([await iterator.next(), await iterator.return!(), await iterator.next()]).toEqual([done, done, done])
  expect([await other.next(), await other.next()].map(({value}) => value)).toEqual(['a', 'b'])
  client.close()
})

it('an error in the loop ends it, and is the caller\'s [CC-189]', async () => {
  const setup = await settled(setUp())
  const iterator = setup.client.messages()
  const loop = (async () => {
    for await (const data of iterator) throw new Error(`no ${data}`)
  })()
  setup.network.last.server.send('a')
  setup.network.last.server.send('b')
  await expect(loop).rejects.toThrow('no a')
  expect(await iterator.next()).toEqual(done)
  setup.client.close()
})

it('ended with its client, it does not begin again with it; another does [CC-189]', async () => {
  const setup = await settled(setUp())
  const {client, network} = setup
  const ended = client.messages()
  client.close()
  await settled(setup)
  const asked = client.messages()
  expect(await asked.next()).toEqual(done)
  const next = client.messages()
  client.open()
  await settled(setup)
  network.last.server.send('a')
  await settled(setup)
  expect([await ended.next(), await asked.next(), await next.next()]).toEqual([done, done, {done: false, value: 'a'}])
  client.close()
})

it('one message more than it may keep is too many, and the newest may be one alone [CC-189]', async () => {
  const setup = await settled(setUp())
  const {client, network} = setup
  const [failing, newest] = [client.messages({maxMessages: 1}), client.messages({maxMessages: 1, overflow: 'drop-oldest'})]
  for (const data of ['a', 'b', 'c']) network.last.server.send(data)
  await settled(setup)
  expect([await failing.next(), await newest.next()].map(({value}) => value)).toEqual(['a', 'c'])
  const ends = await Promise.allSettled([failing.next(), failing.next()])
  expect(ends).toMatchObject([{status: 'rejected', reason: {code: 'OVERFLOW'}}, {status: 'fulfilled', value: done}])
  client.close()
})

it('left after it failed, it does not throw any more [CC-189]', async () => {
  const setup = await settled(setUp())
  const iterator = setup.client.messages({maxMessages: 1})
  for (const data of ['a', 'b']) setup.network.last.server.send(data)
  await settled(setup)
  await iterator.return!()
  expect(await iterator.next()).toEqual(done)
  setup.client.close()
})
