import { startExporter } from '../test/support/exporter.ts'
import { FIREHOSE } from './support/firehose-path.ts'
import { heading, line, quantile } from './support/report.ts'

const SERIES = 2000
const SCRAPES = 400
const EVERY_MS = 50

/** (c) /metrics with 2,000 series while every core is busy with posts. */
export async function benchScrape(): Promise<void> {
  const topics = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`topic${i}`, [`topic${i}`]]))
  await using exporter = await startExporter({
    sources: [{ use: FIREHOSE, posts: 1e9, distinct: 100_000, topics: 26 }],
    topics,
    scorers: [{ use: 'afinn' }, { use: 'emoji' }],
    extractors: [{ use: 'hashtags', top: 10, windows: [{ size: '1m' }] }],
  })
  const seriesOf = (text: string) =>
    text.split('\n').filter(text => text !== '' && !text.startsWith('#')).length
  await exporter.until(samples => samples.sum('mood_source_posts_total') > 500_000, 120_000)
  const times: number[] = []
  let bytes = 0
  let series = 0
  for (let i = 0; i < SCRAPES; i++) {
    const started = performance.now()
    const response = await fetch(`${exporter.url}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0', 'accept-encoding': 'gzip' },
    })
    const text = await response.text()
    times.push(performance.now() - started)
    bytes = text.length
    series = seriesOf(text)
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
  const before = await exporter.samples()
  const from = performance.now()
  await new Promise(resolve => setTimeout(resolve, 2000))
  const after = await exporter.samples()
  const rate =
    (after.sum('mood_source_posts_total') - before.sum('mood_source_posts_total')) /
    (performance.now() - from)
  heading(
    `Scrapes under full load: ${SCRAPES} of ${series} series (${Math.round(bytes / 1024)} KiB, gzip, OpenMetrics)`,
  )
  line('posts meanwhile', `${Math.round(rate)} k/s`)
  line('p50', `${quantile(times, 0.5).toFixed(1)} ms`)
  const p99 = quantile(times, 0.99)
  line('(c) p99', `${p99.toFixed(1)} ms`, {
    text: `< 10 ms at ${SERIES} series`,
    met: p99 < 10 && series >= SERIES,
  })
}
