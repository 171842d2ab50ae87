// Does the catalog say more where more is known?

import {describe, expect, it} from 'vitest'
import {explain} from '../../src/catalog/index.ts'
import {classify, type Close} from '../../src/core/index.ts'
import {defineDialect} from '../../src/dialects/index.ts'

describe('a refused handshake', () => {
  it.each([
    [401, 'Unauthorized', 'Non authentifié', 'RFC 9110 §15.5.2', 'http-401'],
    [403, 'Forbidden', 'Interdit', 'RFC 9110 §15.5.4', 'http-403'],
    [407, 'Proxy Authentication Required', 'Authentification exigée par un proxy', 'RFC 9110 §15.5.8', 'http-407'],
    [408, 'Request Timeout', 'Délai de la requête dépassé', 'RFC 9110 §15.5.9', 'http-408'],
    [425, 'Too Early', 'Trop tôt', 'RFC 8470 §5.2', 'http-425'],
    [429, 'Too Many Requests', 'Trop de requêtes', 'RFC 6585 §4', 'http-429'],
    [200, 'Not a WebSocket', 'Pas un WebSocket', 'RFC 6455 §4.1', 'http-2xx'],
    [302, 'Redirect', 'Redirection', 'RFC 9110 §15.4', 'http-3xx'],
    [399, 'Redirect', 'Redirection', 'RFC 9110 §15.4', 'http-3xx'],
    [404, 'Refused', 'Refusé', 'RFC 9110 §15.5', 'http-4xx'],
    [499, 'Refused', 'Refusé', 'RFC 9110 §15.5', 'http-4xx'],
    [500, 'Server error', 'Erreur du serveur', 'RFC 9110 §15.6', 'http-5xx'],
    [530, 'Server error', 'Erreur du serveur', 'RFC 9110 §15.6', 'http-5xx'],
    [999, 'Server error', 'Erreur du serveur', 'RFC 9110 §15.6', 'http-5xx'],
  ])('is told by its status: %i %s [CC-133]', (status, name, nom, reference, anchor) => {
    const explanation = explain(1006, {context: {status}})
    expect(explanation).toMatchObject({code: 1006, kind: 'reserved', status, name, reference, link: `docs/codes.md#${anchor}`, verdict: classify({code: 1006, status})})
    expect(explain(1006, {context: {status}, locale: 'fr'}).name).toBe(nom)
    expect(explanation.description).not.toBe(explain(1006).description)
  })

  it('without a status is told as a 1006 [CC-133]', () => {
    expect(explain(1006, {context: {status: 0}})).toEqual(explain(1006))
  })
})

describe('facts of the close', () => {
  it('tell a connection that never opened from one that was lost [CC-133]', () => {
    const never = explain(1006, {context: {opened: false}})
    expect(never).toMatchObject({name: 'Never opened', link: 'docs/codes.md#1006', registeredName: 'Abnormal Closure'})
    expect(explain(1006, {context: {origin: 'connect-timeout'}})).toMatchObject({name: 'Never opened'})
    expect(explain(1006, {context: {opened: true}})).toEqual(explain(1006))
    // What a server said in a close frame was said over an open connection.
    expect(explain(1013, {context: {opened: false}}).description).toBe(explain(1013).description)
  })

  it.each([
    ['heartbeat', 'No sign of life', 'Aucun signe de vie'],
    ['provider', 'No address', 'Aucune adresse'],
    ['constructor', 'Not allowed here', 'Impossible ici'],
  ] as const)('tell an end by the %s [CC-133]', (origin, name, nom) => {
    expect(explain(1006, {context: {origin, opened: origin === 'heartbeat'}})).toMatchObject({name, verdict: classify({code: 1006, origin})})
    expect(explain(1006, {context: {origin}, locale: 'fr'}).name).toBe(nom)
    expect(explain(1006, {context: {origin}})).toEqual(explain(1006, {context: {origin, opened: origin === 'heartbeat'}}))
  })

  it('may be a whole close, whose words are shown nowhere [CC-133]', () => {
    const close: Close = {code: 1013, reason: '<b>busy</b>\u001b[31m', wasClean: true, opened: true, age: 10, origin: 'event', error: 'secret words'}
    const explanation = explain(close.code, {context: close})
    expect(explanation).toEqual(explain(1013))
    expect(JSON.stringify(explanation)).not.toMatch(/<b>|secret|\\u001b/)
  })
})

