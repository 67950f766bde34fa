import { summaryText } from '../../../state/term-summary.ts'
import type { EpochRecord } from '../epoch-record.ts'
import type { Database } from './database.ts'
import { StateDamaged } from './errors.ts'

/** The row of an epoch. */
export interface StoredEpoch {
  epoch: number
  /** First and last row of `deltas`. */
  first: number
  last: number
  bytes: number
  ticks: number[]
  now: number
}

/** The key of the terms of a delta in the database. */
export type TermsKey = [id: number, epoch: number, extractor: string, start: number, topic: string]

/**
 * Adds an epoch. Call it within a transaction. If it exists already, nothing changes, so that a commit without an
 * answer can be repeated. Returns its approximate size in bytes.
 */
export function addEpoch(database: Database, record: EpochRecord): number {
  const { epoch, ticks, now, deltas, ids, positions } = record
  const { tables } = database
  if (database.epoch !== null) {
    if (epoch <= database.epoch) return 0
    if (epoch !== database.epoch + 1)
      throw new RangeError(`epoch ${epoch} was to be committed after epoch ${database.epoch}`)
  }
  const last = tables.deltas.select<[number]>('id', 'id = (SELECT max(id) FROM deltas)')[0]?.[0] ?? 0
  let id = last
  let bytes = 0
  deltas.forEach(({ base, terms }, delta) => {
    tables.deltas.add([++id, epoch, delta, 'base', '', 0, '', base])
    bytes += base.length
    for (const [extractor, , start, topic, summary] of terms) {
      tables.deltas.add([++id, epoch, delta, 'terms', extractor, start, topic, summaryText(summary)])
      bytes += summary.length
    }
  })
  const size = ids.reduce((total, { byteLength }) => total + byteLength, 0)
  if (size > 0) {
    const all = new Uint8Array(size)
    let at = 0
    for (const { buffer, byteOffset, byteLength } of ids) {
      all.set(new Uint8Array(buffer, byteOffset, byteLength), at)
      at += byteLength
    }
    tables.deltaIds.add([epoch, all])
    bytes += size
  }
  for (const [source, partition, position] of positions) {
    if (position === null) {
      tables.positions.delete(source, partition)
    } else {
      const value = JSON.stringify(position)
      tables.positions.put([source, partition, value])
      bytes += value.length
    }
  }
  tables.epochs.add([epoch, last + 1, id, bytes, JSON.stringify({ ticks, now })])
  database.epoch = epoch
  return bytes
}

/** The uncompacted epochs, in order. @throws StateDamaged if there is a gap */
export function readEpochs(database: Database): StoredEpoch[] {
  const epochs = Array.from(
    database.tables.epochs.rows(),
    ([epoch, first, last, bytes, value]): StoredEpoch => ({
      epoch,
      first,
      last,
      bytes,
      ...(JSON.parse(value) as { ticks: number[]; now: number }),
    }),
  )
  epochs.forEach(({ epoch }, i) => {
    const before = epochs[i - 1]
    if (before && epoch !== before.epoch + 1)
      throw new StateDamaged(`epoch ${epoch} follows upon epoch ${before.epoch}`)
  })
  const end = epochs.at(-1)
  if (end && end.epoch !== database.epoch)
    throw new StateDamaged(`its epochs end at ${end.epoch} instead of ${database.epoch}`)
  return epochs
}

/**
 * The deltas of an epoch without their terms, in the order of merging, and the slices of their terms. Every row is
 * read: otherwise one with a damaged key would be skipped.
 */
export function readDeltas(
  database: Database,
  { first, last }: StoredEpoch,
): { bases: string[]; slices: [extractor: string, start: number][] } {
  const bases: string[] = []
  const slices = new Map<string, [extractor: string, start: number]>()
  const rows = database.tables.deltas.rowsAsBytes('id BETWEEN ? AND ?', first, last)
  for (const [, , , part, extractor, start, , value] of rows)
    if (part === 'base') bases.push(summaryText(value))
    else slices.set(`${start} ${extractor}`, [extractor, start])
  return { bases, slices: [...slices.values()] }
}

/** The keys of the terms in epochs, in the order of merging. */
export const termsKeys = (database: Database, first: StoredEpoch, last: StoredEpoch): TermsKey[] =>
  database.tables.deltas.select<TermsKey>(
    'id, epoch, extractor, start, topic',
    'id BETWEEN ? AND ? AND part = ?',
    first.first,
    last.last,
    'terms',
  )

/** The summary of terms in a row of `deltas`. */
export function readSummary(database: Database, id: number): Uint8Array {
  const bytes = database.tables.deltas.getBytes(id)
  if (!bytes) throw new StateDamaged(`the row ${id} of deltas is missing`)
  return bytes
}

/** Deletes a compacted epoch. Call it within a transaction. */
export function deleteEpoch({ tables }: Database, { epoch, first, last }: StoredEpoch): void {
  tables.deltas.deleteWhere('id BETWEEN ? AND ?', first, last)
  tables.deltaIds.delete(epoch)
  tables.horizons.delete(epoch)
  tables.epochs.delete(epoch)
}
