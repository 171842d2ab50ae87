// Is bad usage answered by one sentence that says what would be right?

import {describe, expect, it} from 'vitest'
import {readArguments} from '../../src/cli/args.ts'
import {closecall} from './command.ts'

const wrong: [string[], RegExp][] = [
  [['explain'], /one close code, or two/],
  [['explain', 'NaN'], /“NaN” is no close code: .*0 to 65535/],
  [['explain', '1e9'], /“1e9” is no close code/],
  [['explain', '65536'], /“65536” is no close code/],
  [['explain', '10.5'], /“10\.5” is no close code/],
  [['explain', ''], /“” is no close code/],
  [['explain', '-1'], /no option “-1”/],
  [['explain', '1007', 'abc'], /“abc” is no close code/],
  [['explain', 'abc', '1e9'], /“abc” and “1e9” are no close codes/],
  [['explain', '1007', '1008', '1009'], /or two to compare/],
  [['explain', '1007', '--status', '503'], /either .* or --status alone/],
  [['explain', '--status', '503', '--dialect', 'discord'], /or --status alone/],
  [['explain', '--status', '199'], /“199” is no HTTP status .* 200 to 599/],
  [['explain', '--status', '600'], /“600” is no HTTP status/],
  [['explain', '1007', '--lang', 'de'], /language “de”: choose one of en, fr/],
  [['explain', '1007', '--lang'], /--lang needs a value/],
  [['explain', '1007', '--lang', '--json'], /--lang needs a value/],
  [['explain', '1007', '--json=yes'], /--json takes no value/],
  [['explain', '1007', '--dialect', 'klingon'], /dialect “klingon”: .*list --dialects/],
  [['explain', '1007', '--dialect', 'constructor'], /dialect “constructor”/],
  [['explain', '1007', '--watch'], /--watch is no option of explain/],
  [['explain', '1007', '--colour'], /no option “--colour”/],
  [['explain', '1007', '--constructor'], /no option “--constructor”/],
  [['explode', '1007'], /command “explode”: choose explain, list or probe/],
  [['constructor'], /command “constructor”/],
  [['\u001b[31mred\u202e'], /command “\\x1b\[31mred\\u\{202e\}”/],
  [['x'.repeat(100_000)], /command “x{80}…”/],
  [['list', '1007'], /list takes no “1007”/],
  [['list', '--dialects', '--dialect', 'discord'], /either --dialect or --dialects/],
  [['probe'], /one URL/],
  [['probe', 'example.com'], /“example.com” is no URL .*wss:\/\/example\.com\/live/],
  [['probe', 'https://example.com'], /is no URL that a WebSocket can connect to/],
  [['probe', 'wss://example.com/#part'], /without a fragment/],
  [['probe', 'wss://example.com/#'], /without a fragment/],
  [['probe', 'https://example.com/@room'], /“https:\/\/example\.com\/@room” is no URL/],
  [['probe', 'wss://'], /is no URL/],
  [['probe', 'wss://a', 'wss://b'], /one URL/],
  [['probe', 'wss://127.0.0.1:1', '--subprotocol', 'a b'], /--subprotocol takes one token/],
  [['probe', 'wss://127.0.0.1:1', '--subprotocol', 'a', '--subprotocol', 'a'], /only once/],
  [['probe', 'wss://127.0.0.1:1', '--subprotocol=--a', '--subprotocol=--a'], /only once/],
  [['probe', 'wss://127.0.0.1:1', '--header', 'secret'], /--header takes 'Name: value'/],
  [['probe', 'wss://127.0.0.1:1', '--header', 'a: secret\nb: c'], /--header takes 'Name: value'/],
  [['probe', 'wss://127.0.0.1:1', '--stable-after', '0'], /--stable-after takes seconds from 1 to 3600, not “0”/],
]

describe('bad usage', () => {
  it.each(wrong)('%j [CC-167]', async (args, sentence) => {
    const {exitCode, stdout, stderr} = await closecall(...args)
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
    expect(stderr).toMatch(sentence)
    // One line, nothing that acts on a terminal, no stack.
    expect(stderr).toMatch(/^[^\n\p{C}]{10,300}\n$/u)
  })

  it('is answered in the language that was asked for [CC-167]', async () => {
    const {exitCode, stderr} = await closecall('explain', '1e9', '--lang', 'fr-CA')
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/«\u00a01e9\u00a0» n’est pas un code de fermeture/)
  })

  it('shows no user, query or header [CC-166]', async () => {
    for (const args of [['probe', 'https://user:secret@example.com/?token=secret#secret'], ['probe', 'wss://user:secret/secret@example.com'], ['probe', 'wss://127.0.0.1:1', '--header', 'Authorization secret']])
      expect((await closecall(...args)).stderr).not.toMatch(/secret|user/)
  })

  it('without a command the help is shown [CC-167]', async () => {
    const nothing = await closecall()
    const asked = await closecall('--help')
    expect(nothing).toEqual({exitCode: 2, stdout: '', stderr: asked.stdout})
    expect(asked.exitCode).toBe(0)
  })
})

it('what is not said has a default, and a header no spaces around it [CC-162] [CC-164]', () => {
  expect(readArguments(['probe', 'ws://127.0.0.1', '--header', 'X-A:  one two ']).command).toEqual({name: 'probe', url: 'ws://127.0.0.1/', subprotocols: [], headers: {'x-a': ['one two']}, dialect: undefined, watch: false, stableAfter: 10_000})
})

describe('--help', () => {
  it.each(['en', 'fr'])('names each command, option and exit code, in %s [CC-167]', async (language) => {
    const {exitCode, stdout} = await closecall('probe', '-h', '--lang', language)
    expect(exitCode).toBe(0)
    for (const word of ['explain', 'list', 'probe', '--lang', '--json', '--dialect', '--dialects', '--status', '--subprotocol', '--header', '--stable-after', '--watch', '--help', '--version']) expect(stdout).toContain(word)
    expect([...stdout.matchAll(/^ {2}(\d[\d, ]*?) {2}/gm)].map(([, codes]) => codes)).toEqual(['0', '1', '2', '3', '4', '5', '70', '130, 143'])
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(90)
  })
})

it('--version says that of the package', async () => {
  const {default: manifest} = await import('../../package.json')
  expect(await closecall('--version')).toEqual({exitCode: 0, stdout: `${manifest.version}\n`, stderr: ''})
})
