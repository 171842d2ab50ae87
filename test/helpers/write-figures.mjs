// `npm run figures`: keeps what the simulated herds come to now. Run `npm run build` before; the diff is a change of behaviour.

import {writeFileSync} from 'node:fs'
import {createShedder} from '../../dist/server.js'
import {simulate} from '../../dist/simulator.js'
import {figuresOf, kept} from './herds.mjs'

writeFileSync(kept, `${JSON.stringify(figuresOf({simulate, createShedder}), null, 2)}\n`)
