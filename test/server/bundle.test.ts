// Does what a server imports need more than the language?

import {createContext, runInContext} from 'node:vm'
import {expect, it} from 'vitest'
import {textOf} from '../helpers/sizes.mjs'

it('needs nothing but ECMAScript [CC-156]', async () => {
  const names = 'badGateway, closeReason, createShedder, httpRetryAfter, rawRetryAfter, serviceRestart, tryAgainLater'
  const code = await textOf(`export {${names}} from './src/server/index.ts'`, {format: 'iife', globalName: 'server'})
  const calls = `[tryAgainLater({after: 1}), serviceRestart(), badGateway(), closeReason(4000, '🎈\\uD800'.repeat(40)), httpRetryAfter({spread: 0}), rawRetryAfter({spread: 0}), createShedder({capacity: 1}).restart(5000)]`
  const made = runInContext(`${code};{const {${names}} = server; JSON.stringify(${calls})}`, createContext({})) as string
  expect(JSON.parse(made)).toEqual([
    {code: 1013, reason: 'retry-after=0.001'},
    {code: 1012, reason: ''},
    {code: 1014, reason: ''},
    {code: 4000, reason: `${'🎈\uFFFD'.repeat(17)}🎈`},
    {status: 503, statusText: 'Service Unavailable', headers: {'Retry-After': '0'}},
    'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    {code: 1012, reason: 'retry-after=5;spread=0', hint: {after: 5000, spread: 0}},
  ])
})
