// Which dialects are there, and which one has this name?

import {must} from '../core/check.ts'
import {actioncable} from './actioncable.ts'
import {appsync} from './appsync.ts'
import {assemblyai} from './assemblyai.ts'
import {awsApiGateway} from './aws-api-gateway.ts'
import {azureWebPubsub} from './azure-web-pubsub.ts'
import {binance} from './binance.ts'
import {centrifugo} from './centrifugo.ts'
import {cloudflare} from './cloudflare.ts'
import {colyseus} from './colyseus.ts'
import {convex} from './convex.ts'
import {courier} from './courier.ts'
import {deepgram} from './deepgram.ts'
import type {DefinedDialect} from './define.ts'
import {discord} from './discord.ts'
import {geminiLive} from './gemini-live.ts'
import {graphqlTransportWs} from './graphql-transport-ws.ts'
import {hocuspocus} from './hocuspocus.ts'
import {homeAssistant} from './home-assistant.ts'
import {kraken} from './kraken.ts'
import {kubernetes} from './kubernetes.ts'
import {liveblocks} from './liveblocks.ts'
import {livekit} from './livekit.ts'
import {metered} from './metered.ts'
import {nats} from './nats.ts'
import {openaiRealtime} from './openai-realtime.ts'
import {phoenix} from './phoenix.ts'
import {pusher} from './pusher.ts'
import {signalr} from './signalr.ts'
import {slack} from './slack.ts'
import {socketIo} from './socket-io.ts'
import {socketcluster} from './socketcluster.ts'
import {streamChat} from './stream-chat.ts'
import {twitchEventsub} from './twitch-eventsub.ts'
import {uws} from './uws.ts'
import {walletconnect} from './walletconnect.ts'
import {wamp} from './wamp.ts'
import {xmpp} from './xmpp.ts'

/** Every dialect, by name. Who imports this pays for all of them; who imports one by its own name pays for one. */
export const dialects: readonly DefinedDialect[] = [
  actioncable,
  appsync,
  assemblyai,
  awsApiGateway,
  azureWebPubsub,
  binance,
  centrifugo,
  cloudflare,
  colyseus,
  convex,
  courier,
  deepgram,
  discord,
  geminiLive,
  graphqlTransportWs,
  hocuspocus,
  homeAssistant,
  kraken,
  kubernetes,
  liveblocks,
  livekit,
  metered,
  nats,
  openaiRealtime,
  phoenix,
  pusher,
  signalr,
  slack,
  socketIo,
  socketcluster,
  streamChat,
  twitchEventsub,
  uws,
  walletconnect,
  wamp,
  xmpp,
]

/**
 * The dialect with a name that is known only when the program runs: from a command line, or a file.
 *
 * @throws one sentence that lists the names like it, or all of them
 * @example dialectNamed('discord').judge({code: 4004})?.action // 'stop'
 */
export function dialectNamed(name: string): DefinedDialect {
  const found = dialects.find((dialect) => dialect.name === name)
  must(found, 'dialect', `one of ${namesLike(String(name)).join(', ')}`, name)
  return found!
}

const namesLike = (name: string): string[] => {
  const names = dialects.map((dialect) => dialect.name)
  const like = names.filter((each) => each.startsWith(name.slice(0, 3)) || each.includes(name) || name.includes(each))
  return like.length ? like : names
}
