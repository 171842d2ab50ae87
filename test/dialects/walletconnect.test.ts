// What the WalletConnect relay says: @walletconnect/jsonrpc-provider 1.0.14 onClose(): 3000 is an error, with the reason in its message.

import {walletconnect} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  walletconnect,
  [
    // [valora-xyz/wallet#5048], [rainbow-me/rainbowkit#1322]
    [3000, 'Unauthorized', 'stop', {reason: 'Unauthorized: invalid key', fault: 'policy'}],
    [3000, 'Unauthorized', 'stop', {reason: 'Authorization error: Unauthorized: invalid key', fault: 'policy'}],
    // [WalletConnect/walletconnect-monorepo#2096]
    [3000, 'Unauthorized', 'stop', {reason: 'Authorization error: Project ID is missing', fault: 'policy'}],
    // [blockscout/blockscout#11610]
    [3000, 'Unauthorized', 'stop', {reason: 'Project not found', fault: 'policy'}],
  ],
  [1000, 1006, 1007, 1013, 3000, 3001, 4000],
)
