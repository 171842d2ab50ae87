// What must the machine know of the caller's wishes?

import {checkVerdict} from '../core/check.ts'
import {changed} from '../core/classify.ts'
import {classify, type Dialect, type Policy, type Verdict} from '../core/index.ts'
import {pollInterval} from '../platform/websocket.ts'
import type {ExtensionHooks} from './extension.ts'
import {guard} from './guard.ts'
import type {Settings} from './options.ts'

/**
 * @param refreshable whether there is a function to ask for new credentials or a new address
 * @param spoken the dialect of the connection, if it has one
 */
export const policyOf = (settings: Settings, hooks: readonly ExtensionHooks[], refreshable: boolean, spoken: () => Dialect | undefined): Policy => {
  const {backoff, stableAfter, connectTimeout, closeTimeout, heartbeat, onPageHide, onOpen, reconnect} = settings
  const {jitter} = backoff
  return {
    stableAfter,
    connectTimeout,
    closeTimeout,
    heartbeat,
    refreshable,
    // What is no number, as when it throws, is no delay.
    backoff: typeof jitter === 'function' ? {...backoff, jitter: (...given) => guard(() => jitter(...given)) as number} : backoff,
    pollInterval: pollInterval(),
    closeOnPageHide: onPageHide !== 'keep',
    setsUp: !!onOpen,
    reconnects: reconnect !== false,
    investigates: hooks.some(({investigate}) => investigate),
    classify: (close, context) => {
      const own = spoken()
      // What the caller's code says is checked like an option: it could stop, or come back at once, by mistake.
      const dialect = own && {name: own.name, judge: () => guard(() => checkVerdict(own.judge(close), 'judge') as Verdict | undefined)}
      const suggested = classify(close, {...settings, dialect, announced: context.announced})
      return changed(suggested, guard(() => checkVerdict(settings.classify?.(close, context, suggested), 'classify')))
    },
  }
}
