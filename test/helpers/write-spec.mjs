// `npm run spec`: draws the machine into docs/spec.md. Run `npm run build` before.

import {readFileSync, writeFileSync} from 'node:fs'
import * as core from '../../dist/core.js'
import {between} from './between.mjs'
import {section} from './explore.mjs'

const page = new URL('../../docs/spec.md', import.meta.url)
writeFileSync(page, between(readFileSync(page, 'utf8'), 'diagram', section(core)))
