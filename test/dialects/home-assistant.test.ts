// Does the dialect say what Home Assistant's documents say?

import {expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {homeAssistant} from '../../src/dialects/index.ts'
import {announces} from './announcements.ts'
import {followsItsSource} from './table.ts'

followsItsSource(homeAssistant, [], [1000, 1006, 1007, 1013, 4000])

announces(
  homeAssistant,
  [
    // "If the data is incorrect, the server will reply with auth_invalid message and disconnect the session."
    ['{"type":"auth_invalid","message":"Invalid password"}', {verdict: {action: 'stop', fault: 'policy'}}],
    ['{\n  "type": "auth_invalid",\n  "message": "Invalid password"\n}', {verdict: {action: 'stop'}}],
  ],
  [
    '{"type":"auth_ok","ha_version":"2021.5.3"}',
    '{"id":18,"type":"event","event":{"data":{"type":"auth_invalid"}}}',
  ],
)

it('stops after an auth_invalid, whatever the code [CC-144]', () => {
  const announced = homeAssistant.hint!('{"type":"auth_invalid","message":"Invalid password"}')!.verdict
  for (const code of [1000, 1006, 1008]) expect(classify({code}, {dialect: homeAssistant, announced}).action).toBe('stop')
})
