// What does AWS AppSync mean by its messages? It has no close codes of its own.

import {announcedBy, type Announcement} from './announcement.ts'
import {defineDialect, type DefinedDialect} from './define.ts'

// Credentials are in the address or in a subprotocol, and expire.
const unauthorized: Announcement = ['Unauthorized', 'refresh', 'policy', 'AppSync refused the credentials']
const badRequest: Announcement = ['Bad Request', 'stop', 'sender', 'AppSync could not use the request']

const types: Readonly<Record<string, Announcement>> = {UnauthorizedException: unauthorized, BadRequestException: badRequest}
const codes: Readonly<Record<string, Announcement>> = {400: badRequest, 401: unauthorized, 403: ['Forbidden', 'stop', 'policy', 'AppSync does not allow this']}

/** GraphQL subscriptions and Events. Both tell in a `connection_error` why they refuse a connection. */
export const appsync: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'appsync',
  title: 'AWS AppSync',
  source: 'npm @aws-amplify/api-graphql 4.10.1 src/Providers/AWSWebSocketProvider/index.ts, src/Providers/constants.ts (NON_RETRYABLE_CODES, NON_RETRYABLE_ERROR_TYPES)',
  // Not `graphql-ws`, which AppSync's GraphQL shares with another protocol.
  subprotocols: ['aws-appsync-event-ws'],
  rules: {},
  messages: {
    about: /"connection_error"/,
    // GraphQL has the errors in a payload, Events has not.
    read: ({type, payload, errors = payload?.errors}) => {
      if (type !== 'connection_error') return undefined
      const {errorType, errorCode} = errors[0]
      const verdict = announcedBy(types, errorType) ?? (typeof errorCode === 'number' ? announcedBy(codes, String(errorCode)) : undefined)
      return verdict && {verdict}
    },
  },
})
