// How long is that, in milliseconds?

/**
 * Seconds as a service writes them: a number, or one in digits.
 *
 * @returns NaN for everything else, which a hint leaves out
 * @example fromSeconds('1.5') // 1500
 */
export const fromSeconds = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value)) ? Number(value) * 1000 : NaN
