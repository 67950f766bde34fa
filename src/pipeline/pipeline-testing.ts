import { State } from '../state/state.ts'
import { BatchReader, BatchWriter, batchMemory } from './batch.ts'
import { CallGuard } from './call-guard.ts'
import type { Job } from './job.ts'
import { ThreadActivity } from './thread-activity.ts'
import type { WorkerConfig } from './worker-config.ts'

/** A worker configuration with one source, one scorer and one extractor, without topics; `more` replaces parts of it. */
export function testWorkerConfig(more: Partial<WorkerConfig> = {}): WorkerConfig {
  const spec = (name: string) => ({ use: name, name, options: {} })
  return {
    baseDir: '/',
    sources: [{ name: 'src', format: spec('fmt'), dedupe: false }],
    topics: [],
    scorers: [spec('one')],
    extractors: [spec('terms')],
    relay: null,
    shape: {
      windows: [{ label: '1m', size: 60_000, slide: 60_000, lateness: 0 }],
      extractors: [
        { name: 'terms', top: 10, windows: [{ label: '', size: Number.POSITIVE_INFINITY, slide: 60_000 }] },
      ],
      terms: 1000,
      slices: 1000,
      idle: 10_000,
    },
    languages: { labels: ['en', 'ko'], detect: false },
    sentiment: { positive: 0.05, negative: -0.05 },
    pluginTimeout: 1000,
    createTimeout: 60_000,
    future: 60_000,
    termsPerPost: 50,
    queueBytes: 2 ** 20,
    logLines: 10,
    seenIds: null,
    ...more,
  }
}

/** A batch of these records, as a worker receives it. */
export function testJob(records: (string | Uint8Array)[], more: Partial<Job> = {}): Job {
  const bytes = records.map(record => Buffer.from(record as string))
  const total = bytes.reduce((sum, { length }) => sum + length, 0)
  const writer = new BatchWriter(batchMemory(bytes.length, total), bytes.length)
  for (const record of bytes) writer.add(record)
  return {
    id: 1,
    source: 0,
    records: new BatchReader(writer.memory),
    receivedAt: 1_000_000,
    header: undefined,
    posts: false,
    skips: [],
    rejections: null,
    maxEventTime: Number.NEGATIVE_INFINITY,
    ...more,
  }
}

/** The call guard of a plugin, with the state it counts into and the failures it reported. */
export function testCallGuard(kind = 'scorer', name = 'one') {
  const state = new State(testWorkerConfig().shape)
  const activity = new ThreadActivity()
  const failures: [reason: string, message: string][] = []
  const guard = new CallGuard(kind, name, 0, {
    activity,
    state,
    onFailure: (_, { reason, message }) => failures.push([reason, message]),
  })
  return { guard, state, activity, failures }
}

/** All counts of a counter that are not 0, by its label values joined with spaces. */
export function counts(state: State, name: Parameters<State['counter']>[0]): Record<string, number> {
  const entries = [...state.counter(name).entries()].filter(([, n]) => n !== 0)
  return Object.fromEntries(entries.map(([key, n]) => [key.replaceAll('\u001f', ' '), n]))
}
