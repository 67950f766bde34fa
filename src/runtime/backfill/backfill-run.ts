import { setTimeout as sleep } from 'node:timers/promises'
import { createError } from '../../catalogue/errors.ts'
import { labelValues } from '../../catalogue/label-key.ts'
import { redact } from '../../config/redact.ts'
import type { Position } from '../../plugin/source.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { Checkpoints } from '../checkpoints/checkpoints.ts'
import { StateDirectory } from '../checkpoints/state-directory.ts'
import { CommitFailed, failureReason } from '../checkpoints/store/errors.ts'
import { Journal } from '../journal.ts'
import type { ExporterLog } from '../log.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import { BatchNumbers, commitBatches, newRunner, releaseBatches, runSource } from '../sources/runners.ts'
import type { SourceRunner } from '../sources/source-runner.ts'
import { Paces } from '../workers/paces.ts'
import { WorkerPool } from '../workers/pool.ts'
import { BatchQueue } from '../workers/queue.ts'
import type { BackfillDatabase } from './database.ts'

/** Default length of an epoch, in milliseconds. It can be long: nothing waits for it, and each is synced to disk. */
const EPOCH_MS = 1000

/** How often to check whether sources have ended, in milliseconds. */
const LOOK_MS = 50

/** How long sources have to end, and plugins to close; milliseconds. */
const GRACE_MS = 4000

export interface BackfillRunOptions {
  /** A source that does not end counts as read after this time without records; milliseconds. */
  idleMs: number
  /** Length of an epoch, in milliseconds. */
  epochMs?: number | undefined
  log: ExporterLog
  signal: AbortSignal
  /** Called periodically with the number of posts decoded so far. */
  progress(posts: number): void
}

/**
 * Reads the records of all sources into the database, through the sources, workers and epochs of a running exporter,
 * so that posts count as they do there. Resolves to true when all are read; false if the signal was aborted before.
 */
export async function readSources(
  resolved: ResolvedConfig,
  database: BackfillDatabase,
  options: BackfillRunOptions,
): Promise<boolean> {
  const run = await BackfillRun.create(resolved, database, options)
  try {
    return await run.run()
  } finally {
    await run.close()
  }
}

class BackfillRun {
  readonly #resolved: ResolvedConfig
  readonly #options: BackfillRunOptions
  readonly #directory: StateDirectory
  readonly #checkpoints: Checkpoints
  readonly #journal: Journal
  readonly #queue = new BatchQueue()
  readonly #paces = new Paces()
  readonly #pool: WorkerPool
  readonly #sources: Map<string, SourceRunner>
  readonly #batchNumbers = new BatchNumbers()
  /** When each connected source connected, in milliseconds. */
  readonly #upSince = new Map<SourceRunner, number>()
  #posts = 0
  /** Why the last commit failed. */
  #failure: string | null = null

