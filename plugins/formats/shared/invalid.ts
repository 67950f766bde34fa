import { InvalidRecord } from 'mood-exporter/plugin'

const LONGEST_SHOWN = 60

/** A value as an error message shows it: its kind, or its own text, cut. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  return value.length > LONGEST_SHOWN
    ? `${JSON.stringify(value.slice(0, LONGEST_SHOWN))}…`
    : JSON.stringify(value)
}

/** The error for a value that is not what it should be: where it stood, what was expected, what was there. */
export function unexpected(where: string, expected: string, value: unknown): InvalidRecord {
  return new InvalidRecord(`${where}: expected ${expected}, got ${shown(value)}`)
}
