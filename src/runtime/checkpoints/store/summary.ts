import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { labelKey, labelValues } from '../../../catalogue/label-key.ts'
import { type CounterName, METRICS } from '../../../catalogue/metrics.ts'
import { ensure } from '../../../state/ensure.ts'
import { State } from '../../../state/state.ts'
import { Base, openSlices } from './base.ts'
import { Database } from './database.ts'
import { isInUse, pathsOf, sizeOf } from './directory.ts'
import { isDamage, openError, StateDamaged } from './errors.ts'
import { readMarker } from './marker.ts'
import { storedConfiguration } from './migrate.ts'
import { lossesOf } from './open.ts'
import { readContiguousEpochs, restore, termsIn } from './restore.ts'

/** The content of a directory. Values of plugins are left out, as they may be secrets. */
export interface StoreSummary {
  dir: string
  /** Whether an exporter has it open. */
  inUse: boolean
  /** Bytes of the database and of its log. */
  bytes: number
  logBytes: number
  freeBytes: number
  /** The last committed epoch, and when it was merged (Unix milliseconds); null before the first. */
  epoch: number | null
  at: number | null
  /** Epochs that are not compacted. */
  pendingEpochs: number
  published: number | null
  /** Posts by source, and by topic: counted once for each scorer. */
  posts: { source: Record<string, number>; topic: Record<string, number> }
  /** The end of the last window that closed, in Unix milliseconds. */
  windows: { window: string; closedUntil: number | null }[]
  terms: { extractor: string; window: string; parts: number }[]
  /** Stored lists by source, and when the latest was made (Unix milliseconds). */
  rankings: { source: string; snapshots: number; latest: number | null }[]
  idsBytes: number
  positions: { source: string; partition: string; position: unknown }[]
  plugins: Record<string, string[]>
  /** Undelivered events, by output. */
  outbox: Record<string, number>
}

/** Reads a summary of a directory. Changes nothing, and works while an exporter runs. @throws MoodError */
export function summarise(dir: string): StoreSummary {
  return reading(dir, database => {
    const { tables } = database
    const configuration = storedConfiguration(database)
    if (!configuration) throw new StateDamaged('it has no configuration')
    const base = Base.load(database, configuration.shape, () => {})
    for (const epoch of readContiguousEpochs(database))
      if (base.epoch === null || epoch.epoch > base.epoch) base.replay(database, epoch, false)
    const { state } = base
    const counted = (metric: CounterName, label: string) => {
      const place = (METRICS[metric].labels as readonly string[]).indexOf(label)
      return sums(
        Array.from(state.counter(metric).entries(), ([key, n]) => [labelValues(key)[place] as string, n]),
      )
    }
    const parts = sums(
      tables.terms
        .select<[string, string]>('extractor, window')
        .map(([extractor, window]) => [labelKey(extractor, window), 1]),
    )
    const keys = new Map<string, string[]>()
    for (const [plugin, key] of tables.pluginStore.select<[string, string]>('plugin, key'))
      ensure(keys, plugin, () => []).push(key)
    return {
      dir,
      inUse: isInUse(dir),
      bytes: sizeOf(pathsOf(dir).database),
      logBytes: sizeOf(`${pathsOf(dir).database}-wal`),
      freeBytes: database.sizes.freeBytes,
      epoch: database.epoch,
      at: database.epoch === null ? null : state.watermarks.encode().lookedAt,
      pendingEpochs: tables.epochs.total[0],
      published: database.published,
      posts: {
        source: counted('mood_source_posts_total', 'source'),
        topic: counted('mood_posts_total', 'topic'),
      },
      windows: Array.from(state.windows, ([window, { complete }]) => ({
        window,
        closedUntil: complete?.end ?? null,
      })),
      terms: configuration.shape.extractors.flatMap(({ name, windows }) =>
        windows.map(({ label }) => ({
          extractor: name,
          window: label,
          parts: parts[labelKey(name, label)] ?? 0,
        })),
      ),
      rankings: Array.from(state.rankings?.entries() ?? [], ([source, { snapshots, latest }]) => ({
        source,
        snapshots: snapshots.length,
        latest: latest?.at ?? null,
      })),
      idsBytes: configuration.idsBytes,
      positions: Array.from(tables.positions.rows(), ([source, partition, value]) => ({
        source,
        partition,
        position: JSON.parse(value) as unknown,
      })),
      plugins: Object.fromEntries(keys),
      outbox: sums(tables.outbox.select<[string]>('output').map(([output]) => [output, 1])),
    }
  })
}

