// What does the catalog say, as a page? Made of the built package, so that docs/codes.md is never out of date.

import {codes, explain, languages} from '../../dist/catalog.js'
import * as door from '../../dist/dialects.js'

const {defineDialect, dialects} = door

/** What a dialect is imported by. */
const exportOf = (dialect) => Object.entries(door).find(([, each]) => each === dialect)[0]

/** Plain text as Markdown: identifiers stay code, and nothing else acts, in a table neither. */
const markdown = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 ? part.replaceAll('|', '\\|') : part.replace(/[\\`*_<>|[\]]/g, '\\$&')))
    .join('')

const row = (...cells) => `| ${cells.join(' | ')} |`

const table = (heads, rows) => [row(...heads), row(...heads.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n')

const anchorOf = ({link}) => link.split('#')[1]

const senders = {either: 'either side', client: 'only the client', server: 'only the server', nobody: 'nobody'}

const linkTo = ({title, explanation}) => `[${title}](#${anchorOf(explanation)})`

const tableOfCodes = (listed) =>
  table(
    ['code', 'name', 'sent by', "a browser's `close()` takes it"],
    listed.map((each) => [linkTo(each), markdown(each.explanation.name), senders[each.explanation.sentBy], each.explanation.closeAccepts ? 'yes' : 'no']),
  )

const tableOfStatuses = (listed) => table(['status', 'name'], listed.map((each) => [linkTo(each), markdown(each.explanation.name)]))

const entry = ({title, explanation}) => {
  const {constant, status, name, reference, description, whenYouSee, howToFix, whatClosecallDoes, whenToSend} = explanation
  return [
    `<a id="${anchorOf(explanation)}"></a>\n### ${title} ${markdown(name)}`,
    markdown(description),
    [
      ['When you see it', whenYouSee],
      ['What to do', howToFix],
      ['What closecall does', whatClosecallDoes],
      [status ? 'When to refuse with it' : 'When to send it', whenToSend],
      ['In code', !status && constant && `\`CloseCode.${constant}\``],
      ['Reference', reference],
    ]
      .filter(([, text]) => text)
      .map(([label, text]) => `- ${label}: ${markdown(text)}`)
      .join('\n'),
  ].join('\n\n')
}

/** Each rule is explained alone, so that it is its own verdict that is told, whatever reason it waits for. */
const ruleRows = ({name: dialectName, title, source, rules: all}) =>
  Object.entries(all).flatMap(([key, rules]) =>
    [rules].flat().map((rule) => {
      const dialect = defineDialect({name: dialectName, title, source, rules: {[key]: {...rule, reason: undefined}}})
      const {name, description, whatClosecallDoes} = explain(Number(key.split('-')[0]), {context: {dialect}})
      // What any retry may have in common is told once, above.
      const [first, limit] = whatClosecallDoes.split(/(?<=\.) /).filter((sentence) => /closecall|in a row/.test(sentence))
      return [key.replace('-', '–') + (rule.reason ? `, reason \`${String(rule.reason).replaceAll('|', '\\|')}\`` : ''), markdown(name), markdown(description), [first.replace('closecall ', ''), limit].filter(Boolean).join(' ')]
    }),
  )

const section = (dialect) => {
  const {name, title, source, subprotocols = [], messages} = dialect
  const rows = ruleRows(dialect)
  const facts = [
    `Dialect \`${name}\`, in code \`${exportOf(dialect)}\`.`,
    ...(subprotocols.length ? [`Subprotocols: ${subprotocols.map((each) => `\`${each}\``).join(', ')}.`] : []),
    ...(messages ? ['Its messages about a close to come are read, too.'] : []),
    `Source: ${markdown(source)}.`,
  ]
  return [`<a id="${name}"></a>\n### ${markdown(title)}`, facts.join(' '), ...(rows.length ? [table(['code', 'name', 'meaning', 'what closecall does'], rows)] : [])].join('\n\n')
}

/** `docs/codes.md`, whole. */
export function pageOfCodes() {
  const listed = codes()
  const [own, refused] = [listed.filter(({explanation}) => !explanation.status), listed.filter(({explanation}) => explanation.status)]
  return `${[
    '<!-- Written by `npm run codes` from closecall/catalog and closecall/dialects, checked by the tests. -->',
    '# What each close means',
    `The same texts come from \`explain(1007)\` and \`compare(1007, 1013)\` of \`closecall/catalog\`, in ${languages.map((each) => new Intl.DisplayNames('en', {type: 'language'}).of(each)).join(' and ')}. What closecall does is told for its default options; with \`verdicts\` or a dialect in \`context\`, \`explain\` tells what it does under them. A hint of the server about when to come back counts for ten minutes at most. "In a row" means the same code without another, and without a connection that stayed open for 10 s, in between. Deno reports code 0 where others say 1006.`,
    '## Close codes',
    tableOfCodes(own),
    ...own.map(entry),
    '## Refused handshakes',
    'A refused handshake is a 1006. Its HTTP status is known with `ws`, Bun and Deno; elsewhere `closecall/probe` can ask for it.',
    tableOfStatuses(refused),
    ...refused.map(entry),
    '## Dialects',
    'What real services mean by their own codes, each from the source named. With `import {discord} from \'closecall/dialects\'`, `connect(url, {dialect: discord})` makes the client act on it; of several, as in `{dialect: [graphqlTransportWs, phoenix]}`, the one whose subprotocol the server chose. `defineDialect()` makes one for a service of your own.',
    ...dialects.map(section),
  ].join('\n\n')}\n`
}
