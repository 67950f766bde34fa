import { ensure } from '../../../state/ensure.ts'
import type { EncodedSummary } from '../../../state/term-summary.ts'
import { Base, type EpochHorizons } from './base.ts'
import type { StoredConfiguration } from './configuration.ts'
import type { Database } from './database.ts'
import { deleteEpoch, readEpochs, readSummary, type StoredEpoch, termsKeys } from './epochs.ts'
import { compactPage, writesByPage } from './id-pages.ts'
import {
  byTopic,
  capacityOf,
  changesOf,
  merged,
  remaining,
  type TopicTerms,
  WindowMoves,
} from './term-parts.ts'

/** The maximum size of deltas in one pass, in bytes. It bounds the memory of a pass. */
const PASS_BYTES = 64 * 2 ** 20

/**
 * Compacts committed epochs into the snapshot, part by part. Each part stores up to which epoch it is compacted, and
 * each step is a transaction. A pass can be interrupted between any two steps and is then repeated from the start:
 * completed steps are skipped. Commits run between the steps.
 *
 * @param left receives what is left out because the metric catalogue changed
 */
export function* compact(
  database: Database,
  { shape, idsBytes }: StoredConfiguration,
  left: (what: string) => void,
): Generator<void> {
  const epochs = firstOf(readEpochs(database))
  const last = epochs.at(-1)
  if (!last) return
  const horizons = yield* compactBase(database, Base.load(database, shape, left), epochs)

  for (const terms of byTopic(termsKeys(database, epochs[0] as StoredEpoch, last)))
    yield* compactTopic(database, shape, terms, horizons, last.epoch)
  database.transaction(false, () => evictTerms(database, shape, horizons))
  yield

  for (const [page, writes] of writesByPage(database, last.epoch, idsBytes)) {
    database.transaction(false, () => compactPage(database, page, writes, last.epoch))
    yield
  }
  for (const epoch of epochs) {
    database.transaction(false, () => deleteEpoch(database, epoch))
    yield
  }
}

/** Replays epochs on the snapshot without terms, and stores how that moved the windows of terms. */
export function* replayBase(
  database: Database,
  base: Base,
  epochs: readonly StoredEpoch[],
): Generator<void, { horizons: Map<number, EpochHorizons>; replayed: ReturnType<Base['replay']>[] }> {
  const { tables, published } = database
  const horizons = new Map<number, EpochHorizons>()
  const replayed: ReturnType<Base['replay']>[] = []
  for (const epoch of epochs) {
    if (base.epoch !== null && epoch.epoch <= base.epoch) {
      const row = tables.horizons.get(epoch.epoch)
      if (row) horizons.set(epoch.epoch, JSON.parse(row[1]) as EpochHorizons)
      continue
    }
    const isUnpublished = published === null || epoch.epoch > published
    const result = base.replay(database, epoch, isUnpublished)
    horizons.set(epoch.epoch, result.horizons)
    replayed.push(result)
    yield
  }
  return { horizons, replayed }
}

function* compactBase(
  database: Database,
  base: Base,
  epochs: readonly StoredEpoch[],
): Generator<void, Map<number, EpochHorizons>> {
  const { horizons, replayed } = yield* replayBase(database, base, epochs)
  if (replayed.length > 0)
    database.transaction(false, () => {
      base.save(database)
      for (const { epoch, horizons, closed } of replayed) {
        database.tables.horizons.put([epoch, JSON.stringify(horizons)])
        // It may have been published meanwhile.
        if (closed.length > 0 && epoch > (database.published ?? Number.NEGATIVE_INFINITY))
          database.tables.closed.put([epoch, JSON.stringify(closed)])
      }
    })
  yield
  return horizons
}

function* compactTopic(
  database: Database,
  shape: StoredConfiguration['shape'],
  topic: TopicTerms,
  horizons: ReadonlyMap<number, EpochHorizons>,
  until: number,
): Generator<void> {
  const { terms } = database.tables
  const summaries = new Map<number, Uint8Array>()
  const moves = new Map<string, WindowMoves>()
  for (const change of changesOf(shape, topic)) {
    const key = [topic.extractor, change.window, change.start, topic.topic] as const
    let window = moves.get(change.window)
    if (!window) {
      window = new WindowMoves(topic.extractor, change.window, horizons)
      moves.set(change.window, window)
    }
    const stored = terms.get(...key)
    const since = stored?.[4] ?? Number.NEGATIVE_INFINITY
    if (since >= until) continue
    const { keepsStored, keys } = remaining(window, change, since)
    if (keys.length === 0) {
      if (!stored || keepsStored) continue
      database.transaction(false, () => terms.delete(...key))
    } else {
      const all: EncodedSummary[] = stored && keepsStored ? [stored[5]] : []
      for (const [id] of keys) all.push(ensure(summaries, id, () => readSummary(database, id)))
      const value = merged(capacityOf(shape, topic.extractor, change.window), all).encode()
      database.transaction(false, () => terms.put([...key, until, value]))
    }
    yield
  }
}

/** Deletes the slices that windows have left. Call it within a transaction. */
function evictTerms(
  database: Database,
  { extractors }: StoredConfiguration['shape'],
  horizons: ReadonlyMap<number, EpochHorizons>,
): void {
  for (const { name, windows } of extractors)
    for (const { label } of windows) {
      const last = new WindowMoves(name, label, horizons).last
      // A slice may have begun again after it was left; then it was compacted up to a later epoch.
      if (last)
        database.tables.terms.deleteWhere(
          'extractor = ? AND window = ? AND start <= ? AND epoch < ?',
          name,
          label,
          last[1],
          last[0],
        )
    }
}

/** The first epochs, as many as fit into one pass. */
function firstOf(epochs: readonly StoredEpoch[]): StoredEpoch[] {
  let left = PASS_BYTES
  const end = epochs.findIndex(({ bytes }) => {
    left -= bytes
    return left < 0
  })
  return end < 0 ? [...epochs] : epochs.slice(0, Math.max(1, end))
}
