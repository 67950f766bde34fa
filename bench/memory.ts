import { startExporter } from '../tools/stack/exporter.ts'
import { FIREHOSE } from './support/firehose-path.ts'
import { heading, line } from './support/report.ts'
import { residentMB } from './support/usage.ts'

const POSTS = 10_000_000
const DISTINCT = 5_000_000
const SAMPLES = 20

/** (d) memory over ten million posts with five million different hashtags, with word lists and with models. */
export async function benchMemory(): Promise<void> {
  await benchMemoryOf(['afinn', 'emoji'])
  await benchMemoryOf(['auto'])
}

async function benchMemoryOf(scorers: readonly string[]): Promise<void> {
  await using exporter = await startExporter({
    sources: [{ use: FIREHOSE, posts: POSTS, distinct: DISTINCT }],
    scorers: scorers.map(use => ({ use })),
    workers: 2,
  })
  const pid = exporter.process.pid as number
  const seen: number[] = []
  const started = performance.now()
  for (let i = 1; i <= SAMPLES; i++) {
    await exporter.until(samples => samples.sum('mood_source_posts_total') >= (POSTS / SAMPLES) * i, 600_000)
    seen.push(residentMB(pid))
  }
  const seconds = (performance.now() - started) / 1000
  // The first half is warm-up: the heaps and the compiler's memory grow to their working size.
  const second = seen.slice(SAMPLES / 2)
  const middle = (Math.max(...second) + Math.min(...second)) / 2
  const spread = (Math.max(...second) - Math.min(...second)) / 2 / middle
  heading(
    `Memory: ${POSTS / 1e6} million posts with ${DISTINCT / 1e6} million different hashtags, scored by ${scorers.join(' and ')}`,
  )
  line('posts', `${Math.round(POSTS / seconds / 1000)} k/s`)
  line(
    'resident at 5 %, 50 %, 100 %',
    [seen[0], seen[SAMPLES / 2 - 1], seen.at(-1)].map(n => n?.toFixed(0)).join(', '),
  )
  line('(d) spread over the second half', `±${(spread * 100).toFixed(1)} %`, {
    text: '≤ ±10 %',
    met: spread <= 0.1,
  })
  const most = Math.max(...seen)
  line('(d) most', `${most.toFixed(0)} MB`, { text: '≤ 200 MB', met: most <= 200 })
}
