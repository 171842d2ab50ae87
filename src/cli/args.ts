// What is asked for? If that can't be told, one sentence says what would be right.

import {parseArgs} from 'node:util'
import {dialects, type DefinedDialect} from '../dialects/index.ts'
import {withoutSecrets} from '../core/secrets.ts'
import {harmless} from './text.ts'
import {languageNamed, languages, type Language, type Words} from './words.ts'

export interface ProbeRequest {
  url: string
  subprotocols: readonly string[]
  /** Values are secrets. */
  headers: Readonly<Record<string, readonly string[]>>
  dialect: DefinedDialect | undefined
  watch: boolean
  /** Open so long, and all is well, ms. */
  stableAfter: number
}

export type Command =
  | {name: 'help' | 'version' | 'nothing' | 'dialects'}
  | {name: 'explain'; codes: readonly [number, number?]; dialect: DefinedDialect | undefined}
  | {name: 'status'; status: number}
  | {name: 'list'; dialect: DefinedDialect | undefined}
  | ({name: 'probe'} & ProbeRequest)

export interface Request {
  language: Language
  json: boolean
  command: Command
}

/** Its message is all that is said. */
export class Misuse extends Error {}

const options = {
  lang: {type: 'string'},
  json: {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
  version: {type: 'boolean', short: 'v'},
  dialect: {type: 'string'},
  dialects: {type: 'boolean'},
  status: {type: 'string'},
  subprotocol: {type: 'string', multiple: true},
  header: {type: 'string', multiple: true},
  'stable-after': {type: 'string'},
  watch: {type: 'boolean'},
} as const

const general: readonly string[] = ['lang', 'json', 'help', 'version']

/** What each command takes beyond that. */
const commands: Readonly<Record<string, readonly string[]>> = {
  explain: ['dialect', 'status'],
  list: ['dialect', 'dialects'],
  probe: ['dialect', 'subprotocol', 'header', 'stable-after', 'watch'],
}

/** @throws {Misuse} */
export const readArguments = (args: readonly string[]): Request => {
  // Lenient, since its own errors are more than a sentence, and English.
  const {tokens, values, positionals} = parseArgs({args: [...args], options, strict: false, allowPositionals: true, tokens: true})
  const tag = String(values.lang ?? 'en')
  const language = languageNamed(tag)
  const {quoted, misuse}: Words = languages[language ?? 'en']
  const say = (text: string): string => quoted(harmless(text, 80))
  const refuse = (sentence: string): never => {
    throw new Misuse(sentence)
  }

  const [name = '', ...rest] = positionals
  const known = Object.hasOwn(commands, name)
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const {name: option, rawName, value, inlineValue} = token
    if (!Object.hasOwn(options, option)) refuse(misuse.option(say(rawName)))
    const takesValue = options[option as keyof typeof options].type === 'string'
    if (takesValue && (value === undefined || (!inlineValue && value.startsWith('--')))) refuse(misuse.noValue(rawName))
    if (!takesValue && value !== undefined) refuse(misuse.needlessValue(rawName))
    if (known && ![...general, ...commands[name]!].includes(option)) refuse(misuse.otherCommand(rawName, name))
  }
  if (!language) return refuse(misuse.language(say(tag), Object.keys(languages)))

  const request = (command: Command): Request => ({language, json: values.json === true, command})
  if (values.help) return request({name: 'help'})
  if (values.version) return request({name: 'version'})
  if (!positionals.length) return request({name: 'nothing'})
  if (!known) refuse(misuse.command(say(name)))

  const dialect = values.dialect === undefined ? undefined : (dialects.find((each) => each.name === values.dialect) ?? refuse(misuse.dialect(say(String(values.dialect)))))
  if (name === 'list') {
    if (rest.length) refuse(misuse.surplus(say(rest[0]!)))
    if (values.dialects && dialect) refuse(misuse.dialectAndDialects)
    return request(values.dialects ? {name: 'dialects'} : {name: 'list', dialect})
  }
  if (name === 'explain') {
    if (values.status !== undefined) {
      if (rest.length || dialect) refuse(misuse.codeAndStatus)
      return request({name: 'status', status: wholeNumber(String(values.status), 200, 599) ?? refuse(misuse.status(say(String(values.status))))})
    }
    if (!rest.length || rest.length > 2) refuse(misuse.howManyCodes)
    const codes = rest.map((text) => wholeNumber(text, 0, 65_535))
    const wrong = rest.filter((_, i) => codes[i] === undefined)
    if (wrong.length) refuse(misuse.codes(wrong.map(say)))
    return request({name: 'explain', codes: codes as [number, number?], dialect})
  }
  if (rest.length !== 1) refuse(misuse.howManyURLs)
  const seconds = String(values['stable-after'] ?? 10)
  return request({
    name: 'probe',
    url: urlOf(rest[0]!) ?? refuse(misuse.url(say(presentable(rest[0]!)))),
    subprotocols: subprotocolsOf(given(values.subprotocol)) ?? refuse(misuse.subprotocols),
    headers: headersOf(given(values.header)) ?? refuse(misuse.header),
    dialect,
    watch: values.watch === true,
    stableAfter: 1000 * (wholeNumber(seconds, 1, 3600) ?? refuse(misuse.stableAfter(say(seconds)))),
  })
}

const given = (value: unknown): string[] => [value ?? []].flat() as string[]

const wholeNumber = (text: string, least: number, most: number): number | undefined => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : -1
  return number >= least && number <= most ? number : undefined
}

/** The rules of `connect`, whose own words would show a user's name, or a query. */
const urlOf = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined
  const {protocol, hash, href} = new URL(text)
  return /^wss?:$/.test(protocol) && !hash && !text.endsWith('#') ? href : undefined
}

/** In what is no URL, a user's name may reach anywhere before the `@`. */
const presentable = (text: string): string => withoutSecrets(URL.canParse(text) ? text : text.replace(/^(\w+:\/\/)?[^]*@[^]*$/, '$1…'))

/** [RFC 9110 §5.6.2] */
const token = /^[\w!#$%&'*+.^`|~-]+$/

const subprotocolsOf = (names: readonly string[]): readonly string[] | undefined => (names.every((name) => token.test(name)) && new Set(names).size === names.length ? names : undefined)

/** Each with its values, in the order given. [RFC 9110 §5.5] */
const headersOf = (lines: readonly string[]): Record<string, string[]> | undefined => {
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    const value = line.slice(at + 1).trim()
    if (at < 0 || !token.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return undefined
    headers.set(name, [...(headers.get(name) ?? []), value])
  }
  return Object.fromEntries(headers)
}
