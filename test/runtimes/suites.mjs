// What can be played in an engine?

import {playBuffered} from './buffered.mjs'
import {playFaults} from './faults.mjs'
import {playAll} from './scenarios.mjs'

/** Each takes what it plays by name, and the class to open sockets with where it is not the engine's own. */
export const suites = {scenarios: playAll, faults: playFaults, buffered: playBuffered}
