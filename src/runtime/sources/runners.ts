import { LINES } from '../../plugin/records/framing.ts'
import type { Position } from '../../plugin/source.ts'
import type { TrackedBatch } from '../batch.ts'
import type { Commit } from '../checkpoints/checkpoints.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import type { WorkerPool } from '../workers/pool.ts'
import { type SourcePorts, SourceRunner } from './source-runner.ts'

/** Workers store the number of their batch in 32 bits (`ThreadActivity`). */
const MAX_BATCH_NUMBER = 2 ** 31 - 1

/** The runner of a source of the configuration. */
export const newRunner = (
  { workerConfig, topics, limits, workers }: ResolvedConfig,
  spec: ResolvedConfig['sources'][number]['spec'],
  ports: SourcePorts,
  positions: ReadonlyMap<string, Position> | undefined,
): SourceRunner =>
  new SourceRunner(
    {
      spec,
      baseDir: workerConfig.baseDir,
      topics,
      maxRecordBytes: limits.record_bytes,
      queueBytes: limits.queue_bytes,
      logLines: limits.log_lines,
      workerMemory: limits.worker_memory,
      pluginTimeout: limits.plugin_timeout,
      createTimeout: limits.create_timeout,
      threaded: workers > 0,
    },
    ports,
    positions,
  )

/** Runs a source, once the workers have made its format. */
export function runSource(
  runner: SourceRunner,
  { headers, framings }: Pick<WorkerPool, 'headers' | 'framings'>,
  { known }: Pick<ResolvedConfig, 'known'>,
): void {
  runner.header = headers.get(runner.name) ?? false
  runner.framing = framings.get(runner.name) ?? LINES
  runner.rankings = known.rankings?.has(runner.name) ?? false
  runner.run()
}

/** Returns the memory of delivered batches to their sources. */
export function releaseBatches(
  sources: ReadonlyMap<string, SourceRunner>,
  batches: readonly TrackedBatch[],
): void {
  for (const [source, some] of Map.groupBy(batches, ({ source }) => source))
    sources.get(source)?.release(some)
}

/** Tells sources what was committed, so that they can acknowledge it. */
export function commitBatches(
  sources: ReadonlyMap<string, SourceRunner>,
  { record, batches }: Pick<Commit, 'record' | 'batches'>,
): void {
  const moved = Map.groupBy(record.positions, ([source]) => source)
  for (const source of new Set([...batches.keys(), ...moved.keys()]))
    sources.get(source)?.commit(
      batches.get(source) ?? [],
      (moved.get(source) ?? []).map(([, partition, position]) => [partition, position] as const),
    )
}

/** Numbers batches. */
export class BatchNumbers {
  #last: number

  /** @param last the number before the first */
  constructor(last = 0) {
    this.#last = last
  }

  next(): number {
    this.#last = (this.#last % MAX_BATCH_NUMBER) + 1
    return this.#last
  }
}
