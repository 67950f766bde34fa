import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { createError } from '../../catalogue/errors.ts'
import type { CounterName, HistogramName } from '../../catalogue/metrics.ts'
import type { Position } from '../../plugin/source.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import type { EncodedBase, EncodedTerms } from '../../state/state.ts'
import type { EncodedStep } from '../../state/steps.ts'
import { type EncodedSummary, summaryText, TermSummary } from '../../state/term-summary.ts'
import type { EncodedMood } from '../../state/window-slices.ts'
import type { EpochRecord } from '../checkpoints/epoch-record.ts'
import { isLocked } from '../checkpoints/store/errors.ts'
import { directoryProblem, makeDirectory } from '../make-directory.ts'
import { areShownTerms, isShownSlice } from './shown.ts'

const TABLES = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS positions (
    source TEXT, partition TEXT, value TEXT NOT NULL, PRIMARY KEY (source, partition)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS ids (slot INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS totals (
    metric TEXT, key TEXT, n REAL NOT NULL, PRIMARY KEY (metric, key)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS counts (
    start INTEGER, series INTEGER, n REAL NOT NULL, PRIMARY KEY (start, series)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS histograms (
    start INTEGER, series INTEGER, bucket INTEGER, n REAL NOT NULL,
    PRIMARY KEY (start, series, bucket)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS moods (
    start INTEGER, series INTEGER, positive REAL NOT NULL, neutral REAL NOT NULL, negative REAL NOT NULL,
    unknown REAL NOT NULL, score REAL NOT NULL, PRIMARY KEY (start, series)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS terms (
    start INTEGER, series INTEGER, summary TEXT NOT NULL, PRIMARY KEY (start, series)) STRICT, WITHOUT ROWID;
`

/** The bucket number under which the sum of a histogram is stored. */
const SUM = -1

/** Separates the parts of a series' name, none of which contains it. */
const SEPARATOR = '\u001e'

/** The rows of each table, in order of time. */
export interface Rows {
  counts: { start: number; metric: CounterName; key: string; n: number }
  /** `bucket` is null for the sum. */
  histograms: { start: number; metric: HistogramName; key: string; bucket: number | null; n: number }
  moods: { start: number; window: string; mood: EncodedMood }
  terms: { start: number; terms: EncodedTerms }
}

/** Where reading resumes after an interruption. */
export interface ResumePoint {
  epoch: number
  positions: Map<string, Map<string, Position>>
  ids: [slot: number, value: number][]
}

/**
 * The counts of a backfill by steps of event time, in one SQLite file: a transaction for each epoch, with its end
 * positions. `commit` writes it, and it is read in order of time, so memory holds neither all steps nor all posts.
 */
export class BackfillDatabase {
  readonly #sqlite: DatabaseSync
  readonly #shape: StateShape
  readonly #step: number
  /** Length of the slices of each extractor's terms in a delta. */
  readonly #termSlides: Map<string, number>
  readonly #statements = new Map<string, StatementSync>()
  readonly #series = new Map<string, number>()

  /**
   * @param dir the folder; created if needed
   * @param shape of the configuration, with its step
   * @param fingerprint identifies everything that affects the counts
   * @throws MoodError if it cannot be used, or has counts of another configuration
   */
  constructor(dir: string, shape: StateShape & { step: number }, fingerprint: string) {
    this.#shape = shape
    this.#step = shape.step
    this.#termSlides = new Map(
      deltaShapeOf(shape).extractors.map(({ name, windows }) => [name, windows[0]?.slide ?? shape.step]),
    )
    const path = join(dir, 'backfill.db')
    try {
      makeDirectory(dir)
      // Posts are personal data: only the user may read them.
      closeSync(openSync(path, 'a', 0o600))
      this.#sqlite = new DatabaseSync(path, { timeout: 0 })
      this.#sqlite.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
      )
      this.#sqlite.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`)
    } catch (error) {
      const problem = isLocked(error) ? 'is in use by another process' : directoryProblem(error)
      throw createError('ERR_BACKFILL_FOLDER', { dir, problem }, { cause: error })
    }
    const known = this.get('configuration')
    if (known !== undefined && known !== fingerprint) {
      this.close()
      throw createError('ERR_BACKFILL_FOLDER', {
        dir,
        problem: 'was begun with another configuration, step or version; name an empty folder',
      })
    }
    this.set('configuration', fingerprint)
    this.#readSeries()
  }

  get(key: string): string | undefined {
    return this.#statement('SELECT value FROM meta WHERE key = ?').get(key)?.value as string | undefined
  }

  set(key: string, value: string): void {
    this.#statement('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
      key,
      value,
    )
  }

  resumePoint(): ResumePoint {
    const positions: ResumePoint['positions'] = new Map()
    for (const { source, partition, value } of this.#all('SELECT * FROM positions')) {
      const known = positions.get(source as string) ?? new Map<string, Position>()
      positions.set(source as string, known.set(partition as string, JSON.parse(value as string)))
    }
    return {
      epoch: Number(this.get('epoch') ?? 0),
      positions,
      ids: Array.from(this.#all('SELECT * FROM ids'), ({ slot, value }) => [slot as number, value as number]),
    }
  }

  /** Makes an epoch durable, completely or not at all. */
  commit({ epoch, deltas, ids, positions }: EpochRecord): void {
    this.#sqlite.exec('BEGIN IMMEDIATE')
    try {
      for (const { base, terms } of deltas) {
        const decoded = JSON.parse(base) as EncodedBase
        this.#addBase(decoded)
        // Leaves out epochs without posts, such as the end of a source.
        if (decoded.steps && decoded.steps.length > 0) this.set('counted', String(epoch))
        for (const each of terms) this.#addTerms(each)
      }
      const id = this.#statement(
        'INSERT INTO ids VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      )
      for (const log of ids)
        for (let at = 0; at < log.length; at += 2) id.run(log[at] as number, log[at + 1] as number)
      for (const [source, partition, position] of positions) {
        if (position === null)
          this.#statement('DELETE FROM positions WHERE source = ? AND partition = ?').run(source, partition)
        else
          this.#statement(
            'INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
          ).run(source, partition, JSON.stringify(position))
      }
      this.set('epoch', String(epoch))
      this.#sqlite.exec('COMMIT')
    } catch (error) {
      this.#sqlite.exec('ROLLBACK')
      this.#readSeries()
      throw error
    }
  }

  /** The last epoch that counted a post. While it is unchanged, so are all results. */
  get countedUntil(): number {
    return Number(this.get('counted') ?? 0)
  }

  /** The totals of counters, whenever posts were written. */
  totals(): { metric: string; key: string; n: number }[] {
    return [...this.#all('SELECT metric, key, n FROM totals')] as never
  }

  /** The start of the first step and of the last one with a post; null if there is none. */
  span(): { first: number; last: number } | null {
    const [row] = this.#all('SELECT min(start) AS first, max(start) AS last FROM counts')
    return row?.first == null ? null : (row as { first: number; last: number })
  }

  /** The rows of a table, in order of time. */
  *rows<Table extends keyof Rows>(table: Table): Generator<Rows[Table]> {
    const names = new Map([...this.#series].map(([name, id]) => [id, name.split(SEPARATOR)]))
    for (const row of this.#all(`SELECT * FROM ${table} ORDER BY start, series`)) {
      const parts = names.get(row.series as number) as string[]
      yield rowOf(table, row, parts) as Rows[Table]
    }
  }

  /** The parts that identify each series: a metric, a window or an extractor. */
  seriesKinds(): string[] {
    return Array.from(this.#series.keys(), name => name.split(SEPARATOR)[0] as string)
  }

  close(): void {
    this.#sqlite.close()
  }

  #addBase({ counters, windows, steps = [] }: EncodedBase): void {
    const total = this.#statement(
      'INSERT INTO totals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
    )
    for (const [metric, , table] of counters) for (const [key, n] of table) total.run(metric, key, n)
    for (const step of steps) this.#addStep(step)
    const mood = this.#statement(
      `INSERT INTO moods VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        positive = positive + excluded.positive, neutral = neutral + excluded.neutral,
        negative = negative + excluded.negative, unknown = unknown + excluded.unknown,
        score = score + excluded.score`,
    )
    for (const { shape, slices } of windows)
      for (const [start, moods] of slices)
        if (isShownSlice(shape, start, this.#step))
          for (const [key, posts, score] of moods)
            mood.run(start, this.#seriesOf(shape.label, key), ...posts, score)
  }

  #addStep([start, counters, histograms]: EncodedStep): void {
    const count = this.#statement(
      'INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
    )
    for (const [metric, table] of counters)
      for (const [key, n] of table) count.run(start, this.#seriesOf(metric, key), n)
    const histogram = this.#statement(
      'INSERT INTO histograms VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n',
    )
    for (const [metric, table] of histograms)
      for (const [key, counts, sum] of table) {
        const series = this.#seriesOf(metric, key)
        histogram.run(start, series, SUM, sum)
        counts.forEach((n, bucket) => {
          if (n > 0) histogram.run(start, series, bucket, n)
        })
      }
  }

  #addTerms([extractor, , start, topic, summary]: EncodedTerms): void {
    const windows = this.#shape.extractors.find(({ name }) => name === extractor)?.windows ?? []
    if (!areShownTerms(windows, start, this.#termSlides.get(extractor) as number, this.#step)) return
    const series = this.#seriesOf(extractor, topic)
    const known = this.#statement('SELECT summary FROM terms WHERE start = ? AND series = ?').get(
      start,
      series,
    )
    this.#statement(
      'INSERT INTO terms VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET summary = excluded.summary',
    ).run(start, series, this.#merged(known?.summary as string | undefined, summary))
  }

  #merged(known: string | undefined, summary: EncodedSummary): string {
    if (known === undefined) return summaryText(summary)
    const merged = TermSummary.decode(this.#shape.terms, known)
    merged.mergeFlat(TermSummary.read(summary))
    return summaryText(merged.encode())
  }

  #readSeries(): void {
    this.#series.clear()
    for (const { id, name } of this.#all('SELECT id, name FROM series'))
      this.#series.set(name as string, id as number)
  }

  #seriesOf(...parts: string[]): number {
    const name = parts.join(SEPARATOR)
    let id = this.#series.get(name)
    if (id === undefined) {
      id = this.#series.size + 1
      this.#statement('INSERT OR IGNORE INTO series VALUES (?, ?)').run(id, name)
      this.#series.set(name, id)
    }
    return id
  }

  #all(sql: string): IterableIterator<Record<string, unknown>> {
    return this.#sqlite.prepare(sql).iterate()
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const made = this.#sqlite.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }
}

function rowOf(table: keyof Rows, row: Record<string, unknown>, [first, second]: string[]): Rows[keyof Rows] {
  const start = row.start as number
  if (table === 'moods')
    return {
      start,
      window: first as string,
      mood: [
        second as string,
        [row.positive, row.neutral, row.negative, row.unknown] as EncodedMood[1],
        row.score as number,
      ],
    }
  if (table === 'terms')
    return { start, terms: [first as string, '', start, second as string, row.summary as string] }
  const count = { start, metric: first as never, key: second as string, n: row.n as number }
  return table === 'counts' ? count : { ...count, bucket: row.bucket === SUM ? null : (row.bucket as number) }
}
