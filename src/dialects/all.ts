// Which dialects are there, and which one has this name?

import {must} from '../core/check.ts'
import {actioncable} from './actioncable.ts'
import {awsApiGateway} from './aws-api-gateway.ts'
import {azureWebPubsub} from './azure-web-pubsub.ts'
import {centrifugo} from './centrifugo.ts'
import type {DefinedDialect} from './define.ts'
import {discord} from './discord.ts'
import {graphqlTransportWs} from './graphql-transport-ws.ts'
import {homeAssistant} from './home-assistant.ts'
import {liveblocks} from './liveblocks.ts'
import {phoenix} from './phoenix.ts'
import {pusher} from './pusher.ts'
import {signalr} from './signalr.ts'
import {socketcluster} from './socketcluster.ts'
import {socketIo} from './socket-io.ts'
import {twitchEventsub} from './twitch-eventsub.ts'
import {uws} from './uws.ts'

/** Every dialect, by name. Who imports this pays for all of them; who imports one by its own name pays for one. */
export const dialects: readonly DefinedDialect[] = [
  actioncable,
  awsApiGateway,
  azureWebPubsub,
  centrifugo,
  discord,
  graphqlTransportWs,
  homeAssistant,
  liveblocks,
  phoenix,
  pusher,
  signalr,
  socketIo,
  socketcluster,
  twitchEventsub,
  uws,
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
