import type { WorkerConfig } from '../../src/pipeline/worker-config.ts'
import { deltaShapeOf, type StateShape } from '../../src/state/shape.ts'

/** The default of `limits.queue_bytes`. */
export const QUEUE_BYTES = 16 * 2 ** 20

/** The shape of the live state of the default configuration. */
export const benchShape: StateShape = {
  windows: [
    { label: '1s', size: 1000, slide: 1000, lateness: 2000 },
    { label: '1m', size: 60_000, slide: 10_000, lateness: 2000 },
  ],
  extractors: [
    {
      name: 'hashtags',
      top: 10,
      windows: [
        { label: '1m', size: 60_000, slide: 10_000 },
        { label: '5m', size: 300_000, slide: 50_000 },
        { label: '1h', size: 3_600_000, slide: 600_000 },
      ],
    },
  ],
  terms: 1000,
  slices: 4096,
  idle: 10_000,
}

/** The worker configuration of a default `mood.yml` with one source of that format. */
export function benchWorkerConfig(format: string, more: Partial<WorkerConfig> = {}): WorkerConfig {
  return {
    baseDir: process.cwd(),
    sources: [{ name: 'bench', format: { use: format, name: format, options: {} }, dedupe: false }],
    topics: [],
    scorers: [{ use: 'afinn', name: 'afinn', options: {} }],
    extractors: [{ use: 'hashtags', name: 'hashtags', options: {} }],
    relay: null,
    shape: deltaShapeOf(benchShape),
    languages: { labels: ['en', 'ko'], detect: true },
    sentiment: { positive: 0.05, negative: -0.05 },
    pluginTimeout: 1000,
    createTimeout: 60_000,
    future: 60_000,
    termsPerPost: 50,
    queueBytes: QUEUE_BYTES,
    logLines: 10,
    seenIds: null,
    ...more,
  }
}
