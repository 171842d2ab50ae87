// closecall, the command: what does this close code mean, and what happens when I connect there?

import {readFileSync} from 'node:fs'
import {codes, compare, explain} from '../catalog/index.ts'
import {dialects} from '../dialects/index.ts'
import {Misuse, readArguments, type ProbeRequest, type Request} from './args.ts'
import {exitCodes, signals} from './exit-codes.ts'
import {printComparison, printExplanation} from './explain.ts'
import {describeDialect, printCodes, printDialect, printDialects} from './list.ts'
import {findTransport, probe} from './probe.ts'
import {harmlessJSON, terminal, wrap} from './text.ts'
import {timeline} from './timeline.ts'
import {languages} from './words.ts'

/** @returns the exit code */
const run = async ({language, json, command}: Request, stop: AbortController): Promise<number> => {
  const output = terminal(process.stdout, process.env)
  const {print} = output
  const words = languages[language]
  const show = <T>(value: T, printIt: (value: T) => void): void => (json ? print(harmlessJSON(value, 2)) : printIt(value))
  switch (command.name) {
    case 'help':
      print(words.help)
      break
    case 'nothing':
      complain(words.help)
      return exitCodes.misuse
    case 'version':
      print(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
      break
    case 'dialects':
      show(dialects.map(describeDialect), () => printDialects(output, words, dialects))
      break
    case 'list': {
      const {dialect} = command
      if (dialect) show(describeDialect(dialect), () => printDialect(output, words, dialect))
      else show(codes({locale: language}), (all) => printCodes(output, words, all))
      break
    }
    case 'status':
      show(explain(1006, {locale: language, context: {status: command.status}}), (explanation) => printExplanation(output, words, explanation))
      break
    case 'explain': {
      const {dialect, codes: [code, other]} = command
      const options = {locale: language, ...(dialect && {context: {dialect}})}
      if (other !== undefined) show(compare(code, other, options), (comparison) => printComparison(output, words, comparison))
      else
        show(explain(code, options), (explanation) => {
          printExplanation(output, words, explanation)
          if (code >= 200 && code < 600) print('', ...wrap(words.perhapsStatus(code), output.width))
          const services = dialects.filter((each) => each.judge({code})).map(({name}) => name)
          if (!dialect && ['library', 'private'].includes(explanation.kind) && services.length) print('', ...wrap(words.services(code, services), output.width))
        })
      break
    }
    case 'probe':
      return runProbe(command, {language, json}, stop)
    default:
      command satisfies never
  }
  return exitCodes.fine
}

const runProbe = async (request: ProbeRequest, {language, json}: Pick<Request, 'language' | 'json'>, stop: AbortController): Promise<number> => {
  const output = terminal(process.stdout, process.env)
  const words = languages[language]
  const transport = await findTransport()
  const lacking = !transport ? words.probe.noWebSocket : transport.name === 'native' && Object.keys(request.headers).length ? words.probe.noHeaders : undefined
  if (!transport || lacking) {
    complain(lacking!)
    return exitCodes.noWebSocket
  }
  // Once: who presses Ctrl-C again does not want to wait.
  for (const [signal, code] of Object.entries(signals)) process.once(signal, () => stop.abort(code))
  const tell = json ? (event: object) => output.print(harmlessJSON(event)) : timeline(output, words, language, request.watch, request.stableAfter)
  return probe(request, transport, language, tell, stop.signal)
}

const complain = (sentence: string): void => void process.stderr.write(`${sentence}\n`)

const main = async (): Promise<number> => {
  const stop = new AbortController()
  // The reader of a pipe may have had enough (`| head`): nothing is wrong, and nothing more is said.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return stop.abort(exitCodes.fine)
    complain(error.message)
    process.exit(exitCodes.unwritten)
  })
  try {
    return await run(readArguments(process.argv.slice(2)), stop)
  } catch (error) {
    // Not with 1, which says something about a server.
    complain(error instanceof Misuse ? error.message : ((error as Error).stack ?? String(error)))
    return error instanceof Misuse ? exitCodes.misuse : exitCodes.defect
  }
}

process.exitCode = await main()
// A runtime's own socket may keep the process alive long after it was left. What could not be written is told after the callback.
process.stdout.write('', () => setImmediate(() => process.exit()))
