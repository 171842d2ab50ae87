// `npm run codes`: writes docs/codes.md. Run `npm run build` before.

import {writeFileSync} from 'node:fs'
import {pageOfCodes} from './codes.mjs'

writeFileSync(new URL('../../docs/codes.md', import.meta.url), pageOfCodes())
