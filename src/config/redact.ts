import type { Path } from './problem.ts'
import { readSecretFile } from './read-file.ts'
import { isSecretPath, looksSecret, MASK, secretsOfUrl } from './secrets.ts'

/** Shorter values are not masked in text: they would match parts of unrelated words and numbers. */
const SHORTEST = 5

/** The maximum of known values; the oldest are evicted first. */
const MOST = 2000

const known = new Set<string>()
let pattern: RegExp | null = null

/**
 * Registers a secret. Text that leaves the process passes {@link redact}, which masks all registered secrets: a
 * message of a plugin, a library or the system may repeat its input.
 */
export function noteSecret(value: string): void {
  if (value.length < SHORTEST) return
  for (const form of [value, JSON.stringify(value).slice(1, -1), encoded(value)]) {
    if (known.has(form)) continue
    known.add(form)
    pattern = null
  }
  while (known.size > MOST) known.delete(known.values().next().value as string)
}

/** All registered secrets. */
export const knownSecrets = (): string[] => [...known]

/** Masks the registered secrets in a text. */
export function redact(text: string): string {
  if (known.size === 0) return text
  // Longest first, as one may be the beginning of another.
  pattern ??= new RegExp(
    [...known]
      .sort((a, b) => b.length - a.length)
      .map(escaped)
      .join('|'),
    'g',
  )
  return text.replace(pattern, MASK)
}

/** Masks registered secrets in the texts of plain data. Returns the same object if there are none. */
export function redacted<T>(value: T): T {
  return known.size === 0 ? value : (walk(value) as T)
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(walk)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
}

const escaped = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const encoded = (value: string): string => {
  try {
    return encodeURIComponent(value)
  } catch {
    return value
  }
}

/**
 * Registers the secrets among values of the configuration.
 *
 * @param isSecret whether the value at a path is a secret, by its plugin's schema
 * @param baseDir the folder at which paths of secret files start; without it they are not read
 */
export function noteSecrets(value: unknown, isSecret: (path: Path) => boolean, baseDir?: string): void {
  const note = (value: unknown, path: Path, secret: boolean): void => {
    const hidden = secret || isSecret(path) || isSecretPath(path)
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value)
      if (hidden) noteSecret(text)
      else for (const part of secretsOfUrl(text)) noteSecret(part)
    } else if (Array.isArray(value)) for (const [i, item] of value.entries()) note(item, [...path, i], hidden)
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) {
        note(item, [...path, key], hidden)
        if (baseDir !== undefined && key.endsWith('_file')) noteFile(item, [...path, key.slice(0, -5)])
      }
  }
  const noteFile = (name: unknown, path: Path): void => {
    const key = path.at(-1)
    if (!isSecret(path) && !(typeof key === 'string' && looksSecret(key))) return
    const file = readSecretFile(name, baseDir as string)
    if ('secret' in file) noteSecret(file.secret)
  }
  note(value, [], false)
}
