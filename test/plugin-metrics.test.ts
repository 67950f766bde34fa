import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'
import { openMetricsFaults } from './support/openmetrics.ts'

/** A scorer that counts what it scores, by its length, and sets a gauge. */
const SCORER = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'exclaim',
  description: 'Exclaims.',
  options: z.object({}),
  metrics: {
    scored: { type: 'counter', help: 'Posts scored, by parity.', labels: ['parity'] },
    calls: { type: 'counter', help: 'Calls.' },
    length_chars: { type: 'histogram', help: 'Lengths of texts.', buckets: [5, 7, 100] },
    last_length_chars: { type: 'gauge', help: 'Length of the last text.' },
    never: { type: 'counter', help: 'What never happens.' },
  },
  create: (_, { metrics }) => ({
    score: ({ text }) => {
      const n = Number(text.split(' ')[1])
      metrics.calls.add(1)
      metrics.scored.add(1, { parity: n % 2 === 0 ? 'even' : 'odd' })
      metrics.length_chars.observe(text.length)
      metrics.last_length_chars.set(text.length)
      return 0.5
    },
  }),
})
`

/** A source that emits a number of posts from its position, and then waits. */
const SOURCE = `
import { once } from 'node:events'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'counted',
  description: 'Counts.',
  replayable: true,
  options: z.object({ until: z.number() }),
  metrics: {
    pages: { type: 'counter', help: 'Pages read.' },
    cursor: { type: 'gauge', help: 'Where it is.' },
    page_posts: { type: 'histogram', help: 'Posts of a page.', labels: ['size'], buckets: [10, 100] },
  },
  create: ({ until }, { metrics, position }) => ({
    async run(emitter, signal) {
      emitter.up()
      for (let n = Number(position ?? 0); n < until; n += 10) {
        const page = Array.from({ length: 10 }, (_, i) => JSON.stringify({ id: String(n + i), text: 'post ' + (n + i) }))
        await emitter.write(page, { position: n + 10 })
        metrics.pages.add(1)
        metrics.cursor.set(n + 10)
        metrics.page_posts.observe(10, { size: 'small' })
      }
      if (!signal.aborted) await once(signal, 'abort')
    },
  }),
})
`

/** Posts that take the exporter some seconds. */
const MANY = 100_000

const files = { 'scorer.ts': SCORER, 'source.ts': SOURCE }

const config = (until: number, more: object = {}) => ({
  workers: 2,
  languages: { detect: false },
  limits: { plugin_timeout: '2s' },
  sources: [{ use: './source.ts', until, dedupe: false }],
  scorers: [{ use: './scorer.ts' }],
  extractors: [],
  state: { dir: './state' },
  ...more,
})

/** All counts of plugins, by series. */
const countsOf = (samples: Samples) =>
  samples
    .every()
    .filter(
      ({ name }) => /^mood_plugin_(exclaim|counted)_/.test(name) && /_(total|count|sum|bucket)$/.test(name),
    )

/** Fails where a count of earlier samples is gone or has become smaller. */
function expectNoneWentBack(before: Samples, after: Samples, which = /^mood_plugin_/): void {
  for (const { name, labels, value } of countsOf(before).filter(({ name }) => which.test(name)))
    expect(after.sum(name, labels), `${name}${JSON.stringify(labels)}`).toBeGreaterThanOrEqual(value)
}

const isScored = (posts: number) => (samples: Samples) =>
  samples.sum('mood_plugin_exclaim_calls_total') === posts &&
  samples.sum('mood_plugin_counted_pages_total') === posts / 10

function expectScored(samples: Samples, posts: number): void {
  const of = (name: string, labels = {}) => samples.sum(name, labels)
  expect(of('mood_posts_total')).toBe(posts)
  const plugin = 'exclaim'
  expect(of('mood_plugin_exclaim_scored_total', { plugin, parity: 'even' })).toBe(posts / 2)
  expect(of('mood_plugin_exclaim_scored_total', { plugin, parity: 'odd' })).toBe(posts / 2)
  expect(of('mood_plugin_exclaim_length_chars_count', { plugin })).toBe(posts)
  // "post 0" to "post 99".
  expect(of('mood_plugin_exclaim_length_chars_bucket', { plugin, le: '7' })).toBe(100)
  expect(samples.all('mood_plugin_exclaim_never_total', { plugin })).toHaveLength(1)
}

function expectAll(samples: Samples, posts: number): void {
  const of = (name: string, labels = {}) => samples.sum(name, labels)
  expectScored(samples, posts)
  expect(of('mood_plugin_counted_page_posts_count', { plugin: 'counted', size: 'small' })).toBe(posts / 10)
}

test('what plugins record is counted once, over workers, a reload, a kill and a restart', {
  timeout: 90_000,
}, async () => {
  await using exporter = await startExporter(config(1000), { files })
  const first = await exporter.until(isScored(1000))
  expectAll(first, 1000)
  const accept = 'application/openmetrics-text; version=1.0.0'
  const openMetrics = await (await fetch(`${exporter.url}/metrics`, { headers: { accept } })).text()
  expect(openMetrics).toContain('mood_plugin_exclaim_calls_total{plugin="exclaim"} 1000\n')
  expect(openMetricsFaults(openMetrics)).toEqual([])
  expect(first.sum('mood_plugin_exclaim_last_length_chars')).toBeGreaterThan(5)
  expect(first.sum('mood_plugin_counted_cursor')).toBe(1000)

  await exporter.configure(config(2000))
  exporter.process.kill('SIGHUP')
  const second = await exporter.until(isScored(2000))
  expectNoneWentBack(first, second)
  expectAll(second, 2000)

  await exporter.stop('SIGKILL')
  await using again = await startExporter(config(MANY), { files, folder: exporter.folder })
  expectNoneWentBack(second, await again.samples())
  // Killed in the midst of counting, what scorers record is still as exact as what is counted with it.
  const midst = await again.until(samples => samples.sum('mood_plugin_exclaim_calls_total') > 2000)
  await again.stop('SIGKILL')
  await using last = await startExporter(config(MANY), { files, folder: exporter.folder })
  expectNoneWentBack(midst, await last.samples())
  const third = await last.until(
    samples =>
      samples.sum('mood_plugin_exclaim_calls_total') >= MANY &&
      samples.sum('mood_plugin_counted_cursor') === MANY,
  )
  expectNoneWentBack(midst, third)
  expectScored(third, MANY)

  await writeFile(join(last.folder, 'scorer.ts'), SCORER.replaceAll("'exclaim'", "'shout'"))
  await last.configure(config(MANY))
  last.process.kill('SIGHUP')
  const renamed = await last.until(samples => samples.all('mood_plugin_shout_calls_total').length === 1)
  expect(renamed.every().filter(({ name }) => name.startsWith('mood_plugin_exclaim_'))).toEqual([])
  expectNoneWentBack(third, renamed, /^mood_plugin_counted_/)
})

test('a metric that is declared otherwise begins at zero after a reload, and is named', {
  timeout: 60_000,
}, async () => {
  await using exporter = await startExporter(config(1000), { files })
  await exporter.until(isScored(1000))
  const changed = SCORER.replace("labels: ['parity']", "labels: ['kindness', 'parity']").replace(
    '{ parity: n',
    "{ kindness: 'none', parity: n",
  )
  await writeFile(join(exporter.folder, 'other.ts'), changed)
  await exporter.configure(config(2000, { scorers: [{ use: './other.ts' }] }))
  exporter.process.kill('SIGHUP')
  const samples = await exporter.until(isScored(2000))
  expect(samples.sum('mood_plugin_exclaim_scored_total', { kindness: 'none' })).toBe(1000)
  expect(samples.sum('mood_plugin_exclaim_scored_total')).toBe(1000)
  const warned = await exporter.logged(({ msg }) => msg.includes('begins at zero'))
  expect(warned).toMatchObject({ plugin: 'scorer exclaim', metric: 'scored' })
})
