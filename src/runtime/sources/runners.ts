import { LINES } from '../../plugin/records/framing.ts'
import type { Position } from '../../plugin/source.ts'
import type { TrackedBatch } from '../batch.ts'
import type { Commit } from '../checkpoints/checkpoints.ts'
import type { ResolvedConfig } from '../resolved-config.ts'
import type { WorkerPool } from '../workers/pool.ts'
import { type SourcePorts, SourceRunner } from './source-runner.ts'

/** The thread of a source may be stalled for this multiple of `limits.plugin_timeout`. */
const PATIENCE = 10

/** Batches are numbered up to what fits where workers note, in 32 bits, which one they are at. */
const MAX_BATCH_NUMBER = 2 ** 31 - 1

/** The runner of a source of the configuration. */
export const newRunner = (
  { plan, topics, limits, workers }: ResolvedConfig,
  spec: ResolvedConfig['sources'][number]['spec'],
  ports: SourcePorts,
  positions: ReadonlyMap<string, Position> | undefined,
): SourceRunner =>
  new SourceRunner(
    {
      spec,
      baseDir: plan.baseDir,
      topics,
      maxRecordBytes: limits.record_bytes,
      queueBytes: limits.queue_bytes,
      logLines: limits.log_lines,
      heapBytes: limits.worker_memory,
      stuckMs: PATIENCE * limits.plugin_timeout,
      createMs: limits.create_timeout,
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

/** Gives sources back the memory of batches that are delivered. */
export function releaseBatches(
  sources: ReadonlyMap<string, SourceRunner>,
  batches: readonly TrackedBatch[],
): void {
  for (const [source, some] of Map.groupBy(batches, ({ source }) => source))
    sources.get(source)?.release(some)
}

/** Has sources acknowledge what was committed. */
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
  #last = 0

  next(): number {
    this.#last = (this.#last % MAX_BATCH_NUMBER) + 1
    return this.#last
  }
}
