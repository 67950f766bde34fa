import type { Plan } from '../../src/pipeline/plan.ts'

/** What `limits.queue_bytes` is by default. */
export const QUEUE_BYTES = 16 * 2 ** 20

/** A plan as the default configuration makes it, for one source of that format. */
export function benchPlan(format: string, more: Partial<Plan> = {}): Plan {
  const windows = [
    { label: '1s', size: 1000, slide: 1000, lateness: 2000 },
    { label: '1m', size: 60_000, slide: 10_000, lateness: 2000 },
  ]
  return {
    baseDir: process.cwd(),
    sources: [{ name: 'bench', format: { use: format, name: format, options: {} }, dedupe: false }],
    topics: [],
    scorers: [{ use: 'afinn', name: 'afinn', options: {} }],
    extractors: [{ use: 'hashtags', name: 'hashtags', options: {} }],
    shape: { windows, extractors: [{ name: 'hashtags', grain: 10_000 }], terms: 1000 },
    languages: { labels: ['en', 'ko'], detect: true },
    sentiment: { positive: 0.05, negative: -0.05 },
    pluginTimeout: 1000,
    future: 60_000,
    termsPerPost: 50,
    queueBytes: QUEUE_BYTES,
    logLines: 10,
    seenIds: null,
    ...more,
  }
}
