import type { Position } from '../../../plugin/source.ts'
import { ensure } from '../../../state/ensure.ts'
import type { EncodedTerms } from '../../../state/state.ts'
import { Base, type EpochHorizons, type StoredClosedWindow, type TermsFrame } from './base.ts'
import { compact, replayBase } from './compaction.ts'
import type { StoredConfiguration } from './configuration.ts'
import type { Database } from './database.ts'
import { readEpochs, readSummary, type StoredEpoch, termsKeys } from './epochs.ts'
import { StateDamaged } from './errors.ts'
import { restoreIds } from './id-pages.ts'
import { isConfiguredAs, type Migration, migrate, storedConfiguration } from './migrate.ts'
import { byTopic, changesOf, type PartChange, remaining, WindowMoves } from './term-parts.ts'

/** An undelivered event of an output. Its id stays the same when it is sent again. */
export interface StoredEvent {
  id: number
  output: string
  event: unknown
}

/** A stored state without its terms. */
export interface RestoredBase {
  /** The number of the last committed epoch. */
  epoch: number
  base: string
  frame: TermsFrame
  ids: SharedArrayBuffer | null
  positions: [source: string, partition: string, position: Position][]
  outbox: StoredEvent[]
  /** Windows that closed in epochs whose events are not in the outbox, in order. */
  republish: { epoch: number; closed: StoredClosedWindow[] }[]
}

/** Terms for transfer to another thread without a copy: the end of each summary, and the bytes of all. */
export interface TermsChunk {
  parts: [extractor: string, window: string, start: number, topic: string, end: number][]
  bytes: ArrayBuffer
}

type PartTerms = [extractor: string, window: string, start: number, topic: string, summary: Uint8Array]

/** Size of a transfer of encoded terms, in bytes. */
const CHUNK_BYTES = 8 * 2 ** 20

/** Compacts all committed epochs. */
export function compactAll(
  database: Database,
  configuration: StoredConfiguration,
  left: (what: string) => void,
): void {
  while (database.tables.epochs.total[0] > 0) for (const _ of compact(database, configuration, left));
}

/**
 * Migrates to this configuration if the state has another one. Returns null if it has not.
 * @param beforeCommit throws if the migration is to be rolled back
 */
export function adopt(
  database: Database,
  configuration: StoredConfiguration,
  beforeCommit: () => void = () => {},
): Migration | null {
  const stored = storedConfiguration(database)
  if (!stored || isConfiguredAs(database, configuration)) return null
  const unread = new Set<string>()
  compactAll(database, stored, what => unread.add(what))
  return migrate(database, configuration, { unread, beforeCommit })
}

/** @throws StateDamaged if epochs are missing */
export function readContiguousEpochs(database: Database): StoredEpoch[] {
  const epochs = readEpochs(database)
  const base = database.tables.base.select<[number]>('epoch', 'part = ?', 'state')[0]?.[0]
  const first = epochs[0]
  if (base !== undefined && (first ? first.epoch > base + 1 : base !== database.epoch))
    throw new StateDamaged(`its snapshot ends at epoch ${base}, and ${first?.epoch ?? 'nothing'} follows`)
  if (base === undefined && !first && database.epoch !== null) throw new StateDamaged('it has no snapshot')
  return epochs
}

/**
 * Reads a state of this configuration. Uncompacted epochs are merged into everything except terms. Their terms are
 * transferred after those of the snapshot, to be merged when they are read.
 */
