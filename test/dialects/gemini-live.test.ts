// What the Gemini Live API says: @google/genai 2.32.0 LiveServerGoAway, and closes that were reported.

import {describe, expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {geminiLive} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  geminiLive,
  [
    // [yagudaev/voiceclaw#155]
    [1007, 'API key refused', 'refresh', {reason: 'API key expired. Please renew the API key.', fault: 'policy', report: false}],
    [1007, 'API key refused', 'refresh', {reason: 'API key not valid. Please pass a valid API key.', fault: 'policy'}],
    // [nishuzumi/gemini-teacher#7]
    [1007, 'Location not supported', 'stop', {reason: 'Request trace id: 6e8473cab002a9c9, [ORIGINAL ERROR] generic::failed_precondition: User location is not supported for the A', fault: 'policy'}],
    // [googleapis/python-genai#130]
    [1007, 'Invalid argument', 'stop', {reason: 'Request contains an invalid argument.', fault: 'sender', report: true}],
    [1007, 'Invalid argument', 'stop', {reason: 'Precondition check failed.', fault: 'sender'}],
    [1007, 'Invalid argument', 'stop', {reason: 'The input token count exceeds the maximum number of tokens allowed', fault: 'sender'}],
    [1007, 'Invalid argument', 'stop', {fault: 'sender'}],
    // "intermittent 1008 … at very random times" [googleapis/js-genai#1236], "randomly, not deterministically" [deprecated-generative-ai-js#487]
    [1008, 'Session refused', 'retry', {reason: 'Operation is not implemented, or supported, or enabled.', budget: 3}],
    [1008, 'Session refused', 'retry', {reason: 'Requested entity was not found.', budget: 3}],
  ],
  [1000, 1001, 1006, 1011, 1013, 4000],
)

const away = {after: 0, verdict: {name: 'Go away', action: 'retry', fault: 'server'}} as const

announces(
  geminiLive,
  [
    // "The remaining time before the connection will be terminated as ABORTED", a protobuf duration in JSON
    ['{"goAway":{"timeLeft":"9.5s"}}', away],
    ['{\n  "goAway": {\n    "timeLeft": "50s"\n  }\n}\n', away],
    // How long it is left is of no matter.
    ['{"goAway":{}}', away],
    ['{"goAway":{"timeLeft":"-1e999s"}}', away],
    ['{"goAway":{"timeLeft":{"seconds":9007199254740993}}}', away],
  ],
  ['{"goAway":null}', '{"goAway":"9.5s"}', '{"goAway":5}', '{"serverContent":{"text":"goAway"},"x":{"goAway":{}}}', '["goAway"]'],
)

describe('gemini-live', () => {
  it('comes back after a close that was announced, with whatever code, but for one that stops [CC-144]', () => {
    const announced = geminiLive.hint?.('{"goAway":{"timeLeft":"9.5s"}}')?.verdict
    const actions = [1000, 1001, 1006, 1008, 1011].map((code) => classify({code}, {dialect: geminiLive, announced}).action)
    expect(actions).toEqual(Array(5).fill('retry'))
    expect(classify({code: 1007, reason: 'Precondition check failed.'}, {dialect: geminiLive, announced}).action).toBe('stop')
  })
})
