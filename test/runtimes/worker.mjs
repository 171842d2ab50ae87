// Plays the scenarios in workerd: they come in a request, and the outcomes go into its response.

import {playAll} from './scenarios.mjs'

export default {
  async fetch(request) {
    return Response.json(await playAll(await request.json()))
  },
}
