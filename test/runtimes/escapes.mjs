// Which errors and rejections did nobody catch?

/** @returns {string[]} a list that grows */
export function collectEscapes() {
  const escaped = []
  const escape = (kind, error) => escaped.push(`${kind}: ${error?.stack ?? error?.message ?? error}`)
  if (globalThis.process?.on) {
    process.on('uncaughtException', (error) => escape('uncaught', error))
    process.on('unhandledRejection', (error) => escape('rejection', error))
  } else {
    globalThis.addEventListener('error', (event) => {
      event.preventDefault()
      escape('error', event.error ?? event)
    })
    globalThis.addEventListener('unhandledrejection', (event) => {
      event.preventDefault()
      escape('rejection', event.reason)
    })
  }
  return escaped
}
