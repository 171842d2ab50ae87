// How do others come back?

import type {DelayPolicy} from './options.ts'

/** A policy of a standard, of a cloud, or of another library with its default options. */
export interface Formula extends DelayPolicy {
  name: string
  /** Where it is written: a document, or file and lines of a release. */
  source: string
}

/** Past attempts are forgotten when the application answers, which a server that sheds never gets to. */
const app = 1

/** By multiplication, not by `**`, which engines may round differently. */
const grown = (initial: number, factor: number, times: number, most = Infinity): number => {
  let delay = initial
  for (let i = 0; i < times && delay < most; i++) delay *= factor
  return Math.min(delay, most)
}

/** The digits of a random number that its first 26 bits leave: another one. */
const another = (random: number): number => (random * 2 ** 26) % 1

/**
 * What others do after a close, to be compared: none looks at the code or at a hint. Only the times are theirs: fallback transports and
 * what their applications add are left out, and so is Action Cable, which polls and has no formula.
 *
 * @example
 * for (const policy of formulas) console.log(policy.name, simulate({clients: 10_000, policy}).attempts.mean)
 */
export const formulas: readonly Formula[] = [
  {
    name: 'RFC 6455',
    // The growth is open; taken as full jitter.
    source: 'RFC 6455 §7.2.3: the first after a random 0–5 s, then truncated binary exponential backoff (here: capped at 60 s)',
    resets: app,
    delay: (attempt, random) => grown(5000, 2, attempt, 60_000) * random,
  },
  {
    name: 'AWS full jitter',
    source: 'AWS Architecture Blog, "Exponential Backoff And Jitter": random(0, min(cap, base · 2^n)); base 1 s, cap 30 s',
    resets: app,
    delay: (attempt, random) => grown(1000, 2, attempt, 30_000) * random,
  },
  {
    name: 'AWS equal jitter',
    source: 'AWS Architecture Blog, "Exponential Backoff And Jitter": t/2 + random(0, t/2); base 1 s, cap 30 s',
    resets: app,
    delay: (attempt, random) => (grown(1000, 2, attempt, 30_000) * (1 + random)) / 2,
  },
  {
    name: 'AWS decorrelated jitter',
    source: 'AWS Architecture Blog, "Exponential Backoff And Jitter": min(cap, random(base, previous · 3)); base 1 s, cap 30 s',
    resets: app,
    delay: (_, random, previous) => Math.min(30_000, 1000 + random * (Math.max(previous, 1000) * 3 - 1000)),
  },
  {
    name: 'gRPC',
    source: 'grpc doc/connection-backoff.md: 1 s, × 1.6, ± 20 %, cap 120 s',
    resets: app,
    delay: (attempt, random) => grown(1000, 1.6, attempt, 120_000) * (0.8 + 0.4 * random),
  },
  {
    name: 'no jitter',
    source: 'what jitter is for: 1 s, × 2, cap 30 s, all in step',
    resets: app,
    delay: (attempt) => grown(1000, 2, attempt, 30_000),
  },
  {
    name: 'reconnecting-websocket',
    source: 'reconnecting-websocket@4.4.0 dist/reconnecting-websocket.mjs:112-115 (1–5 s, drawn once per page), :457 (× 1.3, cap 10 s), :544',
    resets: 5000,
    delay: (attempt, _, __, {lot}) => grown(1000 + 4000 * lot, 1.3, attempt, 10_000),
  },
  {
    name: 'partysocket',
    source: 'partysocket@1.3.0 dist/ws.js:57-61 (3 s, × 1.3, cap 10 s), :292, :422',
    resets: 5000,
    delay: (attempt) => grown(3000, 1.3, attempt, 10_000),
  },
  {
    name: 'rews',
    source: '@nktkas/rews@4.1.0 esm/mod.js:166-168 (150 ms, × 2, cap 10 s, equal jitter), :321',
    resets: 3000,
    delay: (attempt, random) => (grown(150, 2, attempt, 10_000) * (1 + random)) / 2,
  },
  {
    name: 'sockette',
    source: 'sockette@2.0.6 dist/sockette.mjs:31-34 (1 s)',
    resets: 'open',
    delay: () => 1000,
  },
  {
    name: 'robust-websocket',
    source: 'robust-websocket@1.0.0 robust-websocket.js:198 (0, 3, 10 s, then never), :130',
    resets: 'open',
    delay: (attempt) => [0, 3000, 10_000][attempt],
  },
  {
    name: 'websocket-ts, constant',
    source: 'websocket-ts@2.3.0 README, ConstantBackoff(1000); dist/esm/src/backoff/constantbackoff.js:22',
    resets: 'open',
    delay: () => 1000,
  },
  {
    name: 'websocket-ts, exponential',
    source: 'websocket-ts@2.3.0 README, ExponentialBackoff(1000, 6); dist/esm/src/backoff/exponentialbackoff.js:55 (2 s, × 2, cap 64 s), websocket.js:298',
    resets: 'open',
    delay: (attempt) => grown(2000, 2, attempt, 64_000),
  },
  {
    name: 'stable-socket',
    source: '@github/stable-socket@1.1.1 dist/index.js:143 (100–150 ms after a connection), :43-44 (1 s, × 2, + up to 10 %, cap 60 s)',
    resets: 'open',
    delay: (attempt, random) => (attempt ? Math.min(60_000, grown(1000, 2, attempt - 1, 60_000) * (1 + random / 10)) : 100 + 50 * random),
  },
  {
    name: 'sturdy-websocket',
    source: 'sturdy-websocket@0.2.1 dist/index.js:22,246-247,355-361 (0, then 1 s, × 1.5, cap 30 s), :186',
    resets: 5000,
    delay: (attempt) => (attempt ? grown(1000, 1.5, attempt - 1, 30_000) : 0),
  },
  {
    name: 'react-use-websocket',
    source: 'react-use-websocket@4.13.0 dist/lib/constants.js:15-16 (5 s, 20 attempts), attach-listener.js:40',
    resets: 'open',
    delay: (attempt) => (attempt < 20 ? 5000 : undefined),
  },
  {
    name: 'y-websocket',
    source: 'y-websocket@3.1.0 src/y-websocket.js:187,203 (100 ms, × 2, cap 2.5 s), :475',
    resets: 'open',
    delay: (attempt) => grown(100, 2, attempt, 2500),
  },
  {
    name: 'socket.io',
    // One random number for how much and for whether more or less.
    source: 'socket.io-client@4.8.4 build/esm/manager.js:23-29 (1 s, × 2, ± 50 %, cap 5 s), build/esm/contrib/backo2.js:26-33',
    resets: app,
    delay(attempt, random) {
      const nominal = grown(1000, 2, attempt, 2 ** 40)
      const deviation = Math.floor(random * 0.5 * nominal)
      return Math.min(5000, Math.floor(random * 10) % 2 ? nominal + deviation : nominal - deviation)
    },
  },
  {
    name: 'SignalR',
    source: '@microsoft/signalr@10.0.11 dist/esm/DefaultReconnectPolicy.js:4 (0, 2, 10, 30 s, then never)',
    resets: app,
    delay: (attempt) => [0, 2000, 10_000, 30_000][attempt],
  },
  {
    name: 'graphql-ws',
    source: 'graphql-ws@6.4.2 dist/client.js:14-23 (1 s, × 2, + 0.3–3 s, 5 retries), :238',
    resets: app,
    delay: (attempt, random) => (attempt < 5 ? grown(1000, 2, attempt) + 300 + 2700 * random : undefined),
  },
  {
    name: 'centrifuge',
    source: 'centrifuge@5.8.0 build/index.js:623-632 (0.5 s + full jitter, cap 20 s), :4434, :6511',
    resets: app,
    delay: (attempt, random) => Math.min(20_000, 500 + grown(500, 2, attempt, 20_000) * random),
  },
  {
    name: 'Phoenix',
    source: 'phoenix@1.8.16 assets/js/phoenix/socket.js:186 (10, 50, 100, 150, 200, 250, 500 ms, 1, 2, 5 s), :540',
    resets: 'open',
    delay: (attempt) => [10, 50, 100, 150, 200, 250, 500, 1000, 2000][attempt] ?? 5000,
  },
  {
    name: 'pusher-js',
    source: 'pusher-js@8.6.0 src/core/connection/connection_manager.ts:286 (1 s)',
    resets: app,
    delay: () => 1000,
  },
  {
    name: 'Ably',
    // Counted from 1 at the first, so the second waits for 20 s. Its 120 s are over after five of these.
    source: 'ably@2.28.0 connectionmanager.ts:1183-1185 (the first at once), utils.ts:422-441 (15 s · min((n + 2) / 3, 2) · 0.8–1), defaults.ts:76-84 (after 120 s: 30 s)',
    resets: app,
    delay: (attempt, random) => (attempt > 5 ? 30_000 : attempt ? 15_000 * Math.min((attempt + 3) / 3, 2) * (0.8 + 0.2 * random) : 0),
  },
  {
    name: 'NATS',
    source: '@nats-io/nats-core@3.4.0 lib/options.js:36,115-122 (2 s + 0–100 ms), lib/protocol.js:553-575 (the first at once), :622 (10 attempts)',
    resets: app,
    delay: (attempt, random) => (attempt < 10 ? (attempt ? 2000 + 100 * random : 0) : undefined),
  },
  {
    name: 'AnyCable',
    source: '@anycable/core@1.1.7 monitor/index.js:12-34 (3 s · 2^n · (1–2) · (0.5–1.5), no cap), create-cable/index.js:13,125',
    resets: app,
    delay: (attempt, random) => grown(3000, 2, attempt, 2 ** 28) * (1 + random) * (0.5 + another(random)),
  },
  {
    name: 'MQTT.js',
    source: 'mqtt@5.16.0 build/lib/client.js:67,962-966 (1 s)',
    resets: app,
    delay: () => 1000,
  },
]
