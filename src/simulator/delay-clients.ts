// What does a client do that is a formula?

import {longestDelay} from '../core/backoff.ts'
import {ClosecallError} from '../core/index.ts'
import {guarded, type Clients} from './clients.ts'
import type {DelayPolicy} from './options.ts'
import type {Random} from './random.ts'

/** A formula is asked when a connection or an attempt is over. */
export function delayClients(count: number, {delay, resets}: DelayPolicy, random: Random): Clients {
  const attempts = new Int32Array(count)
  const previous = new Float64Array(count)
  const lots = Float64Array.from({length: count}, random)
  const wakeAt = new Float64Array(count).fill(Infinity)
  /** Since when it is open; NaN: it is not. */
  const since = new Float64Array(count).fill(-Infinity)

  const forget = (who: number): void => {
    attempts[who] = 0
    previous[who] = 0
  }

  return {
    closed(who, now, code, hint) {
      const opened = !Number.isNaN(since[who]!)
      if (resets !== 'open' && now - since[who]! >= resets) forget(who)
      since[who] = NaN
      const wait = guarded('the policy threw', () => delay(attempts[who]!, random(), previous[who]!, {code, hint, opened, lot: lots[who]!}))
      if (wait !== undefined && !(typeof wait === 'number' && wait >= 0 && wait <= longestDelay))
        throw new ClosecallError('INVALID', `the delay of \`policy\` must be a number from 0 to 2147483647, or undefined to give up, got ${typeof wait === 'number' ? wait : typeof wait} for attempt ${attempts[who]}`)
      wakeAt[who] = wait === undefined ? Infinity : now + wait
      previous[who] = wait ?? 0
      attempts[who]!++
    },
    opened(who, now) {
      since[who] = now
      if (resets === 'open') forget(who)
    },
    due(who) {
      wakeAt[who] = Infinity
      return true
    },
    next: (who) => wakeAt[who]!,
  }
}
