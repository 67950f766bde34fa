/** The header limit of the HTTP client, in characters. */
const MAX_HEADER = 16_384

/**
 * The target of the first link with a relation in a `Link` header (RFC 8288): `<https://x/?page=2>; rel="next"`.
 * Undefined if there is none.
 */
export function linkIn(header: string | null, relation: string): string | undefined {
  for (const [, target, parameters] of (header ?? '')
    .slice(0, MAX_HEADER)
    .matchAll(/<([^>]*)>((?:\s*;\s*[^;,"]+(?:"[^"]*")?)*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters as string) ?? []
    const relations = (quoted ?? bare ?? '').toLowerCase().split(/\s+/)
    if (relations.includes(relation)) return target
  }
  return undefined
}

/** Replaces the date placeholders of a URL by the date (UTC) of a time in Unix milliseconds. */
export function datedUrl(url: string, time: number): string {
  const [, yyyy = '', mm = '', dd = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(new Date(time).toISOString()) ?? []
  return url.replaceAll('{yyyy}', yyyy).replaceAll('{mm}', mm).replaceAll('{dd}', dd)
}
