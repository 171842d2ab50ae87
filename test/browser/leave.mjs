// Connects, and leaves the page at the moment that the address names, while everybody asks for a socket. A classic script.

const {url, moment} = Object.fromEntries(new URLSearchParams(location.search))
const {client} = globalThis.start(url, {backoff: {initialDelay: 1, maxDelay: 1, jitter: 'none'}})
for (const type of ['pagehide', 'visibilitychange', 'unload']) addEventListener(type, () => client.reconnect())
client.once(moment, () => location.assign('/arrived'))
