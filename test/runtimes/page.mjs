// Plays the scenarios in a browser's page, and posts the outcomes to where the page came from.

import {playAll} from './scenarios.mjs'

const urls = await (await fetch('/urls')).json()
await fetch('/outcomes', {method: 'POST', body: JSON.stringify(await playAll(urls))})
