// One build: each subpath as ESM, CJS and types, one file for a script tag, and the command.

import {fileURLToPath} from 'node:url'
import {nodeResolve} from '@rollup/plugin-node-resolve'
import commonjs from '@rollup/plugin-commonjs'
import terser from '@rollup/plugin-terser'
import {dts} from 'rollup-plugin-dts'
import esbuild from 'rollup-plugin-esbuild'

const input = {
  index: 'src/index.ts',
  catalog: 'src/catalog/index.ts',
  codecs: 'src/codecs/index.ts',
  core: 'src/core/index.ts',
  delivery: 'src/delivery/index.ts',
  diagnosis: 'src/diagnosis/index.ts',
  dialects: 'src/dialects/index.ts',
  node: 'src/node/index.ts',
  overload: 'src/overload/index.ts',
  probe: 'src/probe/index.ts',
  react: 'src/react/index.ts',
  rxjs: 'src/rxjs/index.ts',
  server: 'src/server/index.ts',
  simulator: 'src/simulator/index.ts',
  streams: 'src/streams/index.ts',
  svelte: 'src/svelte/index.ts',
  testing: 'src/testing/index.ts',
  vue: 'src/vue/index.ts',
  websocket: 'src/websocket/index.ts',
}

const external = ['eventemitter3', 'react', 'rxjs', 'svelte/reactivity', 'vue', 'ws']
const compile = esbuild({target: 'es2022', tsconfig: 'tsconfig.json'})
const shared = 'shared/[name]'

// The types speak of Symbol.asyncDispose, and those of the drop-in of the DOM's events, which a consumer's `lib` may not have.
const banner = ({name}) => ['esnext.disposable', ...(name === 'websocket' ? ['dom'] : [])].map((lib) => `/// <reference lib="${lib}" />`).join('\n')

/** The command uses the package by its doors, like anybody else: nothing of it is in the other files, nor theirs in it. */
const doors = Object.fromEntries(Object.entries(input).map(([name, file]) => [fileURLToPath(new URL(file, import.meta.url)), `./${name}.js`]))

export default [
  {
    input,
    external,
    plugins: [compile],
    output: [
      {dir: 'dist', format: 'es', entryFileNames: '[name].js', chunkFileNames: `${shared}.js`, sourcemap: true},
      {dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: `${shared}.cjs`, sourcemap: true},
    ],
  },
  {
    input,
    external,
    plugins: [dts({tsconfig: 'tsconfig.json'})],
    output: [
      {dir: 'dist', format: 'es', entryFileNames: '[name].d.ts', chunkFileNames: `${shared}.d.ts`, banner},
      {dir: 'dist', format: 'es', entryFileNames: '[name].d.cts', chunkFileNames: `${shared}.d.cts`, banner},
    ],
  },
  {
    input: 'src/global.ts',
    plugins: [compile, nodeResolve(), commonjs(), terser({ecma: 2020, compress: {passes: 3}})],
    output: {file: 'dist/closecall.global.js', format: 'iife', name: 'closecall', sourcemap: true},
  },
  {
    input: 'src/cli/main.ts',
    external: [...Object.keys(doors), /^node:/],
    plugins: [compile],
    output: {file: 'dist/cli.js', format: 'es', paths: doors, banner: '#!/usr/bin/env node', sourcemap: true},
  },
]
