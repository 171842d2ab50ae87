// Which runtime is this, by its own word? For what can't be found out otherwise.

export const userAgent = (): string => globalThis.navigator?.userAgent ?? ''
