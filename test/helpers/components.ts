// How do components become something that runs? Compiled and bundled with their framework, as an application's build does it.

import {join} from 'node:path'
import {build, type BuildOptions, type Plugin} from 'esbuild'
import {compile, compileModule} from 'svelte/compiler'

const root = join(import.meta.dirname, '../..')

/**
 * One module of these files, with all that they import but the server's own.
 *
 * @param files by name; the first is the entry. `.svelte` and `.svelte.js` go through Svelte's compiler
 * @param on where it will run
 */
export const bundled = async (files: Record<string, string>, on: 'client' | 'server', options: BuildOptions = {}): Promise<string> => {
  const names = Object.keys(files)
  const given: Plugin = {
    name: 'given',
    setup({onResolve, onLoad}) {
      onResolve({filter: /.*/}, ({path}) => (names.includes(path) ? {path, namespace: 'given'} : undefined))
      onLoad({filter: /.*/, namespace: 'given'}, ({path}) => {
        const text = files[path]!
        const settings = {filename: path, generate: on, dev: true}
        const contents = path.endsWith('.svelte') ? compile(text, {...settings, runes: true}).js.code : path.endsWith('.svelte.js') ? compileModule(text, settings).js.code : text
        return {contents, resolveDir: root, loader: path.endsWith('x') ? 'tsx' : 'ts'}
      })
    },
  }
  const {outputFiles} = await build({
    entryPoints: [names[0]!],
    plugins: [given],
    bundle: true,
    write: false,
    format: 'esm',
    platform: on === 'client' ? 'browser' : 'node',
    conditions: on === 'client' ? ['browser', 'development'] : [],
    jsx: 'automatic',
    logLevel: 'error',
    outfile: 'bundle.js',
    ...options,
  })
  return outputFiles![0]!.text
}
