import { labelKey } from '../catalogue/label-key.ts'
import type { CounterName } from '../catalogue/metrics.ts'
import type { Known } from '../catalogue/series.ts'
import { testWorkerConfig } from '../pipeline/pipeline-testing.ts'
import type { Position } from '../plugin/source.ts'
import { deltaShapeOf } from '../state/shape.ts'
import { State } from '../state/state.ts'
import type { Batch, BatchGroup, TrackedBatch } from './batch.ts'
import type { EpochRecord } from './checkpoints/epoch-record.ts'
import { InFlight } from './sources/in-flight.ts'
import type { Delta } from './threads/messages.ts'

export const SHAPE = testWorkerConfig().shape

/** The label values of a configuration with that shape. */
export const KNOWN: Known = {
  sources: new Set(['src']),
  formats: new Set(['fmt']),
  scorers: new Set(['one']),
  extractors: new Set(['terms']),
  outputs: new Set(),
  topics: new Set(['all']),
  windows: new Set(['1m']),
  termWindows: new Map([['terms', new Set([''])]]),
  languages: new Set(['en', 'ko', 'other']),
}

let lastNumber = 0

/** A batch from a source: one record, the end of its group. */
export const testBatch = (more: Partial<Batch> = {}): Batch => ({
  id: ++lastNumber,
  memory: new SharedArrayBuffer(10),
  records: 1,
  bytes: 10,
  receivedAt: 0,
  partition: '',
  header: undefined,
  posts: false,
  position: undefined,
  endsGroup: true,
  acknowledge: null,
  drops: [],
  ...more,
})

/** A group of tracked batches of one source, which ends at the position of the last one. */
export function testGroup(batches: Partial<Batch>[] = [{}], source = 'src'): BatchGroup {
  const inFlight = new InFlight(source)
  let group: BatchGroup | null = null
  batches.forEach((more, i) => {
    group = inFlight.track(testBatch({ endsGroup: i === batches.length - 1, ...more }), ++lastNumber)
  })
  if (!group) throw new Error('the last batch does not end the group')
  return group
}

export const batchesOf = (...groups: BatchGroup[]): TrackedBatch[] => groups.flatMap(({ batches }) => batches)

/** A worker's delta for batches: a number of posts of their source. */
export function testDelta(batches: readonly TrackedBatch[], posts = batches.length, shape = SHAPE): Delta {
  const [first] = batches
  const delta = new State(deltaShapeOf(shape))
  delta.counter('mood_source_posts_total').add(first?.source ?? 'src', posts)
  return {
    type: 'delta',
    epoch: first?.group.epoch as number,
    batches: batches.map(({ number }) => number),
    ids: null,
    ...delta.encode(),
  }
}

/** A store whose commits wait until they are resolved or rejected. */
export function testStore() {
  const commits: { record: EpochRecord; resolve: () => void; reject: (error: Error) => void }[] = []
  const commit = (record: EpochRecord) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    commits.push({ record, resolve, reject })
    return promise
  }
  return { commits, commit }
}

/** The increments of a counter in a record, over all of its deltas. */
export function countedIn({ deltas }: EpochRecord, name: CounterName, ...values: string[]): number {
  const shape = deltaShapeOf(SHAPE)
  return deltas.reduce(
    (sum, { base }) =>
      sum +
      State.decodeBase(shape, base)
        .counter(name)
        .get(labelKey(...values)),
    0,
  )
}

export const positions = (...entries: [string, Position | null][]) => new Map(entries)

/** Whether a promise has settled. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = () => {
    settled = true
  }
  promise.then(settle, settle)
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  return settled
}