describe('a dialect', () => {
  it.each([{}, {name: 'x'}, {judge: () => undefined}, {name: 5, judge: () => undefined}])('that is none is refused in a sentence: %j [CC-133]', (dialect) => {
    expect(() => explain(4000, {context: {dialect: dialect as never}})).toThrow(/^closecall: `context\.dialect` must be a Dialect, got an object$/)
  })

  const chat = defineDialect({
    name: 'chat',
    title: 'Chat',
    source: 'chat/docs/closing.md',
    rules: {
      4001: {name: 'Token expired', meaning: 'the token is too old', action: 'refresh', fault: 'policy'},
      4002: {name: 'Banned', meaning: 'you were banned', action: 'stop', fault: 'policy', reason: /for good/},
      1013: {name: 'Full', meaning: 'the room is full!', action: 'retry', fault: 'server', budget: 3},
      '4500-4599': {name: 'Internal', meaning: 'a worker crashed.', action: 'retry', fault: 'server'},
    },
  })
  const context = {dialect: chat}

  it('says what its service means by a private code [CC-133]', () => {
    expect(explain(4001, {context})).toMatchObject({
      code: 4001,
      kind: 'private',
      name: 'Token expired',
      description: 'The token is too old.',
      whenYouSee: 'From Chat. Elsewhere the code may mean something else.',
      howToFix: 'Get the credentials or the permission that it takes.',
      reference: 'chat/docs/closing.md',
      dialect: 'chat',
      link: 'docs/codes.md#chat',
      verdict: chat.judge({code: 4001}),
    })
    expect(explain(4555, {context})).toMatchObject({name: 'Internal', description: 'A worker crashed.'})
  })

  it('goes before a registered meaning, whose name stays [CC-133]', () => {
    const explanation = explain(1013, {context})
    expect(explanation).toMatchObject({name: 'Full', registeredName: 'Try Again Later', description: 'The room is full!', kind: 'registered'})
    expect(explanation.whatClosecallDoes).toMatch('After 3 in a row it stops and reports.')
  })

  it('in French is quoted, in its own words [CC-133]', () => {
    expect(explain(4001, {context, locale: 'fr'})).toMatchObject({
      name: 'Token expired',
      description: 'Sens donné au code\u00a0: «\u00a0the token is too old\u00a0».',
      whenYouSee: 'Chez Chat. Ailleurs, le code peut avoir un autre sens.',
    })
    expect(explain(4555, {context, locale: 'fr'}).description).toBe('Sens donné au code\u00a0: «\u00a0a worker crashed\u00a0».')
  })

  it('is not named where it does not speak of the code [CC-133]', () => {
    for (const facts of [{}, {reason: 'for now'}]) expect(explain(4002, {context: {...context, ...facts}})).toEqual(explain(4002))
    expect(explain(4002, {context: {...context, reason: 'for good'}})).toMatchObject({dialect: 'chat', name: 'Banned'})
    expect(explain(1006, {context: {...context, status: 401}})).toEqual(explain(1006, {context: {status: 401}}))
  })

  it('is asked once, so that name and verdict are of one answer [CC-133]', () => {
    let answers = 0
    const fickle = {name: 'chat', judge: () => (answers++ ? undefined : chat.judge({code: 4001}))}
    expect(explain(4001, {context: {dialect: fickle}})).toMatchObject({dialect: 'chat', name: 'Token expired', verdict: {action: 'refresh'}})
    expect(answers).toBe(1)
  })

  it('without a title goes by its name, without a source by the standard’s [CC-133]', () => {
    const {judge} = chat
    expect(explain(4001, {context: {dialect: {name: 'chat', judge}}})).toMatchObject({whenYouSee: 'From chat. Elsewhere the code may mean something else.', reference: 'RFC 6455 §7.4.2'})
  })
})

describe('what the caller decided', () => {
  it('is told: names and meanings, too [CC-133]', () => {
    const verdicts = {4001: {name: 'Kicked', explanation: 'you were kicked', action: 'stop'}, 1011: 'stop'} as const
    expect(explain(4001, {context: {verdicts}})).toMatchObject({name: 'Kicked', description: 'You were kicked.', verdict: {action: 'stop'}})
    expect(explain(1011, {context: {verdicts}})).toMatchObject({name: 'Internal Error', description: explain(1011).description, verdict: {action: 'stop'}})
  })

  it('is nothing, where it is empty [CC-133]', () => {
    expect(explain(1011, {context: {verdicts: {1011: {explanation: ''}}}}).description).toBe(explain(1011).description)
  })

  it('is no new meaning where only the fault is another [CC-133]', () => {
    expect(explain(1013, {context: {verdicts: {1013: {fault: 'network'}}}})).toMatchObject({description: explain(1013).description, verdict: {fault: 'network'}})
  })

  it('may leave parts of a verdict undecided [CC-133]', () => {
    expect(explain(1013, {context: {verdicts: {1013: {name: undefined, action: undefined, fault: undefined, report: undefined}}} as never})).toEqual(explain(1013))
  })

  it('holds for what a message announced, too [CC-133]', () => {
    const announced = {action: 'end', fault: 'none', name: 'Goodbye', explanation: 'the server says goodbye'} as const
    expect(explain(1001, {context: {announced}})).toMatchObject({name: 'Goodbye', description: 'The server says goodbye.', whatClosecallDoes: 'closecall stays closed.'})
  })
})

describe('an alias', () => {
  it.each([
    [4912, 1012],
    [4913, 1013],
    [4914, 1014],
  ])('%i explains itself, and what it stands for: %i [CC-133]', (alias, code) => {
    for (const locale of ['en', 'fr']) {
      const [double, standard] = [explain(alias, {locale}), explain(code, {locale})]
      expect(double).toMatchObject({name: standard.name, howToFix: standard.howToFix, whatClosecallDoes: standard.whatClosecallDoes, verdict: standard.verdict, closeAccepts: true})
      expect(double.description).toContain(String(code))
      expect(double.description.endsWith(standard.description)).toBe(true)
      expect(double.whenYouSee).toContain('closecall/server')
    }
  })
})
