import { expect, test } from 'vitest'
import { BATCH_BYTES } from '../src/pipeline/batch.ts'
import { startExporter } from '../tools/stack/exporter.ts'

/** A live stream, which cannot wait: a number of posts, as fast as the event loop turns. */
const LIVE_SOURCE = `
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'live',
  description: 'Cannot wait.',
  live: true,
  options: z.object({ posts: z.number() }),
  create: ({ posts }) => ({
    async run(emitter, signal) {
      emitter.up()
      const text = 'x'.repeat(200)
      for (let i = 0; i < posts; i += 2) {
        emitter.offer([{ id: String(i), text, createdAt: Date.now() }, { id: String(i + 1), text, createdAt: Date.now() }])
        await setImmediate()
      }
      await once(signal, 'abort')
    },
  }),
})
`

const SLOW_SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'slow',
  description: 'Takes a millisecond.',
  options: z.object({}),
  create: () => ({
    score: () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
      return 0.5
    },
  }),
})
`

test('what overflows is counted, and what waits is bounded', { timeout: 60_000 }, async () => {
  const posts = 60_000
  const config = {
    languages: { detect: false },
    limits: { queue_bytes: '128KiB' },
    workers: 1,
    sources: [{ use: './live.ts', posts }],
    scorers: [{ use: './slow.ts' }],
    extractors: [],
  }
  await using exporter = await startExporter(config, {
    files: { 'live.ts': LIVE_SOURCE, 'slow.ts': SLOW_SCORER },
  })
  let mostWaiting = 0
  const samples = await exporter.until(seen => {
    mostWaiting = Math.max(mostWaiting, seen.sum('mood_queue_bytes'))
    return seen.sum('mood_source_records_total') === posts && seen.sum('mood_queue_batches') === 0
  }, 50_000)
  const limit = samples.sum('mood_queue_limit_bytes')
  expect(limit).toBe(128 * 1024)
  expect(mostWaiting).toBeGreaterThan(limit / 2)
  // A batch has a table of where its records end beside their bytes.
  expect(mostWaiting).toBeLessThan(limit + 1.25 * BATCH_BYTES)
  const overflowed = samples.sum('mood_posts_dropped_total', { reason: 'overflow' })
  expect(overflowed).toBeGreaterThan(0)
  expect(samples.sum('mood_posts_dropped_total')).toBe(overflowed)
  expect(samples.sum('mood_posts_total')).toBe(posts - overflowed)
})