  static async create(
    resolved: ResolvedConfig,
    database: BackfillDatabase,
    options: BackfillRunOptions,
  ): Promise<BackfillRun> {
    // Stores of plugins last as long as the backfill: the directory of `state` belongs to the running exporter.
    const directory = await StateDirectory.open({ ...resolved, state: null }, options.log)
    const run = new BackfillRun(resolved, database, options, directory)
    try {
      await Promise.all([run.#pool.start(), ...[...run.#sources.values()].map(runner => runner.create())])
      run.#pool.use()
      return run
    } catch (error) {
      await run.close()
      throw error
    }
  }

  private constructor(
    resolved: ResolvedConfig,
    database: BackfillDatabase,
    options: BackfillRunOptions,
    directory: StateDirectory,
  ) {
    this.#resolved = resolved
    this.#options = options
    this.#directory = directory
    const { epoch, positions, ids } = database.resumePoint()
    if (resolved.workerConfig.seenIds) {
      const seen = new Int32Array(resolved.workerConfig.seenIds)
      for (const [slot, value] of ids) seen[slot] = value
    }
    this.#checkpoints = new Checkpoints(
      directory.state,
      {
        interval: options.epochMs ?? EPOCH_MS,
        collect: () => false,
        store: { commit: async record => this.#write(() => database.commit(record)) },
        lastRecord: epoch,
        // The database then has all of the epoch that is needed.
        merge: async record => {
          const shape = deltaShapeOf(resolved.shape)
          for (const { base } of record.deltas)
            for (const [, n] of State.decodeBase(shape, base).counter('mood_source_posts_total').entries())
              this.#posts += n
          return []
        },
      },
      {
        cut: () => this.#pool.cut(),
        delivered: batches => releaseBatches(this.#sources, batches),
        dispatch: () => this.#pool.dispatch(),
        committed: commit => commitBatches(this.#sources, commit),
        closed: () => {},
        failed: error => this.#failed(error),
      },
    )
    this.#journal = new Journal(options.log, (name, values, n) => this.#checkpoints.count(name, values, n))
    this.#pool = this.#newPool()
    this.#sources = new Map(
      resolved.sources.map(({ spec }) => [spec.name, this.#newSource(spec, positions.get(spec.name))]),
    )
  }

  async run(): Promise<boolean> {
    const { signal, progress } = this.#options
    for (const runner of this.#sources.values()) runSource(runner, this.#pool, this.#resolved)
    const isRead = (runner: SourceRunner) => runner.state === 'finished' || this.#isIdle(runner)
    const runners = [...this.#sources.values()]
    while (!signal.aborted && !runners.every(isRead)) {
      await sleep(LOOK_MS)
      progress(this.#posts)
      const failed = runners.find(({ state }) => state === 'failed')
      // Committed epochs stay, so that the next run continues.
      if (failed)
        throw createError('ERR_BACKFILL_SOURCE', {
          problem: `the source ${failed.name} failed: ${failed.detail}`,
        })
    }
    for (const runner of runners)
      if (runner.state !== 'finished' && !signal.aborted)
        this.#options.log.warn(
          { source: runner.name },
          'nothing came for a while: the source is held to be read',
        )
    await Promise.all(runners.map(runner => runner.stop(GRACE_MS)))
    do {
      await this.#checkpoints.settled()
      await sleep(LOOK_MS)
    } while (this.#queue.size > 0)
    progress(this.#posts)
    return !signal.aborted
  }

  async close(): Promise<void> {
    this.#checkpoints.close()
    await Promise.all([...this.#sources.values()].map(runner => runner.close(GRACE_MS)))
    await this.#pool.close(GRACE_MS)
    await this.#directory.close()
  }

  #isIdle(runner: SourceRunner): boolean {
    const { state, lastRecordAt, inFlight } = runner
    if (state !== 'up') {
      this.#upSince.delete(runner)
      return false
    }
    // Time spent connecting does not count as time without records.
    const upSince = this.#upSince.get(runner) ?? Date.now()
    this.#upSince.set(runner, upSince)
    return inFlight.isEmpty() && Date.now() - Math.max(lastRecordAt ?? 0, upSince) >= this.#options.idleMs
  }

  #write(commit: () => void): void {
    try {
      commit()
      this.#failure = null
    } catch (error) {
      throw new CommitFailed(failureReason(error), (error as Error).message)
    }
  }

  /** The commit is retried, as disk space may be freed; but not after an interruption, which would not end then. */
  #failed({ message }: Error): void {
    const { log, signal } = this.#options
    if (signal.aborted) {
      log.error({ error: message }, 'a delta cannot be written; the next run reads its posts again')
      this.#checkpoints.close()
    } else if (message !== this.#failure) log.error({ error: message }, 'a delta cannot be written; retrying')
    this.#failure = message
  }

  #newPool(): WorkerPool {
    const { workerConfig, workers, limits } = this.#resolved
    return new WorkerPool(
      workerConfig,
      this.#queue,
      { size: workers, workerMemory: limits.worker_memory },
      {
        epochOf: batch => this.#checkpoints.epochOf(batch),
        delta: (delta, batches) => this.#checkpoints.deliver(delta, batches),
        mapped: (batch, _, ms) =>
          this.#sources.get(batch.source)?.pace(this.#paces.observe(batch, ms, this.#pool.stride)),
        abandoned: (batch, why) => {
          this.#journal.abandoned(batch, why)
          this.#checkpoints.abandon(batch, 'plugin')
        },
        sampled: () => {},
        recorded: () => {},
        restarted: (reason, blame) => this.#journal.workerRestarted(reason, blame),
        store: call => this.#directory.call(call),
        log: message => this.#journal.write(message),
      },
    )
  }

  #newSource(
    spec: ResolvedConfig['sources'][number]['spec'],
    positions: ReadonlyMap<string, Position> | undefined,
  ): SourceRunner {
    const count = this.#checkpoints.count.bind(this.#checkpoints)
    return newRunner(
      this.#resolved,
      spec,
      {
        group: group => {
          this.#queue.push(group)
          this.#pool.dispatch()
        },
        partitionClosed: (source, partition, forget) => this.#checkpoints.release(source, partition, forget),
        refused: (source, reason) => count('mood_source_refused_total', [source, redact(reason)]),
        reconnected: (source, reason) => count('mood_source_reconnects_total', [source, reason]),
        gap: () => {},
        recorded: () => {},
        changed: (source, state, detail) => this.#journal.sourceChanged(source, state, detail),
        failed: (source, failure) => this.#journal.sourceFailed(source, failure),
        store: call => this.#directory.call(call),
        log: message => this.#journal.write(message),
        nextBatchNumber: () => this.#batchNumbers.next(),
      },
      positions,
    )
  }
}

/** Records and posts that were read but not scored, by source and reason. */
export function droppedIn(database: BackfillDatabase): { source: string; reason: string; n: number }[] {
  return database.totals().flatMap(({ metric, key, n }) => {
    const [source = '', reason = ''] = labelValues(key)
    return metric === 'mood_posts_dropped_total' ? [{ source, reason, n }] : []
  })
}
