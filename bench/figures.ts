import { readFileSync, writeFileSync } from 'node:fs'
import { measurement } from '../tools/stack/measurements.ts'
import { FIREHOSE } from './support/firehose-path.ts'
import { heading, line } from './support/report.ts'
import { type Usage, usageOf } from './support/usage.ts'

/** The figures of speed and size in the documentation are generated from this file: tools/docs/figures-tables.ts. */
const TARGET = new URL('../docs/figures.json', import.meta.url)

const DEMO = readFileSync(new URL('../plugins/sources/demo/example.yml', import.meta.url), 'utf8')

const SCRAPED = { scrapeEveryMs: 1000, forMs: 20_000 }

/** The topics of the demo, and others that no post of it is about. */
const topicsOf = (count: number) =>
  Object.fromEntries(
    ['nova phone', 'café lumen', 'moonlit alley', 'starfarm', ...Array(Math.max(0, count - 4)).keys()]
      .slice(0, count)
      .map((word, i) => [`topic${i}`, [typeof word === 'string' ? word : `word${word}`]]),
  )

const demoOf = (rate: number, topics: number) => ({
  sources: [{ use: 'demo', rate }],
  log: { level: 'error' },
  topics: topicsOf(topics),
})

/** As many posts as the workers process. */
const fullOf = (workers: number) => ({ sources: [{ use: FIREHOSE, posts: 1e9, distinct: 1000 }], workers })

/** The rows of the table: what an exporter does, and its configuration. Without topics it has the one topic `all`. */
const ROWS = [
  {
    what: 'nothing to do, not scraped',
    topics: 1,
    config: { sources: [{ use: 'http', listen: '127.0.0.1:0' }] },
    options: { forMs: 20_000 },
  },
  { what: 'the demo', topics: 4, config: DEMO, options: SCRAPED },
  { what: 'the demo, more topics', topics: 100, config: demoOf(300, 100), options: SCRAPED },
  { what: 'ten times as many posts', topics: 4, config: demoOf(3000, 4), options: SCRAPED },
  { what: 'all that one worker takes', topics: 1, config: fullOf(1), options: SCRAPED },
  { what: 'all that two workers take', topics: 1, config: fullOf(2), options: SCRAPED },
]

/** Measures the figures of the documentation, and writes them. */
export async function benchFigures(): Promise<void> {
  heading('Figures of the documentation, with the default scorer')
  const rows: ({ what: string; topics: number } & Usage)[] = []
  for (const { what, topics, config, options } of ROWS) {
    const usage = await usageOf(config, options)
    rows.push({ what, topics, ...usage })
    const { posts, memory, processor, samples } = usage
    line(
      what,
      `${Math.round(posts)} posts/s, ${memory.toFixed(0)} MB, ${(100 * processor).toFixed(1)} %, ${samples} samples`,
    )
  }
  const figures = {
    ...measurement(),
    rows: rows.map(({ what, topics, posts, memory, processor, samples }) => ({
      what,
      topics,
      posts: Math.round(posts),
      memoryMB: Math.round(memory),
      processor: Number(processor.toFixed(4)),
      samples,
    })),
  }
  writeFileSync(TARGET, `${JSON.stringify(figures, null, 2)}\n`)
  console.log('  docs/figures.json is written; `npm run docs` brings it into the documentation')
}
