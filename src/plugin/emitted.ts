import { shown } from './shown.ts'
import type { Position } from './source.ts'

/** Reasons for which a source may drop records: they are values of a label. */
const DROP_REASONS: ReadonlySet<unknown> = new Set(['invalid', 'oversized', 'overflow'])

/** Maximum length of a partition's name and of text for people, in UTF-16 units. */
const LONGEST_NAME = 1000
const LONGEST_TEXT = 1000

/** Maximum size of a position as JSON: it is written with every commit. */
const LONGEST_POSITION = 65_536

/** The error for an invalid argument of a source. */
const wrong = (message: string): TypeError => new TypeError(message)

export function checkDrop(reason: unknown, records: unknown): void {
  if (!DROP_REASONS.has(reason))
    throw wrong(`expected to drop as "invalid", "oversized" or "overflow", got ${shown(reason)}`)
  if (!Number.isSafeInteger(records) || (records as number) < 0)
    throw wrong(`expected a number of records that were dropped, got ${shown(records)}`)
}

/** A valid lag: it may be fractional, and is 0 if it is negative, as between two answers of a broker. */
export function checkedLag(records: unknown): number {
  if (typeof records !== 'number' || !Number.isFinite(records))
    throw wrong(`expected a lag in records, got ${shown(records)}`)
  return Math.max(0, records)
}

export function checkedPartition(partition: unknown): string {
  if (typeof partition !== 'string' || partition.length > LONGEST_NAME)
    throw wrong(
      `expected the name of a partition, of at most ${LONGEST_NAME} characters, got ${shown(partition)}`,
    )
  return partition
}

/** A position must survive the transfer to another thread and storage on disk. */
export function checkPosition(position: Position | undefined): void {
  if (position === undefined || typeof position === 'number' || typeof position === 'boolean') return
  const { length } = JSON.stringify(position) ?? ''
  if (length === 0 || length > LONGEST_POSITION)
    throw wrong(
      `expected a position of at most ${LONGEST_POSITION} characters as JSON, got ${shown(position)}`,
    )
}

/** Text for people: for the log, the status page, or a label. */
export const shortened = (text: unknown): string => String(text).slice(0, LONGEST_TEXT)
