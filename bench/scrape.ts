import { Agent, get } from 'node:http'
import { startExporter } from '../tools/stack/exporter.ts'
import { FIREHOSE } from './support/firehose-path.ts'
import { heading, line, quantile } from './support/report.ts'

const SERIES = 2000
const SCRAPES = 400
const EVERY_MS = 50
const TOPICS = 26

/** (c) `/metrics` with 2,000 series while every core processes posts. */
export async function benchScrape(): Promise<void> {
  const topics = Object.fromEntries(Array.from({ length: TOPICS }, (_, i) => [`topic${i}`, [`topic${i}`]]))
  await using exporter = await startExporter({
    sources: [{ use: FIREHOSE, posts: 1e9, distinct: 1000, topics: TOPICS }],
    topics,
    scorers: [{ use: 'afinn' }, { use: 'emoji' }],
    extractors: [{ use: 'hashtags', top: 10, windows: [{ size: '1m' }] }],
  })
  const before = await exporter.until(samples => samples.sum('mood_source_posts_total') > 500_000, 120_000)
  const from = performance.now()
  const scrapes = await latencies(`${exporter.url}/metrics`, SCRAPES, EVERY_MS)
  // The time this machine needs for any answer under the same load.
  const bare = await latencies(`${exporter.url}/-/healthy`, SCRAPES, EVERY_MS)
  const after = await exporter.samples()
  const posts = after.sum('mood_source_posts_total') - before.sum('mood_source_posts_total')
  const text = await (await fetch(`${exporter.url}/metrics`)).text()
  const series = text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length
  heading(
    `Scrapes under full load: ${SCRAPES} of ${series} series (${Math.round(text.length / 1024)} KiB, gzip)`,
  )
  line('posts meanwhile', `${Math.round(posts / (performance.now() - from))} k/s`)
  const ms = (times: number[], share: number) => `${quantile(times, share).toFixed(1)} ms`
  line('/-/healthy, an empty answer: p50', ms(bare, 0.5))
  line('/-/healthy: p99', ms(bare, 0.99))
  line('/metrics: p50', ms(scrapes, 0.5))
  const met = quantile(scrapes, 0.99) < 10 && series >= SERIES
  line('(c) /metrics: p99', ms(scrapes, 0.99), { text: `< 10 ms at ${SERIES} series`, met })
}

const HEADERS = { accept: 'application/openmetrics-text;version=1.0.0', 'accept-encoding': 'gzip' }

/**
 * Requests over one connection, as from Prometheus. Resolves to the milliseconds until the last byte of each answer.
 */
async function latencies(url: string, requests: number, everyMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const started = performance.now()
      get(url, { agent, headers: HEADERS }, response => {
        response.resume().on('end', () => resolve(performance.now() - started))
      }).on('error', reject)
    })
  const times: number[] = []
  for (let i = 0; i < requests; i++) {
    times.push(await ask())
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
  agent.destroy()
  return times
}
