// What does the WalletConnect relay mean by its codes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Also known as Reown. */
export const walletconnect: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'walletconnect',
  title: 'WalletConnect relay',
  source: 'npm @walletconnect/jsonrpc-provider 1.0.14 onClose(); WalletConnect/walletconnect-monorepo#2096, rainbow-me/rainbowkit#1322, blockscout/blockscout#11610',
  rules: {
    // Other reasons are the table's: a token that is too old can be replaced, a project can not.
    3000: {name: 'Unauthorized', meaning: 'the project id is missing, unknown or wrong', action: 'stop', fault: 'policy', reason: /invalid key|project id is missing|project not found/i},
  },
})
