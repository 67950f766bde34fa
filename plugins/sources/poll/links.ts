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
