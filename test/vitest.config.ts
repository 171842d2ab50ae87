// How are the tests run? One process a file; nothing global. Engines come last and one at a time: a browser that starves is late.

import {defineConfig} from 'vitest/config'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Most wait for sockets more than they compute: one at a time, which is what two cores give, takes twice as long.
    maxWorkers: 2,
    projects: [
      {extends: true, test: {name: 'all', include: ['test/**/*.test.ts'], exclude: ['test/runtimes/**'], sequence: {groupOrder: 0}}},
      {extends: true, test: {name: 'engines', include: ['test/runtimes/*.test.ts'], fileParallelism: false, sequence: {groupOrder: 1}}},
    ],
  },
})
