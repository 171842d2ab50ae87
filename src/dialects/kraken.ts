// What does Kraken mean by its closes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Spot market data. */
export const kraken: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'kraken',
  title: 'Kraken',
  source: 'aopoltorzhicky/go_kraken#33; docs.kraken.com/exchange/guides/websockets/reconnection',
  rules: {
    1013: {name: 'Market data unavailable', meaning: 'Kraken is down or in maintenance', action: 'retry', fault: 'server', rotate: true, reason: /market data unavailable/i},
  },
})
