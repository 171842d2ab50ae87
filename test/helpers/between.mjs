// How does generated text get into a page that people write?

/** Replaces what stands between `<!-- name … -->` and `<!-- /name -->`. Throws if the page has no such place. */
export function between(page, name, text) {
  const place = new RegExp(`(<!-- ${name}\\b[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!place.test(page)) throw new Error(`no place for ${name}`)
  return page.replace(place, (_, open, close) => `${open}${text}\n${close}`)
}
