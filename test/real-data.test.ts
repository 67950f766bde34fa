import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { labelledPosts } from '../tools/stack/labelled-posts.ts'

const SCORERS = ['auto', 'vader', 'afinn', 'emoji']

const SENTIMENTS = ['positive', 'neutral', 'negative', 'unknown']

for (const { file, posts } of [
  { file: 'en-tweets.tsv.gz', posts: 49_439 },
  { file: 'ko-reviews.tsv.gz', posts: 210_000 },
]) {
  test(`every post of ${file} is counted, once for each scorer`, { timeout: 300_000 }, async context => {
    const path = labelledPosts(context, file)
    const startedAt = performance.now()
    await using exporter = await startExporter({
      sources: [{ use: 'file', path, format: { use: 'csv', delimiter: '\t', columns: ['label', 'text'] } }],
      scorers: SCORERS.map(use => ({ use })),
    })
    const samples = await exporter.until(
      seen =>
        seen.sum('mood_posts_total', { scorer: 'auto' }) + seen.sum('mood_posts_dropped_total') >= posts,
      240_000,
    )
    const seconds = (performance.now() - startedAt) / 1000

    expect(samples.sum('mood_source_records_total')).toBe(posts)
    expect(samples.sum('mood_source_posts_total')).toBe(posts)
    expect(samples.sum('mood_posts_dropped_total')).toBe(0)
    expect(samples.sum('mood_plugin_errors_total')).toBe(0)
    const lines = SCORERS.map(scorer => {
      const counts = SENTIMENTS.map(sentiment => samples.sum('mood_posts_total', { scorer, sentiment }))
      expect(
        counts.reduce((sum, n) => sum + n, 0),
        scorer,
      ).toBe(posts)
      const scored = posts - (counts[3] as number)
      expect(samples.sum('mood_positivity_ratio_count', { scorer }), scorer).toBe(scored)
      return `${scorer}: ${SENTIMENTS.map((sentiment, i) => `${counts[i]} ${sentiment}`).join(', ')}`
    })
    const peak = await peakMemory(exporter.process.pid)
    console.log(
      [
        `${file}: ${posts} posts in ${seconds.toFixed(1)} s from the start of the process, peak memory ${peak}`,
        ...lines,
      ].join('\n  '),
    )
    expect(await exporter.stop()).toBe(0)
  })
}

/** The most memory that a process has held, as Linux knows it. */
async function peakMemory(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kB = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return kB ? `${Math.round(Number(kB) / 1024)} MiB` : 'not known'
}
