// Adds to package-lock.json the binaries for platforms that the registry at hand did not have when the lock was written.
// npm 11 refuses `npm ci` without them, and a clone on such a platform would go without. Run it after `npm install`.

import {readFileSync, writeFileSync} from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

let added = 0
for (const [owner, {optionalDependencies = {}, dev}] of Object.entries({...lock.packages})) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${owner}/node_modules/${name}`]) continue
    const words = name.split(/[/-]/)
    const os = systems.filter((system) => words.includes(system))
    const cpu = processors.filter((processor) => words.some((word) => word === processor || (processor === 'arm' && /^arm(eabi|hf)?$/.test(word))))
    // Not a binary for a platform: what it is, only the registry can say.
    if (!os.length && !cpu.length && name !== 'fsevents') {
      console.log(`left out: ${name}@${version}, asked for by ${owner}`)
      continue
    }
    const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : words.some((word) => word.startsWith('gnu')) ? ['glibc'] : undefined
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[~^]/, ''),
      ...(cpu.length && {cpu}),
      ...(dev && {dev}),
      ...(libc && {libc}),
      optional: true,
      os: name === 'fsevents' ? ['darwin'] : os.length ? os : ['none'],
    }
    added++
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} added`)
