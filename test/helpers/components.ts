// How do components become something that runs? Compiled and bundled with their framework, as an application's build does it.

import {join} from 'node:path'
import {build, type BuildOptions, type Plugin} from 'esbuild'
import {compile} from 'svelte/compiler'
import {compileScript, parse} from 'vue/compiler-sfc'

const root = join(import.meta.dirname, '../..')

type Side = 'client' | 'server'

/** Who compiles what; the rest is JavaScript, TypeScript or JSX. */
const compilers: Record<string, (text: string, filename: string, generate: Side) => string> = {
  svelte: (text, filename, generate) => compile(text, {filename, generate, dev: true, runes: true}).js.code,
  vue: (text, filename) => compileScript(parse(text, {filename}).descriptor, {id: filename, inlineTemplate: true}).content,
}

/**
 * One module of these files, with all that they import but Node's own. `closecall` is what was built.
 *
 * @param files by name; the first is the entry
 * @param side where it will run
 */
export const bundled = async (files: Record<string, string>, side: Side, options: BuildOptions = {}): Promise<string> => {
  const names = Object.keys(files)
  const given: Plugin = {
    name: 'given',
    setup({onResolve, onLoad}) {
      onResolve({filter: /.*/}, ({path}) => (names.includes(path) ? {path, namespace: 'given'} : undefined))
      onLoad({filter: /.*/, namespace: 'given'}, ({path}) => {
        const contents = compilers[path.split('.').at(-1)!]?.(files[path]!, path, side) ?? files[path]!
        return {contents, resolveDir: root, loader: 'tsx'}
      })
    },
  }
  const {outputFiles} = await build({
    entryPoints: [names[0]!],
    plugins: [given],
    bundle: true,
    write: false,
    format: 'esm',
    platform: side === 'client' ? 'browser' : 'node',
    conditions: side === 'client' ? ['browser', 'development'] : [],
    jsx: 'automatic',
    define: {__VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false'},
    logLevel: 'error',
    outfile: 'bundle.js',
    ...options,
  })
  return outputFiles![0]!.text
}
