import { InvalidRecord } from './format.ts'
import { shown } from './shown.ts'

/** The error for an invalid value: where it is, what was expected, what was found. */
export function unexpected(where: string, expected: string, value: unknown): InvalidRecord {
  return new InvalidRecord(`${where}: expected ${expected}, got ${shown(value)}`)
}
