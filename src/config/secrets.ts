import type { Path } from './problem.ts'

/** What is shown instead of a secret. */
export const MASK = '********'

/**
 * Keys whose values count as secrets by their name. Masking too much is better than a token in a log. `key` counts
 * only as a separate word, so that `keywords` and `monkey` stay readable.
 */
const SECRET_KEY =
  /token|passw|passphrase|secret|credential|authori[sz]ation|bearer|cookie|signature|private|(?:^|[_.-])(?:pass|pwd|auth|keys?)$|api_?key/i

const CAMEL_CASE_KEY = /[a-z]Key$/

/** Whether the name of a key suggests a secret. `token_file` is the path of a file, and not a secret. */
export function looksSecret(key: string): boolean {
  return !key.endsWith('_file') && (SECRET_KEY.test(key) || CAMEL_CASE_KEY.test(key))
}

/** Masks the password of a URL (or its only credential), and parameters whose names suggest a secret. */
export function maskUrl(text: string): string {
  if (!text.includes('://')) return text
  return text
    .replace(/\/\/(?:([^/?#\s:@]*:)[^/?#\s]*|[^/?#\s:@]+)(?=@)/g, (_, user = '') => `//${user}${MASK}`)
    .replace(/([?&;])([^=&;#\s]+)=([^&;#\s]*)/g, (whole, mark: string, key: string) =>
      looksSecret(key) ? `${mark}${key}=${MASK}` : whole,
    )
}

/** The secrets in a URL, which {@link maskUrl} masks: as written, and decoded. */
export function secretsOfUrl(text: string): string[] {
  if (!text.includes('://')) return []
  const found: string[] = []
  for (const [, user = '', only = ''] of text.matchAll(/\/\/(?:[^/?#\s:@]*:([^/?#\s]*)|([^/?#\s:@]+))(?=@)/g))
    found.push(user || only)
  for (const [, key = '', value = ''] of text.matchAll(/[?&;]([^=&;#\s]+)=([^&;#\s]*)/g))
    if (looksSecret(key)) found.push(value)
  return found.flatMap(part => {
    try {
      return [part, decodeURIComponent(part)]
    } catch {
      return [part]
    }
  })
}

/** Keywords of topics are not secret, whatever the topic's name. */
const inTopics = (path: Path) => path[0] === 'topics'

/** Whether the value at a path is a secret, by the name of a key on the path. */
export const isSecretPath = (path: Path): boolean =>
  !inTopics(path) && path.some(key => typeof key === 'string' && looksSecret(key))

export const matches = (pattern: readonly string[], path: Path) =>
  pattern.length === path.length && pattern.every((part, i) => part === '*' || part === String(path[i]))

/** A value that is one reference without a default: it says where the secret is, and not the secret. */
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/

/**
 * A copy of a configuration with each secret replaced by {@link MASK}.
 *
 * @param secretPaths further values to mask; `*` is any index or key: `['sources', '*', 'pin']`
 */
export function maskSecrets(value: unknown, secretPaths: readonly (readonly string[])[] = []): unknown {
  const mask = (value: unknown, path: Path, secret: boolean): unknown => {
    const hidden = secret || secretPaths.some(pattern => matches(pattern, path))
    if (Array.isArray(value)) return value.map((item, i) => mask(item, [...path, i], hidden))
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, item]) => {
        const below = [...path, key]
        return [key, mask(item, below, hidden || (looksSecret(key) && !inTopics(below)))]
      })
      return Object.fromEntries(entries)
    }
    if (typeof value === 'string') return hidden && !REFERENCE.test(value) ? MASK : maskUrl(value)
    return hidden && value !== null && typeof value !== 'boolean' ? MASK : value
  }
  return mask(value, [], false)
}
