// What if the caller's code throws?

import {reportError} from '../platform/console.ts'

/** Runs the caller's code: what it throws is the caller's to see, and nothing of ours stops. @returns undefined if it threw */
export const guard = <T>(run: () => T): T | undefined => {
  try {
    return run()
  } catch (error) {
    reportError(error)
    return undefined
  }
}
