import { InvalidRecord } from './format.ts'
import { shown } from './shown.ts'

/** The error for a value that is not what it should be: where it was, what was expected, what was there. */
export function unexpected(where: string, expected: string, value: unknown): InvalidRecord {
  return new InvalidRecord(`${where}: expected ${expected}, got ${shown(value)}`)
}
