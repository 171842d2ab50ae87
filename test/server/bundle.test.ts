// Does a server pay for the client, or need more than the language?

import {createContext, runInContext} from 'node:vm'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {expect, it} from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const bundled = async (names: string): Promise<{code: string; files: string[]}> => {
  const contents = `export {${names}} from './src/server/index.ts'`
  const {outputFiles, metafile} = await build({stdin: {contents, resolveDir: root}, absWorkingDir: root, bundle: true, write: false, minify: true, metafile: true, target: 'es2022', format: 'iife', globalName: 'server', logLevel: 'error'})
  const files = Object.entries(Object.values(metafile.outputs)[0]!.inputs).filter(([, {bytesInOutput}]) => bytesInOutput > 0)
  return {code: outputFiles[0]!.text, files: files.map(([file]) => file).filter((file) => file.startsWith('src/'))}
}

it('takes nothing of the client along [CC-156]', async () => {
  const {code, files} = await bundled('tryAgainLater')
  expect(files).toContain('src/server/close-frame.ts')
  expect(files.filter((file) => !/^src\/(server\/|core\/(check|close-codes|errors|secrets|send-buffer)\.ts$)/.test(file))).toEqual([])
  expect(code.length).toBeLessThan(3500)
})

it('needs nothing but ECMAScript [CC-156]', async () => {
  const {code} = await bundled('badGateway, closeReason, httpRetryAfter, rawRetryAfter, serviceRestart, tryAgainLater')
  const calls = `[tryAgainLater({after: 1}), serviceRestart(), badGateway(), closeReason(4000, '🎈\\uD800'.repeat(40)), httpRetryAfter({spread: 0}), rawRetryAfter({spread: 0})]`
  const made = runInContext(`${code};{const {badGateway, closeReason, httpRetryAfter, rawRetryAfter, serviceRestart, tryAgainLater} = server; JSON.stringify(${calls})}`, createContext({})) as string
  expect(JSON.parse(made)).toEqual([
    {code: 1013, reason: 'retry-after=0.001'},
    {code: 1012, reason: ''},
    {code: 1014, reason: ''},
    {code: 4000, reason: `${'🎈\uFFFD'.repeat(17)}🎈`},
    {status: 503, statusText: 'Service Unavailable', headers: {'Retry-After': '0'}},
    'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  ])
})