export function restore(
  database: Database,
  configuration: StoredConfiguration,
): { base: RestoredBase; terms: Generator<TermsChunk> } {
  const { tables } = database
  const epochs = readContiguousEpochs(database)
  const base = Base.load(database, configuration.shape, what => {
    throw new StateDamaged(`${what} does not fit`)
  })
  const replay = replayBase(database, base, epochs)
  let step = replay.next()
  while (!step.done) step = replay.next()
  const { horizons, replayed } = step.value
  const closed = Array.from(tables.closed.rows(), ([epoch, value]) => ({
    epoch,
    closed: JSON.parse(value) as StoredClosedWindow[],
  }))
  const hasOutputs = configuration.known.outputs.size > 0
  return {
    base: {
      epoch: database.epoch as number,
      base: base.state.encodeBase({ zeros: true }),
      frame: base.frame,
      ids: restoreIds(database, configuration.idsBytes),
      positions: Array.from(tables.positions.rows(), ([source, partition, value]) => [
        source,
        partition,
        JSON.parse(value) as Position,
      ]),
      outbox: Array.from(tables.outbox.rows(), ([id, output, value]) => ({
        id,
        output,
        event: JSON.parse(value) as unknown,
      })),
      republish: hasOutputs
        ? [...closed, ...replayed].flatMap(({ epoch, closed }) =>
            closed.length > 0 ? [{ epoch, closed }] : [],
          )
        : [],
    },
    terms: chunked(termsOf(database, configuration, epochs, horizons)),
  }
}

/** All terms: those of the snapshot first, then those of later epochs, in order. */
function* termsOf(
  database: Database,
  { shape }: StoredConfiguration,
  epochs: readonly StoredEpoch[],
  horizons: ReadonlyMap<number, EpochHorizons>,
): Generator<PartTerms> {
  const moves = new Map<string, WindowMoves>()
  for (const { name, windows } of shape.extractors)
    for (const { label } of windows)
      moves.set(JSON.stringify([name, label]), new WindowMoves(name, label, horizons))
  const movesOf = (extractor: string, window: string) => {
    const window_ = moves.get(JSON.stringify([extractor, window]))
    if (!window_) throw new StateDamaged(`it has terms of ${extractor} in ${window}, which is not configured`)
    return window_
  }
  const changes = new Map<string, { extractor: string; topic: string; change: PartChange }>()
  const [first, last] = [epochs[0], epochs.at(-1)]
  if (first && last)
    for (const topic of byTopic(termsKeys(database, first, last)))
      for (const change of changesOf(shape, topic))
        changes.set(JSON.stringify([topic.extractor, change.window, change.start, topic.topic]), {
          ...topic,
          change,
        })

  // A row belongs to one slice of each window of its extractor.
  const summaries = new Map<number, Uint8Array>()
  const summary = (id: number) => ensure(summaries, id, () => readSummary(database, id))
  for (const [extractor, window, start, topic, epoch, value] of database.tables.terms.rowsAsBytes()) {
    const key = JSON.stringify([extractor, window, start, topic])
    const change = changes.get(key)?.change ?? { window, start, keys: [] }
    changes.delete(key)
    const { keepsStored, keys } = remaining(movesOf(extractor, window), change, epoch)
    if (keepsStored) yield [extractor, window, start, topic, value]
    for (const [id] of keys) yield [extractor, window, start, topic, summary(id)]
  }
  for (const { extractor, topic, change } of changes.values()) {
    const { keys } = remaining(movesOf(extractor, change.window), change, Number.NEGATIVE_INFINITY)
    for (const [id] of keys) yield [extractor, change.window, change.start, topic, summary(id)]
  }
}

function* chunked(terms: Iterable<PartTerms>): Generator<TermsChunk> {
  let parts: PartTerms[] = []
  let size = 0
  for (const part of terms) {
    parts.push(part)
    size += part[4].length
    if (size < CHUNK_BYTES) continue
    yield chunkOf(parts, size)
    parts = []
    size = 0
  }
  yield chunkOf(parts, size)
}

function chunkOf(parts: readonly PartTerms[], size: number): TermsChunk {
  const bytes = new Uint8Array(size)
  let at = 0
  const keys = parts.map(([extractor, window, start, topic, summary]): TermsChunk['parts'][number] => {
    bytes.set(summary, at)
    at += summary.length
    return [extractor, window, start, topic, at]
  })
  return { parts: keys, bytes: bytes.buffer }
}

/** The decoded terms of a chunk. */
export function* termsIn({ parts, bytes }: TermsChunk): Generator<EncodedTerms> {
  let at = 0
  for (const [extractor, window, start, topic, end] of parts) {
    yield [extractor, window, start, topic, new Uint8Array(bytes, at, end - at)]
    at = end
  }
}
