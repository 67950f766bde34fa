import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'

const SECOND = 1000
const HOUR = 3_600_000

const windowEnd = (samples: Samples, window: string) =>
  samples.sum('mood_window_end_timestamp_seconds', { window }) * SECOND

test('late posts stay out of windows, posts of the future count as now, and windows close in silence', async () => {
  await using exporter = await startExporter({
    languages: { detect: false },
    workers: 1,
    sources: [{ use: 'http', listen: '127.0.0.1:0' }],
    scorers: [{ use: 'afinn' }],
    extractors: [],
    windows: [
      { size: '2s', lateness: '1s' },
      { size: '1h', slide: '30m' },
    ],
    limits: { idle: '1s', future: '1m' },
  })
  const push = (...times: number[]) =>
    exporter.push(times.map(createdAt => JSON.stringify({ text: 'I love this', createdAt })))

  // A minute ago, and nothing since: only the clock can close the window that it lies in.
  const written = Date.now() - 60 * SECOND
  await push(written)
  const closed = await exporter.until(
    samples => samples.sum('mood_window_posts', { window: '2s', sentiment: 'positive' }) === 1,
  )
  expect(windowEnd(closed, '2s')).toBeGreaterThan(written)
  expect(windowEnd(closed, '2s')).toBeLessThanOrEqual(written + 2 * SECOND)
  expect(closed.sum('mood_window_score', { window: '2s' })).toBeGreaterThan(0)
  // Event time advances with the clock, from window to window, without any post.
  const next = await exporter.until(samples => windowEnd(samples, '2s') > windowEnd(closed, '2s'))
  expect(next.sum('mood_window_posts', { window: '2s' })).toBe(0)
  expect(next.all('mood_window_score', { window: '2s' })).toEqual([])
  expect(next.sum('mood_late_posts_total')).toBe(0)

  await push(written - 2 * SECOND, written - 3 * SECOND)
  let samples = await exporter.until(seen => seen.sum('mood_posts_total') === 3)
  expect(samples.sum('mood_late_posts_total', { window: '2s' })).toBe(2)
  await push(written - 3 * HOUR)
  samples = await exporter.until(seen => seen.sum('mood_posts_total') === 4)
  expect(samples.sum('mood_late_posts_total', { window: '2s' })).toBe(3)
  expect(samples.sum('mood_late_posts_total', { window: '1h' })).toBe(1)
  expect(samples.sum('mood_posts_dropped_total')).toBe(0)

  expect(samples.sum('mood_future_posts_total')).toBe(0)
  await push(Date.now() + HOUR, Date.now() + 10 * SECOND)
  samples = await exporter.until(seen => seen.sum('mood_posts_total') === 6)
  expect(samples.sum('mood_future_posts_total')).toBe(1)
  const watermark = samples.sum('mood_source_watermark_timestamp_seconds') * SECOND
  expect(watermark).toBeLessThanOrEqual(Date.now())
  expect(watermark).toBeGreaterThan(written + 30 * SECOND)
})
