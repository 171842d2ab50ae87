// Does the dialect say what Phoenix does?

import {phoenix} from '../../src/dialects/index.ts'
import {followsItsSource} from './table.ts'

followsItsSource(
  phoenix,
  [
    // socket.js: "Any other close is reconnected, whatever its code, as the server, proxies and load balancers also close with 1000 (normal closure)"
    [1000, 'Normal Closure', 'retry'],
    // #6678: "Close code 1001 signals the client that the connection is intentionally closed but a reconnect is expected"
    [1001, 'Disconnected', 'retry', {backoff: 'unhurried'}],
    // bandit connection.ex handle_timeout: close(socket, 1002)
    [1002, 'Timeout', 'retry', {budget: 3}],
    // bandit connection.ex handle_error: do_error(1011, …)
    [1011, 'Crash', 'retry', {fault: 'server'}],
    // socket.ex: "downstream websock_adapter's will close with 1012 Service Restart"
    [1012, 'Drain', 'retry', {backoff: 'spread'}],
  ],
  [1003, 1006, 1007, 1008, 1009, 1013, 3000, 4000],
)
