import { expect, test } from 'vitest'
import { startExporter } from './support/exporter.ts'

test('the demo is served within moments, every record accounted for', async () => {
  await using exporter = await startExporter({
    sources: [{ use: 'demo', count: 500, rate: 1000 }],
    topics: {
      nova: ['nova phone', '노바폰'],
      lumen: ['lumen', '루멘'],
      moonlit: ['moonlit', '달빛'],
      starfarm: ['starfarm', '스타팜'],
    },
    scorers: [{ use: 'afinn' }],
    extractors: [{ use: 'hashtags' }],
  })
  const samples = await exporter.until(
    seen =>
      seen.sum('mood_source_records_total') === 500 &&
      seen.sum('mood_posts_total') + seen.sum('mood_posts_dropped_total') >= 500,
  )
  expect(samples.sum('mood_posts_dropped_total', { reason: 'invalid' })).toBeGreaterThan(0)
  expect(samples.sum('mood_posts_total', { scorer: 'afinn', sentiment: 'positive' })).toBeGreaterThan(0)
  expect(samples.sum('mood_topic_alert_threshold', { topic: 'nova', scorer: 'afinn', parameter: 'z' })).toBe(
    5,
  )
  expect(await exporter.stop()).toBe(0)
})
