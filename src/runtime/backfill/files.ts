import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
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
import type { BackfillDatabase } from './database.ts'
import { OpenMetricsText } from './openmetrics.ts'
import { playback } from './playback.ts'

const HOUR = 3_600_000

/** Spans that a block of Prometheus may have: each three times as long as the one before. */
const BLOCKS = [2, 6, 18, 54, 162].map(hours => hours * HOUR)

/** Samples that a file should have at most: promtool, and this program, hold one file at a time. */
const SAMPLES = 4_000_000

/** How often other work has its turn, in steps. */
const TURN = 50

export interface FilesOptions {
  dir: string
  version: string
  job: string
  instance: string
  /** Where scores are cut into sentiments. */
  sentiment: { positive: number; negative: number }
  /** From when on samples are written; all of them where absent. Unix milliseconds. */
  since?: number | undefined
  /** The last sample, at most. */
  until: number
  signal: AbortSignal
  /** Called now and then with the part that is written, from 0 to 1. */
  progress(part: number): void
}

/** What was written. */
export interface WrittenFiles {
  files: number
  bytes: number
  samples: { first: number; last: number } | null
  /** Span of a file, which is that of a block; milliseconds. */
  span: number
  /** False where the signal came before the end. */
  complete: boolean
}

/**
 * Writes the database as OpenMetrics files, each of the span of one block of Prometheus: what promtool then makes of a
 * file is one block, read once. A file that an earlier run of the same database has written is left as it is.
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
  // The last step shows once it is over; the windows of its last posts close within the next one.
  const last = Math.min(posts.last + 2 * step, Math.floor(options.until / step) * step)
  if (last < first) return none

  const { dir, job, instance } = options
  const labels = [
    ['job', job],
    ['instance', instance],
  ] as const
  const ledger = new Ledger(database, JSON.stringify([labels, span, first, last, database.countedUntil]))
  await mkdir(dir, { recursive: true })
  await ledger.clear(dir)
  let text = new OpenMetricsText(labels)
  let isWritten = false
  let start = Number.NaN
  const files: number[] = []
  const close = async () => {
    if (Number.isNaN(start)) return
    const name = fileName(start)
    if (!isWritten) ledger.note(name, await write(join(dir, name), text))
    files.push(ledger.bytesOf(name) ?? 0)
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
      isWritten = await ledger.holds(dir, fileName(start))
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

/** What is in the files: all that is known of posts, and what dashboards choose exporters by. */
function backfillCollectors(state: State, { version, sentiment }: FilesOptions): Partial<Collectors> {
  return {
    ...stateCollectors(state),
    mood_sentiment_threshold: () => Object.entries(sentiment),
    mood_build_info: () => [[labelKey(version, process.versions.node), 1]],
  }
}

/** The longest block whose samples are not too many for one file; the shortest, where they always are. */
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

/** Writes a text under a name that it has only once it is whole. Returns its bytes. */
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

/** Which files are written, and what of: noted in the database, so that an interrupted run continues. */
class Ledger {
  readonly #database: BackfillDatabase
  readonly #of: string
  readonly #files: Record<string, number>
  /** Files of an earlier run that was of something else: with those of this one, samples would be there twice. */
  readonly #outdated: string[]

  /** @param of what the files depend on: where it is another, none is written yet */
  constructor(database: BackfillDatabase, of: string) {
    this.#database = database
    this.#of = of
    const known = JSON.parse(database.get('files') ?? 'null') as { of: string; files: Record<string, number> }
    const files = known?.files ?? {}
    this.#files = known?.of === of ? files : {}
    this.#outdated = known?.of === of ? [] : Object.keys(files)
  }

  /** Deletes the files of an earlier run that are not of this one. */
  async clear(dir: string): Promise<void> {
    if (this.#outdated.length === 0) return
    for (const name of this.#outdated) await rm(join(dir, name), { force: true })
    this.#save()
  }

  bytesOf(name: string): number | undefined {
    return this.#files[name]
  }

  /** Whether a file was written, and is still there. */
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
