// The script tag: the same names on one global, `closecall`.

export * from './index.ts'
