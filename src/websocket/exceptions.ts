// What does the standard throw?

/** By the names of the Web IDL standard. @see https://webidl.spec.whatwg.org/#idl-DOMException-error-names */
export type ExceptionName = 'SyntaxError' | 'InvalidAccessError' | 'InvalidStateError' | 'QuotaExceededError'

/** A DOMException, or where the runtime has none, an Error of that name. */
export const exception = (name: ExceptionName, message: string): Error => {
  const text = `closecall: ${message}`
  return globalThis.DOMException ? new DOMException(text, name) : Object.assign(new Error(text), {name})
}
