// What does the shell learn?

/** Documented in `--help` and `docs/cli.md`. Interrupted before anything was known: 128 and the signal's number. */
export const exitCodes = {
  fine: 0,
  /** The server closed as it should: nothing is left to be done. */
  end: 0,
  stop: 1,
  misuse: 2,
  retry: 3,
  noWebSocket: 4,
  unwritten: 5,
  /** As in BSD's sysexits.h. */
  defect: 70,
} as const

export const signals = {SIGINT: 130, SIGTERM: 143} as const
