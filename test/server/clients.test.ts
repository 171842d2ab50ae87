// Does a client of closecall do what closecall/server asks, over real sockets?

import {describe, expect, it, onTestFinished} from 'vitest'
import WebSocket from 'ws'
import {connect} from '../../src/index.ts'
import {badGateway, closeReason, rawRetryAfter, serviceRestart, tryAgainLater, type CloseFrame} from '../../src/server/index.ts'
import {closesWith, echoes} from '../helpers/servers.ts'
import {connecting, once, serving, state} from '../integration/harness.ts'
import {answers, connecting as connectingFromNode} from '../node/fixture.ts'

const says = ({code, reason}: CloseFrame): ReturnType<typeof closesWith> => closesWith(code, reason)

describe('ws sends it as it is, and the client', () => {
  it.each<[string, CloseFrame, number, string]>([
    ['comes back within the hint', tryAgainLater({after: 3000, spread: 10_000}), 8000, 'Try Again Later'],
    ['comes back within the hint', tryAgainLater({after: 3000, spread: 10_000, alias: true}), 8000, 'Try Again Later'],
    ['takes a second where there is no spread', tryAgainLater({after: 3000}), 3500, 'Try Again Later'],
    ['goes by its backoff where there is no hint', tryAgainLater(), 1000, 'Try Again Later'],
    ['goes by its backoff where there is no hint', tryAgainLater({alias: true}), 1000, 'Try Again Later'],
    ['comes back within the spread', serviceRestart({spread: 60_000}), 30_000, 'Service Restart'],
    ['draws from 5–30 s where there is no hint', serviceRestart(), 17_500, 'Service Restart'],
    ['draws from 5–30 s where there is no hint', serviceRestart({alias: true}), 17_500, 'Service Restart'],
    ['goes by its backoff where there is no hint', badGateway(), 1000, 'Bad Gateway'],
    ['comes back within the hint', badGateway({after: 1500, alias: true}), 2000, 'Bad Gateway'],
    ['finds the hint beside a text that is cut', closeReason(1011, 'the database is away. '.repeat(9), {after: 1500, spread: 0}), 1500, 'Internal Error'],
  ])('%s: %j [CC-150] [CC-154]', async (_, frame, delay, name) => {
    const server = await serving(says(frame))
    const client = connecting(server, {backoff: {}, random: () => 0.5})
    expect(await once(client, 'retry')).toMatchObject({delay, last: frame, verdict: {name, action: 'retry', fault: 'server'}})
  })
})

describe('of two addresses', () => {
  const minute = {after: 60_000, spread: 0}

  const meeting = async (frame: CloseFrame) => {
    const [first, second] = await Promise.all([serving(says(frame)), serving(echoes())])
    const client = connect([first.url, second.url], {WebSocket, random: () => 0})
    onTestFinished(() => client.close())
    return {client, first, second}
  }

  it.each([tryAgainLater(minute), tryAgainLater({...minute, alias: true}), serviceRestart({...minute, alias: true})])('the client goes to the other after %j [CC-154]', async (frame) => {
    const {client, first, second} = await meeting(frame)
    await state(client, 'backoff')
    await state(client, 'open')
    expect([first.connections.length, second.connections.length]).toEqual([1, 1])
  })

  it('it stays where it was after a private code [CC-154]', async () => {
    const {client, second} = await meeting(closeReason(4911, '', minute))
    expect((await state(client, 'backoff')).delay).toBe(60_000)
    expect(second.connections.length).toBe(0)
  })
})

it('an upgrade that is refused on the raw socket is told with its status and Retry-After, and TCP is let go [CC-155]', async () => {
  const server = await serving(answers(rawRetryAfter({after: 7000})))
  const client = connectingFromNode(server, {backoff: {}, random: () => 0.5})
  expect(await once(client, 'retry')).toMatchObject({delay: 7500, last: {status: 503, retryAfter: 7000, opened: false}})
  await server.until(() => server.sockets === 0)
})
