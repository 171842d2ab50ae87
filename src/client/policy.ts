// What must the machine know of the caller's wishes?

import {checkVerdict} from '../core/check.ts'
import {changed} from '../core/classify.ts'
import {classify, type ClassifyContext, type Close, type Dialect, type HeartbeatRules, type Policy, type RetryPolicy, type Verdict} from '../core/index.ts'
import {pollInterval} from '../platform/websocket.ts'
import type {ExtensionHooks} from './extension.ts'
import {guard} from './guard.ts'
import type {Line} from './line.ts'
import type {Settings} from './options.ts'

/** The service's own codes, on the connection that there is. */
export const dialectOf = ({dialect}: Settings, {socket}: Line): Dialect | undefined =>
  Array.isArray(dialect) ? dialect.find(({subprotocols}) => subprotocols!.includes(socket?.protocol ?? '')) : (dialect as Dialect | undefined)

/** The caller's wishes, read from the settings when they are asked for: a copy would be one more object for each client. */
export class Wishes implements Policy {
  readonly #settings: Settings
  readonly #line: Line
  readonly hooks: readonly ExtensionHooks[]
  readonly refreshable: boolean
  /** Asked once: a wait must not lose its end. */
  readonly pollInterval: number | undefined = pollInterval()

  /** @param refreshable whether there is a function to ask for new credentials or a new address */
  constructor(settings: Settings, hooks: readonly ExtensionHooks[], line: Line, refreshable: boolean) {
    this.#settings = settings
    this.hooks = hooks
    this.#line = line
    this.refreshable = refreshable
  }

  get backoff(): RetryPolicy {
    return this.#settings.backoff
  }

  get stableAfter(): number {
    return this.#settings.stableAfter
  }

  get connectTimeout(): number {
    return this.#settings.connectTimeout
  }

  get closeTimeout(): number {
    return this.#settings.closeTimeout
  }

  get heartbeat(): HeartbeatRules | undefined {
    return this.#settings.heartbeat
  }

  get closeOnPageHide(): boolean {
    return this.#settings.onPageHide !== 'keep'
  }

  get setsUp(): boolean {
    return !!this.#settings.onOpen
  }

  get reconnects(): boolean {
    return this.#settings.reconnect !== false
  }

  get investigates(): boolean {
    return this.hooks.some(({investigate}) => investigate)
  }

  classify(close: Close, context: ClassifyContext): Verdict {
    const settings = this.#settings
    const {verdicts, onNormalClosure} = settings
    const own = dialectOf(settings, this.#line)
    // What the caller's code says is checked like an option: it could stop, or come back at once, by mistake.
    const dialect = own && {name: own.name, judge: () => guard(() => checkVerdict(own.judge(close), 'judge') as Verdict | undefined)}
    const suggested = classify(close, {verdicts, onNormalClosure, dialect, announced: context.announced})
    return changed(suggested, guard(() => checkVerdict(settings.classify?.(close, context, suggested), 'classify')))
  }
}
