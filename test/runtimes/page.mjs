// Plays a suite in a browser's page, and posts the outcomes to where the page came from.

import {suites} from './suites.mjs'

const {suite, given} = await (await fetch('/given')).json()
await fetch('/outcomes', {method: 'POST', body: JSON.stringify(await suites[suite](given))})
