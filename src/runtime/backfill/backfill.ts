import { createHash } from 'node:crypto'
import { createError } from '../../catalogue/errors.ts'
import type { LoadResult } from '../../config/load.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import type { ExporterLog } from '../log.ts'
import { prepare } from '../reload/prepare.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import { droppedIn, readSources } from './backfill-run.ts'
import { BackfillDatabase } from './database.ts'
import { type WrittenFiles, writeFiles } from './files.ts'

/** Prometheus has the last hours in memory and may still write to them: blocks of that time are not safe to add. */
const HEAD_MS = 3 * 3_600_000

/** A longer history is probably a post with a wrong date, and would be millions of empty samples. */
const LONGEST_MS = 20 * 366 * 86_400_000

export interface BackfillOptions {
  load: () => Promise<LoadResult>
  /** The folder of the files, and of what was read so far. */
  dir: string
  /** The interval of samples, in milliseconds. */
  step: number
  job: string
  instance: string
  /** The first and last time of samples; Unix milliseconds. */
  since?: number | undefined
  until?: number | undefined
  idleMs: number
  /** Length of an epoch, in milliseconds; by default a second. */
  epochMs?: number | undefined
  version: string
  log: ExporterLog
  signal: AbortSignal
  reading(posts: number): void
  writing(part: number): void
}

/** The result of a backfill. */
export interface BackfillResult extends WrittenFiles {
  /** Posts that were decoded, each counted once. */
  posts: number
  dropped: { source: string; reason: string; n: number }[]
  /** Start of the first and end of the last step with posts, whether written or not; Unix milliseconds. */
  read: { first: number; last: number } | null
}

/**
 * Reads the sources of a configuration and writes their history as OpenMetrics files with timestamps, by event time.
 * An interrupted run continues when it is started again.
 *
 * @throws ConfigError, MoodError
 */
export async function backfill(options: BackfillOptions): Promise<BackfillResult> {
  const { resolved: running } = await prepare(options.load, null)
  refuseLive(running)
  const resolved = ofThePast(running, options.step)
  const database = new BackfillDatabase(options.dir, resolved.shape, fingerprintOf(resolved, options.version))
  try {
    const { idleMs, epochMs, log, signal } = options
    const isRead = await readSources(resolved, database, {
      idleMs,
      epochMs,
      log,
      signal,
      progress: options.reading,
    })
    const span = database.span()
    const read = span && { first: span.first, last: span.last + options.step }
    const until = Math.min(options.until ?? Number.POSITIVE_INFINITY, Date.now() - HEAD_MS)
    const counted = {
      posts: database
        .totals()
        .reduce((sum, { metric, n }) => (metric === 'mood_source_posts_total' ? sum + n : sum), 0),
      dropped: droppedIn(database),
      read,
    }
    if (!isRead) return { ...counted, files: 0, bytes: 0, samples: null, span: 0, complete: false }
    const first = Math.max(read?.first ?? 0, options.since ?? 0)
    if (read && Math.min(until, read.last) - first > LONGEST_MS)
      throw createError('ERR_BACKFILL_FOLDER', {
        dir: options.dir,
        problem: `the first post is of ${new Date(first).toISOString().slice(0, 10)}, more than 20 years before the last one: say from when on with --since`,
      })
    const written = await writeFiles(database, resolved.shape, {
      ...options,
      sentiment: resolved.workerConfig.sentiment,
      until,
      progress: options.writing,
    })
    return { ...counted, ...written }
  } finally {
    database.close()
  }
}

function refuseLive({ sources }: ResolvedConfig): void {
  const live = sources.find(({ replayable }) => !replayable)
  if (live)
    throw createError('ERR_BACKFILL_SOURCE', {
      problem: `the source ${live.spec.name} (${live.spec.use}) does not keep what it delivered, so there is no past to read`,
    })
}

type Past = ResolvedConfig & { shape: StateShape & { step: number } }

/** The configuration for the backfill: it counts by steps, and nothing for outputs or reports. */
function ofThePast(resolved: ResolvedConfig, step: number): Past {
  const { history: _, ...shape } = resolved.shape
  const { samples: __, ...workerConfig } = resolved.workerConfig
  const past = {
    ...shape,
    step,
    extractors: shape.extractors.map(extractor => ({
      ...extractor,
      windows: extractor.windows.filter(({ terms }) => terms === undefined),
    })),
  }
  return { ...resolved, shape: past, workerConfig: { ...workerConfig, shape: deltaShapeOf(past) } }
}

/** Identifies everything that affects the counts: those of another configuration cannot be added. */
function fingerprintOf({ workerConfig, shape }: Past, version: string): string {
  const { seenIds, queueBytes: _, logLines: __, ...counted } = workerConfig
  const of = [version, counted, shape, seenIds?.byteLength ?? 0]
  return createHash('sha256').update(JSON.stringify(of)).digest('hex')
}
