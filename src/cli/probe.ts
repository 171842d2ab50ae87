// What happens to a connection to this server? The client itself makes it, as an application's would be made.

import {connect, type Client, type Close, type Extension, type FailureCause, type Options, type Pattern, type RetryHint, type Stats, type Verdict} from '../index.ts'
import {explain, type Explanation} from '../catalog/index.ts'
import {withoutSecrets} from '../core/secrets.ts'
import {diagnosis} from '../diagnosis/index.ts'
import {dialects, type DefinedDialect} from '../dialects/index.ts'
import {probe as askByHTTP} from '../probe/index.ts'
import type {ProbeRequest} from './args.ts'
import {exitCodes} from './exit-codes.ts'
import type {Language} from './words.ts'

/** What the client does after an end. */
export type Plan = {action: 'retry'; delay: number; hint?: RetryHint} | {action: 'stop'; why: FailureCause} | {action: 'end'}

/** What is told, in this order; `at` is ms since the start. Holds no payload, no header and no query. */
export type ProbeEvent = {at: number} & (
  | {event: 'start'; url: string; transport: 'ws' | 'native'}
  | {event: 'connecting'; retry: number}
  | {event: 'open'; subprotocol: string; extensions: string; dialect?: string}
  | {event: 'stable'}
  | {event: 'close'; close: Close; verdict: Verdict; received: number; explanation: Explanation; plan: Plan}
  | {event: 'pattern'; pattern: Pattern}
  | {event: 'left'; code: number}
  | {event: 'interrupted'}
  | ({event: 'summary'; exitCode: number} & Pick<Stats, 'connections' | 'retries' | 'received'>)
)

/** What opens the client: over `ws` if it is there, as it shows more. */
export interface Transport {
  name: 'ws' | 'native'
  connect: (url: string, options: Omit<Options, 'WebSocket' | 'credentials'>, headers: ProbeRequest['headers']) => Client
}

/** @returns undefined where there is no WebSocket at all */
export const findTransport = async (): Promise<Transport | undefined> => {
  try {
    const node = await import('../node/index.ts')
    return {name: 'ws', connect: (url, options, headers) => node.connect(url, {...options, headers})}
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
  }
  if (typeof globalThis.WebSocket !== 'function') return undefined
  return {name: 'native', connect: (url, options) => connect(url, {...options, extensions: [askByHTTP(plainURL), ...options.extensions!]})}
}

/** The same address for a plain request; `fetch` takes no user in it. */
const plainURL = (webSocketURL: string): URL => {
  const url = new URL(webSocketURL.replace(/^ws/, 'http'))
  url.username = url.password = ''
  return url
}

/**
 * Ends at the first answer: an end, or a stable connection; with `watch`, when the client stops for good. The connection is closed then.
 *
 * @param stop ends it sooner; its reason is the exit code where nothing is known by then
 * @returns the exit code
 */
export const probe = ({url, subprotocols, headers, dialect, watch, stableAfter}: ProbeRequest, transport: Transport, language: Language, tell: (event: ProbeEvent) => void, stop: AbortSignal): Promise<number> =>
  new Promise((resolve) => {
    const start = performance.now()
    const at = (): number => Math.round(performance.now() - start)
    let spoken: DefinedDialect | undefined = dialect
    let receivedBefore = 0
    let stableTimer: ReturnType<typeof setTimeout> | undefined
    let leaving = false
    /** As far as is known. */
    let exitCode: number | undefined

    const leave = (): void => {
      leaving = true
      client.close()
    }

    const settled: Extension = () => ({
      settled: ({close, verdict}, {state, hint}) => {
        clearTimeout(stableTimer)
        if (leaving) return tell({at: at(), event: 'left', code: close.code})
        const {stats} = client
        const plan: Plan =
          state.name === 'failed' ? {action: 'stop', why: state.why}
          : state.name === 'closed' ? {action: 'end'}
          : {action: 'retry', delay: 'retryAt' in state ? Math.max(0, Math.round(state.retryAt! - Date.now())) : 0, ...(hint && {hint})}
        const explanation = explain(close.code, {locale: language, context: {...close, ...(spoken && {dialect: spoken})}})
        tell({at: at(), event: 'close', close, verdict, received: stats.received - receivedBefore, explanation, plan})
        exitCode = exitCodes[plan.action]
        if (!watch && plan.action === 'retry') leave()
      },
    })

    const client = transport.connect(
      url,
      {
        protocols: [...subprotocols],
        // Where none is named, the one whose subprotocol the server chooses.
        dialect: dialect ?? dialects.filter(({subprotocols: names}) => names),
        stableAfter,
        buffer: false,
        extensions: [diagnosis(), settled],
        onReport: () => {},
        autoOpen: false,
      },
      headers,
    )

    client.on('state', (state) => {
      if (state.name === 'connecting') tell({at: at(), event: 'connecting', retry: state.attempt})
    })
    client.on('open', () => {
      exitCode = exitCodes.fine
      receivedBefore = client.stats.received
      const {protocol, extensions} = client
      spoken = dialect ?? dialects.find(({subprotocols: names}) => names?.includes(protocol))
      tell({at: at(), event: 'open', subprotocol: protocol, extensions: extensions.slice(0, 200), ...(spoken && {dialect: spoken.name})})
      stableTimer = setTimeout(() => {
        tell({at: at(), event: 'stable'})
        if (!watch) leave()
      }, stableAfter)
    })
    client.on('diagnosis', (pattern) => tell({at: at(), event: 'pattern', pattern}))

    const interrupt = (): void => {
      exitCode ??= stop.reason as number
      tell({at: at(), event: 'interrupted'})
      leave()
    }
    const finish = (): void => {
      stop.removeEventListener('abort', interrupt)
      const {connections, retries, received} = client.stats
      tell({at: at(), event: 'summary', exitCode: exitCode!, connections, retries, received})
      resolve(exitCode!)
    }
    client.on('closed', finish)
    client.on('failed', finish)
    stop.addEventListener('abort', interrupt)

    tell({at: at(), event: 'start', url: withoutSecrets(url), transport: transport.name})
    client.open()
  })
