// What of a text may be secret?

/** Text less what may be secret in the URLs in it: user, query and fragment. */
export const withoutSecrets = (text: string): string => text.replace(/[?#]\S*/g, '').replace(/(^|\/\/)[^\s/]*@/g, '$1')
