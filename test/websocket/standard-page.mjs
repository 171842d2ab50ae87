// Plays the cases of the standard in a page: `?VARIANT`, or as a driver asks it to.

import {playCases} from './play-cases.mjs'
import {variants} from './variants.mjs'

globalThis.play = (variant, servers, names) =>
  playCases(
    variants[variant](WebSocket),
    servers,
    (take) =>
      addEventListener('error', (event) => {
        take(event.error)
        event.preventDefault()
      }),
    {names},
  )

// Where there is no driver.
const given = new URLSearchParams(location.search).get('play')
if (given) {
  const {variant, servers, names} = JSON.parse(given)
  const outcomes = await globalThis.play(variant, servers, names)
  await fetch('/', {method: 'POST', body: JSON.stringify(outcomes)})
}
