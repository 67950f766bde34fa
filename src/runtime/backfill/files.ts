import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { labelKey } from '../../catalogue/label-key.ts'
import { METRICS, type MetricDeclaration } from '../../catalogue/metrics.ts'
import type { Collectors } from '../../metrics/exposition.ts'
import type { StateShape } from '../../state/shape.ts'
import type { State } from '../../state/state.ts'
import { SENTIMENTS } from '../../state/window-slices.ts'
import { stateCollectors } from '../collectors.ts'
import { makeDirectory } from '../make-directory.ts'
import type { BackfillDatabase } from './database.ts'
import { OpenMetricsText } from './openmetrics.ts'
import { playback } from './playback.ts'

const HOUR = 3_600_000

/** Possible lengths of a Prometheus block: each is three times the one before. */
const BLOCKS = [2, 6, 18, 54, 162].map(hours => hours * HOUR)

/** The maximum of samples in a file: promtool, and this program, keep one file in memory at a time. */
const SAMPLES = 4_000_000

/** How often other work gets a turn, in steps. */
const TURN = 50

export interface FilesOptions {
  dir: string
  version: string
  job: string
  instance: string
  /** The thresholds of sentiments. */
  sentiment: { positive: number; negative: number }
  /** The first time of samples; all if absent. Unix milliseconds. */
  since?: number | undefined
  /** The last sample, at most. */
  until: number
  signal: AbortSignal
  /** Called periodically with the fraction that is written, from 0 to 1. */
  progress(part: number): void
}

/** What was written. */
export interface WrittenFiles {
  files: number
  bytes: number
  samples: { first: number; last: number } | null
  /** Time range of a file, equal to that of a block; milliseconds. */
  span: number
  /** False if the signal was aborted before the end. */
  complete: boolean
}

/**
 * Writes the database as OpenMetrics files, each with the time range of one Prometheus block: promtool then makes one
 * block of a file, and reads it once. Files of an earlier run of the same database are kept.
 */
export async function writeFiles(
  database: BackfillDatabase,
  shape: StateShape & { step: number },
  options: FilesOptions,
): Promise<WrittenFiles> {
  const { step } = shape
  const posts = database.span()
  const span = spanOf(database, shape)
  const none = { files: 0, bytes: 0, samples: null, span, complete: true }
  if (!posts) return none
  const since = Math.floor((options.since ?? posts.first) / step) * step
  const first = Math.max(posts.first, since)
  // The last step is visible after its end; the windows of its last posts close within the next one.
  const last = Math.min(posts.last + 2 * step, Math.floor(options.until / step) * step)
  if (last < first) return none

  const { dir, job, instance } = options
  const labels = [
    ['job', job],
    ['instance', instance],
  ] as const
  const index = new FileIndex(database, JSON.stringify([labels, span, first, last, database.countedUntil]))
  makeDirectory(dir)
  await index.clear(dir)
  let text = new OpenMetricsText(labels)
  let isWritten = false
  let start = Number.NaN
  const files: number[] = []
  const close = async () => {
    if (Number.isNaN(start)) return
    const name = fileName(start)
    if (!isWritten) index.note(name, await write(join(dir, name), text))
    files.push(index.bytesOf(name) ?? 0)
  }
  let turn = 0
  for (const { at, state } of playback(database, shape, first, last)) {
    if (++turn % TURN === 0) {
      options.progress((at - first) / (last - first))
      await setImmediate()
      if (options.signal.aborted) return { ...none, files: files.length, complete: false }
    }
    if (!(at < start + span)) {
      await close()
      start = Math.floor(at / span) * span
      isWritten = await index.holds(dir, fileName(start))
      text = new OpenMetricsText(labels)
    }
    if (!isWritten) text.add(at, backfillCollectors(state, options))
  }
  await close()
  return {
    files: files.length,
    bytes: files.reduce((sum, bytes) => sum + bytes, 0),
    samples: { first, last },
    span,
    complete: true,
  }
}

/** The metrics in the files: all metrics of posts, and those by which dashboards select exporters. */
function backfillCollectors(state: State, { version, sentiment }: FilesOptions): Partial<Collectors> {
  return {
    ...stateCollectors(state),
    mood_sentiment_threshold: () => Object.entries(sentiment),
    mood_build_info: () => [[labelKey(version, process.versions.node), 1]],
  }
}

/** The longest block whose samples fit into one file; the shortest, if none do. */
function spanOf(database: BackfillDatabase, { step, windows, extractors }: StateShape & { step: number }) {
  const lines = (name: string): number => {
    if (windows.some(({ label }) => label === name)) return SENTIMENTS.length + 1
    const extractor = extractors.find(each => each.name === name)
    if (extractor) return extractor.windows.length * (2 * extractor.top + 1)
    const { buckets }: MetricDeclaration = METRICS[name as keyof typeof METRICS]
    return buckets ? buckets.length + 3 : 1
  }
  const perStep = database.seriesKinds().reduce((sum, name) => sum + lines(name), 0)
  const fits = BLOCKS.filter(span => (span / step) * perStep <= SAMPLES)
  return fits.at(-1) ?? (BLOCKS[0] as number)
}

const fileName = (start: number): string =>
  `${new Date(start).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z.om`

/** Writes a text to a temporary file and then renames it. Returns its size in bytes. */
async function write(path: string, text: OpenMetricsText): Promise<number> {
  const partial = `${path}.partial`
  try {
    await pipeline(Readable.from(text.text()), createWriteStream(partial, { flush: true, mode: 0o600 }))
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  return (await stat(path)).size
}

/** The files that are written and their inputs, stored in the database so that an interrupted run continues. */
class FileIndex {
  readonly #database: BackfillDatabase
  readonly #of: string
  readonly #files: Record<string, number>
  /** Files of an earlier run with other inputs: together with the new files, samples would be duplicated. */
  readonly #outdated: string[]

  /** @param of the inputs of the files: if they differ from the stored ones, no file counts as written */
  constructor(database: BackfillDatabase, of: string) {
    this.#database = database
    this.#of = of
    const known = JSON.parse(database.get('files') ?? 'null') as { of: string; files: Record<string, number> }
    const files = known?.files ?? {}
    this.#files = known?.of === of ? files : {}
    this.#outdated = known?.of === of ? [] : Object.keys(files)
  }

  /** Deletes the files of an earlier run that do not belong to this one. */
  async clear(dir: string): Promise<void> {
    if (this.#outdated.length === 0) return
    for (const name of this.#outdated) await rm(join(dir, name), { force: true })
    this.#save()
  }

  bytesOf(name: string): number | undefined {
    return this.#files[name]
  }

  /** Whether a file was written, and still exists. */
  async holds(dir: string, name: string): Promise<boolean> {
    const bytes = this.#files[name]
    if (bytes === undefined) return false
    const found = await stat(join(dir, name)).catch(() => null)
    return found?.size === bytes
  }

  note(name: string, bytes: number): void {
    this.#files[name] = bytes
    this.#save()
  }

  #save(): void {
    this.#database.set('files', JSON.stringify({ of: this.#of, files: this.#files }))
  }
}
