import { shown } from '../../plugin/shown.ts'
import type { Position } from '../../plugin/source.ts'

/** Reasons for which a source may drop records: they become values of a label. */
const DROP_REASONS: ReadonlySet<unknown> = new Set(['invalid', 'oversized', 'overflow'])

/** The longest name of a partition, and text for people, in UTF-16 units. */
const LONGEST_NAME = 1000
const LONGEST_TEXT = 1000

/** The largest position, as JSON: it is written with every commit. */
const LONGEST_POSITION = 65_536

/** Says what is wrong with what a source gave its emitter: its call throws, and nothing of it leaves the thread. */
const wrong = (message: string): TypeError => new TypeError(message)

export function checkDrop(reason: unknown, records: unknown): void {
  if (!DROP_REASONS.has(reason))
    throw wrong(`expected to drop as "invalid", "oversized" or "overflow", got ${shown(reason)}`)
  if (!Number.isSafeInteger(records) || (records as number) < 0)
    throw wrong(`expected a number of records that were dropped, got ${shown(records)}`)
}

/** A lag: whole or not, and 0 where it is less, as between two answers of a broker. */
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

/** A position has to come back as it was, from another thread and from disk. */
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
