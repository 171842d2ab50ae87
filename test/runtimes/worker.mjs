// Plays a suite in workerd: what to play comes in a request, and the outcomes go into its response.

import {suites} from './suites.mjs'

export default {
  async fetch(request) {
    const {suite, given} = await request.json()
    return Response.json(await suites[suite](given))
  },
}
