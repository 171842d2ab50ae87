// What do SignalR hubs mean by a close?

import {defineDialect, type DefinedDialect} from './define.ts'

const closes = /"type": ?7\b/

interface CloseMessage {
  type: 7
  error?: unknown
  allowReconnect?: unknown
}

/** A hub says in a message before the close whether its clients may come back. Its JSON protocol is understood, MessagePack is not. */
export const signalr: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'signalr',
  title: 'ASP.NET Core SignalR',
  source: 'dotnet/aspnetcore src/SignalR/docs/specs/HubProtocol.md "Close Message Encoding", @microsoft/signalr 10 (npm) HubConnection',
  rules: {
    // Its client comes back after any close that no such message forbids; the transport has these two.
    1000: {name: 'Normal Closure', meaning: 'the hub ended the connection without forbidding to come back', action: 'retry', fault: 'server', source: 'dotnet/aspnetcore WebSocketsServerTransport.cs'},
    1011: {name: 'Internal Error', meaning: 'the hub ended the connection because of an error', action: 'retry', fault: 'server', source: 'dotnet/aspnetcore WebSocketsServerTransport.cs'},
  },
  messages: {
    about: closes,
    // Each record ends with U+001E, and a message may hold several.
    parse: (text) =>
      text
        .split('\u001E')
        .filter((record) => closes.test(record))
        .map((record) => JSON.parse(record)),
    read: (records: CloseMessage[]) => {
      const close = records.find(({type}) => type === 7)
      return (
        !close ? undefined
        : close.allowReconnect === true ? {verdict: {action: 'retry', fault: 'server', name: 'Close', explanation: 'the hub ended the connection and lets clients come back', backoff: 'prompt'}}
        : close.error ? {verdict: {action: 'stop', fault: 'server', name: 'Close', explanation: 'the hub ended the connection because of an error and does not want clients back'}}
        : {verdict: {action: 'end', fault: 'none', name: 'Close', explanation: 'the hub ended the connection and does not want clients back'}}
      )
    },
  },
})