/** The state in a directory. */
export interface ReadState {
  state: State
  /** The stored value of an owner and key. */
  kept(name: string, key: string): unknown
}

/**
 * Reads the state in a directory. Changes nothing, and works while an exporter runs.
 * @throws MoodError
 */
export function readState(dir: string): ReadState {
  return reading(dir, database => {
    const configuration = storedConfiguration(database)
    if (!configuration || database.epoch === null) throw new StateDamaged('nothing was committed yet')
    const { base, terms } = restore(database, configuration)
    const state = State.decodeBase(configuration.shape, base.base)
    openSlices(state, base.frame)
    for (const chunk of terms) for (const each of termsIn(chunk)) state.decodeTerms(each)
    const values = new Map(
      Array.from(database.tables.pluginStore.rows(), ([plugin, key, value]) => [
        labelKey(plugin, key),
        value,
      ]),
    )
    return {
      state,
      kept: (name, key) => {
        const value = values.get(labelKey(name, key))
        return value === undefined ? undefined : JSON.parse(value)
      },
    }
  })
}

/** The result of checking a directory. */
export interface CheckResult {
  dir: string
  ok: boolean
  epoch: number | null
  /** Rows with valid checksums. */
  rows: number
  problems: string[]
}

/** Reads everything in a directory. Changes nothing, and works while an exporter runs. @throws MoodError */
export function check(dir: string): CheckResult {
  const result: CheckResult = { dir, ok: false, epoch: null, rows: 0, problems: [] }
  // Before the database: a running exporter writes it afterwards.
  const marked = readMarker(pathsOf(dir).marker)
  try {
    reading(dir, database => {
      result.epoch = database.epoch
      const attempt = (work: () => void) => {
        try {
          work()
        } catch (error) {
          if (!isDamage(error)) throw error
          result.problems.push((error as Error).message)
        }
      }
      attempt(() => database.checkStructure())
      for (const table of Object.values(database.tables)) {
        attempt(() => table.checkTotal())
        attempt(() => table.checkRows())
        result.rows += table.total[0]
      }
      attempt(() => result.problems.push(...lossesOf(database, marked)))
      if (result.problems.length > 0 || database.epoch === null) return
      attempt(() => {
        const configuration = storedConfiguration(database)
        if (!configuration) throw new StateDamaged('it has no configuration')
        for (const _ of restore(database, configuration).terms);
      })
    })
  } catch (error) {
    const { code, cause } = error as { code?: string; cause?: Error }
    if (code !== 'ERR_STATE_DAMAGED') throw error
    // The error's own message refers to this check.
    result.problems.push(
      `state.db is damaged: ${cause?.message}; restore a backup, or move ${dir} away to begin from zero`,
    )
  }
  result.ok = result.problems.length === 0
  return result
}

function reading<T>(dir: string, work: (database: Database) => T): T {
  let database: Database | undefined
  try {
    database = openToRead(pathsOf(dir).database)
    return work(database)
  } catch (error) {
    throw openError(dir, error)
  } finally {
    database?.close()
  }
}

/** In a read-only directory, SQLite opens a file without its log only as immutable. */
function openToRead(file: string): Database {
  try {
    return Database.read(file)
  } catch (error) {
    if (isDamage(error) || existsSync(`${file}-wal`)) throw error
    const url = pathToFileURL(file)
    url.searchParams.set('immutable', '1')
    return Database.read(url)
  }
}

function sums(entries: readonly (readonly [key: string, n: number])[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const [key, n] of entries) sums.set(key, (sums.get(key) ?? 0) + n)
  return Object.fromEntries(sums)
}
