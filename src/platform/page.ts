// Is this a page? Asked when it matters, never at load: on a server it is none.

export const isPage = (): boolean => !!globalThis.document
